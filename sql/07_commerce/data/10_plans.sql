insert into public.plans (code, rank, name, description) values
  ('free', 1, 'Free', 'For everybody'),
  ('pro', 2, 'Pro', 'For who makes music'),
  ('studio', 3, 'Studio', 'For who lives from it');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.entitlement_grants', 'user_id', true, 'delete', 400, 'The person''s own');
