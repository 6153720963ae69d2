create or replace function private.merge_session(
  stream public.live_streams, session_id text, user_id uuid, joined_at timestamptz, left_at timestamptz, granted_role text
)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_end timestamptz := (merge_session.stream).ended_at;
  v_before public.live_participants;
  v_session public.live_participants;
  v_role text;
begin
  if not exists (select from public.profiles as profile where profile.id = merge_session.user_id) then
    return 'stranger';
  end if;
  select participant.* into v_before
  from public.live_participants as participant
  where participant.stream_id = (merge_session.stream).id and participant.session_id = merge_session.session_id;
  insert into public.live_participants as known (stream_id, session_id, user_id, joined_at, left_at)
  values (
    (merge_session.stream).id, merge_session.session_id, merge_session.user_id, merge_session.joined_at,
    -- Nobody is in a stream longer than it is on. least() passes over what is null.
    case
      when coalesce(merge_session.left_at, v_end) is not null then greatest(merge_session.joined_at, least(merge_session.left_at, v_end))
    end
  )
  on conflict (stream_id, session_id) do update
    set joined_at = least(known.joined_at, excluded.joined_at),
        left_at = case
          when coalesce(known.left_at, excluded.left_at) is null then null
          else greatest(least(known.joined_at, excluded.joined_at), least(known.left_at, excluded.left_at))
        end
  returning known.* into v_session;
  if v_session.left_at is null then
    -- A token outlives what it was given for, by some minutes: whoever comes with one is looked at again.
    v_role := private.live_role_of((merge_session.stream).id, v_session.user_id);
    if v_role is null or v_role is distinct from merge_session.granted_role then
      perform private.order_live((merge_session.stream).id, v_session.user_id, is_removal => v_role is null);
      return 'ordered';
    end if;
  elsif merge_session.left_at is null and v_session.joined_at >= v_end then
    perform private.clear_live((merge_session.stream).id);
    return 'ordered';
  end if;
  return case when v_before is not distinct from v_session then 'known' else 'counted' end;
end;
$$;
comment on function private.merge_session(public.live_streams, text, uuid, timestamptz, timestamptz, text) is
$$Add what is told of one connection to a stream, which is locked, to what is known of it

The same in whatever order it is told: the earliest joined_at, the earliest left_at, none after the end of the stream. Returns counted; known: nothing is new; ordered: they
may not be there, or not with these rights (granted_role), which the LiveKit server is now to be told; stranger: there is no such account.$$;

-- Security definer: service_role may read and write none of this.
create or replace function private.live_event(
  event_id text, event text, stream_id uuid, happened_at timestamptz, user_id uuid, session_id text, joined_at timestamptz, granted_role text
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_stream public.live_streams;
  v_outcome text := 'counted';
begin
  if nullif(live_event.event_id, '') is null or char_length(live_event.event_id) > 100 or live_event.happened_at is null then
    perform private.raise_error(422, 'live_event_invalid', 'An event has an id and a time.');
  end if;
  if live_event.event is null
    or live_event.event not in ('room_started', 'room_finished', 'participant_joined', 'participant_left', 'participant_connection_aborted')
  then
    return 'ignored';
  end if;
  select stream.* into v_stream from public.live_streams as stream where stream.id = live_event.stream_id for no key update;
  if v_stream.id is null then
    return 'unknown';
  end if;
  insert into private.livekit_events (id) values (live_event.event_id) on conflict do nothing;
  if not found then
    return 'repeated';
  end if;
  update public.live_streams as stream
  set known_at = greatest(stream.known_at, least(live_event.happened_at, now()))
  where stream.id = v_stream.id and stream.ended_at is null;
  case live_event.event
    when 'room_finished' then
      perform private.close_live(v_stream.id, 'finished', live_event.happened_at);
    when 'room_started' then
      if v_stream.ended_at <= live_event.happened_at then
        perform private.clear_live(v_stream.id);
        v_outcome := 'ordered';
      end if;
    else
      if live_event.user_id is null or nullif(live_event.session_id, '') is null or char_length(live_event.session_id) > 100 then
        return 'ignored';
      end if;
      v_outcome := private.merge_session(
        v_stream, live_event.session_id, live_event.user_id, coalesce(live_event.joined_at, live_event.happened_at),
        case when live_event.event <> 'participant_joined' then live_event.happened_at end, live_event.granted_role
      );
      -- When a stream ends, everybody's going is reported, and that is known by then.
      if v_outcome = 'known' then
        return 'counted';
      end if;
      perform private.count_live(v_stream.id);
  end case;
  return v_outcome;
end;
$$;

-- Security definer: as live_event.
create or replace function private.live_order(stream_id uuid, user_id uuid, is_removal boolean, ordered_at timestamptz)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_role text := private.live_role_of(live_order.stream_id, live_order.user_id);
begin
  if not exists (
    select from public.live_streams as stream where stream.id = live_order.stream_id and stream.ended_at is null
  ) then
    return 'none';
  end if;
  -- Put out, and back since then by right: that connection is another one.
  if v_role is null or (live_order.is_removal and not exists (
    select
    from public.live_participants as participant
    where participant.stream_id = live_order.stream_id
      and participant.user_id = live_order.user_id
      and participant.left_at is null
      and participant.joined_at > live_order.ordered_at
  )) then
    return 'remove';
  end if;
  return v_role;
end;
$$;

-- Security definer: as live_event.
create or replace function private.live_census(rooms jsonb, asked_at timestamptz)
returns uuid[]
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_lost_at timestamptz := live_census.asked_at - make_interval(secs => private.setting('live_lost_seconds')::int);
  v_to_call_ids uuid[];
begin
  if live_census.asked_at is null or jsonb_typeof(live_census.rooms) is distinct from 'array' then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  update public.live_streams as stream
  set known_at = greatest(stream.known_at, live_census.asked_at)
  from jsonb_to_recordset(live_census.rooms) as room (stream_id uuid, count int)
  where stream.id = room.stream_id and stream.ended_at is null;
  perform private.close_live(lost.id, 'lost')
  from (
    select stream.id
    from public.live_streams as stream
    where stream.ended_at is null
      and stream.known_at < v_lost_at
      and stream.started_at < v_lost_at
      and not exists (
        select from jsonb_to_recordset(live_census.rooms) as room (stream_id uuid, count int) where room.stream_id = stream.id
      )
    order by stream.id
  ) as lost;
  -- A token may have opened the room of a stream again that is over.
  perform private.clear_live(over.id)
  from (
    select stream.id
    from public.live_streams as stream
    join jsonb_to_recordset(live_census.rooms) as room (stream_id uuid, count int) on room.stream_id = stream.id
    where stream.ended_at < live_census.asked_at
    order by stream.id
  ) as over;
  select array_agg(stream.id order by stream.id) into v_to_call_ids
  from public.live_streams as stream
  join jsonb_to_recordset(live_census.rooms) as room (stream_id uuid, count int) on room.stream_id = stream.id
  where stream.ended_at is null
    and (
      room.count <> (
        select count(*) from public.live_participants as participant where participant.stream_id = stream.id and participant.left_at is null
      )
      or exists (
        select from public.live_participants as participant
        where participant.stream_id = stream.id and participant.left_at is null and participant.user_id is null
      )
    );
  return coalesce(v_to_call_ids, '{}');
end;
$$;

-- Security definer: as live_event.
create or replace function private.live_roll(stream_id uuid, sessions jsonb, asked_at timestamptz)
returns uuid[]
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  -- What has happened since then may not be in the list yet.
  v_before timestamptz := live_roll.asked_at - make_interval(secs => private.setting('live_slack_seconds')::int);
  v_stream public.live_streams;
  v_session record;
  v_stranger_ids uuid[] := '{}';
begin
  if live_roll.asked_at is null or jsonb_typeof(live_roll.sessions) is distinct from 'array' then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  select stream.* into v_stream
  from public.live_streams as stream
  where stream.id = live_roll.stream_id and stream.ended_at is null
  for no key update;
  if v_stream.id is null then
    return '{}';
  end if;
  update public.live_participants as participant
  set left_at = greatest(participant.joined_at, live_roll.asked_at)
  where participant.stream_id = v_stream.id
    and participant.left_at is null
    and participant.joined_at < v_before
    and not exists (
      select from jsonb_to_recordset(live_roll.sessions) as there (session_id text) where there.session_id = participant.session_id
    );
  for v_session in
    select there.session_id, there.user_id, coalesce(there.joined_at, live_roll.asked_at) as joined_at, there.granted_role
    from jsonb_to_recordset(live_roll.sessions) as there (session_id text, user_id uuid, joined_at timestamptz, granted_role text)
    where there.user_id is not null and char_length(there.session_id) between 1 and 100
    order by there.session_id
  loop
    update public.live_participants as participant
    set left_at = null
    where participant.stream_id = v_stream.id
      and participant.session_id = v_session.session_id
      and participant.user_id = v_session.user_id
      and participant.left_at < v_before;
    if private.merge_session(
      v_stream, v_session.session_id, v_session.user_id, v_session.joined_at, null, v_session.granted_role
    ) = 'stranger' then
      v_stranger_ids := v_stranger_ids || v_session.user_id;
    end if;
  end loop;
  perform private.count_live(v_stream.id);
  return v_stranger_ids;
end;
$$;

-- Security definer: as live_event.
create or replace function private.tell_live_counts(size int)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_told int;
begin
  select count(*) filter (where private.tell_live_count(stream.id)) into v_told
  from (
    select open.id
    from public.live_streams as open
    where open.ended_at is null and open.told_count <> open.listener_count
    order by open.id
    limit least(greatest(coalesce(tell_live_counts.size, 1000), 1), 10000)
  ) as stream;
  return jsonb_build_object(
    'told', v_told, 'open', (select count(*) from public.live_streams as stream where stream.ended_at is null)
  );
end;
$$;

-- Security definer: as live_event.
create or replace function private.forget_old_live(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_size int := least(greatest(coalesce(forget_old_live.size, 1000), 1), 10000);
  v_count int;
  v_done int := 0;
begin
  delete from private.livekit_events as event
  -- An array is looked up once; the plan of a subquery may run its limit again for each row.
  where event.id = any (array(
    select old.id
    from private.livekit_events as old
    where old.received_at < now() - make_interval(days => private.setting('live_events_kept_days')::int)
    limit v_size
    for update skip locked
  ));
  get diagnostics v_count = row_count;
  v_done := v_done + v_count;
  delete from public.live_participants as participant
  where participant.ctid = any (array(
    select old.ctid
    from public.live_participants as old
    join public.live_streams as stream on stream.id = old.stream_id
    where old.left_at < now() - make_interval(days => private.setting('live_participants_kept_days')::int)
      and stream.ended_at < now() - make_interval(days => private.setting('live_participants_kept_days')::int)
    limit v_size
    for update of old skip locked
  ));
  get diagnostics v_count = row_count;
  return v_done + v_count;
end;
$$;
