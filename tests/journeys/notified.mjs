// What ada's open app hears when things happen; prints it as one JSON object.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { createClient } = require("@supabase/supabase-js");

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};
const mark = crypto.randomUUID().slice(0, 6);

async function person(name) {
  const client = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_KEY, {
    auth: { persistSession: false },
  });
  const username = `${name}_${mark}`;
  const options = { data: { username, display_name: name } };
  const { user } = ok(
    await client.auth.signUp({ email: `${username}@example.com`, password: "correct-horse-7", options }),
  );
  return { client, id: user.id, username };
}

const listen = async ({ client, id }, heard, topic = `user:${id}`) => {
  const channel = client.channel(topic, { config: { private: true } });
  channel.on("broadcast", { event: "notification" }, ({ payload }) => heard(payload));
  await client.realtime.setAuth();
  return new Promise((resolve) => channel.subscribe((status) => resolve(status)));
};

const ada = await person("ada");
const ben = await person("ben");
const seen = {};
const told = [];
let wake;
seen.joined = await listen(ada, (payload) => {
  // The badge of a first post comes in between.
  if (payload.kind !== "badge") told.push(payload);
  wake?.();
});
seen.benOnAdas = await listen(ben, () => {}, `user:${ada.id}`);
const next = async (count) => {
  while (told.length < count) await new Promise((resolve) => (wake = resolve));
  return told[count - 1];
};

ok(await ben.client.rpc("follow", { username: ada.username }));
const first = await next(1);
seen.first = [first.kind, first.actor.display_name, first.target_kind, first.target_id === ada.id];
const post = ok(await ada.client.rpc("create_post", { kind: "text", body: "hello" }));
ok(await ben.client.rpc("repost", { post_id: post.id }));
const second = await next(2);
seen.second = [second.kind, second.target_id === post.id];
const rows = ok(await ada.client.rpc("my_notifications", {}, { get: true }));
seen.kinds = rows.map((row) => row.kind);
seen.sameAsListed = rows.filter((row) => row.kind !== "badge").map((row) => row.id).join() === [second.id, first.id].join();
seen.unread = ok(await ada.client.rpc("unread_count", {}, { get: true }));
seen.marked = ok(await ada.client.rpc("mark_read", { ids: [first.id] }));
seen.left = ok(await ada.client.rpc("unread_count"));

console.log(JSON.stringify(seen));
process.exit(0);
