insert into public.badges (code, name, description, icon, rarity, category, metric, threshold) values
  ('first_track', 'First spin', 'Listen to your first track', '🎧', 'common', 'discovery', 'tracks_played', 1),
  ('tracks_100', 'Warmed up', 'Listen to 100 tracks', '💿', 'common', 'discovery', 'tracks_played', 100),
  ('tracks_1000', 'Heavy rotation', 'Listen to 1000 tracks', '📀', 'rare', 'discovery', 'tracks_played', 1000),
  ('tracks_10000', 'Living archive', 'Listen to 10000 tracks', '🗄️', 'legendary', 'discovery', 'tracks_played', 10000),
  ('listening_100h', 'All ears', 'Listen for 100 hours in all', '👂', 'rare', 'discovery', 'listening_ms', 360000000),
  ('listening_1000h', 'Never silent', 'Listen for 1000 hours in all', '🔊', 'epic', 'discovery', 'listening_ms', 3600000000),
  ('artists_10', 'Curious', 'Hear 10 artists', '🔍', 'common', 'discovery', 'artists_discovered', 10),
  ('artists_100', 'Explorer', 'Hear 100 artists', '🧭', 'rare', 'discovery', 'artists_discovered', 100),
  ('first_dj_track', 'Behind the decks', 'Play a track to its end in a room', '🎛️', 'common', 'activity', 'dj_tracks_played', 1),
  ('dj_tracks_100', 'Selector', 'Play 100 tracks to their end in rooms', '🪩', 'rare', 'activity', 'dj_tracks_played', 100),
  ('upvotes_100', 'Crowd pleaser', 'Get 100 votes for what you play', '🙌', 'rare', 'social', 'upvotes_received', 100),
  ('upvotes_1000', 'Hands in the air', 'Get 1000 votes for what you play', '🔥', 'epic', 'social', 'upvotes_received', 1000),
  ('login_7', 'A week of it', 'Check in 7 days in a row', '📅', 'common', 'activity', 'login_streak', 7),
  ('login_30', 'A month of it', 'Check in 30 days in a row', '🗓️', 'rare', 'activity', 'login_streak', 30),
  ('login_365', 'A year of it', 'Check in 365 days in a row', '🌍', 'legendary', 'activity', 'login_streak', 365),
  ('listening_7', 'Soundtrack of the week', 'Listen 7 days in a row', '🎶', 'common', 'discovery', 'listening_streak', 7),
  ('creation_4', 'In the studio', 'Make something 4 weeks in a row', '🎹', 'rare', 'curator', 'creation_streak', 4),
  ('creation_26', 'Half a year of making', 'Make something 26 weeks in a row', '🏭', 'epic', 'curator', 'creation_streak', 26),
  ('first_post', 'First words', 'Post something', '✏️', 'common', 'activity', 'posts_created', 1),
  ('posts_100', 'Columnist', 'Have 100 posts standing', '📰', 'rare', 'activity', 'posts_created', 100),
  ('first_comment', 'Joining in', 'Comment on something', '💬', 'common', 'activity', 'comments_created', 1),
  ('first_crate', 'Crate digger', 'Make a crate', '📦', 'common', 'curator', 'crates_created', 1),
  ('crates_10', 'Collector', 'Have 10 crates standing', '🗃️', 'rare', 'curator', 'crates_created', 10),
  ('crates_50', 'Librarian', 'Have 50 crates standing', '📚', 'epic', 'curator', 'crates_created', 50),
  ('first_upload', 'On air', 'Publish a track of your own', '🎙️', 'common', 'activity', 'tracks_published', 1),
  ('followers_10', 'Heard of', 'Be followed by 10 people', '👋', 'common', 'social', 'followers', 10),
  ('followers_100', 'Local hero', 'Be followed by 100 people', '🌟', 'rare', 'social', 'followers', 100),
  ('followers_1000', 'Headliner', 'Be followed by 1000 people', '🎤', 'epic', 'social', 'followers', 1000),
  ('level_10', 'Regular', 'Reach level 10', '🔟', 'common', 'activity', 'level', 10),
  ('level_25', 'Resident', 'Reach level 25', '🏅', 'rare', 'activity', 'level', 25),
  ('level_50', 'Veteran', 'Reach level 50', '🎖️', 'epic', 'activity', 'level', 50),
  ('level_100', 'Legend', 'Reach level 100', '👑', 'legendary', 'activity', 'level', 100);

insert into public.badges (code, name, description, icon, rarity, category) values
  ('early_bird', 'Early bird', 'Was here when it began', '🐣', 'epic', 'special'),
  ('staff_pick', 'Staff pick', 'Somebody who works here was impressed', '💎', 'rare', 'special');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('featured_badges_limit', 5, 0, 100, 'badges', 'How many of their badges people show first');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('feature_badges', 20, 30, 'Choosing which badges are shown first');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.badge_awards', 'user_id', true, 'delete', 402, 'The person''s own');
