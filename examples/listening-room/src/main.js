// Who is signed in, and which screen that means: sign-in, the lobby, or a room (#/room/<slug>).
import { signIn } from "./account.js";
import { read, supabase } from "./backend.js";
import { h, notice, set } from "./dom.js";
import { lobby } from "./lobby.js";
import { room } from "./room.js";

const main = document.querySelector("#main");
let me = null;
let leave = () => {};
let turn = 0;

async function show() {
  const mine = ++turn;
  leave();
  leave = () => {};
  const slug = /^#\/room\/([^/]+)$/.exec(location.hash)?.[1];
  try {
    const screen = !me ? signIn() : slug ? await room(decodeURIComponent(slug), me) : await lobby(me);
    if (mine !== turn) {
      screen.leave?.();
      return;
    }
    leave = screen.leave ?? leave;
    main.replaceChildren(screen.element);
    document.title = screen.title;
    main.focus({ preventScroll: true });
  } catch (trouble) {
    if (mine !== turn) return;
    if (!trouble.token) console.error(trouble);
    main.replaceChildren(
      h("section", { class: "empty" }, h("h1", {}, "That did not work"), h("p", {}, trouble.message),
        h("p", { class: "actions" },
          h("button", { type: "button", onclick: show }, "Try again"), h("a", { class: "button quiet", href: "#/" }, "All rooms"))),
    );
  }
}

async function become(session) {
  const id = session?.user.id ?? null;
  if (id === (me?.id ?? null)) return;
  me = null;
  if (id) {
    try {
      me = (await read("my_account")).profile;
    } catch (trouble) {
      notice(trouble.message);
    }
  }
  set(document.querySelector("#who"), { text: me ? me.display_name : "", hidden: !me });
  set(document.querySelector("#sign-out"), { hidden: !me });
  await show();
}

function theme() {
  const button = document.querySelector("#theme");
  const themes = ["auto", "light", "dark"];
  const apply = (name) => {
    document.documentElement.dataset.theme = name;
    set(button, { text: `Theme: ${name}` });
    localStorage.setItem("theme", name);
  };
  apply(themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
  button.onclick = () => apply(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]);
}

theme();
if (!supabase) {
  main.replaceChildren(
    h("section", { class: "empty" }, h("h1", {}, "No backend yet"),
      h("p", {}, "This page does not know its backend. Run “make example” in the repository, or write config.js: see the README.")),
  );
} else {
  document.querySelector("#sign-out").onclick = () => supabase.auth.signOut();
  window.onhashchange = show;
  // Not awaited inside the listener: supabase-js holds its lock while it tells of a change.
  supabase.auth.onAuthStateChange((_event, session) => setTimeout(() => become(session)));
  const { data } = await supabase.auth.getSession();
  if (!data.session) await show();
}
