// Which screen an address means: a section of what is to be decided, or, for everybody else, what was decided about them.
import { start } from "../../shared/page.js";
import { h } from "../../shared/dom.js";
import { cases } from "./cases.js";
import { claims } from "./claims.js";
import { detections } from "./detections.js";
import { log } from "./log.js";
import { own } from "./own.js";
import { address, place } from "./place.js";
import { verifications } from "./verifications.js";

const SECTIONS = { cases: ["Cases", cases], detections: ["Detections", detections], claims: ["Claims", claims], verifications: ["Verification", verifications] };

await start({
  name: "Moderation",
  lede: "What people have reported, what uploads were found to be, and what you decide about it.",
  home: { href: "#/cases", words: "All cases" },
  async open(account) {
    if (!account.staff_role) return own(account);
    const sections = account.staff_role === "moderator" ? SECTIONS : { ...SECTIONS, log: ["Log", log] };
    if (!sections[place().section]) history.replaceState(null, "", address("cases"));
    const { section } = place();
    const screen = await sections[section][1](account);
    const links = Object.entries(sections).map(([name, [words]]) =>
      h("li", {}, h("a", { href: address(name), "aria-current": name === section ? "page" : null }, words)));
    return { ...screen, element: h("div", {}, h("nav", { class: "sections", "aria-label": "Sections" }, h("ul", {}, links)), screen.element) };
  },
});
