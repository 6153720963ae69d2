insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('past_due_grace_days', 3, 0, 60, 'days', 'How long a plan goes on that is not paid');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('private.stripe_customers', 'user_id', true, '{}', 'delete', '{}', 410, 'The provider is told to delete it, which ends subscriptions; its books are its own'),
  ('public.subscriptions', 'user_id', true, '{version}', 'delete', '{}', 410, 'The person''s own; what was paid stands in invoices and the ledger'),
  ('public.invoices', 'user_id', true, '{version}', 'anonymise', '{user_id,url}', 405, 'What was paid is kept as the law of accounts asks; it then names nobody');
