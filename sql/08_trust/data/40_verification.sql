insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('verification_first_minutes', 10, 0, 1440, 'minutes', 'How long after asking the pages are first looked at for the code; each further wait doubles'),
  ('verification_crawls', 8, 1, 20, 'times', 'How often the pages are looked at for the code before the staff decides without it'),
  ('verification_lease_seconds', 300, 60, 3600, 'seconds', 'How long verify-artists has for the pages of a request before another run takes it up');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('request_verification', 3, 86400, 'Asking to be verified');

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('verification_decision', 'trust', true, true, true, false, true, false, 'Your verification', 'Your request to be verified was decided');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('public.verification_requests', 'artist_id', true, '{decided_by}', 'delete', '{}', 240, 'The person''s own'),
  ('public.verification_requests', 'decided_by', false, '{}', 'anonymise', '{decided_by}', 239, 'What was decided stays; who decided stands in the log as long as they are here');
