-- Security definer: as track_rows.
create or replace function private.crate_rows(ids uuid[], cursors text[], size int, is_checked boolean default false)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card,
    case
      when crate.owner_id = v_user_id then 'owner'
      when crate.is_mine then (
        select collaborator.role
        from public.crate_collaborators as collaborator
        where collaborator.crate_id = crate.id and collaborator.user_id = v_user_id
      )
    end,
    crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'crate' and favour.target_id = crate.id offset 0
    ),
    crate.created_at, crate.updated_at, crate_rows.cursors[given.place]
  from unnest(crate_rows.ids) with ordinality as given (id, place)
  join private.reader_crates as crate on crate.id = given.id
  where crate_rows.is_checked
    or (
      crate.is_listed
      and (
        crate.is_mine
        or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = crate.owner_id offset 0
        )
      )
    )
  order by given.place
  limit crate_rows.size;
end;
$$;
comment on function private.crate_rows(uuid[], text[], int, boolean) is
'The first size of these crates that lists show the caller, in their order, each with its cursor. is_checked: the caller of this has decided that all may be seen';

-- Security definer: one crate, for whom can_see_crate lets, with its first items and whom it is made with.
create or replace function private.crate(crate_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row jsonb;
begin
  if not private.can_see_crate(crate.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  select to_jsonb(row) - 'cursor' into v_row
  from private.crate_rows(array[crate.crate_id], '{}', 1, is_checked => true) as row;
  return jsonb_build_object(
    'crate', v_row,
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
          v_row ->> 'my_role' is not null
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
      and (v_place is null or (each.position, each.id) > (v_place[1]::numeric, v_place[2]::uuid))
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
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_size int := private.page_size(my_crates.page_size);
  v_before uuid := coalesce((private.decode_place('my_crates', my_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  v_ids := array(select mine.crate_id from private.my_crates_before(v_before, v_size) as mine order by mine.crate_id desc limit v_size);
  return query
  select row.*
  from private.crate_rows(v_ids, private.encode_cursors('my_crates', v_ids::text[]), v_size, is_checked => true) as row;
end;
$$;

-- Security definer: as my_crates.
create or replace function private.my_crates_before(before uuid, size int, track_id uuid default null)
returns table (crate_id uuid)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
begin
  return query (
    select crate.id
    from public.crates as crate
    where crate.owner_id = v_user_id
      and crate.deleted_at is null
      and crate.id < my_crates_before.before
      and (
        my_crates_before.track_id is null
        or exists (
          select from public.crate_items as item
          where item.crate_id = crate.id and item.track_id = my_crates_before.track_id offset 0
        )
      )
    order by crate.id desc
    limit my_crates_before.size
  );
  return query (
    select collaborator.crate_id
    from public.crate_collaborators as collaborator
    join private.reader_crates as crate on crate.id = collaborator.crate_id
    where collaborator.user_id = v_user_id
      and collaborator.crate_id < my_crates_before.before
      and crate.is_visible
      and (
        my_crates_before.track_id is null
        or exists (
          select from public.crate_items as item
          where item.crate_id = collaborator.crate_id and item.track_id = my_crates_before.track_id offset 0
        )
      )
    order by collaborator.crate_id desc
    limit my_crates_before.size
  );
end;
$$;
comment on function private.my_crates_before(uuid, int, uuid) is
'Up to size of the caller''s own crates and up to size of those they collaborate on, the newest before an id; with track_id those that hold it';

-- Security definer: as my_crates.
create or replace function private.crates_containing(track_id uuid, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_list text := 'crates_containing:' || coalesce(crates_containing.track_id::text, '');
  v_size int := private.page_size(crates_containing.page_size);
  v_before uuid := coalesce((private.decode_place(v_list, crates_containing.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if crates_containing.track_id is null then
    return;
  end if;
  v_ids := array(
    select mine.crate_id
    from private.my_crates_before(v_before, v_size, crates_containing.track_id) as mine
    order by mine.crate_id desc
    limit v_size
  );
  return query
  select row.* from private.crate_rows(v_ids, private.encode_cursors(v_list, v_ids::text[]), v_size, is_checked => true) as row;
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
set random_page_cost = 1.1
as $$
declare
  v_profile public.profiles := private.visible_profile(profile_crates.username);
  v_list text := 'profile_crates:' || v_profile.id;
  v_before uuid := coalesce((private.decode_place(v_list, profile_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
begin
  v_ids := array(
    select crate.id
    from private.reader_crates as crate
    where crate.owner_id = v_profile.id and crate.id < v_before and crate.is_listed
    order by crate.id desc
    limit private.page_size(profile_crates.page_size)
  );
  -- On somebody's own page a mute of them does not count.
  return query
  select row.*
  from private.crate_rows(v_ids, private.encode_cursors(v_list, v_ids::text[]), cardinality(v_ids), is_checked => true) as row;
end;
$$;
