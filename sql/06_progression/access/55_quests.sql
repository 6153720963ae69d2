-- Quests: staff read them all, people what is on by my_quests, and their own claims; nobody writes but by RPC.
--
--                           anon   signed in   staff   service
--   quests         select   -      -           all     all
--   quest_claims   select   -      own         own     all
--   all            write    -      -           rpc     -

grant select on public.quests to authenticated, service_role;
create policy select_staff on public.quests
  for select to authenticated
  using ((select private.is_staff()));

grant select on public.quest_claims to authenticated, service_role;
create policy select_own on public.quest_claims
  for select to authenticated
  using (user_id = (select auth.uid()));
