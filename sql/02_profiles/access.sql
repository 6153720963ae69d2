-- Profiles: everybody reads whom they may see, and changes their own description.
--
--                        anon      signed in            owner     staff
--   profiles      select visible   visible              yes       all
--                 update -         -                    columns   -
--   artist_profiles sel. visible   visible              yes       all
--                 update -         -                    links     -
--   blocks, mutes select -         own                  own       own
--                 write  -         rpc                  rpc       rpc
--   genres        select yes       yes                  yes       yes
--
-- Visible: not across a block of either side, not a profile that is hidden (private.hidden_profile_ids).
-- Rows are made by the sign-up trigger and by RPCs alone; nobody inserts or deletes.

grant execute on function private.hidden_profile_ids() to anon, authenticated;
grant execute on function private.may_write(text), private.can_write(text), private.has_room() to authenticated;

grant select on public.genres to anon, authenticated, service_role;
create policy select_all on public.genres
  for select to anon, authenticated
  using (true);

grant select on public.profiles to anon, authenticated, service_role;
grant update (display_name, bio, avatar_path, genres, time_zone, is_private) on public.profiles to authenticated;
create policy select_visible on public.profiles
  for select to anon, authenticated
  using (id <> all (array(select private.hidden_profile_ids())));
create policy update_own on public.profiles
  for update to authenticated
  using (id = (select auth.uid()) and (select private.may_write('profiles')))
  with check (id = (select auth.uid()));

grant select on public.artist_profiles to anon, authenticated, service_role;
grant update (links) on public.artist_profiles to authenticated;
create policy select_visible on public.artist_profiles
  for select to anon, authenticated
  using (profile_id <> all (array(select private.hidden_profile_ids())));
create policy update_own on public.artist_profiles
  for update to authenticated
  using (profile_id = (select auth.uid()) and (select private.may_write('profiles')))
  with check (profile_id = (select auth.uid()));

grant select on public.blocks to authenticated, service_role;
create policy select_own on public.blocks
  for select to authenticated
  using (blocker_id = (select auth.uid()));

grant select on public.mutes to authenticated, service_role;
create policy select_own on public.mutes
  for select to authenticated
  using (muter_id = (select auth.uid()));

-- Objects lie in a folder named as their owner's id; the bucket limits size and kind. Public buckets serve anybody who knows
-- the address; listing and writing are their owner's.
create policy select_own_avatar on storage.objects
  for select to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text);
create policy insert_own_avatar on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'avatars'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)$')
    and (select private.can_write('profiles'))
    and (select private.has_room())
  );
create policy update_own_avatar on storage.objects
  for update to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text)
  with check (
    bucket_id = 'avatars'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(jpe?g|png|webp)$')
    and (select private.can_write('profiles'))
  );
create policy delete_own_avatar on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'avatars'
    and split_part(name, '/', 1) = (select auth.uid())::text
    and not (select private.is_banned())
  );
