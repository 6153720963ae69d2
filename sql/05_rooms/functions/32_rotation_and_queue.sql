-- Security definer: the rotation is nobody's to write directly.
create or replace function private.join_rotation(session_id uuid)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(join_rotation.session_id);
begin
  perform private.require_room_member(v_session.room_id);
  perform private.refuse_ended(v_session);
  if v_session.mode <> 'fan' then
    perform private.raise_error(409, 'no_rotation', 'Only a session of mode fan has a rotation.');
  end if;
  if not exists (
    select from public.rotation_slots as slot where slot.session_id = v_session.id and slot.user_id = v_user_id
  ) then
    perform private.take_token('change_queue');
    if (select count(*) from public.rotation_slots as slot where slot.session_id = v_session.id) >= private.setting('rotation_limit') then
      perform private.raise_error(409, 'rotation_full', 'The rotation takes nobody more.');
    end if;
    insert into public.rotation_slots (session_id, user_id, position)
    values (
      v_session.id, v_user_id,
      (select coalesce(max(slot.position), 0) + 1 from public.rotation_slots as slot where slot.session_id = v_session.id)
    );
    perform private.tell_queue(v_session);
    if v_session.status = 'active' and v_session.current_item_id is null then
      perform private.advance(v_session);
    end if;
  end if;
  return private.session_state(v_session.id);
end;
$$;

create or replace function private.tell_queue(session public.dj_sessions)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform private.keep_session_view((tell_queue.session).id);
  perform private.broadcast_room(
    (tell_queue.session).room_id, 'queue_changed', jsonb_build_object('session_id', (tell_queue.session).id)
  );
end;
$$;
comment on function private.tell_queue(public.dj_sessions) is
'Tell the room that the queue or the rotation of its session has changed, when it is ready to be read; for whoever holds the session';

create or replace function private.drop_from_rotation(session public.dj_sessions, user_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_was_on boolean;
begin
  delete from public.rotation_slots as slot
  where slot.session_id = (drop_from_rotation.session).id and slot.user_id = drop_from_rotation.user_id
  returning slot.turn_count > 0 into v_was_on;
  if not found then
    return;
  end if;
  perform private.tell_queue(drop_from_rotation.session);
  if v_was_on and (drop_from_rotation.session).current_dj_id = drop_from_rotation.user_id
    and (drop_from_rotation.session).mode = 'fan'
  then
    perform private.advance(drop_from_rotation.session, true, 'dj_left');
  end if;
end;
$$;
comment on function private.drop_from_rotation(public.dj_sessions, uuid) is
'Take somebody out of the rotation of a session that is locked; who is on is skipped. What they have queued waits until they are back';

-- Security definer: as join_rotation.
create or replace function private.leave_rotation(session_id uuid)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(leave_rotation.session_id);
begin
  perform private.drop_from_rotation(v_session, v_user_id);
  return private.session_state(v_session.id);
end;
$$;

-- Security definer: as join_rotation.
create or replace function private.remove_from_rotation(session_id uuid, username text)
returns json
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(remove_from_rotation.session_id);
  v_other_id uuid;
begin
  perform private.require_room_moderator(v_session.room_id);
  v_other_id := private.person_to_moderate(v_session.room_id, remove_from_rotation.username);
  if exists (
    select from public.rotation_slots as slot where slot.session_id = v_session.id and slot.user_id = v_other_id
  ) then
    perform private.take_token('run_session');
    perform private.log_moderation(v_session.room_id, 'dj_removed', v_other_id, '{"is_dj": true}', '{"is_dj": false}');
    perform private.drop_from_rotation(v_session, v_other_id);
  end if;
  return private.session_state(v_session.id);
end;
$$;

-- Security definer: contributors are nobody's to write directly.
create or replace function private.set_contributor(session_id uuid, username text, is_allowed boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(set_contributor.session_id);
  v_other_id uuid;
begin
  perform private.require_session_host(v_session);
  perform private.refuse_ended(v_session);
  if set_contributor.is_allowed then
    v_other_id := (private.visible_profile(set_contributor.username)).id;
    if not private.stays(v_other_id) then
      perform private.refuse_leaving(array[v_other_id]);
    end if;
  else
    -- Nobody keeps what they were allowed by blocking the host.
    v_other_id := private.person_to_moderate(v_session.room_id, set_contributor.username);
  end if;
  perform private.take_token('run_session');
  if set_contributor.is_allowed then
    if private.role_in_room(v_session.room_id, v_other_id) is null then
      perform private.raise_error(409, 'not_in_room', 'This person is not in the room.');
    end if;
    insert into public.session_contributors (session_id, user_id) values (v_session.id, v_other_id) on conflict do nothing;
  else
    delete from public.session_contributors as contributor
    where contributor.session_id = v_session.id and contributor.user_id = v_other_id;
  end if;
  return jsonb_build_object('is_allowed', coalesce(set_contributor.is_allowed, false));
end;
$$;

-- Security definer: the queue is nobody's to write directly.
create or replace function private.enqueue_track(session_id uuid, track_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions;
  v_room public.rooms;
  v_artist_id uuid;
  v_status text;
  v_duration int;
  v_mine int;
  v_card jsonb;
  v_item public.queue_items;
begin
  -- What the queue shows stands still until it is in the queue, where whoever changes it finds it: the track, and the cards of who adds it and
  -- whose it is, one of whom may be leaving this moment.
  perform private.lock_own_profile();
  select track.artist_id into v_artist_id from public.tracks as track where track.id = enqueue_track.track_id for share;
  perform
  from private.person_cards as person
  where person.profile_id in (v_user_id, v_artist_id)
  order by person.profile_id
  for share;
  v_session := private.lock_session(enqueue_track.session_id);
  perform private.require_room_member(v_session.room_id);
  perform private.refuse_ended(v_session);
  select room.* into v_room from public.rooms as room where room.id = v_session.room_id;
  if v_session.mode = 'fan' and not exists (
    select from public.rotation_slots as slot where slot.session_id = v_session.id and slot.user_id = v_user_id
  ) then
    perform private.raise_error(403, 'not_in_rotation', 'Join the rotation first.');
  end if;
  if v_session.mode = 'artist' and v_session.host_id is distinct from v_user_id and not exists (
    select from public.session_contributors as contributor
    where contributor.session_id = v_session.id and contributor.user_id = v_user_id
  ) then
    perform private.raise_error(403, 'not_allowed_to_queue', 'In this session the host decides who adds tracks.');
  end if;
  perform private.take_token('change_queue');

  -- As everybody else: what staff alone may see is not for a room.
  select track.status, track.duration_ms, track.card into v_status, v_duration, v_card
  from private.reader_tracks as track
  where track.id = enqueue_track.track_id and track.is_visible;
  if not found then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  if v_status <> 'published' then
    perform private.raise_error(409, 'track_not_published', 'This track has not been published yet.');
  end if;
  if v_duration > v_room.max_track_ms then
    perform private.raise_error(422, 'track_too_long', 'This track is longer than the room takes.', v_room.max_track_ms::text);
  end if;
  if exists (
    select from public.queue_items as item
    where item.session_id = v_session.id and item.track_id = enqueue_track.track_id and item.status in ('queued', 'playing')
  ) then
    perform private.raise_error(409, 'already_queued', 'This track is in the queue already.');
  end if;
  if exists (
    select from public.queue_items as item
    where item.room_id = v_room.id
      and item.track_id = enqueue_track.track_id
      and item.started_at > now() - make_interval(mins => v_room.repeat_window_minutes)
  ) then
    perform private.raise_error(409, 'track_played_recently', 'This track was played here not long ago.', v_room.repeat_window_minutes::text);
  end if;
  select count(*) filter (where item.added_by = v_user_id) into v_mine
  from public.queue_items as item
  where item.session_id = v_session.id and item.status = 'queued'
  having count(*) < private.setting('session_queue_limit');
  if not found or v_mine >= (
    case v_session.mode when 'public' then v_room.queue_limit_per_member else private.setting('dj_queue_limit') end
  ) then
    perform private.raise_error(409, 'queue_limit_reached', 'The queue takes no more of yours for now.');
  end if;

  insert into public.queue_items (session_id, room_id, track_id, added_by, position, track, shown, duration_ms, played_before)
  values (
    v_session.id, v_room.id, enqueue_track.track_id, v_user_id,
    (
      select coalesce(floor(max(item.position)), 0) + 1
      from public.queue_items as item
      where item.session_id = v_session.id and item.status = 'queued'
    ),
    v_card, private.shown_item(v_card, v_user_id, '{}'), v_duration,
    (
      select count(*)
      from public.queue_items as item
      where item.session_id = v_session.id and item.added_by = v_user_id and item.started_at is not null
    )
  )
  returning * into v_item;
  perform private.tell_queue(v_session);
  if v_session.status = 'active' and v_session.current_item_id is null then
    perform private.advance(v_session);
    select item.* into v_item from public.queue_items as item where item.id = v_item.id;
  end if;
  return jsonb_build_object(
    'id', v_item.id, 'session_id', v_item.session_id, 'track', v_item.track, 'status', v_item.status, 'started_at', v_item.started_at,
    'ends_at', v_item.ends_at, 'created_at', v_item.created_at
  );
end;
$$;

create or replace function private.lock_queue_item(item_id uuid)
returns public.queue_items
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_item public.queue_items;
begin
  select item.* into v_item from public.queue_items as item where item.id = lock_queue_item.item_id;
  if v_item.id is null or not private.can_see_room(v_item.room_id) then
    perform private.raise_error(404, 'item_not_found', 'There is nothing of this id in a queue that you can see.');
  end if;
  perform private.lock_session(v_item.session_id);
  select item.* into v_item from public.queue_items as item where item.id = lock_queue_item.item_id;
  return v_item;
end;
$$;
comment on function private.lock_queue_item(uuid) is 'An item of a session the caller may read, with its session locked; else item_not_found (404)';

-- Security definer: as enqueue_track.
create or replace function private.remove_queue_item(item_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_item public.queue_items := private.lock_queue_item(remove_queue_item.item_id);
  v_session public.dj_sessions;
begin
  select session.* into v_session from public.dj_sessions as session where session.id = v_item.session_id;
  if v_item.added_by is distinct from v_user_id then
    perform private.require_session_host(v_session);
  end if;
  if v_item.status = 'playing' then
    perform private.raise_error(409, 'item_playing', 'It plays already; skip it instead.');
  end if;
  if v_item.status = 'queued' then
    perform private.take_token('change_queue');
    update public.queue_items as item set status = 'removed', finished_at = clock_timestamp() where item.id = v_item.id;
    if v_item.added_by is distinct from v_user_id then
      perform private.log_moderation(
        v_item.room_id, 'track_removed', v_item.added_by, '{"status": "queued"}', '{"status": "removed"}',
        data => jsonb_build_object('item_id', v_item.id)
      );
    end if;
    perform private.tell_queue(v_session);
  end if;
end;
$$;

-- Security definer: as enqueue_track. Places as in move_crate_item.
create or replace function private.move_queue_item(item_id uuid, after_item_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_item public.queue_items := private.lock_queue_item(move_queue_item.item_id);
  v_session public.dj_sessions;
  v_after numeric;
  v_before numeric;
  v_place numeric;
begin
  select session.* into v_session from public.dj_sessions as session where session.id = v_item.session_id;
  if v_session.mode = 'public' then
    perform private.raise_error(409, 'order_is_voted', 'In a session of mode public the votes decide the order.');
  end if;
  if v_session.mode = 'artist' or v_item.added_by is distinct from v_user_id then
    perform private.require_session_host(v_session);
  end if;
  if v_item.status <> 'queued' then
    perform private.raise_error(409, 'item_not_open', 'This is not queued any more.');
  end if;
  if move_queue_item.after_item_id = v_item.id then
    return;
  end if;
  perform private.take_token('change_queue');
  loop
    v_after := null;
    if move_queue_item.after_item_id is not null then
      select item.position into v_after
      from public.queue_items as item
      where item.id = move_queue_item.after_item_id and item.session_id = v_session.id and item.status = 'queued';
      if not found then
        perform private.raise_error(404, 'item_not_found', 'There is nothing of this id in a queue that you can see.');
      end if;
    end if;
    v_before := (
      select min(item.position)
      from public.queue_items as item
      where item.session_id = v_session.id
        and item.status = 'queued'
        and item.id <> v_item.id
        and (v_after is null or item.position > v_after)
    );
    v_place := trim_scale(case
      when v_after is null then ceil(coalesce(v_before, v_item.position)) - 1
      when v_before is null then floor(v_after) + 1
      else (v_after + v_before) * 0.5
    end);
    exit when scale(v_place) <= private.setting('crate_position_digits');
    update public.queue_items as item
    set position = placed.place
    from (
      select each.id, row_number() over (order by each.position, each.id) as place
      from public.queue_items as each
      where each.session_id = v_session.id and each.status = 'queued'
    ) as placed
    where item.id = placed.id;
  end loop;
  update public.queue_items as item set position = v_place where item.id = v_item.id;
  perform private.tell_queue(v_session);
end;
$$;

-- Security definer: as enqueue_track.
create or replace function private.clear_queue(session_id uuid)
returns int
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('rooms');
  v_session public.dj_sessions := private.lock_session(clear_queue.session_id);
  v_count int;
begin
  perform private.require_room_moderator(v_session.room_id);
  update public.queue_items as item
  set status = 'removed', finished_at = clock_timestamp()
  where item.session_id = v_session.id and item.status = 'queued';
  get diagnostics v_count = row_count;
  if v_count > 0 then
    perform private.take_token('run_session');
    perform private.log_moderation(
      v_session.room_id, 'queue_cleared', null, jsonb_build_object('queued_count', v_count), '{"queued_count": 0}',
      data => jsonb_build_object('session_id', v_session.id)
    );
    perform private.tell_queue(v_session);
  end if;
  return v_count;
end;
$$;
