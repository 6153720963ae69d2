create or replace function private.act_for(user_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select
    set_config('request.jwt.claims', coalesce(jsonb_build_object('sub', act_for.user_id)::text, ''), true),
    set_config('request.jwt.claim.sub', coalesce(act_for.user_id::text, ''), true)
$$;
comment on function private.act_for(uuid) is
'Go on as somebody whom a function has authenticated, until the transaction ends: what looks at who calls looks at them. For backend RPCs alone';

-- Security definer: asked about others, by functions and triggers.
create or replace function private.live_role_of(stream_id uuid, user_id uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when member.role is null or private.is_muted_in_room(room.id, profile.id) or exists (
      select from private.sanctions_in_force as sanction where sanction.user_id = profile.id and sanction.room_id is null
    ) then 'listener'
    when stream.host_id = live_role_of.user_id then 'host'
    when exists (
      select from public.live_speakers as speaker where speaker.stream_id = stream.id and speaker.user_id = live_role_of.user_id
    ) then 'speaker'
    else 'listener'
  end
  from public.live_streams as stream
  join public.rooms as room on room.id = stream.room_id
  join public.profiles as profile on profile.id = live_role_of.user_id
  left join public.room_members as member on member.room_id = room.id and member.user_id = profile.id
  where stream.id = live_role_of.stream_id
    and stream.ended_at is null
    and room.deleted_at is null
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = profile.id)
    and (
      (
        (not room.is_withheld or room.owner_id = profile.id)
        and (room.visibility in ('public', 'unlisted') or member.role is not null)
        and not private.is_banned_from_room(room.id, profile.id)
      )
      or exists (select from private.staff as staff where staff.user_id = profile.id)
    )
$$;
comment on function private.live_role_of(uuid, uuid) is
$$What somebody may do in a stream: host, speaker, listener; null when they may not even listen, or it has ended

Whoever may read the room may listen (can_read_room); speaking is for its members alone, and for nobody who is muted in it, or muted or banned everywhere.$$;

create or replace function private.open_live(room_id uuid)
returns uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select stream.id from public.live_streams as stream where stream.room_id = open_live.room_id and stream.ended_at is null
$$;
comment on function private.open_live(uuid) is 'The stream that is on in a room, or null';

create or replace function private.order_live(stream_id uuid, user_id uuid, is_removal boolean, available_at timestamptz default null)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  select private.enqueue(
    'livekit',
    jsonb_build_object(
      'order', case when order_live.is_removal then 'remove' else 'update' end, 'stream_id', order_live.stream_id, 'user_id', order_live.user_id,
      'ordered_at', clock_timestamp()
    ),
    order_live.user_id,
    order_live.available_at
  )
$$;
comment on function private.order_live(uuid, uuid, boolean, timestamptz) is
'Have the LiveKit server put somebody out of a stream, or give them the rights of their role; what is right is asked again when it is done (live_order)';

create or replace function private.clear_live(stream_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (
    select from private.outbox as message
    where message.topic = 'livekit'
      and message.delivered_at is null
      and message.dead_at is null
      and message.payload = jsonb_build_object('order', 'clear', 'stream_id', clear_live.stream_id)
  ) then
    perform private.enqueue('livekit', jsonb_build_object('order', 'clear', 'stream_id', clear_live.stream_id));
  end if;
end;
$$;
comment on function private.clear_live(uuid) is 'Have the LiveKit server end the room of a stream that is over';

create or replace function private.measured_peak(stream_id uuid)
returns int
language sql
stable
security invoker
set search_path = ''
as $$
  -- Somebody who is connected twice is there once.
  select coalesce(max(moment.present), 0)::int
  from (
    select sum(step.change) over (order by step.at, step.change) as present
    from (
      select stay.person, unnest(range_agg(tstzrange(stay.joined_at, stay.left_at))) as stretch
      from (
        select coalesce(participant.user_id::text, participant.session_id) as person, participant.joined_at, participant.left_at
        from public.live_participants as participant
        join public.live_streams as stream on stream.id = participant.stream_id
        where participant.stream_id = measured_peak.stream_id
          and participant.user_id is distinct from stream.host_id
      ) as stay
      group by stay.person
    ) as there
    cross join lateral (values (lower(there.stretch), 1), (upper(there.stretch), -1)) as step (at, change)
    where step.at is not null
  ) as moment
$$;
comment on function private.measured_peak(uuid) is 'The most who were in a stream at once, its host apart, by when each came and went';

create or replace function private.count_live(stream_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_stream public.live_streams;
  v_count int;
begin
  select stream.* into v_stream from public.live_streams as stream where stream.id = count_live.stream_id for no key update;
  if v_stream.ended_at is not null then
    if v_stream.host_id is not null then
      update public.live_streams as stream
      set peak_listeners = private.measured_peak(v_stream.id)
      where stream.id = v_stream.id;
    end if;
    return;
  end if;
  select count(distinct coalesce(participant.user_id::text, participant.session_id)) into v_count
  from public.live_participants as participant
  where participant.stream_id = v_stream.id
    and participant.left_at is null
    and participant.user_id is distinct from v_stream.host_id;
  update public.live_streams as stream
  set listener_count = v_count, peak_listeners = greatest(stream.peak_listeners, v_count)
  where stream.id = v_stream.id and stream.listener_count <> v_count;
  perform private.tell_live_count(v_stream.id);
end;
$$;
comment on function private.count_live(uuid) is
'Count who is in a stream, which is locked until the transaction ends; of one that is over, measure its peak anew';

-- Security definer: writes to the realtime schema.
create or replace function private.tell_live_count(stream_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream public.live_streams;
begin
  update public.live_streams as stream
  set told_count = stream.listener_count, told_at = clock_timestamp()
  where stream.id = tell_live_count.stream_id
    and stream.ended_at is null
    and stream.told_count <> stream.listener_count
    and (stream.told_at is null or stream.told_at <= clock_timestamp() - make_interval(secs => private.setting('live_count_seconds')::int))
  returning stream.* into v_stream;
  if v_stream.id is null then
    return false;
  end if;
  perform private.broadcast_room(v_stream.room_id, 'live_listeners', jsonb_build_object(
    'stream_id', v_stream.id, 'listener_count', v_stream.listener_count, 'peak_listeners', v_stream.peak_listeners
  ));
  return true;
end;
$$;
comment on function private.tell_live_count(uuid) is 'Tell a room how many listen, if that has changed and they were not told within the second; whether it did';

-- Security definer: ends streams in the transactions of people who may not write them.
create or replace function private.close_live(stream_id uuid, reason text, closed_at timestamptz default null)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stream public.live_streams;
  v_at timestamptz;
begin
  select stream.* into v_stream from public.live_streams as stream where stream.id = close_live.stream_id for no key update;
  if v_stream.id is null or v_stream.ended_at is not null then
    return false;
  end if;
  v_at := greatest(v_stream.started_at, coalesce(close_live.closed_at, clock_timestamp()));
  update public.live_participants as participant
  set left_at = greatest(participant.joined_at, v_at)
  where participant.stream_id = v_stream.id
    and (participant.left_at is null or participant.left_at > greatest(participant.joined_at, v_at));
  delete from public.live_speakers as speaker where speaker.stream_id = v_stream.id;
  update public.live_streams as stream
  set ended_at = v_at, end_reason = close_live.reason, listener_count = 0, peak_listeners = private.measured_peak(v_stream.id)
  where stream.id = v_stream.id;
  perform private.clear_live(v_stream.id);
  perform private.broadcast_room(v_stream.room_id, 'live_ended', jsonb_build_object('stream_id', v_stream.id, 'reason', close_live.reason));
  return true;
end;
$$;
comment on function private.close_live(uuid, text, timestamptz) is
'End a stream: nobody is in it any more, the LiveKit server is to end its room, and the topic of the room hears it. False when it has ended already';
