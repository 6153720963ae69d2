// Apps of ada, ben and cyd, with supabase-js of both protocol versions; prints what they saw as JSON.
// The test takes ben out of the room when it reads "remove ben".
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { RealtimeClient } = require("@supabase/realtime-js");
const { REALTIME_URL, KEY, TOPIC, TOKENS, USER_IDS } = process.env;
const tokens = JSON.parse(TOKENS);
const seen = {};

const newClient = (person, vsn) =>
  new RealtimeClient(REALTIME_URL, { params: { apikey: KEY }, vsn, accessToken: async () => tokens[person] });

async function join(client, topic, config, listen = () => {}) {
  const channel = client.channel(topic, { config: { private: true, ...config } });
  channel.states = [];
  listen(channel);
  await client.setAuth();
  await new Promise((resolve) =>
    channel.subscribe((state, error) => {
      channel.states.push(state);
      channel.ended?.(state);
      resolve();
      if (error) channel.error = error.message;
    }),
  );
  return channel;
}
const until = async (holds) => {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${holds} ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const people = { ada: newClient("ada", "1.0.0"), ben: newClient("ben", "2.0.0"), cyd: newClient("cyd", "2.0.0") };
const heard = { ada: [], ben: [], cyd: [] };
const channels = {};
for (const [name, client] of Object.entries(people)) {
  channels[name] = await join(client, TOPIC, { broadcast: { ack: true }, presence: { key: name } }, (channel) => {
    channel.on("broadcast", { event: "*" }, ({ event, payload }) => heard[name].push([event, payload.n ?? null]));
    channel.on("presence", { event: "sync" }, () => {});
    channel.on("presence", { event: "leave" }, ({ key }) => heard[name].push(["left", key]));
  });
}
seen.joined = Object.values(channels).map((channel) => channel.states[0]);

const stranger = await join(newClient("stranger", "2.0.0"), TOPIC, {});
seen.stranger = [stranger.states[0], stranger.error];

seen.tracked = [];
for (const name of Object.keys(channels)) seen.tracked.push(await channels[name].track({ name }));
const present = (name) => Object.keys(channels[name].presenceState()).sort().join();
await until(() => ["ada", "ben", "cyd"].every((name) => present(name) === "ada,ben,cyd"));
seen.present = present("ada");

seen.sent = [
  await channels.ada.send({ type: "broadcast", event: "by ada", payload: { n: 1 } }),
  await channels.ben.send({ type: "broadcast", event: "by ben", payload: { n: 2 } }),
];
await until(() => heard.cyd.length === 2);
// By HTTP, and without a socket.
seen.http = await people.ada.channel(TOPIC).httpSend("by http", { n: 3 });
await until(() => ["ada", "ben", "cyd"].every((name) => heard[name].some(([event]) => event === "by http")));
seen.heardByCyd = [...heard.cyd];
seen.heardByAda = heard.ada.map(([event]) => event);

await channels.cyd.untrack();
await until(() => present("ada") === "ada,ben");

// A new token is taken by the open channel.
tokens.cyd = tokens.cydLater;
await people.cyd.setAuth();
seen.afterRefresh = await channels.cyd.send({ type: "broadcast", event: "still here", payload: { n: 4 } });

// Ben is taken out: he is told on his own topic, and hears the room no more.
const own = await join(people.ben, `user:${JSON.parse(USER_IDS).ben}`, {}, (channel) =>
  channel.on("broadcast", { event: "removed_from_room" }, () => heard.ben.push(["removed_from_room", null])),
);
seen.own = own.states[0];
const ended = new Promise((resolve) => (channels.ben.ended = resolve));
console.log("remove ben");
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "removed") break;
}
seen.ended = await ended;
await until(() => heard.ada.some(([event]) => event === "secret"));
await until(() => present("ada") === "ada");
seen.benAfterwards = heard.ben.slice(heard.ben.findIndex(([event]) => event === "removed_from_room"));
console.log(JSON.stringify(seen));
process.exit(0);
