// Uploads, and whether people made them: the score, what it comes from, the file to be heard, and a verdict.
import { answer, call, read, supabase } from "../../shared/backend.js";
import { act, count, h } from "../../shared/dom.js";
import { verdictForm } from "./decide.js";
import { badge, facts, part, person, plain, player, quote, when } from "./parts.js";
import { queue } from "./queue.js";

const STATUSES = {
  under_review: "Under review", flagged_ai: "Flagged as AI", pending: "Pending", analyzing: "Analyzing",
  verified_human: "Verified as human", rejected: "Rejected",
};

export const detections = (account) => queue({
  title: "Detections",
  name: "a detection",
  section: "detections",
  none: "No upload is here.",
  filters: { status: { label: "Status", value: "under_review", options: STATUSES } },
  find: ({ status }, after, page_size) => read("detection_queue", { status, after, page_size }),
  row: (item) => [
    h("span", { class: "row-head" }, h("strong", {}, item.track.title), h("span", { class: "weight", title: "Risk score" }, item.risk_score === null ? "–" : String(Math.round(item.risk_score)))),
    h("span", { class: "muted clip" }, item.artist ? `by ${item.artist.display_name}` : "by somebody who is not here any more"),
    h("span", { class: "facts" },
      badge(STATUSES[item.status], ["flagged_ai", "rejected"].includes(item.status) ? "bad" : item.status === "verified_human" ? "good" : ""),
      item.appeal_text ? badge("Appealed") : null, item.proofs.length ? badge("Proof") : null,
      proposed(item).length && item.status !== "rejected" ? badge(`${proposed(item).length} of 2 reject`, "bad") : null,
      h("span", {}, when(item.created_at))),
  ],
  detail: (item, changed) => detail(item, changed, account.profile),
});

const proposed = (item) => item.reviews.filter((review) => review.round === item.round && review.verdict === "rejected");

function detail(item, changed, me) {
  return h("article", { class: "card" },
    h("header", { class: "detail-head" },
      h("h2", { tabindex: "-1" }, item.track.title),
      h("p", { class: "facts" }, badge(STATUSES[item.status]), h("span", {}, `the track is ${plain(item.track.status).toLowerCase()}`),
        h("span", {}, "handed in ", when(item.created_at)), item.is_before ? null : h("span", {}, "checked after it was published")),
      person(item.artist, "The artist is not here any more.")),
    part("Hear it", player(item.track_id, item.track.title)),
    part("Score", score(item)),
    item.appeal_text ? part("Appeal", h("p", { class: "muted" }, "The artist says, ", when(item.appealed_at)), quote(item.appeal_text)) : null,
    item.proofs.length ? part("Proofs", proofs(item)) : null,
    part("Evidence", h("p", { class: "muted" }, [item.provider ?? "no provider", item.provider_version].filter(Boolean).join(" "), `, ${count(item.attempts, "attempt")}`,
      item.last_error ? `, last trouble: ${plain(item.last_error).toLowerCase()}` : ""), facts(item.evidence)),
    part("Reviews", item.reviews.length ? h("ul", { class: "entries" }, item.reviews.map((review) => h("li", {},
      h("p", { class: "facts" }, person(review.reviewer, "Somebody who is not here any more"),
        badge(review.verdict === "rejected" ? "Made by a machine" : "Made by people", review.verdict === "rejected" ? "bad" : "good"),
        review.round < item.round ? badge("Before the appeal or reopening") : null, when(review.created_at)),
      review.notes ? quote(review.notes) : null))) : h("p", { class: "muted" }, "Nobody has said anything yet.")),
    verdict(item, changed, me));
}

function score({ risk_score, bands }) {
  if (risk_score === null) return h("p", {}, "There is none: no provider could say. People decide.");
  const { verified_to = 30, flagged_from = 70 } = bands ?? {};
  const says = risk_score <= verified_to ? "people made it" : risk_score >= flagged_from ? "a machine made it" : "people have to decide";
  return [
    h("div", {
      class: "score", role: "img", style: `--at: ${risk_score}%; --low: ${verified_to}%; --high: ${flagged_from}%`,
      "aria-label": `Risk score ${risk_score} of 100: ${says}`,
    }, h("span", { class: "needle" })),
    h("p", {}, h("strong", {}, `${Number(risk_score)} of 100`), `: ${says}. Up to ${verified_to} it is taken to be people's, from ${flagged_from} on a machine's.`),
  ];
}

function proofs(item) {
  return item.proofs.map((proof) => h("div", { class: "copy" },
    proof.note ? quote(proof.note) : null,
    h("div", { class: "actions" }, proof.object_paths.map((path) => {
      const button = h("button", { type: "button" }, `Download ${path.split("/").at(-1)}`);
      button.onclick = () => act(button, async () => {
        const file = answer({ status: 400, ...await supabase.storage.from("proof-files").download(path) });
        const href = URL.createObjectURL(file);
        h("a", { href, download: path.split("/").at(-1) }).click();
        setTimeout(() => URL.revokeObjectURL(href), 60_000);
      });
      return button;
    }))));
}

function verdict(item, changed, me) {
  if (item.artist?.id === me.id) return part("Verdict", h("p", {}, "This is yours: somebody else decides it."));
  if (!["under_review", "flagged_ai"].includes(item.status)) return part("Verdict", recheck(item, changed));
  const mine = proposed(item).some((review) => review.reviewer?.id === me.id);
  return part("Verdict",
    mine ? h("p", { class: "mine" }, "You would reject it: somebody else has to agree.") : null,
    verdictForm({
      limit: 2000,
      help: "At most 2000 characters; for moderators alone.",
      verdicts: { verified_human: ["Made by people", "It is published, or stays so."], rejected: ["Made by a machine", "It is removed once two of you say so."] },
      async decide(said, notes) {
        const done = await call("review_detection", { detection_id: item.id, verdict: said, notes });
        changed(done, done.status === "verified_human" ? "It is verified." : done.status === "rejected" ? "It is rejected." : "Your word is taken: it is rejected once another agrees.");
      },
    }));
}

function recheck(item, changed) {
  if (!["verified_human"].includes(item.status)) return h("p", {}, "There is nothing to decide at present.");
  const button = h("button", { type: "button" }, "Have it checked again");
  button.onclick = () => act(button, async () => {
    changed({ ...await call("recheck_track", { track_id: item.track_id }), id: item.id }, "It is checked again.");
  });
  return h("p", { class: "claim" }, h("span", { class: "muted" }, "Such as by a newer version of the provider."), button);
}
