insert into public.leaderboards (code, metric, scope, period, name) values
  ('points', 'points', 'global', 'all_time', 'Points'),
  ('points_week', 'points', 'global', 'week', 'Points of the week'),
  ('streaks', 'streak', 'global', 'all_time', 'Days in a row'),
  ('season', 'season_points', 'global', 'season', 'Season'),
  ('djs', 'dj_points', 'global', 'all_time', 'DJs'),
  ('djs_season', 'dj_points', 'global', 'season', 'DJs of the season'),
  ('room_djs', 'dj_points', 'room', 'all_time', 'DJs of the room'),
  ('room_djs_week', 'dj_points', 'room', 'week', 'DJs of the room this week'),
  ('listeners_week', 'listening', 'global', 'week', 'Listeners of the week'),
  ('genre_listeners_season', 'listening', 'genre', 'season', 'Listeners of the genre'),
  ('artists_week', 'artist_plays', 'global', 'week', 'Artists of the week'),
  ('genre_artists_season', 'artist_plays', 'genre', 'season', 'Artists of the genre');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('leaderboard_page_size', 50, 1, 100, 'rows', 'Rows of a page of a leaderboard when the client does not say');

-- After progression, which whoever is just being paid is locked by.
insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.score_changes', 'user_id', false, 'delete', 403, 'Nobody is there to be ranked'),
  ('private.board_scores', 'user_id', true, 'delete', 404, 'The person''s own; boards are counted anew without them'),
  ('private.board_tops', 'user_id', false, 'delete', 404, 'The person''s own, as they were shown');
