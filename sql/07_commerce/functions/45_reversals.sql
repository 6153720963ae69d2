-- What is fetched back from sellers' accounts at Stripe, or was taken there.

create or replace function private.locked_reversal(reversal_id bigint)
returns private.transfer_reversals
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_transfer private.transfers;
  v_reversal private.transfer_reversals;
begin
  select transfer.* into v_transfer
  from private.transfer_reversals as reversal
  join private.transfers as transfer on transfer.id = reversal.transfer_id
  where reversal.id = locked_reversal.reversal_id;
  if not found then
    perform private.raise_error(404, 'reversal_not_found', 'There is no reversal of this id.');
  end if;
  perform from public.orders as bought where bought.id = v_transfer.order_id for update;
  perform from private.transfers as transfer where transfer.id = v_transfer.id for update;
  select reversal.* into v_reversal from private.transfer_reversals as reversal where reversal.id = locked_reversal.reversal_id for update;
  return v_reversal;
end;
$$;
comment on function private.locked_reversal(bigint) is 'A reversal, locked after its order and its transfer; else reversal_not_found (404)';

create or replace function private.settle_reversed(transfer_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_transfer private.transfers;
  v_known record;
  v_id bigint;
begin
  select transfer.* into v_transfer from private.transfers as transfer where transfer.id = settle_reversed.transfer_id;
  -- One of ours that is under way may be what Stripe reports.
  select
    count(*) as number,
    coalesce(sum(reversal.amount_minor) filter (where reversal.status = 'succeeded' or (reversal.status = 'due' and reversal.tried_at is not null)), 0)
      as minor
  into v_known
  from private.transfer_reversals as reversal
  where reversal.transfer_id = v_transfer.id;
  if v_transfer.reversed_minor <= v_known.minor then
    return;
  end if;
  insert into private.transfer_reversals (transfer_id, seller_id, currency, amount_minor, cause, status, finished_at)
  values (
    v_transfer.id, v_transfer.seller_id, v_transfer.currency, v_transfer.reversed_minor - v_known.minor, 'stripe:' || v_known.number, 'succeeded',
    now()
  )
  returning id into v_id;
  perform private.take_from_sellers(
    v_transfer.order_id, 'reversal', v_id::text,
    array[
      row('provider', null, 'stripe_clearing', v_transfer.currency, v_transfer.reversed_minor - v_known.minor)::private.posting,
      row('seller', v_transfer.seller_id, 'payable', v_transfer.currency, v_known.minor - v_transfer.reversed_minor)::private.posting
    ]
  );
end;
$$;
comment on function private.settle_reversed(bigint) is
$$Write down as a reversal what was taken back of a transfer, which is locked after its order, and was not asked for here: it was taken at Stripe itself

The seller is owed it again, and what was still to be fetched of the order is fetched no more.$$;

-- Security definer: as refund_to_make.
create or replace function private.reversal_to_make(reversal_id bigint)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reversal constant private.transfer_reversals := private.locked_reversal(reversal_to_make.reversal_id);
begin
  update private.transfer_reversals as reversal
  set tried_at = coalesce(reversal.tried_at, now())
  where reversal.id = v_reversal.id and reversal.status = 'due';
  return (
    select jsonb_build_object(
      'transfer_id', transfer.stripe_transfer_id, 'amount_minor', v_reversal.amount_minor, 'currency', v_reversal.currency,
      'status', v_reversal.status
    )
    from private.transfers as transfer
    where transfer.id = v_reversal.transfer_id
  );
end;
$$;

-- Security definer: as refund_to_make.
create or replace function private.record_reversal(reversal_id bigint, stripe_reversal_id text, status text, failure text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_reversal constant private.transfer_reversals := private.locked_reversal(record_reversal.reversal_id);
begin
  if coalesce(record_reversal.status, '') not in ('succeeded', 'failed') then
    perform private.raise_error(422, 'status_unknown', 'Stripe knows no such status.');
  end if;
  if v_reversal.status <> 'due' then
    return v_reversal.status;
  end if;
  update private.transfer_reversals as reversal
  set status = record_reversal.status, stripe_reversal_id = left(record_reversal.stripe_reversal_id, 200),
      failure = left(record_reversal.failure, 1000), finished_at = now()
  where reversal.id = v_reversal.id;
  if record_reversal.status = 'succeeded' then
    update private.transfers as transfer
    -- Absolute, as Stripe may have told of it before (mirror_transfer).
    set reversed_minor = greatest(transfer.reversed_minor, (
          select sum(made.amount_minor)
          from private.transfer_reversals as made
          where made.transfer_id = transfer.id and made.status = 'succeeded'
        ))
    where transfer.id = v_reversal.transfer_id;
    perform private.post_entry(
      'reversal', v_reversal.id::text,
      array[
        row('provider', null, 'stripe_clearing', v_reversal.currency, v_reversal.amount_minor)::private.posting,
        row('seller', v_reversal.seller_id, 'payable', v_reversal.currency, -v_reversal.amount_minor)::private.posting
      ]
    );
  else
    -- What cannot be had back is owed, and taken from what they sell next.
    perform private.post_entry(
      'reversal_failed', v_reversal.id::text,
      array[
        row('seller', v_reversal.seller_id, 'payable', v_reversal.currency, -v_reversal.amount_minor)::private.posting,
        row('seller', v_reversal.seller_id, 'owed_to_platform', v_reversal.currency, v_reversal.amount_minor)::private.posting
      ]
    );
    -- What Stripe has reported as taken back was then not this one.
    perform private.settle_reversed(v_reversal.transfer_id);
  end if;
  return record_reversal.status;
end;
$$;
