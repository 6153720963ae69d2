insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('session_queue_limit', 500, 1, 10000, 'tracks', 'How much may be queued in one session'),
  ('dj_queue_limit', 50, 1, 1000, 'tracks', 'How much one person may have queued in a session of mode fan or artist; of mode public the room says it'),
  ('rotation_limit', 100, 1, 1000, 'people', 'How many may be in one rotation'),
  ('session_days', 90, 1, 3650, 'days', 'How long what was queued, its votes and sessions that are over are kept; what has played stays in the history of its room'),
  ('session_retry_seconds', 30, 5, 3600, 'seconds', 'How often a session in which nothing plays looks whether DJs who were away are back'),
  ('skip_active_seconds', 180, 10, 3600, 'seconds', 'How long after their last heartbeat a listener counts for how many votes skip a track'),
  ('skip_margin_seconds', 10, 0, 600, 'seconds', 'How long after a track began, and before it ends, nothing is skipped by vote'),
  ('votes_told_seconds', 1, 1, 60, 'seconds', 'How long after vote_changed told of a track''s votes it tells of them again, whatever is voted meanwhile'),
  ('room_play_seconds', 60, 0, 3600, 'seconds', 'How long after a track was over in a room a play of it there is still taken');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('run_session', 30, 5, 'Starting, pausing, changing and ending sessions, and moderating their rotation and queue'),
  ('change_queue', 60, 1, 'Joining rotations, queueing, moving and removing tracks'),
  ('change_vote', 60, 1, 'Changing one''s mind about a vote, and taking it back'),
  ('skip_track', 20, 5, 'Skipping what plays');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.skip_votes', 'user_id', true, 'delete', '{}', 212, 'The person''s own'),
  ('public.queue_votes', 'user_id', true, 'delete', '{}', 212, 'The person''s own'),
  ('public.rotation_slots', 'user_id', true, 'delete', '{}', 221, 'The person''s own'),
  ('public.session_contributors', 'user_id', true, 'delete', '{}', 221, 'The person''s own'),
  ('public.queue_items', 'added_by', true, 'anonymise', '{added_by,skip_reason,shown}', 222, 'What has played stays in the history of its room'),
  ('public.queue_items', 'skipped_by', true, 'anonymise', '{skipped_by,skip_reason}', 222, 'As added_by; the words go'),
  ('public.dj_sessions', 'host_id', true, 'anonymise', '{host_id}', 222, 'The session is its room''s'),
  ('public.dj_sessions', 'current_dj_id', false, 'anonymise', '{current_dj_id}', 222, 'What plays goes on'),
  ('public.room_history', 'dj_id', true, 'anonymise', '{dj_id,skip_reason}', 222, 'What has played in a room stays known'),
  ('public.room_history', 'skipped_by', true, 'anonymise', '{skipped_by,skip_reason}', 222, 'As dj_id; the words go');
