-- Live audio: shown to who may read the room, written by functions and by what the LiveKit server reports.
--
--                                   anon    stranger   member   banned   host   moderator of it   staff
--   live_streams       public       rpc     yes        yes      -        yes    yes               yes
--                      unlisted     rpc     rpc        yes      -        yes    yes               yes
--                      private      -       -          yes      -        yes    yes               yes
--   live_speakers                           as live_streams, without people hidden from the caller
--   live_participants  there now            as live_speakers
--                      gone         -       own        own      own      own    own               own
--   livekit_events                  -       -          -        -        -      -                 -
--   speaking (LiveKit)              -       -          if made  -        yes    if made           -
--   listening (LiveKit)             -       as one may read the room

grant select (id, room_id, host_id, title, listener_count, peak_listeners, started_at, ended_at, end_reason) on public.live_streams to authenticated;
grant select on public.live_streams to service_role;
create policy select_of_room on public.live_streams
  for select to authenticated
  using (
    exists (select from public.rooms as room where room.id = live_streams.room_id)
    and room_id <> all (array(select private.my_banned_room_ids()))
  );

grant select on public.live_speakers to authenticated, service_role;
create policy select_of_room on public.live_speakers
  for select to authenticated
  using (
    exists (select from public.live_streams as stream where stream.id = live_speakers.stream_id)
    and user_id <> all (array(select private.hidden_profile_ids()))
  );

grant select (stream_id, user_id, joined_at, left_at) on public.live_participants to authenticated;
grant select on public.live_participants to service_role;
create policy select_own_or_there on public.live_participants
  for select to authenticated
  using (
    user_id = (select auth.uid())
    or (
      left_at is null
      and exists (select from public.live_streams as stream where stream.id = live_participants.stream_id)
      and user_id <> all (array(select private.hidden_profile_ids()))
    )
  );
