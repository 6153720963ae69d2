insert into public.feature_flags (name, is_enabled, description) values
  ('profiles', true, 'Changing profiles and usernames, becoming an artist'),
  ('social', false, 'Following, posting, liking, reposting, commenting, reacting and writing messages');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('page_size_default', 20, 1, 100, 'rows', 'Rows of a page when the client does not say'),
  ('page_size_limit', 100, 1, 1000, 'rows', 'The most rows a page may have when the client says'),
  ('outbox_lease_seconds', 300, 10, 3600, 'seconds', 'How long a claimed message is left to the function that claimed it'),
  ('outbox_kept_days', 7, 0, 3650, 'days', 'How long a delivered message is kept'),
  ('outbox_attempts', 8, 1, 100, 'attempts', 'Deliveries tried before a message is a dead letter'),
  ('outbox_backoff_seconds', 30, 1, 3600, 'seconds', 'Wait after the first failure; doubles with each further one'),
  ('outbox_backoff_limit_seconds', 3600, 1, 86400, 'seconds', 'The longest wait between two attempts'),
  ('broadcast_kept_hours', 24, 1, 72, 'hours', 'How long what was sent on realtime topics is kept; so long ids of erased people stay in it');

-- The buckets about a person after the profile: who takes a token holds the profile of whom it is about. The outbox after all that may still write to it.
insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.rate_limit_buckets', 'user_id', false, 'delete', 100, 'Worth nothing to anybody once the person is gone'),
  ('private.rate_limit_buckets', 'about_id', false, 'delete', 1100, 'Worth nothing to anybody once the person is gone'),
  ('private.outbox', 'user_id', false, 'delete', 900, 'What was still to be delivered about the person'),
  ('private.audit_events', 'actor_id', false, 'retain', 100, 'Who decided what must stay provable; the id then names nobody');
