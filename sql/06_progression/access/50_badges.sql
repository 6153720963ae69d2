-- Badges: everybody reads what there is to win; their own awards people read here, those of others by trophy_case.
--
--                               anon   signed in   service
--   badges          select      yes    yes         yes
--   badge_awards    select      -      own         all
--   all             write       -      -           -

grant select on public.badges to anon, authenticated, service_role;
create policy select_all on public.badges
  for select to anon, authenticated
  using (true);

grant select on public.badge_awards to authenticated, service_role;
create policy select_own on public.badge_awards
  for select to authenticated
  using (user_id = (select auth.uid()));
