-- Security definer: reads votes, people and rotations whole, and shows of them what its reader may see. Text throughout: to put fifty tracks into one
-- jsonb takes longer than all the rest.
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
  v_session public.dj_sessions;
  v_now constant timestamptz := clock_timestamp();
  v_user_id constant uuid := auth.uid();
  v_blocked_ids uuid[];
  v_listeners int;
  v_playing json;
  v_queue text;
  v_rotation text;
  v_votes jsonb;
begin
  select session.* into v_session from public.dj_sessions as session where session.id = session_state.session_id;
  if v_session.id is null or not private.can_read_room(v_session.room_id) then
    if v_session.id is null or not private.can_see_room(v_session.room_id) then
      perform private.raise_error(404, 'session_not_found', 'There is no session of this id that you can see.');
    end if;
    perform private.require_room_reader(v_session.room_id);
  end if;
  v_blocked_ids := (select reader.blocked_ids from private.reader as reader);
  v_listeners := private.listener_count(v_session.room_id);

  if v_session.current_item_id is not null then
    select json_build_object(
      'item', json_build_object('id', item.id, 'created_at', item.created_at),
      'track', case when (item.track ->> 'artist_id')::uuid = any (v_blocked_ids) then null else item.track end,
      'dj', case when item.added_by <> all (v_blocked_ids) then person.card end,
      'started_at', item.started_at,
      'ends_at', item.ends_at,
      'position_ms', least(
        item.duration_ms, greatest(0, extract(epoch from coalesce(v_session.paused_at, v_now) - item.started_at) * 1000)::int
      ),
      'ups', votes.up_count,
      'downs', votes.down_count,
      'my_vote', coalesce((
        select vote.value from public.queue_votes as vote where vote.item_id = item.id and vote.user_id = v_user_id
      ), 0),
      'skip', json_build_object(
        'votes', item.skip_vote_count,
        'needed', (
          -- Of more people than listen at present: whoever was there within three minutes counts (skip_votes_needed).
          select greatest(room.vote_skip_minimum, ceil(room.vote_skip_ratio * coalesce(pulse.skip_listener_count, 0)))::int
          from public.rooms as room
          left join private.room_pulses as pulse on pulse.room_id = room.id
          where room.id = item.room_id
        )
      )
    )
    into v_playing
    from public.queue_items as item
    cross join lateral private.votes_of(item.id) as votes
    left join private.person_cards as person on person.profile_id = item.added_by and not person.is_hidden
    where item.id = v_session.current_item_id;
  end if;

  -- One walk along the reader's own votes; most have none.
  v_votes := (
    select jsonb_object_agg(vote.item_id, vote.value)
    from public.queue_votes as vote
    where vote.user_id = v_user_id
      and vote.item_id = any (array(
        select item.id from public.queue_items as item where item.session_id = v_session.id and item.status = 'queued'
      ))
  );
  -- Ids, numbers and what is JSON already: nothing in it is to be escaped.
  select '[' || string_agg(
    '{"id":"' || item.id || '",'
      || coalesce(case when v_blocked_ids = '{}' then item.shown end, private.shown_item(item.track, item.added_by, v_blocked_ids))
      || ',"ups":' || item.up_count || ',"downs":' || item.down_count
      || ',"my_vote":' || coalesce(v_votes ->> item.id::text, '0') || ',"is_passed_over":' || item.is_passed_over || '}',
    ','
  ) || ']'
  into v_queue
  from (
    select queued.*
    from private.queue_in_order(v_session.id) as queued
    order by queued.is_passed_over, queued.play_key, queued.position, queued.id
    limit 50
  ) as item;

  if v_session.mode = 'fan' then
    select '[' || string_agg(
      '{"dj":' || coalesce(case when slot.user_id <> all (v_blocked_ids) then person.card::text end, 'null')
        || ',"is_on":' || (slot.turn_count > 0) || ',"is_me":' || (slot.user_id = v_user_id) || ',"turn_count":' || slot.turn_count
        || ',"is_warned":' || (slot.afk_warned_at is not null) || '}',
      ',' order by slot.position
    ) || ']'
    into v_rotation
    from (
      select one.* from public.rotation_slots as one where one.session_id = v_session.id order by one.position limit 50
    ) as slot
    join private.person_cards as person on person.profile_id = slot.user_id and not person.is_hidden;
  end if;

  return json_build_object(
    'id', v_session.id,
    'room_id', v_session.room_id,
    'mode', v_session.mode,
    'status', v_session.status,
    'is_host', coalesce(v_session.host_id = v_user_id, false),
    'host', case when v_session.host_id <> all (v_blocked_ids) then private.person_card(v_session.host_id) end,
    'server_time', v_now,
    'sequence', v_session.sequence,
    'paused_at', v_session.paused_at,
    'ended_at', v_session.ended_at,
    'now_playing', v_playing,
    'queue', coalesce(v_queue, '[]')::json,
    'queue_count', (
      select count(*) from public.queue_items as item where item.session_id = v_session.id and item.status = 'queued'
    ),
    'rotation', coalesce(v_rotation, '[]')::json,
    'listeners', v_listeners
  );
end;
$$;

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
  v_before constant uuid := coalesce(
    (private.decode_place('session_history', session_history.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  v_blocked_ids uuid[];
begin
  perform private.require_room_reader(session_history.room_id);
  v_blocked_ids := (select reader.blocked_ids from private.reader as reader);
  return query
  select
    played.id, played.session_id, played.item_id, played.mode, private.track_card(played.track_id), played.title, played.artist_name,
    case when played.dj_id <> all (v_blocked_ids) then person.card end,
    played.started_at, played.finished_at, played.ms_played, played.listener_count, played.up_count, played.down_count, played.is_skipped,
    played.skip_reason, private.encode_cursor('session_history', played.id::text)
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
  v_place constant text[] := private.decode_place('session_queue', session_queue.after, '{numeric,uuid}');
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
    item.up_count, item.down_count,
    coalesce((
      select vote.value::int from public.queue_votes as vote where vote.item_id = item.id and vote.user_id = auth.uid()
    ), 0),
    item.created_at,
    private.encode_cursor('session_queue', jsonb_build_array(item.position, item.id)::text)
  from (
    select queued.*
    from public.queue_items as queued
    where queued.session_id = session_queue.session_id
      and queued.status = 'queued'
      and (v_place is null or (queued.position, queued.id) > (v_place[1]::numeric, v_place[2]::uuid))
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
