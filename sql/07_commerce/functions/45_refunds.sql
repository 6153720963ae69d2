create or replace function private.require_line(line_id uuid, is_buyers boolean)
returns public.order_lines
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_line public.order_lines;
begin
  select line.* into v_line
  from public.order_lines as line
  where line.id = require_line.line_id
    and line.paid_at is not null
    and case when require_line.is_buyers then line.buyer_id else line.seller_id end = auth.uid();
  if not found then
    perform private.raise_error(404, 'order_line_not_found', 'There is no line of an order of this id that is yours.');
  end if;
  perform from public.orders as bought where bought.id = v_line.order_id for update;
  return (select line from public.order_lines as line where line.id = v_line.id);
end;
$$;
comment on function private.require_line(uuid, boolean) is 'A paid line that the caller bought, or sold, with its order locked; else order_line_not_found (404)';

-- Security definer: refunds are nobody's to write.
create or replace function private.request_refund(order_line_id uuid, reason text)
returns public.refunds
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce', even_banned => true);
  v_line public.order_lines := private.require_line(request_refund.order_line_id, true);
  v_refund public.refunds;
begin
  if coalesce(char_length(btrim(request_refund.reason)), 0) not between 1 and 1000 then
    perform private.raise_error(422, 'reason_invalid', 'Say why, in 1 to 1000 characters.');
  end if;
  -- What is sent again is found.
  select refund.* into v_refund
  from public.refunds as refund
  where refund.order_line_id = v_line.id and refund.status in ('requested', 'approved');
  if found then
    return v_refund;
  end if;
  if v_line.is_refunded or v_line.refunded_minor = v_line.charged_minor and v_line.charged_minor > 0 then
    perform private.raise_error(409, 'already_refunded', 'This was given back already.');
  end if;
  if v_line.paid_at < now() - make_interval(days => private.setting('refund_days')::int) then
    perform private.raise_error(409, 'refund_too_late', 'This was bought too long ago.', private.setting('refund_days')::text);
  end if;
  perform private.take_token('request_refund');
  insert into public.refunds (
    order_id, order_line_id, buyer_id, seller_id, payment_intent_id, amount_minor, currency, status, reason
  )
  select
    v_line.order_id, v_line.id, v_user_id, v_line.seller_id, bought.stripe_payment_intent_id, v_line.charged_minor - v_line.refunded_minor,
    v_line.currency, 'requested', btrim(request_refund.reason)
  from public.orders as bought
  where bought.id = v_line.order_id
  returning * into v_refund;
  perform private.notify(
    v_line.seller_id, 'refund_request', v_user_id, null, null, null,
    jsonb_build_object('refund_id', v_refund.id, 'order_line_id', v_line.id, 'name', v_line.name)
  );
  return v_refund;
end;
$$;

create or replace function private.finish_refund(refund public.refunds)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payment private.payments;
begin
  update public.refunds as row set status = 'succeeded', finished_at = now() where row.id = (finish_refund.refund).id;
  if (finish_refund.refund).order_line_id is null then
    select payment.* into v_payment from private.payments as payment where payment.payment_intent_id = (finish_refund.refund).payment_intent_id;
    perform private.move_held(v_payment, 'refund', (finish_refund.refund).id::text, -(finish_refund.refund).amount_minor);
  else
    perform private.settle_lines(
      (finish_refund.refund).order_id, 'refund', (finish_refund.refund).id::text, (finish_refund.refund).amount_minor
    );
  end if;
  perform private.settle_order((finish_refund.refund).order_id);
end;
$$;
comment on function private.finish_refund(public.refunds) is 'A refund is made: move the money, and let the order follow; its order is locked';

create or replace function private.locked_refund(refund_id uuid)
returns public.refunds
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_order_id uuid := (select refund.order_id from public.refunds as refund where refund.id = locked_refund.refund_id);
  v_refund public.refunds;
begin
  if v_order_id is null then
    perform private.raise_error(404, 'refund_not_found', 'There is no refund of this id that is yours to see to.');
  end if;
  perform from public.orders as bought where bought.id = v_order_id for update;
  select refund.* into v_refund from public.refunds as refund where refund.id = locked_refund.refund_id for update;
  return v_refund;
end;
$$;
comment on function private.locked_refund(uuid) is 'A refund, locked after its order; else refund_not_found (404)';

-- Security definer: as request_refund.
create or replace function private.decide_refund(refund_id uuid, approve boolean, note text)
returns public.refunds
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce', even_banned => true);
  v_refund public.refunds;
begin
  if not exists (
    select
    from public.refunds as refund
    where refund.id = decide_refund.refund_id
      and (refund.seller_id = v_user_id or private.is_staff('admin'))
  ) then
    perform private.raise_error(404, 'refund_not_found', 'There is no refund of this id that is yours to see to.');
  end if;
  v_refund := private.locked_refund(decide_refund.refund_id);
  perform private.require_not_own(v_refund.buyer_id);
  if decide_refund.approve is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if char_length(decide_refund.note) not between 1 and 1000 then
    perform private.raise_error(422, 'note_invalid', 'A note has 1 to 1000 characters.');
  end if;
  if v_refund.status <> 'requested' then
    if decide_refund.approve = (v_refund.status <> 'declined') then
      return v_refund;
    end if;
    perform private.raise_error(409, 'refund_decided', 'This has been decided already.', v_refund.status);
  end if;
  update public.refunds as refund
  set status = case when decide_refund.approve then 'approved' else 'declined' end,
      decided_at = now(), decided_by = v_user_id, note = decide_refund.note,
      finished_at = case when decide_refund.approve then null else now() end,
      -- What was given back at Stripe meanwhile is not given back twice.
      amount_minor = (
        select line.charged_minor - line.refunded_minor from public.order_lines as line where line.id = refund.order_line_id
      )
  where refund.id = v_refund.id
  returning * into v_refund;
  perform private.audit(
    'refund_decided', 'refund', v_refund.id::text,
    jsonb_build_object('approve', decide_refund.approve, 'amount_minor', v_refund.amount_minor, 'currency', v_refund.currency)
  );
  if decide_refund.approve and v_refund.amount_minor = 0 then
    perform private.finish_refund(v_refund);
  elsif decide_refund.approve then
    perform private.enqueue('stripe_refund', jsonb_build_object('refund_id', v_refund.id));
  end if;
  perform private.notify(
    v_refund.buyer_id, 'refund_decision', null, null, null, null,
    jsonb_build_object('refund_id', v_refund.id, 'is_approved', decide_refund.approve)
  );
  return (select refund from public.refunds as refund where refund.id = v_refund.id);
end;
$$;

create or replace function private.keep_returned(payment_intent_id text, stripe_refund_id text, amount_minor bigint, reason text)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into private.returned_refunds (id, payment_intent_id, amount_minor, reason)
  values (keep_returned.stripe_refund_id, keep_returned.payment_intent_id, keep_returned.amount_minor, left(keep_returned.reason, 200))
  on conflict on constraint returned_refunds_pkey do nothing;
  return found;
end;
$$;
comment on function private.keep_returned(text, text, bigint, text) is
'Note that a refund has come back from the bank, once; whether it was not known. When its order is settled next it is held for its buyer';

-- Security definer: as request_refund.
create or replace function private.refund_held(payment_intent_id text, note text)
returns public.refunds
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.require_staff('admin');
  v_payment private.payments;
  v_order public.orders;
  v_left bigint;
  v_refund public.refunds;
begin
  select payment.* into v_payment
  from private.payments as payment
  where payment.payment_intent_id = refund_held.payment_intent_id
    and (
      payment.settled_as = 'held'
      or exists (select from private.returned_refunds as returned where returned.payment_intent_id = payment.payment_intent_id)
    );
  if not found then
    perform private.raise_error(404, 'payment_not_found', 'There is no payment of this id that is held for its buyer.');
  end if;
  if coalesce(char_length(refund_held.note), 0) not between 1 and 1000 then
    perform private.raise_error(422, 'note_invalid', 'A note has 1 to 1000 characters.');
  end if;
  select bought.* into v_order from public.orders as bought where bought.id = v_payment.order_id for update;
  select case payment.settled_as when 'held' then payment.amount_minor - payment.provider_refunded_minor else 0 end
    + coalesce((
      select sum(returned.amount_minor) from private.returned_refunds as returned where returned.payment_intent_id = payment.payment_intent_id
    ), 0)
    - coalesce((
      select sum(refund.amount_minor)
      from public.refunds as refund
      where refund.payment_intent_id = payment.payment_intent_id
        and refund.order_line_id is null
        and refund.status in ('approved', 'succeeded')
    ), 0)
    -- What a bank has fetched of a payment that is held is not given back as well.
    - case payment.settled_as when 'held' then coalesce((
      select sum(dispute.amount_minor)
      from private.disputes as dispute
      where dispute.payment_intent_id = payment.payment_intent_id and dispute.is_posted and not dispute.is_given_back
    ), 0) else 0 end
  into v_left
  from private.payments as payment
  where payment.payment_intent_id = v_payment.payment_intent_id;
  if v_left <= 0 then
    perform private.raise_error(409, 'already_refunded', 'This was given back already.');
  end if;
  insert into public.refunds (
    order_id, buyer_id, payment_intent_id, amount_minor, currency, status, reason, note, decided_at, decided_by
  )
  values (
    v_order.id, v_order.buyer_id, v_payment.payment_intent_id, v_left, v_payment.currency, 'approved', 'It paid for nothing', refund_held.note,
    now(), v_user_id
  )
  returning * into v_refund;
  perform private.audit('held_payment_refunded', 'refund', v_refund.id::text, jsonb_build_object('amount_minor', v_left));
  perform private.enqueue('stripe_refund', jsonb_build_object('refund_id', v_refund.id));
  return v_refund;
end;
$$;

-- Security definer: the service makes what was decided.
create or replace function private.refund_to_make(refund_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_refund constant public.refunds := private.locked_refund(refund_to_make.refund_id);
begin
  return jsonb_build_object(
    'payment_intent_id', v_refund.payment_intent_id, 'amount_minor', v_refund.amount_minor, 'currency', v_refund.currency,
    'order_id', v_refund.order_id, 'status', v_refund.status, 'approved_at', v_refund.decided_at
  );
end;
$$;

-- Security definer: as refund_to_make.
create or replace function private.record_refund(refund_id uuid, stripe_refund_id text, status text, failure text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_refund public.refunds := private.locked_refund(record_refund.refund_id);
begin
  if coalesce(record_refund.status, '') not in ('succeeded', 'pending', 'requires_action', 'failed', 'canceled') then
    perform private.raise_error(422, 'status_unknown', 'Stripe knows no such status.');
  end if;
  if v_refund.status <> 'approved' then
    return v_refund.status;
  end if;
  update public.refunds as refund
  set stripe_refund_id = coalesce(refund.stripe_refund_id, left(record_refund.stripe_refund_id, 200)),
      failure = left(record_refund.failure, 1000)
  where refund.id = v_refund.id;
  if record_refund.status in ('failed', 'canceled') and record_refund.stripe_refund_id is null then
    update public.refunds as refund set status = 'failed', finished_at = now() where refund.id = v_refund.id;
    -- What Stripe has reported as given back was then not this one.
    perform private.settle_order(v_refund.order_id);
    return 'failed';
  end if;
  -- Pending is on its way at the bank: it is the buyer's, and no more the seller's. And what Stripe has made and had back is held for them, whoever
  -- tells of it first (refund.failed).
  if record_refund.status in ('failed', 'canceled') then
    perform private.keep_returned(v_refund.payment_intent_id, record_refund.stripe_refund_id, v_refund.amount_minor, record_refund.failure);
  end if;
  perform private.finish_refund(v_refund);
  return (select refund.status from public.refunds as refund where refund.id = v_refund.id);
end;
$$;
