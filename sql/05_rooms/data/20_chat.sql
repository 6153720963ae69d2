insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('message_edit_minutes', 5, 0, 1000000, 'minutes', 'How long a message in a room can be edited'),
  ('pinned_messages_limit', 50, 1, 1000, 'messages', 'How many messages of a room may be pinned'),
  ('room_mute_minutes_limit', 525600, 1, 5256000, 'minutes', 'How long somebody may be muted in a room'),
  ('deleted_message_days', 30, 0, 36500, 'days', 'How long the row of a deleted message is kept, and what was said in a deleted room');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('edit_room_message', 20, 6, 'Editing messages in rooms'),
  ('react_in_room', 60, 1, 'Reacting to messages in rooms');

insert into private.rate_limit_rules (action, capacity, refill_seconds, is_exact, description) values
  ('send_room_message', 10, 1, true, 'Sending messages in rooms');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.message_reactions', 'user_id', true, 'delete', '{}', 211, 'The person''s own'),
  ('public.room_mutes', 'muted_by', false, 'anonymise', '{muted_by}', 212, 'The mute stays, as the room''s'),
  ('public.messages', 'author_id', true, 'anonymise', '{author_id,body,track_id,client_id}', 213, 'What was said goes; its place stays for a while, as others have replied to it');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, erase_order, reason) values
  ('public.room_mutes', 'user_id', true, '{muted_by}', 'delete', 212, 'Pointless without the person');
