create or replace function private.split_of(target_id uuid, owner_id uuid, amount_minor bigint, month date default null, step bigint default 1)
returns table (payee_id uuid, amount_minor bigint)
language sql
stable
security invoker
set search_path = ''
as $$
  with held as (
    select split.id
    from private.revenue_splits as split
    where split_of.target_id in (split.track_id, split.product_id)
      and case
        when split_of.month is null then split.is_active
        else split.holds_from < (split_of.month + interval '1 month') at time zone 'UTC'
          and coalesce(split.holds_until > greatest(split.holds_from, split_of.month::timestamp at time zone 'UTC'), true)
      end
    -- Of a month the first that held in it: no owner takes back a share in what was heard already, and a new track is shared from its first month on.
    order by split.holds_from
    limit 1
  ),
  part as (
    select agreed.payee_id, agreed.bps from held join private.split_shares as agreed on agreed.split_id = held.id
  ),
  share as (
    select due.payee_id, sum(due.bps) as bps
    from (
      select part.payee_id, part.bps from part
      union all
      -- What nobody has is the owner's: everything without a split, and the part of somebody who is gone.
      select split_of.owner_id, 10000 - coalesce((select sum(part.bps) from part), 0)
    ) as due
    group by due.payee_id
    having sum(due.bps) > 0
  )
  select due.payee_id, (sign(split_of.amount_minor) * due.minor)::bigint
  from (
    select
      array_agg(share.payee_id order by share.payee_id) as payee_ids, array_agg(share.bps::bigint order by share.payee_id) as weights
    from share
  ) as whole
  cross join lateral unnest(
    whole.payee_ids, private.split_amount(abs(split_of.amount_minor), whole.weights, split_of.step)
  ) as due (payee_id, minor)
  where due.minor > 0
$$;
comment on function private.split_of(uuid, uuid, bigint, date, bigint) is
$$An amount, a multiple of step, as the accepted split of a track or product shares it: a row a payee, which sum to it exactly and are multiples of step

By the split that holds now, or, of a month, by the first that held in it. All of it is the owner's where there is none.$$;

create or replace function private.split_target(line public.order_lines)
returns uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when (split_target.line).kind = 'track' and not exists (
      select from private.revenue_splits as split where split.product_id = (split_target.line).product_id and split.is_active
    )
    then (split_target.line).track_ids[1]
    else (split_target.line).product_id
  end
$$;
comment on function private.split_target(public.order_lines) is 'What decides who shares in a line: its product, unless that is a track with a split of its own alone';

-- Security definer: nobody writes what is earned; service_role asks for a month, and each track of it is paid once.
create or replace function private.accrue_royalties(month date)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_month constant date := date_trunc('month', accrue_royalties.month)::date;
  v_from constant timestamptz := v_month::timestamp at time zone 'UTC';
  v_until constant timestamptz := (v_month + interval '1 month')::timestamp at time zone 'UTC';
  v_accrual_id bigint;
  v_rate bigint;
  v_count int;
  v_payee record;
begin
  if v_month is null or v_until > now() then
    perform private.raise_error(422, 'month_not_over', 'Royalties are paid for months that are over.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('accrue_royalties', 0));
  select rate.micro_usd into v_rate
  from public.royalty_rates as rate
  where rate.effective_from <= v_month
  order by rate.effective_from desc
  limit 1;
  v_accrual_id := nextval('private.royalty_accruals');
  insert into private.royalties (track_id, month, accrual_id, seller_id, play_count, micro_usd)
  select track.id, v_month, v_accrual_id, track.artist_id, heard.play_count, heard.play_count * coalesce(v_rate, 0)
  from (
    select play.track_id, count(*) as play_count
    from public.plays as play
    where play.played_at >= v_from and play.played_at < v_until and play.is_counted
    group by play.track_id
  ) as heard
  join public.tracks as track on track.id = heard.track_id
  where track.artist_id is not null
  on conflict on constraint royalties_pkey do nothing;
  get diagnostics v_count = row_count;

  for v_payee in
    select share.payee_id, sum(share.amount_minor)::bigint as micro
    from private.royalties as royalty
    cross join lateral private.split_of(royalty.track_id, royalty.seller_id, royalty.micro_usd, royalty.month) as share
    where royalty.month = v_month and royalty.accrual_id = v_accrual_id
    group by share.payee_id
    order by share.payee_id
  loop
    perform private.pay_royalties(v_payee.payee_id, v_payee.micro, to_char(v_month, 'YYYY-MM') || ':' || v_accrual_id || ':' || v_payee.payee_id);
  end loop;
  insert into private.royalty_months (month) values (v_month) on conflict on constraint royalty_months_pkey do nothing;
  return v_count;
end;
$$;

-- Security definer: what was accrued is nobody's to read.
create or replace function private.months_to_accrue()
returns date[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg(kept.month order by kept.month), '{}')
  from (
    select to_date(substring(child.inhrelid::regclass::text from '\d{4}_\d{2}$'), 'YYYY_MM') as month
    from pg_catalog.pg_inherits as child
    where child.inhparent = 'public.plays'::regclass
  ) as kept
  -- A day later, as a play of its last moment may be written after that.
  where (kept.month + interval '1 month 1 day') at time zone 'UTC' <= now()
    and not exists (select from private.royalty_months as paid where paid.month = kept.month)
$$;

create or replace function private.pay_royalties(seller_id uuid, micro bigint, cause text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_accrued bigint;
  v_posted bigint;
  v_minor bigint;
begin
  select former.accrued_micro + pay_royalties.micro, former.posted_minor into v_accrued, v_posted
  from private.royalty_remainders as former
  where former.seller_id = pay_royalties.seller_id
  for update;
  v_accrued := coalesce(v_accrued, pay_royalties.micro);
  v_minor := v_accrued / 10000 - coalesce(v_posted, 0);
  insert into private.royalty_remainders as kept (seller_id, accrued_micro, posted_minor)
  values (pay_royalties.seller_id, v_accrued, v_accrued / 10000)
  on conflict on constraint royalty_remainders_pkey do update
    set accrued_micro = excluded.accrued_micro, posted_minor = excluded.posted_minor;
  perform private.post_entry(
    'royalties', pay_royalties.cause,
    array[
      row('platform', null, 'royalties', 'USD', v_minor)::private.posting,
      row('seller', pay_royalties.seller_id, 'payable', 'USD', -v_minor)::private.posting
    ]
  );
  perform private.settle_debt(pay_royalties.seller_id, 'USD', v_minor, 'royalties:' || pay_royalties.cause);
end;
$$;
comment on function private.pay_royalties(uuid, bigint, text) is
'Owe somebody millionths of a dollar: whole cents go into the ledger, the rest is carried; what they owe is taken off; one accrual at a time';

-- Security definer: rates are nobody's to write, so that every change is audited.
create or replace function private.set_royalty_rate(effective_from date, micro_usd bigint)
returns public.royalty_rates
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_rate public.royalty_rates;
begin
  perform private.require_staff('admin');
  if set_royalty_rate.effective_from is null or extract(day from set_royalty_rate.effective_from) <> 1
    or set_royalty_rate.effective_from < date_trunc('month', now() at time zone 'UTC')::date
    or set_royalty_rate.effective_from > date '2200-01-01'
  then
    perform private.raise_error(422, 'month_invalid', 'A rate holds from the first day of a month that is not over.');
  end if;
  if set_royalty_rate.micro_usd is null or set_royalty_rate.micro_usd not between 0 and 100000000 then
    perform private.raise_error(422, 'value_out_of_range', 'The value is outside the range of this setting.', '0 to 100000000');
  end if;
  insert into public.royalty_rates as rate (effective_from, micro_usd)
  values (set_royalty_rate.effective_from, set_royalty_rate.micro_usd)
  on conflict on constraint royalty_rates_pkey do update set micro_usd = excluded.micro_usd
  returning rate.* into v_rate;
  perform private.audit('royalty_rate_set', 'royalty_rate', v_rate.effective_from::text, jsonb_build_object('micro_usd', v_rate.micro_usd));
  return v_rate;
end;
$$;

create or replace function private.lock_split_target(track_id uuid, product_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_owner_id uuid;
begin
  if lock_split_target.product_id is null then
    select track.artist_id into v_owner_id from public.tracks as track where track.id = lock_split_target.track_id for no key update;
  else
    select product.seller_id into v_owner_id from public.products as product where product.id = lock_split_target.product_id for no key update;
  end if;
  return v_owner_id;
end;
$$;
comment on function private.lock_split_target(uuid, uuid) is 'Lock the track or product that a split is of, which orders all that is done to its splits; whose it is';

-- Security definer: splits are readable and writable by nobody.
create or replace function private.set_revenue_split(shares jsonb, track_id uuid, product_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce');
  v_target_id constant uuid := coalesce(set_revenue_split.track_id, set_revenue_split.product_id);
  v_split_id uuid;
  v_payee_id uuid;
begin
  if num_nonnulls(set_revenue_split.track_id, set_revenue_split.product_id) <> 1 then
    perform private.raise_error(422, 'split_target_invalid', 'A split is of a track or of a product.');
  end if;
  if private.lock_split_target(set_revenue_split.track_id, set_revenue_split.product_id) is distinct from v_user_id then
    if set_revenue_split.product_id is null then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    end if;
    perform private.raise_error(404, 'product_not_found', 'There is no product of this id that you can see.');
  end if;
  if jsonb_typeof(set_revenue_split.shares) is distinct from 'array' or jsonb_array_length(set_revenue_split.shares) not between 1 and 20
    or exists (
      select from jsonb_array_elements(set_revenue_split.shares) as share (item)
      where jsonb_typeof(share.item) <> 'object'
        or jsonb_typeof(share.item -> 'username') is distinct from 'string'
        or not coalesce(private.is_whole(share.item -> 'bps', 1, 10000), false)
    )
    or (select count(distinct lower(btrim(share.item ->> 'username'))) from jsonb_array_elements(set_revenue_split.shares) as share (item))
      < jsonb_array_length(set_revenue_split.shares)
  then
    perform private.raise_error(
      422, 'shares_invalid', 'A split has 1 to 20 shares, each of another username and 1 to 10000 ten thousandths.'
    );
  end if;
  if (select sum((share.item ->> 'bps')::int) from jsonb_array_elements(set_revenue_split.shares) as share (item)) <> 10000 then
    perform private.raise_error(422, 'shares_do_not_add_up', 'The shares of a split sum to 10000.');
  end if;
  perform private.take_token('set_revenue_split');
  delete from private.revenue_splits as former
  where v_target_id in (former.track_id, former.product_id) and former.holds_from is null;
  insert into private.revenue_splits (track_id, product_id, owner_id)
  values (set_revenue_split.track_id, set_revenue_split.product_id, v_user_id)
  returning id into v_split_id;
  insert into private.split_shares (split_id, payee_id, bps, accepted_at)
  select v_split_id, payee.id, payee.bps, case when payee.id = v_user_id then now() end
  from (
    select (private.visible_profile(share.item ->> 'username')).id as id, (share.item ->> 'bps')::int as bps
    from jsonb_array_elements(set_revenue_split.shares) as share (item)
  ) as payee;
  for v_payee_id in
    select share.payee_id
    from private.split_shares as share
    where share.split_id = v_split_id and share.accepted_at is null
    order by share.payee_id
  loop
    perform private.notify(v_payee_id, 'split_proposed', v_user_id, null, null, v_split_id::text, jsonb_build_object('split_id', v_split_id));
  end loop;
  perform private.activate_split(v_split_id);
  return private.splits_shown(v_target_id);
end;
$$;

create or replace function private.activate_split(split_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_split private.revenue_splits;
  v_former_id uuid;
  v_at timestamptz;
  v_payee_id uuid;
begin
  if exists (
    select from private.split_shares as share where share.split_id = activate_split.split_id and share.accepted_at is null
  ) then
    return;
  end if;
  select split.* into v_split from private.revenue_splits as split where split.id = activate_split.split_id;
  -- By the clock, not by when this transaction began: it may have waited for the one in which the former began to hold.
  update private.revenue_splits as former
  set holds_until = greatest(clock_timestamp(), former.holds_from)
  where coalesce(v_split.track_id, v_split.product_id) in (former.track_id, former.product_id) and former.is_active
  returning former.id, former.holds_until into v_former_id, v_at;
  update private.revenue_splits as split
  set holds_from = coalesce(v_at, clock_timestamp())
  where split.id = activate_split.split_id;
  -- Who is in the new one has accepted it. Whoever is not is told by nobody in particular, so that no mute or block keeps it from them.
  for v_payee_id in
    select share.payee_id
    from private.split_shares as share
    where share.split_id = v_former_id
      and share.payee_id <> v_split.owner_id
      and not exists (
        select from private.split_shares as kept where kept.split_id = v_split.id and kept.payee_id = share.payee_id
      )
    order by share.payee_id
  loop
    perform private.notify(
      v_payee_id, 'split_ended', null, null, null, v_former_id::text,
      jsonb_strip_nulls(jsonb_build_object('split_id', v_former_id, 'track_id', v_split.track_id, 'product_id', v_split.product_id))
    );
  end loop;
  perform private.audit(
    'revenue_split_accepted', case when v_split.product_id is null then 'track' else 'product' end,
    coalesce(v_split.track_id, v_split.product_id)::text, private.split_shown(activate_split.split_id)
  );
end;
$$;
comment on function private.activate_split(uuid) is
'Let a split hold in place of the former when everybody in it has accepted, and tell those who have no share any more; what it is of is locked';

create or replace function private.tg_split_shares__lapse()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_split private.revenue_splits;
begin
  delete from private.revenue_splits as split
  where split.id = old.split_id and split.holds_from is null
  returning split.* into v_split;
  -- Where the split itself was deleted, by its owner or with what it is of, there is nothing to tell.
  if found then
    perform private.notify(
      v_split.owner_id, 'split_lapsed', null, null, null, v_split.id::text,
      jsonb_strip_nulls(jsonb_build_object('split_id', v_split.id, 'track_id', v_split.track_id, 'product_id', v_split.product_id))
    );
  end if;
  return null;
end;
$$;
comment on function private.tg_split_shares__lapse() is
'A split that waits for somebody who is gone lapses, and its owner is told; what held before goes on';
create trigger _500_lapse
  after delete on private.split_shares
  for each row when (old.accepted_at is null) execute function private.tg_split_shares__lapse();

create or replace function private.lock_split_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- The split before its shares, as set_revenue_split deletes them.
  perform
  from private.revenue_splits as split
  where split.holds_from is null
    and split.id in (
      select share.split_id
      from private.split_shares as share
      where share.payee_id = any (lock_split_ties.user_ids) and share.accepted_at is null
    )
  order by split.id
  for update;
end;
$$;
comment on function private.lock_split_ties(uuid[]) is 'Before accounts are erased: lock the splits that lapse with them';

-- Security definer: as set_revenue_split.
create or replace function private.accept_revenue_split(split_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('commerce');
  v_split private.revenue_splits;
begin
  select split.* into v_split
  from private.revenue_splits as split
  join private.split_shares as share on share.split_id = split.id
  where split.id = accept_revenue_split.split_id and share.payee_id = v_user_id;
  -- What it is of first: whoever proposes another split holds it, and this one may be gone then.
  perform private.lock_split_target(v_split.track_id, v_split.product_id);
  update private.split_shares as share
  set accepted_at = coalesce(share.accepted_at, now())
  where share.split_id = accept_revenue_split.split_id and share.payee_id = v_user_id;
  if not found then
    perform private.raise_error(404, 'split_not_found', 'There is no split of this id that you have a share in.');
  end if;
  if exists (select from private.revenue_splits as split where split.id = accept_revenue_split.split_id and split.holds_from is null) then
    perform private.activate_split(accept_revenue_split.split_id);
  end if;
  return private.splits_shown(coalesce(v_split.track_id, v_split.product_id));
end;
$$;

create or replace function private.split_shown(split_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', split_shown.split_id,
    'shares', (
      select jsonb_agg(
        jsonb_build_object(
          'payee', private.person_card(share.payee_id), 'bps', share.bps, 'is_accepted', share.accepted_at is not null
        )
        order by share.bps desc, share.payee_id
      )
      from private.split_shares as share
      where share.split_id = split_shown.split_id
    )
  )
$$;
comment on function private.split_shown(uuid) is 'A split as those who have a part in it are shown it';

create or replace function private.splits_shown(target_id uuid)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'active', (array_agg(private.split_shown(split.id)) filter (where split.is_active))[1],
    'proposed', (array_agg(private.split_shown(split.id)) filter (where split.holds_from is null))[1]
  )
  from private.revenue_splits as split
  where splits_shown.target_id in (split.track_id, split.product_id)
    and (
      split.owner_id = auth.uid()
      or exists (select from private.split_shares as share where share.split_id = split.id and share.payee_id = auth.uid())
    )
$$;
comment on function private.splits_shown(uuid) is 'The splits of a track or product that the caller has a part in: {active, proposed}';

-- Security definer: as set_revenue_split; shows it to its owner and to those who have a share.
create or replace function private.revenue_split(track_id uuid, product_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_signed_in();
  return private.splits_shown(coalesce(revenue_split.track_id, revenue_split.product_id));
end;
$$;
