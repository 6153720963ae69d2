-- The advance: one function closes what plays, picks what is next by the mode and opens it. Whoever calls it holds the session's row, which
-- is what makes two who would advance at once one after the other. Lock order within a session: the session, items, slots of votes, pulses.

-- In this form, and without search_path, the first four become part of the query that asks: the pick and the state have one rule of what plays next.
create or replace function private.slots_of(session_id uuid)
returns table (place tid, writer xid, user_id uuid, "position" bigint, turn_count int, is_warned boolean, is_passed_over boolean)
language sql
stable
security invoker
begin atomic
  select
    slot.ctid, slot.xmin, slot.user_id, slot.position, slot.turn_count, slot.afk_warned_at is not null,
    slot.afk_warned_at is not null and slot.turn_count = 0 and not exists (
      select
      from public.dj_sessions as session
      join public.room_presence as presence on presence.room_id = session.room_id
      where session.id = slot.session_id
        and presence.user_id = slot.user_id
        and presence.last_seen_at > now() - make_interval(secs => (
          select setting.value from private.settings as setting where setting.name = 'room_active_seconds'
        ))
      offset 0
    )
  from public.rotation_slots as slot
  where slot.session_id = slots_of.session_id;
end;
comment on function private.slots_of(uuid) is
'The rotation of a session; is_passed_over: who was warned and is still away. place and writer are the row''s ctid and xmin';

create or replace function private.queue_in_order(session_id uuid)
returns table (
  id uuid, track_id uuid, added_by uuid, "position" numeric, up_count int, down_count int, track jsonb, shown text, created_at timestamptz,
  is_passed_over boolean, play_key bigint
)
language sql
stable
security invoker
begin atomic
  select
    item.id, item.track_id, item.added_by, item.position, item.up_count, item.down_count, item.track, item.shown, item.created_at,
    item.is_passed_over,
    case item.mode
      -- The score, the place among one's own, and how much of one's own was played.
      when 'public' then ((item.down_count - item.up_count)::bigint << 32) + (item.own_place << 20) + least(item.played_before, 1048575)
      -- The round, who is on behind all others after their turn, and the place in the rotation.
      when 'fan' then
        (case when item.own_place <= item.turn_left then 0 else 1 + (item.own_place - item.turn_left - 1) / item.tracks_per_turn end << 44)
        + (case when item.is_on and item.own_place > item.turn_left then 1::bigint else 0 end << 42) + item.slot_position
      else 0
    end
  from (
    select
      item.id, item.track_id, item.added_by, item.position, item.up_count, item.down_count, item.track, item.shown, item.created_at,
      item.played_before, session.mode, room.tracks_per_turn, room.rotation_cycles, slot.position as slot_position,
      slot.turn_count > 0 as is_on,
      case when slot.turn_count > 0 then greatest(room.tracks_per_turn - slot.turn_count, 0) else 0 end as turn_left,
      coalesce(slot.is_passed_over, false) as is_passed_over,
      row_number() over (
        partition by item.added_by
        order by case when session.mode = 'public' then item.down_count - item.up_count else 0 end, item.position, item.id
      ) as own_place
    from public.dj_sessions as session
    join public.rooms as room on room.id = session.room_id
    join public.queue_items as item on item.session_id = session.id and item.status = 'queued'
    left join private.slots_of(queue_in_order.session_id) as slot on session.mode = 'fan' and slot.user_id = item.added_by
    where session.id = queue_in_order.session_id
      and (session.mode <> 'fan' or slot.user_id is not null)
  ) as item
  where item.mode <> 'fan'
    or item.rotation_cycles
    or item.own_place <= item.turn_left + case when item.is_on then 0 else item.tracks_per_turn end;
end;
comment on function private.queue_in_order(uuid) is
$$What is queued in a session, with the key by which its mode orders it: order by is_passed_over, play_key, position, id

fan: round by round, each DJ tracks_per_turn of their own queue in the order of the rotation, who is on first and then last; who is not in
the rotation is not there. is_passed_over: of a DJ who was warned and is still away. artist: by position. public: highest up − down; at equal
scores nobody's second before anybody's first, then fewest played before, then oldest.$$;

create or replace function private.queue_print(session_id uuid)
returns table (print bigint)
language sql
stable
security invoker
begin atomic
  -- A row that changes lies elsewhere, or is of another transaction.
  select coalesce(bit_xor(hash_record_extended((item.ctid, item.xmin), 0)), 0)
  from public.queue_items as item
  where item.session_id = queue_print.session_id and item.status = 'queued';
end;
comment on function private.queue_print(uuid) is
'A number that is another whenever something is that is queued in a session, or a vote on it';

create or replace function private.rotation_print(session_id uuid, tracks_per_turn int, rotation_cycles boolean)
returns table (print bigint)
language sql
stable
security invoker
begin atomic
  select
    coalesce(bit_xor(hash_record_extended((slot.place, slot.writer, slot.is_passed_over), 0)), 0)
      # hash_record_extended((rotation_print.tracks_per_turn, rotation_print.rotation_cycles), 1)
  from private.slots_of(rotation_print.session_id) as slot;
end;
comment on function private.rotation_print(uuid, int, boolean) is
'As queue_print, of a rotation and what its room says of turns: with that, of all that queue_in_order goes by in mode fan';

create or replace function private.close_item(session_id uuid, is_skip boolean, reason text, skipped_by uuid default null)
returns public.queue_items
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_session public.dj_sessions;
  v_item public.queue_items;
  v_now constant timestamptz := clock_timestamp();
  v_up int;
  v_down int;
begin
  select session.* into strict v_session from public.dj_sessions as session where session.id = close_item.session_id;

  perform from public.queue_items as item where item.id = v_session.current_item_id for no key update;
  -- Waits for whoever is voting, and takes what their votes have come to; who comes after this finds no slot, and is refused.
  with gone as (
    delete from private.vote_slots as slot
    where slot.item_id = v_session.current_item_id
    returning slot.up_count, slot.down_count
  )
  select coalesce(sum(gone.up_count), 0), coalesce(sum(gone.down_count), 0) into v_up, v_down from gone;
  delete from private.vote_pulses as pulse where pulse.item_id = v_session.current_item_id;

  update public.queue_items as item
  set status = case when close_item.is_skip then 'skipped' else 'played' end,
      skip_reason = case when close_item.is_skip then close_item.reason end,
      skipped_by = close_item.skipped_by,
      up_count = v_up,
      down_count = v_down,
      finished_at = v_now
  where item.id = v_session.current_item_id
  returning item.* into strict v_item;

  insert into public.room_history (
    room_id, session_id, item_id, mode, track_id, title, artist_name, dj_id, started_at, finished_at, ms_played, listener_count, up_count,
    down_count, is_skipped, skip_reason, skipped_by
  )
  values (
    v_item.room_id, v_item.session_id, v_item.id, v_session.mode, v_item.track_id, v_item.track ->> 'title', v_item.track ->> 'artist_name',
    v_item.added_by, v_item.started_at, v_now,
    greatest(0, least(v_item.duration_ms, extract(epoch from coalesce(v_session.paused_at, v_now) - v_item.started_at) * 1000))::int,
    private.active_listeners(v_item.room_id, private.setting('room_active_seconds')::int), v_up, v_down, close_item.is_skip, v_item.skip_reason,
    v_item.skipped_by
  );
  return v_item;
end;
$$;
comment on function private.close_item(uuid, boolean, text, uuid) is 'End what a session plays, and write it into the history. A part of advance, for a session that is locked';

create or replace function private.end_turn(session_id uuid, is_over boolean default false)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid;
  v_cycles boolean;
begin
  for v_user_id, v_cycles in
    select slot.user_id, room.rotation_cycles
    from public.dj_sessions as session
    join public.rooms as room on room.id = session.room_id
    join public.rotation_slots as slot on slot.session_id = session.id and slot.turn_count > 0
    where session.id = end_turn.session_id
      and session.mode = 'fan'
      and (
        end_turn.is_over
        or slot.turn_count >= room.tracks_per_turn
        or slot.user_id is distinct from session.current_dj_id
        or not exists (
          select
          from public.queue_items as item
          where item.session_id = session.id and item.status = 'queued' and item.added_by = slot.user_id
        )
      )
    order by slot.position
  loop
    if v_cycles then
      update public.rotation_slots as slot
      set turn_count = 0,
          position = (select max(other.position) + 1 from public.rotation_slots as other where other.session_id = end_turn.session_id)
      where slot.session_id = end_turn.session_id and slot.user_id = v_user_id;
    else
      delete from public.rotation_slots as slot where slot.session_id = end_turn.session_id and slot.user_id = v_user_id;
    end if;
  end loop;
end;
$$;
comment on function private.end_turn(uuid, boolean) is
$$When the DJ who is on has played tracks_per_turn, or has no more: to the end of the rotation, or out of it. A part of advance, for a session that is locked

is_over: also in the middle of a turn.$$;

create or replace function private.pick_item(session_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_id uuid;
  v_is_playable boolean;
begin
  loop
    select
      item.id,
      coalesce(track.status = 'published' and not coalesce(artist.is_hidden, false), false)
        and not coalesce(private.is_blocked(item.added_by, track.artist_id), false)
    into v_id, v_is_playable
    from private.queue_in_order(pick_item.session_id) as item
    join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
    left join public.tracks as track on track.id = item.track_id
    left join private.person_cards as artist on artist.profile_id = track.artist_id
    where not item.is_passed_over
    order by item.play_key, item.position, item.id
    limit 1;
    if not found or v_is_playable then
      return v_id;
    end if;
    update public.queue_items as item
    set status = 'skipped', skip_reason = 'track_unavailable', finished_at = clock_timestamp()
    where item.id = v_id;
    -- It may have been the last of who is on.
    perform private.end_turn(pick_item.session_id);
  end loop;
end;
$$;
comment on function private.pick_item(uuid) is
$$What a session plays next, or null

What cannot be played any more (withdrawn, deleted, hidden, across a block from who queued it) is passed over for good, with the reason
track_unavailable; what somebody queued who is away or leaving stays. A part of advance, for a session that is locked.$$;

create or replace function private.open_item(session_id uuid, item_id uuid)
returns public.queue_items
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_item public.queue_items;
  v_now constant timestamptz := clock_timestamp();
begin
  update public.queue_items as item
  set status = 'playing', started_at = v_now, ends_at = v_now + make_interval(secs => item.duration_ms / 1000.0)
  where item.id = open_item.item_id
  returning item.* into strict v_item;

  -- From here on its votes are in slots; the first holds what it had.
  insert into private.vote_slots (item_id, slot, up_count, down_count)
  select v_item.id, part.slot, case part.slot when -1 then v_item.up_count else 0 end, case part.slot when -1 then v_item.down_count else 0 end
  from generate_series(-1, 15) as part (slot);

  update public.queue_items as item
  set played_before = item.played_before + 1
  where item.session_id = v_item.session_id and item.added_by = v_item.added_by and item.status = 'queued';
  return v_item;
end;
$$;
comment on function private.open_item(uuid, uuid) is 'Begin to play an item. A part of advance, for a session that is locked';

create or replace function private.begin_turn(session_id uuid, opened public.queue_items)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_slot public.rotation_slots;
  v_is_here boolean;
  v_tracks_per_turn int;
  v_next_id uuid;
begin
  select slot.* into v_slot
  from public.rotation_slots as slot
  where slot.session_id = begin_turn.session_id and slot.user_id = (begin_turn.opened).added_by;
  v_is_here := exists (
    select
    from public.room_presence as presence
    where presence.room_id = (begin_turn.opened).room_id
      and presence.user_id = v_slot.user_id
      and presence.last_seen_at > now() - make_interval(secs => private.setting('room_active_seconds')::int)
  );
  if v_slot.turn_count = 0 and not v_is_here then
    perform private.notify(
      v_slot.user_id, 'turn_coming_up', null, 'room', (begin_turn.opened).room_id,
      data => jsonb_build_object('session_id', begin_turn.session_id, 'is_away', true)
    );
  end if;
  update public.rotation_slots as slot
  set turn_count = slot.turn_count + 1,
      afk_warned_at = case when v_is_here then null when slot.turn_count = 0 then clock_timestamp() else slot.afk_warned_at end
  where slot.session_id = begin_turn.session_id and slot.user_id = v_slot.user_id
  returning slot.* into v_slot;

  -- Whose turn is next is told at the last track of a turn.
  select item.added_by into v_next_id
  from private.queue_in_order(begin_turn.session_id) as item
  join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
  where not item.is_passed_over
  order by item.play_key, item.position, item.id
  limit 1;
  if v_next_id <> v_slot.user_id then
    perform private.notify(
      v_next_id, 'turn_coming_up', null, 'room', (begin_turn.opened).room_id, data => jsonb_build_object('session_id', begin_turn.session_id)
    );
  end if;
end;
$$;
comment on function private.begin_turn(uuid, public.queue_items) is
$$Note that a DJ is on, warn who is away, and tell who is next. A part of advance, for a session that is locked

Who is away at their turn is warned, and their track plays; away at the next one, too, they are passed over until they are back.$$;

create or replace function private.advance(
  session_id uuid, is_skip boolean default false, reason text default null, skipped_by uuid default null
)
returns public.dj_sessions
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_session public.dj_sessions;
  v_item public.queue_items;
  v_next_id uuid;
  v_had_played boolean;
begin
  select session.* into strict v_session from public.dj_sessions as session where session.id = advance.session_id for no key update;
  v_had_played := v_session.current_item_id is not null;
  if v_had_played then
    perform private.close_item(v_session.id, advance.is_skip, advance.reason, advance.skipped_by);
  end if;
  if v_session.mode = 'fan' then
    perform private.end_turn(v_session.id);
  end if;
  if v_session.status <> 'ended' then
    v_next_id := private.pick_item(v_session.id);
  end if;
  if v_next_id is not null then
    v_item := private.open_item(v_session.id, v_next_id);
  end if;
  if not v_had_played and v_next_id is null then
    -- Nothing changes; where DJs are away who have something queued, the schedule looks again.
    update public.dj_sessions as session
    set due_at = case
      when session.status = 'active' and exists (select from private.queue_in_order(session.id)) then
        clock_timestamp() + make_interval(secs => private.setting('session_retry_seconds')::int)
    end
    where session.id = v_session.id
    returning session.* into v_session;
    perform private.keep_session_view(v_session.id);
    return v_session;
  end if;

  update public.dj_sessions as session
  set sequence = session.sequence + 1,
      current_item_id = v_item.id,
      current_dj_id = v_item.added_by,
      paused_at = case when session.status = 'paused' then coalesce(v_item.started_at, session.paused_at) end,
      due_at = case
        when session.status <> 'active' then null
        when v_item.id is not null then v_item.ends_at
        when exists (select from private.queue_in_order(session.id)) then
          clock_timestamp() + make_interval(secs => private.setting('session_retry_seconds')::int)
      end
  where session.id = v_session.id
  returning session.* into v_session;

  perform private.broadcast_room(v_session.room_id, 'track_started', jsonb_build_object(
    'session_id', v_session.id, 'sequence', v_session.sequence, 'item_id', v_item.id, 'track_id', v_item.track_id,
    'started_at', v_item.started_at, 'ends_at', v_item.ends_at
  ));
  if v_item.id is not null and v_session.mode <> 'public' then
    perform private.record_activity('dj_set_started', v_item.added_by, 'room', room.id)
    from public.rooms as room
    where room.id = v_session.room_id and room.visibility = 'public';
  end if;
  if v_item.id is not null and v_session.mode = 'fan' then
    perform private.begin_turn(v_session.id, v_item);
  end if;
  perform private.keep_session_view(v_session.id);
  return v_session;
end;
$$;
comment on function private.advance(uuid, boolean, text, uuid) is
$$The one way a session moves on: close what plays, pick what is next by the mode, open it; for whoever holds the session's row

is_skip: it is ended before its time, for this reason. sequence grows by one when what plays has changed, be it to nothing. Where nothing played
and nothing can, nothing changes. Tells track_started, with nulls when nothing plays, and leaves what is queued ready to be read.$$;
