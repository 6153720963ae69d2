// Claims on tracks: upheld or refused, and decided again where the artist has countered.
import { call, read } from "../../shared/backend.js";
import { count, h } from "../../shared/dom.js";
import { verdictForm } from "./decide.js";
import { badge, facts, part, person, plain, player, quote, when } from "./parts.js";
import { queue } from "./queue.js";

const STATUSES = { pending: "Pending", countered: "Countered", upheld: "Upheld", refused: "Refused" };

export const claims = (account) => queue({
  title: "Claims",
  name: "a claim",
  section: "claims",
  none: "Nobody waits here.",
  filters: { status: { label: "Status", value: "pending", options: STATUSES } },
  find: ({ status }, after, page_size) => read("claims_queue", { status, after, page_size }),
  row: (item) => [
    h("span", { class: "row-head" }, h("strong", {}, item.track?.title ?? "A track that is gone")),
    h("span", { class: "muted clip" }, `${item.claimant}: ${item.statement}`),
    h("span", { class: "facts" }, badge(plain(item.kind)), badge(STATUSES[item.status]),
      item.strike_count ? badge(count(item.strike_count, "strike"), "bad") : null, h("span", {}, when(item.created_at))),
  ],
  detail: (item, changed) => h("article", { class: "card" },
    h("header", { class: "detail-head" },
      h("h2", { tabindex: "-1" }, item.track?.title ?? "A track that is gone"),
      h("p", { class: "facts" }, badge(plain(item.kind)), badge(STATUSES[item.status]), h("span", {}, count(item.strike_count, "strike")),
        h("span", {}, "claimed ", when(item.created_at))),
      person(item.artist, "The artist is not here any more.")),
    part("Claim", h("p", {}, h("strong", {}, item.claimant), " ", h("a", { href: `mailto:${encodeURIComponent(item.contact)}` }, item.contact)), quote(item.statement)),
    item.track ? part("Hear it", player(item.track.id, item.track.title)) : null,
    part("What the artist has declared", facts(item.declaration)),
    item.decided_at ? part("Decided", h("p", { class: "facts" }, person(item.decided_by, "By nobody who is still here"), when(item.decided_at)), item.note ? quote(item.note) : null) : null,
    item.counter_statement ? part("Counter-notice", h("p", { class: "muted" }, when(item.countered_at)), quote(item.counter_statement)) : null,
    item.redecided_at ? part("Decided again", h("p", { class: "facts" }, person(item.redecided_by, "By nobody who is still here"), when(item.redecided_at)), item.counter_note ? quote(item.counter_note) : null) : null,
    decide(item, changed, account.profile)),
});

function decide(item, changed, me) {
  if (!["pending", "countered"].includes(item.status)) return null;
  if (item.artist?.id === me.id) return part("Decide", h("p", {}, "This is about a track of yours: somebody else decides it."));
  if (item.status === "countered" && item.decided_by?.id === me.id) return part("Decide", h("p", {}, "You have upheld it: somebody else decides it again."));
  return part("Decide", verdictForm({
    limit: 1000,
    help: "At most 1000 characters; for the artist.",
    verdicts: { uphold: ["Uphold", "The track is removed, and its artist has a strike."], refuse: ["Refuse", "The track stays, or comes back."] },
    async decide(said, words) {
      const done = await call("decide_claim", { claim_id: item.id, uphold: said === "uphold", note: words });
      changed({ ...item, status: done.status, strike_count: done.strike_count }, `The claim is ${STATUSES[done.status].toLowerCase()}.`);
    },
  }));
}
