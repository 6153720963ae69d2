// What one may do with a message: react, reply, delete; and what keeps a room friendly: pin, clear, mute, remove, ban.
import { call } from "../../shared/backend.js";
import { act, h, notice, say, set } from "../../shared/dom.js";

// Of the table reaction_emoji.
const EMOJI = ["❤️", "🔥", "👏", "😂", "👍"];
const MUTE_MINUTES = 10;
const BAN_MINUTES = 60;

/** The actions of a message open below its words, one at a time; Escape closes them. */
export function deeds(room_id, me, { put, answer, changed }) {
  let open = null;
  // What is done while the panel is opened anew does not close it.
  let openings = 0;
  const panel = h("div", { class: "deeds", role: "group" });

  panel.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };

  function close({ focus = true } = {}) {
    if (!open) return;
    const button = open;
    open = null;
    panel.remove();
    set(button, { "aria-expanded": "false" });
    if (focus) button.focus({ preventScroll: true });
  }

  function show(button) {
    const wasOpen = open === button;
    close({ focus: wasOpen });
    if (wasOpen) return;
    open = button;
    openings += 1;
    set(button, { "aria-expanded": "true" });
    fill(button);
    button.closest(".said").append(panel);
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector("button").focus({ preventScroll: true });
  }

  async function react(message, emoji, present) {
    await call("react", { message_id: message.id, emoji, present });
    const reactions = (message.reactions ?? []).map((one) => ({ ...one }));
    const one = reactions.find((known) => known.emoji === emoji);
    // What others see is told by the topic; this is one's own, at once.
    if (one && one.mine !== present) Object.assign(one, { mine: present, count: one.count + (present ? 1 : -1) });
    else if (!one && present) reactions.push({ emoji, count: 1, mine: true });
    put({ ...message, reactions: reactions.filter((left) => left.count > 0) });
  }

  function fill(button) {
    const { message, words, room } = button.about;
    const opening = openings;
    const isMine = message.author?.id === me.id;
    const keeps = ["owner", "moderator"].includes(room.my_role);
    const name = message.author?.display_name ?? "Somebody";
    const username = message.author?.username;
    const mine = new Set((message.reactions ?? []).filter((reaction) => reaction.mine).map((reaction) => reaction.emoji));
    const deed = (label, work, props = {}) => {
      const element = h("button", { type: "button", ...props }, label);
      element.onclick = () => act(element, async () => {
        if ((await work()) !== false && opening === openings) close();
      });
      return element;
    };
    const sure = (question, work) => () => (confirm(question) ? work() : false);
    const remove = (ban_minutes) => () => call("remove_member", { room_id, username, ban_minutes });
    set(panel, { "aria-label": `Actions for “${words}”` });
    panel.replaceChildren(
      h("div", { class: "deeds-row" }, EMOJI.map((emoji) =>
        deed(emoji, () => react(message, emoji, !mine.has(emoji)), { class: "emoji", "aria-label": `React with ${emoji}`, "aria-pressed": mine.has(emoji) }))),
      h("div", { class: "deeds-row" },
        deed("Reply", () => {
          close({ focus: false });
          answer(message);
          return false;
        }),
        keeps && deed(message.pinned_at ? "Unpin" : "Pin", async () => {
          await call("pin_message", { message_id: message.id, present: !message.pinned_at });
          say(message.pinned_at ? "Unpinned." : "Pinned.");
        }),
        keeps && message.reactions?.length > 0 && deed("Clear reactions", () => call("clear_reactions", { message_id: message.id })),
        (isMine || keeps) && deed("Delete", sure("Delete this message for everybody?", async () => {
          await call("delete_message", { message_id: message.id });
          say("Deleted.");
        }), { class: "danger" })),
      keeps && !isMine && username && h("div", { class: "deeds-row" },
        deed(`Mute ${name} for ${MUTE_MINUTES} minutes`, async () => {
          await call("mute_member", { room_id, username, minutes: MUTE_MINUTES });
          notice(`${name} cannot write for ${MUTE_MINUTES} minutes.`, "info");
          await changed();
        }),
        deed(`Remove ${name}`, sure(`Put ${name} out of the room? They may come back.`, remove(0)), { class: "danger" }),
        deed(`Ban ${name} for an hour`, sure(`Put ${name} out of the room, for an hour?`, remove(BAN_MINUTES)), { class: "danger" })));
    for (const empty of panel.querySelectorAll(".deeds-row:empty")) empty.remove();
  }

  return {
    react,

    opener() {
      const button = h("button", { type: "button", class: "quiet icon more", "aria-expanded": "false" }, "⋯");
      button.onclick = () => show(button);
      // Up and down go from one message to the next.
      button.onkeydown = (event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!step) return;
        const all = [...button.closest(".log").querySelectorAll(".more:not([hidden])")];
        const next = all[all.indexOf(button) + step];
        if (!next) return;
        event.preventDefault();
        next.focus();
        next.scrollIntoView({ block: "nearest" });
      };
      return button;
    },

    know(button, message, words, room) {
      button.about = { message, words, room };
      set(button, { hidden: !room?.my_role || Boolean(message.deleted_at), "aria-label": `Actions for “${words}”` });
      if (button === open) {
        if (button.hidden) close({ focus: false });
        else set(panel, { "aria-label": `Actions for “${words}”` });
      }
    },
  };
}
