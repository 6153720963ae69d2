insert into public.point_rules (name, points, daily_cap, description) values
  ('quest_completed', 1, null, 'Complete a quest: as many points as the quest says');

-- Ids that are the same wherever this runs.
insert into public.quests (id, name, description, cadence, metric, target, points, credits, starts_at)
select
  md5('quest:' || quest.name)::uuid, quest.name, quest.description, quest.cadence, quest.metric, quest.target, quest.points, quest.credits,
  '2026-01-01 00:00:00+00'
from (values
  ('Show up', 'Check in today', 'daily', 'check_ins', 1, 5, 0),
  ('Five tracks', 'Listen to 5 tracks today', 'daily', 'tracks_played', 5, 10, 0),
  ('Spread some love', 'Like 3 things today', 'daily', 'likes_given', 3, 5, 0),
  ('Say something', 'Post 3 times this week', 'weekly', 'posts_created', 3, 30, 0),
  ('Ten hours', 'Listen for 10 hours this week', 'weekly', 'listening_ms', 36000000, 50, 2),
  ('In the booth', 'Play 10 tracks to their end in rooms this week', 'weekly', 'dj_tracks_played', 10, 50, 2),
  ('New faces', 'Follow 5 people this month', 'monthly', 'follows_made', 5, 30, 0),
  ('A crate a week', 'Make 4 crates this month', 'monthly', 'crates_created', 4, 80, 5),
  ('Full month', 'Earn 1000 points this month', 'monthly', 'points_earned', 1000, 100, 10)
) as quest (name, description, cadence, metric, target, points, credits);

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('claim_quest', 60, 10, 'Claiming what quests pay');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.quest_claims', 'user_id', true, 'anonymise', '{user_id}', 402, 'A place in a pool stays taken; the row names nobody then');
