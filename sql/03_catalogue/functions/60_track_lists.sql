-- Security definer: turns ids into rows and checks the reader on these rows itself, as feed_rows does for posts.
create or replace function private.track_rows(ids uuid[], cursors text[], size int, is_checked boolean default false)
returns setof public.track_row
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
    track.id, track.provider, track.provider_track_id, track.title, track.artist_name,
    track.artist_card,
    track.duration_ms, track.artwork_url, track.artwork_path, track.isrc, track.genre, track.bpm::numeric, track.musical_key,
    track.is_explicit, track.kind, track.status, track.play_count, track.like_count, track.comment_count, track.repost_count,
    track.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'track' and favour.target_id = track.id offset 0
    ),
    track.published_at, track.created_at, track_rows.cursors[given.place]
  from unnest(track_rows.ids) with ordinality as given (id, place)
  join private.reader_tracks as track on track.id = given.id
  where track_rows.is_checked or track.is_visible
  order by given.place
  limit track_rows.size;
end;
$$;
comment on function private.track_rows(uuid[], text[], int, boolean) is
'The first size of these tracks that the caller may see, in their order, each with its cursor. is_checked: the caller of this has decided that all may be seen';

-- Security definer: one track, for whom can_see_track lets.
create or replace function private.track(track_id uuid)
returns public.track_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.track_row;
begin
  if not private.can_see_track(track.track_id) then
    perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
  end if;
  select found.* into v_row from private.track_rows(array[track.track_id], '{}', 1, is_checked => true) as found;
  return v_row;
end;
$$;

-- Security definer: a list that checks its reader itself.
create or replace function private.artist_tracks(username text, after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_profile public.profiles := private.visible_profile(artist_tracks.username);
  v_list text := 'artist_tracks:' || v_profile.id;
  v_place text[] := private.decode_place(v_list, artist_tracks.after, '{timestamptz,uuid}');
  v_ids uuid[];
  v_cursors text[];
begin
  -- Whose page one may see has published what one may see: nothing is filtered away.
  select array_agg(page.id), private.encode_cursors(v_list, array_agg(jsonb_build_array(page.published_at, page.id)::text))
  into v_ids, v_cursors
  from (
    select track.id, track.published_at
    from public.tracks as track
    where track.artist_id = v_profile.id
      and track.status = 'published'
      and (track.published_at, track.id) < (
        coalesce(v_place[1]::timestamptz, 'infinity'), coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
    order by track.published_at desc, track.id desc
    limit private.page_size(artist_tracks.page_size)
  ) as page;
  return query select row.* from private.track_rows(v_ids, v_cursors, cardinality(v_ids), is_checked => true) as row;
end;
$$;

-- Security definer: the caller's own uploads in every state.
create or replace function private.my_tracks(after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_user_id uuid := auth.uid();
  v_before uuid := coalesce((private.decode_place('my_tracks', my_tracks.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
begin
  perform private.require_signed_in();
  v_ids := array(
    select track.id
    from public.tracks as track
    where track.artist_id = v_user_id and track.id < v_before
    order by track.id desc
    limit private.page_size(my_tracks.page_size)
  );
  return query
  select row.*
  from private.track_rows(v_ids, private.encode_cursors('my_tracks', v_ids::text[]), cardinality(v_ids), is_checked => true) as row;
end;
$$;

-- Security definer: as artist_tracks; trigram operators cannot use their index under RLS.
create or replace function private.search_tracks(query text, after text, page_size int)
returns setof public.track_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_query text := lower(private.clean_line(left(search_tracks.query, 1000), 80));
  v_pattern text := '%' || regexp_replace(v_query, '([\\%_])', '\\\1', 'g') || '%';
  v_list text := 'search_tracks:' || md5(coalesce(v_query, ''));
  v_place text[];
  v_ids uuid[];
  v_cursors text[];
begin
  if coalesce(char_length(v_query), 0) < 3 then
    perform private.raise_error(422, 'query_too_short', 'Search for at least three characters.');
  end if;
  v_place := private.decode_place(v_list, search_tracks.after, '{bigint,uuid}');

  -- The most played of what matches; what the reader may not see of it is passed over.
  select array_agg(page.id), private.encode_cursors(v_list, array_agg(jsonb_build_array(page.play_count, page.id)::text))
  into v_ids, v_cursors
  from (
    select track.id, track.play_count
    from public.tracks as track
    where lower(track.title || ' ' || track.artist_name) like v_pattern
      and track.status = 'published'
      and (track.play_count, track.id) < (coalesce(v_place[1], '9223372036854775807')::bigint, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
    order by track.play_count desc, track.id desc
    limit private.setting('search_candidates')
  ) as page;
  return query select row.* from private.track_rows(v_ids, v_cursors, private.page_size(search_tracks.page_size)) as row;
end;
$$;
