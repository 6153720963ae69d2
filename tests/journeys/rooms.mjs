// Ada opens a private room, ben comes by invitation and is put out again; prints what each saw as one JSON object.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { createClient } = require("@supabase/supabase-js");

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};
const refusal = ({ error }) => error?.message ?? null;
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
  await client.realtime.setAuth();
  return { client, id: user.id, username };
}

// Joins a topic; next(event) is the next payload of that event, whenever it comes.
async function join({ client, username }, topic) {
  const channel = client.channel(topic, { config: { private: true, presence: { key: username } } });
  const heard = [];
  let wake = () => {};
  channel.on("broadcast", { event: "*" }, ({ event, payload }) => {
    heard.push({ event, payload });
    wake();
  });
  const presence = () => Object.keys(channel.presenceState()).sort().join();
  channel.on("presence", { event: "sync" }, () => wake());
  const status = await new Promise((resolve) => channel.subscribe((said) => resolve(said)));
  const until = async (found) => {
    for (;;) {
      const value = found();
      if (value) return value;
      await new Promise((resolve) => (wake = resolve));
    }
  };
  const next = (event) =>
    until(() => {
      const at = heard.findIndex((one) => one.event === event);
      return at < 0 ? null : heard.splice(at, 1)[0].payload;
    });
  return { channel, status, next, present: (names) => until(() => presence() === names) };
}

const [ada, ben, stranger] = [await person("ada"), await person("ben"), await person("stranger")];
const seen = {};
const room = ok(await ada.client.rpc("create_room", { name: `Backstage ${mark}`, visibility: "private" }));
seen.made = [room.my_role, room.member_count];
const invite = ok(await ada.client.rpc("create_room_invite", { room_id: room.id, use_limit: 1 }));
const topic = `room:${room.id}`;
const adas = await join(ada, topic);

// By invitation.
const offered = ok(await ben.client.rpc("room_invite", { code: invite.code }, { get: true }));
seen.offered = [offered.room.name === room.name, offered.invited_by.display_name];
seen.closed = (await join(ben, topic)).status;
await ben.client.removeAllChannels();
const joined = ok(await ben.client.rpc("join_room", { room_id: room.id, invite_code: invite.code }));
seen.joined = [joined.my_role, joined.member_count, joined.listener_count];
const came = await adas.next("member_changed");
seen.came = [came.user_id === ben.id, came.role, came.room_id === room.id];
seen.usedUp = refusal(
  await stranger.client.rpc("join_room", { room_id: room.id, invite_code: invite.code }),
);

// There together.
const bens = await join(ben, topic);
const bensOwn = await join(ben, `user:${ben.id}`);
seen.topics = [adas.status, bens.status, bensOwn.status];
await adas.channel.track({});
await bens.channel.track({});
const both = [ada.username, ben.username].sort().join();
seen.present = [await adas.present(both), await bens.present(both)];
await bens.channel.send({ type: "broadcast", event: "typing", payload: { username: ben.username } });
seen.typing = (await adas.next("typing")).username === ben.username;
const beat = ok(await ada.client.rpc("heartbeat", { room_id: room.id }));
seen.beat = [beat.next_in_seconds, typeof beat.listener_count];
const members = ok(await ben.client.rpc("room_members", { room_id: room.id }, { get: true }));
seen.members = members.map((row) => [row.display_name, row.role]);
seen.mine = ok(await ben.client.rpc("my_rooms", {}, { get: true })).map((row) => row.id === room.id);

// A picture and another name.
const path = `${room.id}/${crypto.randomUUID()}.png`;
const picture = new Blob([Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10])], { type: "image/png" });
ok(await ada.client.storage.from("room-avatars").upload(path, picture, { contentType: "image/png" }));
ok(await ada.client.rpc("update_room", { room_id: room.id, name: `Upstairs ${mark}`, avatar_path: path }));
seen.changed = (await bens.next("room_changed")).changed;
const download = async ({ client }) => (await client.storage.from("room-avatars").download(path)).data?.size ?? null;
seen.picture = [await download(ben), await download(stranger)];

// Outside there is no such room.
seen.outside = [
  (await join(stranger, topic)).status,
  refusal(await stranger.client.rpc("room_state", { room_id: room.id })),
  refusal(await stranger.client.rpc("join_room", { room_id: room.id })),
  ok(await stranger.client.from("rooms").select("id").eq("id", room.id)),
  ok(await stranger.client.from("room_members").select("user_id").eq("room_id", room.id)),
  ok(await stranger.client.rpc("discover_rooms", { query: `upstairs ${mark}` }, { get: true })),
];

// Put out.
ok(
  await ada.client.rpc("remove_member", {
    room_id: room.id, username: ben.username, ban_minutes: 5, reason: "noise",
  }),
);
const told = await bensOwn.next("removed_from_room");
seen.told = [told.room_id === room.id, told.is_banned, typeof told.until];
const gone = await adas.next("member_changed");
seen.gone = [gone.user_id === ben.id, gone.role];
seen.after = [
  refusal(await ben.client.rpc("heartbeat", { room_id: room.id })),
  refusal(await ben.client.rpc("join_room", { room_id: room.id })),
  await download(ben),
  ok(await ben.client.from("rooms").select("id").eq("id", room.id)),
];
const log = ok(await ada.client.from("moderation_log").select("action, reason").eq("room_id", room.id));
seen.log = log.map((row) => [row.action, row.reason]);

console.log(JSON.stringify(seen));
process.exit(0);
