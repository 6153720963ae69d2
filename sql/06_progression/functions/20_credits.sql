create or replace function private.grant_credits(user_id uuid, kind text, amount int, cause text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into public.credit_entries (user_id, kind, amount, cause, expires_at)
  values (
    grant_credits.user_id, grant_credits.kind, grant_credits.amount, grant_credits.cause,
    now() + make_interval(days => private.setting('credits_live_days')::int)
  )
  on conflict on constraint credit_entries_once do nothing;
end;
$$;
comment on function private.grant_credits(uuid, text, int, text) is 'Pay credits, once a kind and cause: a lot that lives for a year (setting credits_live_days)';

create or replace view private.credit_lots with (security_invoker = true) as
select
  lot.id, lot.user_id, lot.expires_at,
  lot.amount - coalesce((select sum(used.amount) from private.credit_uses as used where used.lot_id = lot.id), 0)::int as unspent
from public.credit_entries as lot
where lot.amount > 0;
comment on view private.credit_lots is 'What came in, and how much of it is left';

create or replace function private.tg_credit_entries__keep_end()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  insert into private.credit_ends (lot_id, ends_at) values (new.id, new.expires_at);
  return null;
end;
$$;
create trigger _500_keep_end
  after insert on public.credit_entries
  for each row
  when (new.amount > 0)
  execute function private.tg_credit_entries__keep_end();

-- Security definer: credits are nobody's to write; service_role ends nothing but what is over. Whoever takes credits holds the person's progression.
create or replace function private.expire_credits(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_lot record;
  v_unspent int;
  v_entry_id bigint;
  v_count int := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('expire_credits', 0)) then
    return 0;
  end if;
  for v_lot in
    select lot.id, lot.user_id
    from (
      select ended.lot_id
      from private.credit_ends as ended
      where ended.ends_at <= now()
      order by ended.ends_at, ended.lot_id
      limit least(greatest(coalesce(expire_credits.size, 1000), 1), 10000)
    ) as due
    join public.credit_entries as lot on lot.id = due.lot_id
    order by lot.user_id, lot.id
  loop
    perform from public.progression as person where person.user_id = v_lot.user_id for no key update;
    select lot.unspent into v_unspent from private.credit_lots as lot where lot.id = v_lot.id;
    if v_unspent > 0 then
      insert into public.credit_entries (user_id, kind, amount, cause)
      values (v_lot.user_id, 'expired', -v_unspent, 'lot:' || v_lot.id)
      returning id into v_entry_id;
      insert into private.credit_uses (entry_id, lot_id, amount) values (v_entry_id, v_lot.id, v_unspent);
    end if;
    delete from private.credit_ends as ended where ended.lot_id = v_lot.id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;

create or replace function private.spend_credits(user_id uuid, kind text, amount int, cause text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_entry_id bigint;
begin
  perform from public.progression as person where person.user_id = spend_credits.user_id for no key update;
  if coalesce((
    select sum(lot.unspent)
    from private.credit_lots as lot
    where lot.user_id = spend_credits.user_id and lot.expires_at > now()
  ), 0) < spend_credits.amount then
    perform private.raise_error(402, 'not_enough_credits', 'You do not have that many credits.', spend_credits.amount::text);
  end if;
  insert into public.credit_entries (user_id, kind, amount, cause)
  values (spend_credits.user_id, spend_credits.kind, -spend_credits.amount, spend_credits.cause)
  returning id into v_entry_id;
  insert into private.credit_uses (entry_id, lot_id, amount)
  select v_entry_id, lot.id, least(lot.unspent, spend_credits.amount - lot.taken_before)
  from (
    select
      open.id, open.unspent,
      coalesce(sum(open.unspent) over (order by open.expires_at, open.id rows between unbounded preceding and 1 preceding), 0) as taken_before
    from private.credit_lots as open
    where open.user_id = spend_credits.user_id and open.expires_at > now() and open.unspent > 0
  ) as lot
  where lot.taken_before < spend_credits.amount;
end;
$$;
comment on function private.spend_credits(uuid, text, int, text) is
$$Take credits from the lots that end first; holds the person's progression, so that nobody spends what another has just spent

Errors: not_enough_credits (402), with what it takes.$$;

-- Security definer: credits are nobody's to write.
create or replace function private.redeem_credits(months int, client_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('progression');
  v_most constant int := private.setting('redeem_months_at_most');
  v_grant public.entitlement_grants;
begin
  if redeem_credits.months is null or redeem_credits.months not between 1 and v_most then
    perform private.raise_error(422, 'months_invalid', 'Say for how many months.', '1 to ' || v_most);
  end if;
  if redeem_credits.client_id is not null then
    -- Locked, so that a client_id that is sent twice at once is paid for once.
    perform from public.progression as person where person.user_id = v_user_id for no key update;
    select made.* into v_grant
    from public.entitlement_grants as made
    where made.user_id = v_user_id and made.client_id = redeem_credits.client_id;
  end if;
  if v_grant.id is null then
    v_grant := private.grant_entitlement(v_user_id, 'pro', 'credits', redeem_credits.months, redeem_credits.client_id);
    perform private.spend_credits(
      v_user_id, 'redeemed_premium', private.setting('credits_per_month')::int * redeem_credits.months, 'entitlement:' || v_grant.id
    );
  end if;
  return jsonb_build_object(
    'plan', v_grant.plan, 'starts_at', v_grant.starts_at, 'ends_at', v_grant.ends_at, 'balance', private.my_credits() -> 'balance'
  );
end;
$$;

create trigger _300_append_only
  before update or delete on public.credit_entries
  for each row execute function private.tg__keep_ledger();
create trigger _310_append_only
  before truncate on public.credit_entries
  for each statement execute function private.tg__keep_ledger();

-- Security definer: the uses of lots are nobody's to read.
create or replace function private.my_credits()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_signed_in();
  return (
    with lots as (
      select lot.expires_at, sum(lot.unspent)::int as unspent
      from private.credit_lots as lot
      where lot.user_id = auth.uid() and lot.expires_at > now() and lot.unspent > 0
      group by lot.expires_at
    )
    select jsonb_build_object(
      'balance', coalesce((select sum(lots.unspent) from lots), 0),
      'expiring_next', (
        select jsonb_build_object('amount', lots.unspent, 'expires_at', lots.expires_at) from lots order by lots.expires_at limit 1
      )
    )
  );
end;
$$;

-- Security definer: a list of one's own that pages.
create or replace function private.credit_history(after text, page_size int)
returns setof public.credit_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'credit_history:' || auth.uid();
  v_place text[] := private.decode_place(v_list, credit_history.after, '{timestamptz,bigint}');
  v_size int := private.page_size(credit_history.page_size);
begin
  perform private.require_signed_in();
  return query
  select
    entry.id, entry.kind, entry.amount, entry.cause, entry.expires_at, entry.created_at, private.encode_cursor(v_list, jsonb_build_array(entry.created_at, entry.id)::text)
  from public.credit_entries as entry
  where entry.user_id = auth.uid()
    and (entry.created_at, entry.id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], '9223372036854775807')::bigint)
  order by entry.created_at desc, entry.id desc
  limit v_size;
end;
$$;
