// The forms in which one decides.
import { call, read } from "../../shared/backend.js";
import { act, field, h, set } from "../../shared/dom.js";
import { note } from "./parts.js";
import { ACTIONS, LASTING, fitting } from "./words.js";

const SPANS = { 3600: "An hour", 86400: "A day", 604800: "A week", 2592000: "30 days", "": "For good", date: "Until a date …" };

export function decideForm(item, changed) {
  const choices = fitting(item).map((action) => {
    const [words, help] = ACTIONS[action];
    return h("label", { class: "choice" },
      h("input", { type: "radio", name: "action", value: action, required: true }), h("span", {}, h("strong", {}, words), " ", h("span", { class: "muted" }, help)));
  });
  const span = field("For how long?", { name: "span", options: SPANS });
  span.input.value = "604800";
  const until = field("Until", { name: "until", type: "datetime-local", min: local(new Date()) });
  const why = note("Note", 1000, "At most 1000 characters; told to whom something is imposed on.");
  const submit = h("button", { type: "submit", class: "primary" }, "Decide");
  const form = h("form", { "aria-label": "Decision" },
    h("fieldset", {}, h("legend", {}, "What is to be done?"), choices), span.element, until.element, why.element, submit);
  const chosen = () => new FormData(form).get("action");

  function draw() {
    const action = chosen();
    span.element.hidden = !LASTING.includes(action);
    until.element.hidden = span.element.hidden || span.input.value !== "date";
    until.input.required = !until.element.hidden;
    const forGood = [...span.input.options].find((option) => option.value === "");
    set(forGood, { text: action === "kick_from_room" ? "They may come back at once" : "For good" });
    set(submit, { text: action ? ACTIONS[action][0] : "Decide", class: ["delete", "ban"].includes(action) ? "primary grave" : "primary" });
  }
  form.onchange = draw;
  draw();

  form.onsubmit = (event) => {
    event.preventDefault();
    const action = chosen();
    if (action === "delete" && !window.confirm("Delete it? It cannot be brought back.")) return;
    act(form, async () => {
      const done = await call("decide_case", { case_id: item.id, action, note: why.get(), until: LASTING.includes(action) ? end() : null });
      changed(done, `Decided: ${ACTIONS[action][0].toLowerCase()}.`);
    });
  };

  function end() {
    if (span.input.value === "date") return new Date(until.input.value).toISOString();
    return span.input.value ? new Date(Date.now() + Number(span.input.value) * 1000).toISOString() : null;
  }
  return form;
}

const local = (date) => new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function appealForm(item, changed) {
  return verdictForm({
    help: "At most 1000 characters; told to who has appealed.",
    limit: 1000,
    verdicts: { uphold: ["Uphold", "What was imposed is taken back at once."], refuse: ["Refuse", "It stays as it is."] },
    async decide(verdict, words) {
      await call("decide_appeal", { sanction_id: item.target_id, uphold: verdict === "uphold", note: words });
      changed(await read("moderation_case", { case_id: item.id }), verdict === "uphold" ? "The appeal is upheld." : "The appeal is refused.");
    },
  });
}

/** A note, and a button for each verdict: {verdict: [words, help]}. */
export function verdictForm({ verdicts, help, limit, decide }) {
  const why = note("Note", limit, help);
  // None of them is the one to take.
  const buttons = Object.entries(verdicts).map(([verdict, [words]]) =>
    h("button", { type: "button", onclick: () => act(form, () => decide(verdict, why.get())) }, words));
  const form = h("form", { "aria-label": "Decision", onsubmit: (event) => event.preventDefault() },
    h("ul", { class: "muted" }, Object.values(verdicts).map(([words, what]) => h("li", {}, h("strong", {}, `${words}: `), what))),
    why.element, h("div", { class: "actions" }, buttons));
  return form;
}

export function reopenForm(item, changed) {
  const why = note("Why?", 1000, "For the log.");
  const form = h("form", {}, why.element, h("button", { type: "submit" }, "Put it back into the queue"));
  form.onsubmit = (event) => {
    event.preventDefault();
    act(form, async () => {
      changed(await call("reopen_case", { case_id: item.id, note: why.get() }), "The case is open again.");
    });
  };
  return h("details", {}, h("summary", {}, "Decide it otherwise"), form);
}
