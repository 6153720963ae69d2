-- Sanctions and cases: staff read them, everybody reads what is imposed on themselves. Writing is by RPC.
--
--                           anon   signed in   its bearer           moderator   service
--   moderation_cases select -      -           -                    all *       all
--   sanctions        select -      -           own, without who     all         all
--   appeals          select -      -           own, without who     all         all
--   all of them      write  -      -           rpc (appeal)         rpc         -
--   * but those about themselves
--
-- Who decided is told to staff alone, by moderation_queue() and audit_log(): the columns are not granted.

grant execute on function private.is_muted_everywhere(), private.is_banned(), private.is_staff(text) to authenticated;

grant select on public.moderation_cases to authenticated, service_role;
create policy select_staff on public.moderation_cases
  for select to authenticated
  using ((select private.is_staff()) and subject_id is distinct from (select auth.uid()));

grant select (id, user_id, room_id, kind, until, reason, case_id, created_at, lifted_at) on public.sanctions to authenticated;
grant select on public.sanctions to service_role;
create policy select_own_or_staff on public.sanctions
  for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_staff()));

grant select (sanction_id, user_id, statement, status, case_id, decided_at, note, created_at) on public.appeals to authenticated;
grant select on public.appeals to service_role;
create policy select_own_or_staff on public.appeals
  for select to authenticated
  using (user_id = (select auth.uid()) or (select private.is_staff()));
