insert into public.feature_flags (name, is_enabled, description) values
  ('catalogue', true, 'Uploading tracks, recording plays, making and filling crates');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('play_partitions_ahead', 3, 1, 24, 'months', 'How many months of plays have a place before they begin'),
  ('plays_kept_months', 13, 1, 1200, 'months', 'How long plays are kept before they are archived and dropped');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.crate_collaborators', 'user_id', true, 'delete', '{}', 200, 'The person''s own'),
  ('public.crate_items', 'added_by', true, 'anonymise', '{added_by,note}', 205, 'The track stays where its crate''s owner has it; the words go'),
  ('private.crate_plays', 'listener_id', true, 'delete', '{}', 206, 'The person''s own'),
  ('public.plays', 'listener_id', true, 'anonymise', '{listener_id,client_event_id}', 210, 'A track''s count of plays stays true; who played is gone'),
  ('private.play_claims', 'listener_id', false, 'delete', '{}', 211, 'Worth nothing without the person; what it says is in plays'),
  ('private.listeners', 'listener_id', true, 'delete', '{}', 212, 'The person''s own'),
  ('private.listening_days', 'listener_id', true, 'delete', '{}', 213, 'The person''s own'),
  ('public.crates', 'owner_id', true, 'delete', '{}', 260, 'The person''s own'),
  ('public.tracks', 'artist_id', true, 'delete', '{}', 270, 'The person''s own');

select private.ensure_play_partitions();
