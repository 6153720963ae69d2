// The queue of cases, heaviest first.
import { read } from "../../shared/backend.js";
import { count, h } from "../../shared/dom.js";
import { caseDetail } from "./case.js";
import { badge, plain, weigh, when } from "./parts.js";
import { queue } from "./queue.js";
import { ABOUT, KINDS, titleOf } from "./words.js";

export const cases = (account) => queue({
  title: "Cases",
  name: "a case",
  section: "cases",
  none: "Nothing waits here. Well done.",
  filters: {
    status: { label: "Status", value: "open", options: { open: "Open", claimed: "Claimed", decided: "Decided" } },
    kind: { label: "Kind", options: { "": "All kinds", ...KINDS } },
  },
  find: ({ status, kind }, after, page_size) => read("moderation_queue", { status, kind: kind || null, after, page_size }),
  row: (item) => [
    h("span", { class: "row-head" }, h("strong", {}, titleOf(item)), 
      item.weight > 0 ? h("span", { class: "weight", title: "Weight" }, weigh(item.weight)) : null),
    h("span", { class: "muted clip" }, gist(item)),
    h("span", { class: "facts" },
      item.kind !== "report" ? badge(KINDS[item.kind]) : reasons(item).map((reason) => badge(plain(reason))),
      item.is_withheld ? badge("Withheld", "bad") : null,
      item.status === "claimed" ? badge(`With ${item.claimed_by?.display_name ?? "somebody"}`, "good") : null,
      item.status === "decided" ? badge(plain(item.action), "good") : null,
      item.report_count ? h("span", {}, count(item.report_count, "report")) : null,
      h("span", {}, when(item.opened_at))),
  ],
  look: (case_id) => read("moderation_case", { case_id }),
  detail: (item, changed) => caseDetail(item, changed, account.profile),
});

const reasons = (item) => [...new Set(item.reports.map((report) => report.reason))];

function gist(item) {
  const copy = item.reports[0]?.copy;
  if (item.kind === "appeal") return "Against what was imposed on them";
  return (copy && ABOUT.map((key) => copy[key]).find(Boolean)) || plain(item.target_kind);
}
