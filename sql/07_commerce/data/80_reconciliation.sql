insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('reconciled_hours', 72, 1, 720, 'hours', 'How far back what Stripe knows is compared with what came');
