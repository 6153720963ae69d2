insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('conversation_member_limit', 20, 2, 100, 'people', 'How many may be in one conversation'),
  ('dm_request_messages', 3, 1, 1000, 'messages', 'How many may be sent to somebody who has not accepted the conversation yet'),
  ('unread_count_limit', 100, 1, 10000, 'messages', 'How far unread messages of a conversation are counted');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('start_conversation', 20, 30, 'Starting conversations and adding people to them'),
  ('send_message', 60, 1, 'Sending direct messages'),
  ('change_conversation', 30, 2, 'Renaming conversations');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.direct_messages', 'sender_id', true, 'anonymise', '{sender_id,body,track_id,crate_id,client_id}', 225, 'What was written goes; its place stays, as others have replied to it'),
  ('private.conversation_pairs', 'low_id', false, 'delete', '{}', 226, 'Follows from who is in the conversation'),
  ('private.conversation_pairs', 'high_id', false, 'delete', '{}', 226, 'Follows from who is in the conversation'),
  ('public.conversation_members', 'member_id', true, 'delete', '{}', 227, 'The person''s own place; a conversation nobody else is in goes with it'),
  ('public.message_settings', 'user_id', true, 'delete', '{}', 228, 'The person''s own');
