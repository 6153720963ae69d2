// Headless Chromium from the npm package, and people who sit before it.
import assert from "node:assert/strict";
import { mkdtemp, rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { PAGE_URL, PICTURES, BACKBEAT_CHROMIUM } = process.env;
const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const unpacked = join(modules, ".chromium");
// Long, as the machine may be busy; a person would have given up by then.
const PATIENCE = 90_000;

/** Unpack the browser once, with the libraries and fonts that a bare machine does not have. */
async function unpack() {
  if (existsSync(unpacked)) return;
  const folder = await mkdtemp(join(modules, ".unpacking-"));
  // The package unpacks to the folder for temporary files, whatever that is.
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    const { default: packed, inflate } = await import("@sparticuz/chromium");
    await packed.executablePath();
    await inflate(join(modules, "@sparticuz", "chromium", "bin", "al2023.tar.br"));
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  const fonts = [join(unpacked, "fonts"), "/usr/share/fonts"].map((path) => `<dir>${path}</dir>`).join("");
  await writeFile(join(folder, "fonts.conf"),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${fonts}<cachedir>${unpacked}/cache</cachedir></fontconfig>`);
  await rename(folder, unpacked).catch((error) => {
    if (!existsSync(unpacked)) throw error; // Another run was faster.
  });
}

async function launch() {
  if (BACKBEAT_CHROMIUM) return chromium.launch({ executablePath: BACKBEAT_CHROMIUM, args: ["--no-sandbox"] });
  await unpack();
  return chromium.launch({
    executablePath: join(unpacked, "chromium"),
    // Chromium refuses its sandbox to root, and many containers refuse it to everybody; it sees our own page alone.
    args: ["--no-sandbox"],
    env: { ...process.env, LD_LIBRARY_PATH: join(unpacked, "al2023", "lib"), FONTCONFIG_FILE: join(unpacked, "fonts.conf") },
  });
}

const mark = crypto.randomUUID().slice(0, 6);

/** Somebody with a browser of their own. */
class Person {
  constructor(name, page) {
    this.name = name;
    this.page = page;
    this.username = `${name.toLowerCase()}_${mark}`;
    this.email = `${this.username}@example.com`;
    this.complaints = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(`${name}: ${message.text()}`);
    });
    // Whatever the page asks before it does it: yes.
    page.on("dialog", (dialog) => dialog.accept());
    page.on("pageerror", (error) => this.complaints.push(`${name}: ${error}`));
  }

  button = (name, options = {}) => this.page.getByRole("button", { name, ...options });
  heading = (name) => this.page.getByRole("heading", { name });
  field = (label) => this.page.getByLabel(label, { exact: true });

  async visit(address = "") {
    await this.page.goto(PAGE_URL + address);
  }

  async signUp() {
    await this.visit();
    await this.button("New here? Make an account").click();
    await this.field("Name").fill(this.name);
    await this.field("Username").fill(this.username);
    await this.field("E-mail address").fill(this.email);
    await this.field("Password").fill("correct-horse-7");
    await this.button("Sign up").click();
    await this.sees(this.heading(`Hello, ${this.name}`));
  }

  async makeRoom(name, { mode = "Everybody" } = {}) {
    await this.field("Name").fill(name);
    await this.button("Make the room").click();
    await this.sees(this.heading(name));
    if (mode) {
      await this.page.getByRole("radio", { name: mode }).check();
      await this.button("Start a session").click();
      await this.sees(this.page.getByText("Silence."));
    }
    return this.page.url();
  }

  async join(address) {
    if (address) await this.page.goto(address);
    await this.button("Join this room").click();
    await this.sees(this.page.getByRole("list", { name: "Here now" }).getByText(this.name, { exact: true }), "attached");
  }

  async queue(title) {
    await this.field("Add a track").fill(title);
    await this.button(`Queue ${title}`).first().click();
    await this.heard(`${title} is queued.`);
  }

  async write(words) {
    await this.field("Message").fill(words);
    await this.page.keyboard.press("Enter");
    await this.reads(words);
  }

  message = (words) => this.page.getByRole("log", { name: "Messages" }).locator("li", { has: this.page.getByText(words, { exact: true }) });
  opener = (words) => this.button(`Actions for “${words}”`);

  /** Open the actions of a message and take one; they close when it is done. */
  async does(words, deed) {
    await this.opener(words).click();
    await this.button(deed, { exact: true }).click();
    await this.sees(this.page.getByRole("group", { name: `Actions for “${words}”` }), "detached");
  }

  reads = (words) => this.sees(this.page.getByRole("log", { name: "Messages" }).getByText(words, { exact: true }));
  plays = (title) => this.sees(this.page.locator(".track-title", { hasText: title }));
  heard = (words) => this.sees(this.page.locator("#status", { hasText: words }), "attached");
  told = (words) => this.sees(this.page.getByRole("alert").getByText(words));

  async sees(locator, state = "visible") {
    await locator.first().waitFor({ state, timeout: PATIENCE });
  }

  /** Wait until something holds of the page. */
  async until(what, look) {
    const deadline = Date.now() + PATIENCE;
    let last;
    while (!(last = await look())) {
      assert(Date.now() < deadline, `${this.name} waited in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return last;
  }

  /** The titles of what comes next, in order. */
  nextUp = () => this.page.locator(".queue li .row-text strong").allInnerTexts();

  comesNext = (...titles) =>
    this.until(`next up: ${titles}`, async () => (await this.nextUp()).join() === titles.join());

  /** Where in the track the page says it is, and when it said so, by a clock that nobody has moved. */
  position = () =>
    this.page.evaluate(() => {
      const bar = document.querySelector("[data-position-ms]");
      return { ms: Number(bar.dataset.positionMs), at: performance.timeOrigin + performance.now() };
    });

  /** Call an RPC as the page would, for what it has no button for. */
  call = (name, args) =>
    this.page.evaluate(
      async ([rpc, values]) => (await import(new URL("../shared/backend.js", document.baseURI))).call(rpc, values), [name, args]);

  /** Press Tab until something has the focus; whatever has it on the way must show it. */
  async tabTo(locator) {
    for (let presses = 0; presses < 80; presses++) {
      if (await locator.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
      const hidden = await this.page.evaluate(() => {
        const focused = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        const isShown = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
        return isShown || focused === document.body ? null : focused.outerHTML.slice(0, 200);
      });
      assert.equal(hidden, null, "the focus is shown");
    }
    assert.fail(`${this.name} cannot reach ${locator} by keyboard`);
  }

  /** What is shown fits the screen, and can be read in the light and in the dark. */
  async fits() {
    const { scrollWidth, clientWidth } = await this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scrollWidth, clientWidth };
    });
    assert(scrollWidth <= clientWidth, `${scrollWidth} px on a screen of ${clientWidth}`);
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme });
      assert.deepEqual(await this.page.evaluate(hardToRead), [], colorScheme);
    }
  }
}

/** Play a story with a browser, and leave pictures of everybody's screen when it goes wrong. */
export async function play(story) {
  const browser = await launch();
  const people = [];
  const enter = async (name, options = {}, prepare = () => {}) => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, ...options });
    context.setDefaultTimeout(PATIENCE);
    await prepare(context);
    const person = new Person(name, await context.newPage());
    people.push(person);
    return person;
  };
  try {
    await story(enter);
  } catch (error) {
    for (const { name, page } of people) {
      await page.screenshot({ path: join(PICTURES, `${name}.png`) }).catch(() => {});
    }
    console.error(people.flatMap((person) => person.complaints).join("\n"));
    throw error;
  } finally {
    await browser.close();
  }
}

export function noComplaints(...people) {
  assert.deepEqual(people.flatMap((person) => person.complaints), []);
}

/** Runs in the page: texts whose contrast to what lies behind them is less than WCAG's AA asks for. */
function hardToRead() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [red, green, blue] = [...rgba(color)].slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgba(color)[3] === 255) return color;
    }
    return "white";
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    if (!words || !element.checkVisibility({ visibilityProperty: true }) || element.closest(":disabled, .skip-link, noscript, script")) continue;
    const style = getComputedStyle(element);
    const [one, other] = [light(style.color), light(behind(element))].sort((first, second) => second - first);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}
