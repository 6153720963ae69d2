insert into private.notification_kinds
  (kind, category, is_in_app_default, is_push_default, is_email_default, is_collapsed, is_repeatable, is_pushed_each, push_title, push_body)
values
  ('order_shipped', 'commerce', true, true, false, false, true, false, 'On its way', '{name} was sent to you'),
  ('refund_request', 'commerce', true, true, false, false, true, false, 'Refund asked for', '{actors} asks for the money for {name} back'),
  ('refund_decision', 'commerce', true, true, false, false, true, false, 'Your refund', 'Your refund was decided');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.refunds', 'buyer_id', true, 'anonymise', '{reason}', 400, 'What was given back is kept as the law of accounts asks, without what was said about it'),
  ('public.refunds', 'seller_id', true, 'anonymise', '{note}', 400, 'What was given back is kept as the law of accounts asks, without what was said about it'),
  ('public.refunds', 'decided_by', false, 'retain', '{}', 400, 'Who decided about money must stay provable'),
  ('public.download_grants', 'buyer_id', true, 'retain', '{}', 400, 'Goes with what was bought; it opens nothing without the account'),
  ('private.line_payees', 'payee_id', true, 'retain', '{}', 400, 'What was earned is kept as the law of accounts asks; the id then names nobody'),
  ('private.transfer_reversals', 'seller_id', false, 'retain', '{}', 400, 'What was fetched back is kept as the law of accounts asks');
