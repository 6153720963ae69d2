// What staff and money have done, newest first: for admins.
import { read } from "../../shared/backend.js";
import { h } from "../../shared/dom.js";
import { badge, date, facts, part, person, plain, quote, when } from "./parts.js";
import { queue } from "./queue.js";

export const log = () => queue({
  title: "Log",
  name: "an entry",
  section: "log",
  none: "Nothing has been done yet.",
  // Two logs, each with numbers of its own.
  find: async (_filters, after, page_size) =>
    (await read("audit_log", { after, page_size })).map((entry) => ({ ...entry, id: `${entry.source}-${entry.id}` })),
  row: (item) => [
    h("span", { class: "row-head" }, h("strong", {}, plain(item.action))),
    h("span", { class: "muted clip" }, [item.actor?.display_name ?? "The machine", item.subject ? `about ${item.subject.display_name}` : ""].join(" ")),
    h("span", { class: "facts" }, badge(plain(item.source)), h("span", {}, when(item.created_at))),
  ],
  detail: (item) => h("article", { class: "card" },
    h("header", { class: "detail-head" }, h("h2", { tabindex: "-1" }, plain(item.action)),
      h("p", { class: "facts" }, badge(plain(item.source)), date(item.created_at), item.target_kind ? h("span", {}, `${plain(item.target_kind)} ${item.target_id ?? ""}`) : null),
      person(item.actor, "The machine")),
    item.subject ? part("About", person(item.subject)) : null,
    item.reason ? part("Why", quote(item.reason)) : null,
    item.before ? part("Before", facts(item.before)) : null,
    item.after ? part("After", facts(item.after)) : null,
    item.details ? part("Details", facts(item.details)) : null),
});
