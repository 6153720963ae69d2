// ada and ben talk in a private room that a stranger does not hear; prints what they hear as one JSON object.
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
  ok(await client.auth.signUp({ email: `${username}@example.com`, password: "correct-horse-7", options }));
  return { username, told: [], rpc: async (name, values) => ok(await client.rpc(name, values)), client };
}

// Joins the topic of the room and keeps what is heard there, one promise at a time.
async function enter(somebody, room) {
  const channel = somebody.client.channel(`room:${room}`, { config: { private: true } });
  for (const event of ["message", "message_edited", "message_deleted", "message_pinned", "reaction", "typing"]) {
    channel.on("broadcast", { event }, ({ payload }) => {
      somebody.told.push([event, payload]);
      somebody.wake?.();
    });
  }
  somebody.channel = channel;
  await somebody.client.realtime.setAuth();
  return new Promise((resolve) => channel.subscribe((status) => resolve(status)));
}
const next = async (somebody) => {
  while (!somebody.told.length) await new Promise((resolve) => (somebody.wake = resolve));
  return somebody.told.shift();
};

const [ada, ben, stranger] = [await person("ada"), await person("ben"), await person("stranger")];
const seen = {};
const { id: room_id } = await ada.rpc("create_room", { name: "Late night", visibility: "private" });
const { code } = await ada.rpc("create_room_invite", { room_id });
await ben.rpc("join_room", { room_id, invite_code: code });
seen.joined = [await enter(ada, room_id), await enter(ben, room_id), await enter(stranger, room_id)];

await ben.channel.send({ type: "broadcast", event: "typing", payload: { username: ben.username } });
seen.typing = (await next(ada))[1].username === ben.username;
const client_id = crypto.randomUUID();
const said = await ben.rpc("send_message", { room_id, body: "hello", client_id });
seen.same = (await ben.rpc("send_message", { room_id, body: "hello", client_id })).id === said.id;
const [event, { id, author_id }] = await next(ada);
seen.heard = [event, id === said.id, author_id === said.author.id];
await next(ben);
seen.read = (await ada.rpc("room_message", { message_id: id })).body;
await ada.rpc("react", { message_id: id, emoji: "🔥" });
seen.reacted = [await next(ben), await next(ada)].map(([name, { emoji, count }]) => [name, emoji, count]);
await ada.rpc("pin_message", { message_id: id });
seen.pinned = [(await next(ben))[0], (await next(ben))[1].kind].sort();
const rows = await ben.rpc("room_messages", { room_id });
seen.listed = rows.map(({ kind, code, body, reactions }) => [kind, code, body, reactions.length]);
await ada.rpc("mute_member", { room_id, username: ben.username, minutes: 5 });
const { error } = await ben.client.rpc("send_message", { room_id, body: "but" });
seen.muted = [error.code, error.message];
const refused = await stranger.client.rpc("room_messages", { room_id });
seen.stranger = [refused.status, refused.error.message];

console.log(JSON.stringify(seen));
process.exit(0);
