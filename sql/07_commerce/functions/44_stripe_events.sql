create or replace function private.hold_payment(payment_intent_id text, order_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_order_id uuid;
begin
  -- Events of one payment come one after the other; then its order, before anything of either is written.
  perform pg_advisory_xact_lock(hashtextextended('payment:' || hold_payment.payment_intent_id, 0));
  select coalesce(payment.order_id, hold_payment.order_id) into v_order_id
  from (select) as nothing
  left join private.payments as payment on payment.payment_intent_id = hold_payment.payment_intent_id;
  select bought.id into v_order_id from public.orders as bought where bought.id = v_order_id for update;
  return v_order_id;
end;
$$;
comment on function private.hold_payment(text, uuid) is 'The order a payment is for, locked: as an event has said before, else as this one says; null where that is none of ours';

create or replace function private.mirror_payment(
  payment_intent_id text, order_id uuid, status text, amount_minor bigint, currency text, refunded_minor bigint default 0
)
returns boolean
language sql
volatile
security invoker
set search_path = ''
as $$
  with merged as (
    insert into private.payments as payment (payment_intent_id, order_id, status, amount_minor, currency, refunded_minor)
    values (
      mirror_payment.payment_intent_id, mirror_payment.order_id, mirror_payment.status, mirror_payment.amount_minor,
      mirror_payment.currency, mirror_payment.refunded_minor
    )
    on conflict on constraint payments_pkey do update
      set order_id = coalesce(payment.order_id, excluded.order_id),
          status = case
            when array_position('{open,processing,failed,succeeded}', excluded.status)
              > array_position('{open,processing,failed,succeeded}', payment.status)
            then excluded.status
            else payment.status
          end,
          -- What was asked for is not what was paid: of two who say that it was, the lesser counts, whoever comes first.
          amount_minor = case
            when excluded.status = 'succeeded' and payment.status = 'succeeded' then least(payment.amount_minor, excluded.amount_minor)
            when excluded.status = 'succeeded' then coalesce(excluded.amount_minor, payment.amount_minor)
            else coalesce(payment.amount_minor, excluded.amount_minor)
          end,
          currency = case when excluded.status = 'succeeded' and payment.status <> 'succeeded' then coalesce(excluded.currency, payment.currency)
            else coalesce(payment.currency, excluded.currency)
          end,
          refunded_minor = greatest(payment.refunded_minor, excluded.refunded_minor),
          updated_at = now()
      where (payment.order_id is null and excluded.order_id is not null)
        or array_position('{open,processing,failed,succeeded}', excluded.status)
          > array_position('{open,processing,failed,succeeded}', payment.status)
        or (payment.amount_minor is null and excluded.amount_minor is not null)
        or (excluded.status = 'succeeded' and excluded.amount_minor < payment.amount_minor)
        or excluded.refunded_minor > payment.refunded_minor
    returning true
  )
  select exists (select from merged)
$$;
comment on function private.mirror_payment(text, uuid, text, bigint, text, bigint) is
'Merge what an event says of a payment: by rank and absolute amounts, so that neither order nor number of deliveries matters; whether it was new';

create or replace function private.settle_event(order_id uuid, is_new boolean)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_outcome text;
begin
  if settle_event.order_id is null then
    return 'ignored';
  end if;
  v_outcome := private.settle_order(settle_event.order_id);
  return case when v_outcome = 'applied' and not settle_event.is_new then 'stale' else v_outcome end;
end;
$$;

create or replace function private.order_named(object jsonb)
returns uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select bought.id
  from public.orders as bought
  where bought.id = case
    when pg_input_is_valid(coalesce(order_named.object -> 'metadata' ->> 'order_id', ''), 'uuid')
    then (order_named.object -> 'metadata' ->> 'order_id')::uuid
  end
$$;
comment on function private.order_named(jsonb) is 'The order that an object of Stripe names in its metadata, or null';

create or replace function private.id_of(value jsonb)
returns text
language sql
immutable
security invoker
set search_path = ''
as $$
  select case jsonb_typeof(id_of.value) when 'object' then id_of.value ->> 'id' when 'string' then id_of.value #>> '{}' end
$$;
comment on function private.id_of(jsonb) is 'The id where Stripe gives an id, or the object itself';

create or replace function private.apply_session(type text, object jsonb)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_order_id uuid := private.order_named(apply_session.object);
  v_payment_id constant text := private.id_of(apply_session.object -> 'payment_intent');
  v_status constant text := case apply_session.type
    when 'checkout.session.expired' then 'expired'
    when 'checkout.session.async_payment_failed' then 'failed'
    when 'checkout.session.async_payment_succeeded' then 'succeeded'
    when 'checkout.session.completed' then
      case apply_session.object ->> 'payment_status' when 'paid' then 'succeeded' when 'unpaid' then 'processing' end
  end;
  v_is_new boolean := false;
begin
  if v_order_id is null or coalesce(apply_session.object ->> 'mode', 'payment') <> 'payment' or v_status is null then
    return 'ignored';
  end if;
  if v_payment_id is null then
    perform from public.orders as bought where bought.id = v_order_id for update;
  else
    v_order_id := private.hold_payment(v_payment_id, v_order_id);
  end if;
  -- Stripe made it also where we never heard its answer.
  update public.orders as bought
  set stripe_session_id = apply_session.object ->> 'id'
  where bought.id = v_order_id
    and bought.stripe_session_id is null
    and not exists (select from public.orders as other where other.stripe_session_id = apply_session.object ->> 'id');
  if v_status <> 'succeeded' then
    select v_status <> bought.session_status into v_is_new
    from public.orders as bought
    where bought.id = v_order_id and bought.stripe_session_id is not distinct from apply_session.object ->> 'id';
    -- Another session than the one in which it is paid says nothing of it.
    if found then
      perform private.end_checkout(v_order_id, v_status);
    end if;
  end if;
  if v_payment_id is not null and v_status <> 'expired' then
    v_is_new := private.mirror_payment(
      v_payment_id, v_order_id, v_status, (apply_session.object ->> 'amount_total')::numeric::bigint,
      upper(apply_session.object ->> 'currency')
    ) or v_is_new;
  end if;
  return private.settle_event(v_order_id, v_is_new);
end;
$$;

create or replace function private.apply_payment_intent(type text, object jsonb)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_order_id uuid := private.order_named(apply_payment_intent.object);
begin
  if v_order_id is null then
    return 'ignored';
  end if;
  v_order_id := private.hold_payment(apply_payment_intent.object ->> 'id', v_order_id);
  -- One that failed may be tried again with another card: the session is not over.
  return private.settle_event(v_order_id, private.mirror_payment(
    apply_payment_intent.object ->> 'id', v_order_id,
    case apply_payment_intent.type when 'payment_intent.succeeded' then 'succeeded' else 'failed' end,
    case
      when apply_payment_intent.type = 'payment_intent.succeeded' then
        coalesce(nullif(apply_payment_intent.object ->> 'amount_received', '0'), apply_payment_intent.object ->> 'amount')
      else apply_payment_intent.object ->> 'amount'
    end::numeric::bigint,
    upper(apply_payment_intent.object ->> 'currency')
  ));
end;
$$;

create or replace function private.apply_charge(object jsonb)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment_id constant text := private.id_of(apply_charge.object -> 'payment_intent');
  v_order_id uuid;
  v_is_new boolean;
begin
  if v_payment_id is null then
    return 'ignored';
  end if;
  v_order_id := private.hold_payment(v_payment_id, private.order_named(apply_charge.object));
  -- Of a subscription, or of nothing of ours: somebody has to see to it.
  if v_order_id is null and exists (
    select from private.stripe_customers as customer where customer.stripe_customer_id = private.id_of(apply_charge.object -> 'customer')
  ) then
    return 'quarantined';
  end if;
  -- What was given back was paid before. It is kept also where it is not known yet for what.
  v_is_new := private.mirror_payment(
    v_payment_id, v_order_id, 'succeeded', (apply_charge.object ->> 'amount')::numeric::bigint, upper(apply_charge.object ->> 'currency'),
    (apply_charge.object ->> 'amount_refunded')::numeric::bigint
  );
  return private.settle_event(v_order_id, v_is_new);
end;
$$;

create or replace function private.apply_returned_refund(object jsonb)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment_id constant text := private.id_of(apply_returned_refund.object -> 'payment_intent');
  v_order_id uuid;
  v_refund public.refunds;
begin
  if v_payment_id is null then
    return 'ignored';
  end if;
  v_order_id := private.hold_payment(v_payment_id, private.order_named(apply_returned_refund.object));
  -- It was made before it came back, also where we never heard Stripe's answer.
  select refund.* into v_refund
  from public.refunds as refund
  where refund.payment_intent_id = v_payment_id
    and refund.id::text = apply_returned_refund.object -> 'metadata' ->> 'refund_id'
    and refund.status = 'approved'
  for update;
  if found then
    update public.refunds as refund
    set stripe_refund_id = coalesce(refund.stripe_refund_id, left(apply_returned_refund.object ->> 'id', 200))
    where refund.id = v_refund.id;
    perform private.finish_refund(v_refund);
  end if;
  if not private.keep_returned(
    v_payment_id, apply_returned_refund.object ->> 'id', (apply_returned_refund.object ->> 'amount')::numeric::bigint,
    apply_returned_refund.object ->> 'failure_reason'
  ) then
    return 'stale';
  end if;
  -- Where it is not known yet what was paid, it is kept until that is.
  if v_order_id is not null then
    perform private.settle_order(v_order_id);
  end if;
  -- Somebody has to see to it.
  return 'quarantined';
end;
$$;
comment on function private.apply_returned_refund(jsonb) is
$$Take over that a refund has come back from the bank of its buyer

Returns quarantined, stale (known already) or ignored (of no payment).$$;

create or replace function private.apply_dispute(object jsonb)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment_id constant text := private.id_of(apply_dispute.object -> 'payment_intent');
  v_status constant text := case apply_dispute.object ->> 'status' when 'won' then 'won' when 'lost' then 'lost' else 'open' end;
  v_order_id uuid;
  v_fees jsonb;
  v_is_new boolean;
begin
  -- What is only asked about has moved no money.
  if v_payment_id is null or starts_with(apply_dispute.object ->> 'status', 'warning') then
    return 'ignored';
  end if;
  v_order_id := private.hold_payment(v_payment_id, private.order_named(apply_dispute.object));
  -- Each report has the balance transactions there were until then: together they are all of them, whichever comes first.
  select coalesce(jsonb_object_agg(moved.value ->> 'id', (moved.value ->> 'fee')::numeric::bigint), '{}') into v_fees
  from jsonb_array_elements(
    case jsonb_typeof(apply_dispute.object -> 'balance_transactions') when 'array' then apply_dispute.object -> 'balance_transactions' else '[]' end
  ) as moved (value)
  where moved.value ->> 'id' is not null and (moved.value ->> 'fee')::numeric <> 0;
  insert into private.disputes as dispute (id, payment_intent_id, amount_minor, fees, currency, status)
  values (
    apply_dispute.object ->> 'id', v_payment_id, (apply_dispute.object ->> 'amount')::numeric::bigint, v_fees,
    upper(apply_dispute.object ->> 'currency'), v_status
  )
  on conflict on constraint disputes_pkey do update
    set status = case
          when array_position('{open,lost,won}', excluded.status) > array_position('{open,lost,won}', dispute.status) then excluded.status
          else dispute.status
        end,
        fees = dispute.fees || excluded.fees,
        updated_at = now()
    where array_position('{open,lost,won}', excluded.status) > array_position('{open,lost,won}', dispute.status)
      or not dispute.fees @> excluded.fees
  returning true into v_is_new;
  return private.settle_event(v_order_id, coalesce(v_is_new, false));
end;
$$;

create or replace function private.dispatch_event(type text, object jsonb, happened_at timestamptz, account text)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  return case
    -- What happens in an account of a seller's at Stripe is not the platform's: of it we follow what they may do and their payouts.
    when dispatch_event.account is not null and dispatch_event.type not in ('account.updated', 'payout.paid', 'payout.failed') then 'ignored'
    when dispatch_event.type in (
      'checkout.session.completed', 'checkout.session.async_payment_succeeded', 'checkout.session.async_payment_failed',
      'checkout.session.expired'
    ) then private.apply_session(dispatch_event.type, dispatch_event.object)
    when dispatch_event.type in ('payment_intent.succeeded', 'payment_intent.payment_failed')
      then private.apply_payment_intent(dispatch_event.type, dispatch_event.object)
    when dispatch_event.type = 'charge.refunded' then private.apply_charge(dispatch_event.object)
    when dispatch_event.type = 'refund.failed' then private.apply_returned_refund(dispatch_event.object)
    when dispatch_event.type in ('charge.dispute.created', 'charge.dispute.closed') then private.apply_dispute(dispatch_event.object)
    when dispatch_event.type in ('customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted')
      then private.mirror_subscription(dispatch_event.object, dispatch_event.happened_at)
    when dispatch_event.type in ('invoice.paid', 'invoice.payment_failed')
      then private.mirror_invoice(dispatch_event.object, dispatch_event.happened_at)
    when dispatch_event.type = 'account.updated' then private.mirror_account(dispatch_event.object, dispatch_event.happened_at)
    when dispatch_event.type in ('transfer.created', 'transfer.reversed')
      then private.mirror_transfer(dispatch_event.object, dispatch_event.happened_at)
    when dispatch_event.type in ('payout.paid', 'payout.failed')
      then private.mirror_payout(dispatch_event.object, dispatch_event.happened_at, dispatch_event.account)
    else 'ignored'
  end;
end;
$$;
comment on function private.dispatch_event(text, jsonb, timestamptz, text) is 'Apply an event of Stripe by its type: applied, stale, ignored or quarantined';

-- Security definer: what the provider reports is nobody's to write; the function has proved that it is Stripe who says so.
create or replace function private.apply_stripe_event(event jsonb)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_outcome text;
  v_happened_at timestamptz;
begin
  if coalesce(jsonb_typeof(apply_stripe_event.event), '') <> 'object'
    or coalesce(apply_stripe_event.event ->> 'id', '') !~ '^[A-Za-z0-9_]{1,200}$'
    or coalesce(apply_stripe_event.event ->> 'type', '') !~ '^[a-z0-9_.]{1,100}$'
    or coalesce(apply_stripe_event.event ->> 'created', '') !~ '^[0-9]{1,12}$'
    or coalesce(jsonb_typeof(apply_stripe_event.event -> 'data' -> 'object'), '') <> 'object'
  then
    perform private.raise_error(422, 'event_invalid', 'This is no event of Stripe.');
  end if;
  v_happened_at := to_timestamp((apply_stripe_event.event ->> 'created')::bigint);
  -- A second delivery at the same time waits for this one, and is then one that was there before.
  perform pg_advisory_xact_lock(hashtextextended('stripe_event:' || (apply_stripe_event.event ->> 'id'), 0));
  if exists (select from private.stripe_events as row where row.id = apply_stripe_event.event ->> 'id') then
    return 'duplicate';
  end if;
  v_outcome := private.dispatch_event(
    apply_stripe_event.event ->> 'type', apply_stripe_event.event -> 'data' -> 'object', v_happened_at,
    apply_stripe_event.event ->> 'account'
  );
  insert into private.stripe_events (id, type, happened_at, payload, outcome)
  values (apply_stripe_event.event ->> 'id', apply_stripe_event.event ->> 'type', v_happened_at, apply_stripe_event.event, v_outcome);
  if v_outcome = 'quarantined' then
    perform private.quarantine_event(apply_stripe_event.event ->> 'id', apply_stripe_event.event -> 'data' -> 'object');
  end if;
  return v_outcome;
end;
$$;

create or replace function private.quarantine_event(event_id text, object jsonb)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update private.stripe_events as event
  set order_id = private.order_named(quarantine_event.object),
      object_id = coalesce(private.id_of(quarantine_event.object -> 'payment_intent'), quarantine_event.object ->> 'id'),
      error = case split_part(event.type, '.', 1)
        when 'customer' then 'a subscription of no plan of ours, of no period or status that is known, or a second one of somebody who has one'
        when 'invoice' then 'an invoice of no amount, currency or status that is known'
        when 'transfer' then 'a transfer of another amount, currency or id than it was asked for with'
        when 'refund' then 'a refund that the bank of its buyer has sent back: the money is held for them'
        when 'payout' then 'a payout of no amount, currency or status that is known'
        when 'charge' then case
          when exists (
            select
            from private.payments as payment
            where payment.payment_intent_id = private.id_of(quarantine_event.object -> 'payment_intent') and payment.order_id is not null
          ) then 'money went back of a payment that paid for nothing'
          else 'money went back of a payment of no order, such as a subscription''s: what it entitles to has not ended by that'
        end
        else 'what was paid pays for nothing: another amount or currency, an order that was over, or a copy that was bought already'
      end
  where event.id = quarantine_event.event_id
$$;
comment on function private.quarantine_event(text, jsonb) is 'Note what staff need of an event that gave nobody anything for as long as it is kept: what it is about, and why';

-- Security definer: what Stripe reported is nobody's to read but by staff through here.
create or replace function private.quarantined_events(after text, page_size int)
returns setof public.quarantined_event
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('admin');
  v_list text := 'quarantined_events:' || v_user_id;
  v_place text[] := private.decode_place(v_list, quarantined_events.after, '{timestamptz,text}');
  v_size int := private.page_size(quarantined_events.page_size);
begin
  return query
  select
    event.id, event.type, event.error, event.order_id, event.object_id, event.happened_at, event.received_at,
    private.encode_cursor(v_list, jsonb_build_array(event.received_at, event.id)::text)
  from private.stripe_events as event
  where event.outcome = 'quarantined'
    and (event.received_at, event.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], ''))
  order by event.received_at desc, event.id desc
  limit v_size;
end;
$$;

-- Security definer: service_role forgets nothing but what is old; names and addresses of buyers are in it.
create or replace function private.forget_stripe_payloads(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  update private.stripe_events as event
  set payload = null
  where event.id = any (array(
    select old.id
    from private.stripe_events as old
    where old.payload is not null
      and old.received_at < now() - make_interval(days => private.setting('stripe_payload_kept_days')::int)
    order by old.received_at
    limit least(greatest(coalesce(forget_stripe_payloads.size, 1000), 1), 10000)
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  return v_count;
end;
$$;
