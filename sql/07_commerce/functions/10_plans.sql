create or replace function private.grant_entitlement(user_id uuid, plan text, source text, months int, client_id uuid default null)
returns public.entitlement_grants
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_grant public.entitlement_grants;
  v_from timestamptz;
begin
  -- One after the other, or two would begin at the same moment.
  perform from public.progression as person where person.user_id = grant_entitlement.user_id for no key update;
  select greatest(max(former.ends_at), now()) into v_from
  from public.entitlement_grants as former
  where former.user_id = grant_entitlement.user_id and former.plan = grant_entitlement.plan;
  v_from := coalesce(v_from, now());
  insert into public.entitlement_grants (user_id, plan, source, starts_at, ends_at, client_id)
  values (
    grant_entitlement.user_id, grant_entitlement.plan, grant_entitlement.source, v_from, v_from + make_interval(months => grant_entitlement.months),
    grant_entitlement.client_id
  )
  returning * into v_grant;
  return v_grant;
end;
$$;
comment on function private.grant_entitlement(uuid, text, text, int, uuid) is
'Entitle somebody to a plan for so many months, after what they have of it already; holds the person''s progression';

create or replace function private.stack_entitlements(user_id uuid, plan text)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_from timestamptz;
  v_grant public.entitlement_grants;
begin
  perform from public.progression as person where person.user_id = stack_entitlements.user_id for no key update;
  select greatest(max(held.ends_at), now()) into v_from
  from public.entitlement_grants as held
  where held.user_id = stack_entitlements.user_id
    and held.plan = stack_entitlements.plan
    and (held.subscription_id is not null or held.starts_at <= now());
  for v_grant in
    select waiting.*
    from public.entitlement_grants as waiting
    where waiting.user_id = stack_entitlements.user_id
      and waiting.plan = stack_entitlements.plan
      and waiting.subscription_id is null
      and waiting.starts_at > now()
    order by waiting.starts_at, waiting.id
  loop
    update public.entitlement_grants as waiting
    set starts_at = v_from, ends_at = v_from + (v_grant.ends_at - v_grant.starts_at)
    where waiting.id = v_grant.id;
    v_from := v_from + (v_grant.ends_at - v_grant.starts_at);
  end loop;
end;
$$;
comment on function private.stack_entitlements(uuid, text) is
'Let what somebody has of a plan and has not begun follow what they have before it, also where a subscription was renewed meanwhile, or ended';
