insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('streak_freeze_periods', 7, 1, 366, 'days or weeks', 'How many of a streak earn one freeze'),
  ('streak_freezes_limit', 2, 0, 30, 'freezes', 'The most freezes a streak can have; those somebody has stay'),
  ('streak_move_hours', 16, 0, 22, 'hours', 'The least between two counted days of a streak after a change of time zone'),
  ('streak_remind_hours', 6, 1, 48, 'hours', 'How long before it breaks somebody is reminded of a streak; from the next day they keep on'),
  ('streak_remind_from', 3, 1, 1000, 'days or weeks', 'How long a streak is of which somebody is reminded; from the next day they keep on');

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('streak', 'progression', true, true, false, false, false, false, 'Keep your streak', 'Your {streak} streak of {current} {unit} is about to break');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.streaks', 'user_id', true, 'delete', 402, 'The person''s own');
