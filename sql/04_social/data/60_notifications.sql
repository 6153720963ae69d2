insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('follow', 'social', true, true, false, true, false, false, 'New followers', '{actors} followed you'),
  ('follow_request', 'social', true, true, false, true, false, false, 'Follow request', '{actors} asked to follow you'),
  ('like', 'social', true, false, false, true, false, false, 'Likes', '{actors} liked your {target}'),
  ('repost', 'social', true, false, false, true, false, false, 'Reposts', '{actors} reposted your post'),
  ('comment', 'social', true, true, false, true, true, false, 'New comments', '{actors} commented on your {target}'),
  ('reply', 'social', true, true, false, true, true, false, 'New replies', '{actors} replied to your comment'),
  ('mention', 'social', true, true, false, false, true, false, 'You were mentioned', '{actors} mentioned you'),
  ('reaction', 'social', true, false, false, true, true, false, 'Reactions', '{actors} reacted to your {target}'),
  ('crate_share', 'social', true, true, false, false, true, false, 'Your crate was shared', '{actors} shared your crate'),
  ('collaboration', 'social', true, true, false, false, false, false, 'A crate for you', '{actors} opened a crate for you'),
  ('milestone', 'social', true, true, false, false, false, false, 'Milestone', 'Your {target} has reached {count} {of}'),
  ('direct_message', 'messages', true, true, false, true, true, true, 'New message', '{actors} wrote to you'),
  ('message_request', 'messages', true, false, false, true, true, false, 'Message request', '{actors} would like to write to you'),
  ('room_invite', 'rooms', true, true, false, false, true, false, 'Room invitation', '{actors} invited you to a room'),
  ('join_request', 'rooms', true, true, false, true, false, false, 'Join request', '{actors} asked to join your room'),
  ('join_approved', 'rooms', true, true, false, false, true, false, 'You are in', '{actors} let you into a room'),
  ('turn_coming_up', 'rooms', true, true, false, false, true, false, 'Your turn', 'Your turn to play is coming up'),
  ('badge', 'progression', true, true, false, false, false, false, 'New badge', 'You earned a badge: {name}'),
  ('level', 'progression', true, true, false, false, false, false, 'New level', 'You reached level {level}'),
  ('quest', 'progression', true, false, false, false, false, false, 'Quest done', 'You finished a quest: {name}'),
  ('season', 'progression', true, true, false, false, false, false, 'Season', 'The season is over: {name}'),
  ('sale', 'commerce', true, true, true, false, true, false, 'You made a sale', 'You sold {name}'),
  ('payout', 'commerce', true, true, true, false, true, false, 'Payout', 'A payout is on its way to you'),
  ('moderation_decision', 'trust', true, true, true, false, true, false, 'A decision', 'There is a decision about your {target}');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('notification_collapse_hours', 24, 0, 8760, 'hours', 'How long after the first one unread notifications about the same thing still join it'),
  ('notification_kept_days', 90, 1, 36500, 'days', 'How long a notification is kept'),
  ('notification_count_limit', 100, 1, 10000, 'rows', 'The most that unread_count counts to'),
  ('push_tokens_limit', 20, 1, 1000, 'devices', 'How many devices of one person get push messages'),
  ('send_emails', 0, 0, 1, 'switch', '1: what people want by e-mail is queued for a sender, which has to be there (docs/deploy.md)'),
  ('email_after_minutes', 10, 0, 1440, 'minutes', 'How long a notification stays unread before it goes by e-mail'),
  ('push_receipt_minutes', 15, 0, 1440, 'minutes', 'How long after a push message its receipt is read');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('register_push_token', 20, 30, 'Registering devices for push messages');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.like_changes', 'user_id', false, 'delete', 260, 'The owner is not told any more'),
  ('private.told_and_taken_back', 'recipient_id', false, 'delete', 275, 'Keeps what is done again and again from ringing'),
  ('private.told_and_taken_back', 'actor_id', false, 'delete', 275, 'Keeps what is done again and again from ringing'),
  ('private.notification_actors', 'actor_id', false, 'delete', 270, 'Who did what is exported where it was done'),
  ('public.notifications', 'recipient_id', true, 'delete', 280, 'The person''s own'),
  ('public.notification_preferences', 'user_id', true, 'delete', 280, 'The person''s own'),
  ('public.quiet_hours', 'user_id', true, 'delete', 280, 'The person''s own'),
  ('public.push_tokens', 'user_id', true, 'delete', 280, 'The person''s own');
