-- Activity: everybody reads their own rows; what others do is for activity_feed, which asks the one rule (private.reader_activity).
--
--                           anon   signed in   service
--   events       select     -      own         all
--   reactions    select     -      own         all
--   both         write      -      rpc         -

grant select on public.activity_events to authenticated, service_role;
create policy select_own on public.activity_events
  for select to authenticated
  using (actor_id = (select auth.uid()));

grant select on public.activity_reactions to authenticated, service_role;
create policy select_own on public.activity_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));
