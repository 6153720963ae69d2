// What moderators do, and those about whom they decide, played in a browser: node moderation.mjs <name of a story>.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { noComplaints, play } from "./browser.mjs";

const { SUPABASE_URL, SUPABASE_KEY, FUNCTIONS_URL, CRON_SECRET, NODE_MODULES, SCREENSHOT } = process.env;
const { createClient } = createRequire(`${NODE_MODULES}/`)("@supabase/supabase-js");
const PASSWORD = "correct-horse-7";
const HANA = { email: "hana@example.com", password: "backbeat-demo-1" };

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};
const client = () => createClient(SUPABASE_URL, SUPABASE_KEY, { auth: { persistSession: false } });

/** Somebody without a browser, or what speaks for somebody who has one. */
async function somebody(name, { kind = "fan", username = `${name.toLowerCase()}_${crypto.randomUUID().slice(0, 6)}` } = {}) {
  const speaks = client();
  const email = `${username}@example.com`;
  const { user } = ok(await speaks.auth.signUp({ email, password: PASSWORD, options: { data: { username, display_name: name, kind } } }));
  const rpc = async (called, values) => ok(await speaks.rpc(called, values));
  return { id: user.id, name, username, client: speaks, rpc, refused: async (called, values) => (await speaks.rpc(called, values)).error?.message };
}

/** The super admin of the community; she makes others moderators. */
async function hana() {
  const speaks = client();
  ok(await speaks.auth.signInWithPassword(HANA));
  return { client: speaks, rpc: async (called, values) => ok(await speaks.rpc(called, values)) };
}

async function signIn(person, { email = person.email, password = PASSWORD } = {}) {
  await person.visit();
  await person.field("E-mail address").fill(email);
  await person.field("Password").fill(password);
  await person.button("Sign in", { exact: true }).click();
}

/** Give somebody with a browser an account, and sign them in. */
async function enters(person, options = {}) {
  const made = await somebody(person.name, { ...options, username: person.username });
  if (options.role) await (await hana()).rpc("grant_staff_role", { username: person.username, role: options.role });
  await signIn(person);
  await person.sees(options.role ? person.heading("Cases") : person.heading(`Hello, ${person.name}`));
  return Object.assign(person, made);
}

const moderator = (person) => enters(person, { role: "moderator" });
const row = (person, words) => person.page.getByRole("link", { name: words });
const detail = (person) => person.page.getByRole("article");
const part = (person, title) => detail(person).locator("section.part", { has: person.page.getByRole("heading", { name: title, exact: true }) });
const reads = (person, words) => person.sees(detail(person).getByText(words));
const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function reported(author, body, reports) {
  const post = await author.rpc("create_post", { kind: "text", body });
  for (const [reporter, reason, description] of reports) {
    await reporter.rpc("report", { target_kind: "post", target_id: post.id, reason, description });
  }
  return post;
}

/** Ten seconds of a tone, and a word to the detector of the stack about what it is to find. */
function sound(score) {
  const rate = 8000;
  const samples = Buffer.from(Array.from({ length: 10 * rate }, (_, at) => 128 + Math.round(60 * Math.sin(at / 6))));
  const word = Buffer.from(`detector:${score}`.padEnd(16));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length + 8 + word.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  const tail = Buffer.alloc(8);
  tail.write("note", 0);
  tail.writeUInt32LE(word.length, 4);
  return Buffer.concat([head, samples, tail, word]);
}

/** An artist hands in a track, and the detector has looked at it. */
async function uploads(artist, title, score) {
  const made = await artist.rpc("create_track", { title, genre: "house", duration_ms: 10_000, file_format: "wav" });
  const track_id = made.track.id;
  ok(await artist.client.storage.from(made.bucket).upload(made.path, sound(score), { contentType: "audio/wav" }));
  await artist.rpc("declare_rights", { track_id, kind: "original" });
  await artist.rpc("submit_track", { track_id });
  const ran = await fetch(`${FUNCTIONS_URL}/run-detections`, { method: "POST", headers: { authorization: `Bearer ${CRON_SECRET}` } });
  assert(ran.ok, `run-detections: ${ran.status}`);
  return track_id;
}

const stories = {
  async "a post is hidden"(enter) {
    const mo = await moderator(await enter("Mo"));
    const ada = await enters(await enter("Ada"));
    const [ben, cyd] = [await somebody("Ben"), await somebody("Cyd")];
    // It is not the first time.
    const earlier = await reported(ada, "Plays for your tracks, ask me.", [[ben, "spam", null]]);
    const { id: case_id } = (await mo.rpc("moderation_queue", { kind: "report" })).find((item) => item.target_id === earlier.id);
    await mo.rpc("decide_case", { case_id, action: "warn", note: "No trade in plays, please." });
    const words = "Followers, 5 for 1! Write me before midnight.";
    const post = await reported(ada, words, [
      [ben, "spam", "She was told to stop."],
      [cyd, "spam", null],
    ]);
    await reported(cyd, "Nobody who plays vinyl knows what they do.", [[ben, "abuse", "He means me."]]);
    // What is edited after it was reported stays evidence.
    await ada.rpc("edit_post", { post_id: post.id, body: "I love music." });

    // The heaviest is first.
    await mo.field("Kind").selectOption("Reports");
    await mo.sees(row(mo, "Post by Ada"));
    assert.match(await mo.page.locator(".rows li").first().innerText(), /Post by Ada/);
    await row(mo, "Post by Ada").click();
    await mo.sees(part(mo, "What was reported").getByText(words).first());
    await mo.sees(part(mo, "Reports").getByText("She was told to stop."));
    await mo.sees(part(mo, "Before").getByText("1 other case about them, 1 of which led to something."));
    await mo.sees(part(mo, "Before").getByText("Same person"));
    await mo.button("Claim this case").click();
    await mo.told("The case is yours for an hour");
    await reads(mo, "You look at this");

    // Another moderator sees whose it is, and is refused in words.
    const max = await moderator(await enter("Max"));
    await max.page.goto(mo.page.url());
    await reads(max, "Mo looks at this");
    await max.page.getByRole("radio", { name: "Dismiss" }).check();
    await max.button("Dismiss", { exact: true }).click();
    await max.told("Somebody else looks at this case.");

    await mo.page.getByRole("radio", { name: "Hide" }).check();
    await mo.field("Note").fill("No trade in followers here.");
    if (SCREENSHOT) {
      await mo.sees(mo.page.locator(".notice"), "detached");
      await mo.page.setViewportSize({ width: 1200, height: await mo.page.evaluate(() => document.documentElement.scrollHeight) });
      await mo.page.mouse.move(0, 0);
      await mo.page.screenshot({ path: SCREENSHOT });
    }
    await mo.button("Hide", { exact: true }).click();
    await mo.told("Decided: hide.");
    await mo.sees(part(mo, "Decided").getByText("No trade in followers here."));
    await mo.sees(row(mo, "Post by Ada").getByText("Withheld"));
    const seen = async (person) => ok(await person.client.from("posts").select("id").eq("id", post.id)).length;
    assert.deepEqual([await seen(ben), await seen(cyd), await seen(ada)], [0, 0, 1]);
    assert.deepEqual(ok(await ben.client.from("reports").select("status").eq("target_id", post.id)), [{ status: "actioned" }]);
    await ada.page.reload();
    await ada.sees(ada.page.getByText("was hidden."));

    // Decided otherwise, it is shown again.
    await detail(mo).getByText("Decide it otherwise").click();
    await mo.button("Put it back into the queue").click();
    await mo.told("The case is open again.");
    await mo.page.getByRole("radio", { name: "Dismiss" }).check();
    await mo.button("Dismiss", { exact: true }).click();
    await mo.told("Decided: dismiss.");
    assert.equal(await seen(ben), 1);
    noComplaints(mo, ada);
  },

  async "a ban and an appeal"(enter) {
    const [mo, max] = [await moderator(await enter("Mo")), await moderator(await enter("Max"))];
    const eve = await enters(await enter("Eve"));
    const ben = await somebody("Ben");
    await reported(eve, "You are all idiots.", [[ben, "abuse", null]]);
    await mo.button("Refresh").click();
    await row(mo, "Post by Eve").click();
    await reads(mo, "You are all idiots.");
    await mo.page.getByRole("radio", { name: "Ban" }).check();
    await mo.field("For how long?").selectOption("A week");
    await mo.field("Note").fill("A week to cool down.");
    await mo.button("Ban", { exact: true }).click();
    await mo.told("Decided: ban.");
    await mo.sees(part(mo, "Before").getByText("A week to cool down."));
    assert.equal(await eve.refused("create_post", { kind: "text", body: "Let me in!" }), "banned");

    await eve.page.reload();
    await eve.sees(eve.page.getByText("You were banned."));
    await eve.sees(eve.page.getByText("In force"));
    await eve.field("Appeal").fill("It was about the band called Idiots.");
    await eve.button("Send the appeal").click();
    await eve.sees(eve.page.getByText("Appeal: pending"));

    // Who has imposed it does not decide.
    await mo.field("Kind").selectOption("Appeal");
    await row(mo, "Appeal of Eve").click();
    await reads(mo, "It was about the band called Idiots.");
    await mo.button("Uphold").click();
    await mo.told("Somebody else has to decide this.");
    await max.field("Kind").selectOption("Appeal");
    await row(max, "Appeal of Eve").click();
    await reads(max, "It was about the band called Idiots.");
    await reads(max, "A week to cool down.");
    await max.field("Note").fill("You are right, sorry.");
    await max.button("Uphold").click();
    await max.told("The appeal is upheld.");
    await eve.page.reload();
    await eve.sees(eve.page.getByText("Appeal: upheld"));
    await eve.sees(eve.page.getByText("You are right, sorry."));
    assert.equal(await eve.refused("create_post", { kind: "text", body: "Thank you." }), undefined);

    // What has no appeal can be taken back as well.
    await reported(eve, "Idiots again, tonight at nine.", [[ben, "spam", null]]);
    await max.field("Kind").selectOption("Reports");
    await row(max, "Post by Eve").first().click();
    await reads(max, "Idiots again, tonight at nine.");
    await max.page.getByRole("radio", { name: "Mute" }).check();
    await max.button("Mute", { exact: true }).click();
    await max.told("Decided: mute.");
    await part(max, "Before").getByText("Take back", { exact: true }).click();
    await max.button("Take this mute back").click();
    await max.told("It is taken back, and they are told.");
    assert.equal(await eve.refused("create_post", { kind: "text", body: "Nine o'clock!" }), undefined);
    noComplaints(max, eve);
  },

  async "a track is heard"(enter) {
    const [mo, max] = [await moderator(await enter("Mo")), await moderator(await enter("Max"))];
    const cleo = await somebody("Cleo", { kind: "artist" });
    const title = `Glass ${mo.username}`;
    const track_id = await uploads(cleo, title, 55);
    const { detections: [{ id: detection_id }] } = await cleo.rpc("detection_status", { track_id });
    const path = `${cleo.id}/stems.txt`;
    ok(await cleo.client.storage.from("proof-files").upload(path, Buffer.from("my stems"), { contentType: "text/plain" }));
    await cleo.rpc("submit_proof", { detection_id, object_paths: [path], note: "My project, with all its stems." });

    await mo.page.getByRole("link", { name: "Detections" }).click();
    await row(mo, title).click();
    await mo.sees(detail(mo).getByRole("img", { name: "Risk score 55 of 100: people have to decide" }));
    await mo.button(`Play ${title}`).click();
    await mo.sees(mo.button(`Pause ${title}`));
    await mo.until("it plays", () => mo.page.evaluate(() => {
      const audio = document.querySelector("audio");
      return audio.duration > 0 && audio.currentTime > 0.2;
    }));
    assert.equal(Math.round(await mo.page.evaluate(() => document.querySelector("audio").duration)), 10);
    await mo.page.getByLabel(`Position in ${title}`).press("End");
    await mo.until("it is at its end", () => mo.page.evaluate(() => document.querySelector("audio").currentTime > 9.5));
    await reads(mo, "My project, with all its stems.");
    const download = mo.page.waitForEvent("download");
    await mo.button("Download stems.txt").click();
    assert.match((await download).suggestedFilename(), /stems/);

    // Two have to agree; one says it once.
    await mo.field("Note").fill("A grid that no drummer plays.");
    await mo.button("Made by a machine").click();
    await mo.told("it is rejected once another agrees");
    await reads(mo, "You would reject it");
    await mo.button("Made by a machine").click();
    await mo.told("Somebody else has to decide this.");
    await max.page.getByRole("link", { name: "Detections" }).click();
    await max.sees(row(max, title).getByText("1 of 2 reject"));
    await row(max, title).click();
    await reads(max, "A grid that no drummer plays.");
    await max.button("Made by a machine").click();
    await max.told("It is rejected.");
    assert.equal((await cleo.rpc("detection_status", { track_id })).status, "rejected");

    // Appealed against, it is for somebody who had no part in it.
    await cleo.rpc("appeal_detection", { detection_id, appeal: "I am that drummer." });
    await max.button("Refresh").click();
    await row(max, title).click();
    await reads(max, "I am that drummer.");
    await max.button("Made by people").click();
    await max.told("Somebody else has to decide this.");
    const ida = await moderator(await enter("Ida"));
    await ida.page.goto(max.page.url());
    await reads(ida, "I am that drummer.");
    await ida.button("Made by people").click();
    await ida.told("It is verified.");
    assert.equal((await cleo.rpc("detection_status", { track_id })).track_status, "published");

    // What people report of it leads here.
    const ben = await somebody("Ben");
    await ben.rpc("report", { target_kind: "track", target_id: track_id, reason: "ai_generated", description: null });
    await ida.page.getByRole("link", { name: "Cases" }).click();
    await ida.field("Kind").selectOption("ai_generated");
    await row(ida, "Track by Cleo").click();
    await ida.page.getByRole("link", { name: "Go to the detection" }).click();
    await ida.sees(ida.heading(title));
    noComplaints(ida);
  },

  async "a claim, a request and the log"(enter) {
    const mo = await moderator(await enter("Mo"));
    const cleo = await somebody("Cleo", { kind: "artist" });
    const title = `Copper ${mo.username}`;
    const track_id = await uploads(cleo, title, 5);
    const body = { track_id, claimant: "Nora Nyquist", kind: "sample", contact: `${mo.username}@label.example`, statement: "The bass line is from my record." };
    ok(await client().functions.invoke("rights-claim", { body }));
    await mo.page.getByRole("link", { name: "Claims" }).click();
    await row(mo, title).click();
    await reads(mo, "The bass line is from my record.");
    await mo.field("Note").fill("It is her bass line.");
    await mo.button("Uphold").click();
    await mo.told("The claim is upheld.");
    assert.equal(ok(await (await somebody("Ben")).client.from("tracks").select("id").eq("id", track_id)).length, 0);

    // Verified before anybody has looked at the page.
    const url = `https://cleo.example/${cleo.username}`;
    await cleo.rpc("request_verification", { urls: [url] });
    await mo.page.getByRole("link", { name: "Verification" }).click();
    await mo.sees(mo.heading("Verification"));
    await mo.field("Status").selectOption("pending");
    await row(mo, url).click();
    await mo.sees(detail(mo).getByRole("link", { name: url }));
    await mo.button("Approve").click();
    await mo.told("The request is approved.");
    assert.equal((await cleo.rpc("my_verification"))[0].status, "approved");

    // The log is for admins.
    assert.equal(await mo.page.getByRole("link", { name: "Log" }).count(), 0);
    const admin = await enter("Hana");
    await signIn(admin, HANA);
    await admin.page.getByRole("link", { name: "Log" }).click();
    await admin.page.locator(".rows a", { hasText: "verification" }).first().click();
    await admin.sees(detail(admin).getByText("Mo", { exact: true }));
    noComplaints(mo, admin);
  },

  async "decided by keyboard alone"(enter) {
    const kim = await enter("Kim");
    const { keyboard } = kim.page;
    await somebody("Kim", { username: kim.username });
    await (await hana()).rpc("grant_staff_role", { username: kim.username, role: "moderator" });
    const [ada, ben] = [await somebody("Ada"), await somebody("Ben")];
    const words = `Cheap strings ${kim.username}`;
    await reported(ada, words, [[ben, "spam", null]]);

    await kim.visit();
    for (const [label, value] of [["E-mail address", kim.email], ["Password", PASSWORD]]) {
      await kim.tabTo(kim.field(label));
      await keyboard.type(value);
    }
    await keyboard.press("Enter");
    await kim.sees(kim.heading("Cases"));
    await keyboard.press("Tab");
    await kim.tabTo(kim.page.getByRole("link", { name: "Skip to content" }));
    const before = kim.page.url();
    await keyboard.press("Enter");
    await kim.until("the content has the focus", () => isFocused(kim.page.locator("#main")));
    assert.equal(kim.page.url(), before);
    // One is as quick as one likes: what the list showed before leads to the case, and back to the list one chose.
    await kim.page.route(/rpc\/moderation_queue/, async (route) => {
      const response = await route.fetch();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.fulfill({ response });
    });
    await kim.tabTo(kim.field("Kind"));
    await keyboard.type("Rep");
    const entry = row(kim, words);
    await kim.sees(entry);
    await kim.tabTo(entry);
    await keyboard.press("Enter");
    await kim.until("what is opened has the focus", () => isFocused(detail(kim).getByRole("heading", { name: "Post by Ada" })));
    await kim.tabTo(detail(kim).getByText("All that was kept of it"));
    await keyboard.press("Enter");
    await reads(kim, "Author id");
    await kim.tabTo(kim.button("Claim this case"));
    await keyboard.press("Enter");
    await kim.told("The case is yours for an hour");
    await kim.until("the focus is where it was done", () => isFocused(detail(kim).getByRole("heading", { name: "Post by Ada" })));
    await kim.tabTo(kim.page.getByRole("radio", { name: "Dismiss" }));
    await keyboard.press("Space");
    for (const _ of ["hide", "delete", "warn"]) await keyboard.press("ArrowDown");
    assert(await kim.page.getByRole("radio", { name: "Warn" }).isChecked());
    await kim.tabTo(kim.field("Note"));
    await keyboard.type("Please sell them elsewhere.");
    await keyboard.press("Tab");
    assert(await isFocused(kim.button("Warn", { exact: true })), "after the note comes the button");
    await keyboard.press("Enter");
    await kim.told("Decided: warn.");
    assert.deepEqual((await ada.rpc("my_sanctions")).map(({ kind, reason }) => [kind, reason]), [["warn", "Please sell them elsewhere."]]);
    // Back in the list, the focus is where one left it.
    await kim.page.goBack();
    await kim.until("the focus is in the list", () => isFocused(row(kim, words)));
    noComplaints(kim);
  },

  async "a long queue, and what goes wrong"(enter) {
    const mo = await enter("Mo");
    await mo.visit();
    await mo.field("E-mail address").fill(mo.email);
    await mo.field("Password").fill("not the password");
    await mo.button("Sign in", { exact: true }).click();
    await mo.told("This e-mail address and password do not belong together.");
    await moderator(mo);
    // The list of all kinds, which is there until that of strikes is, may have as many rows.
    await mo.field("Kind").selectOption("Strikes");
    await mo.page.waitForURL(/kind=strikes/);
    const rows = mo.page.locator(".rows:not([aria-busy]) li", { has: mo.page.getByText("Strikes", { exact: true }) });
    await mo.until("a page", async () => (await rows.count()) === 20);
    await mo.button("Show more").click();
    await mo.until("the rest", async () => (await rows.count()) === 25);
    assert.equal(await mo.button("Show more").isVisible(), false);
    assert.equal(new Set(await rows.evaluateAll((all) => all.map((each) => each.dataset.key))).size, 25);
    assert(await isFocused(rows.nth(20).getByRole("link")), "the first of the new ones has the focus");
    await mo.page.reload();
    await mo.until("the filter is in the address", async () => (await mo.field("Kind").inputValue()) === "strikes");
    await mo.field("Status").selectOption("Claimed");
    await mo.sees(mo.page.getByText("Nothing waits here. Well done."));
    // No such case, and no backend.
    await mo.visit(`#/cases/${crypto.randomUUID()}`);
    await mo.sees(mo.page.getByText("There is no case of this id."));
    await mo.page.context().setOffline(true);
    await mo.button("Refresh").click();
    await mo.told("The backend cannot be reached.");
    await mo.page.context().setOffline(false);
    await mo.button("Sign out").click();
    await mo.sees(mo.heading("Sign in"));
    // Who is no moderator sees none of it, whatever the address says.
    const ben = await enters(await enter("Ben"));
    await ben.visit("#/cases");
    await ben.sees(ben.page.getByText("Nothing was imposed on you."));
    await ben.sees(ben.page.getByText("Nothing yet."));
    noComplaints(ben);
  },

  async "small and large, light and dark"(enter) {
    const mo = await enter("Mo", { viewport: { width: 360, height: 720 } });
    await mo.visit();
    await mo.fits();
    await moderator(mo);
    const cleo = await somebody("Cleo", { kind: "artist" });
    const ben = await somebody("Ben");
    const words = `Cheap-strings-${mo.username}-${"very".repeat(20)}`;
    await reported(cleo, words, [[ben, "spam", "Again and again."]]);
    const title = `Tide ${mo.username}`;
    await uploads(cleo, title, 55);
    await mo.button("Refresh").click();
    await mo.sees(row(mo, words));
    await mo.fits();
    await row(mo, words).click();
    await reads(mo, "Again and again.");
    assert(!(await row(mo, words).isVisible()), "one screen at a time");
    await detail(mo).getByText("All that was kept of it").click();
    await mo.page.getByRole("radio", { name: "Ban" }).check();
    await mo.field("For how long?").selectOption("date");
    await mo.sees(mo.field("Until"));
    await mo.fits();
    await mo.page.getByRole("link", { name: "← Cases" }).click();
    await mo.sees(row(mo, words));
    await mo.page.getByRole("link", { name: "Detections" }).click();
    await row(mo, title).click();
    await mo.sees(mo.button(`Play ${title}`));
    await mo.fits();
    await mo.page.setViewportSize({ width: 1400, height: 900 });
    await mo.sees(row(mo, title));
    await mo.fits();
    const eve = await enters(await enter("Eve", { viewport: { width: 360, height: 720 } }));
    await eve.fits();
    noComplaints(mo, eve);
  },
};

const story = stories[process.argv[2]];
assert(story, `the stories are: ${Object.keys(stories).join(", ")}`);
await play(story);
