create or replace function private.lock_session(session_id uuid)
returns public.dj_sessions
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_session public.dj_sessions;
begin
  -- Who is not of the room shall not hold up those who are.
  select session.* into v_session
  from public.dj_sessions as session
  cross join lateral private.readable_room(session.room_id, (select auth.uid()))
  where session.id = lock_session.session_id
  for no key update of session;
  if not found then
    perform private.refuse_session(lock_session.session_id);
    -- They may read it since this moment.
    return private.lock_session(lock_session.session_id);
  end if;
  -- Asked again, as somebody may have been removed while this waited for the session.
  perform private.require_room_reader(v_session.room_id);
  return v_session;
end;
$$;
comment on function private.lock_session(uuid) is
'A session of a room the caller may read, locked until the transaction ends: after the room, before all that is in the session; else session_not_found (404), or require_room_reader''s errors';

create or replace function private.refuse_ended(session public.dj_sessions)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if (refuse_ended.session).status = 'ended' then
    perform private.raise_error(409, 'session_ended', 'This session is over.');
  end if;
end;
$$;

create or replace function private.is_session_host(session public.dj_sessions)
returns boolean
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce((is_session_host.session).host_id = auth.uid() and private.room_role((is_session_host.session).room_id) is not null, false)
    or coalesce(private.room_role((is_session_host.session).room_id) >= 'moderator', false)
    or private.is_staff()
$$;
comment on function private.is_session_host(public.dj_sessions) is
'Whether the caller runs a session: who started it and is still in the room, moderators of the room, staff';

create or replace function private.require_session_host(session public.dj_sessions)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not private.is_session_host(require_session_host.session) then
    perform private.raise_error(403, 'not_the_host', 'This is for who started the session, and for moderators of the room.');
  end if;
end;
$$;

create or replace function private.tell_session(session public.dj_sessions)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if (tell_session.session).status = 'ended' then
    delete from private.session_views as view where view.session_id = (tell_session.session).id;
  else
    perform private.keep_session_view((tell_session.session).id);
  end if;
  perform private.broadcast_room((tell_session.session).room_id, 'session_changed', jsonb_build_object(
    'session_id', (tell_session.session).id, 'sequence', (tell_session.session).sequence, 'status', (tell_session.session).status,
    'mode', (tell_session.session).mode
  ));
end;
$$;
comment on function private.tell_session(public.dj_sessions) is
'Tell the room that its session was started, paused, resumed, changed or ended, when its queue is ready to be read; for whoever holds the session';

-- Security definer: sessions are nobody's to write directly.
create or replace function private.start_session(room_id uuid, mode text)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_room public.rooms;
  v_role text;
  v_session public.dj_sessions;
begin
  if start_session.mode is null or start_session.mode not in ('fan', 'artist', 'public') then
    perform private.raise_error(422, 'mode_unknown', 'A session is of mode fan, artist or public.');
  end if;
  v_room := private.lock_room(start_session.room_id);
  v_role := private.require_room_member(v_room.id);
  if v_role < 'moderator' and v_room.artist_id is distinct from v_user_id then
    perform private.require_room_moderator(v_room.id);
  end if;
  perform private.take_token('run_session');
  if exists (select from public.dj_sessions as session where session.room_id = v_room.id and session.ended_at is null) then
    perform private.raise_error(409, 'session_exists', 'This room has a session already; end it first.');
  end if;
  insert into public.dj_sessions (room_id, mode, host_id)
  values (v_room.id, start_session.mode, v_user_id)
  returning * into v_session;
  perform private.tell_session(v_session);
  return private.session_state(v_session.id);
end;
$$;

create or replace function private.close_session(session_id uuid)
returns public.dj_sessions
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_session public.dj_sessions;
begin
  select session.* into strict v_session from public.dj_sessions as session where session.id = close_session.session_id for no key update;
  if v_session.current_item_id is not null then
    perform private.close_item(v_session, true, 'session_ended');
  end if;
  update public.queue_items as item
  set status = 'removed', finished_at = clock_timestamp()
  where item.session_id = v_session.id and item.status = 'queued';
  delete from public.rotation_slots as slot where slot.session_id = v_session.id;
  update public.dj_sessions as session
  set status = 'ended',
      ended_at = clock_timestamp(),
      paused_at = null,
      due_at = null,
      sequence = session.sequence + (session.current_item_id is not null)::int,
      current_item_id = null,
      current_dj_id = null
  where session.id = v_session.id
  returning session.* into v_session;
  perform private.tell_session(v_session);
  return v_session;
end;
$$;
comment on function private.close_session(uuid) is 'End a session: what plays is skipped, what is queued removed, the rotation dissolved';

-- Security definer: as start_session.
create or replace function private.end_session(session_id uuid)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(end_session.session_id);
begin
  perform private.require_session_host(v_session);
  if v_session.status <> 'ended' then
    perform private.take_token('run_session');
    perform private.close_session(v_session.id);
  end if;
  return private.session_state(v_session.id);
end;
$$;

-- Security definer: as start_session.
create or replace function private.pause_session(session_id uuid)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(pause_session.session_id);
begin
  perform private.require_session_host(v_session);
  perform private.refuse_ended(v_session);
  if v_session.status = 'active' then
    perform private.take_token('run_session');
    update public.dj_sessions as session
    set status = 'paused', paused_at = clock_timestamp(), due_at = null
    where session.id = v_session.id
    returning session.* into v_session;
    perform private.tell_session(v_session);
  end if;
  return private.session_state(v_session.id);
end;
$$;

-- Security definer: as start_session. What plays begins later by as long as the session was paused, so that the remaining time is kept.
create or replace function private.resume_session(session_id uuid)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(resume_session.session_id);
  v_now constant timestamptz := clock_timestamp();
  v_ends_at timestamptz;
begin
  perform private.require_session_host(v_session);
  perform private.refuse_ended(v_session);
  if v_session.status = 'paused' then
    perform private.take_token('run_session');
    update public.queue_items as item
    set started_at = item.started_at + (v_now - v_session.paused_at), ends_at = item.ends_at + (v_now - v_session.paused_at)
    where item.id = v_session.current_item_id
    returning item.ends_at into v_ends_at;
    update public.dj_sessions as session
    set status = 'active', paused_at = null, due_at = v_ends_at
    where session.id = v_session.id
    returning session.* into v_session;
    perform private.tell_session(v_session);
    if v_session.current_item_id is null then
      perform private.advance(v_session);
    end if;
  end if;
  return private.session_state(v_session.id);
end;
$$;


-- Security definer: as start_session.
create or replace function private.change_session_mode(session_id uuid, mode text)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions;
begin
  if change_session_mode.mode is null or change_session_mode.mode not in ('fan', 'artist', 'public') then
    perform private.raise_error(422, 'mode_unknown', 'A session is of mode fan, artist or public.');
  end if;
  v_session := private.lock_session(change_session_mode.session_id);
  perform private.require_session_host(v_session);
  perform private.refuse_ended(v_session);
  if v_session.mode <> change_session_mode.mode then
    perform private.take_token('run_session');
    -- Turns are of the rotation: whoever was on has had theirs.
    perform private.end_turn(v_session.id, is_over => true);
    update public.dj_sessions as session
    set mode = change_session_mode.mode
    where session.id = v_session.id
    returning session.* into v_session;
    if v_session.mode = 'public' then
      update public.queue_items as item
      set played_before = (
        select count(*)
        from public.queue_items as past
        where past.session_id = item.session_id and past.added_by = item.added_by and past.started_at is not null
      )
      where item.session_id = v_session.id and item.status = 'queued';
    end if;
    perform private.tell_session(v_session);
    if v_session.status = 'active' and v_session.current_item_id is null then
      perform private.advance(v_session);
    end if;
  end if;
  return private.session_state(v_session.id);
end;
$$;

-- Security definer: as start_session. One statement asks all that decides and takes the session; whatever it does not find is looked at one thing
-- after the other. The commonest call comes too late, of all whose track ended the same moment: it is answered without waiting for anybody.
-- Who may read the room is asked again with the state, and what was done is undone for who was removed meanwhile.
create or replace function private.advance_session(session_id uuid, expected_sequence bigint)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_is_held constant boolean := private.hold_person(auth.uid());
  v_session public.dj_sessions;
begin
  select session.* into v_session
  from public.dj_sessions as session
  join private.writers as writer on writer.feature = 'rooms'
  cross join lateral private.readable_room(session.room_id, writer.user_id)
  where session.id = advance_session.session_id
    and session.sequence = advance_session.expected_sequence
    and v_is_held
  for no key update of session;
  if not found then
    perform private.acting_user('rooms');
    if expected_sequence is null then
      perform private.raise_error(422, 'sequence_missing', 'Say which sequence the client knows.');
    end if;
  elsif v_session.status = 'active' and v_session.current_item_id is not null then
    if v_session.due_at > clock_timestamp() then
      perform private.raise_error(
        409, 'track_not_over', 'What plays is not over yet; skip_track is for those who may skip.',
        ceil(extract(epoch from v_session.due_at - clock_timestamp()))::int::text
      );
    end if;
    perform private.advance(v_session);
  end if;
  return private.session_state(advance_session.session_id);
end;
$$;

-- Security definer: as start_session.
create or replace function private.skip_track(session_id uuid, expected_sequence bigint, reason text)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_reason text := nullif(btrim(skip_track.reason, E' \t\r\n'), '');
  v_session public.dj_sessions;
  v_is_moderator boolean;
begin
  if expected_sequence is null then
    perform private.raise_error(422, 'sequence_missing', 'Say which sequence the client knows.');
  end if;
  if char_length(v_reason) > 200 then
    perform private.raise_error(422, 'reason_too_long', 'A reason has at most 200 characters.');
  end if;
  v_session := private.lock_session(skip_track.session_id);
  v_is_moderator := coalesce(private.room_role(v_session.room_id) >= 'moderator', false) or private.is_staff();
  if not v_is_moderator and (
    private.room_role(v_session.room_id) is null
    or case v_session.mode when 'artist' then v_session.host_id else v_session.current_dj_id end is distinct from v_user_id
  ) then
    perform private.raise_error(403, 'not_allowed_to_skip', 'This is for whose track it is, and for moderators; others vote.');
  end if;
  if v_session.sequence = skip_track.expected_sequence and v_session.current_item_id is not null then
    perform private.take_token('skip_track');
    if v_session.current_dj_id is distinct from v_user_id then
      perform private.log_moderation(
        v_session.room_id, 'track_skipped', v_session.current_dj_id, '{"status": "playing"}', '{"status": "skipped"}', v_reason,
        jsonb_build_object('item_id', v_session.current_item_id)
      );
    end if;
    perform private.advance(v_session, true, v_reason, v_user_id);
  end if;
  return private.session_state(v_session.id);
end;
$$;

create or replace function private.advance_each(session_ids uuid[])
returns int
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_id uuid;
begin
  foreach v_id in array advance_each.session_ids loop
    perform private.advance(session) from public.dj_sessions as session where session.id = v_id;
  end loop;
  return cardinality(advance_each.session_ids);
end;
$$;

-- Security definer: service_role moves sessions on only here, and only those that are due. A few at a time stand in one savepoint; when one of
-- them fails the few are taken one by one, and that one is left for a minute.
create or replace function private.advance_due_sessions(size int)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_due_ids uuid[];
  v_some uuid[];
  v_id uuid;
  v_count int := 0;
begin
  v_due_ids := array(
    select session.id
    from public.dj_sessions as session
    where session.due_at <= clock_timestamp()
    order by session.due_at, session.id
    -- No more, as of each two DJs may be told and are held (stays), and the server has room for some thousand locks.
    limit least(greatest(coalesce(advance_due_sessions.size, 1000), 1), 1000)
    for no key update skip locked
  );
  for v_first in 1 .. cardinality(v_due_ids) by 50 loop
    v_some := v_due_ids[v_first : v_first + 49];
    begin
      v_count := v_count + private.advance_each(v_some);
    exception when others then
      foreach v_id in array v_some loop
        begin
          v_count := v_count + private.advance_each(array[v_id]);
        exception when others then
          raise warning 'session % cannot move on: % %', v_id, sqlstate, sqlerrm;
          update public.dj_sessions as session set due_at = clock_timestamp() + interval '1 minute' where session.id = v_id;
        end;
      end loop;
    end;
  end loop;
  return v_count;
end;
$$;
