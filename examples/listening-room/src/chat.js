// What is said in a room. The topic tells ids alone; words are asked for, so that everybody reads what they may.
import { call, read } from "../../shared/backend.js";
import { act, avatar, count, field, h, keyed, set } from "../../shared/dom.js";
import { deeds } from "./deeds.js";
import { order } from "./order.js";

const PAGE = 50;
const HAPPENED = {
  message_pinned: "pinned a message",
  track_pinned: "pinned a track to the room",
  room_renamed: "renamed the room",
  owner_changed: "is the owner now",
  slow_mode_changed: "changed slow mode",
};

export function chat(room_id, me, { type }) {
  let room = null;
  let messages = [];
  let earlierThan = null;
  let atEnd = true;
  let typists = new Map();

  const log = h("ol", { class: "log" });
  const earlier = h("button", { type: "button", class: "link", hidden: true }, "Earlier messages");
  const empty = h("p", { class: "empty" }, "Nobody has said anything yet.");
  // What comes is read aloud; it scrolls by keyboard, too.
  const frame = h("div", { class: "log-frame", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: 0 }, earlier, empty, log);
  const typing = h("p", { class: "typing muted" });
  const input = field("Message", { name: "message", autocomplete: "off", maxlength: 500, placeholder: "Say something", enterkeyhint: "send" });
  const form = h("form", { class: "composer" }, input.element, h("button", { type: "submit", class: "primary" }, "Send"));
  const outside = h("p", { class: "muted" }, "Join the room to chat.");
  const answering = h("p", { class: "answering", hidden: true }, h("span"),
    h("button", { type: "button", class: "quiet icon", "aria-label": "Do not reply", onclick: () => answer(null) }, "✕"));
  const kept = order(room_id);
  const element = h("section", { class: "card chat", "aria-labelledby": "chat-title" },
    h("h2", { id: "chat-title" }, "Chat"), kept.element, frame, h("div", {}, typing, answering), form, outside);
  const menu = deeds(room_id, me, { put, answer, changed: kept.load });

  function render() {
    const wasAtEnd = atEnd;
    keyed(log, messages, makeRow, updateRow);
    set(empty, { hidden: messages.length > 0 });
    set(earlier, { hidden: !earlierThan });
    if (wasAtEnd) frame.scrollTop = frame.scrollHeight;
  }

  async function load() {
    const [rows] = await Promise.all([read("room_messages", { room_id, page_size: PAGE }), kept.load()]);
    earlierThan = rows.length === PAGE ? rows.at(-1).cursor : null;
    messages = rows.reverse();
    render();
  }

  earlier.onclick = () => act(earlier, async () => {
    const rows = await read("room_messages", { room_id, page_size: PAGE, after: earlierThan });
    earlierThan = rows.length === PAGE ? rows.at(-1).cursor : null;
    const height = frame.scrollHeight;
    messages = [...rows.reverse(), ...messages];
    frame.ariaBusy = "true"; // Old words are not read out.
    render();
    frame.scrollTop += frame.scrollHeight - height;
    frame.ariaBusy = null;
  });
  frame.onscroll = () => {
    atEnd = frame.scrollHeight - frame.scrollTop - frame.clientHeight < 40;
  };

  function put(message) {
    const place = messages.findIndex((known) => known.id === message.id);
    if (place >= 0) messages[place] = message;
    else {
      // Ids grow with time, and one message may overtake another on its way.
      messages.push(message);
      messages.sort((one, other) => (one.id < other.id ? -1 : 1));
    }
    render();
  }

  async function heard(event, payload) {
    if (event === "message_deleted") {
      messages = messages.filter((message) => message.id !== payload.id);
      if (replyTo?.id === payload.id) answer(null);
      render();
      await kept.load();
      return;
    }
    if (event === "message_pinned") await kept.load();
    const isKnown = messages.some((message) => message.id === payload.id);
    if (event !== "message" && !isKnown) return;
    try {
      put(await read("room_message", { message_id: payload.id }));
    } catch (trouble) {
      // Said by somebody one has blocked, or deleted since: not ours to show.
      if (trouble.token !== "message_not_found") throw trouble;
    }
  }

  function makeRow(message) {
    if (message.kind === "system") return h("li", { class: "system" }, h("span"));
    const more = menu.opener();
    const row = h("li", { class: message.author?.id === me.id ? "mine" : null }, avatar(message.author),
      h("div", { class: "said" },
        h("p", { class: "by" }, h("strong", {}, message.author?.display_name ?? "Somebody"),
          h("time", { datetime: message.created_at }, new Date(message.created_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
          h("span", { class: "pin", hidden: true }, "pinned"), more),
        h("p", { class: "quote", hidden: true }),
        h("p", { class: "body" }),
        h("ul", { class: "reactions", "aria-label": "Reactions" })));
    row.more = more;
    return row;
  }

  function updateRow(row, message) {
    if (message.kind === "system") {
      set(row.firstChild, { text: `${message.author?.display_name ?? "Somebody"} ${HAPPENED[message.code] ?? "changed something"}` });
      return;
    }
    const words = wordsOf(message);
    set(row.querySelector(".body"), { text: words + (message.edited_at ? " (edited)" : "") });
    row.classList.toggle("deleted", Boolean(message.deleted_at));
    set(row.querySelector(".pin"), { hidden: !message.pinned_at });
    set(row.querySelector(".quote"), { hidden: !message.reply_to, text: message.reply_to ? quoted(message.reply_to) : "" });
    const reactions = (message.reactions ?? []).map((reaction) => ({ ...reaction, id: reaction.emoji }));
    set(row.querySelector(".reactions"), { hidden: reactions.length === 0 });
    keyed(row.querySelector(".reactions"), reactions, ({ emoji }) => h("li", {}, h("button", { type: "button" }, `${emoji} `, h("span"))),
      (chip, { emoji, count: number, mine }) => {
        const button = chip.firstChild;
        set(button, {
          "aria-pressed": mine, disabled: !room?.my_role, "aria-label": `${emoji}, ${count(number, "reaction")} to ${words}`,
          onclick: () => act(button, () => menu.react(message, emoji, !mine)),
        });
        set(button.lastChild, { text: String(number) });
      });
    menu.know(row.more, message, words, room);
  }

  const wordsOf = (message) =>
    message.deleted_at ? "This message was deleted." : message.body ?? (message.track ? `♪ ${message.track.title}` : "");
  const quoted = ({ author, body }) => (author ? `${author.display_name}: ${body ?? "♪"}` : "A message that is not there any more");

  /** Say the next message in answer to this one; null: to nobody. */
  let replyTo = null;
  function answer(message) {
    replyTo = message;
    set(answering, { hidden: !message });
    if (message) set(answering.firstChild, { text: `Replying to ${quoted({ author: message.author, body: wordsOf(message) })}` });
    if (room?.my_role) input.input.focus();
  }

  // Sent again after a lost answer, it is the same message: the id is the client's.
  let unsent = null;
  form.onsubmit = (event) => {
    event.preventDefault();
    const body = input.input.value.trim();
    if (!body) return;
    act(form, async () => {
      const reply_to_id = replyTo?.id ?? null;
      if (unsent?.body !== body || unsent.reply_to_id !== reply_to_id) unsent = { body, reply_to_id, client_id: crypto.randomUUID() };
      const message = await call("send_message", { room_id, ...unsent });
      unsent = null;
      if (input.input.value.trim() === body) input.input.value = "";
      if (replyTo?.id === reply_to_id) answer(null);
      atEnd = true;
      put(message);
    });
  };

  let lastTyped = 0;
  input.input.oninput = () => {
    if (!input.input.value || Date.now() - lastTyped < 3000) return;
    lastTyped = Date.now();
    type();
  };
  function forget() {
    for (const [name, until] of typists) if (until < Date.now()) typists.delete(name);
    const names = [...typists.keys()];
    set(typing, {
      text: !names.length ? "" : names.length === 1 ? `${names[0]} is writing …`
        : names.length === 2 ? `${names.join(" and ")} are writing …` : "Several people are writing …",
    });
  }
  const timer = setInterval(forget, 1000);

  return {
    element,
    load,
    heard,
    typing(name) {
      typists.set(name, Date.now() + 4000);
      forget();
    },
    know(next) {
      const hadRole = room?.my_role;
      room = next;
      kept.know(next);
      if (hadRole !== next.my_role) render();
      set(form, { hidden: !room.my_role });
      set(outside, { hidden: Boolean(room.my_role) });
    },
    shown() {
      frame.scrollTop = frame.scrollHeight;
      atEnd = true;
    },
    stop() {
      clearInterval(timer);
    },
  };
}
