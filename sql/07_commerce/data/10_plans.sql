insert into public.plans (code, rank, name, description, price_minor, currency, billing_interval) values
  ('free', 1, 'Free', 'For everybody', 0, 'USD', null),
  ('pro', 2, 'Pro', 'For who makes music', 999, 'USD', 'month'),
  ('studio', 3, 'Studio', 'For who lives from it', 2999, 'USD', 'month');

insert into public.plan_resources (code, is_monthly, unit, description) values
  ('ai_generations', true, 'a month', 'Generating with AI'),
  ('mashups', true, 'a month', 'Making mashups'),
  ('stem_separations', true, 'a month', 'Taking tracks apart into stems'),
  ('collaborators', false, 'people', 'Collaborators on one crate'),
  ('export_quality', false, 'kbit/s', 'The best quality of what is exported; without an end it is lossless'),
  ('rooms', false, 'rooms', 'Rooms one owns');

insert into public.plan_limits (plan, resource, most) values
  ('free', 'ai_generations', 3), ('pro', 'ai_generations', 60), ('studio', 'ai_generations', 500),
  ('free', 'mashups', 5), ('pro', 'mashups', 100), ('studio', 'mashups', null),
  ('free', 'stem_separations', 1), ('pro', 'stem_separations', 30), ('studio', 'stem_separations', 300),
  ('free', 'collaborators', 1), ('pro', 'collaborators', 5), ('studio', 'collaborators', 25),
  ('free', 'export_quality', 128), ('pro', 'export_quality', 320), ('studio', 'export_quality', null),
  ('free', 'rooms', 3), ('pro', 'rooms', 10), ('studio', 'rooms', 50);

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('plan_months_at_most', 24, 1, 120, 'months', 'Months of a plan that staff can grant at once');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.entitlement_grants', 'user_id', true, 'delete', 400, 'The person''s own'),
  ('private.usage_counts', 'user_id', true, 'delete', 400, 'The person''s own');
