insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('detection_verified_to', 30, 0, 100, 'points', 'Up to which risk score a track is taken to be made by people, and published'),
  ('detection_flagged_from', 70, 0, 100, 'points', 'From which risk score on a track is taken to be made by a machine, and held; in between people decide'),
  ('detection_attempts', 5, 1, 100, 'tries', 'How often a provider is tried before people decide'),
  ('detection_backoff_seconds', 60, 1, 86400, 'seconds', 'How long after the first try that failed the next one waits; it doubles each time'),
  ('detection_backoff_limit_seconds', 3600, 1, 86400, 'seconds', 'The longest that it waits by itself'),
  ('detection_retry_after_limit_seconds', 21600, 1, 604800, 'seconds', 'The longest that it waits because the provider says so'),
  ('detection_lease_seconds', 300, 60, 3600, 'seconds', 'How long who has claimed a detection has it to themselves: longer than a provider takes to answer'),
  ('detection_callback_minutes', 60, 1, 10080, 'minutes', 'How long a provider that answers later is waited for before it is asked what has become of it'),
  ('detection_url_seconds', 3600, 60, 604800, 'seconds', 'How long the address of a file that a provider is given works'),
  ('trusted_uploads', 10, 1, 10000, 'tracks', 'How many tracks of an artist, of different files, must have been verified for them to be trusted'),
  ('trusted_clean_days', 180, 0, 36500, 'days', 'For how long none of theirs may have been rejected'),
  ('trusted_checked_every', 10, 1, 1000, 'tracks', 'Which upload of a trusted artist waits to be checked all the same: every tenth'),
  ('proof_files_limit', 20, 1, 1000, 'files', 'The most files that can be handed in for one detection');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('submit_proof', 20, 180, 'Handing in proofs'),
  ('appeal_detection', 10, 360, 'Appealing against what was decided of tracks');

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('track_verified', 'trust', true, true, false, false, true, false, 'Your track has passed', '{name} was checked and has passed'),
  ('track_under_review', 'trust', true, true, false, false, true, false, 'Your track is looked at', 'People are looking at {name}'),
  ('track_held', 'trust', true, true, true, false, true, false, 'Your track is held', '{name} looks as if a machine made it; you can show that it did not'),
  ('track_rejected', 'trust', true, true, true, false, true, false, 'Your track was rejected', '{name} was found to be made by a machine');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  (
    'public.detections', 'artist_id', true,
    '{evidence,reviewed_by,notes,trusted_number,held_from,has_removed,provider_ref,lease_id,leased_until,called_at,next_attempt_at,last_error}', 'delete',
    '{}', 262, 'The person''s own; what a provider found would teach how to get past it'
  ),
  ('public.detections', 'reviewed_by', false, '{}', 'anonymise', '{reviewed_by,notes}', 218, 'The decision stays; who made it and their words go'),
  ('public.detection_reviews', 'reviewer_id', true, '{}', 'anonymise', '{reviewer_id,notes}', 218, 'The decision stays; who made it and their words go'),
  ('public.detection_proofs', 'artist_id', true, '{}', 'delete', '{}', 261, 'The person''s own');
