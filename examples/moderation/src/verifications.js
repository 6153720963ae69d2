// Artists who ask to be verified, and what was found on their pages.
import { call, read } from "../../shared/backend.js";
import { h } from "../../shared/dom.js";
import { verdictForm } from "./decide.js";
import { badge, date, part, person, plain, quote, when } from "./parts.js";
import { queue } from "./queue.js";

const STATUSES = { awaiting_review: "Awaiting review", pending: "Pending", crawling: "Being looked at", approved: "Approved", rejected: "Rejected" };

export const verifications = (account) => queue({
  title: "Verification",
  name: "a request",
  section: "verifications",
  none: "Nobody waits here.",
  filters: { status: { label: "Status", value: "awaiting_review", options: STATUSES } },
  find: ({ status }, after, page_size) => read("verification_queue", { status, after, page_size }),
  row: (item) => [
    h("span", { class: "row-head" }, h("strong", {}, item.artist?.display_name ?? "Somebody who is gone")),
    h("span", { class: "muted clip" }, item.urls.join(", ")),
    h("span", { class: "facts" }, badge(STATUSES[item.status]), isFound(item) ? badge("Code found", "good") : null, h("span", {}, when(item.created_at))),
  ],
  detail: (item, changed) => h("article", { class: "card" },
    h("header", { class: "detail-head" },
      h("h2", { tabindex: "-1" }, item.artist?.display_name ?? "Somebody who is gone"),
      h("p", { class: "facts" }, badge(STATUSES[item.status]), isFound(item) ? badge("Code found", "good") : null, h("span", {}, "asked ", when(item.created_at))),
      person(item.artist)),
    part("Their pages", h("p", {}, "Looked for: ", h("code", {}, item.code), item.crawled_at ? [", last ", when(item.crawled_at)] : ", not yet"),
      h("ul", { class: "entries" }, item.urls.map((url) => {
        const found = item.findings.find((finding) => finding.url === url);
        return h("li", {}, h("a", { href: url, rel: "noreferrer noopener nofollow", target: "_blank" }, url),
          h("span", { class: "facts" }, found ? badge(found.is_found ? "Code found" : plain(found.outcome), found.is_found ? "good" : "") : badge("Not looked at"),
            found?.final_url && found.final_url !== url ? h("span", {}, `led to ${found.final_url}`) : null));
      }))),
    item.decided_at ? part("Decided", h("p", { class: "facts" }, person(item.decided_by, "By nobody who is still here"), date(item.decided_at)), item.note ? quote(item.note) : null) : null,
    item.artist?.id === account.profile.id ? part("Decide", h("p", {}, "This is about you: somebody else decides it.")) : part("Decide", verdictForm({
      limit: 1000,
      help: "At most 1000 characters; for the artist.",
      verdicts: { approve: ["Approve", "The artist bears the mark of who is verified."], reject: ["Reject", "They do not, or not any more."] },
      async decide(said, words) {
        const done = await call("decide_verification", { request_id: item.id, approve: said === "approve", note: words });
        changed({ ...item, ...done }, `The request is ${STATUSES[done.status].toLowerCase()}.`);
      },
    }))),
});

const isFound = (item) => item.findings.some((finding) => finding.is_found);
