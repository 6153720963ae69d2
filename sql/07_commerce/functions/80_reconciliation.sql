-- Security definer: what Stripe reported is nobody's to read; service_role asks which of the ids it has are not there.
create or replace function private.missing_stripe_events(ids text[])
returns text[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg(given.id order by given.place), '{}')
  from unnest(missing_stripe_events.ids) with ordinality as given (id, place)
  where given.id is not null
    and not exists (select from private.stripe_events as event where event.id = given.id)
$$;

-- Security definer: settings are nobody's to read.
create or replace function private.reconciled_since()
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
  select now() - make_interval(hours => private.setting('reconciled_hours')::int)
$$;

-- Security definer: orders are their buyers' to read; service_role asks which sessions may have ended unheard.
create or replace function private.open_sessions()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(pending.stripe_session_id order by pending.created_at, pending.id), '[]')
  from public.orders as pending
  where pending.status = 'pending'
    and pending.stripe_session_id is not null
    -- What is on its way may be for weeks, and no clock of ours ends it (expire_orders).
    and (pending.created_at > private.reconciled_since() or pending.session_status = 'processing')
$$;

create or replace function private.post_provider_fees(transactions jsonb)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_fee record;
begin
  -- The fee of a dispute is in the ledger by the dispute.
  for v_fee in
    select moved.item ->> 'id' as id, upper(moved.item ->> 'currency') as currency, (moved.item ->> 'fee_minor')::bigint as minor
    from jsonb_array_elements(post_provider_fees.transactions) as moved (item)
    where moved.item ->> 'type' in ('charge', 'payment')
    order by moved.item ->> 'id'
  loop
    perform private.post_entry(
      'processing_cost', v_fee.id,
      array[
        row('platform', null, 'processing_costs', v_fee.currency, v_fee.minor)::private.posting,
        row('provider', null, 'stripe_clearing', v_fee.currency, -v_fee.minor)::private.posting
      ]
    );
  end loop;
end;
$$;
comment on function private.post_provider_fees(jsonb) is 'Write what the provider kept of charges into the ledger, once a balance transaction';

-- Security definer: the ledger is nobody's to read.
create or replace function private.record_reconciliation(from_at timestamptz, to_at timestamptz, repaired int, transactions jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_row private.reconciliations;
begin
  if record_reconciliation.from_at is null or coalesce(record_reconciliation.to_at <= record_reconciliation.from_at, true)
    or not isfinite(record_reconciliation.from_at) or not isfinite(record_reconciliation.to_at)
    or coalesce(record_reconciliation.repaired, -1) < 0
    or jsonb_typeof(record_reconciliation.transactions) is distinct from 'array'
    or exists (
      select from jsonb_array_elements(record_reconciliation.transactions) as moved (item)
      where jsonb_typeof(moved.item) <> 'object'
        or coalesce(moved.item ->> 'id', '') !~ '^[A-Za-z0-9_]{1,100}$'
        or jsonb_typeof(moved.item -> 'type') is distinct from 'string'
        or not coalesce(private.is_whole(moved.item -> 'amount_minor', -2147483647, 2147483647), false)
        or not coalesce(private.is_whole(moved.item -> 'fee_minor', -2147483647, 2147483647), false)
        or not exists (select from public.currencies as currency where currency.code = upper(moved.item ->> 'currency'))
    )
  then
    perform private.raise_error(422, 'report_invalid', 'This is no report of balance transactions.');
  end if;
  perform private.post_provider_fees(record_reconciliation.transactions);
  -- Stripe answers: what was given up while it did not is tried again.
  update private.outbox as message
  set dead_at = null, attempts = 0, next_attempt_at = clock_timestamp()
  where message.dead_at is not null and message.topic in ('stripe_refund', 'stripe_reversal', 'stripe_customer');
  insert into private.reconciliations (from_at, to_at, repaired_count, transaction_count, currencies, is_even)
  select
    record_reconciliation.from_at, record_reconciliation.to_at, record_reconciliation.repaired,
    jsonb_array_length(record_reconciliation.transactions),
    coalesce(
      jsonb_object_agg(
        side.currency,
        jsonb_build_object(
          'ledger_minor', side.ledger, 'stripe_minor', side.stripe, 'difference_minor', side.ledger - side.stripe, 'fees_minor', side.fees
        )
      ),
      '{}'
    ),
    coalesce(bool_and(side.ledger = side.stripe), true)
  from (
    select
      moved.currency, sum(moved.ledger)::bigint as ledger, sum(moved.stripe)::bigint as stripe, sum(moved.fee)::bigint as fees
    from (
      -- What the platform takes out to its own bank is not the ledger's.
      select upper(given.item ->> 'currency') as currency, 0::bigint as ledger, (given.item ->> 'amount_minor')::bigint as stripe,
        (given.item ->> 'fee_minor')::bigint as fee
      from jsonb_array_elements(record_reconciliation.transactions) as given (item)
      where given.item ->> 'type' <> 'payout'
      union all
      select account.currency, posting.amount_minor, 0, 0
      from private.ledger_accounts as account
      join private.ledger_postings as posting on posting.account_id = account.id
      join private.ledger_transactions as entry on entry.id = posting.transaction_id
      where account.owner_kind = 'provider'
        and account.purpose = 'stripe_clearing'
        and entry.kind not in ('processing_cost', 'dispute_fee')
        and entry.created_at >= record_reconciliation.from_at
        and entry.created_at < record_reconciliation.to_at
    ) as moved
    group by moved.currency
  ) as side
  returning * into v_row;
  return to_jsonb(v_row);
end;
$$;

-- Security definer: a list for staff.
create or replace function private.reconciliations(after text, page_size int)
returns setof public.reconciliation_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := private.require_staff('admin');
  v_list text := 'reconciliations:' || v_user_id;
  v_place text[] := private.decode_place(v_list, reconciliations.after, '{timestamptz,bigint}');
  v_size int := private.page_size(reconciliations.page_size);
begin
  return query
  select
    report.id, report.from_at, report.to_at, report.repaired_count, report.transaction_count, report.currencies, report.is_even,
    report.created_at, private.encode_cursor(v_list, jsonb_build_array(report.created_at, report.id)::text)
  from private.reconciliations as report
  where (report.created_at, report.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], '9223372036854775807')::bigint)
  order by report.created_at desc, report.id desc
  limit v_size;
end;
$$;
