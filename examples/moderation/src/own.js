// For whoever is no moderator: what was decided about them, and what they have to say against it.
import { call, read } from "../../shared/backend.js";
import { act, h, notice, set } from "../../shared/dom.js";
import { sanctionLine } from "./case.js";
import { badge, note, plain, quote, when } from "./parts.js";

const TOLD = {
  hide: "was hidden", delete: "was deleted", withheld: "is hidden until moderators have looked at it", released: "is shown again",
  clear_reactions: "had its reactions cleared", clear_queue: "had its queue cleared",
};
const TOLD_ALONE = {
  warn: "You were warned.", mute: "You were muted.", ban: "You were banned.", lifted: "Something was taken back.", appeal_refused: "Your appeal was refused.",
  remove_dj: "You were taken off the decks.", kick_from_room: "You were put out of a room.",
};

export async function own({ profile }) {
  const list = h("ul", { class: "entries" });
  const none = h("p", { class: "empty" }, "Nothing was imposed on you.");
  const more = h("button", { type: "button" }, "Show more");
  let last = null;

  async function next() {
    const page = await read("my_sanctions", { after: last, page_size: 20 });
    last = page.at(-1)?.cursor ?? last;
    list.append(...page.map(entry));
    more.hidden = page.length < 20;
    none.hidden = list.children.length > 0;
  }
  more.onclick = () => act(more, next);
  const [, told] = await Promise.all([next(), read("my_notifications", { page_size: 50 })]);
  const decisions = told.filter((each) => each.kind === "moderation_decision");

  return {
    title: "Decisions about you · Moderation",
    element: h("div", { class: "own" },
      h("h1", {}, `Hello, ${profile.display_name}`),
      h("p", { class: "muted" }, "Cases are for moderators. What they have decided about you stands here, and you can appeal against it, once each."),
      h("section", { class: "card" }, h("h2", {}, "Imposed on you"), list, none, more),
      h("section", { class: "card" }, h("h2", {}, "What you were told"),
        decisions.length ? h("ul", { class: "entries" }, decisions.map((each) => h("li", {}, h("p", {}, sentence(each)), h("p", { class: "facts" }, when(each.created_at)))))
          : h("p", { class: "empty" }, "Nothing yet."))),
  };
}

function sentence({ data, target, target_kind }) {
  const action = data?.action;
  if (TOLD_ALONE[action]) return TOLD_ALONE[action];
  const kind = plain(data?.target_kind ?? target_kind ?? "something").toLowerCase();
  const words = target?.body ?? target?.title;
  return `Your ${kind}${words ? ` “${words}”` : ""} ${TOLD[action] ?? plain(action ?? "was looked at").toLowerCase()}.`;
}

function entry(sanction) {
  const item = h("li", {}, sanctionLine(sanction), sanction.in_force ? badge("In force", "bad") : null);
  const place = h("div", {});
  item.append(place);
  const show = (appeal) => place.replaceChildren(h("p", { class: "facts" }, badge(`Appeal: ${appeal.status}`, appeal.status === "upheld" ? "good" : "")),
    quote(appeal.statement), ...(appeal.note ? [h("p", { class: "muted" }, "The answer:"), quote(appeal.note)] : []));
  if (sanction.appeal) {
    show(sanction.appeal);
  } else if (!sanction.lifted_at) {
    const why = note("Appeal", 2000, "Why it should be taken back, in at most 2000 characters. Somebody else decides.");
    set(why.input, { required: true });
    const form = h("form", {}, why.element, h("button", { type: "submit", class: "primary" }, "Send the appeal"));
    form.onsubmit = (event) => {
      event.preventDefault();
      act(form, async () => {
        show(await call("appeal", { sanction_id: sanction.id, text: why.get() }));
        notice("Your appeal is sent. You are told what comes of it.", "done");
      });
    };
    place.append(form);
  }
  return item;
}
