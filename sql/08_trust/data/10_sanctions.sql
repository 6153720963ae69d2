insert into public.feature_flags (name, is_enabled, description) values
  ('trust', true, 'Reporting, asking to be verified, and what artists send in about their tracks; moderators decide all the same');

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('sanction_days_limit', 3650, 1, 36500, 'days', 'The longest a mute or ban with an end may last; others are for good'),
  ('case_claim_minutes', 60, 1, 10080, 'minutes', 'How long a claimed case is left to who claimed it'),
  ('case_evidence_limit', 100, 1, 1000, 'findings', 'How much evidence one case takes'),
  ('case_reports_shown', 20, 0, 1000, 'reports', 'How many reports of a case moderation_queue shows, the newest first'),
  ('similar_cases_shown', 5, 0, 100, 'cases', 'How many similar cases moderation_queue shows beside one');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('appeal', 5, 3600, 'Appealing against sanctions'),
  ('moderate', 120, 1, 'Claiming and deciding cases');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('public.sanctions', 'user_id', true, '{issued_by,lifted_by}', 'delete', '{}', 850, 'Pointless without the person'),
  ('public.sanctions', 'issued_by', false, '{}', 'anonymise', '{issued_by,reason}', 850, 'The sanction is somebody else''s; the words go'),
  ('public.sanctions', 'lifted_by', false, '{}', 'anonymise', '{lifted_by}', 850, 'The sanction is somebody else''s'),
  ('public.appeals', 'user_id', true, '{decided_by}', 'delete', '{}', 840, 'The person''s own'),
  ('public.appeals', 'decided_by', false, '{}', 'anonymise', '{decided_by,note}', 840, 'The appeal is somebody else''s; the words go'),
  ('public.moderation_cases', 'subject_id', false, '{}', 'anonymise', '{subject_id,note}', 860, 'That something was decided stays known; about whom, does not'),
  ('public.moderation_cases', 'target_id', false, '{}', 'delete', '{}', 865, 'A case about the person themself goes with its reports; what was decided stays in the log'),
  ('public.moderation_cases', 'claimed_by', false, '{}', 'anonymise', '{claimed_by}', 860, 'The case is somebody else''s'),
  ('public.moderation_cases', 'decided_by', false, '{}', 'anonymise', '{decided_by,note}', 860, 'What was decided stays; the words go');
