// A room: who is in it, and its two halves, what plays and what is said. One realtime topic tells of both.
import { call, clock, read, supabase } from "../../shared/backend.js";
import { chat } from "./chat.js";
import { act, avatar, count, h, keyed, notice, say, set } from "../../shared/dom.js";
import { session } from "./session.js";

export async function room(slug, me) {
  let state = await read("room_by_slug", { slug });
  const id = state.id;
  const title = h("h1");
  const facts = h("p", { class: "facts" });
  const join = h("button", { type: "button", class: "primary" }, "Join this room");
  const leaveRoom = h("button", { type: "button", class: "quiet" }, "Leave room");
  const link = h("button", { type: "button", class: "quiet" }, "Copy link");
  const here = h("ul", { class: "here", "aria-label": "Here now" });
  const offline = h("p", { class: "banner", role: "status", hidden: true }, "Connection lost. Trying again …");
  // What members tell each other directly: who is writing.
  const type = () => channel?.send({ type: "broadcast", event: "typing", payload: { name: me.display_name } });
  const closed = h("p", { class: "empty" });
  const playing = session(id, me);
  const talk = chat(id, me, { type });
  let channel = null;
  let own = null;
  let beat = null;
  let gone = false;
  let everJoined = false;
  let present = 0;

  const tabs = ["Music", "Chat"].map((name) =>
    h("button", { type: "button", onclick: () => view(name) }, name));
  const element = h("div", { class: "room", "data-view": "Music" },
    h("header", { class: "room-head" },
      h("div", {}, h("p", { class: "crumb" }, h("a", { href: "#/" }, "All rooms")), title, facts),
      h("div", { class: "actions" }, here, link, leaveRoom, join)),
    offline,
    h("nav", { class: "views", "aria-label": "Parts of the room" }, tabs),
    closed, playing.element, talk.element);

  function view(name) {
    element.dataset.view = name;
    for (const tab of tabs) set(tab, { "aria-pressed": tab.textContent === name });
    if (name === "Chat") talk.shown();
  }
  view("Music");

  function render() {
    set(title, { text: state.name });
    // The count is some seconds old; who is here is known at once.
    const listening = Math.max(state.listener_count, present);
    facts.replaceChildren(
      h("span", { class: "live", hidden: listening === 0 }, `${listening} listening`),
      h("span", {}, count(state.member_count, "member")),
      h("span", {}, state.description || `by ${state.owner?.display_name ?? "somebody"}`));
    const banned = state.my_ban !== null;
    set(join, { hidden: state.my_role !== null || banned });
    set(closed, {
      hidden: state.can_read,
      text: !banned ? "This room is private. If you are invited, join it to come in."
        : `You cannot come in${state.my_ban.until ? ` until ${new Date(state.my_ban.until).toLocaleString()}` : ""}.`,
    });
    for (const part of [playing, talk]) set(part.element, { hidden: !state.can_read });
    set(leaveRoom, { hidden: state.my_role === null || state.my_role === "owner" });
    playing.know(state);
    talk.know(state);
  }

  async function refresh() {
    state = await read("room_state", { room_id: id });
    render();
  }

  // Being active is what votes need; the answer says when the next beat is due.
  async function heartbeat() {
    clearTimeout(beat);
    if (gone || !state.my_role) return;
    let wait = 30;
    try {
      const sentAt = Date.now();
      const told = await call("heartbeat", { room_id: id });
      clock.learn(told.server_time, sentAt);
      state.listener_count = told.listener_count;
      wait = told.next_in_seconds;
      render();
    } catch (trouble) {
      if (trouble.token !== "offline" && trouble.token !== "rate_limited") notice(trouble.message);
    }
    if (!gone) beat = setTimeout(heartbeat, wait * 1000);
  }

  let again = null;
  const soon = () => {
    clearTimeout(again);
    again = setTimeout(() => quietly(refresh), 300);
  };
  const quietly = async (work) => {
    try {
      await work();
    } catch (trouble) {
      if (trouble.token === "offline") set(offline, { hidden: false });
      else if (!gone) notice(trouble.message);
    }
  };

  async function listen() {
    await supabase.realtime.setAuth();
    own = supabase.channel(`user:${me.id}`, { config: { private: true } });
    own.on("broadcast", { event: "removed_from_room" }, ({ payload }) => {
      if (payload.room_id !== id) return;
      notice(`You have been removed from ${state.name}.`);
      location.hash = "#/";
    });
    own.on("broadcast", { event: "muted_in_room" }, ({ payload }) => {
      if (payload.room_id !== id) return;
      if (!payload.until) return notice(`You may write in ${state.name} again.`, "info");
      const until = new Date(payload.until).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      return notice(`A moderator has muted you in ${state.name} until ${until}.`);
    });
    own.subscribe();

    channel = supabase.channel(`room:${id}`, { config: { private: true, presence: { key: me.id } } });
    const on = (event, heard) => channel.on("broadcast", { event }, ({ payload }) => quietly(() => heard(payload)));
    for (const event of ["message", "message_edited", "message_deleted", "message_pinned", "reaction"]) {
      on(event, (payload) => talk.heard(event, payload));
    }
    for (const event of ["track_started", "queue_changed", "session_changed", "vote_changed"]) {
      on(event, (payload) => playing.heard(event, payload));
    }
    on("room_changed", soon);
    on("member_changed", soon);
    channel.on("broadcast", { event: "typing" }, ({ payload }) => talk.typing(String(payload?.name ?? "").slice(0, 60)));
    channel.on("presence", { event: "sync" }, () => {
      const people = Object.entries(channel.presenceState()).map(([key, [person]]) => ({ ...person, id: key }));
      present = people.length;
      render();
      keyed(here, people.slice(0, 8), (person) => h("li", { title: String(person.display_name) }, avatar(person),
        h("span", { class: "visually-hidden" }, String(person.display_name))), () => {});
      set(here, { "data-more": people.length > 8 ? `+${people.length - 8}` : null });
    });
    channel.subscribe((status) => {
      if (gone) return;
      set(offline, { hidden: status === "SUBSCRIBED" || (status === "CLOSED" && !everJoined) });
      if (status !== "SUBSCRIBED") return;
      if (state.my_role) channel.track({ username: me.username, display_name: me.display_name });
      // What was said while we were not connected is asked for, not guessed.
      if (everJoined) quietly(() => Promise.all([refresh(), playing.load(), talk.load()]));
      everJoined = true;
    });
  }

  join.onclick = () => act(join, async () => {
    state = await call("join_room", { room_id: id });
    render();
    say(`You have joined ${state.name}.`);
    if (!channel) await open();
    else channel.track({ username: me.username, display_name: me.display_name });
    await heartbeat();
  });
  leaveRoom.onclick = () => act(leaveRoom, async () => {
    await call("leave_room", { room_id: id });
    location.hash = "#/";
  });
  link.onclick = () => act(link, async () => {
    await navigator.clipboard.writeText(location.href);
    notice("The link is copied.", "info");
  });

  async function open() {
    await listen();
    await Promise.all([playing.load(), talk.load()]);
  }
  const awake = () => {
    if (document.visibilityState === "visible" && state.can_read) quietly(() => Promise.all([heartbeat(), playing.load()]));
  };

  render();
  if (state.can_read) {
    await open();
    heartbeat();
  }
  document.addEventListener("visibilitychange", awake);

  return {
    title: `${state.name} · Listening room`,
    element,
    leave() {
      gone = true;
      clearTimeout(beat);
      clearTimeout(again);
      document.removeEventListener("visibilitychange", awake);
      playing.stop();
      talk.stop();
      for (const topic of [channel, own]) if (topic) supabase.removeChannel(topic);
    },
  };
}
