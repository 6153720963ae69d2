-- In the form of crates_for, for lists that are not of one person's crates.
create or replace function private.listed_crates_for(reader_id uuid, blocked_ids uuid[], muted_ids uuid[])
returns table (
  id uuid, owner_id uuid, title text, description text, cover_path text, genre text, mood text, tags text[], visibility text, audience text,
  is_featured boolean, featured_at timestamptz, item_count int, total_ms bigint, play_count bigint, like_count int, comment_count int,
  created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, owner_card jsonb, my_role text, liked_by_me boolean
)
language sql
stable
security invoker
begin atomic
  select
    crate.id, crate.owner_id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility,
    crate.audience, crate.is_featured, crate.featured_at, crate.item_count, crate.total_ms, crate.play_count, crate.like_count,
    crate.comment_count, crate.created_at, crate.updated_at, crate.deleted_at, crate.owner_card, crate.my_role, crate.liked_by_me
  from private.crates_for(listed_crates_for.reader_id, listed_crates_for.blocked_ids) as crate
  where crate.is_listed and (crate.owner_id <> all (listed_crates_for.muted_ids) or crate.is_mine);
end;
comment on function private.listed_crates_for(uuid, uuid[], uuid[]) is 'crates_for, only those that lists show a reader: is_listed, and not of somebody they have muted';

-- Security definer: one crate, for whom can_see_crate lets, with its first items and whom it is made with.
create or replace function private.crate(crate_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.crate_row;
begin
  if not private.can_see_crate(crate.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  select
    found.id, found.title, found.description, found.cover_path, found.genre, found.mood, found.tags, found.visibility, found.is_featured,
    found.owner_card, found.my_role, found.item_count, found.total_ms, found.play_count, found.like_count, found.comment_count,
    found.liked_by_me, found.created_at, found.updated_at, null
  into v_row
  from private.reader as reader
  cross join lateral private.crates_for(reader.id, reader.blocked_ids) as found
  where found.id = crate.crate_id;
  return jsonb_build_object(
    'crate', to_jsonb(v_row) - 'cursor',
    'items', (
      select coalesce(jsonb_agg(to_jsonb(item) - 'number' order by item.number), '[]')
      from private.crate_items(crate.crate_id, null, null) with ordinality
        as item (id, track, note, added_by, added_at, cursor, number)
    ),
    'collaborators', (
      select coalesce(
        jsonb_agg(private.person_card(collaborator.user_id) || jsonb_build_object('role', collaborator.role) order by collaborator.added_at),
        '[]'
      )
      from public.crate_collaborators as collaborator
      where collaborator.crate_id = crate.crate_id
        and private.can_see_profile(collaborator.user_id)
        -- Nobody is asked before they are made a collaborator: who has no part in the crate is told of those alone who have taken one.
        and (
          v_row.my_role is not null
          or private.is_staff()
          or exists (
            select from public.crate_items as item where item.crate_id = collaborator.crate_id and item.added_by = collaborator.user_id
          )
        )
    )
  );
end;
$$;

-- Security definer: as crate.
create or replace function private.crate_items(crate_id uuid, after text, page_size int)
returns setof public.crate_item_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_list text := 'crate_items:' || crate_items.crate_id;
  v_place text[];
  v_is_staff boolean := private.is_staff();
begin
  if not private.can_see_crate(crate_items.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  v_place := private.decode_place(v_list, crate_items.after, '{numeric,uuid}');
  return query
  select
    item.id,
    case when track.is_visible or v_is_staff then jsonb_build_object(
      'id', track.id, 'provider', track.provider, 'provider_track_id', track.provider_track_id, 'title', track.title,
      'artist_name', track.artist_name, 'artist_id', track.artist_id, 'duration_ms', track.duration_ms,
      'artwork_url', track.artwork_url, 'artwork_path', track.artwork_path, 'is_explicit', track.is_explicit
    ) end,
    case when person.is_visible then item.note end,
    case when person.is_visible then private.person_card(item.added_by) end,
    item.added_at,
    private.encode_cursor(v_list, jsonb_build_array(item.position::text, item.id)::text)
  from (
    select each.id, each.track_id, each.note, each.added_by, each.added_at, each.position
    from public.crate_items as each
    where each.crate_id = crate_items.crate_id
      and (each.position, each.id) > (coalesce(v_place[1], '-infinity')::numeric, coalesce(v_place[2], '00000000-0000-0000-0000-000000000000')::uuid)
    order by each.position, each.id
    limit private.page_size(crate_items.page_size)
  ) as item
  join private.reader_tracks as track on track.id = item.track_id
  cross join lateral (select item.added_by is not null and private.can_see_profile(item.added_by) as is_visible) as person
  order by item.position, item.id;
end;
$$;

-- Security definer: the caller's own crates and those they collaborate on.
create or replace function private.my_crates(after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_muted uuid[];
  v_size int;
  v_before uuid := coalesce((private.decode_place('my_crates', my_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(my_crates.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor('my_crates', crate.id::text)
  from (
    (
      select own.id
      from public.crates as own
      where own.owner_id = v_user_id and own.deleted_at is null and own.id < v_before
      order by own.id desc
      limit v_size
    )
    union all
    (
      select collaborator.crate_id
      from public.crate_collaborators as collaborator
      where collaborator.user_id = v_user_id
        and collaborator.crate_id < v_before
        and exists (
          select from private.crates_for(v_user_id, v_blocked) as shared where shared.id = collaborator.crate_id and shared.is_visible offset 0
        )
      order by collaborator.crate_id desc
      limit v_size
    )
  ) as mine
  cross join lateral (select each.* from private.crates_for(v_user_id, v_blocked) as each where each.id = mine.id offset 0) as crate
  order by crate.id desc
  limit v_size;
end;
$$;

-- Security definer: as my_crates. What they collaborate on is looked up at once in the index of the track's crates.
create or replace function private.crates_containing(track_id uuid, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid;
  v_blocked uuid[];
  v_size int;
  v_list text := 'crates_containing:' || coalesce(crates_containing.track_id::text, '');
  v_before uuid := coalesce((private.decode_place(v_list, crates_containing.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, page.size into v_user_id, v_blocked, v_size
  from private.reader as reader
  cross join private.page(crates_containing.page_size) as page;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, crate.id::text)
  from (
    (
      select item.crate_id
      from public.crate_items as item
      where item.owner_id = v_user_id and item.track_id = crates_containing.track_id and item.crate_id < v_before
      order by item.crate_id desc
      limit v_size
    )
    union all
    (
      select item.crate_id
      from public.crate_items as item
      where item.track_id = crates_containing.track_id
        and item.crate_id = any (array(
          select collaborator.crate_id
          from public.crate_collaborators as collaborator
          where collaborator.user_id = v_user_id and collaborator.crate_id < v_before
        ))
        and exists (
          select from private.crates_for(v_user_id, v_blocked) as shared where shared.id = item.crate_id and shared.is_visible offset 0
        )
      order by item.crate_id desc
      limit v_size
    )
  ) as mine
  cross join lateral (select each.* from private.crates_for(v_user_id, v_blocked) as each where each.id = mine.crate_id offset 0) as crate
  order by mine.crate_id desc
  limit v_size;
end;
$$;

-- Security definer: as artist_tracks.
create or replace function private.profile_crates(username text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set jit = off
set random_page_cost = 1.1
as $$
declare
  v_profile public.profiles := private.visible_profile(profile_crates.username);
  v_list text := 'profile_crates:' || v_profile.id;
  v_before uuid := coalesce((private.decode_place(v_list, profile_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_user_id uuid;
  v_blocked uuid[];
  v_size int;
begin
  select reader.id, reader.blocked_ids, page.size into v_user_id, v_blocked, v_size
  from private.reader as reader
  cross join private.page(profile_crates.page_size) as page;
  -- On somebody's own page a mute of them does not count.
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, crate.id::text)
  from private.crates_for(v_user_id, v_blocked) as crate
  where crate.owner_id = v_profile.id and crate.id < v_before and crate.is_listed
  order by crate.id desc
  limit v_size;
end;
$$;
