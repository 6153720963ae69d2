-- Security definer: as can_see_room.
create or replace function private.room_card(room_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'id', room.id, 'slug', room.slug, 'name', room.name, 'description', room.description, 'kind', room.kind, 'visibility', room.visibility,
    'genre', room.genre, 'tags', to_jsonb(room.tags), 'region', room.region, 'avatar_path', room.avatar_path,
    'owner', case when private.can_see_profile(room.owner_id) then private.person_card(room.owner_id) end, 'artist_id', room.artist_id,
    'member_count', room.member_count, 'member_limit', room.member_limit, 'created_at', room.created_at, 'updated_at', room.updated_at
  )
  from public.rooms as room
  where room.id = room_card.room_id and room.deleted_at is null
$$;
comment on function private.room_card(uuid) is
'A room as things of the rooms show it; asks nothing but whether the caller may see its owner: whoever uses it has decided that the room may be seen';

-- Security definer: shows the caller what the tables show to members alone, of a room whose id they have.
create or replace function private.room_state(room_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_state jsonb;
begin
  perform private.require_room(room_state.room_id);
  select private.room_card(room.id) || jsonb_build_object(
    'policies', jsonb_build_object(
      'max_track_ms', room.max_track_ms, 'repeat_window_minutes', room.repeat_window_minutes,
      'queue_limit_per_member', room.queue_limit_per_member, 'tracks_per_turn', room.tracks_per_turn,
      'rotation_cycles', room.rotation_cycles, 'downvotes_enabled', room.downvotes_enabled, 'vote_skip_enabled', room.vote_skip_enabled,
      'vote_skip_ratio', room.vote_skip_ratio, 'vote_skip_minimum', room.vote_skip_minimum, 'slow_mode_seconds', room.slow_mode_seconds
    ),
    'pinned_track', private.track_card(room.pinned_track_id),
    'my_role', (
      select member.role from public.room_members as member where member.room_id = room.id and member.user_id = v_user_id
    ),
    'my_ban', (
      select jsonb_build_object('until', ban.until, 'reason', ban.reason)
      from public.room_bans as ban
      where ban.room_id = room.id and ban.user_id = v_user_id and (ban.until is null or ban.until > now())
    ),
    'my_request', (
      select jsonb_build_object('id', request.id, 'created_at', request.created_at)
      from public.join_requests as request
      where request.room_id = room.id and request.user_id = v_user_id and request.status = 'pending'
    ),
    'listener_count', private.listener_count(room.id),
    'live', private.live_card(room.id),
    'can_read', private.can_read_room(room.id),
    'server_time', now()
  )
  into v_state
  from public.rooms as room
  where room.id = room_state.room_id;
  return v_state;
end;
$$;

-- Security definer: as room_state.
create or replace function private.room_by_slug(slug text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return private.room_state((
    select room.id from public.rooms as room where room.slug = lower(btrim(room_by_slug.slug)) and room.deleted_at is null
  ));
end;
$$;

-- Security definer: reads rooms that the table does not show, and blocks made by others.
create or replace function private.is_listed_room(room_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.rooms as room
    where room.id = is_listed_room.room_id
      and room.deleted_at is null
      and (not room.is_withheld or room.owner_id = (select auth.uid()))
      and (
        room.visibility = 'public'
        or exists (
          select from public.room_members as member where member.room_id = room.id and member.user_id = (select auth.uid())
        )
      )
  )
$$;
comment on function private.is_listed_room(uuid) is 'Whether the caller may be told of a room they have not asked for: public ones, and those they are in';

create or replace function private.room_rows(room_ids uuid[], hidden_ids uuid[], list text, places text[])
returns setof public.room_row
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
begin
  return query
  select
    room.id, room.slug, room.name, room.description, room.kind, room.visibility, room.genre, room.tags, room.region, room.avatar_path,
    case
      when room.owner_id <> all (room_rows.hidden_ids) then (
        select person.card from private.person_cards as person where person.profile_id = room.owner_id offset 0
      )
    end,
    (select member.role from public.room_members as member where member.room_id = room.id and member.user_id = v_user_id offset 0),
    room.member_count,
    coalesce((
      select pulse.listener_count
      from private.room_pulses as pulse
      where pulse.room_id = room.id and pulse.refreshed_at > v_from
      offset 0
    ), 0),
    room.created_at,
    private.encode_cursor(room_rows.list, room_rows.places[found.place])
  from unnest(room_rows.room_ids) with ordinality as found (id, place)
  join public.rooms as room on room.id = found.id
  order by found.place;
end;
$$;
comment on function private.room_rows(uuid[], uuid[], text, text[]) is
'Rooms as lists show them, in this order, each with the cursor of its place; owners among hidden_ids are not shown; who has them found asks whether they may be seen';

-- Security definer: a list that checks its reader itself; trigram operators cannot use their index under RLS.
create or replace function private.discover_rooms(query text, genre text, after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_query text := coalesce(lower(private.clean_line(left(discover_rooms.query, 1000), 80)), '');
  v_genre text := nullif(discover_rooms.genre, '');
  v_search text := v_query || '|' || coalesce(v_genre, '');
  v_pattern text := '%' || regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_candidates int := private.setting('room_search_candidates');
  v_place text[] := private.decode_place('discover_rooms', discover_rooms.after, '{text,float8,uuid}');
  v_size int := private.page_size(discover_rooms.page_size);
  v_hidden_ids uuid[] := array(
    select private.hidden_profile_ids() union all select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  );
  v_ids uuid[];
  v_scores float8[];
begin
  if char_length(v_query) = 1 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least two characters.');
  end if;
  if v_place[1] <> v_search then
    perform private.raise_error(422, 'bad_cursor', 'This cursor belongs to another search; start again without it.');
  end if;

  -- Statements of their own, as each has its index.
  if v_query = '' and v_genre is null then
    v_ids := array(
      select room.id
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and not room.is_withheld
        and room.id < coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
        and room.owner_id <> all (v_hidden_ids)
      order by room.id desc
      limit v_size
    );
    v_scores := array_fill(0::float8, array[cardinality(v_ids)]);
  elsif v_query = '' then
    v_ids := array(
      select room.id
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and not room.is_withheld
        and (room.genre, room.id) < (v_genre, coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and (room.genre, room.id) > (v_genre, '00000000-0000-0000-0000-000000000000')
        and room.owner_id <> all (v_hidden_ids)
      order by room.genre desc, room.id desc
      limit v_size
    );
    v_scores := array_fill(0::float8, array[cardinality(v_ids)]);
  else
    -- A common word would otherwise rank half of all rooms. What begins with it ranks above what has it elsewhere; two characters have no
    -- trigram and begin a name. Bounds of a range, as no pattern that comes as a parameter is looked up in a tree.
    select array_agg(found.id), array_agg(found.score) into v_ids, v_scores
    from (
      select room.id, extensions.similarity(lower(room.name), v_query) + case when lower(room.name) = v_query then 2 else 1 end as score
      from public.rooms as room
      where room.visibility = 'public'
        and room.deleted_at is null
        and not room.is_withheld
        and lower(room.name) operator(pg_catalog.~>=~) v_query
        and lower(room.name) operator(pg_catalog.~<~) (v_query || U&'\+10FFFF')
        and (v_genre is null or room.genre = v_genre)
        and room.owner_id <> all (v_hidden_ids)
      order by lower(room.name) using operator(pg_catalog.~<~), room.id
      limit v_candidates
    ) as found;
    if char_length(v_query) > 2 and coalesce(cardinality(v_ids), 0) < v_candidates then
      select v_ids || array_agg(found.id), v_scores || array_agg(found.score) into v_ids, v_scores
      from (
        select room.id, extensions.similarity(lower(room.name), v_query) as score
        from public.rooms as room
        where room.visibility = 'public'
          and room.deleted_at is null
          and not room.is_withheld
          and lower(room.name) like v_pattern
          and not starts_with(lower(room.name), v_query)
          and (v_genre is null or room.genre = v_genre)
          and room.owner_id <> all (v_hidden_ids)
        limit v_candidates
      ) as found;
    end if;
    select array_agg(page.id order by page.place), array_agg(page.score order by page.place) into v_ids, v_scores
    from (
      select found.id, found.score, row_number() over (order by -found.score, found.id) as place
      from unnest(v_ids, v_scores) as found (id, score)
      where (-found.score, found.id) > (coalesce(-v_place[2]::double precision, '-infinity'), coalesce(v_place[3], '00000000-0000-0000-0000-000000000000')::uuid)
      order by -found.score, found.id
      limit v_size
    ) as page;
  end if;
  return query
  select row.*
  from private.room_rows(v_ids, '{}', 'discover_rooms', array(
    select jsonb_build_array(v_search, found.score, found.id)::text
    from unnest(v_ids, v_scores) with ordinality as found (id, score, place)
    order by found.place
  )) as row;
end;
$$;

-- Security definer: as discover_rooms, over pulses nobody may read.
create or replace function private.trending_rooms(after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_place text[] := private.decode_place('trending_rooms', trending_rooms.after, '{int4,int4,uuid}');
  v_size int := private.page_size(trending_rooms.page_size);
  v_hidden_ids uuid[] := array(
    select private.hidden_profile_ids() union all select mute.muted_id from public.mutes as mute where mute.muter_id = (select auth.uid())
  );
  v_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
  v_ids uuid[];
  v_places text[];
begin
  select array_agg(found.id order by found.place), array_agg(found.text order by found.place) into v_ids, v_places
  from (
    select pulse.room_id as id,
      jsonb_build_array(pulse.listener_count, pulse.event_count, pulse.room_id)::text as text,
      row_number() over (order by pulse.listener_count desc, pulse.event_count desc, pulse.room_id desc) as place
    from private.room_pulses as pulse
    join public.rooms as room on room.id = pulse.room_id
    where pulse.is_listed
      and pulse.refreshed_at > v_from
      and (pulse.listener_count, pulse.event_count, pulse.room_id) < (
        coalesce(v_place[1]::int, 2147483647), coalesce(v_place[2]::int, 2147483647),
        coalesce(v_place[3]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and room.visibility = 'public'
      and room.deleted_at is null
      and not room.is_withheld
      and room.owner_id <> all (v_hidden_ids)
    order by pulse.listener_count desc, pulse.event_count desc, pulse.room_id desc
    limit v_size
  ) as found;
  return query select row.* from private.room_rows(v_ids, '{}', 'trending_rooms', v_places) as row;
end;
$$;

-- Security definer: as discover_rooms.
create or replace function private.my_rooms(after text, page_size int)
returns setof public.room_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_place text[] := private.decode_place('my_rooms', my_rooms.after, '{timestamptz,uuid}');
  v_size int := private.page_size(my_rooms.page_size);
  v_ids uuid[];
  v_places text[];
begin
  perform private.require_signed_in();
  select array_agg(found.room_id order by found.joined_at desc, found.room_id desc),
    array_agg(jsonb_build_array(found.joined_at, found.room_id)::text order by found.joined_at desc, found.room_id desc)
  into v_ids, v_places
  from (
    select member.room_id, member.joined_at
    from public.room_members as member
    join public.rooms as room on room.id = member.room_id
    where member.user_id = v_user_id
      and (member.joined_at, member.room_id) < (
        coalesce(v_place[1]::timestamptz, 'infinity'), coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and room.deleted_at is null
      and (not room.is_withheld or member.role = 'owner')
    order by member.joined_at desc, member.room_id desc
    limit v_size
  ) as found;
  return query select row.* from private.room_rows(v_ids, array(select private.hidden_profile_ids()), 'my_rooms', v_places) as row;
end;
$$;
