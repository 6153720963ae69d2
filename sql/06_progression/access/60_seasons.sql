-- Seasons and leaderboards: everybody reads which there are, their own results; boards are read by RPCs.
--
--                                    anon   signed in   service
--   seasons, leaderboards   select   yes    yes         yes
--   season_results          select   -      own         all
--   all                     write    -      -           -

grant select on public.seasons to anon, authenticated, service_role;
create policy select_all on public.seasons
  for select to anon, authenticated
  using (true);

grant select on public.leaderboards to anon, authenticated, service_role;
create policy select_all on public.leaderboards
  for select to anon, authenticated
  using (true);

grant select on public.season_results to authenticated, service_role;
create policy select_own on public.season_results
  for select to authenticated
  using (user_id = (select auth.uid()));
