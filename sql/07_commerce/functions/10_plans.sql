create or replace function private.grant_entitlement(user_id uuid, plan text, source text, months int)
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
  insert into public.entitlement_grants (user_id, plan, source, starts_at, ends_at)
  values (
    grant_entitlement.user_id, grant_entitlement.plan, grant_entitlement.source, v_from, v_from + make_interval(months => grant_entitlement.months)
  )
  returning * into v_grant;
  return v_grant;
end;
$$;
comment on function private.grant_entitlement(uuid, text, text, int) is
'Entitle somebody to a plan for so many months, after what they have of it already; holds the person''s progression';
