insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('live_token_seconds', 600, 60, 21600, 'seconds', 'How long a token for a stream is good; who is connected by then stays'),
  ('live_empty_seconds', 300, 20, 86400, 'seconds', 'How long the LiveKit server keeps the room of a stream that nobody is in'),
  ('live_lost_seconds', 300, 30, 86400, 'seconds', 'How long the LiveKit server may not know a stream before it counts as ended'),
  ('live_slack_seconds', 30, 1, 600, 'seconds', 'How new a connection may be to be missing in the LiveKit server''s own list'),
  ('live_count_seconds', 1, 1, 60, 'seconds', 'How often at most a room is told how many listen'),
  ('live_speakers_limit', 50, 1, 1000, 'people', 'How many may speak in a stream beside its host'),
  ('live_events_kept_days', 3, 1, 365, 'days', 'How long an event of the LiveKit server is known to have been seen'),
  ('live_participants_kept_days', 30, 1, 3650, 'days', 'How long it is kept who was in a stream that is over');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('start_live', 5, 60, 'Starting streams'),
  ('live_token', 30, 10, 'Asking for a token for a stream'),
  ('set_live_speaker', 60, 2, 'Making speakers in streams');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.live_speakers', 'user_id', true, 'delete', '{}', 213, 'The person''s own'),
  ('public.live_speakers', 'granted_by', false, 'anonymise', '{granted_by}', 213, 'Another person speaks'),
  -- After room_members, whose end ends the streams they host and puts them out of others.
  ('public.live_participants', 'user_id', true, 'anonymise', '{user_id}', 221, 'How many listened stays; who, does not'),
  ('public.live_streams', 'host_id', true, 'anonymise', '{host_id,title}', 222, 'That there was a stream stays; who it was by and what they called it, does not');
