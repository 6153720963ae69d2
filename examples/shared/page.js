// The frame of a page: who is signed in, which screen that means, light or dark.
import { signIn } from "./account.js";
import { read, supabase } from "./backend.js";
import { h, notice, set } from "./dom.js";

const main = document.querySelector("#main");

/**
 * Begin. `name` and `lede` say what the page is, `canSignUp` whether one makes accounts on it, `home` {href, words} where to
 * go when a screen does not open. `open(account)`, of what my_account returns, gives the screen that the address means:
 * {title, element}, leave() for when it goes, and go(), which is true where it follows the address by itself.
 */
export async function start({ name, lede, canSignUp, home, open }) {
  let account = null;
  let screen = {};
  let turn = 0;

  async function show() {
    const mine = ++turn;
    screen.leave?.();
    screen = {};
    try {
      const next = account ? await open(account) : signIn({ name, lede, canSignUp });
      if (mine !== turn) {
        next.leave?.();
        return;
      }
      screen = next;
      main.replaceChildren(screen.element);
      document.title = screen.title;
      main.focus({ preventScroll: true });
    } catch (trouble) {
      if (mine !== turn) return;
      if (!trouble.token) console.error(trouble);
      main.replaceChildren(
        h("section", { class: "empty" }, h("h1", {}, "That did not work"), h("p", {}, trouble.message),
          h("p", { class: "actions" },
            h("button", { type: "button", onclick: show }, "Try again"), h("a", { class: "button quiet", href: home.href }, home.words))),
      );
    }
  }

  async function become(session) {
    const id = session?.user.id ?? null;
    if (id === (account?.profile.id ?? null)) return;
    account = null;
    if (id) {
      try {
        account = await read("my_account");
      } catch (trouble) {
        notice(trouble.message);
      }
    }
    set(document.querySelector("#who"), { text: account?.profile.display_name ?? "", hidden: !account });
    set(document.querySelector("#sign-out"), { hidden: !account });
    await show();
  }

  theme();
  // An address is a screen: to skip to the content must not be one.
  document.querySelector(".skip-link").onclick = (event) => {
    event.preventDefault();
    main.focus();
  };
  if (!supabase) {
    main.replaceChildren(
      h("section", { class: "empty" }, h("h1", {}, "No backend yet"),
        h("p", {}, "This page does not know its backend. Run “make example” in the repository, or write config.js: see the README.")),
    );
    return;
  }
  document.querySelector("#sign-out").onclick = () => supabase.auth.signOut();
  window.onhashchange = () => {
    if (!screen.go?.()) show();
  };
  // Not awaited inside the listener: supabase-js holds its lock while it tells of a change.
  supabase.auth.onAuthStateChange((_event, session) => setTimeout(() => become(session)));
  const { data } = await supabase.auth.getSession();
  if (!data.session) await show();
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
