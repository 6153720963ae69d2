-- What an order has to be, from what is known of it: the moves, the ledger, stock, downloads. Everything here is done with the order locked.

create or replace function private.move_order(order_id uuid, status text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_chain constant text[] := '{paid,processing,shipped,completed}';
  v_now text;
  v_from int;
  v_to constant int := array_position(v_chain, move_order.status);
begin
  select bought.status into v_now from public.orders as bought where bought.id = move_order.order_id;
  v_from := array_position(v_chain, v_now);
  -- Step by step along the way of what is delivered; never back.
  if v_from is not null and v_to is not null then
    for v_step in v_from + 1 .. v_to loop
      update public.orders as bought set status = v_chain[v_step] where bought.id = move_order.order_id;
    end loop;
  elsif v_now <> move_order.status then
    update public.orders as bought set status = move_order.status where bought.id = move_order.order_id;
  end if;
end;
$$;
comment on function private.move_order(uuid, text) is 'Move an order, which is locked, to a status: along the way of what is delivered step by step';

create or replace function private.derived_status(bought public.orders)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when private.has_dispute((derived_status.bought).id, '{open,lost}') then 'disputed'
    when bool_and(line.is_refunded) then 'refunded'
    when sum(line.refunded_minor) > 0 or bool_or(line.is_refunded) then 'partially_refunded'
    when (derived_status.bought).completed_at is not null then 'completed'
    when bool_and(line.shipped_at is not null) filter (where line.shipping_required) then 'shipped'
    when bool_or(line.shipped_at is not null) then 'processing'
    else 'paid'
  end
  from public.order_lines as line
  where line.order_id = (derived_status.bought).id
$$;
comment on function private.derived_status(public.orders) is 'What a paid order is, from its disputes, refunds and what was sent';

create or replace function private.give_stock_back(order_id uuid, line_id uuid default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_line public.order_lines;
begin
  -- Products before variants, each by id, as orders take them.
  for v_line in
    select line.*
    from public.order_lines as line
    where line.order_id = give_stock_back.order_id
      and (give_stock_back.line_id is null or line.id = give_stock_back.line_id)
      and line.is_stock_taken
      and line.shipped_at is null
    order by line.variant_id is not null, coalesce(line.variant_id, line.product_id)
  loop
    -- What is not counted any more stays so: least() would make a number of it.
    if v_line.variant_id is null then
      update public.products as product
      set stock = least(product.stock + v_line.quantity, 1000000)
      where product.id = v_line.product_id and product.stock is not null;
    else
      update public.product_variants as variant
      set stock = least(variant.stock + v_line.quantity, 1000000)
      where variant.id = v_line.variant_id and variant.stock is not null;
    end if;
    update public.order_lines as line set is_stock_taken = false where line.id = v_line.id;
  end loop;
end;
$$;
comment on function private.give_stock_back(uuid, uuid) is 'Give back to stock what an order, or a line of it, took and what has not been sent';

create or replace function private.currency_step(currency text)
returns bigint
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (select unit.step_minor from public.currencies as unit where unit.code = currency_step.currency);
end;
$$;
comment on function private.currency_step(text) is 'What Stripe charges and transfers multiples of in a currency, in minor units';

create or replace function private.payees(line public.order_lines, net_minor bigint)
returns table (seller_id uuid, amount_minor bigint)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return query
  select due.payee_id, due.minor
  from (
    select
      array_agg(payee.payee_id order by payee.payee_id) as payee_ids, array_agg(payee.amount_minor order by payee.payee_id) as weights
    from private.line_payees as payee
    where payee.order_line_id = (payees.line).id
  ) as whole
  cross join lateral unnest(
    whole.payee_ids, private.split_amount(payees.net_minor, whole.weights, private.currency_step((payees.line).currency))
  ) as due (payee_id, minor);
end;
$$;
comment on function private.payees(public.order_lines, bigint) is 'Who gets how much of what a line brings: as it was shared when it was sold';

create or replace function private.line_postings(line public.order_lines, from_minor bigint, to_minor bigint)
returns private.posting[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_weights constant bigint[] := array[(line).seller_net_minor, (line).platform_fee_minor, (line).processing_fee_minor];
  -- By what was given back before and after, so that it does not matter in how many steps; all of it is what was paid.
  v_step constant bigint := private.currency_step((line).currency);
  v_from constant bigint[] := private.split_amount(line_postings.from_minor, v_weights, v_step);
  v_to constant bigint[] := private.split_amount(line_postings.to_minor, v_weights, v_step);
begin
  return array[
    row('platform', null, 'fees', (line).currency, v_to[2] - v_from[2])::private.posting,
    row('platform', null, 'processing_fees', (line).currency, v_to[3] - v_from[3])::private.posting,
    row('provider', null, 'stripe_clearing', (line).currency, line_postings.from_minor - line_postings.to_minor)::private.posting
  ] || array(
    select row('seller', coalesce(after.seller_id, before.seller_id), 'payable', (line).currency,
      coalesce(after.amount_minor, 0) - coalesce(before.amount_minor, 0))::private.posting
    from private.payees(line, v_to[1]) as after
    full join private.payees(line, v_from[1]) as before on before.seller_id = after.seller_id
  );
end;
$$;
comment on function private.line_postings(public.order_lines, bigint, bigint) is
$$What moves when of a line so much more is given back, from its seller, the platform and the provider, in proportion

From 0 to charged_minor it is the sale taken back; the other way round, the sale.$$;

create or replace function private.sale_postings(order_id uuid)
returns private.posting[]
language sql
stable
security invoker
set search_path = ''
as $$
  select array(
    select row('provider', null, 'stripe_clearing', line.currency, line.charged_minor)::private.posting
    from public.order_lines as line
    where line.order_id = sale_postings.order_id
    union all
    select row('platform', null, fee.purpose, line.currency, -fee.minor)::private.posting
    from public.order_lines as line
    cross join lateral (values ('fees', line.platform_fee_minor), ('processing_fees', line.processing_fee_minor)) as fee (purpose, minor)
    where line.order_id = sale_postings.order_id
    union all
    select row('seller', payee.payee_id, 'payable', line.currency, -payee.amount_minor)::private.posting
    from public.order_lines as line
    join private.line_payees as payee on payee.order_line_id = line.id
    where line.order_id = sale_postings.order_id
  )
$$;
comment on function private.sale_postings(uuid) is 'What moves when an order is paid: the whole of each line, which line_postings takes back';

create or replace function private.fulfil_order(order_id uuid, payment_intent_id text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_sold record;
  v_line public.order_lines;
  v_postings private.posting[];
begin
  update public.orders as bought
  set status = 'paid', paid_at = now(),
      stripe_payment_intent_id = coalesce(fulfil_order.payment_intent_id, bought.stripe_payment_intent_id)
  where bought.id = fulfil_order.order_id;
  update public.order_lines as line set paid_at = now() where line.order_id = fulfil_order.order_id;
  for v_sold in
    select line.product_id, sum(line.quantity)::int as quantity
    from public.order_lines as line
    where line.order_id = fulfil_order.order_id
    group by line.product_id
    order by line.product_id
  loop
    update public.products as product set sold_count = product.sold_count + v_sold.quantity where product.id = v_sold.product_id;
  end loop;
  insert into private.line_payees (order_line_id, payee_id, amount_minor)
  select line.id, share.payee_id, share.amount_minor
  from public.order_lines as line
  cross join lateral private.split_of(
    private.split_target(line), line.seller_id, line.seller_net_minor, step => private.currency_step(line.currency)
  ) as share
  where line.order_id = fulfil_order.order_id;
  v_postings := private.sale_postings(fulfil_order.order_id);
  perform private.post_entry('sale', fulfil_order.order_id::text, v_postings);
  perform private.settle_debts_by_sale(fulfil_order.order_id, v_postings);
  for v_line in
    select line.* from public.order_lines as line where line.order_id = fulfil_order.order_id order by line.seller_id, line.place
  loop
    perform private.grant_downloads(v_line);
    perform private.notify(
      v_line.seller_id, 'sale', v_line.buyer_id, null, null, null,
      jsonb_build_object('order_line_id', v_line.id, 'name', v_line.name, 'quantity', v_line.quantity)
    );
  end loop;
end;
$$;
comment on function private.fulfil_order(uuid, text) is 'An order is paid: count what is sold, move the money, open downloads, tell the sellers';
