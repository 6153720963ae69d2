insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('follow_limit', 10000, 1, 1000000, 'profiles', 'How many one person may follow'),
  ('post_edit_minutes', 30, 0, 1000000, 'minutes', 'How long a post can be edited'),
  ('feed_walk_from_follows', 100, 0, 1000000, 'profiles', 'From how many follows on the home feed walks the whole stream first'),
  ('feed_walk_entries_per_follow', 20, 1, 1000, 'rows', 'How far the home feed walks for each follow before it merges by actor instead');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_post', 10, 6, 'Posting'),
  ('follow', 60, 1, 'Following and asking to follow'),
  ('edit_post', 20, 6, 'Editing posts'),
  ('repost', 30, 2, 'Reposting'),
  ('unlike', 600, 0.1, 'Taking likes back, and so giving and taking them in turns'),
  ('switch_privacy', 5, 600, 'Turning a profile private or public');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.follow_filters', 'follower_id', false, 'delete', 210, 'Derived from follows'),
  ('public.follows', 'follower_id', true, 'delete', 200, 'The person''s own'),
  ('public.follows', 'followee_id', false, 'delete', 200, 'Pointless without the person; exported to the follower alone'),
  ('public.follow_requests', 'requester_id', true, 'delete', 200, 'The person''s own'),
  ('public.follow_requests', 'target_id', true, 'delete', 200, 'Asked of the person'),
  ('public.likes', 'user_id', true, 'delete', 210, 'The person''s own'),
  ('public.reposts', 'user_id', true, 'delete', 220, 'The person''s own'),
  ('public.posts', 'author_id', true, 'delete', 230, 'The person''s own'),
  ('private.feed_entries', 'actor_id', false, 'delete', 240, 'Derived from posts and reposts'),
  ('private.activity_clocks', 'actor_id', false, 'delete', 250, 'Derived from feed_entries');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('post-media', 'post-media', true, 5242880, '{image/jpeg,image/png,image/webp}');
