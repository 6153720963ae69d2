-- Social: everybody reads what its audience includes them in; writing is by RPC, but for following.
--
--                          anon     stranger   follower    mutual   author   moderator
--   posts        public    yes      yes        yes         yes      yes      yes
--                followers -        -          yes         yes      yes      yes
--                mutuals   -        -          -           yes      yes      yes
--                private   -        -          -           -        yes      yes
--   follows      select    -        own        own         own      own      own
--                insert    -        own        own         own      own      own
--                delete    -        own        own         own      own      own
--   requests     select    -        own (asked or asking)
--   likes, reposts select  -        own
--
-- Across a block of either side, and of a hidden profile, nothing but to moderators. Deleted posts to nobody, withheld ones to
-- their author and moderators. Mutes hide from lists only.

grant execute on function private.my_followee_ids(), private.my_mutual_ids() to authenticated;
grant execute on function private.is_staff(text) to authenticated;

grant select on public.follows to authenticated, service_role;
grant insert (followee_id), delete on public.follows to authenticated;
create policy select_own on public.follows
  for select to authenticated
  using (follower_id = (select auth.uid()) or followee_id = (select auth.uid()));
create policy insert_own on public.follows
  for insert to authenticated
  with check (follower_id = (select auth.uid()) and (select private.may_write('social')));
create policy delete_own on public.follows
  for delete to authenticated
  using (follower_id = (select auth.uid()) and (select private.may_write('social')));

grant select on public.follow_requests to authenticated, service_role;
create policy select_own on public.follow_requests
  for select to authenticated
  using (requester_id = (select auth.uid()) or target_id = (select auth.uid()));

grant select on public.posts to anon, authenticated, service_role;
create policy select_public on public.posts
  for select to anon
  using (
    deleted_at is null
    and not is_withheld
    and audience = 'public'
    and author_id <> all (array(select private.hidden_profile_ids()))
  );
create policy select_audience on public.posts
  for select to authenticated
  using (
    deleted_at is null
    and (
      author_id = (select auth.uid())
      or (select private.is_staff())
      or (
        not is_withheld
        and author_id <> all (array(select private.hidden_profile_ids()))
        and (
          audience = 'public'
          or (audience = 'followers' and author_id = any (array(select private.my_followee_ids())))
          or (audience = 'mutuals' and author_id = any (array(select private.my_mutual_ids())))
        )
      )
    )
  );

grant select on public.likes to authenticated, service_role;
create policy select_own on public.likes
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.reposts to authenticated, service_role;
create policy select_own on public.reposts
  for select to authenticated
  using (user_id = (select auth.uid()));

-- The bucket is public, as the specification has it: whoever has an address can read the file, whatever the post's audience. The name
-- has 20 characters at least, so that nobody guesses one: use a uuid (docs/decisions/0008).
create policy select_own_post_media on storage.objects
  for select to authenticated
  using (bucket_id = 'post-media' and split_part(name, '/', 1) = (select auth.uid())::text);
create policy insert_own_post_media on storage.objects
  for insert to authenticated
  with check (
    bucket_id = 'post-media'
    and name ~ ('^' || (select auth.uid()) || '/[A-Za-z0-9_-]{20,100}\.(jpe?g|png|webp)$')
    and (select private.can_write('social'))
    and (select private.has_room())
  );
create policy delete_own_post_media on storage.objects
  for delete to authenticated
  using (
    bucket_id = 'post-media'
    and split_part(name, '/', 1) = (select auth.uid())::text
    and not (select private.is_banned())
  );

-- A person's own private topic, which every later domain notifies on.
create policy select_own_topic on realtime.messages
  for select to authenticated
  using ((select realtime.topic()) = 'user:' || (select auth.uid()));
