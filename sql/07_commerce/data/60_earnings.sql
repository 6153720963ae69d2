insert into public.royalty_rates (effective_from, micro_usd) values ('2000-01-01', 8000);

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('payout_minimum', 10, 0, 100000, 'units', 'What a payout is above, in whole units of its currency'),
  ('payout_held_days', 7, 0, 365, 'days', 'How long after a sale what it earned is not paid out'),
  ('payout_retry_hours', 24, 1, 720, 'hours', 'How long after a transfer that was refused the schedule opens no other payout of its seller and currency'),
  ('payouts_automatic', 1, 0, 1, 'switch', '1: what is due is paid out by the schedule, 0: when its seller asks for it');

insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('split_proposed', 'commerce', true, true, false, false, true, false, 'A share for you', '{actors} wants to share earnings with you'),
  ('split_ended', 'commerce', true, true, false, false, true, false, 'A share has ended', 'Earnings you had a share in are shared otherwise now'),
  ('split_lapsed', 'commerce', true, true, false, false, true, false, 'A split has lapsed', 'Somebody left before they accepted their share'),
  ('payout_failed', 'commerce', true, true, true, false, true, false, 'A payout failed', 'Your bank sent a payout back');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('set_revenue_split', 20, 30, 'Proposing how what a track or product earns is shared');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('private.royalties', 'seller_id', true, 'retain', 100, 'What was earned is kept as the law of accounts asks; the id then names nobody'),
  ('private.royalty_remainders', 'seller_id', true, 'retain', 100, 'As private.royalties'),
  ('private.revenue_splits', 'owner_id', true, 'delete', 410, 'The person''s own'),
  ('private.split_shares', 'payee_id', true, 'delete', 410, 'What they were to have is its owner''s again'),
  ('public.payouts', 'seller_id', true, 'retain', 100, 'What was paid out is kept as the law of accounts asks; the id then names nobody'),
  ('private.transfers', 'seller_id', true, 'retain', 100, 'As public.payouts'),
  ('private.bank_payouts', 'seller_id', true, 'retain', 100, 'As public.payouts');
