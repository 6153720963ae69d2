create or replace function public.my_entitlements()
returns jsonb
language sql
stable
security invoker
begin atomic
  select private.my_entitlements();
end;
comment on function public.my_entitlements() is
$$What the caller's plan gives, and what is left of it

{tier: the best plan they have now, source: stripe, credits, staff or null, ends_at or null, limits: {<resource>: {most or null for no end, used, left,
resets_at}}}. used and left are null where nothing is counted, resets_at where it does not come back each month. Errors: not_signed_in (401).$$;

create or replace function public.set_plan_limit(plan text, resource text, value int)
returns public.plan_limits
language sql
volatile
security invoker
begin atomic
  select changed.plan, changed.resource, changed.most
  from private.set_plan_limit(set_plan_limit.plan, set_plan_limit.resource, set_plan_limit.value) as changed;
end;
comment on function public.set_plan_limit(text, text, int) is
$$Change how much of something a plan gives: for admins, audited

value: 0 or more, null for no end. What people have already stays theirs. Returns the limit. Errors: not_signed_in (401), account_deactivated, banned,
not_allowed (403), plan_limit_not_found (404), value_out_of_range (422).$$;

create or replace function public.grant_plan(username text, plan text, months int, note text default null)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.grant_plan(grant_plan.username, grant_plan.plan, grant_plan.months, grant_plan.note);
end;
comment on function public.grant_plan(text, text, int, text) is
$$Give somebody a plan for some months: for admins, audited

They begin when what they have of this plan ends. Returns {plan, starts_at, ends_at}. Errors: not_signed_in (401), account_deactivated, banned, not_allowed
(403), profile_not_found, plan_not_found (404), months_invalid, note_too_long (422).$$;

create or replace function backend.consume(user_id uuid, resource text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.consume(consume.user_id, consume.resource);
end;
comment on function backend.consume(uuid, text) is
$$Count one use of what somebody's plan gives each month, or refuse it

For functions, before they do the work. Each call counts. Returns {used, left: null for no end}. Errors: plan_limit_reached (402; hint: the limit), banned (403),
profile_not_found, resource_not_found (404).$$;

grant execute on function
  private.my_entitlements(), public.my_entitlements(),
  private.set_plan_limit(text, text, int), public.set_plan_limit(text, text, int),
  private.grant_plan(text, text, int, text), public.grant_plan(text, text, int, text)
to authenticated;

grant execute on function private.consume(uuid, text), backend.consume(uuid, text) to service_role;
