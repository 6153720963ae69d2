// Where one is: #/<section>/<id>?<filters>.

export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [section = "", id = ""] = path.split("/");
  return { section, id: decodeURIComponent(id), filters: Object.fromEntries(new URLSearchParams(query)) };
}

export function address(section, id = "", filters = {}) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
  return `#/${section}${id ? `/${encodeURIComponent(id)}` : ""}${query ? `?${query}` : ""}`;
}
