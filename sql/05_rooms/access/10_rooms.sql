-- Rooms: everybody finds what is public, who is signed in reads what happens there; a private room is its members'. Writing is by RPC.
--
--                                   anon    stranger   invited   member   banned   moderator of it   staff
--   rooms           public          yes     yes        yes       yes      yes      yes               yes
--                   unlisted        rpc     rpc        rpc       yes      rpc      yes               yes
--                   private         -       -          rpc       yes      -        yes               yes
--                   deleted         -       -          -         -        -        -                 -
--   room_members    public          -       yes        yes       yes      -        yes               yes
--                   unlisted        -       rpc        rpc       yes      -        yes               yes
--                   private         -       -          -         yes      -        yes               yes
--   room_presence                   as room_members
--   room_bans                       -       -          -         -        own      yes               yes
--   join_requests                   -       own        own       own      own      yes               yes
--   room_invites                    -       -          own       -        own      yes               -
--   moderation_log                  -       -          -         -        -        yes               yes
--   topic room:<id> join            -       not priv.  not priv. yes      -        yes               yes
--                   speak           -       -          -         yes      -        yes               members
--   room-avatars    read shown      as room_state(): a private one members; by its path
--                   list shown      as rooms
--                   list others,    -       -          -         -        -        yes               -
--                   upload, delete
--
-- People who are hidden from the caller, and everybody across a block of either side, are in no list of members. A room that moderators withhold is
-- its owner's and theirs alone.

grant execute on function
  private.my_room_ids(text), private.my_banned_room_ids(), private.hears_room(), private.speaks_in_room(),
  private.moderated_room_folders(), private.room_avatar_folders(),
  private.is_staff(text)
to authenticated;
grant execute on function private.opens_objects(), private.is_unlisted_avatar(text) to anon, authenticated;

grant select on public.rooms to anon, authenticated, service_role;
create policy select_public on public.rooms
  for select to anon
  using (deleted_at is null and visibility = 'public' and not is_withheld);
create policy select_visible on public.rooms
  for select to authenticated
  using (
    deleted_at is null
    and (
      (visibility = 'public' and not is_withheld)
      or id = any (array(select private.my_room_ids()))
      or (select private.is_staff())
    )
  );

grant select on public.room_members to authenticated, service_role;
create policy select_of_room on public.room_members
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = room_members.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and user_id <> all (array(select private.hidden_profile_ids()))
  );

grant select on public.room_presence to authenticated, service_role;
create policy select_of_room on public.room_presence
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = room_presence.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
    and user_id <> all (array(select private.hidden_profile_ids()))
  );

-- Which moderator decided is told to moderators alone, by room_bans().
grant select (room_id, user_id, until, reason, created_at) on public.room_bans to authenticated;
grant select on public.room_bans to service_role;
create policy select_own_or_moderated on public.room_bans
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or room_id = any (array(select private.my_room_ids('moderator')))
    or (select private.is_staff())
  );

grant select on public.join_requests to authenticated, service_role;
create policy select_own_or_moderated on public.join_requests
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      (room_id = any (array(select private.my_room_ids('moderator'))) or (select private.is_staff()))
      and user_id <> all (array(select private.hidden_profile_ids()))
    )
  );

grant select on public.room_invites to authenticated, service_role;
create policy select_own_or_moderated on public.room_invites
  for select to authenticated
  using (
    (user_id = (select auth.uid()) and invited_by <> all (array(select private.hidden_profile_ids())))
    or (
      room_id = any (array(select private.my_room_ids('moderator')))
      -- A code that makes a moderator of whoever has it is the owner's to give.
      and (role = 'member' or user_id is not null or room_id = any (array(select private.my_room_ids('owner'))))
    )
  );

grant select on public.moderation_log to authenticated, service_role;
create policy select_moderated on public.moderation_log
  for select to authenticated
  using (room_id = any (array(select private.my_room_ids('moderator'))) or (select private.is_staff()));

-- A room's own private topic: what happens in it comes from the database, typing and presence from its members; of who is muted presence alone.
create policy select_room on realtime.messages
  for select to authenticated
  using ((select private.hears_room()));
create policy insert_room on realtime.messages
  for insert to authenticated
  with check (
    (select private.speaks_in_room())
    and (extension = 'presence' or not (select private.is_muted_on_topic()))
  );

-- The bucket is not public: a private room's picture is its members'. What a room shows is read by whoever sees the room, the folder by
-- those who fill it. 20 characters at least, as elsewhere.
create policy select_shown_room_avatar on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'room-avatars' and exists (select from public.rooms as room where room.avatar_path = objects.name));
-- An unlisted room's by its path, which is room_state()'s to tell, and in no list. Asked of one row: whoever reads an object names it.
create policy select_linked_room_avatar on storage.objects
  for select to anon, authenticated
  using (
    bucket_id = 'room-avatars'
    and (select private.opens_objects())
    and (select private.is_unlisted_avatar(objects.name))
  );
create policy select_moderated_room_avatar on storage.objects
  for select to authenticated
  using (
    bucket_id = 'room-avatars'
    and split_part(name, '/', 1) = any (array(select private.moderated_room_folders()))
  );
create policy insert_moderated_room_avatar on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'room-avatars'
    and name ~ '^[0-9a-f-]{36}/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$'
    and split_part(name, '/', 1) = any (array(select private.room_avatar_folders()))
    and (select private.can_write('rooms'))
  );
create policy delete_moderated_room_avatar on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'room-avatars'
    and split_part(name, '/', 1) = any (array(select private.moderated_room_folders()))
    and not (select private.is_banned())
  );
