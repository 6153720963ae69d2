create or replace function private.entitlement_now(user_id uuid)
returns table (plan text, source text, ends_at timestamptz)
language sql
stable
security invoker
set search_path = ''
as $$
  select best.plan, best.source, (
    -- Those that follow each other without a gap are one.
    select upper(span.during)
    from unnest((
      select range_agg(tstzrange(each.starts_at, each.ends_at))
      from public.entitlement_grants as each
      where each.user_id = entitlement_now.user_id and each.plan = best.plan
    )) as span (during)
    where span.during @> now()
  )
  from public.entitlement_grants as best
  join public.plans as plan on plan.code = best.plan
  where best.user_id = entitlement_now.user_id
    and best.starts_at <= now()
    and best.ends_at > now()
  order by plan.rank desc, best.ends_at desc, best.id desc
  limit 1
$$;
comment on function private.entitlement_now(uuid) is 'The best plan somebody is entitled to now, where it is from and until when they have it; nothing for who has none but what is free';

create or replace function private.tier_of(user_id uuid)
returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(
    (select entitlement.plan from private.entitlement_now(tier_of.user_id) as entitlement),
    (select plan.code from public.plans as plan order by plan.rank limit 1)
  )
$$;
comment on function private.tier_of(uuid) is 'The plan that somebody has now: the best of those they are entitled to, else the one for everybody';

create or replace function private.plan_limit(user_id uuid, resource text)
returns int
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_most int;
begin
  select row.most into strict v_most
  from public.plan_limits as row
  where row.plan = private.tier_of(plan_limit.user_id) and row.resource = plan_limit.resource;
  return v_most;
end;
$$;
comment on function private.plan_limit(uuid, text) is
'The most that somebody''s plan gives of something, null for no end; an unknown resource is a programming error and fails';

create or replace function private.require_within_plan(user_id uuid, resource text, wanted bigint)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_most constant int := private.plan_limit(require_within_plan.user_id, require_within_plan.resource);
begin
  if require_within_plan.wanted > v_most then
    perform private.raise_error(402, 'plan_limit_reached', 'Your plan does not give you more of this.', v_most::text);
  end if;
end;
$$;
comment on function private.require_within_plan(uuid, text, bigint) is
'Refuse to have more of something than one''s plan gives: plan_limit_reached (402; hint: the limit). The caller holds what is counted';

-- Security definer: what is used is nobody's to write. A function that works for somebody says for whom; it has authenticated them.
create or replace function private.consume(user_id uuid, resource text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_most int;
  v_used int;
begin
  perform private.refuse_banned(consume.user_id);
  if not coalesce(private.stays(consume.user_id), false) then
    perform private.raise_error(404, 'profile_not_found', 'Nobody you can see has this username.');
  end if;
  if not exists (select from public.plan_resources as kind where kind.code = consume.resource and kind.is_monthly) then
    perform private.raise_error(404, 'resource_not_found', 'Plans do not limit anything of this name.');
  end if;
  v_most := private.plan_limit(consume.user_id, consume.resource);
  -- One statement checks and counts: who is second waits for the row, and is judged by what the first has left.
  insert into private.usage_counts as usage (user_id, month, resource, used)
  select consume.user_id, private.usage_month(), consume.resource, 1
  where coalesce(v_most > 0, true)
  on conflict on constraint usage_counts_pkey do update
    set used = usage.used + 1
    where coalesce(usage.used < v_most, true)
  returning usage.used into v_used;
  if v_used is null then
    perform private.raise_error(402, 'plan_limit_reached', 'Your plan does not give you more of this.', v_most::text);
  end if;
  return jsonb_build_object('used', v_used, 'left', v_most - v_used);
end;
$$;

create or replace function private.usage_month()
returns date
language sql
stable
security invoker
set search_path = ''
as $$
  select date_trunc('month', now() at time zone 'UTC')::date
$$;
comment on function private.usage_month() is 'The calendar month that use counts in, by UTC: a time zone of one''s own would let a month begin twice';

-- Security definer: what is used is nobody's to read.
create or replace function private.my_entitlements()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_tier text;
  v_entitlement record;
begin
  perform private.require_signed_in();
  v_tier := private.tier_of(v_user_id);
  select entitlement.source, entitlement.ends_at into v_entitlement from private.entitlement_now(v_user_id) as entitlement;
  return jsonb_build_object(
    'tier', v_tier, 'source', v_entitlement.source, 'ends_at', v_entitlement.ends_at,
    'limits', (
      select jsonb_object_agg(
        kind.code,
        jsonb_build_object(
          'most', given.most, 'used', used.amount, 'left', case when given.most - used.amount is not null then greatest(given.most - used.amount, 0) end,
          'resets_at', case when kind.is_monthly then (private.usage_month() + interval '1 month') at time zone 'UTC' end
        )
      )
      from public.plan_limits as given
      join public.plan_resources as kind on kind.code = given.resource
      cross join lateral (
        select case
          when kind.is_monthly then coalesce(
            (
              select usage.used
              from private.usage_counts as usage
              where usage.user_id = v_user_id and usage.month = private.usage_month() and usage.resource = kind.code
            ),
            0
          )
          when kind.code = 'rooms' then private.rooms_owned(v_user_id)
        end as amount
      ) as used
      where given.plan = v_tier
    )
  );
end;
$$;

-- Security definer: limits are writable by nobody, so that every change is audited.
create or replace function private.set_plan_limit(plan text, resource text, value int)
returns public.plan_limits
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_limit public.plan_limits;
begin
  perform private.require_staff('admin');
  select row.* into v_limit
  from public.plan_limits as row
  where row.plan = set_plan_limit.plan and row.resource = set_plan_limit.resource
  for update;
  if not found then
    perform private.raise_error(404, 'plan_limit_not_found', 'There is no such plan, or it does not limit this.');
  end if;
  if set_plan_limit.value < 0 then
    perform private.raise_error(422, 'value_out_of_range', 'The value is outside the range of this setting.', '0 or more, or null for no end');
  end if;
  if v_limit.most is distinct from set_plan_limit.value then
    perform private.audit(
      'plan_limit_changed', 'plan', v_limit.plan,
      jsonb_build_object('resource', v_limit.resource, 'before', v_limit.most, 'after', set_plan_limit.value)
    );
    update public.plan_limits as row
    set most = set_plan_limit.value
    where row.plan = v_limit.plan and row.resource = v_limit.resource
    returning row.* into v_limit;
  end if;
  return v_limit;
end;
$$;

-- Security definer: entitlements are nobody's to write.
create or replace function private.grant_plan(username text, plan text, months int, note text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_staff_id uuid := private.require_staff('admin');
  v_most constant int := private.setting('plan_months_at_most');
  v_user_id uuid := (private.visible_profile(grant_plan.username)).id;
  v_grant public.entitlement_grants;
begin
  if not exists (select from public.plans as plan where plan.code = grant_plan.plan and plan.price_minor > 0) then
    perform private.raise_error(404, 'plan_not_found', 'There is no plan of this name to be had.');
  end if;
  if grant_plan.months is null or grant_plan.months not between 1 and v_most then
    perform private.raise_error(422, 'months_invalid', 'Say for how many months.', '1 to ' || v_most);
  end if;
  if char_length(grant_plan.note) > 300 then
    perform private.raise_error(422, 'note_too_long', 'A note has at most 300 characters.', '300');
  end if;
  perform private.refuse_leaving(private.lock_profiles(array[v_user_id]));
  v_grant := private.grant_entitlement(v_user_id, grant_plan.plan, 'staff', grant_plan.months);
  perform private.audit(
    'plan_granted', 'profile', v_user_id::text,
    jsonb_build_object('plan', v_grant.plan, 'starts_at', v_grant.starts_at, 'ends_at', v_grant.ends_at, 'note', grant_plan.note)
  );
  return jsonb_build_object('plan', v_grant.plan, 'starts_at', v_grant.starts_at, 'ends_at', v_grant.ends_at);
end;
$$;
