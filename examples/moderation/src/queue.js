// A list on the left, what is chosen of it on the right: the same for cases, detections, claims and requests.
import { act, field, h, notice, say, set } from "../../shared/dom.js";
import { address, place } from "./place.js";

const PAGE_SIZE = 20;

/**
 * name: of one thing; section: in the address; filters: {key: {label, options, value}}; find(filters, after, page_size) gives
 * a page, row(item) what stands in the list; look(id, item), where a thing has more than its list shows; detail(item,
 * changed) shows it, and changed(item, words) is called with what it has become; none: when nothing is to be done.
 */
export async function queue({ title, name, section, filters = {}, find, row, look = null, detail, none }) {
  let items = [];
  let now = {};
  let shown = "";
  let turn = 0;
  let reading = 0;
  let loading = null;

  const list = h("ul", { class: "rows" });
  const more = h("button", { type: "button", onclick: () => act(more, next) }, "Show more");
  const empty = h("p", { class: "empty" }, none);
  const panel = h("section", { class: "detail", "aria-label": name });
  const fields = Object.entries(filters).map(([key, { label, options }]) => {
    const made = field(label, { options, name: key });
    made.input.onchange = () => {
      location.hash = address(section, "", { ...now, [key]: made.input.value });
    };
    return { key, ...made };
  });
  const refresh = h("button", { type: "button", class: "quiet", onclick: () => act(refresh, renew) }, "Refresh");
  const element = h("div", { class: "desk" },
    h("section", { class: "list", "aria-label": title },
      h("div", { class: "card-head" }, h("h1", {}, title), refresh),
      fields.length ? h("div", { class: "filters" }, fields.map((one) => one.element)) : null,
      list, empty, more),
    panel);

  function draw() {
    const focused = document.activeElement?.closest?.("li")?.dataset.key;
    list.replaceChildren(...items.map((item) =>
      h("li", { "data-key": item.id },
        h("a", { class: "row-link", href: address(section, item.id, now), "aria-current": item.id === shown ? "true" : null }, row(item)))));
    empty.hidden = items.length > 0;
    if (focused) link(focused)?.focus({ preventScroll: true });
  }
  // What is open already has no other address to go to.
  list.onclick = (event) => {
    const id = event.target.closest("li")?.dataset.key;
    if (id && id === shown) open(id);
  };
  const link = (id) => list.querySelector(`li[data-key="${CSS.escape(id)}"] a`);

  async function next() {
    const mine = reading;
    const from = items.length;
    const page = await find(now, items.at(-1)?.cursor ?? null, PAGE_SIZE);
    // Another list is wanted by now.
    if (mine !== reading) return;
    const known = new Set(items.map((item) => item.id));
    items = [...items, ...page.filter((item) => !known.has(item.id))];
    more.hidden = page.length < PAGE_SIZE;
    draw();
    if (from && items[from]) link(items[from].id).focus();
  }

  const load = () => (loading = anew());

  async function anew() {
    const mine = ++reading;
    items = [];
    // What is shown until it is there goes no further, and leads to where one is now.
    more.hidden = true;
    for (const { dataset } of list.children) link(dataset.key).href = address(section, dataset.key, now);
    set(list, { "aria-busy": "true" });
    try {
      await next();
    } finally {
      if (mine === reading) {
        set(list, { "aria-busy": null });
        loading = null;
      }
    }
  }

  /** Read anew, what is open included; the focus stays. */
  async function renew() {
    await load();
    const item = shown && (look ? await look(shown) : items.find((each) => each.id === shown));
    if (item) show(item);
    say(`${items.length}${more.hidden ? "" : " and more"} in the list.`);
  }

  async function open(id) {
    const mine = ++turn;
    const before = shown;
    shown = id;
    set(element, { "data-open": id ? "true" : null });
    for (const each of list.querySelectorAll("a")) {
      set(each, { "aria-current": each === link(id) && id ? "true" : null });
    }
    if (!id) {
      panel.replaceChildren(h("p", { class: "empty" }, `Choose ${name} from the list.`));
      if (before) link(before)?.focus();
      return;
    }
    try {
      let item = items.find((each) => each.id === id);
      if (look) item = await look(id, item);
      // What a link leads to may stand on a later page.
      while (!item && !more.hidden && mine === turn) {
        await next();
        item = items.find((each) => each.id === id);
      }
      if (mine !== turn) return;
      if (!item) throw new Error(`This is not in the list any more: ${name} may have been decided meanwhile.`);
      show(item);
      const heading = panel.querySelector("h2");
      heading?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    } catch (trouble) {
      if (mine !== turn) return;
      panel.replaceChildren(back(), h("div", { class: "card empty" }, h("h2", { tabindex: "-1" }, "That did not work"), h("p", {}, trouble.message),
        h("button", { type: "button", onclick: () => open(id) }, "Try again")));
    }
  }

  const back = () => h("a", { class: "crumb back", href: address(section, "", now) }, `← ${title}`);

  function show(item) {
    panel.replaceChildren(back(), detail(item, changed));
  }

  function changed(item, words) {
    const at = items.findIndex((each) => each.id === item.id);
    if (at >= 0) items[at] = { ...items[at], ...item, cursor: items[at].cursor };
    draw();
    if (item.id === shown) {
      show(item);
      panel.querySelector("h2")?.focus({ preventScroll: true });
    }
    if (words) notice(words, "done");
  }

  /** Follow the address, within this section. */
  async function follow() {
    const mine = ++turn;
    const { id, filters: asked } = place();
    const wanted = Object.fromEntries(Object.entries(filters).map(([key, { value = "" }]) => [key, asked[key] ?? value]));
    const isNew = JSON.stringify(wanted) !== JSON.stringify(now) || !element.isConnected;
    now = wanted;
    for (const one of fields) one.input.value = now[one.key];
    if (isNew) load();
    await loading;
    // One has gone on meanwhile.
    if (mine === turn) await open(id);
  }

  await follow();
  return {
    title: `${title} · Moderation`,
    element,
    go() {
      if (place().section !== section) return false;
      follow().catch((trouble) => notice(trouble.message));
      return true;
    },
  };
}
