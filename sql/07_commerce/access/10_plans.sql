-- Plans and what they limit are everybody's to read, who has which is one's own, what they have used an RPC tells.
--
--                                    anon   signed in   service   admin
--   plans, plan_resources   select   yes    yes         yes       yes
--   plan_limits             select   yes    yes         yes       yes
--   plan_limits             update   -      -           -         rpc
--   entitlement_grants      select   -      own         all       own
--   entitlement_grants      insert   -      -           -         rpc
--   usage_counts            all      -      -           rpc       -

grant select on public.plans to anon, authenticated, service_role;
create policy select_all on public.plans
  for select to anon, authenticated
  using (true);

grant select on public.plan_resources to anon, authenticated, service_role;
create policy select_all on public.plan_resources
  for select to anon, authenticated
  using (true);

grant select on public.plan_limits to anon, authenticated, service_role;
create policy select_all on public.plan_limits
  for select to anon, authenticated
  using (true);

grant select on public.entitlement_grants to authenticated, service_role;
create policy select_own on public.entitlement_grants
  for select to authenticated
  using (user_id = (select auth.uid()));
