-- sellers: every artist who is there, the first the most popular
create unlogged table bench.sellers as
select row_number() over (order by profile.follower_count desc, profile.id) as n, profile.id
from public.artist_profiles as artist
join public.profiles as profile on profile.id = artist.profile_id
where profile.id not in (select profile_id from private.hidden_profiles)
  and profile.username not like 'reader\_%';
alter table bench.sellers add primary key (n);
insert into private.artist_accounts (profile_id, stripe_account_id, charges_enabled, payouts_enabled)
select id, 'acct_bench_' || n, true, true from bench.sellers;

-- products: ten a seller, nine of them files; the tenth is merch, which is counted and sent
create unlogged table bench.products as
select
  seller.n * 10 + k as n, bench.uuid_of(seller.n * 10 + k, 'product') as id, seller.id as seller_id, k = 9 as is_merch,
  100 * (1 + floor(30 * bench.chance(seller.n * 10 + k, 'price')))::bigint as price_minor, 'Thing ' || seller.n * 10 + k as name
from bench.sellers as seller
cross join generate_series(0, 9) as k;
alter table bench.products add primary key (n);
analyze bench.products;

-- orders: a year of them, those of the readers, three hundred each at every size, among them
create unlogged table bench.orders as
select
  made.n, made.at, bench.uuid_at(made.at, made.n, 'order') as id, person.id as buyer_id,
  case
    when bench.chance(made.n, 'order ends') < 0.06 then 'expired'
    when bench.chance(made.n, 'order ends') < 0.08 then 'failed'
    when bench.chance(made.n, 'order ends') < 0.12 then 'paid'
    else 'completed'
  end as status
from (
  select
    n, timestamptz '2025-01-01' + (n - 1 + bench.chance(n, 'order at')) / current_setting('bench.orders')::int * interval '365 days' as at,
    1 + floor(current_setting('bench.people')::int * bench.chance(n, 'buyer') ^ 1.5)::int as buyer_n
  from generate_series(1, current_setting('bench.orders')::int) as n
  union all
  select
    current_setting('bench.orders')::int + (row_number() over (order by reader.n) - 1) * 300 + k,
    timestamptz '2025-01-01' + (k - 1 + bench.chance(reader.n * 300 + k, 'order at')) / 300 * interval '365 days', reader.n
  from (
    select person.n, row_number() over (order by person.n) as place
    from bench.people as person
    where person.follows_exactly is not null
    order by person.n limit 8
  ) as reader
  cross join generate_series(1, 300) as k
) as made
join bench.people as person on person.n = made.buyer_n;
alter table bench.orders add primary key (n);
analyze bench.orders;

-- lines: one to three, of ever other products; each has fees of its own, which those of its order are the sum of
create unlogged table bench.lines as
select
  bought.n, chosen.place, bought.id as order_id, bought.at, bought.buyer_id, bought.status in ('paid', 'completed') as is_paid,
  bought.status, product.n as product_n, product.id as product_id, product.seller_id, product.name, product.is_merch,
  product.price_minor, product.price_minor / 10 as platform_minor, product.price_minor / 20 as processing_minor,
  case when product.is_merch then 300 else 0 end as shipping_minor,
  bench.uuid_at(bought.at, bought.n * 3 + chosen.place, 'line') as id
from (
  select picked.n, picked.product_n, row_number() over (partition by picked.n order by picked.product_n) as place
  from (
    select distinct
      bought.n,
      10 * (1 + floor(shop.total * bench.chance(bought.n * 3 + k, 'seller') ^ 2)::int) + floor(10 * bench.chance(bought.n * 3 + k, 'product'))::int
        as product_n
    from bench.orders as bought
    cross join (select count(*) as total from bench.sellers) as shop
    join generate_series(0, 2) as k on k <= 3 * bench.chance(bought.n, 'lines') ^ 2
  ) as picked
) as chosen
join bench.orders as bought on bought.n = chosen.n
join bench.products as product on product.n = chosen.product_n;
analyze bench.lines;

insert into public.products (
  id, seller_id, kind, name, pricing, price_minor, stock, shipping_required, shipping_minor, sold_count, created_at, updated_at
)
select
  product.id, product.seller_id, case when product.is_merch then 'merch' else 'digital' end, product.name, 'fixed', product.price_minor,
  case when product.is_merch then 1000000 end, product.is_merch, case when product.is_merch then 300 else 0 end,
  coalesce(sold.total, 0), '2024-12-31', '2024-12-31'
from bench.products as product
left join (select product_n, count(*) as total from bench.lines where is_paid group by product_n) as sold on sold.product_n = product.n
order by product.n;
insert into private.product_files (product_id, path)
select id, seller_id || '/product-' || id || '.mp3' from bench.products where not is_merch;

insert into public.orders (
  id, buyer_id, client_id, status, currency, subtotal_minor, platform_fee_minor, processing_fee_minor, shipping_minor, total_minor, fee_payer,
  expires_at, created_at, paid_at, completed_at, stripe_session_id, stripe_payment_intent_id, session_status
)
select
  bought.id, bought.buyer_id, bench.uuid_of(bought.n, 'basket'), bought.status, 'USD', line.price, line.platform, line.processing, line.shipping,
  line.price + line.platform + line.processing + line.shipping, 'buyer', bought.at + interval '30 minutes', bought.at,
  case when line.is_paid then bought.at + interval '2 minutes' end, case when bought.status = 'completed' then bought.at + interval '14 days' end,
  'cs_bench_' || bought.n, case when line.is_paid then 'pi_bench_' || bought.n end,
  case when bought.status in ('expired', 'failed') then bought.status else 'open' end
from bench.orders as bought
join (
  select
    n, bool_and(is_paid) as is_paid, sum(price_minor) as price, sum(platform_minor) as platform, sum(processing_minor) as processing,
    sum(shipping_minor) as shipping
  from bench.lines group by n
) as line on line.n = bought.n
order by bought.n;

insert into public.order_lines (
  id, order_id, place, buyer_id, seller_id, product_id, kind, name, quantity, unit_minor, line_minor, shipping_minor, platform_fee_minor,
  processing_fee_minor, seller_net_minor, charged_minor, currency, shipping_required, is_stock_taken, paid_at, shipped_at
)
select
  id, order_id, place, buyer_id, seller_id, product_id, case when is_merch then 'merch' else 'digital' end, name, 1, price_minor, price_minor,
  shipping_minor, platform_minor, processing_minor, price_minor + shipping_minor,
  price_minor + shipping_minor + platform_minor + processing_minor, 'USD', is_merch, is_merch and is_paid,
  case when is_paid then at + interval '2 minutes' end, case when is_merch and status = 'completed' then at + interval '1 day' end
from bench.lines order by n, place;

-- what Stripe said of them, and what was downloaded
insert into private.stripe_events (id, type, happened_at, outcome, received_at)
select 'evt_bench_' || n, 'checkout.session.completed', at + interval '2 minutes', 'applied', at + interval '2 minutes'
from bench.orders where status in ('paid', 'completed') order by n;
insert into private.payments (payment_intent_id, order_id, status, amount_minor, currency, settled_as, updated_at)
select stripe_payment_intent_id, id, 'succeeded', total_minor, currency, 'sale', paid_at
from public.orders where stripe_payment_intent_id like 'pi\_bench\_%';
insert into private.line_payees (order_line_id, payee_id, amount_minor)
select id, seller_id, price_minor + shipping_minor from bench.lines where is_paid order by n, place;
insert into public.download_grants (id, order_line_id, buyer_id, name, max_downloads, used_count, created_at)
select bench.uuid_at(at, n * 3 + place, 'download'), id, buyer_id, name, 3, 1, at + interval '2 minutes'
from bench.lines where is_paid and not is_merch order by n, place;
insert into private.download_files (grant_id, path)
select bench.uuid_at(at, n * 3 + place, 'download'), seller_id || '/product-' || product_id || '.mp3'
from bench.lines where is_paid and not is_merch order by n, place;

-- the ledger: a sale each, which sums to zero
insert into private.ledger_accounts (owner_kind, owner_id, purpose, currency)
select 'provider', null::uuid, 'stripe_clearing', 'USD'
union all select 'platform', null, 'fees', 'USD'
union all select 'platform', null, 'processing_fees', 'USD'
union all select 'seller', id, 'payable', 'USD' from bench.sellers
on conflict do nothing;
create unlogged table bench.accounts as
select id, owner_kind, owner_id, purpose from private.ledger_accounts;
analyze bench.accounts;
insert into private.ledger_transactions (id, kind, cause, created_at) overriding system value
select n, 'sale', id::text, at + interval '2 minutes' from bench.orders where status in ('paid', 'completed') order by n;
select setval(pg_get_serial_sequence('private.ledger_transactions', 'id'), (select max(n) from bench.orders));
insert into private.ledger_postings (transaction_id, account_id, amount_minor)
select sale.n, account.id, sale.amount_minor
from (
  select n, 'stripe_clearing' as purpose, null::uuid as owner_id, sum(price_minor + shipping_minor + platform_minor + processing_minor) as amount_minor
  from bench.lines where is_paid group by n
  union all
  select n, 'fees', null, -sum(platform_minor) from bench.lines where is_paid group by n
  union all
  select n, 'processing_fees', null, -sum(processing_minor) from bench.lines where is_paid group by n
  union all
  select n, 'payable', seller_id, -sum(price_minor + shipping_minor) from bench.lines where is_paid group by n, seller_id
) as sale
join bench.accounts as account on account.purpose = sale.purpose and account.owner_id is not distinct from sale.owner_id
order by sale.n, account.id;
