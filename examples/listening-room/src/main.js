// Which screen an address means: the lobby, or a room (#/room/<slug>).
import { start } from "../../shared/page.js";
import { lobby } from "./lobby.js";
import { room } from "./room.js";

await start({
  name: "Listening room",
  lede: "Queue tracks, vote on what comes next, and talk while it plays.",
  canSignUp: true,
  home: { href: "#/", words: "All rooms" },
  open({ profile: me }) {
    const slug = /^#\/room\/([^/]+)$/.exec(location.hash)?.[1];
    return slug ? room(decodeURIComponent(slug), me) : lobby(me);
  },
});
