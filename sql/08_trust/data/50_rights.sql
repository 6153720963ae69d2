insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('licenses_limit', 10, 1, 100, 'licenses', 'The most licenses one track may have'),
  ('strikes_limit', 3, 1, 100, 'tracks', 'On how many tracks of an artist claims must stand for a case about them'),
  ('fingerprint_match_percent', 85, 60, 100, 'percent', 'Above what likeness a track of somebody else is a match'),
  ('fingerprint_words_least', 80, 8, 4096, 'words', 'How much of two tracks must lie over each other to be compared: eight words are a second'),
  ('fingerprint_distinct_least', 20, 1, 4096, 'words', 'How many different words there must be in it: silence and held tones are alike everywhere'),
  ('fingerprint_word_repeats', 8, 1, 1000, 'times', 'Up to how often in a track a word may come to say where two fit together'),
  ('fingerprint_alignments', 10, 1, 100, 'ways', 'How many ways of laying two tracks over each other are tried'),
  ('fingerprint_candidates', 50, 1, 1000, 'tracks', 'With how many tracks, of those that share most words, one is compared'),
  ('fingerprint_attempts', 5, 1, 20, 'attempts', 'How often the fingerprint of a track is tried'),
  ('fingerprint_backoff_seconds', 60, 1, 3600, 'seconds', 'Wait after the first failure; doubles with each further one'),
  ('fingerprint_lease_seconds', 600, 60, 3600, 'seconds', 'How long fingerprint-tracks has for a track before another run takes it up');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('set_license', 30, 60, 'Offering licenses'),
  ('counter_notice', 5, 3600, 'Countering claims'),
  ('rights_claim_address', 5, 3600, 'Claims on tracks, from one network address'),
  ('rights_claim_contact', 5, 3600, 'Claims on tracks, of one e-mail address from one network address');

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('claim_upheld', 'trust', true, true, true, false, true, false, 'A track was removed', 'A claim on a track of yours was upheld'),
  ('counter_notice_decision', 'trust', true, true, true, false, true, false, 'Your counter-notice', 'Your counter-notice was decided');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('public.rights_declarations', 'artist_id', true, '{}', 'delete', '{}', 266, 'The person''s own, and gone with the tracks'),
  ('public.licenses', 'artist_id', true, '{}', 'delete', '{}', 266, 'The person''s own, and gone with the tracks'),
  ('private.claims', 'artist_id', true, '{claimant,contact,decided_by,redecided_by}', 'delete', '{}', 266, 'About tracks that go too'),
  ('private.claims', 'decided_by', false, '{}', 'anonymise', '{decided_by}', 265, 'What was decided stays; who decided stands in the log as long as they are here'),
  ('private.claims', 'redecided_by', false, '{}', 'anonymise', '{redecided_by}', 265, 'As decided_by');
