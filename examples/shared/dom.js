// A few lines in a framework's place.

/** Make an element: h("button", {class: "x", onclick}, "text", child). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  set(element, props);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Change an element's attributes (null takes one away, and false, but of aria-...) and listeners. */
export function set(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element[name] = value;
    else if (name === "text") {
      if (element.textContent !== value) element.textContent = value;
    } else if (name === "value") element.value = value;
    else if (value === null || value === undefined || (value === false && !name.startsWith("aria-"))) element.removeAttribute(name);
    else {
      const text = value === true && !name.startsWith("aria-") ? "" : String(value);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
  return element;
}

/** Make the children of a list follow `items`, keeping each one's element, and the focus where it is. */
export function keyed(list, items, make, update) {
  const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  items.forEach((item, place) => {
    const element = known.get(item.id) ?? make(item);
    element.dataset.key = item.id;
    known.delete(item.id);
    update(element, item, place);
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
  for (const element of known.values()) element.remove();
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

let nextId = 1;

/** A labelled field: label, input, and a line of help; with `options` {value: words} one chooses. */
export function field(label, { options = null, ...props }, help = null) {
  const id = `field-${nextId++}`;
  const input = h(options ? "select" : props.rows ? "textarea" : "input", { id, ...props },
    Object.entries(options ?? {}).map(([value, words]) => h("option", { value }, words)));
  const parts = [h("label", { for: id }, label), input];
  if (help) {
    set(input, { "aria-describedby": `${id}-help` });
    parts.push(h("small", { id: `${id}-help` }, help));
  }
  return { input, element: h("div", { class: "field" }, parts) };
}

/** The first letters of a name on a colour of its own. */
export function avatar(person) {
  const name = person?.display_name ?? "?";
  const hue = [...(person?.username ?? "?")].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0]).join("");
  return h("span", { class: "avatar", style: `--hue: ${hue}`, "aria-hidden": "true" }, initials.toUpperCase());
}

/** 214000 is 3:34. */
export function minutes(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Show a sentence to everybody; errors stay until they are closed. */
export function notice(text, kind = "error") {
  const notices = document.querySelector("#notices");
  if ([...notices.children].some((other) => other.firstChild.textContent === text)) return;
  const box = h("div", { class: `notice ${kind}` }, h("span", {}, text));
  box.append(h("button", { class: "quiet", type: "button", "aria-label": "Close", onclick: () => box.remove() }, "✕"));
  notices.append(box);
  if (kind !== "error") setTimeout(() => box.remove(), 6000);
}

/** Say something to screen readers alone; what was said just before is not cut short. */
export function say(text) {
  const status = document.querySelector("#status");
  status.append(h("span", {}, `${text} `));
  while (status.children.length > 3) status.firstChild.remove();
}

/** Run what a button or form does: busy while it lasts, and what goes wrong is shown in words. */
export async function act(element, work) {
  if (element.ariaBusy === "true") return;
  element.ariaBusy = "true";
  try {
    await work();
  } catch (trouble) {
    notice(trouble.message);
    if (!trouble.token) console.error(trouble);
  } finally {
    element.ariaBusy = null;
  }
}
