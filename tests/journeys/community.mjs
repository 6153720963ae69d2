// What an app does with Backbeat through supabase-js; prints what it saw as one JSON object.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { createClient } = require("@supabase/supabase-js");
const seen = {};

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};
const token = ({ error, status }) => [status, error?.message];
const mark = crypto.randomUUID().slice(0, 6);

async function person(name, kind) {
  const client = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, {
    auth: { persistSession: false },
  });
  const username = `${name}_${mark}`;
  const email = `${username}@example.com`;
  const password = "correct-horse-7";
  const options = { data: { username, kind, display_name: name } };
  const { user } = ok(await client.auth.signUp({ email, password, options }));
  return { client, id: user.id, username, email, password };
}

const ada = await person("ada", "artist");
const ben = await person("ben", "fan");
const visitor = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY);

const first = ok(await ben.client.auth.getSession()).session;
seen.refreshed = ok(await ben.client.auth.refreshSession()).session.refresh_token !== first.refresh_token;
ok(await ben.client.auth.signOut());
ok(await ben.client.auth.signInWithPassword({ email: ben.email, password: ben.password }));

seen.followed = ok(await ben.client.rpc("follow", { username: ada.username }));
seen.followedAgain = ok(await ben.client.from("follows").insert({ followee_id: ada.id }).select());

const path = `${ada.id}/${crypto.randomUUID()}.png`;
const picture = new Blob([Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10])], { type: "image/png" });
ok(await ada.client.storage.from("post-media").upload(path, picture));
seen.othersFolder = (await ben.client.storage.from("post-media").upload(`${ada.id}/${crypto.randomUUID()}.png`, picture)).error !== null;
seen.wrongKind =
  (await ada.client.storage.from("post-media").upload(`${ada.id}/${crypto.randomUUID()}.png`, new Blob(["<b>"], { type: "text/html" })))
    .error !== null;
seen.downloaded = (await ok(await ada.client.storage.from("post-media").download(path)).arrayBuffer()).byteLength;
const address = ada.client.storage.from("post-media").getPublicUrl(path).data.publicUrl;
seen.publicDownload = (await fetch(address)).status;

const clientId = crypto.randomUUID();
const draft = { kind: "media", body: "Out now #js", media_paths: [path], client_id: clientId };
const post = ok(await ada.client.rpc("create_post", draft));
seen.samePost = ok(await ada.client.rpc("create_post", draft)).id === post.id;
seen.liked = ok(await ben.client.rpc("set_like", { target_kind: "post", target_id: post.id, liked: true }));
seen.reposted = ok(await ben.client.rpc("repost", { post_id: post.id }));

const feed = ok(await ben.client.rpc("home_feed", { page_size: 5 }, { get: true }));
seen.feed = feed.map((row) => [row.author.username === ada.username, row.reason, row.liked_by_me, row.like_count]);
seen.next = ok(await ben.client.rpc("home_feed", { after: feed.at(-1).cursor }));
seen.visitorFeed = ok(await visitor.rpc("tag_feed", { tag: "js" })).some((row) => row.id === post.id);
seen.embedded = ok(
  await visitor.from("posts").select("body, author:profiles(username)").eq("id", post.id).single(),
).author.username === ada.username;

seen.account = ok(await ada.client.rpc("my_account")).artist;
seen.visitorRefused = token(await visitor.rpc("home_feed"));
seen.badCursor = token(await ben.client.rpc("home_feed", { after: "nonsense" }));
seen.unknown = token(await ben.client.rpc("follow", { username: "nobody_of_this_name" }));
seen.forgery = token(await ben.client.from("posts").update({ like_count: 99 }).eq("id", post.id));
seen.othersProfile = ok(await ben.client.from("profiles").update({ bio: "x" }).eq("id", ada.id).select());
seen.constraint = token(await ada.client.from("profiles").update({ bio: "x".repeat(501) }).eq("id", ada.id));

ok(await ada.client.rpc("block", { username: ben.username }));
seen.blockedFeed = ok(await ben.client.rpc("home_feed"));
seen.blockedPage = token(await ben.client.rpc("profile_page", { username: ada.username }));

const channel = ada.client.channel(`user:${ada.id}`, { config: { private: true } });
await ada.client.realtime.setAuth();
seen.joined = await new Promise((resolve) => channel.subscribe((status) => resolve(status)));
const foreign = ben.client.channel(`user:${ada.id}`, { config: { private: true } });
await ben.client.realtime.setAuth();
seen.notJoined = await new Promise((resolve) => foreign.subscribe((status) => resolve(status)));

seen.health = ok(await ben.client.functions.invoke("health", { method: "GET" })).database;
seen.notForPeople = (await ben.client.functions.invoke("erase-accounts")).error.context.status;

await Promise.all([ada, ben].map(({ client }) => client.removeAllChannels()));
console.log(JSON.stringify(seen));
process.exit(0);
