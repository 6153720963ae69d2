-- Catalogue: everybody reads what is published and what a crate's audience includes them in; writing is by RPC.
--
--                             anon   stranger  follower  collaborator  owner   moderator
--   tracks   published        yes    yes       yes       yes           yes     yes
--            other states     -      -         -         -             yes     yes
--   crates   public           yes    yes       yes       yes           yes     yes
--            unlisted         rpc    rpc       rpc       yes           yes     yes
--            followers        -      -         yes       yes           yes     yes
--            private          -      -         -         yes           yes     yes
--   crate_items               as their crate; note and added_by by rpc alone
--   crate_collaborators       -      -         -         own           yes     -
--   plays                     -      own       own       own           own     own
--
-- Across a block of either side, and of a hidden profile, nothing but to moderators. Deleted crates to nobody, withheld ones to their owner and moderators.

grant execute on function private.my_collaborated_crate_ids(), private.my_own_crate_ids() to authenticated;

grant select on public.tracks to anon, authenticated, service_role;
create policy select_published on public.tracks
  for select to anon
  using (
    status = 'published'
    and (artist_id is null or artist_id <> all (array(select private.hidden_profile_ids())))
  );
create policy select_visible on public.tracks
  for select to authenticated
  using (
    (
      status = 'published'
      and (artist_id is null or artist_id <> all (array(select private.hidden_profile_ids())))
    )
    or artist_id = (select auth.uid())
    or (select private.is_staff())
  );

grant select on public.plays to authenticated, service_role;
create policy select_own on public.plays
  for select to authenticated
  using (listener_id = (select auth.uid()));

grant select on public.crates to anon, authenticated, service_role;
create policy select_public on public.crates
  for select to anon
  using (
    deleted_at is null
    and not is_withheld
    and audience = 'public'
    and owner_id <> all (array(select private.hidden_profile_ids()))
  );
create policy select_audience on public.crates
  for select to authenticated
  using (
    deleted_at is null
    and (
      owner_id = (select auth.uid())
      or (select private.is_staff())
      or (
        not is_withheld
        and owner_id <> all (array(select private.hidden_profile_ids()))
        and (
          audience = 'public'
          or (
            audience = 'followers'
            and visibility <> 'unlisted'
            and owner_id = any (array(select private.my_followee_ids()))
          )
          or id = any (array(select private.my_collaborated_crate_ids()))
        )
      )
    )
  );

-- Who added an item and what they noted is a person's, hidden where they are: crate_items() alone tells it.
grant select (id, crate_id, track_id, position, duration_ms, added_at, owner_id) on public.crate_items to anon, authenticated;
grant select on public.crate_items to service_role;
create policy select_of_crate on public.crate_items
  for select to anon, authenticated
  using (exists (select from public.crates as crate where crate.id = crate_items.crate_id));

grant select on public.crate_collaborators to authenticated, service_role;
create policy select_tied on public.crate_collaborators
  for select to authenticated
  using (user_id = (select auth.uid()) or crate_id = any (array(select private.my_own_crate_ids())));
