insert into public.feature_flags (name, is_enabled, description) values
  ('progression', true, 'Earning points');

insert into public.point_rules (name, points, daily_cap, description, streak) values
  ('post_created', 10, 50, 'Post something', 'creation'),
  ('comment_created', 5, 50, 'Comment on something', null),
  ('crate_created', 20, 60, 'Make a crate', 'creation'),
  ('crate_item_received', 3, 60, 'Somebody puts your track into their public crate', null),
  ('play_counted', 1, 120, 'Listen to a track', 'listening'),
  ('dj_track_played', 5, 100, 'Play a track to its end in a room', null),
  ('upvote_received', 2, 200, 'Somebody votes for what you play in a room', null),
  ('downvote_received', -1, 50, 'Somebody votes against what you play in a room', null),
  ('daily_login', 5, 5, 'Come back each day', 'login'),
  ('level_up', 0, null, 'Reach a level: a bonus beside its credits', null);

-- Steps of 100 up to level 10, 250 to 25, 500 to 50, 1000 to 75, 2000 to 100.
insert into public.levels (level, points_needed, credits)
select
  step.level,
  sum(case when step.level = 1 then 0 when step.level <= 10 then 100 when step.level <= 25 then 250 when step.level <= 50 then 500
    when step.level <= 75 then 1000 else 2000 end) over (order by step.level),
  case when step.level = 1 then 0 else 10 end
from generate_series(1, 100) as step (level);

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('credits_live_days', 365, 1, 36500, 'days', 'How long credits live that are earned from then on'),
  ('credits_per_month', 100, 1, 1000000, 'credits', 'What a month of Pro costs'),
  ('redeem_months_at_most', 12, 1, 120, 'months', 'Months of Pro that can be had at once');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.progression', 'user_id', true, 'delete', 401, 'The person''s own; before the ledgers, which go with it alone'),
  ('public.point_events', 'user_id', true, 'delete', 402, 'The person''s own'),
  ('public.credit_entries', 'user_id', true, 'delete', 402, 'The person''s own'),
  ('private.artists_heard', 'listener_id', false, 'delete', 402, 'The person''s own: exported as a number with progression'),
  ('private.deeds', 'user_id', false, 'delete', 400, 'Nobody is there to be paid');
