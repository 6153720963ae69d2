insert into public.feature_flags (name, is_enabled, description) values
  ('rooms', true, 'Making and joining rooms, and all that happens in them');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('room_active_seconds', 60, 10, 3600, 'seconds', 'How long after their last heartbeat somebody counts as active in a room'),
  ('room_pulse_seconds', 10, 1, 600, 'seconds', 'How old the count of a room''s listeners may be before a heartbeat renews it'),
  ('room_heartbeat_seconds', 30, 1, 3600, 'seconds', 'How long heartbeat tells clients to wait until the next one'),
  ('room_moderators_limit', 50, 1, 10000, 'people', 'How many moderators a room may have'),
  ('room_search_candidates', 200, 20, 10000, 'rooms', 'How many matches discover_rooms ranks, names that begin with the query first'),
  ('join_request_again_hours', 24, 0, 8760, 'hours', 'How long after a request was declined one may ask again'),
  ('room_invite_hours', 24, 1, 8760, 'hours', 'How long an invitation to a room is good'),
  ('room_invites_limit', 100, 1, 100000, 'invitations', 'How many invitations of its moderators, all together, may be open to one room'),
  ('member_invites_limit', 10, 1, 100000, 'invitations', 'How many invitations of one member, who is no moderator, may be open to one room'),
  ('join_requests_limit', 20, 1, 1000, 'requests', 'How many requests of one person may be pending'),
  ('room_avatar_files', 10, 1, 1000, 'files', 'How many pictures may lie in the folder of one room');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_room', 5, 60, 'Making rooms'),
  ('update_room', 30, 10, 'Changing rooms, pinning tracks and handing rooms over'),
  ('join_room', 30, 10, 'Joining and leaving rooms'),
  ('request_to_join', 10, 60, 'Asking to be let into rooms'),
  ('invite_to_room', 30, 20, 'Inviting to rooms'),
  ('moderate_room', 60, 2, 'Moderating rooms'),
  ('heartbeat', 10, 5, 'Saying that one is in a room before as many seconds are over as bring a token back');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.room_presence', 'user_id', true, 'delete', '{}', 214, 'The person''s own'),
  ('public.join_requests', 'user_id', true, 'delete', '{}', 215, 'The person''s own'),
  ('public.join_requests', 'decided_by', false, 'anonymise', '{decided_by}', 215, 'The request is somebody else''s'),
  ('public.room_invites', 'user_id', true, 'delete', '{}', 216, 'Pointless without the person'),
  ('public.room_invites', 'invited_by', true, 'delete', '{}', 216, 'Nobody is invited by who is gone'),
  ('public.room_bans', 'banned_by', false, 'anonymise', '{banned_by,reason}', 217, 'The ban stays, as the room''s; the words go'),
  ('public.moderation_log', 'actor_id', true, 'anonymise', '{actor_id,reason}', 218, 'What was done in a room stays known to its moderators; the words go'),
  ('public.moderation_log', 'target_id', false, 'anonymise', '{target_id,before,after}', 218, 'What was decided about a profile stays known; about whose, does not'),
  ('public.moderation_log', 'subject_id', false, 'anonymise', '{subject_id,reason}', 218, 'It names who decided; bans themselves are exported'),
  ('public.room_members', 'user_id', true, 'delete', '{}', 219, 'The person''s own; rooms they own are handed over'),
  ('public.rooms', 'artist_id', false, 'anonymise', '{artist_id}', 220, 'The room is its owner''s'),
  ('public.rooms', 'owner_id', true, 'anonymise', '{owner_id}', 220, 'Handed over before, or deleted when nobody was there to take it');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, erase_order, reason) values
  ('public.room_bans', 'user_id', true, '{banned_by}', 'delete', 217, 'Pointless without the person');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('room-avatars', 'room-avatars', false, 5242880, '{image/jpeg,image/png,image/webp}');
