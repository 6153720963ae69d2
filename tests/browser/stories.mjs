// What people do in a listening room, played in a browser: node stories.mjs <name of a story>.
import assert from "node:assert/strict";
import { noComplaints, play } from "./browser.mjs";

const stories = {
  async "three people"(enter) {
    const [ada, ben, cyd] = [await enter("Ada"), await enter("Ben", { colorScheme: "dark" }), await enter("Cyd")];
    const all = [ada, ben, cyd];
    await Promise.all(all.map((person) => person.signUp()));

    // Ada makes a room, ben finds it by its name, cyd by its link.
    const { SCREENSHOT } = process.env;
    const room = SCREENSHOT ? "Basement sessions" : `Basement ${ada.username}`;
    const address = await ada.makeRoom(room);
    await ben.field("Find a room").fill(room);
    await ben.page.getByRole("link", { name: room }).first().click();
    await ben.sees(ben.heading(room));
    await ben.join();
    await cyd.join(address);
    for (const person of all) {
      for (const { name } of all) {
        await person.sees(person.page.getByRole("list", { name: "Here now" }).getByText(name, { exact: true }), "attached");
      }
    }

    // What one says, all read.
    await ada.write("Good evening! I have brought records.");
    await ben.write("Then let us hear them");
    await cyd.write("Something slow first, please");
    for (const person of all) {
      for (const words of ["Good evening! I have brought records.", "Then let us hear them", "Something slow first, please"]) {
        await person.reads(words);
      }
    }

    // A heart for what was said, an answer to it, and it is pinned.
    const evening = "Good evening! I have brought records.";
    await ben.does(evening, "React with ❤️");
    for (const person of all) await person.sees(person.button(`❤️, 1 reaction to ${evening}`));
    await cyd.button(`❤️, 1 reaction to ${evening}`).click();
    for (const person of all) {
      const heart = person.button(`❤️, 2 reactions to ${evening}`);
      await person.sees(heart);
      assert.equal(await heart.getAttribute("aria-pressed"), String(person !== ada));
    }
    await cyd.does("Then let us hear them", "Reply");
    await cyd.write("Seconded");
    for (const person of all) await person.sees(person.message("Seconded").getByText("Ben: Then let us hear them"));
    await ada.does(evening, "Pin");
    for (const person of all) await person.sees(person.page.getByText("Pinned · 1"));

    // The first track plays at once, the others wait in the order in which they came.
    await ada.queue("Harbour at Four");
    for (const person of all) await person.plays("Harbour at Four");
    await ben.queue("Second Window");
    await cyd.queue("Last Tram");
    for (const person of all) await person.comesNext("Second Window", "Last Tram");

    // A vote moves what is next, and its number, on every screen.
    await ada.button("Vote for Last Tram, 0 votes").click();
    for (const person of all) {
      await person.sees(person.button("Vote for Last Tram, 1 vote"));
      await person.comesNext("Last Tram", "Second Window");
    }
    assert.equal(await ada.button("Vote for Last Tram").getAttribute("aria-pressed"), "true");
    assert.equal(await ben.button("Vote for Last Tram").getAttribute("aria-pressed"), "false");
    assert(await cyd.button("Vote for Last Tram").isDisabled(), "nobody votes on their own");
    await ben.button("Vote for Harbour at Four").click();
    for (const person of all) await person.sees(person.button("Vote for Harbour at Four, 1 vote"));
    await ada.page.mouse.move(0, 0);
    if (SCREENSHOT) {
      await ada.page.setViewportSize({ width: 1200, height: 850 });
      await ada.page.screenshot({ path: SCREENSHOT });
    }

    // Two of three want to go on, and everybody hears the next.
    await ben.button("Vote to skip · 0 of 2").click();
    await cyd.button("Vote to skip · 1 of 2").click();
    for (const person of all) {
      await person.plays("Last Tram");
      await person.comesNext("Second Window");
    }
    noComplaints(...all);
  },

  async "a late joiner"(enter) {
    const ada = await enter("Ada");
    await ada.signUp();
    const address = await ada.makeRoom(`Late ${ada.username}`);
    await ada.queue("Harbour at Four");
    await ada.plays("Harbour at Four");
    // Dan's clock is four minutes fast.
    const dan = await enter("Dan", {}, (context) =>
      context.addInitScript(() => {
        const Right = Date;
        const ahead = 240_000;
        window.Date = class extends Right {
          constructor(...values) {
            super(...(values.length ? values : [Right.now() + ahead]));
          }

          static now() {
            return Right.now() + ahead;
          }
        };
      }));
    await dan.signUp();
    await dan.join(address);
    await dan.plays("Harbour at Four");
    const [one, other] = [await ada.position(), await dan.position()];
    const apart = Math.abs(other.ms - other.at - (one.ms - one.at));
    assert(apart < 1000, `${apart} ms apart`);
    assert(one.ms > 0);
    noComplaints(ada, dan);
  },

  async "a track that ends"(enter) {
    const [ada, ben] = [await enter("Ada"), await enter("Ben")];
    await Promise.all([ada.signUp(), ben.signUp()]);
    const address = await ada.makeRoom(`Short ${ada.username}`);
    await ben.join(address);
    const short = `Jingle ${ada.username}`;
    await ada.call("resolve_track", {
      provider: "deezer", provider_track_id: String(Date.now()), title: short, artist_name: "Nobody", duration_ms: 3000,
    });
    await ada.queue(short);
    await ben.plays(short);
    await ben.queue("Second Window");
    // Nobody presses anything, and no schedule runs.
    for (const person of [ada, ben]) await person.plays("Second Window");
    await ada.button("Pause").click();
    await ben.sees(ben.heading("Paused"));
    const before = await ben.position();
    await ada.button("Go on").click();
    await ben.sees(ben.heading("Now playing"));
    await ben.until("it goes on", async () => (await ben.position()).ms > before.ms);
    noComplaints(ada, ben);
  },

  async "DJs in turn"(enter) {
    const [ada, ben] = [await enter("Ada"), await enter("Ben")];
    await Promise.all([ada.signUp(), ben.signUp()]);
    const address = await ada.makeRoom(`Turns ${ada.username}`, { mode: "DJs in turn" });
    await ben.join(address);
    await ben.button("Become a DJ").click();
    await ada.button("Become a DJ").click();
    await ada.sees(ada.page.locator(".rotation li", { hasText: "Ben" }));
    await ben.queue("Last Tram");
    await ada.queue("Harbour at Four");
    for (const person of [ada, ben]) await person.plays("Last Tram");
    // The DJ who is on may skip; the next one plays.
    await ben.button("Skip", { exact: true }).click();
    for (const person of [ada, ben]) await person.plays("Harbour at Four");
    noComplaints(ada, ben);
  },

  async "keyboard alone"(enter) {
    const ada = await enter("Ada");
    await ada.signUp();
    const room = `Keys ${ada.username}`;
    await ada.makeRoom(room);
    await ada.queue("Harbour at Four");
    const eve = await enter("Eve");
    const { keyboard } = eve.page;
    await eve.visit();
    await eve.tabTo(eve.button("New here? Make an account"));
    await keyboard.press("Enter");
    for (const [label, value] of Object.entries({ Name: "Eve", Username: eve.username, "E-mail address": eve.email, Password: "correct-horse-7" })) {
      await eve.tabTo(eve.field(label));
      await keyboard.type(value);
    }
    await keyboard.press("Enter");
    await eve.sees(eve.heading("Hello, Eve"));
    await eve.tabTo(eve.field("Find a room"));
    await keyboard.type(ada.username);
    await eve.sees(eve.page.getByRole("link", { name: room }));
    await eve.tabTo(eve.page.getByRole("link", { name: room }));
    await keyboard.press("Enter");
    await eve.sees(eve.heading(room));
    await eve.tabTo(eve.button("Join this room"));
    await keyboard.press("Enter");
    await eve.heard(`You have joined ${room}.`);
    const vote = eve.button("Vote for Harbour at Four");
    await eve.tabTo(vote);
    await keyboard.press("Space");
    await ada.sees(ada.button("Vote for Harbour at Four, 1 vote"));
    await eve.until("the vote shows", async () => (await vote.getAttribute("aria-pressed")) === "true");
    assert(await vote.evaluate((element) => element === document.activeElement), "the focus stays");
    await eve.tabTo(eve.field("Add a track"));
    await keyboard.type("Second Window");
    const queue = eve.button("Queue Second Window").first();
    await eve.sees(queue);
    await eve.tabTo(queue);
    await keyboard.press("Enter");
    await ada.comesNext("Second Window");
    await eve.tabTo(eve.field("Message"));
    await keyboard.type("No mouse was needed");
    await keyboard.press("Enter");
    await ada.reads("No mouse was needed");
    // Reactions and replies as well; the focus is never lost.
    await ada.write("Not here either");
    await eve.reads("Not here either");
    await eve.tabTo(eve.opener("No mouse was needed"));
    await keyboard.press("ArrowDown");
    const opener = eve.opener("Not here either");
    const isFocused = (locator) => locator.evaluate((element) => element === document.activeElement);
    await eve.until("down is the next message", () => isFocused(opener));
    await keyboard.press("Enter");
    await eve.until("the first emoji has the focus", () => isFocused(eve.button("React with ❤️")));
    await keyboard.press("Escape");
    await eve.until("Escape goes back", () => isFocused(opener));
    assert.equal(await opener.getAttribute("aria-expanded"), "false");
    await keyboard.press("Enter");
    await keyboard.press("Enter");
    await ada.sees(ada.button("❤️, 1 reaction to Not here either"));
    await eve.until("the focus is back", () => isFocused(opener));
    await keyboard.press("Enter");
    await eve.tabTo(eve.button("Reply"));
    await keyboard.press("Enter");
    await eve.until("an answer can be written", () => isFocused(eve.field("Message")));
    await keyboard.type("Well done");
    await keyboard.press("Enter");
    await ada.sees(ada.message("Well done").getByText("Ada: Not here either"));
    noComplaints(ada, eve);
  },

  async "put out of the room"(enter) {
    const [ada, ben] = [await enter("Ada"), await enter("Ben")];
    await Promise.all([ada.signUp(), ben.signUp()]);
    const room = `Strict ${ada.username}`;
    const address = await ada.makeRoom(room, { mode: null });
    await ben.join(address);
    await ben.write("Buy my tape!");
    await ada.reads("Buy my tape!");
    await ada.does("Buy my tape!", "Ban Ben for an hour");
    await ben.told(`You have been removed from ${room}.`);
    await ben.sees(ben.heading("Hello, Ben"));
    await ada.until("ben is gone", async () => !(await ada.page.getByRole("list", { name: "Here now" }).getByText("Ben").count()));
    // Back at the door it is said until when.
    await ben.page.goto(address);
    await ben.sees(ben.page.getByText("You cannot come in until"));
    noComplaints(ada);
  },

  async "a quiet word"(enter) {
    const [ada, ben] = [await enter("Ada"), await enter("Ben")];
    await Promise.all([ada.signUp(), ben.signUp()]);
    const room = `Quiet ${ada.username}`;
    const address = await ada.makeRoom(room, { mode: null });
    await ben.join(address);
    await ada.write("Welcome");
    await ben.write("Buy my tape!");
    await ada.reads("Buy my tape!");
    // Who moderates nothing reacts and replies, and deletes their own.
    await ben.opener("Welcome").click();
    await ben.sees(ben.button("Reply"));
    for (const deed of ["Pin", "Delete", "Clear reactions", "Mute Ada for 10 minutes", "Remove Ada"]) {
      assert.equal(await ben.button(deed, { exact: true }).count(), 0, deed);
    }
    await ben.button("React with 🔥").click();
    await ada.sees(ada.button("🔥, 1 reaction to Welcome"));
    // Muted, ben keeps what he has written, and says it when he may again.
    await ada.does("Buy my tape!", "Mute Ben for 10 minutes");
    await ben.told("A moderator has muted you");
    await ben.field("Message").fill("I am sorry");
    await ben.page.keyboard.press("Enter");
    await ben.told("You are muted in this room");
    assert.equal(await ben.field("Message").inputValue(), "I am sorry");
    await ada.page.getByText("Muted · 1").click();
    await ada.button("Unmute “Ben”").click();
    await ben.told(`You may write in ${room} again.`);
    await ada.sees(ada.page.getByText("Muted · 1"), "hidden");
    await ben.field("Message").press("Enter");
    await ada.reads("I am sorry");
    // What was pinned, reacted to and said is taken back.
    await ada.does("Welcome", "Pin");
    await ben.page.getByText("Pinned · 1").click();
    await ben.sees(ben.page.locator(".kept").getByText("Welcome"));
    assert(!(await ben.button("Unpin “Welcome”").isVisible()));
    await ada.page.getByText("Pinned · 1").click();
    await ada.button("Unpin “Welcome”").click();
    await ben.sees(ben.page.getByText("Pinned · 1"), "hidden");
    await ada.does("Welcome", "Clear reactions");
    await ben.sees(ben.button("🔥, 1 reaction to Welcome"), "detached");
    await ada.does("Buy my tape!", "Delete");
    await ben.sees(ben.message("Buy my tape!"), "detached");
    await ben.does("I am sorry", "Delete");
    await ada.sees(ada.message("I am sorry"), "detached");
    // Put out, ben may come back.
    await ben.write("Goodbye");
    await ada.reads("Goodbye");
    await ada.does("Goodbye", "Remove Ben");
    await ben.told(`You have been removed from ${room}.`);
    await ben.join(address);
    noComplaints(ada);
  },

  async "a private room"(enter) {
    const [ada, ben] = [await enter("Ada"), await enter("Ben")];
    await Promise.all([ada.signUp(), ben.signUp()]);
    await ada.page.getByRole("radio", { name: "Private" }).check();
    const address = await ada.makeRoom(`Secret ${ada.username}`, { mode: null });
    const slug = decodeURIComponent(address.split("/room/")[1]);
    // For whoever is outside it does not exist.
    await ben.page.goto(address);
    await ben.sees(ben.page.getByText("There is no room"));
    const { id } = await ada.call("room_by_slug", { slug });
    await ada.call("invite_to_room", { room_id: id, username: ben.username });
    await ada.write("Only for us");
    await ben.button("Try again").click();
    await ben.sees(ben.page.getByText("This room is private. If you are invited, join it to come in."));
    assert(!(await ben.field("Message").isVisible()));
    await ben.join();
    await ben.reads("Only for us");
    await ben.write("Thank you for having me");
    await ada.reads("Thank you for having me");
  },

  async "what goes wrong"(enter) {
    const ada = await enter("Ada");
    await ada.visit();
    await ada.field("E-mail address").fill(ada.email);
    await ada.field("Password").fill("not the password");
    await ada.button("Sign in", { exact: true }).click();
    await ada.told("This e-mail address and password do not belong together.");
    await ada.signUp();
    await ada.visit("#/room/there-is-no-such-room");
    await ada.sees(ada.page.getByText("There is no room"));
    await ada.page.getByRole("link", { name: "All rooms" }).click();
    await ada.field("Find a room").fill("zzzzzz");
    await ada.sees(ada.page.getByText("No room is called that. Make it yours?"));
    await ada.makeRoom(`Words ${ada.username}`);
    await ada.sees(ada.page.getByText("Nothing is queued. Add the first track."));
    await ada.sees(ada.page.getByText("Nobody has said anything yet."));
    await ada.field("Add a track").fill("zzzzzz");
    await ada.sees(ada.page.getByText("Nothing is called “zzzzzz”."));
    await ada.queue("Harbour at Four");
    await ada.field("Add a track").fill("Harbour at Four");
    await ada.button("Queue Harbour at Four").first().click();
    await ada.sees(ada.page.locator(".notice.error"));
    await ada.button("Close").first().click();
    // The backend is gone: what was written stays in its field.
    await ada.page.context().setOffline(true);
    await ada.field("Message").fill("Is anybody there?");
    await ada.page.keyboard.press("Enter");
    await ada.told("The backend cannot be reached.");
    assert.equal(await ada.field("Message").inputValue(), "Is anybody there?");
    await ada.page.context().setOffline(false);
    await ada.page.keyboard.press("Enter");
    await ada.reads("Is anybody there?");
    await ada.button("Sign out").click();
    await ada.sees(ada.heading("Sign in"));
  },

  async "small and large, light and dark"(enter) {
    const ada = await enter("Ada", { viewport: { width: 360, height: 720 } });
    const { page } = ada;
    await ada.visit();
    await ada.fits();
    await ada.signUp();
    await ada.fits();
    await ada.makeRoom(`Pocket ${ada.username}`);
    await ada.queue("Harbour at Four");
    await ada.plays("Harbour at Four");
    await ada.fits();
    assert(!(await ada.field("Message").isVisible()));
    await ada.button("Chat", { exact: true }).click();
    await ada.write("From my pocket");
    await ada.fits();
    await ada.does("From my pocket", "React with ❤️");
    await ada.sees(ada.button("❤️, 1 reaction to From my pocket"));
    await ada.does("From my pocket", "Pin");
    await ada.page.getByText("Pinned · 1").click();
    await ada.opener("From my pocket").click();
    await ada.sees(ada.button("Unpin", { exact: true }));
    await ada.fits();
    await ada.button("Music", { exact: true }).click();
    await ada.plays("Harbour at Four");
    await page.setViewportSize({ width: 1400, height: 900 });
    await ada.reads("From my pocket");
    await ada.fits();
    noComplaints(ada);
  },
};

const story = stories[process.argv[2]];
assert(story, `the stories are: ${Object.keys(stories).join(", ")}`);
await play(story);
