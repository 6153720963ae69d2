// The one place that talks to Backbeat: a supabase-js client, and calls that fail with sentences.

// From config.js. Never from the page's address: a link could else send passwords elsewhere.
const { url, key } = window.BACKBEAT ?? {};

export const supabase = url && key ? window.supabase.createClient(url, key) : null;

/** What went wrong: `token` for programs, `message` for people, `hint` with a number where one helps. */
export class Trouble extends Error {
  constructor(token, message, hint = null) {
    super(message);
    this.token = token;
    this.hint = hint;
  }
}

/** Call an RPC; `read` asks by GET, which may be served by a replica. */
export async function call(name, args = {}, { read = false } = {}) {
  return answer(await supabase.rpc(name, args, { get: read }));
}

/** Read by an RPC. What is null is left out: in an address it would be a word. */
export const read = (name, args = {}) =>
  call(name, Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null)), { read: true });

/** Call a function of the backend's. */
export async function invoke(name, body) {
  const { data, error } = await supabase.functions.invoke(name, { body });
  if (!error) return data;
  if (!(error.context instanceof Response)) throw offline();
  const said = await error.context.json().catch(() => ({}));
  throw new Trouble(said.error ?? "unexpected", said.message ?? `Something went wrong (status ${error.context.status}).`);
}

const offline = () => new Trouble("offline", "The backend cannot be reached. Is it running, and are you online?");

/** The data of a supabase-js answer, or a Trouble. */
export function answer({ data, error, status }) {
  if (!error) return data;
  if (!status) throw offline();
  if (/^[a-z_]+$/.test(error.message ?? "") && error.details) {
    const wait = status === 429 && error.hint ? ` Try again in ${Math.ceil(error.hint)} s.` : "";
    throw new Trouble(error.message, error.details + wait, error.hint);
  }
  if (status === 401) throw new Trouble("not_signed_in", "Your sign-in has ended. Please sign in again.");
  throw new Trouble("unexpected", `Something went wrong (${error.message || `status ${status}`}).`);
}

/** How far the server's clock is ahead of ours, in ms: from the answer whose way was the shortest. */
export const clock = {
  offset: 0,
  best: Infinity,
  learn(serverTime, sentAt, gotAt = Date.now()) {
    const way = gotAt - sentAt;
    if (way > this.best) {
      this.best *= 1.1; // An old measurement is believed less with every one that follows.
      return;
    }
    this.best = way;
    this.offset = Date.parse(serverTime) - (sentAt + gotAt) / 2;
  },
  now() {
    return Date.now() + this.offset;
  },
};
