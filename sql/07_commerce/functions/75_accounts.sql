-- Security definer: accounts at the provider are nobody's to read; functions ask for whom they have authenticated.
create or replace function private.onboarding(user_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_feature('commerce');
  perform private.refuse_banned(onboarding.user_id);
  if not exists (select from public.artist_profiles as artist where artist.profile_id = onboarding.user_id) then
    perform private.raise_error(403, 'not_an_artist', 'Only artists sell.', 'Call become_artist.');
  end if;
  return jsonb_build_object(
    'stripe_account_id', (
      select account.stripe_account_id from private.artist_accounts as account where account.profile_id = onboarding.user_id
    ),
    'email', (select sign_in.email from auth.users as sign_in where sign_in.id = onboarding.user_id),
    'country', null
  );
end;
$$;

-- Security definer: as onboarding.
create or replace function private.attach_account(user_id uuid, account_id text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if coalesce(attach_account.account_id, '') !~ '^[A-Za-z0-9_]{1,255}$' then
    perform private.raise_error(422, 'provider_id_invalid', 'This is no id of the payment provider.');
  end if;
  if not coalesce(private.stays(attach_account.user_id), false)
    or not exists (select from public.artist_profiles as artist where artist.profile_id = attach_account.user_id)
  then
    perform private.raise_error(403, 'not_an_artist', 'Only artists sell.', 'Call become_artist.');
  end if;
  insert into private.artist_accounts as account (profile_id, stripe_account_id)
  values (attach_account.user_id, attach_account.account_id)
  on conflict on constraint artist_accounts_pkey do update
    set stripe_account_id = coalesce(account.stripe_account_id, excluded.stripe_account_id);
  return (select account.stripe_account_id from private.artist_accounts as account where account.profile_id = attach_account.user_id);
end;
$$;

create or replace function private.mirror_account(object jsonb, happened_at timestamptz)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_charges constant boolean := coalesce((mirror_account.object -> 'charges_enabled') = 'true', false);
  v_payouts constant boolean := coalesce((mirror_account.object -> 'payouts_enabled') = 'true', false);
  v_version constant jsonb := jsonb_build_array(extract(epoch from mirror_account.happened_at), v_charges::int, v_payouts::int);
begin
  perform from private.artist_accounts as account where account.stripe_account_id = mirror_account.object ->> 'id' for update;
  if not found then
    return 'ignored';
  end if;
  update private.artist_accounts as account
  set charges_enabled = v_charges, payouts_enabled = v_payouts, updated_at = now(), version = v_version
  where account.stripe_account_id = mirror_account.object ->> 'id' and coalesce(account.version < v_version, true);
  return case when found then 'applied' else 'stale' end;
end;
$$;
comment on function private.mirror_account(jsonb, timestamptz) is
'Take over whether a seller may charge and be paid; the latest report stands, of the same second the one that allows more. Returns applied, stale or ignored (of nobody of ours)';

create or replace function private.mirror_transfer(object jsonb, happened_at timestamptz)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_named constant text := mirror_transfer.object #>> '{metadata,transfer_id}';
  v_reversed constant jsonb := mirror_transfer.object -> 'amount_reversed';
  v_transfer private.transfers;
  v_before private.transfers;
begin
  if not coalesce(pg_input_is_valid(v_named, 'bigint'), false) then
    return 'ignored';
  end if;
  select transfer.* into v_before from private.transfers as transfer where transfer.id = v_named::bigint;
  if not found then
    return 'ignored';
  end if;
  perform from public.orders as bought where bought.id = v_before.order_id for update;
  select transfer.* into v_before from private.transfers as transfer where transfer.id = v_before.id for update;
  if mirror_transfer.object -> 'amount' is distinct from to_jsonb(v_before.amount_minor)
    or upper(mirror_transfer.object ->> 'currency') is distinct from v_before.currency
    or v_before.stripe_transfer_id <> mirror_transfer.object ->> 'id'
    or mirror_transfer.object ->> 'id' is null
  then
    return 'quarantined';
  end if;
  perform private.record_transfer(v_before.id, mirror_transfer.object ->> 'id', 'sent', null);
  if jsonb_typeof(v_reversed) = 'number' then
    update private.transfers as transfer
    set reversed_minor = least(greatest(transfer.reversed_minor, (v_reversed #>> '{}')::bigint), transfer.amount_minor)
    where transfer.id = v_before.id;
    perform private.settle_reversed(v_before.id);
  end if;
  select transfer.* into v_transfer from private.transfers as transfer where transfer.id = v_before.id;
  return case when v_transfer is distinct from v_before then 'applied' else 'stale' end;
end;
$$;
comment on function private.mirror_transfer(jsonb, timestamptz) is
$$Take over that a transfer was made, and how much of it was taken back, by us or at Stripe itself: amounts are absolute, so any order ends the same

Returns applied, stale, ignored (not ours) or quarantined (another amount, currency or id than it was made with).$$;

create or replace function private.mirror_payout(object jsonb, happened_at timestamptz, account text)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_ranks constant text[] := '{pending,in_transit,paid,canceled,failed}';
  v_seller_id constant uuid := (
    select ours.profile_id from private.artist_accounts as ours where ours.stripe_account_id = mirror_payout.account
  );
  v_status constant text := mirror_payout.object ->> 'status';
  v_is_new boolean;
begin
  if v_seller_id is null then
    return 'ignored';
  end if;
  if mirror_payout.object ->> 'id' is null or array_position(v_ranks, v_status) is null
    or not coalesce(private.is_whole(mirror_payout.object -> 'amount', 0, 2147483647), false)
    or mirror_payout.object ->> 'currency' is null
  then
    return 'quarantined';
  end if;
  -- A payout that was paid may come back from the bank and fail, and then stays so.
  insert into private.bank_payouts as payout (id, seller_id, status, amount_minor, currency, failure, version)
  values (
    mirror_payout.object ->> 'id', v_seller_id, v_status, (mirror_payout.object ->> 'amount')::bigint, upper(mirror_payout.object ->> 'currency'),
    left(mirror_payout.object ->> 'failure_message', 1000),
    jsonb_build_array(array_position(v_ranks, v_status), extract(epoch from mirror_payout.happened_at), md5(mirror_payout.object::text))
  )
  on conflict on constraint bank_payouts_pkey do update
    set status = excluded.status, amount_minor = excluded.amount_minor, currency = excluded.currency, failure = excluded.failure,
        version = excluded.version
    where payout.version < excluded.version
  returning true into v_is_new;
  if v_is_new and v_status = 'failed' then
    perform private.notify(
      v_seller_id, 'payout_failed', null, null, null, mirror_payout.object ->> 'id',
      jsonb_build_object(
        'amount_minor', mirror_payout.object -> 'amount', 'currency', upper(mirror_payout.object ->> 'currency'),
        'failure_code', mirror_payout.object -> 'failure_code'
      )
    );
  end if;
  return case when v_is_new then 'applied' else 'stale' end;
end;
$$;
comment on function private.mirror_payout(jsonb, timestamptz, text) is
'Take over what became of a payout from a seller''s account at the provider to their bank, and tell them of a failed one. Returns applied, stale, ignored (not ours) or quarantined';

-- What only moves money that was earned, or takes it for a debt, is no earning.
create or replace view private.earnings with (security_invoker = true) as
select
  account.owner_id as seller_id, account.currency, -posting.amount_minor as amount_minor, entry.created_at,
  case when entry.kind = 'royalties' then 'streams' when entry.kind like 'reward%' then 'rewards' else 'sales' end as source
from private.ledger_accounts as account
join private.ledger_postings as posting on posting.account_id = account.id
join private.ledger_transactions as entry on entry.id = posting.transaction_id
where account.owner_kind = 'seller'
  and account.purpose = 'payable'
  and entry.kind not in ('payout', 'payout_cut', 'transfer_failed', 'transfer_found', 'reversal', 'reversal_failed', 'debt_settled');
comment on view private.earnings is
'What sellers have earned, posting by posting, from sales, streams and rewards: less where something was given back. For definer functions alone';

-- Security definer: the ledger is nobody's to read; tells the caller of their own alone.
create or replace function private.my_earnings(from_day date, to_day date)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  perform private.require_signed_in();
  if my_earnings.from_day is null or my_earnings.to_day is null or my_earnings.to_day < my_earnings.from_day
    or my_earnings.from_day < date '2000-01-01' or my_earnings.to_day > date '2200-01-01'
  then
    perform private.raise_error(422, 'days_invalid', 'Say from which day to which.');
  end if;
  return jsonb_build_object(
    'earned', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object('month', to_char(row.month, 'YYYY-MM'), 'source', row.source, 'currency', row.currency, 'amount_minor', row.amount)
          order by row.month, row.source, row.currency
        )
        from (
          select date_trunc('month', earning.created_at at time zone 'UTC') as month, earning.source, earning.currency, sum(earning.amount_minor) as amount
          from private.earnings as earning
          where earning.seller_id = v_user_id
            and earning.created_at >= my_earnings.from_day::timestamp at time zone 'UTC'
            and earning.created_at < (my_earnings.to_day + 1)::timestamp at time zone 'UTC'
          group by month, earning.source, earning.currency
        ) as row
      ),
      '[]'
    ),
    'balances', coalesce(
      (
        select jsonb_agg(
          jsonb_build_object(
            'currency', each.currency,
            'payable_minor', -private.balance('seller', v_user_id, 'payable', each.currency),
            'in_transit_minor', -private.balance('seller', v_user_id, 'in_transit', each.currency),
            'owed_to_platform_minor', private.balance('seller', v_user_id, 'owed_to_platform', each.currency),
            'held_minor', (
              select coalesce(sum(due.due_minor), 0)
              from private.still_due(v_user_id, each.currency) as due
              where due.is_held and due.due_minor > 0
            )
          )
          order by each.currency
        )
        from (
          select distinct account.currency
          from private.ledger_accounts as account
          where account.owner_kind = 'seller' and account.owner_id = v_user_id
        ) as each
      ),
      '[]'
    )
  );
end;
$$;

-- Security definer: a list of one's own that pages.
create or replace function private.my_payouts(after text, page_size int)
returns setof public.payout_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'my_payouts:' || auth.uid();
  v_place text[] := private.decode_place(v_list, my_payouts.after, '{uuid}');
  v_size int := private.page_size(my_payouts.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    payout.id, payout.currency, payout.amount_minor, payout.status, payout.is_requested, payout.created_at, payout.closed_at,
    private.encode_cursor(v_list, payout.id::text)
  from public.payouts as payout
  where payout.seller_id = auth.uid()
    and payout.id < coalesce(v_place[1], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid
  order by payout.id desc
  limit v_size;
end;
$$;
