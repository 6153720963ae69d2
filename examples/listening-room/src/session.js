// What plays, what comes next, and who decides: the session of a room.
import { call, clock, read } from "../../shared/backend.js";
import { act, avatar, count, field, h, keyed, minutes, notice, say, set } from "../../shared/dom.js";

const MODES = {
  public: ["Everybody", "all members add tracks, votes decide what is next"],
  fan: ["DJs in turn", "those in the rotation play one after the other"],
  artist: ["Only me", "you line up the tracks"],
};

export function session(room_id, me) {
  let room = null;
  let state = null;
  let timer = null;
  let advancing = null;

  const panel = h("section", { class: "card now", "aria-labelledby": "now-title" });
  const nextUp = h("section", { class: "card", "aria-labelledby": "queue-title" });
  const element = h("div", { class: "music" }, panel, nextUp);

  // The parts of "now playing", made once, so that nothing under a finger or the focus is replaced.
  const now = {
    title: h("h2", { id: "now-title" }, "Now playing"),
    art: h("div", { class: "art", "aria-hidden": "true" }),
    track: h("p", { class: "track-title" }),
    artist: h("p", { class: "muted" }),
    bar: h("div", { class: "bar", role: "progressbar", "aria-label": "Position in the track", "aria-valuemin": 0 }, h("span")),
    time: h("p", { class: "time" }, h("span"), h("span")),
    vote: voteButtons(),
    skip: h("button", { type: "button" }),
    skipNow: h("button", { type: "button" }, "Skip"),
    pause: h("button", { type: "button", class: "quiet" }),
    end: h("button", { type: "button", class: "quiet" }, "End session"),
    rotation: h("div", { class: "rotation" }),
    none: h("p", { class: "muted" }),
    start: starter(),
  };
  now.body = h("div", { class: "now-body" }, now.art, h("div", { class: "now-text" }, now.track, now.artist, now.bar, now.time,
    h("div", { class: "actions" }, now.vote.element, now.skip, now.skipNow)));
  panel.append(
    h("header", { class: "card-head" }, now.title, h("div", { class: "actions" }, now.pause, now.end)),
    now.body, now.none, now.start, now.rotation);

  const queue = h("ol", { class: "queue" });
  const queueTitle = h("h2", { id: "queue-title" }, "Up next");
  const none = h("p", { class: "empty" }, "Nothing is queued. Add the first track.");
  const adder = finder();
  nextUp.append(queueTitle, queue, none, adder.element);

  async function load() {
    const sentAt = Date.now();
    const told = await read("room_session", { room_id });
    if (told) {
      clock.learn(told.server_time, sentAt);
    }
    take(told);
  }

  function take(told) {
    // Answers may overtake each other: an older one is not believed.
    if (told && state?.id === told.id && told.server_time < state.server_time) return;
    const before = state?.now_playing?.item.id;
    state = told;
    const playing = state?.now_playing;
    if (playing?.track && playing.item.id !== before) say(`Now playing: ${playing.track.title} by ${playing.track.artist_name}`);
    render();
  }

  const isModerator = () => ["owner", "moderator"].includes(room?.my_role);
  const isMember = () => Boolean(room?.my_role);

  function render() {
    if (!room) return;
    const playing = state?.now_playing ?? null;
    const mayRun = Boolean(state) && (state.is_host || isModerator());
    const isMine = playing?.dj?.id === me.id;
    set(now.title, { text: !state ? "No session" : state.status === "paused" ? "Paused" : "Now playing" });
    set(now.body, { hidden: !playing });
    set(now.start, { hidden: Boolean(state) || !isModerator() });
    set(now.pause, { hidden: !mayRun || !playing, text: state?.status === "paused" ? "Go on" : "Pause" });
    set(now.end, { hidden: !mayRun });
    set(now.none, {
      hidden: Boolean(playing) || !now.start.hidden,
      text: !state ? "Nothing is playing yet. The room’s owner or a moderator can start a session."
        : "Silence. Add a track and it plays at once.",
    });
    if (playing) {
      set(now.art, { style: `--hue: ${hueOf(playing.track?.title ?? "")}` });
      set(now.track, { text: playing.track?.title ?? "A track you cannot see" });
      set(now.artist, { text: `${playing.track?.artist_name ?? ""}${playing.dj ? ` · added by ${isMine ? "you" : playing.dj.display_name}` : ""}` });
      now.vote.update({ id: playing.item.id, ups: playing.ups, downs: playing.downs, mine: playing.my_vote, isOwn: isMine, title: playing.track?.title });
      const { votes: cast, needed } = playing.skip;
      const byVote = state.mode !== "artist" && room.policies.vote_skip_enabled && isMember();
      set(now.skip, { hidden: !byVote, text: `Vote to skip · ${cast} of ${needed}`, "data-item": playing.item.id });
      set(now.skipNow, { hidden: !(isModerator() || state.is_host || (isMine && state.mode !== "artist")) });
    }
    set(nextUp, { hidden: !state });
    if (state) {
      set(queueTitle, { text: state.queue_count ? `Up next · ${state.queue_count}` : "Up next" });
      set(none, { hidden: state.queue.length > 0 });
      keyed(queue, state.queue, makeRow, updateRow);
      const inRotation = state.mode !== "fan" || state.rotation.some((slot) => slot.is_me);
      set(adder.element, { hidden: !isMember() || !inRotation || (state.mode === "artist" && !state.is_host) });
    }
    renderRotation();
    tick();
  }

  function renderRotation() {
    if (state?.mode !== "fan") {
      now.rotation.replaceChildren();
      return;
    }
    const inIt = state.rotation.some((slot) => slot.is_me);
    const toggle = h("button", { type: "button", hidden: !isMember() }, inIt ? "Leave the rotation" : "Become a DJ");
    toggle.onclick = () => act(toggle, async () => take(await call(inIt ? "leave_rotation" : "join_rotation", { session_id: state.id })));
    now.rotation.replaceChildren(
      h("h3", {}, "DJs in turn"),
      state.rotation.length
        ? h("ol", { class: "here" }, state.rotation.map((slot) =>
            h("li", { class: slot.is_on ? "on" : null, title: slot.dj?.display_name ?? "" }, avatar(slot.dj),
              h("span", {}, slot.is_me ? "You" : (slot.dj?.display_name ?? "Somebody")))))
        : h("p", { class: "muted" }, "Nobody yet."),
      toggle);
  }

  function makeRow(item) {
    const vote = voteButtons();
    const remove = h("button", { type: "button", class: "quiet icon" }, "✕");
    remove.onclick = () => act(remove, async () => {
      await call("remove_queue_item", { item_id: item.id });
      await load();
    });
    const row = h("li", {},
      h("div", { class: "row-text" }, h("strong"), h("span", { class: "muted" })), vote.element, remove);
    row.parts = { vote, remove };
    return row;
  }

  function updateRow(row, item) {
    const title = item.track?.title ?? "A track you cannot see";
    const isOwn = item.added_by?.id === me.id;
    const [strong, muted] = row.querySelector(".row-text").children;
    set(strong, { text: title });
    set(muted, {
      text: [item.track?.artist_name, item.track && minutes(item.track.duration_ms),
        isOwn ? "added by you" : item.added_by && `added by ${item.added_by.display_name}`].filter(Boolean).join(" · "),
    });
    row.parts.vote.update({ id: item.id, ups: item.ups, downs: item.downs, mine: item.my_vote, isOwn, title });
    set(row.parts.remove, { hidden: !isOwn && !isModerator() && !state.is_host, "aria-label": `Remove ${title}` });
  }

  /** Two buttons that say how many votes there are, and which is one's own. */
  function voteButtons() {
    let shown = null;
    const up = h("button", { type: "button", class: "vote" }, h("span", { "aria-hidden": "true" }, "▲"), h("span", { class: "number" }));
    const down = h("button", { type: "button", class: "vote" }, h("span", { "aria-hidden": "true" }, "▼"), h("span", { class: "number" }));
    const cast = (button, value) => act(button, async () => {
      const mine = shown.mine === value ? 0 : value;
      const told = await call("vote_track", { item_id: shown.id, value: mine });
      counted(shown.id, told.up_count, told.down_count, told.my_vote);
    });
    up.onclick = () => cast(up, 1);
    down.onclick = () => cast(down, -1);
    return {
      element: h("div", { class: "votes", role: "group" }, up, down),
      update(next) {
        shown = next;
        const off = next.isOwn || !isMember();
        const why = next.isOwn ? "Your own track" : off ? "Join the room to vote" : null;
        set(up, { "aria-pressed": next.mine === 1, disabled: off, title: why, "aria-label": `Vote for ${next.title}, ${count(next.ups, "vote")}` });
        set(down, {
          "aria-pressed": next.mine === -1, disabled: off, title: why, hidden: !room.policies.downvotes_enabled,
          "aria-label": `Vote against ${next.title}, ${count(next.downs, "vote")}`,
        });
        set(up.lastChild, { text: String(next.ups) });
        set(down.lastChild, { text: String(next.downs) });
      },
    };
  }

  function counted(item_id, ups, downs, mine = undefined) {
    const isPlaying = state?.now_playing?.item.id === item_id;
    const item = isPlaying ? state.now_playing : state?.queue.find((queued) => queued.id === item_id);
    if (!item) return;
    Object.assign(item, { ups, downs }, mine === undefined ? {} : { my_vote: mine });
    render();
    // The order may have changed with it; it is the database's to say.
    if (!isPlaying && state.mode === "public") soon();
  }

  let again = null;
  function soon() {
    clearTimeout(again);
    again = setTimeout(() => load().catch((trouble) => notice(trouble.message)), 150);
  }

  function heard(event, payload) {
    if (event !== "vote_changed") return soon();
    const playing = state?.now_playing;
    if (playing?.item.id === payload.item_id) playing.skip.votes = payload.skip_votes;
    counted(payload.item_id, payload.up_count, payload.down_count);
  }

  now.skip.onclick = () => act(now.skip, async () => {
    const told = await call("vote_skip", { item_id: now.skip.dataset.item });
    if (told.skipped) say("Skipped.");
    else if (state?.now_playing) {
      state.now_playing.skip = { votes: told.votes, needed: told.needed };
      render();
    }
  });
  now.skipNow.onclick = () => act(now.skipNow, async () => take(await call("skip_track", { session_id: state.id, expected_sequence: state.sequence })));
  now.pause.onclick = () => act(now.pause, async () => {
    take(await call(state.status === "paused" ? "resume_session" : "pause_session", { session_id: state.id }));
  });
  now.end.onclick = () => act(now.end, async () => {
    if (!confirm("End the session? What is queued goes.")) return;
    await call("end_session", { session_id: state.id });
    await load();
  });

  function starter() {
    const choices = Object.entries(MODES).map(([value, [word, help]], place) =>
      h("label", { class: "choice" },
        h("input", { type: "radio", name: "mode", value, checked: place === 0 }), h("span", {}, h("strong", {}, word), `: ${help}`)));
    const form = h("form", {}, h("fieldset", {}, h("legend", {}, "Who plays"), choices),
      h("button", { type: "submit", class: "primary" }, "Start a session"));
    form.onsubmit = (event) => {
      event.preventDefault();
      act(form, async () => {
        await call("start_session", { room_id, mode: new FormData(form).get("mode") });
        await load();
      });
    };
    return form;
  }

  function finder() {
    const query = field("Add a track", { type: "search", name: "track", autocomplete: "off", placeholder: "Title or artist" });
    const found = h("ul", { class: "found", "aria-label": "Tracks found" });
    let latest = 0;
    let wait = null;
    async function find() {
      const words = query.input.value.trim();
      const turn = ++latest;
      if (words.length < 3) {
        found.replaceChildren();
        return;
      }
      const tracks = await read("search_tracks", { query: words, page_size: 8 });
      if (turn !== latest) return;
      found.replaceChildren(...(tracks.length ? tracks.map(row) : [h("li", { class: "muted" }, `Nothing is called “${words}”.`)]));
      say(count(tracks.length, "track") + " found");
    }
    function row(track) {
      const add = h("button", { type: "button", "aria-label": `Queue ${track.title} by ${track.artist_name}` }, "Queue");
      add.onclick = () => act(add, async () => {
        await call("enqueue_track", { session_id: state.id, track_id: track.id });
        query.input.value = "";
        found.replaceChildren();
        query.input.focus();
        say(`${track.title} is queued.`);
        await load();
      });
      return h("li", {}, h("div", { class: "row-text" }, h("strong", {}, track.title),
        h("span", { class: "muted" }, `${track.artist_name} · ${minutes(track.duration_ms)}`)), add);
    }
    query.input.oninput = () => {
      clearTimeout(wait);
      wait = setTimeout(() => find().catch((trouble) => notice(trouble.message)), 200);
    };
    return {
      element: h("form", { class: "find", role: "search", onsubmit: (event) => { event.preventDefault(); find(); } }, query.element, found),
    };
  }

  // The position runs by the server's clock, so that all who listen see the same second.
  function tick() {
    const playing = state?.now_playing;
    if (!playing) return;
    const length = Date.parse(playing.ends_at) - Date.parse(playing.started_at);
    const at = state.status === "paused" ? playing.position_ms : clock.now() - Date.parse(playing.started_at);
    const position = Math.min(Math.max(at, 0), length);
    now.bar.firstChild.style.transform = `scaleX(${position / length})`;
    set(now.bar, {
      "aria-valuemax": Math.round(length / 1000), "aria-valuenow": Math.round(position / 1000),
      "aria-valuetext": `${minutes(position)} of ${minutes(length)}`, "data-position-ms": Math.round(position),
    });
    set(now.time.firstChild, { text: minutes(position) });
    set(now.time.lastChild, { text: minutes(length) });
    if (state.status === "active" && at >= length && isMember() && advancing !== state.sequence) advance(state);
  }

  // The track is over: every client says so, one of them moves the session on, and all get the same answer.
  function advance({ id, sequence }) {
    advancing = sequence;
    setTimeout(async () => {
      try {
        if (state?.sequence === sequence) take(await call("advance_session", { session_id: id, expected_sequence: sequence }));
      } catch (trouble) {
        advancing = null;
        if (!["track_not_over", "offline"].includes(trouble.token)) notice(trouble.message);
      }
    }, 100 + Math.random() * 400);
  }
  timer = setInterval(tick, 250);

  return {
    element,
    load,
    heard,
    know(next) {
      room = next;
      render();
    },
    stop() {
      clearInterval(timer);
      clearTimeout(again);
    },
  };
}

function hueOf(text) {
  return [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 11);
}
