-- Plans are everybody's to read, who has which is one's own.
--
--                                    anon   signed in   service
--   plans                   select   yes    yes         yes
--   entitlement_grants      select   -      own         all
--   all                     write    -      -           -

grant select on public.plans to anon, authenticated, service_role;
create policy select_all on public.plans
  for select to anon, authenticated
  using (true);

grant select on public.entitlement_grants to authenticated, service_role;
create policy select_own on public.entitlement_grants
  for select to authenticated
  using (user_id = (select auth.uid()));
