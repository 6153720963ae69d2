insert into private.data_map (table_name, person_column, is_exported, on_erasure, erase_order, reason) values
  ('public.products', 'seller_id', true, 'delete', 400, 'The person''s own; who bought keeps what the order says');
