create or replace function private.lock_stock(order_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform from public.products as product
  where product.id = any (array(
    select line.product_id from public.order_lines as line where line.order_id = any (lock_stock.order_ids) and line.is_stock_taken
  ))
  order by product.id
  for no key update;
  perform from public.product_variants as variant
  where variant.id = any (array(
    select line.variant_id from public.order_lines as line where line.order_id = any (lock_stock.order_ids) and line.is_stock_taken
  ))
  order by variant.id
  for no key update;
end;
$$;
comment on function private.lock_stock(uuid[]) is
'Lock what orders have taken from, before any of it is given back: one after the other it would be in the order of lines, and of orders';

create or replace function private.take_from_sellers(order_id uuid, kind text, cause text, postings private.posting[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_taken record;
  v_found record;
  v_left bigint;
  v_id bigint;
begin
  if private.post_entry(take_from_sellers.kind, take_from_sellers.cause, take_from_sellers.postings) is null then
    return;
  end if;
  for v_taken in
    select posting.owner_id, posting.currency, sum(posting.amount_minor) as amount_minor
    from unnest(take_from_sellers.postings) as posting
    where posting.purpose = 'payable'
    group by posting.owner_id, posting.currency
    having sum(posting.amount_minor) <> 0
    order by posting.owner_id
  loop
    v_left := abs(v_taken.amount_minor);
    if v_taken.amount_minor > 0 then
      for v_found in
        select
          transfer.id, transfer.amount_minor - coalesce((
            select sum(reversal.amount_minor)
            from private.transfer_reversals as reversal
            where reversal.transfer_id = transfer.id and reversal.status in ('due', 'succeeded')
          ), 0) as room
        from private.transfers as transfer
        where transfer.order_id = take_from_sellers.order_id
          and transfer.seller_id = v_taken.owner_id
          and transfer.currency = v_taken.currency
          and transfer.stripe_transfer_id is not null
        order by transfer.id
      loop
        continue when v_left <= 0 or v_found.room <= 0;
        insert into private.transfer_reversals (transfer_id, seller_id, currency, amount_minor, cause)
        values (
          v_found.id, v_taken.owner_id, v_taken.currency, least(v_left, v_found.room),
          take_from_sellers.kind || ':' || take_from_sellers.cause
        )
        returning id into v_id;
        perform private.enqueue('stripe_reversal', jsonb_build_object('reversal_id', v_id));
        v_left := v_left - least(v_left, v_found.room);
      end loop;
    else
      -- What is not fetched back from them yet is theirs again. What was begun at Stripe is seen through, and paid out again.
      for v_found in
        select reversal.id, reversal.amount_minor
        from private.transfer_reversals as reversal
        join private.transfers as transfer on transfer.id = reversal.transfer_id
        where transfer.order_id = take_from_sellers.order_id
          and transfer.seller_id = v_taken.owner_id
          and transfer.currency = v_taken.currency
          and reversal.status = 'due'
          and reversal.tried_at is null
        order by reversal.id desc
        for update of reversal
      loop
        if v_found.amount_minor <= v_left then
          update private.transfer_reversals as reversal set status = 'withdrawn', finished_at = now() where reversal.id = v_found.id;
        else
          update private.transfer_reversals as reversal set amount_minor = reversal.amount_minor - v_left where reversal.id = v_found.id;
        end if;
        v_left := v_left - least(v_left, v_found.amount_minor);
        exit when v_left = 0;
      end loop;
    end if;
  end loop;
end;
$$;
comment on function private.take_from_sellers(uuid, text, text, private.posting[]) is
$$Write an entry that takes from sellers, once, and have fetched back what of it lies with them already

Where it gives to one of them, as much less is fetched of what was taken from them before. The order, if there is one, is locked.$$;

create or replace function private.is_bought_twice(bought public.orders)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- Of two orders that are paid at this moment one comes first, and the other finds what that one bought.
  perform pg_advisory_xact_lock(hashtextextended('buyer:' || (is_bought_twice.bought).buyer_id, 0));
  return exists (
    select
    from public.order_lines as line
    where line.order_id = (is_bought_twice.bought).id
      and private.is_single_copy(line.kind)
      and private.owns(line.buyer_id, line.product_id)
  );
end;
$$;
comment on function private.is_bought_twice(public.orders) is
'Whether an order, which is locked, has a copy of what its buyer has paid for in another meanwhile: what is paid for it is then held for them';

create or replace function private.settle_payment(payment_intent_id text)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment private.payments;
  v_order public.orders;
begin
  select payment.* into v_payment from private.payments as payment where payment.payment_intent_id = settle_payment.payment_intent_id for update;
  if v_payment.status <> 'succeeded' then
    return 'applied';
  end if;
  select bought.* into v_order from public.orders as bought where bought.id = v_payment.order_id;
  -- Staff see it, and what cannot be counted is not.
  if not exists (select from public.currencies as currency where currency.code = v_payment.currency) then
    return 'quarantined';
  end if;
  if v_payment.settled_as is null then
    if v_order.status = 'pending' and v_payment.amount_minor = v_order.total_minor and v_payment.currency = v_order.currency
      and not private.is_bought_twice(v_order)
    then
      perform private.fulfil_order(v_order.id, v_payment.payment_intent_id);
      v_payment.settled_as := 'sale';
    else
      -- Never fulfilled: the money is the buyer's, until staff give it back.
      perform private.move_held(v_payment, 'held', v_payment.payment_intent_id, v_payment.amount_minor);
      v_payment.settled_as := 'held';
    end if;
    update private.payments as payment
    set settled_as = v_payment.settled_as
    where payment.payment_intent_id = v_payment.payment_intent_id;
  end if;
  perform private.settle_refunds(v_payment);
  perform private.settle_returned(v_payment);
  perform private.settle_disputes(v_payment);
  return case v_payment.settled_as when 'held' then 'quarantined' else 'applied' end;
end;
$$;
comment on function private.settle_payment(text) is
'Bring an order, which is locked, to what is known of one payment for it; quarantined where that pays for nothing';

create or replace function private.settle_order(order_id uuid)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_order public.orders;
  v_payment_id text;
  v_outcome text := 'applied';
begin
  select bought.* into v_order from public.orders as bought where bought.id = settle_order.order_id for update;
  if v_order.status = 'pending' and v_order.total_minor = 0 then
    perform private.fulfil_order(v_order.id, null);
  end if;
  for v_payment_id in
    select payment.payment_intent_id
    from private.payments as payment
    where payment.order_id = v_order.id
    order by payment.payment_intent_id
  loop
    if private.settle_payment(v_payment_id) = 'quarantined' then
      v_outcome := 'quarantined';
    end if;
  end loop;
  select bought.* into v_order from public.orders as bought where bought.id = settle_order.order_id;
  if v_order.status = 'pending' and v_order.session_status in ('expired', 'failed') then
    perform private.move_order(v_order.id, v_order.session_status);
    perform private.give_stock_back(v_order.id);
  elsif v_order.paid_at is not null then
    perform private.move_order(v_order.id, private.derived_status(v_order));
    perform private.settle_downloads(v_order.id);
  end if;
  return v_outcome;
end;
$$;
comment on function private.settle_order(uuid) is
$$Bring an order to what is known of it: what Stripe says, what was given back, what was sent

Locks the order. Asked as often as one likes it changes nothing more. quarantined where a payment for it pays for nothing.$$;

create or replace function private.end_checkout(order_id uuid, status text)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.orders as bought
  set session_status = end_checkout.status
  where bought.id = end_checkout.order_id
    and array_position('{open,processing,expired,failed}', bought.session_status) < array_position('{open,processing,expired,failed}', end_checkout.status)
$$;
comment on function private.end_checkout(uuid, text) is 'What Stripe says of the session of an order, which is locked; it only ever goes on: open, processing, expired, failed';

-- Security definer: orders are nobody's to write; the service has made the session.
create or replace function private.attach_session(order_id uuid, session_id text, payment_intent_id text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_order public.orders;
begin
  if coalesce(char_length(attach_session.session_id), 0) not between 1 and 200 or char_length(attach_session.payment_intent_id) > 200 then
    perform private.raise_error(422, 'session_invalid', 'This is no id of a session.');
  end if;
  select bought.* into v_order from public.orders as bought where bought.id = attach_session.order_id for update;
  if not found then
    perform private.raise_error(404, 'order_not_found', 'There is no order of this id that is yours.');
  end if;
  if v_order.stripe_session_id is distinct from attach_session.session_id then
    if v_order.stripe_session_id is not null
      or exists (select from public.orders as other where other.stripe_session_id = attach_session.session_id)
    then
      perform private.raise_error(409, 'session_differs', 'This order is paid in another session.');
    end if;
    update public.orders as bought set stripe_session_id = attach_session.session_id where bought.id = v_order.id;
  end if;
  return jsonb_build_object('order_id', v_order.id, 'status', v_order.status, 'stripe_session_id', attach_session.session_id);
end;
$$;

-- Security definer: as attach_session.
create or replace function private.abandon_order(order_id uuid)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_order public.orders;
begin
  select bought.* into v_order from public.orders as bought where bought.id = abandon_order.order_id for update;
  if not found then
    perform private.raise_error(404, 'order_not_found', 'There is no order of this id that is yours.');
  end if;
  if v_order.status = 'pending' and v_order.stripe_session_id is null then
    perform private.end_checkout(v_order.id, 'failed');
    perform private.settle_order(v_order.id);
  end if;
  return (select bought.status from public.orders as bought where bought.id = v_order.id);
end;
$$;

-- Security definer: as attach_session; service_role ends nothing but what is over.
create or replace function private.expire_orders(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_order_ids uuid[];
  v_order_id uuid;
begin
  v_order_ids := array(
    select bought.id
    from public.orders as bought
    where bought.status = 'pending'
      and bought.session_status <> 'processing'
      -- Stripe says it sooner, where there is a session; unless what it said was lost.
      and bought.expires_at + case
        when bought.stripe_session_id is null then interval '0' else make_interval(mins => private.setting('order_grace_minutes')::int)
      end <= now()
    order by bought.id
    limit least(greatest(coalesce(expire_orders.size, 1000), 1), 1000)
    for update skip locked
  );
  perform private.lock_stock(v_order_ids);
  foreach v_order_id in array v_order_ids loop
    perform private.end_checkout(v_order_id, 'expired');
    perform private.settle_order(v_order_id);
  end loop;
  return cardinality(v_order_ids);
end;
$$;

-- Security definer: as expire_orders.
create or replace function private.complete_orders(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_order_id uuid;
  v_count int := 0;
begin
  for v_order_id in
    select bought.id
    from public.orders as bought
    where bought.status in ('paid', 'shipped')
      and bought.paid_at <= now() - make_interval(days => private.setting('order_complete_days')::int)
      and not exists (
        select
        from public.order_lines as line
        where line.order_id = bought.id
          and line.shipping_required
          and not line.is_refunded
          and coalesce(line.shipped_at > now() - make_interval(days => private.setting('order_complete_days')::int), true)
      )
    order by bought.id
    limit least(greatest(coalesce(complete_orders.size, 1000), 1), 1000)
    for update skip locked
  loop
    update public.orders as bought set completed_at = now() where bought.id = v_order_id;
    perform private.settle_order(v_order_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
