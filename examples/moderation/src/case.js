// One case: what was reported as it was, who says so, what was before, and the decision.
import { answer, call, read, supabase } from "../../shared/backend.js";
import { act, count, h, notice, set } from "../../shared/dom.js";
import { appealForm, decideForm, reopenForm } from "./decide.js";
import { badge, date, facts, note, part, person, plain, player, quote, weigh, when } from "./parts.js";
import { address } from "./place.js";
import { KINDS, SANCTIONS, titleOf } from "./words.js";

export function caseDetail(item, changed, me) {
  const element = h("article", { class: "card" },
    h("header", { class: "detail-head" },
      h("h2", { tabindex: "-1" }, titleOf(item)),
      h("p", { class: "facts" },
        badge(KINDS[item.kind]), item.is_withheld ? badge("Withheld", "bad") : null,
        badge(plain(item.status), item.status === "open" ? "" : "good"),
        item.report_count ? h("span", {}, `${count(item.report_count, "report")}, weight ${weigh(item.weight)}`) : null,
        h("span", {}, "opened ", when(item.opened_at))),
      person(item.subject, "Whose it was is not here any more.")),
    ...content(item),
    part("Before", history(item, me, () => again(item, changed)), similar(item)),
    decision(item, changed, me));
  return element;
}

const again = async (item, changed) => changed(await read("moderation_case", { case_id: item.id }));

function content(item) {
  if (item.kind === "appeal") return [appeal(item)];
  return [
    item.reports.length ? part("What was reported", copies(item)) : null,
    item.target_kind === "track" ? part("Hear it", player(item.target_id, "the track")) : null,
    item.kind === "ai_generated" ? detectionOf(item.target_id) : null,
    item.evidence.length ? part("Evidence", item.evidence.map(evidence)) : null,
    item.reports.length ? part("Reports", reports(item)) : null,
  ].filter(Boolean);
}

/** The frozen copies: the newest, and those that differ from it, as things are edited after they are reported. */
function copies(item) {
  const seen = new Set();
  const different = item.reports.filter(({ copy }) => {
    if (!copy) return false;
    const key = JSON.stringify([wordsOf(copy), copy.media_paths]);
    return !seen.has(key) && seen.add(key);
  });
  if (!different.length) return [h("p", { class: "muted" }, "No copy is kept any more.")];
  return different.map((report, place) => h("div", { class: "copy" },
    h("p", { class: "muted" }, place ? "Another had reported it like this, " : "As it was when it was reported, ", when(report.created_at)),
    wordsOf(report.copy).map((words) => quote(words)),
    pictures(report.copy),
    h("details", {}, h("summary", {}, "All that was kept of it"), facts(report.copy))));
}

const wordsOf = (copy) => ["title", "name", "display_name", "body", "bio", "description"].map((key) => copy[key]).filter(Boolean);

/** Nobody has to see a picture before they want to. */
function pictures(copy) {
  return (copy.media_paths ?? []).map((path, place) => {
    const button = h("button", { type: "button" }, `Show picture ${place + 1}`);
    button.onclick = () => {
      const { data } = supabase.storage.from("post-media").getPublicUrl(path);
      button.replaceWith(h("img", { class: "picture", src: data.publicUrl, alt: `Picture ${place + 1} of what was reported` }));
    };
    return button;
  });
}

function evidence({ matches, ...found }) {
  return h("div", { class: "copy" },
    (matches ?? []).map((match, place) => h("div", {},
      h("p", {}, h("strong", {}, `Match ${place + 1}: ${Math.round(match.similarity * 100)} % alike`)), player(match.track_id, `match ${place + 1}`))),
    facts(found));
}

const reports = (item) => h("ul", { class: "entries" }, item.reports.map((report) => h("li", {},
  h("p", { class: "facts" }, badge(plain(report.reason)), person(report.reporter, "Somebody who is not here any more"),
    h("span", {}, `weighs ${weigh(report.weight)}`), report.is_young ? badge("Young account") : null,
    report.status === "pending" ? null : badge(plain(report.status)), when(report.created_at)),
  report.description ? quote(report.description) : null)));

function history(item, me, changed) {
  if (!item.history) return h("p", { class: "muted" }, "There is nobody any more whom this could be about.");
  const { sanctions, cases, actioned } = item.history;
  return [
    h("p", {}, cases ? `${count(cases, "other case")} about them, ${actioned} of which led to something.` : "No other case about them."),
    sanctions.length ? h("ul", { class: "entries" }, sanctions.map((sanction) => h("li", {}, sanctionLine(sanction),
      !sanction.lifted_at && item.subject?.id !== me.id ? takeBack(sanction, changed) : null))) : null,
  ];
}

export const sanctionLine = (sanction) => [
  h("p", { class: "facts" }, h("strong", {}, SANCTIONS[sanction.kind]), sanction.room_id ? badge("In one room") : null,
    sanction.kind === "warn" ? null : h("span", {}, sanction.until ? ["until ", date(sanction.until)] : "for good"),
    sanction.lifted_at ? badge("Taken back", "good") : null, when(sanction.created_at)),
  sanction.reason ? quote(sanction.reason) : null,
];

function takeBack(sanction, changed) {
  const why = note("Why? They are told", 1000);
  const button = h("button", { type: "submit" }, `Take this ${SANCTIONS[sanction.kind].toLowerCase()} back`);
  const form = h("form", {}, why.element, button);
  form.onsubmit = (event) => {
    event.preventDefault();
    act(form, async () => {
      await call("lift_sanction", { sanction_id: sanction.id, note: why.get() });
      await changed();
      notice("It is taken back, and they are told.", "done");
    });
  };
  return h("details", {}, h("summary", {}, "Take back"), form);
}

function similar(item) {
  if (!item.similar_cases.length) return null;
  return [
    h("h4", {}, "Similar cases"),
    h("ul", { class: "entries" }, item.similar_cases.map((other) => h("li", {},
      h("a", { href: address("cases", other.id, { status: "decided" }) }, `${plain(other.action)}: ${plain(other.target_kind).toLowerCase()}`),
      h("span", { class: "facts" }, other.is_same_subject ? badge("Same person") : null, when(other.decided_at)),
      other.note ? quote(other.note) : null))),
  ];
}

/** What somebody says against a sanction; these tables are open to staff by row security. */
function appeal(item) {
  const said = h("div", {}, h("p", { class: "muted" }, "Loading …"));
  const look = async () => {
    const [appeals, sanctions] = await Promise.all([
      supabase.from("appeals").select("statement, status, note, created_at").eq("sanction_id", item.target_id).then(answer),
      supabase.from("sanctions").select("id, kind, room_id, until, reason, case_id, created_at, lifted_at").eq("id", item.target_id).then(answer),
    ]);
    const [sanction] = sanctions;
    said.replaceChildren(...[
      ...appeals.map((each) => h("div", { class: "copy" }, h("p", { class: "muted" }, "They say, ", when(each.created_at)), quote(each.statement))),
      h("h4", {}, "Against"),
      sanction ? h("div", { class: "copy" }, sanctionLine(sanction)) : h("p", { class: "muted" }, "The sanction is gone."),
      sanction?.case_id ? h("p", {}, h("a", { href: address("cases", sanction.case_id, { status: "decided" }) }, "The case it was decided in")) : null,
    ].filter(Boolean));
  };
  look().catch((trouble) => said.replaceChildren(h("p", { class: "form-error" }, trouble.message)));
  return part("Appeal", said);
}

/** Where the file itself is looked at. */
function detectionOf(track_id) {
  const line = h("p", {}, "The reports are settled when the detection of the track is reviewed.");
  supabase.from("detections").select("id, status").eq("track_id", track_id).eq("is_current", true).then(answer).then(([found]) => {
    if (found) line.append(" ", h("a", { href: address("detections", found.id, { status: found.status }) }, "Go to the detection"));
  }, (trouble) => line.append(` ${trouble.message}`));
  return part("Detection", line);
}

function decision(item, changed, me) {
  if (item.status === "decided") {
    return part("Decided",
      h("p", { class: "facts" }, badge(plain(item.action), "good"), person(item.decided_by, "By nobody who is still here"), when(item.decided_at)),
      item.note ? quote(item.note) : null,
      ["appeal", "ai_generated"].includes(item.kind) ? null : reopenForm(item, changed));
  }
  if (item.subject?.id === me.id) return part("Decide", h("p", {}, "This is about you: somebody else decides it."));
  if (item.reports.some((report) => report.reporter?.id === me.id)) return part("Decide", h("p", {}, "You have reported this: somebody else decides it."));
  return part("Decide", claim(item, changed, me), item.kind === "appeal" ? appealForm(item, changed) : decideForm(item, changed));
}

function claim(item, changed, me) {
  const isMine = item.claimed_by?.id === me.id;
  const button = h("button", { type: "button" }, isMine ? "Keep it for another hour" : "Claim this case");
  button.onclick = () => act(button, async () => {
    changed(await call("claim_case", { case_id: item.id }), "The case is yours for an hour: nobody else decides it meanwhile.");
  });
  const words = h("span", {});
  set(words, { class: isMine ? "mine" : "muted" });
  if (isMine) words.append("You look at this, since ", date(item.claimed_at), ".");
  else if (item.claimed_by) words.append(`${item.claimed_by.display_name} looks at this, since `, date(item.claimed_at), ".");
  else words.append("Nobody looks at this yet.");
  return h("p", { class: "claim" }, words, button);
}
