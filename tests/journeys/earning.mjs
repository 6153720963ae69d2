// A day of somebody who comes back: checks in, is paid for a quest, and looks where they stand.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { createClient } = require("@supabase/supabase-js");
const { SUPABASE_URL, SUPABASE_KEY, FUNCTIONS_URL, CRON_SECRET } = process.env;

const ok = ({ data, error }) => {
  if (error) throw error;
  return data;
};

const mark = crypto.randomUUID().slice(0, 6);
const supabase = createClient(SUPABASE_URL, SUPABASE_KEY, { auth: { persistSession: false } });
const options = { data: { username: `dana_${mark}`, display_name: "dana" } };
const { user } = ok(
  await supabase.auth.signUp({ email: `dana_${mark}@example.com`, password: "correct-horse-7", options }),
);
const seen = {};

const first = ok(await supabase.rpc("check_in"));
seen.checkedIn = [first.is_first_today, first.points, first.streak.current];
seen.again = ok(await supabase.rpc("check_in")).points;
seen.streaks = ok(await supabase.rpc("my_streaks", {}, { get: true })).map((row) => [row.kind, row.current]);

const quests = ok(await supabase.rpc("my_quests"));
const quest = quests.find((row) => row.is_complete && !row.is_claimed);
seen.quest = [quest.name, quest.progress, quest.target];
const claim = ok(await supabase.rpc("claim_quest", { quest_id: quest.id }));
seen.claimed = [claim.points, (await supabase.rpc("claim_quest", { quest_id: quest.id })).data.claimed_at === claim.claimed_at];
const later = quests.find((row) => !row.is_complete);
const early = await supabase.rpc("claim_quest", { quest_id: later.id });
seen.tooEarly = [early.status, early.error.message];

const badge = ok(await supabase.rpc("feature_badges", { codes: [] }));
seen.featured = badge;
await fetch(`${FUNCTIONS_URL}/roll-up-leaderboards`, {
  method: "POST",
  headers: { authorization: `Bearer ${CRON_SECRET}` },
});
const rank = ok(await supabase.rpc("my_rank", { board: "season" }));
seen.rank = [rank.score, rank.rank <= rank.of, rank.next_reset_at > new Date().toISOString()];
const around = ok(await supabase.rpc("leaderboard_around_me", { board: "season", radius: 2 }, { get: true }));
seen.around = around.filter((row) => row.profile?.id === user.id).map((row) => row.score);
const poor = await supabase.rpc("redeem_credits", { months: 1 });
seen.poor = [poor.status, poor.error.message];
const points = ok(await supabase.rpc("my_points"));
seen.points = points.map((row) => [row.rule, row.points]);
const cheat = await supabase.from("point_events").insert({ user_id: user.id, rule: "daily_login", cause: "x", points: 9 });
seen.cheat = [cheat.status, cheat.error.message];

console.log(JSON.stringify(seen));
