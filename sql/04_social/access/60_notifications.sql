-- Notifications: everybody reads their own; what happens writes them, RPCs change the marks and the wishes.
--
--                              anon   signed in   service
--   notifications     select   -      own         all
--   preferences       select   -      own         all
--   quiet_hours       select   -      own         all
--   push_tokens       select   -      own         all
--   all of them       write    -      rpc         rpc
--
-- Nothing of anybody's to staff. The policy on realtime.messages for the topic user:<id> stands with the posts.

grant select on public.notifications to authenticated, service_role;
create policy select_own on public.notifications
  for select to authenticated
  using (recipient_id = (select auth.uid()));

grant select on public.notification_preferences to authenticated, service_role;
create policy select_own on public.notification_preferences
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.quiet_hours to authenticated, service_role;
create policy select_own on public.quiet_hours
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.push_tokens to authenticated, service_role;
create policy select_own on public.push_tokens
  for select to authenticated
  using (user_id = (select auth.uid()));
