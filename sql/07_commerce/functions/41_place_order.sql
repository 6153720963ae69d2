-- Lock order of orders: who orders (and sells) stays; the buyer's turn; the order; products, then variants, by id; the ledger; notifications.

create type private.order_item as (
  place bigint,
  product_id uuid,
  variant_id uuid,
  amount_minor bigint,
  quantity int,
  of_product int
);
comment on type private.order_item is 'A line of an order as it is asked for; of_product: how many of its product are in all lines together';

create or replace function private.order_items(items jsonb)
returns private.order_item[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_most constant bigint := private.setting('order_lines_limit');
begin
  if coalesce(jsonb_typeof(order_items.items), '') <> 'array'
    or jsonb_array_length(order_items.items) not between 1 and v_most
    or exists (
      select
      from jsonb_array_elements(order_items.items) as item (value)
      where jsonb_typeof(item.value) <> 'object'
        or not pg_input_is_valid(coalesce(item.value ->> 'product_id', ''), 'uuid')
        or not pg_input_is_valid(coalesce(item.value ->> 'variant_id', '00000000-0000-0000-0000-000000000000'), 'uuid')
        or not coalesce(private.is_whole(coalesce(nullif(item.value -> 'quantity', 'null'), '1'), 1, 100), false)
        or not coalesce(private.is_whole(coalesce(nullif(item.value -> 'amount_minor', 'null'), '0'), 0, 100000000), false)
    )
  then
    perform private.raise_error(
      422, 'items_invalid', 'Say what is ordered: a list of {product_id, variant_id, quantity, amount_minor}.', '1 to ' || v_most
    );
  end if;
  return array(
    select
      row(
        row_number() over (order by min(item.place)), item.product_id, item.variant_id, item.amount_minor, sum(item.quantity),
        sum(sum(item.quantity)) over (partition by item.product_id)
      )::private.order_item
    from (
      select
        each.place,
        (each.value ->> 'product_id')::uuid as product_id,
        (each.value ->> 'variant_id')::uuid as variant_id,
        (each.value ->> 'amount_minor')::numeric::bigint as amount_minor,
        coalesce((each.value ->> 'quantity')::numeric::int, 1) as quantity
      from jsonb_array_elements(order_items.items) with ordinality as each (value, place)
    ) as item
    group by item.product_id, item.variant_id, item.amount_minor
    order by min(item.place)
  );
end;
$$;
comment on function private.order_items(jsonb) is 'What is ordered, equal lines merged, in the order given; else items_invalid (422)';

create or replace function private.check_address(address jsonb)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if coalesce(jsonb_typeof(check_address.address), '') <> 'object'
    or not check_address.address ?& '{name,line1,city,postal_code,country}'
    or coalesce(check_address.address ->> 'country', '') !~ '^[A-Z]{2}$'
    or exists (
      select
      from jsonb_each(check_address.address) as part
      where part.key <> all ('{name,line1,line2,city,state,postal_code,country}')
        or not (
          (jsonb_typeof(part.value) = 'string' and char_length(part.value #>> '{}') between 1 and 200)
          or (jsonb_typeof(part.value) = 'null' and part.key in ('line2', 'state'))
        )
    )
  then
    perform private.raise_error(
      422, 'shipping_address_invalid', 'Say where it is to be sent.', '{name, line1, line2, city, state, postal_code, country: two letters}'
    );
  end if;
end;
$$;
comment on function private.check_address(jsonb) is 'Refuse what is no address: shipping_address_invalid (422)';

create or replace function private.unit_price(product public.products, variant public.product_variants, amount_minor bigint, step bigint)
returns bigint
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_amount bigint := unit_price.amount_minor;
begin
  if (unit_price.product).pricing <> 'pay_what_you_want' then
    if v_amount is not null then
      perform private.raise_error(422, 'amount_not_open', 'The price of this is not for the buyer to say.', (unit_price.product).id::text);
    end if;
    return case (unit_price.product).pricing
      when 'free' then 0
      else coalesce((unit_price.variant).price_minor, (unit_price.product).price_minor)
    end;
  end if;
  v_amount := coalesce(v_amount, (unit_price.product).price_minor, (unit_price.product).minimum_minor);
  if v_amount < (unit_price.product).minimum_minor then
    perform private.raise_error(422, 'amount_too_low', 'That is less than is asked at least.', (unit_price.product).minimum_minor::text);
  end if;
  if v_amount % unit_price.step <> 0 then
    perform private.raise_error(422, 'price_step', 'Prices in this currency are charged in steps.', unit_price.step::text);
  end if;
  return v_amount;
end;
$$;
comment on function private.unit_price(public.products, public.product_variants, bigint, bigint) is
'What one costs: amount_not_open, amount_too_low, price_step (422)';

create or replace function private.check_product(product public.products, buyer_id uuid, quantity int)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_product constant public.products := check_product.product;
  v_is_copy constant boolean := coalesce(private.is_single_copy(v_product.kind), false);
  v_most constant int := case when v_is_copy then 1 else v_product.max_per_order end;
begin
  if v_product.id is null
    or not v_product.is_active
    or v_product.is_withheld
    or not private.can_see_profile(v_product.seller_id)
    or exists (
      select
      from unnest(v_product.track_ids) as sold (id)
      where not exists (select from public.tracks as track where track.id = sold.id and track.status = 'published')
    )
  then
    perform private.raise_error(404, 'product_not_found', 'There is no product of this id that you can see.');
  end if;
  if v_product.seller_id = check_product.buyer_id then
    perform private.raise_error(409, 'own_product', 'This is your own.', v_product.id::text);
  end if;
  if v_product.pricing is null then
    perform private.raise_error(409, 'sold_elsewhere', 'This is sold at another address.', v_product.external_url);
  end if;
  if v_product.kind = 'digital' and not exists (select from private.product_files as file where file.product_id = v_product.id) then
    perform private.raise_error(409, 'file_missing', 'There is nothing to download of this yet.', v_product.id::text);
  end if;
  if v_product.event_at < now() then
    perform private.raise_error(409, 'event_over', 'This has taken place already.', v_product.id::text);
  end if;
  if check_product.quantity > v_most then
    perform private.raise_error(422, 'quantity_invalid', 'That is more of it than an order may have.', v_most::text);
  end if;
  if v_is_copy and private.owns(check_product.buyer_id, v_product.id) then
    perform private.raise_error(409, 'already_owned', 'You have bought this already.', v_product.id::text);
  end if;
end;
$$;
comment on function private.check_product(public.products, uuid, int) is
$$Refuse what the caller cannot order so often

product_not_found (404), own_product, sold_elsewhere, file_missing, event_over, already_owned (409), quantity_invalid (422).$$;

create or replace function private.take_stock(product_id uuid, variant_id uuid, quantity int)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if take_stock.variant_id is not null then
    update public.product_variants as variant
    set stock = variant.stock - take_stock.quantity
    where variant.id = take_stock.variant_id and variant.stock >= take_stock.quantity;
  else
    update public.products as product
    set stock = product.stock - take_stock.quantity
    where product.id = take_stock.product_id and product.stock >= take_stock.quantity;
  end if;
  if found then
    return true;
  end if;
  -- What is not counted is not written, and never runs out.
  if exists (select from public.product_variants as variant where variant.id = take_stock.variant_id and variant.stock is not null)
    or exists (
      select from public.products as product where take_stock.variant_id is null and product.id = take_stock.product_id and product.stock is not null
    )
  then
    perform private.raise_error(409, 'sold_out', 'There are not that many left.', take_stock.product_id::text);
  end if;
  return false;
end;
$$;
comment on function private.take_stock(uuid, uuid, int) is 'Take from the stock, whether it is counted; sold_out (409), with the id of the product';

create or replace function private.order_for_checkout(order_id uuid, is_new boolean)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'order_id', bought.id, 'is_new', order_for_checkout.is_new, 'status', bought.status, 'currency', bought.currency,
    'subtotal_minor', bought.subtotal_minor, 'total_minor', bought.total_minor, 'expires_at', bought.expires_at,
    'stripe_session_id', bought.stripe_session_id,
    'email', (select account.email from auth.users as account where account.id = bought.buyer_id),
    'stripe_customer_id', private.stripe_customer_of(bought.buyer_id),
    'charge_lines', (
      select coalesce(
        jsonb_agg(
          jsonb_build_object('name', charge.name, 'unit_minor', charge.unit_minor, 'quantity', charge.quantity) order by charge.place
        ),
        '[]'
      )
      from (
        select line.place, line.name || coalesce(' (' || line.variant_name || ')', '') as name, line.unit_minor, line.quantity
        from public.order_lines as line
        where line.order_id = bought.id
        union all
        select 1001, 'Shipping', bought.shipping_minor, 1
        union all
        select 1002, 'Platform fee', case bought.fee_payer when 'buyer' then bought.platform_fee_minor else 0 end, 1
        union all
        select 1003, 'Processing fee', case bought.fee_payer when 'buyer' then bought.processing_fee_minor else 0 end, 1
      ) as charge
      where charge.unit_minor > 0
    )
  )
  from public.orders as bought
  where bought.id = order_for_checkout.order_id
$$;
comment on function private.order_for_checkout(uuid, boolean) is 'An order as create-checkout takes it to Stripe: its charge_lines come to its total';

create or replace function private.make_order(buyer_id uuid, items jsonb, client_id uuid, shipping_address jsonb)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_policy constant public.fee_policies := private.fee_policy();
  v_step bigint;
  v_items constant private.order_item[] := private.order_items(make_order.items);
  v_item private.order_item;
  v_product public.products;
  v_variant public.product_variants;
  v_is_taken boolean;
  v_lines public.order_lines[] := '{}';
  v_line public.order_lines;
  v_order public.orders;
  v_amounts private.line_amounts[];
begin
  -- By their ids, so that two orders of the same things cannot wait for each other; as arrays, so that each is found by its key.
  perform from public.products as product
  where product.id = any (array(select item.product_id from unnest(v_items) as item))
  order by product.id
  for no key update;
  perform from public.product_variants as variant
  where variant.id = any (array(select item.variant_id from unnest(v_items) as item))
  order by variant.id
  for no key update;

  foreach v_item in array v_items loop
    select product.* into v_product from public.products as product where product.id = v_item.product_id;
    perform private.check_product(v_product, make_order.buyer_id, v_item.of_product);
    if v_order.currency is null then
      v_order.currency := v_product.currency;
      select currency.step_minor into v_step
      from public.currencies as currency
      where currency.code = v_product.currency and currency.is_enabled;
      if not found then
        perform private.raise_error(422, 'currency_disabled', 'Nothing can be sold in this currency.');
      end if;
    elsif v_order.currency <> v_product.currency then
      perform private.raise_error(422, 'currency_mixed', 'An order is in one currency; order what is in another by itself.', v_order.currency);
    end if;
    select variant.* into v_variant
    from public.product_variants as variant
    where variant.id = v_item.variant_id and variant.product_id = v_product.id and variant.is_active;
    if not found and (
      v_item.variant_id is not null
      or exists (select from public.product_variants as choice where choice.product_id = v_product.id and choice.is_active)
    ) then
      perform private.raise_error(404, 'variant_not_found', 'Choose one of the variants of this product.', v_product.id::text);
    end if;
    v_line := null;
    v_line.unit_minor := private.unit_price(v_product, v_variant, v_item.amount_minor, v_step);
    if v_line.unit_minor + v_product.shipping_minor > 0 and not private.can_charge(v_product.seller_id) then
      perform private.raise_error(402, 'seller_not_ready', 'To sell for money, finish setting up payments first.', 'Call connect-onboarding.');
    end if;
    v_is_taken := private.take_stock(v_product.id, v_variant.id, v_item.quantity);
    v_line.place := v_item.place;
    v_line.seller_id := v_product.seller_id;
    v_line.product_id := v_product.id;
    v_line.variant_id := v_variant.id;
    v_line.kind := v_product.kind;
    v_line.name := v_product.name;
    v_line.variant_name := v_variant.name;
    v_line.track_ids := v_product.track_ids;
    v_line.quantity := v_item.quantity;
    v_line.line_minor := v_line.unit_minor * v_item.quantity;
    v_line.shipping_minor := v_product.shipping_minor;
    v_line.shipping_required := v_product.shipping_required;
    v_line.is_stock_taken := v_is_taken;
    v_lines := v_lines || v_line;
  end loop;
  if exists (select from unnest(v_lines) as line where line.shipping_required) then
    perform private.check_address(make_order.shipping_address);
  end if;

  select array_agg(row(amounts.*)::private.line_amounts) into v_amounts
  from private.split_order(
    array(select line.line_minor from unnest(v_lines) as line), array(select line.shipping_minor from unnest(v_lines) as line),
    v_policy.platform_bps, v_policy.processing_bps, v_policy.payer, v_step
  ) as amounts;
  select
    sum(line.line_minor), sum(line.shipping_minor), bool_or(line.shipping_required)
  into v_order.subtotal_minor, v_order.shipping_minor, v_is_taken
  from unnest(v_lines) as line;
  select sum(amounts.platform_fee_minor), sum(amounts.processing_fee_minor), sum(amounts.charged_minor)
  into v_order.platform_fee_minor, v_order.processing_fee_minor, v_order.total_minor
  from unnest(v_amounts) as amounts;
  if v_order.total_minor > private.setting('order_total_limit') then
    perform private.raise_error(422, 'order_too_large', 'That is more than can be charged at once.', private.setting('order_total_limit')::text);
  end if;

  insert into public.orders (
    buyer_id, client_id, currency, subtotal_minor, platform_fee_minor, processing_fee_minor, shipping_minor, total_minor, fee_payer,
    shipping_address, expires_at
  )
  values (
    make_order.buyer_id, make_order.client_id, v_order.currency, v_order.subtotal_minor, v_order.platform_fee_minor,
    v_order.processing_fee_minor, v_order.shipping_minor, v_order.total_minor, v_policy.payer,
    case when v_is_taken then make_order.shipping_address end,
    now() + make_interval(mins => private.setting('order_reserved_minutes')::int)
  )
  returning id into v_order.id;
  insert into public.order_lines (
    order_id, place, buyer_id, seller_id, product_id, variant_id, kind, name, variant_name, track_ids, quantity, unit_minor, line_minor,
    shipping_minor, platform_fee_minor, processing_fee_minor, seller_net_minor, charged_minor, currency, shipping_required, is_stock_taken
  )
  select
    v_order.id, line.place, make_order.buyer_id, line.seller_id, line.product_id, line.variant_id, line.kind, line.name, line.variant_name,
    line.track_ids, line.quantity, line.unit_minor, line.line_minor, line.shipping_minor, amounts.platform_fee_minor,
    amounts.processing_fee_minor, amounts.seller_net_minor, amounts.charged_minor, v_order.currency, line.shipping_required,
    line.is_stock_taken
  from unnest(v_lines) as line
  cross join lateral (select (v_amounts[line.place]).*) as amounts
  order by line.place;
  return v_order.id;
end;
$$;
comment on function private.make_order(uuid, jsonb, uuid, jsonb) is 'Check what is ordered, keep it from the stock, and write the order';

-- Security definer: orders are nobody's to write; the service asks for a buyer it has authenticated.
create or replace function private.place_order(buyer_id uuid, items jsonb, client_id uuid, shipping_address jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_order_id uuid;
  v_is_new boolean := false;
begin
  perform private.act_for(place_order.buyer_id);
  perform private.acting_user('commerce');
  if place_order.client_id is null then
    perform private.raise_error(422, 'client_id_missing', 'Give the order an id of your own, so that it is made once however often it is sent.');
  end if;
  -- One order of a buyer at a time, so that what is sent twice at once is one.
  perform pg_advisory_xact_lock(hashtextextended('place_order:' || place_order.buyer_id, 0));
  select bought.id into v_order_id
  from public.orders as bought
  where bought.buyer_id = place_order.buyer_id and bought.client_id = place_order.client_id;
  if not found then
    perform private.take_token('place_order');
    if (
      select count(*) from public.orders as waiting where waiting.buyer_id = place_order.buyer_id and waiting.status = 'pending'
    ) >= private.setting('open_orders_limit') then
      perform private.raise_error(
        409, 'open_orders_limit', 'Pay for what you have ordered first, or let it expire.', private.setting('open_orders_limit')::text
      );
    end if;
    v_order_id := private.make_order(place_order.buyer_id, place_order.items, place_order.client_id, place_order.shipping_address);
    v_is_new := true;
    -- What costs nothing is paid.
    if exists (select from public.orders as bought where bought.id = v_order_id and bought.total_minor = 0) then
      perform private.settle_order(v_order_id);
    end if;
  end if;
  perform private.act_for(null);
  return private.order_for_checkout(v_order_id, v_is_new);
end;
$$;
