-- Points and credits: everybody reads their own, and the rules; nobody writes but what people do.
--
--                                    anon   signed in   service
--   point_rules, levels     select   yes    yes         yes
--   progression             select   -      own         all
--   point_events            select   -      own         all
--   credit_entries          select   -      own         all
--   all                     write    -      -           -

grant select on public.point_rules to anon, authenticated, service_role;
create policy select_all on public.point_rules
  for select to anon, authenticated
  using (true);

grant select on public.levels to anon, authenticated, service_role;
create policy select_all on public.levels
  for select to anon, authenticated
  using (true);

grant select on public.progression to authenticated, service_role;
create policy select_own on public.progression
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.point_events to authenticated, service_role;
create policy select_own on public.point_events
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.credit_entries to authenticated, service_role;
create policy select_own on public.credit_entries
  for select to authenticated
  using (user_id = (select auth.uid()));
