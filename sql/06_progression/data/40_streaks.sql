insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('streak_freeze_periods', 7, 1, 366, 'days or weeks', 'How many of a streak earn one freeze'),
  ('streak_freezes_limit', 2, 0, 30, 'freezes', 'The most freezes a streak can have; those somebody has stay'),
  ('streak_move_hours', 16, 0, 22, 'hours', 'The least between two counted days of a streak after a change of time zone');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.streaks', 'user_id', true, 'delete', 402, 'The person''s own');
