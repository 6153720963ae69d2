insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('activity_collapse_hours', 6, 1, 168, 'hours', 'How long a stretch of time is in which equal activity is shown as one'),
  ('activity_kept_days', 90, 1, 36500, 'days', 'How long activity is kept');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('react_to_activity', 60, 1, 'Reacting to activity');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.activity_reactions', 'user_id', true, 'delete', 255, 'The person''s own'),
  ('public.activity_events', 'actor_id', true, 'delete', 256, 'The person''s own');
