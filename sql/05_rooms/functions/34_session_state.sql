create or replace function private.session_view(session_id uuid, blocked_ids uuid[])
returns private.session_views
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_view private.session_views;
begin
  select
    session.id, session.mode, (select printed.print from private.queue_print(session.id) as printed),
    case when session.mode = 'fan' then (
      select printed.print from private.rotation_print(session.id, room.tracks_per_turn, room.rotation_cycles) as printed
    ) end,
    (select count(*) from public.queue_items as item where item.session_id = session.id and item.status = 'queued')
  into v_view.session_id, v_view.mode, v_view.queue_print, v_view.rotation_print, v_view.item_count
  from public.dj_sessions as session
  join public.rooms as room on room.id = session.room_id
  where session.id = session_view.session_id;

  -- Ids, numbers and what is JSON already: nothing in it is to be escaped. Text, as to put fifty tracks into one jsonb takes longer than all the rest.
  select
    coalesce(array_agg(item.id), '{}'),
    coalesce(array_agg(item.added_by) || array_agg((item.track ->> 'artist_id')::uuid), '{}'),
    coalesce(array_agg(concat(
      '{"id":"', item.id, '",',
      case when session_view.blocked_ids = '{}' and item.shown is not null then item.shown
      else private.shown_item(item.track, item.added_by, session_view.blocked_ids) end,
      ',"ups":', item.up_count, ',"downs":', item.down_count, ',"my_vote":0,"is_passed_over":', item.is_passed_over::text, '}'
    )::json), '{}')
  into v_view.item_ids, v_view.person_ids, v_view.queue
  from (
    select queued.*
    from private.queue_in_order(v_view.session_id) as queued
    order by queued.is_passed_over, queued.play_key, queued.position, queued.id
    limit 50
  ) as item;
  v_view.oldest_item_id := (select item.id from unnest(v_view.item_ids) as item (id) order by item.id limit 1);

  v_view.gone_count := 0;
  v_view.dj_ids := '{}';
  v_view.rotation := '[]';
  if v_view.mode = 'fan' then
    select
      coalesce(array_agg(slot.user_id), '{}'),
      v_view.person_ids || coalesce(array_agg(slot.user_id), '{}'),
      coalesce('[' || string_agg(
        concat(
          '{"dj":', coalesce(case when slot.user_id <> all (session_view.blocked_ids) then slot.card::text end, 'null'),
          ',"is_on":', (slot.turn_count > 0)::text, ',"is_me":false,"turn_count":', slot.turn_count, ',"is_warned":', slot.is_warned::text, '}'
        ),
        ','
      ) || ']', '[]')
    into v_view.dj_ids, v_view.person_ids, v_view.rotation
    from (
      select one.*, person.card
      from private.slots_of(v_view.session_id) as one
      join private.person_cards as person on person.profile_id = one.user_id and not person.is_hidden
      order by one.position
      limit 50
    ) as slot;
  end if;
  return v_view;
end;
$$;
comment on function private.session_view(uuid, uuid[]) is
$$The queue and the rotation of a session for somebody who is across a block from these, with the print of what they were made from

What is a reader's own is left as "my_vote":0 and "is_me":false, for filled_in.$$;

create or replace function private.renew_session_view(session_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_view private.session_views;
begin
  -- Nobody waits for this: whoever else renews it has seen nearly the same, and what is not renewed is not shown.
  perform from private.session_views as view where view.session_id = renew_session_view.session_id for update skip locked;
  if found then
    v_view := private.session_view(renew_session_view.session_id, '{}');
    update private.session_views as view
    set mode = v_view.mode, queue_print = v_view.queue_print, rotation_print = v_view.rotation_print, item_ids = v_view.item_ids,
        oldest_item_id = v_view.oldest_item_id, item_count = v_view.item_count, dj_ids = v_view.dj_ids, person_ids = v_view.person_ids,
        gone_count = v_view.gone_count, queue = v_view.queue, rotation = v_view.rotation
    where view.session_id = renew_session_view.session_id
      and (view.mode, view.queue_print, view.rotation_print) is distinct from (v_view.mode, v_view.queue_print, v_view.rotation_print);
  end if;
end;
$$;
comment on function private.renew_session_view(uuid) is
'Put what session_state shows of a queue together anew, where that is kept and nobody else is at it; for whoever tells the room that it has changed';

create or replace function private.keep_session_view(session_id uuid)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (select from private.session_views as view where view.session_id = keep_session_view.session_id) then
    insert into private.session_views (session_id) values (keep_session_view.session_id);
  end if;
  perform private.renew_session_view(keep_session_view.session_id);
end;
$$;
comment on function private.keep_session_view(uuid) is 'renew_session_view for whoever holds the session: where nothing is kept yet, it is from now on';

create or replace function private.filled_in(items json[], key text, blank text, own text[])
returns json[]
language sql
stable
security invoker
set search_path = ''
as $$
  select array_agg(
    case
      when filled.own = filled_in.blank then filled.item
      else replace(filled.item::text, filled_in.key || filled_in.blank, filled_in.key || filled.own)::json
    end
    order by filled.n
  )
  from unnest(filled_in.items, filled_in.own) with ordinality as filled (item, own, n)
$$;
comment on function private.filled_in(json[], text, text, text[]) is
'Objects in JSON with a value of its own in each, for the same blank after a key in all of them';

-- Security definer: reads votes, people and rotations whole, and shows of them what its reader may see. One statement asks nearly all, with few joins, as
-- to begin one costs more than a row; the queue and the rotation are what is kept of them, unless that is of another moment, or shows somebody
-- across a block.
create or replace function private.session_state(session_id uuid)
returns json
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_state record;
  v_now constant timestamptz := clock_timestamp();
begin
  select
    session.id, session.room_id, session.mode, session.status, session.host_id, session.sequence, session.paused_at, session.ended_at,
    reader.id as reader_id, reader.blocked_ids,
    (
      select host.card
      from private.person_cards as host
      where host.profile_id = session.host_id and not host.is_hidden and session.host_id <> all (reader.blocked_ids)
    ) as host,
    item.id as item_id, item.created_at, item.started_at, item.ends_at, item.duration_ms, item.skip_vote_count,
    case when (item.track ->> 'artist_id')::uuid = any (reader.blocked_ids) then null else item.track end as track,
    (
      select dj.card
      from private.person_cards as dj
      where dj.profile_id = item.added_by and not dj.is_hidden and item.added_by <> all (reader.blocked_ids)
    ) as dj,
    -- As votes_of has it, of what plays.
    (
      select array[sum(slot.up_count), sum(slot.down_count)] from private.vote_slots as slot where slot.item_id = session.current_item_id
    ) as votes,
    case when pulse.refreshed_at > now() - make_interval(secs => (
      select setting.value from private.settings as setting where setting.name = 'room_active_seconds'
    )) then pulse.listener_count else 0 end as listener_count,
    -- Of more people than listen at present: whoever was there within three minutes counts (skip_votes_needed).
    greatest(room.vote_skip_minimum, ceil(room.vote_skip_ratio * coalesce(pulse.skip_listener_count, 0)))::int as skip_votes_needed,
    view.mode = session.mode
      and view.queue_print = (select printed.print from private.queue_print(session.id) as printed)
      and (view.mode <> 'fan' or view.rotation_print = (
        select printed.print from private.rotation_print(session.id, room.tracks_per_turn, room.rotation_cycles) as printed
      ))
      and not (view.person_ids && reader.blocked_ids) as is_kept,
    view.item_ids, view.item_count, view.gone_count, view.dj_ids, view.queue, view.rotation,
    -- A walk along the reader's own: most have none on what is as new as this.
    (
      select jsonb_object_agg(vote.item_id, vote.value)
      from public.queue_votes as vote
      where vote.user_id = reader.id and vote.item_id >= least(view.oldest_item_id, session.current_item_id)
    ) as my_votes
  into v_state
  from public.dj_sessions as session
  cross join private.reader as reader
  cross join lateral private.readable_room(session.room_id, reader.id) as room
  left join private.room_pulses as pulse on pulse.room_id = session.room_id
  left join private.session_views as view on view.session_id = session.id
  left join public.queue_items as item on item.id = session.current_item_id
  where session.id = session_state.session_id;
  if not found then
    perform private.refuse_session(session_state.session_id);
  end if;

  if v_state.gone_count > 0 then
    v_state.item_ids := v_state.item_ids[v_state.gone_count + 1:];
    v_state.queue := v_state.queue[v_state.gone_count + 1:];
  end if;
  if v_state.is_kept is not true then
    select made.item_ids, made.item_count, made.dj_ids, made.queue, made.rotation
    into v_state.item_ids, v_state.item_count, v_state.dj_ids, v_state.queue, v_state.rotation
    from private.session_view(v_state.id, v_state.blocked_ids) as made;
    v_state.my_votes := (
      select jsonb_object_agg(vote.item_id, vote.value)
      from public.queue_votes as vote
      where vote.user_id = v_state.reader_id and vote.item_id = any (v_state.item_ids || v_state.item_id)
    );
  end if;
  if v_state.my_votes is not null and v_state.my_votes ?| v_state.item_ids::text[] then
    v_state.queue := private.filled_in(v_state.queue, '"my_vote":', '0', array(
      select coalesce(v_state.my_votes ->> item.id::text, '0') from unnest(v_state.item_ids) with ordinality as item (id, n) order by item.n
    ));
  end if;
  if v_state.reader_id = any (v_state.dj_ids) then
    v_state.rotation := array_to_json(private.filled_in(
      array(select slot.body from json_array_elements(v_state.rotation) with ordinality as slot (body, n) order by slot.n),
      '"is_me":', 'false',
      array(select (dj.id = v_state.reader_id)::text from unnest(v_state.dj_ids) with ordinality as dj (id, n) order by dj.n)
    ));
  end if;

  return json_build_object(
    'id', v_state.id,
    'room_id', v_state.room_id,
    'mode', v_state.mode,
    'status', v_state.status,
    'is_host', coalesce(v_state.host_id = v_state.reader_id, false),
    'host', v_state.host,
    'server_time', v_now,
    'sequence', v_state.sequence,
    'paused_at', v_state.paused_at,
    'ended_at', v_state.ended_at,
    'now_playing', case when v_state.item_id is not null then json_build_object(
      'item', json_build_object('id', v_state.item_id, 'created_at', v_state.created_at),
      'track', v_state.track,
      'dj', v_state.dj,
      'started_at', v_state.started_at,
      'ends_at', v_state.ends_at,
      'position_ms', greatest(0, least(
        v_state.duration_ms, extract(epoch from coalesce(v_state.paused_at, v_now) - v_state.started_at) * 1000
      ))::int,
      'ups', v_state.votes[1],
      'downs', v_state.votes[2],
      'my_vote', coalesce((v_state.my_votes ->> v_state.item_id::text)::int, 0),
      'skip', json_build_object('votes', v_state.skip_vote_count, 'needed', v_state.skip_votes_needed)
    ) end,
    'queue', array_to_json(v_state.queue),
    'queue_count', v_state.item_count,
    'rotation', v_state.rotation,
    'listeners', v_state.listener_count
  );
end;
$$;

create or replace function private.refuse_session(session_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_room_id uuid := (select session.room_id from public.dj_sessions as session where session.id = refuse_session.session_id);
begin
  if v_room_id is null or not private.can_see_room(v_room_id) then
    perform private.raise_error(404, 'session_not_found', 'There is no session of this id that you can see.');
  end if;
  perform private.require_room_reader(v_room_id);
end;
$$;
comment on function private.refuse_session(uuid) is
'Say why somebody may not read a session: session_not_found (404), or require_room_reader''s errors. Returns when they may';

-- Security definer: as session_state.
create or replace function private.room_session(room_id uuid)
returns json
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  perform private.require_room_reader(room_session.room_id);
  select session.id into v_id
  from public.dj_sessions as session
  where session.room_id = room_session.room_id and session.ended_at is null;
  return case when found then private.session_state(v_id) end;
end;
$$;

-- Security definer: as session_state.
create or replace function private.session_history(room_id uuid, after text, page_size int)
returns setof public.history_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_size constant int := private.page_size(session_history.page_size);
  v_list constant text := 'session_history:' || session_history.room_id;
  v_before constant uuid := coalesce(
    (private.decode_place(v_list, session_history.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_blocked_ids uuid[];
begin
  perform private.require_room_reader(session_history.room_id);
  v_blocked_ids := (select reader.blocked_ids from private.reader as reader);
  return query
  select
    played.id, played.session_id, played.item_id, played.mode::text, private.track_card(played.track_id), played.title, played.artist_name,
    case when played.dj_id <> all (v_blocked_ids) then person.card end,
    played.started_at, played.finished_at, played.ms_played::int, played.listener_count::int, played.up_count::int, played.down_count::int,
    played.is_skipped, played.skip_reason, private.encode_cursor(v_list, played.id::text)
  from (
    select past.*
    from public.room_history as past
    where past.room_id = session_history.room_id and past.id < v_before
    order by past.id desc
    limit v_size
  ) as played
  left join private.person_cards as person on person.profile_id = played.dj_id and not person.is_hidden
  order by played.id desc;
end;
$$;

-- Security definer: as session_state.
create or replace function private.session_queue(session_id uuid, after text, page_size int)
returns setof public.queue_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_size constant int := private.page_size(session_queue.page_size);
  v_list constant text := 'session_queue:' || session_queue.session_id;
  v_place constant text[] := private.decode_place(v_list, session_queue.after, '{numeric,uuid}');
  v_room_id uuid;
  v_blocked_ids uuid[];
begin
  select session.room_id into v_room_id from public.dj_sessions as session where session.id = session_queue.session_id;
  if not found or not private.can_see_room(v_room_id) then
    perform private.raise_error(404, 'session_not_found', 'There is no session of this id that you can see.');
  end if;
  perform private.require_room_reader(v_room_id);
  v_blocked_ids := (select reader.blocked_ids from private.reader as reader);
  return query
  select
    item.id,
    case when item.track_id is null or (item.track ->> 'artist_id')::uuid = any (v_blocked_ids) then null else item.track end,
    case when item.added_by <> all (v_blocked_ids) then person.card end,
    item.added_by is not distinct from auth.uid(),
    item.up_count::int, item.down_count::int,
    coalesce((
      select vote.value::int from public.queue_votes as vote where vote.item_id = item.id and vote.user_id = auth.uid()
    ), 0),
    item.created_at,
    private.encode_cursor(v_list, jsonb_build_array(item.position, item.id)::text)
  from (
    select queued.*
    from public.queue_items as queued
    where queued.session_id = session_queue.session_id
      and queued.status = 'queued'
      and (queued.position, queued.id) > (coalesce(v_place[1], '-infinity')::numeric, coalesce(v_place[2], '00000000-0000-0000-0000-000000000000')::uuid)
    order by queued.position, queued.id
    limit v_size
  ) as item
  left join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
  order by item.position, item.id;
end;
$$;

create or replace function private.require_playing(room_id uuid, track_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform private.require_room_reader(require_playing.room_id);
  if not exists (
    select from public.queue_items as item
    where item.room_id = require_playing.room_id
      and item.track_id = require_playing.track_id
      and item.started_at is not null
      and (item.finished_at is null or item.finished_at > now() - make_interval(secs => private.setting('room_play_seconds')::int))
  ) then
    perform private.raise_error(409, 'not_playing_there', 'This track does not play in that room.');
  end if;
end;
$$;
comment on function private.require_playing(uuid, uuid) is
'Refuse a play of a room the caller may not read (require_room_reader), or of a track that does not play there, or did until a moment ago: not_playing_there (409)';
