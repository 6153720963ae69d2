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

create or replace function private.close_item(session public.dj_sessions, is_skip boolean, reason text default null, skipped_by uuid default null)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_now constant timestamptz := clock_timestamp();
  v_up int;
  v_down int;
begin
  -- The item first, then its first slot, after which no other is made, then these: waits for whoever is voting, and takes what their votes have come
  -- to; who comes after this finds no slot, and is refused.
  delete from private.vote_slots as slot
  where slot.item_id = (
      select item.id from public.queue_items as item where item.id = (close_item.session).current_item_id for no key update
    )
    and slot.slot = -1
  returning slot.up_count, slot.down_count into v_up, v_down;
  with gone as (
    delete from private.vote_slots as slot
    where slot.item_id = (close_item.session).current_item_id
    returning slot.up_count, slot.down_count
  )
  select coalesce(v_up, 0) + coalesce(sum(gone.up_count), 0), coalesce(v_down, 0) + coalesce(sum(gone.down_count), 0) into v_up, v_down from gone;

  with closed as (
    update public.queue_items as item
    set status = case when close_item.is_skip then 'skipped' else 'played' end,
        skip_reason = case when close_item.is_skip then close_item.reason end,
        skipped_by = close_item.skipped_by,
        up_count = v_up,
        down_count = v_down,
        finished_at = v_now
    where item.id = (close_item.session).current_item_id
    returning item.*
  ), told as (
    delete from private.vote_pulses as pulse using closed where pulse.item_id = closed.id
  )
  insert into public.room_history (
    room_id, session_id, item_id, mode, track_id, title, artist_name, dj_id, started_at, finished_at, ms_played, listener_count, up_count,
    down_count, is_skipped, skip_reason, skipped_by
  )
  select
    closed.room_id, closed.session_id, closed.id, (close_item.session).mode, closed.track_id, closed.track ->> 'title',
    closed.track ->> 'artist_name', closed.added_by, closed.started_at, v_now,
    greatest(0, least(
      closed.duration_ms, extract(epoch from coalesce((close_item.session).paused_at, v_now) - closed.started_at) * 1000
    ))::int,
    coalesce((
      select pulse.listener_count
      from private.room_pulses as pulse
      where pulse.room_id = closed.room_id
        and pulse.refreshed_at > now() - make_interval(secs => (
          select setting.value from private.settings as setting where setting.name = 'room_active_seconds'
        ))
    ), 0),
    v_up, v_down, close_item.is_skip, closed.skip_reason, closed.skipped_by
  from closed;
end;
$$;
comment on function private.close_item(public.dj_sessions, boolean, text, uuid) is
'End what a session plays, and write it into the history. A part of advance, for a session that is locked';

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

-- In this form, and without search_path, it becomes part of the query that asks.
create or replace function private.playable(track_id uuid, added_by uuid)
returns setof uuid
language sql
stable
security invoker
begin atomic
  select track.id
  from public.tracks as track
  left join private.person_cards as artist on artist.profile_id = track.artist_id
  where track.id = playable.track_id
    and track.status = 'published'
    and not coalesce(artist.is_hidden, false)
    and (
      track.artist_id is null
      or not exists (
        select
        from public.blocks as block
        where (block.blocker_id, block.blocked_id) in ((playable.added_by, track.artist_id), (track.artist_id, playable.added_by))
      )
    );
end;
comment on function private.playable(uuid, uuid) is
'The track, if it can be played for who queued it: published, its artist not hidden, and not across a block from them';

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
    select item.id, exists (select from private.playable(item.track_id, item.added_by)) into v_id, v_is_playable
    from private.queue_in_order(pick_item.session_id) as item
    join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
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

create or replace function private.begin_turn(session public.dj_sessions, dj_id uuid)
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
  where slot.session_id = (begin_turn.session).id and slot.user_id = begin_turn.dj_id;
  v_is_here := exists (
    select
    from public.room_presence as presence
    where presence.room_id = (begin_turn.session).room_id
      and presence.user_id = v_slot.user_id
      and presence.last_seen_at > now() - make_interval(secs => private.setting('room_active_seconds')::int)
  );
  if v_slot.turn_count = 0 and not v_is_here then
    perform private.notify(
      v_slot.user_id, 'turn_coming_up', null, 'room', (begin_turn.session).room_id,
      data => jsonb_build_object('session_id', (begin_turn.session).id, 'is_away', true)
    );
  end if;
  update public.rotation_slots as slot
  set turn_count = slot.turn_count + 1,
      afk_warned_at = case when v_is_here then null when slot.turn_count = 0 then clock_timestamp() else slot.afk_warned_at end
  where slot.session_id = (begin_turn.session).id and slot.user_id = v_slot.user_id
  returning slot.* into v_slot;

  -- Whose turn is next is told at the last track of a turn.
  select item.added_by into v_next_id
  from private.queue_in_order((begin_turn.session).id) as item
  join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
  where not item.is_passed_over
  order by item.play_key, item.position, item.id
  limit 1;
  if v_next_id <> v_slot.user_id then
    perform private.notify(
      v_next_id, 'turn_coming_up', null, 'room', (begin_turn.session).room_id, data => jsonb_build_object('session_id', (begin_turn.session).id)
    );
  end if;
end;
$$;
comment on function private.begin_turn(public.dj_sessions, uuid) is
$$Note that a DJ is on, warn who is away, and tell who is next. A part of advance, for a session that is locked

Who is away at their turn is warned, and their track plays; away at the next one, too, they are passed over until they are back.$$;

create or replace function private.advance(
  session public.dj_sessions, is_skip boolean default false, reason text default null, skipped_by uuid default null
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_session public.dj_sessions := advance.session;
  v_had_played constant boolean := v_session.current_item_id is not null;
  v_next_id uuid;
  v_now timestamptz;
  v_dj_id uuid;
  v_track_id uuid;
  v_ends_at timestamptz;
  v_due_at timestamptz;
  v_kept_print bigint;
  v_next_print bigint;
  v_is_only_one boolean;
  v_is_kept boolean := false;
begin
  if v_had_played then
    perform private.close_item(v_session, advance.is_skip, advance.reason, advance.skipped_by);
  end if;
  if v_session.mode = 'fan' then
    perform private.end_turn(v_session.id);
  elsif v_session.status <> 'ended' then
    -- What is kept of the queue begins with what is next, where it still holds: to put all in order anew is what an advance would cost most for.
    select
      item.id, view.queue_print, hash_record_extended((item.ctid, item.xmin), 0),
      v_session.mode <> 'public' or not exists (
        select
        from public.queue_items as other
        where other.session_id = item.session_id and other.added_by = item.added_by and other.status = 'queued' and other.id <> item.id
      )
    into v_next_id, v_kept_print, v_next_print, v_is_only_one
    from private.session_views as view
    join public.queue_items as item on item.id = view.item_ids[view.gone_count + 1]
    join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
    cross join lateral private.playable(item.track_id, item.added_by)
    where view.session_id = v_session.id
      and view.mode = v_session.mode
      and view.queue_print = (select printed.print from private.queue_print(v_session.id) as printed);
  end if;
  if v_next_id is null and v_session.status <> 'ended' then
    v_next_id := private.pick_item(v_session.id);
  end if;

  if v_next_id is not null then
    v_now := clock_timestamp();
    with opened as (
      update public.queue_items as item
      set status = 'playing', started_at = v_now, ends_at = v_now + make_interval(secs => item.duration_ms / 1000.0)
      where item.id = v_next_id
      returning item.id, item.track_id, item.added_by, item.ends_at, item.up_count, item.down_count
    ), counted as (
      -- From here on its votes are in slots; the first holds what it had, and whoever votes makes the others.
      insert into private.vote_slots (item_id, slot, up_count, down_count)
      select opened.id, -1, opened.up_count, opened.down_count
      from opened
    )
    update public.dj_sessions as session
    set sequence = session.sequence + 1,
        current_item_id = opened.id,
        current_dj_id = opened.added_by,
        paused_at = case when session.status = 'paused' then v_now end,
        due_at = case when session.status = 'active' then opened.ends_at end
    from opened
    where session.id = v_session.id
    returning session.sequence, opened.added_by, opened.track_id, opened.ends_at into strict v_session.sequence, v_dj_id, v_track_id, v_ends_at;
    if v_session.mode = 'public' and v_is_only_one is not true then
      update public.queue_items as item
      set played_before = item.played_before + 1
      where item.session_id = v_session.id and item.added_by = v_dj_id and item.status = 'queued';
    end if;
  else
    if v_session.status = 'active' and exists (select from private.queue_in_order(v_session.id)) then
      -- DJs are away who have something queued: the schedule looks again.
      v_due_at := clock_timestamp() + make_interval(secs => private.setting('session_retry_seconds')::int);
    end if;
    update public.dj_sessions as session
    set sequence = session.sequence + v_had_played::int, current_item_id = null, current_dj_id = null, due_at = v_due_at
    where session.id = v_session.id
    returning session.sequence into strict v_session.sequence;
  end if;

  if v_had_played or v_next_id is not null then
    -- As broadcast_room.
    perform realtime.send(
      jsonb_build_object(
        'room_id', v_session.room_id, 'session_id', v_session.id, 'sequence', v_session.sequence, 'item_id', v_next_id,
        'track_id', v_track_id, 'started_at', v_now, 'ends_at', v_ends_at
      ),
      'track_started', 'room:' || v_session.room_id, true
    );
  end if;
  if v_next_id is not null and v_session.mode <> 'public' then
    perform private.record_activity('dj_set_started', v_dj_id, 'room', room.id)
    from public.rooms as room
    where room.id = v_session.room_id and room.visibility = 'public';
  end if;
  if v_next_id is not null and v_session.mode = 'fan' then
    perform private.begin_turn(v_session, v_dj_id);
  end if;
  if v_is_only_one then
    -- Nobody's place among the others has changed.
    update private.session_views as view
    set gone_count = view.gone_count + 1, item_count = view.item_count - 1, queue_print = view.queue_print # v_next_print
    where view.session_id = (
      select kept.session_id from private.session_views as kept where kept.session_id = v_session.id for no key update skip locked
    )
      and view.queue_print = v_kept_print
      and view.item_count = cardinality(view.item_ids) - view.gone_count;
    v_is_kept := found;
  end if;
  if not v_is_kept then
    perform private.keep_session_view(v_session.id);
  end if;
end;
$$;
comment on function private.advance(public.dj_sessions, boolean, text, uuid) is
$$The one way a session moves on: close what plays, pick what is next by the mode, open it; for whoever holds the session's row, and gives it as it is

is_skip: it is ended before its time, for this reason. sequence grows by one when what plays has changed, be it to nothing. Where nothing played
and nothing can, nothing changes. Tells track_started, with nulls when nothing plays, and leaves what is queued ready to be read.$$;
