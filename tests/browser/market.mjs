// What people do in a market, played in a browser: node market.mjs <name of a story>.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { noComplaints, play } from "./browser.mjs";

const { APP_URL, SUPABASE_URL, SUPABASE_KEY, NODE_MODULES } = process.env;
const { createClient } = createRequire(`${NODE_MODULES}/`)("@supabase/supabase-js");
const PAY = "Pay USD 19.55";
const DECLINED = "Try a card that is declined";
const SOUND = Uint8Array.from([...Buffer.from("ID3"), ...Array(500).keys()]);

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};

/** Give somebody with a browser an account, and the app that speaks for them. */
async function signUp(person, kind) {
  const client = createClient(SUPABASE_URL, SUPABASE_KEY, { auth: { persistSession: false } });
  const data = { username: person.username, display_name: person.name, kind };
  const { user } = ok(await client.auth.signUp({ email: person.email, password: "correct-horse-7", options: { data } }));
  const rpc = async (name, values) => ok(await client.rpc(name, values));
  const invoke = async (name, body) => {
    const { data: answer, error } = await client.functions.invoke(name, { body });
    return error ? { status: error.context.status, ...(await error.context.json()) } : { status: 200, ...answer };
  };
  return Object.assign(person, { client, id: user.id, rpc, invoke });
}

/** Somebody gives Stripe what it wants to know, and offers a file. */
async function sells(person, name, price) {
  await signUp(person, "artist");
  const { url } = await person.invoke("connect-onboarding", { return_path: "/selling", refresh_path: "/again" });
  await person.page.goto(url);
  await person.button("Give everything that is asked for").click();
  await person.sees(person.heading("/selling"));
  const id = crypto.randomUUID();
  const product = { id, kind: "digital", name, pricing: "fixed", price_minor: price };
  await person.until("Stripe has said that they may sell", async () => {
    const { error } = await person.client.from("products").insert(product);
    if (error && error.message !== "seller_not_ready") throw error;
    return !error;
  });
  const path = `${person.id}/product-${id}.mp3`;
  ok(await person.client.storage.from("track-files").upload(path, new Blob([SOUND], { type: "audio/mpeg" })));
  await person.rpc("set_product_file", { product_id: id, path });
  return id;
}

/** Ada and Cyd sell, and Ben stands before the till with one thing of each. */
async function basket(enter) {
  const [ada, cyd, ben] = [await enter("Ada"), await enter("Cyd"), await enter("Ben", { viewport: { width: 360, height: 720 } })];
  const [kit, loops] = await Promise.all([sells(ada, "Drum kit", 1000), sells(cyd, "Late loops", 700), signUp(ben, "fan")]);
  const order = await ben.invoke("create-checkout", {
    items: [{ product_id: kit }, { product_id: loops }],
    client_id: crypto.randomUUID(),
    success_path: "/thanks",
    cancel_path: "/basket",
  });
  assert.deepEqual([order.status, order.total_minor, order.currency], ["pending", 1955, "USD"]);
  await ben.page.goto(order.url);
  await ben.sees(ben.heading("Checkout"));
  const is = async (status) => (await ben.rpc("order", { order_id: order.order_id })).status === status;
  const isPaid = () => ben.until("the order is paid", () => is("paid"));
  return { ada, cyd, ben, till: order.url, is, isPaid };
}

/** What somebody has sold, and what they are owed. */
async function net({ rpc }) {
  const today = Date.now();
  const [from_day, to_day] = [today - 86_400_000, today + 86_400_000].map((at) => new Date(at).toISOString().slice(0, 10));
  const sales = await rpc("my_sales", {});
  const { earned, balances } = await rpc("my_earnings", { from_day, to_day });
  return {
    sales: sales.map((sale) => [sale.name, sale.order_status, sale.seller_net_minor]),
    earned: earned.map((row) => [row.source, row.currency, row.amount_minor]),
    balances: balances.map((row) => [row.payable_minor, row.held_minor]),
  };
}

const stories = {
  async "two sellers, one basket"(enter) {
    const { ada, cyd, ben, is, isPaid } = await basket(enter);
    // The bill: what each costs, what the buyer pays for it besides, and what it comes to.
    const bill = await ben.page.getByRole("row").allInnerTexts();
    assert.deepEqual(bill.map((row) => row.split(/\s*\t\s*/)), [
      ["1 × Drum kit", "USD 10.00"],
      ["1 × Late loops", "USD 7.00"],
      ["1 × Platform fee", "USD 1.70"],
      ["1 × Processing fee", "USD 0.85"],
      ["Total", "USD 19.55"],
    ]);

    // The first card is declined: nothing is bought, and the page can be tried again.
    await ben.button(DECLINED).click();
    await ben.told("Your card was declined.");
    assert(await is("pending"));
    assert.deepEqual((await net(ada)).sales, []);
    assert.deepEqual(await ben.rpc("my_downloads", {}), []);

    await ben.button(PAY).click();
    await ben.sees(ben.heading("/thanks"));
    assert.equal(ben.page.url(), `${APP_URL}/thanks`);
    await isPaid();

    // Each seller has the whole of their price: the buyer has paid the fees.
    for (const [seller, name, minor] of [[ada, "Drum kit", 1000], [cyd, "Late loops", 700]]) {
      assert.deepEqual(await net(seller), {
        sales: [[name, "paid", minor]],
        earned: [["sales", "USD", minor]],
        balances: [[minor, minor]],
      });
    }

    // Three downloads of the one are the file each time, a fourth there is not; the other has its own three.
    const bought = await ben.rpc("my_downloads", {});
    assert.deepEqual(bought.map((row) => row.name).sort(), ["Drum kit", "Late loops"]);
    const { grant_id } = bought.find((row) => row.name === "Drum kit");
    for (const left of [2, 1, 0]) {
      const link = await ben.invoke("download-link", { grant_id });
      assert.deepEqual([link.status, link.left, link.file_name], [200, left, "Drum kit.mp3"]);
      const file = await ben.page.request.get(link.url);
      assert.deepEqual([file.status(), Uint8Array.from(await file.body())], [200, SOUND]);
    }
    const fourth = await ben.invoke("download-link", { grant_id });
    assert.deepEqual([fourth.status, fourth.error, fourth.url], [409, "downloads_used_up", undefined]);
    const left = (await ben.rpc("my_downloads", {})).map((row) => [row.name, row.downloads_left]);
    assert.deepEqual(left.sort(), [["Drum kit", 0], ["Late loops", 3]]);
    const others = await cyd.invoke("download-link", { grant_id });
    assert.deepEqual([others.status, others.error], [404, "download_not_found"]);
    noComplaints(ada, cyd, ben);
  },

  async "a till without a mouse"(enter) {
    const { ada, cyd, ben, till, isPaid } = await basket(enter);
    await ben.sees(ben.page.getByRole("table", { name: "What you pay for" }));
    await ben.fits();
    await ben.tabTo(ben.button(DECLINED));
    await ben.page.keyboard.press("Enter");
    await ben.told("Your card was declined.");
    const alert = ben.page.getByRole("alert");
    await ben.until("what went wrong is read first", () => alert.evaluate((element) => element === document.activeElement));
    await ben.fits();
    // Whoever went back to the basket finds the page as it was.
    await ben.tabTo(ben.page.getByRole("link", { name: "Back without paying" }));
    await ben.page.keyboard.press("Enter");
    await ben.sees(ben.heading("/basket"));
    await ben.page.goto(till);
    await ben.tabTo(ben.button(PAY));
    await ben.page.keyboard.press("Space");
    await ben.sees(ben.heading("/thanks"));
    await isPaid();
    noComplaints(ada, cyd, ben);
  },
};

const story = stories[process.argv[2]];
assert(story, `the stories are: ${Object.keys(stories).join(", ")}`);
await play(story);
