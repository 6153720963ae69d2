// Finding a room, or making one.
import { call, read } from "../../shared/backend.js";
import { act, count, field, h, notice, set } from "../../shared/dom.js";

const VISIBILITY = {
  public: ["Public", "anybody finds it and may join"],
  unlisted: ["Unlisted", "anybody with the link may join"],
  private: ["Private", "by invitation"],
};

export async function lobby(me) {
  const [mine, busy] = await Promise.all([read("my_rooms"), read("trending_rooms")]);
  const results = h("div");
  const query = field("Find a room", { type: "search", name: "query", autocomplete: "off", placeholder: "Name of a room" });
  let latest = 0;
  let timer = null;

  async function find() {
    const words = query.input.value.trim();
    const turn = ++latest;
    try {
      const isSearch = words.length >= 2;
      const rooms = isSearch ? await read("discover_rooms", { query: words }) : await everybodys(busy);
      if (turn !== latest) return;
      const title = isSearch ? `Rooms like “${words}”` : "Open rooms";
      const none = isSearch ? "No room is called that. Make it yours?"
        : mine.length ? "No other rooms yet." : "There are no rooms yet. Make the first one.";
      results.replaceChildren(list(title, rooms, none));
    } catch (trouble) {
      notice(trouble.message);
    }
  }
  query.input.oninput = () => {
    clearTimeout(timer);
    timer = setTimeout(find, 200);
  };
  await find();

  return {
    title: "Rooms · Listening room",
    leave: () => clearTimeout(timer),
    element: h("div", { class: "lobby" },
      h("div", { class: "lobby-main" },
        h("h1", {}, `Hello, ${me.display_name}`),
        mine.length ? list("Your rooms", mine, "") : null,
        h("form", { class: "find", role: "search", onsubmit: (event) => { event.preventDefault(); find(); } }, query.element),
        results),
      maker()),
  };
}

// Rooms one is not in: those in which something is going on come first, then the newest.
async function everybodys(busy) {
  const newest = await read("discover_rooms");
  const seen = new Set(busy.map((room) => room.id));
  return [...busy, ...newest.filter((room) => !seen.has(room.id))].filter((room) => !room.my_role);
}

function list(title, rooms, none) {
  return h("section", {}, h("h2", {}, title),
    rooms.length
      ? h("ul", { class: "rooms" }, rooms.map((room) =>
          h("li", {}, h("a", { class: "room-link", href: `#/room/${encodeURIComponent(room.slug)}` },
            h("strong", {}, room.name),
            h("span", { class: "muted" }, room.description || `by ${room.owner?.display_name ?? "somebody"}`),
            h("span", { class: "facts" },
              room.listener_count > 0 ? h("span", { class: "live" }, `${room.listener_count} listening`) : null,
              h("span", {}, count(room.member_count, "member")),
              room.my_role ? h("span", {}, room.my_role) : null)))))
      : h("p", { class: "empty" }, none));
}

function maker() {
  const name = field("Name", { name: "name", required: true, maxlength: 80, autocomplete: "off" });
  const description = field("What is it about?", { name: "description", maxlength: 500, rows: 2 });
  const choices = Object.entries(VISIBILITY).map(([value, [word, help]], place) =>
    h("label", { class: "choice" },
      h("input", { type: "radio", name: "visibility", value, checked: place === 0 }), h("span", {}, h("strong", {}, word), ` ${help}`)));
  const form = h("form", {}, name.element, description.element,
    h("fieldset", {}, h("legend", {}, "Who may come"), choices),
    h("button", { type: "submit", class: "primary" }, "Make the room"));
  const client_id = crypto.randomUUID();
  form.onsubmit = (event) => {
    event.preventDefault();
    act(form, async () => {
      const made = await call("create_room", {
        name: name.input.value, description: description.input.value || null,
        visibility: new FormData(form).get("visibility"), client_id,
      });
      location.hash = `#/room/${encodeURIComponent(made.slug)}`;
    });
  };
  set(form, { "aria-labelledby": "make-a-room" });
  return h("section", { class: "card" }, h("h2", { id: "make-a-room" }, "Make a room"), form);
}
