insert into public.fee_policies (effective_from, platform_bps, processing_bps, payer) values ('-infinity', 1000, 500, 'buyer');

insert into private.order_moves (from_status, to_status) values
  ('pending', 'paid'), ('paid', 'processing'), ('processing', 'shipped'), ('shipped', 'completed'),
  ('pending', 'expired'), ('pending', 'failed'),
  ('partially_refunded', 'refunded'), ('partially_refunded', 'disputed'), ('refunded', 'disputed');
-- What was paid can be given back or disputed at any time; a dispute that is won leads back.
insert into private.order_moves (from_status, to_status)
select status, after from unnest(array['paid', 'processing', 'shipped', 'completed']) as status,
  unnest(array['refunded', 'partially_refunded', 'disputed']) as after
union all
select 'disputed', status from unnest(array['paid', 'processing', 'shipped', 'completed', 'refunded', 'partially_refunded']) as status;

insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('order_reserved_minutes', 30, 21, 1429, 'minutes', 'How long an order keeps what it takes of stock until it is paid; its page is open ten minutes longer, which Stripe allows from half an hour to a day'),
  ('order_grace_minutes', 15, 11, 1440, 'minutes', 'How long after that Stripe has to say that a session is over, before the order expires by itself'),
  ('open_orders_limit', 20, 1, 1000, 'orders', 'How many orders of one buyer may keep something from the stock unpaid'),
  ('order_lines_limit', 50, 1, 90, 'lines', 'The most lines an order may have'),
  ('order_total_limit', 99999999, 100, 99999999, 'minor units', 'The most an order may come to: what Stripe charges at once'),
  ('order_complete_days', 14, 0, 365, 'days', 'After how long what was paid, and sent where it is to be sent, is done with'),
  ('refund_days', 60, 0, 3650, 'days', 'How long after paying a refund can be asked for'),
  ('downloads_per_grant', 3, 1, 1000, 'downloads', 'How often what was bought can be downloaded'),
  ('download_url_seconds', 300, 10, 3600, 'seconds', 'How long a link to a download works'),
  ('stripe_payload_kept_days', 30, 1, 3650, 'days', 'How long the whole text of an event of Stripe is kept');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('place_order', 20, 30, 'Placing orders'),
  ('request_refund', 10, 360, 'Asking for money back');

insert into private.data_map (table_name, person_column, is_exported, withheld_columns, on_erasure, cleared_columns, erase_order, reason) values
  ('public.orders', 'buyer_id', true, '{}', 'anonymise', '{shipping_address}', 400, 'What was paid is kept as the law of accounts asks; where it went is forgotten'),
  ('public.order_lines', 'buyer_id', true, '{}', 'retain', '{}', 400, 'What was paid is kept as the law of accounts asks; the id then names nobody'),
  ('public.order_lines', 'seller_id', true, '{}', 'retain', '{}', 400, 'What was paid is kept as the law of accounts asks; the id then names nobody');
