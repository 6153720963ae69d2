// Signing in, and signing up.
import { supabase } from "./backend.js";
import { act, field, h, set } from "./dom.js";

const WORDS = {
  invalid_credentials: "This e-mail address and password do not belong together.",
  user_already_exists: "There is an account with this e-mail address already. Sign in instead.",
  weak_password: "Please choose a longer password.",
};

/** The screen to sign in on, for the page of this name; `canSignUp` when people make accounts there. */
export function signIn({ name, lede, canSignUp = false }) {
  let isNew = false;
  const email = field("E-mail address", { type: "email", name: "email", autocomplete: "email", required: true });
  const password = field("Password", {
    type: "password", name: "password", autocomplete: "current-password", required: true, minlength: 8,
  });
  const username = field(
    "Username",
    { name: "username", autocomplete: "username", pattern: "[a-z0-9_]{3,30}", autocapitalize: "none", spellcheck: "false" },
    "3 to 30 small letters, digits and _",
  );
  const displayName = field("Name", { name: "name", autocomplete: "nickname", maxlength: 60 }, "What others see");
  const error = h("p", { class: "form-error", role: "alert" });
  const title = h("h1");
  const submit = h("button", { type: "submit", class: "primary" });
  const other = h("button", { type: "button", class: "link" });
  const form = h("form", {}, displayName.element, username.element, email.element, password.element, error, submit);

  function change(toNew) {
    isNew = toNew;
    set(title, { text: isNew ? "Make an account" : "Sign in" });
    set(submit, { text: isNew ? "Sign up" : "Sign in" });
    set(other, { text: isNew ? "I have an account: sign in" : "New here? Make an account" });
    for (const { input, element } of [username, displayName]) {
      element.hidden = !isNew;
      input.required = isNew;
      input.disabled = !isNew;
    }
    set(password.input, { autocomplete: isNew ? "new-password" : "current-password" });
    set(error, { text: "" });
  }

  other.onclick = () => {
    change(!isNew);
    (isNew ? displayName : email).input.focus();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    set(error, { text: "" });
    act(form, async () => {
      const credentials = { email: email.input.value.trim(), password: password.input.value };
      const data = { username: username.input.value, display_name: displayName.input.value.trim() };
      const { error: trouble, data: done } = isNew
        ? await supabase.auth.signUp({ ...credentials, options: { data } })
        : await supabase.auth.signInWithPassword(credentials);
      if (trouble) {
        set(error, { text: WORDS[trouble.code] ?? sentence(trouble) });
      } else if (!done.session) {
        set(error, { text: "Almost there: open the link we have sent to your e-mail address." });
      }
    });
  };
  change(false);
  return {
    title: `Sign in · ${name}`,
    element: h("section", { class: "card narrow" }, title,
      h("p", { class: "muted" }, lede), form, canSignUp ? other : null),
  };
}

function sentence(trouble) {
  if (trouble.name === "AuthRetryableFetchError") return "The backend cannot be reached. Is it running, and are you online?";
  if (trouble.status === 400 && /invalid.*credential/i.test(trouble.message)) return WORDS.invalid_credentials;
  if (/already/i.test(trouble.message)) return WORDS.user_already_exists;
  return trouble.message;
}
