// What more than one screen is made of.
import { invoke } from "../../shared/backend.js";
import { act, avatar, field, h, minutes, notice, set } from "../../shared/dom.js";

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const AGO = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const STEPS = [["day", 86_400], ["hour", 3600], ["minute", 60]];

/** A moment: how long ago, and on hovering exactly when. */
export function when(moment) {
  const seconds = (Date.parse(moment) - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, each]) => Math.abs(seconds) >= each) ?? ["minute", 60];
  const words = Math.abs(seconds) >= 30 * 86_400 ? DAY.format(new Date(moment)) : AGO.format(Math.round(seconds / size), unit);
  return h("time", { datetime: moment, title: DAY.format(new Date(moment)) }, words);
}

/** A moment that matters to the minute. */
export const date = (moment) => h("time", { datetime: moment }, DAY.format(new Date(moment)));

export const badge = (words, mood = "") => h("span", { class: `badge ${mood}` }, words);

export function person(who, none = "Nobody") {
  if (!who) return h("span", { class: "person muted" }, none);
  return h("span", { class: "person" }, avatar(who),
    h("span", {}, h("strong", {}, who.display_name), " ", h("span", { class: "muted" }, `@${who.username}`), who.is_verified ? " ✓" : ""));
}

/** What reports weigh, to a tenth. */
export const weigh = (weight) => String(Math.round(weight * 10) / 10);

/** "ai_generated" as people say it. */
export const plain = (word) => String(word).replaceAll("_", " ").replace(/^ai /, "AI ").replace(/^./, (letter) => letter.toUpperCase());

/** Whatever a provider found, or a row had in it, as a list of names and values. */
export function facts(value) {
  if (value === null || value === undefined || value === "") return h("span", { class: "muted" }, "nothing");
  if (Array.isArray(value)) return value.length ? h("ul", { class: "values" }, value.map((each) => h("li", {}, facts(each)))) : facts(null);
  if (typeof value === "object") {
    const known = Object.entries(value);
    return known.length
      ? h("dl", { class: "facts-list" }, known.flatMap(([key, each]) => [h("dt", {}, plain(key)), h("dd", {}, facts(each))]))
      : facts(null);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = String(value);
  return /^\d{4}-\d\d-\d\dT/.test(text) ? date(text) : text;
}

/** A part of a detail with a heading of its own. */
export const part = (title, ...children) => h("section", { class: "part" }, h("h3", {}, title), children);

/** What somebody wrote, as they wrote it. */
export const quote = (words) => h("blockquote", {}, words);

/** A text with its limit. */
export function note(label, limit, help) {
  const made = field(label, { rows: 3, maxlength: limit, name: "note" }, help);
  return { ...made, get: () => made.input.value.trim() || null };
}

/** A track to be heard, by an address that stream-url signs when it is wanted. */
export function player(track_id, title) {
  const audio = h("audio", { preload: "metadata" });
  const button = h("button", { type: "button", class: "primary" });
  const position = h("input", { type: "range", min: "0", max: "1", step: "any", value: "0", "aria-label": `Position in ${title}`, disabled: true });
  const time = h("span", { class: "time-of" }, "–:––");
  const remark = h("small", { hidden: true }, "Only the preview can be heard.");
  let expires = 0;

  const draw = () => {
    const { duration, currentTime, paused } = audio;
    set(button, { text: paused ? "Play" : "Pause", "aria-label": `${paused ? "Play" : "Pause"} ${title}` });
    if (!Number.isFinite(duration)) return;
    set(position, { max: String(duration), disabled: null, "aria-valuetext": `${minutes(currentTime * 1000)} of ${minutes(duration * 1000)}` });
    position.value = String(currentTime);
    set(time, { text: `${minutes(currentTime * 1000)} / ${minutes(duration * 1000)}` });
  };
  button.onclick = () => act(button, async () => {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    if (Date.now() > expires) {
      const stream = await invoke("stream-url", { track_id });
      expires = Date.parse(stream.expires_at);
      const { currentTime } = audio;
      set(remark, { hidden: !stream.is_preview });
      audio.src = stream.url;
      if (currentTime) audio.currentTime = currentTime;
    }
    // What cannot be played says so by itself.
    await audio.play().catch(() => {});
  });
  position.oninput = () => {
    audio.currentTime = Number(position.value);
  };
  for (const event of ["play", "pause", "timeupdate", "loadedmetadata", "ended"]) audio[`on${event}`] = draw;
  audio.onerror = () => {
    expires = 0;
    notice("This file cannot be played.");
  };
  draw();
  return h("div", { class: "player", role: "group", "aria-label": `Player: ${title}` }, audio, button, position, time, remark);
}
