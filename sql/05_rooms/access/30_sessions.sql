-- Sessions: who reads a room reads what plays in it, what is queued and what has played; votes and places are one's own. Writing is by RPC.
--
--                              anon   stranger         member   banned   moderator of it   staff
--   dj_sessions     public     -      yes              yes      -        yes               yes
--   queue_items     unlisted   -      rpc              yes      -        yes               yes
--   room_history    private    -      -                yes      -        yes               yes
--   rotation_slots, session_contributors, queue_votes, skip_votes
--                              -      own              own      own      own               own
--
-- Who queued or played what is a person's, hidden where they are: session_state(), session_queue() and session_history() tell it.

grant select (id, room_id, mode, status, current_item_id, sequence, due_at, paused_at, ended_at, created_at)
  on public.dj_sessions to authenticated;
grant select on public.dj_sessions to service_role;
create policy select_of_room on public.dj_sessions
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = dj_sessions.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
  );

grant select (
  id, session_id, room_id, track_id, position, status, up_count, down_count, skip_vote_count, duration_ms, started_at, ends_at, finished_at,
  skip_reason, created_at
) on public.queue_items to authenticated;
grant select on public.queue_items to service_role;
create policy select_of_room on public.queue_items
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = queue_items.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
  );

grant select on public.rotation_slots to authenticated, service_role;
create policy select_own on public.rotation_slots
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.session_contributors to authenticated, service_role;
create policy select_own on public.session_contributors
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.queue_votes to authenticated, service_role;
create policy select_own on public.queue_votes
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.skip_votes to authenticated, service_role;
create policy select_own on public.skip_votes
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select (
  id, room_id, session_id, item_id, mode, track_id, title, artist_name, started_at, finished_at, ms_played, listener_count, up_count,
  down_count, is_skipped, skip_reason
) on public.room_history to authenticated;
grant select on public.room_history to service_role;
create policy select_of_room on public.room_history
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = room_history.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
  );
