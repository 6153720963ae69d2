// What an app does with supabase-js; prints what it saw as one JSON object.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { createClient } = require("@supabase/supabase-js");
const url = process.env.SUPABASE_URL;
const key = process.env.SUPABASE_KEY;
const seen = {};

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};
const newClient = () => createClient(url, key, { auth: { persistSession: false } });
const person = () => ({ email: `${crypto.randomUUID()}@example.com`, password: "Correct horse 7" });

const supabase = newClient();
const ada = person();
const { user, session } = ok(
  await supabase.auth.signUp({ ...ada, options: { data: { username: "ada" } } }),
);
seen.username = user.user_metadata.username;
seen.createdAt = user.created_at;

seen.refreshed = ok(await supabase.auth.refreshSession()).session.refresh_token !== session.refresh_token;
ok(await supabase.auth.resetPasswordForEmail(ada.email));
ok(await supabase.auth.signOut());
seen.signedOut = (await supabase.auth.getUser()).data.user;
seen.wrongPassword = (
  await supabase.auth.signInWithPassword({ ...ada, password: "wrong" })
).error.status;
ok(await supabase.auth.signInWithPassword(ada));

// The room is the person's own; a note tells it.
const channel = supabase.channel(`user:${user.id}`, {
  config: { private: true, broadcast: { self: true, ack: true }, presence: { key: "ada" } },
});
const heard = (type, event) =>
  new Promise((resolve) => channel.on(type, { event }, (message) => resolve(message)));
const note = heard("broadcast", "note");
const hello = heard("broadcast", "hello");
const bytes = heard("broadcast", "bytes");
const fromHttp = heard("broadcast", "http");
const came = heard("presence", "join");
await supabase.realtime.setAuth();
await new Promise((resolve, reject) =>
  channel.subscribe((status, error) => (status === "SUBSCRIBED" ? resolve() : reject(error ?? status))),
);
seen.acknowledged = await channel.send({ type: "broadcast", event: "hello", payload: { n: 1, word: "ü" } });
seen.hello = (await hello).payload;
await channel.send({ type: "broadcast", event: "bytes", payload: new Uint8Array([0, 255]).buffer });
seen.bytes = [...new Uint8Array((await bytes).payload)];
seen.http = await channel.httpSend("http", { from: "http" });
seen.fromHttp = (await fromHttp).payload;
seen.tracked = await channel.track({ mood: "good" });
seen.came = (await came).newPresences[0].mood;

seen.inserted = ok(await supabase.from("notes").insert({ body: "first" }).select("body").single());
seen.noteTold = (await note).payload.body;
const counted = await supabase.from("notes").select("body", { count: "exact" }).range(0, 0);
seen.count = counted.count;
seen.rpc = ok(await supabase.rpc("shout", { word: "hey" }));

const stranger = newClient();
ok(await stranger.auth.signUp(person()));
seen.othersNotes = ok(await stranger.from("notes").select());
const refused = stranger.channel(`user:${user.id}`, { config: { private: true } });
await stranger.realtime.setAuth();
seen.refused = await new Promise((resolve) =>
  refused.subscribe((status, error) => resolve(`${status}: ${error?.message}`)),
);

const visitor = newClient();
seen.visitorRpc = ok(await visitor.rpc("shout", { word: "hey" }));
seen.visitorRefused = (await visitor.from("notes").select()).error.code;

const files = supabase.storage.from("private");
const path = `${user.id}/song.txt`;
ok(await files.upload(path, new Blob(["la la la"], { type: "text/plain" })));
seen.downloaded = await ok(await files.download(path)).text();
const { signedUrl } = ok(await files.createSignedUrl(path, 60));
seen.signed = await (await fetch(signedUrl)).text();
seen.othersFile = (await stranger.storage.from("private").download(path)).error !== null;

seen.function = ok(await supabase.functions.invoke("greet", { body: "hello" }));
seen.functionWithoutSignIn = ok(await visitor.functions.invoke("greet", { body: "hello" }));

await Promise.all([supabase, stranger].map((client) => client.removeAllChannels()));
seen.isSame = seen.function.sub === user.id;
console.log(JSON.stringify(seen));
process.exit(0);
