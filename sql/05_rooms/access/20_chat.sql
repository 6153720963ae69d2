-- Chat: who may read a room reads what is said there; writing is by RPC.
--
--                                   anon    stranger   member    muted    banned   moderator of it   staff
--   messages        public          -       yes        yes       yes      -        yes               yes
--                   unlisted        -       rpc        yes       yes      -        yes               yes
--                   private         -       -          yes       yes      -        yes               yes
--                   deleted room    -       -          -         -        -        -                 -
--   message_reactions               -       own        own       own      own      own               own
--   room_mutes                      -       -          -         own      own      yes               yes
--   topic room:<id> broadcast       -       -          yes       -        -        yes               members
--                   presence        -       -          yes       yes      -        yes               members
--
-- What is said across a block of either side is read by the moderators of the room and staff alone; what is said by who is hidden by staff and by themselves.

grant execute on function private.is_muted_on_topic(), private.vanished_profile_ids() to authenticated;

grant select on public.messages to authenticated, service_role;
create policy select_of_room on public.messages
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = messages.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and (not is_withheld or author_id = (select auth.uid()) or (select private.is_staff()))
    and (
      author_id is null
      or author_id <> all (array(select private.hidden_profile_ids()))
      or (
        room_id = any (array(select private.my_room_ids('moderator')))
        and author_id <> all (array(select private.vanished_profile_ids()))
      )
    )
  );

grant select on public.message_reactions to authenticated, service_role;
create policy select_own on public.message_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));

-- Which moderator decided is told to moderators alone, by room_mutes().
grant select (room_id, user_id, until, created_at) on public.room_mutes to authenticated;
grant select on public.room_mutes to service_role;
create policy select_own_or_moderated on public.room_mutes
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or room_id = any (array(select private.my_room_ids('moderator')))
    or (select private.is_staff())
  );
