create or replace function private.order_of_entry(kind text, cause text)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  -- What was taken from royalties is about none. By itself, as what is in a case may be worked out before it is come to.
  if order_of_entry.kind = 'debt_settled' and not pg_input_is_valid(left(order_of_entry.cause, 36), 'uuid') then
    return null;
  end if;
  return case
    when order_of_entry.kind = 'sale' then order_of_entry.cause::uuid
    when order_of_entry.kind = 'debt_settled' then left(order_of_entry.cause, 36)::uuid
    when order_of_entry.kind = 'refund' then (select refund.order_id from public.refunds as refund where refund.id = order_of_entry.cause::uuid)
    when order_of_entry.kind = 'provider_refund' then (
      select payment.order_id from private.payments as payment where payment.payment_intent_id = split_part(order_of_entry.cause, ':', 1)
    )
    when order_of_entry.kind in ('dispute', 'dispute_won') then (
      select payment.order_id
      from private.disputes as dispute
      join private.payments as payment on payment.payment_intent_id = dispute.payment_intent_id
      where dispute.id = order_of_entry.cause
    )
    when order_of_entry.kind in ('reversal', 'reversal_failed') then (
      select transfer.order_id
      from private.transfer_reversals as reversal
      join private.transfers as transfer on transfer.id = reversal.transfer_id
      where reversal.id = order_of_entry.cause::bigint
    )
  end;
end;
$$;
comment on function private.order_of_entry(text, text) is 'The order that an entry of the ledger is about; null for what is about none, such as royalties';

create or replace view private.order_dues with (security_invoker = true) as
select
  account.owner_id as seller_id, account.currency, private.order_of_entry(entry.kind, entry.cause) as order_id,
  -sum(posting.amount_minor)::bigint as earned_minor,
  min(entry.created_at) as since
from private.ledger_accounts as account
join private.ledger_postings as posting on posting.account_id = account.id
join private.ledger_transactions as entry on entry.id = posting.transaction_id
where account.owner_kind = 'seller'
  and account.purpose = 'payable'
  and entry.kind not in ('payout', 'payout_cut', 'transfer_failed', 'transfer_found')
group by account.owner_id, account.currency, private.order_of_entry(entry.kind, entry.cause);
comment on view private.order_dues is
'What sellers have earned by each order, refunds and reversals taken off, and with null by what belongs to none; whatever was paid out since';

create or replace function private.still_due(seller_id uuid, currency text)
returns table (order_id uuid, due_minor bigint, is_held boolean)
language sql
stable
security invoker
set search_path = ''
as $$
  select
    due.order_id,
    due.earned_minor - coalesce(
      (
        select sum(transfer.amount_minor)
        from private.transfers as transfer
        where transfer.seller_id = due.seller_id
          and transfer.currency = due.currency
          and transfer.order_id is not distinct from due.order_id
          and transfer.status <> 'failed'
      ),
      0
    )::bigint,
    due.order_id is not null and due.since > now() - make_interval(days => private.setting('payout_held_days')::int)
  from private.order_dues as due
  where due.seller_id = still_due.seller_id and due.currency = still_due.currency
$$;
comment on function private.still_due(uuid, text) is
'What of each order a seller is still to have, and with null of what belongs to none; below 0 what they have had too much. Held: sold too lately (payout_held_days)';

create or replace function private.payout_minimum(currency text)
returns bigint
language sql
stable
security invoker
set search_path = ''
as $$
  select (private.setting('payout_minimum') * 10 ^ unit.exponent)::bigint
  from public.currencies as unit
  where unit.code = payout_minimum.currency
$$;
comment on function private.payout_minimum(text) is 'What a payout is above, in minor units of a currency (setting payout_minimum, in whole ones); null for an unknown currency';

create or replace function private.settle_debt_by_dues(seller_id uuid, currency text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_due record;
begin
  if private.balance('seller', settle_debt_by_dues.seller_id, 'owed_to_platform', settle_debt_by_dues.currency) <= 0 then
    return;
  end if;
  for v_due in
    select due.order_id, due.due_minor
    from private.still_due(settle_debt_by_dues.seller_id, settle_debt_by_dues.currency) as due
    where due.due_minor > 0
    order by due.order_id nulls first
  loop
    perform private.settle_debt(
      settle_debt_by_dues.seller_id, settle_debt_by_dues.currency, v_due.due_minor,
      coalesce(v_due.order_id::text, 'payout') || ':' || settle_debt_by_dues.seller_id || ':' || private.uuid_v7()
    );
  end loop;
end;
$$;
comment on function private.settle_debt_by_dues(uuid, text) is
'Take what a seller owes the platform from what they had earned before they owed it and have not been sent yet: nobody in debt is paid out';

-- Lock order: the seller's payouts (an advisory lock), then the ledger.
create or replace function private.open_payout(seller_id uuid, currency text, is_requested boolean)
returns public.payouts
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payout public.payouts;
  v_total bigint;
  v_dues jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('payout:' || open_payout.seller_id, 0));
  if exists (
    select from public.payouts as former
    where former.seller_id = open_payout.seller_id and former.currency = open_payout.currency and former.status = 'open'
  ) then
    perform private.raise_error(409, 'payout_open', 'A payout in this currency is under way.');
  end if;
  perform private.settle_debt_by_dues(open_payout.seller_id, open_payout.currency);
  -- Cheap, and most have no more than that: what each order brought is summed for who may have a payout.
  if not coalesce(
    -private.balance('seller', open_payout.seller_id, 'payable', open_payout.currency) > private.payout_minimum(open_payout.currency), false
  ) then
    return null;
  end if;
  -- Never more than is owed: what was paid too much for one order is taken off the others.
  -- Read once, as a refund may come in between: the transfers are of what the payout is.
  select
    least(
      coalesce(sum(due.due_minor) filter (where due.due_minor > 0 and not due.is_held), 0)
        + coalesce(sum(due.due_minor) filter (where due.due_minor < 0), 0),
      -private.balance('seller', open_payout.seller_id, 'payable', open_payout.currency)
    ),
    coalesce(jsonb_agg(to_jsonb(due)) filter (where due.due_minor > 0 and not due.is_held), '[]')
  into v_total, v_dues
  from private.still_due(open_payout.seller_id, open_payout.currency) as due;
  if v_total is null or v_total <= private.payout_minimum(open_payout.currency) then
    return null;
  end if;
  insert into public.payouts (seller_id, currency, amount_minor, is_requested)
  values (open_payout.seller_id, open_payout.currency, v_total, open_payout.is_requested)
  returning * into v_payout;
  insert into private.transfers (payout_id, order_id, seller_id, currency, amount_minor)
  select v_payout.id, part.order_id, v_payout.seller_id, v_payout.currency, least(part.due_minor, v_total - part.before)
  from (
    select
      due.order_id, due.due_minor,
      coalesce(sum(due.due_minor) over (order by due.order_id nulls first rows between unbounded preceding and 1 preceding), 0)::bigint as before
    from jsonb_to_recordset(v_dues) as due (order_id uuid, due_minor bigint)
  ) as part
  where part.before < v_total;
  perform private.post_entry(
    'payout', v_payout.id::text,
    array[
      row('seller', v_payout.seller_id, 'payable', v_payout.currency, v_total)::private.posting,
      row('seller', v_payout.seller_id, 'in_transit', v_payout.currency, -v_total)::private.posting
    ]
  );
  perform private.audit(
    'payout_opened', 'payout', v_payout.id::text, jsonb_build_object('amount_minor', v_total, 'currency', v_payout.currency)
  );
  return v_payout;
end;
$$;
comment on function private.open_payout(uuid, text, boolean) is
$$Open a payout of everything that is due and not held; null where that is not above the minimum

Errors: payout_open (409).$$;

-- Security definer: payouts are nobody's to write.
create or replace function private.request_payout(currency text)
returns public.payouts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce');
  v_minimum constant bigint := private.payout_minimum(upper(request_payout.currency));
  v_payout public.payouts;
begin
  if v_minimum is null then
    perform private.raise_error(404, 'currency_not_found', 'There is no currency of this code that can be charged.');
  end if;
  if not exists (select from private.artist_accounts as account where account.profile_id = v_user_id and account.payouts_enabled) then
    perform private.raise_error(402, 'seller_not_ready', 'Complete your account at the payment provider first.');
  end if;
  v_payout := private.open_payout(v_user_id, upper(request_payout.currency), true);
  if v_payout.id is null then
    perform private.raise_error(409, 'nothing_to_pay_out', 'There is not enough yet that can be paid out.', v_minimum::text);
  end if;
  return v_payout;
end;
$$;

-- Security definer: as request_payout; service_role opens what is due by the rules alone. Who is leaving is sent what is theirs while they can be: they
-- cannot ask for it themselves any more.
create or replace function private.open_due_payouts(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_due record;
  v_count int := 0;
begin
  if not exists (select from public.feature_flags as flag where flag.name = 'commerce' and flag.is_enabled)
    or private.setting('payouts_automatic') = 0
    or not pg_try_advisory_xact_lock(hashtextextended('open_due_payouts', 0))
  then
    return 0;
  end if;
  for v_due in
    select ledger.owner_id as seller_id, ledger.currency
    from private.ledger_accounts as ledger
    join private.artist_accounts as account on account.profile_id = ledger.owner_id and account.payouts_enabled
    where ledger.owner_kind = 'seller'
      and ledger.purpose = 'payable'
      and not exists (
        select from public.payouts as former
        where former.seller_id = ledger.owner_id and former.currency = ledger.currency and former.status = 'open'
      )
      -- Whose bank or account the provider refuses is not tried again at every run.
      and not exists (
        select
        from private.transfers as refused
        where refused.seller_id = ledger.owner_id
          and refused.currency = ledger.currency
          and refused.status = 'failed'
          and refused.created_at > now() - make_interval(hours => private.setting('payout_retry_hours')::int)
      )
      and -private.balance('seller', ledger.owner_id, 'payable', ledger.currency) > private.payout_minimum(ledger.currency)
    order by ledger.owner_id, ledger.currency
  loop
    exit when v_count >= least(greatest(coalesce(open_due_payouts.size, 100), 1), 1000);
    begin
      v_count := v_count + ((private.open_payout(v_due.seller_id, v_due.currency, false)).id is not null)::int;
    -- Its seller has asked for it meanwhile.
    exception when sqlstate 'PT409' then
      null;
    end;
  end loop;
  return v_count;
end;
$$;

-- Security definer: transfers are nobody's to read; service_role makes them at the provider.
create or replace function private.claim_transfers(size int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_transfer record;
  v_claimed jsonb := '[]';
begin
  if not exists (select from public.feature_flags as flag where flag.name = 'commerce' and flag.is_enabled) then
    return v_claimed;
  end if;
  for v_transfer in
    with batch as materialized (
      select transfer.*, account.stripe_account_id
      from private.transfers as transfer
      join private.artist_accounts as account on account.profile_id = transfer.seller_id
      where transfer.status = 'pending'
        and coalesce(transfer.leased_until <= now(), true)
        and account.payouts_enabled
        and account.stripe_account_id is not null
      order by transfer.id
      limit least(greatest(coalesce(claim_transfers.size, 100), 1), 1000)
      for update of transfer skip locked
    ),
    -- What a refund has taken off meanwhile is not sent. Once tried it stays as it was, as the provider knows it by its key. Summed once a seller: of
    -- each order they have one transfer that waits.
    taken as materialized (
      select seller.seller_id, seller.currency, due.order_id, -due.due_minor as minor
      from (select distinct batch.seller_id, batch.currency from batch where batch.attempts = 0) as seller
      cross join lateral private.still_due(seller.seller_id, seller.currency) as due
      where due.due_minor < 0
    )
    select batch.*, case when batch.attempts = 0 then least(coalesce(taken.minor, 0), batch.amount_minor) else 0 end as cut_minor
    from batch
    left join taken
      on taken.seller_id = batch.seller_id
      and taken.currency = batch.currency
      and coalesce(taken.order_id, '00000000-0000-0000-0000-000000000000') = coalesce(batch.order_id, '00000000-0000-0000-0000-000000000000')
    order by batch.id
  loop
    if v_transfer.cut_minor > 0 then
      perform private.post_entry(
        'payout_cut', v_transfer.id::text,
        array[
          row('seller', v_transfer.seller_id, 'in_transit', v_transfer.currency, v_transfer.cut_minor)::private.posting,
          row('seller', v_transfer.seller_id, 'payable', v_transfer.currency, -v_transfer.cut_minor)::private.posting
        ]
      );
      update public.payouts as payout
      set amount_minor = payout.amount_minor - v_transfer.cut_minor
      where payout.id = v_transfer.payout_id;
      if v_transfer.cut_minor = v_transfer.amount_minor then
        delete from private.transfers as transfer where transfer.id = v_transfer.id;
        perform private.close_payout(v_transfer.payout_id);
        continue;
      end if;
      v_transfer.amount_minor := v_transfer.amount_minor - v_transfer.cut_minor;
    end if;
    update private.transfers as transfer
    set attempts = transfer.attempts + 1, amount_minor = v_transfer.amount_minor,
        leased_until = now() + make_interval(secs => private.setting('outbox_lease_seconds'))
    where transfer.id = v_transfer.id;
    v_claimed := v_claimed || jsonb_build_object(
      'transfer_id', v_transfer.id, 'payout_id', v_transfer.payout_id, 'account_id', v_transfer.stripe_account_id,
      'amount_minor', v_transfer.amount_minor, 'currency', v_transfer.currency,
      'transfer_group', coalesce(v_transfer.order_id::text, 'payout:' || v_transfer.payout_id), 'key', 'transfer:' || v_transfer.id,
      'created_at', v_transfer.created_at
    );
  end loop;
  return v_claimed;
end;
$$;

-- Security definer: as claim_transfers.
create or replace function private.record_transfer(transfer_id bigint, stripe_transfer_id text, status text, failure text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_transfer private.transfers;
begin
  -- The order first: a refund that is just being made sees this transfer as sent, or is seen here.
  perform
  from public.orders as bought
  where bought.id = (select transfer.order_id from private.transfers as transfer where transfer.id = record_transfer.transfer_id)
  for update;
  select transfer.* into v_transfer from private.transfers as transfer where transfer.id = record_transfer.transfer_id for update;
  if not found then
    perform private.raise_error(404, 'transfer_not_found', 'There is no transfer of this id.');
  end if;
  if coalesce(record_transfer.status, '') not in ('sent', 'failed') or (record_transfer.status = 'sent' and coalesce(record_transfer.stripe_transfer_id, '') = '') then
    perform private.raise_error(422, 'outcome_missing', 'Say how it went.');
  end if;
  -- What was sent stays so: a failure that is told late is of a try before.
  if v_transfer.status = 'sent' or v_transfer.status = record_transfer.status then
    return v_transfer.status;
  end if;
  perform private.post_entry(
    case when record_transfer.status = 'failed' then 'transfer_failed' when v_transfer.status = 'failed' then 'transfer_found' else 'transfer' end,
    v_transfer.id::text,
    array[
      row('seller', v_transfer.seller_id, case when v_transfer.status = 'failed' then 'payable' else 'in_transit' end, v_transfer.currency,
        v_transfer.amount_minor)::private.posting,
      case when record_transfer.status = 'failed'
        then row('seller', v_transfer.seller_id, 'payable', v_transfer.currency, -v_transfer.amount_minor)::private.posting
        else row('provider', null, 'stripe_clearing', v_transfer.currency, -v_transfer.amount_minor)::private.posting
      end
    ]
  );
  update private.transfers as transfer
  set status = record_transfer.status, stripe_transfer_id = coalesce(record_transfer.stripe_transfer_id, transfer.stripe_transfer_id),
      failure = left(record_transfer.failure, 1000), leased_until = null
  where transfer.id = v_transfer.id;
  if record_transfer.status = 'sent' then
    perform private.fetch_back_excess(v_transfer);
  end if;
  perform private.close_payout(v_transfer.payout_id);
  return record_transfer.status;
end;
$$;

create or replace function private.fetch_back_excess(transfer private.transfers)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_transfer constant private.transfers := fetch_back_excess.transfer;
  v_excess bigint;
  v_id bigint;
begin
  if not exists (
    select
    from public.order_lines as line
    where line.order_id = v_transfer.order_id and line.refunded_minor + line.disputed_minor > 0
  ) then
    return;
  end if;
  select -due.due_minor - coalesce((
    select sum(reversal.amount_minor)
    from private.transfer_reversals as reversal
    join private.transfers as other on other.id = reversal.transfer_id
    where other.order_id = v_transfer.order_id and other.seller_id = v_transfer.seller_id and other.currency = v_transfer.currency
      and reversal.status = 'due'
  ), 0)
  into v_excess
  from private.still_due(v_transfer.seller_id, v_transfer.currency) as due
  where due.order_id = v_transfer.order_id;
  if v_excess > 0 then
    insert into private.transfer_reversals (transfer_id, seller_id, currency, amount_minor, cause)
    values (
      v_transfer.id, v_transfer.seller_id, v_transfer.currency, least(v_excess, v_transfer.amount_minor), 'transfer:' || v_transfer.id
    )
    returning id into v_id;
    perform private.enqueue('stripe_reversal', jsonb_build_object('reversal_id', v_id));
  end if;
end;
$$;
comment on function private.fetch_back_excess(private.transfers) is
'Have fetched back of a transfer, which has just been sent, what was given back of its order while it was under way; the order is locked';

create or replace function private.close_payout(payout_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_payout public.payouts;
  v_sent bigint;
begin
  select payout.* into v_payout from public.payouts as payout where payout.id = close_payout.payout_id for update;
  if exists (
    select from private.transfers as transfer where transfer.payout_id = v_payout.id and transfer.status = 'pending'
  ) then
    return;
  end if;
  select coalesce(sum(transfer.amount_minor), 0) into v_sent
  from private.transfers as transfer
  where transfer.payout_id = v_payout.id and transfer.status = 'sent';
  update public.payouts as payout
  set status = case when v_sent > 0 then 'paid' else 'failed' end, closed_at = coalesce(payout.closed_at, now()), amount_minor = v_sent
  where payout.id = v_payout.id;
  if v_sent > 0 and v_payout.status <> 'paid' then
    perform private.audit('payout_paid', 'payout', v_payout.id::text, jsonb_build_object('amount_minor', v_sent, 'currency', v_payout.currency));
    perform private.notify(
      v_payout.seller_id, 'payout', null, null, null, v_payout.id::text,
      jsonb_build_object('amount_minor', v_sent, 'currency', v_payout.currency)
    );
  end if;
end;
$$;
comment on function private.close_payout(uuid) is 'Close a payout when none of its transfers waits any more: paid with what was sent, or failed; tells the seller';
