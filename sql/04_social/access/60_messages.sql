-- Messages: who is in a conversation reads it; writing is by RPC. Staff have no part in conversations they are not in.
--
--                              anon   joined         asked in      left, declined   stranger   staff   across a block
--   conversations      select  -      yes            yes           -                -          -       - (of two)
--   messages           select  -      since joined   since asked   -                -          -       - (of two); in groups not each other's
--   members            select  -      own            own           own              -          -       own
--   settings           select  -      own            own           own              own        own     own
--   topic dm:<id>      join    -      yes            -             -                -          -       - (of two)
--                      speak   -      yes            -             -                -          -       - (of two)
--
-- Nor may service_role read any of it: no function needs to.

grant execute on function
  private.my_conversation_ids(), private.my_conversation_starts(), private.unheard_ids(),
  private.hears_conversation(), private.speaks_in_conversation()
to authenticated;

grant select on public.conversations to authenticated;
create policy select_member on public.conversations
  for select to authenticated
  using (id = any (array(select private.my_conversation_ids())));

grant select on public.conversation_members to authenticated;
create policy select_own on public.conversation_members
  for select to authenticated
  using (member_id = (select auth.uid()));

grant select on public.direct_messages to authenticated;
create policy select_member on public.direct_messages
  for select to authenticated
  using (
    conversation_id = any (array(select private.my_conversation_ids()))
    and id > coalesce(
      ((select private.my_conversation_starts()) ->> conversation_id::text)::uuid, '00000000-0000-0000-0000-000000000000'
    )
    and (sender_id is null or sender_id <> all (array(select private.unheard_ids())))
    and (not is_withheld or sender_id = (select auth.uid()))
  );

grant select on public.message_settings to authenticated;
create policy select_own on public.message_settings
  for select to authenticated
  using (user_id = (select auth.uid()));

-- A conversation's own private topic: what happens in it comes from the database, typing and presence from its members.
create policy select_conversation on realtime.messages
  for select to authenticated
  using ((select private.hears_conversation()));
create policy insert_conversation on realtime.messages
  for insert to authenticated
  with check (
    (select private.speaks_in_conversation())
    and (extension = 'presence' or not (select private.is_muted_everywhere()))
  );
