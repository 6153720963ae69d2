-- Streaks: everybody reads their own; nobody writes but by what they do.
--
--                        anon   signed in   service
--   streaks     select   -      own         all
--               write    -      -           -

grant select on public.streaks to authenticated, service_role;
create policy select_own on public.streaks
  for select to authenticated
  using (user_id = (select auth.uid()));
