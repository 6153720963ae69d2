// What stands above the chat: what moderators have pinned, and, for them alone, who is muted.
import { call, read } from "../../shared/backend.js";
import { act, h, keyed, notice, set } from "../../shared/dom.js";

export function order(room_id) {
  let room = null;
  const pins = list("Pinned", (message) => message.author?.display_name ?? "Somebody", (message) => message.body ?? (message.track ? `♪ ${message.track.title}` : ""),
    "Unpin", (message) => call("pin_message", { message_id: message.id, present: false }));
  const mutes = list("Muted", (person) => person.display_name,
    (person) => `until ${new Date(person.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`,
    "Unmute", (person) => call("unmute_member", { room_id, username: person.username }));
  const element = h("div", { class: "kept" }, pins.element, mutes.element);
  const keeps = () => ["owner", "moderator"].includes(room?.my_role);

  function list(title, who, what, undo, work) {
    const summary = h("summary");
    const rows = h("ul");
    const details = h("details", { hidden: true }, summary, rows);
    let shown = [];
    const make = (one) => {
      const button = h("button", { type: "button", class: "link" }, undo);
      button.onclick = () => act(button, async () => {
        await work(one);
        await load();
        summary.focus();
      });
      return h("li", {}, h("strong"), h("span"), button);
    };
    function render(next = shown) {
      shown = next;
      set(details, { hidden: shown.length === 0 });
      set(summary, { text: `${title} · ${shown.length}` });
      keyed(rows, shown, make, (row, one) => {
        const [name, words, button] = row.children;
        set(name, { text: who(one) });
        set(words, { text: what(one) });
        set(button, { hidden: !keeps(), "aria-label": `${undo} “${title === "Muted" ? who(one) : what(one)}”` });
      });
    }
    return { element: details, render };
  }

  async function load() {
    const [pinned, muted] = await Promise.all([
      read("pinned_messages", { room_id, page_size: 50 }),
      keeps() ? read("room_mutes", { room_id, page_size: 50 }) : [],
    ]);
    pins.render(pinned);
    mutes.render(muted);
  }

  return {
    element,
    load,
    know(next) {
      const kept = keeps();
      room = next;
      pins.render();
      if (keeps() !== kept && next.can_read) load().catch((trouble) => notice(trouble.message));
    },
  };
}
