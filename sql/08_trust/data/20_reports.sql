insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('report_weight_least', 20, 0, 9900, 'hundredths', 'The least that a report weighs'),
  ('report_weight_most', 300, 0, 9900, 'hundredths', 'The most that a report weighs, and what one of the staff does'),
  ('report_weight_start', 100, 0, 9900, 'hundredths', 'What a report weighs of somebody who was neither right nor wrong yet'),
  ('report_weight_young', 20, 0, 9900, 'hundredths', 'What it weighs of a young account instead'),
  ('report_weight_right', 50, 0, 9900, 'hundredths', 'How much more for each report that was actioned'),
  ('report_weight_wrong', 40, 0, 9900, 'hundredths', 'How much less for each report that was dismissed'),
  ('report_young_days', 30, 0, 3650, 'days', 'How long an account is young, however often its reports were right'),
  ('report_young_limit', 200, 0, 99900, 'hundredths', 'The most that all young accounts together bring to a case'),
  ('report_young_limit_trusted', 0, 0, 99900, 'hundredths', 'The same of a case against staff, a verified artist or a trusted uploader'),
  ('report_hide_weight', 500, 1, 1000000, 'hundredths', 'From which weight on something is withheld until it is reviewed, and a track looked at again that is said to be made by a machine');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('report', 20, 30, 'Reporting');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('public.reports', 'reporter_id', true, '{subject_id,copy,weight,is_young,is_scored}', 'anonymise', '{reporter_id,description}', 830, 'What was reported is somebody else''s case; who reported it, and their words, go'),
  ('public.reports', 'subject_id', false, '{}', 'anonymise', '{subject_id,copy}', 830, 'It names who reported; the copy goes with whose it was'),
  ('private.reporter_scores', 'user_id', true, '{}', 'delete', '{}', 835, 'The person''s own'),
  ('private.withheld', 'target_id', false, '{}', 'delete', '{}', 870, 'Goes with the profile');
