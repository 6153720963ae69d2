-- Security definer: a list that checks its reader itself. The stored ranks stand still between two refreshes, so pages fit together; score
-- and id are one key, never a function of now().
create or replace function private.trending_crates(genre text, after text, page_size int)
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
  v_list text := 'trending_crates:' || coalesce(trending_crates.genre, '');
  v_place text[];
  v_score bigint;
  v_before uuid;
begin
  perform private.require_genre(trending_crates.genre);
  v_place := private.decode_place(v_list, trending_crates.after, '{bigint,uuid}');
  v_score := coalesce(v_place[1]::bigint, 9223372036854775807);
  v_before := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(trending_crates.page_size) as page;
  if trending_crates.genre is null then
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, format('[%s, "%s"]', trend.score, crate.id))
    from private.crate_trends as trend
    cross join lateral (
      select each.* from private.listed_crates_for(v_user_id, v_blocked, v_muted) as each where each.id = trend.crate_id offset 0
    ) as crate
    where (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
    order by trend.score desc, trend.crate_id desc
    limit v_size;
  else
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(v_list, format('[%s, "%s"]', trend.score, crate.id))
    from private.crate_trends as trend
    cross join lateral (
      select each.* from private.listed_crates_for(v_user_id, v_blocked, v_muted) as each where each.id = trend.crate_id offset 0
    ) as crate
    where trend.genre = trending_crates.genre and (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
    order by trend.score desc, trend.crate_id desc
    limit v_size;
  end if;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.newest_crates(list text, genre text, after text, page_size int)
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
  v_before uuid := coalesce(
    (private.decode_place(newest_crates.list, newest_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(newest_crates.page_size) as page;
  if newest_crates.genre is null then
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(newest_crates.list, crate.id::text)
    from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
    where crate.audience = 'public' and crate.deleted_at is null and crate.id < v_before
    order by crate.id desc
    limit v_size;
  else
    return query
    select
      crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
      crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
      crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor(newest_crates.list, crate.id::text)
    from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
    where crate.audience = 'public' and crate.deleted_at is null and crate.genre = newest_crates.genre and crate.id < v_before
    order by crate.id desc
    limit v_size;
  end if;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.new_crates(after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query select row.* from private.newest_crates('new_crates', null, new_crates.after, new_crates.page_size) as row;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.crates_by_genre(genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform private.require_genre(coalesce(crates_by_genre.genre, ''));
  return query
  select row.*
  from private.newest_crates(
    'crates_by_genre:' || crates_by_genre.genre, crates_by_genre.genre, crates_by_genre.after, crates_by_genre.page_size
  ) as row;
end;
$$;

-- Security definer: as trending_crates.
create or replace function private.featured_crates(after text, page_size int)
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
  v_place text[] := private.decode_place('featured_crates', featured_crates.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_before uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, page.size into v_user_id, v_blocked, v_muted, v_size
  from private.reader as reader
  cross join private.page(featured_crates.page_size) as page;
  return query
  select
    crate.id, crate.title, crate.description, crate.cover_path, crate.genre, crate.mood, crate.tags, crate.visibility, crate.is_featured,
    crate.owner_card, crate.my_role, crate.item_count, crate.total_ms, crate.play_count, crate.like_count, crate.comment_count,
    crate.liked_by_me, crate.created_at, crate.updated_at, private.encode_cursor('featured_crates', jsonb_build_array(crate.featured_at, crate.id)::text)
  from private.listed_crates_for(v_user_id, v_blocked, v_muted) as crate
  where crate.is_featured and (crate.featured_at, crate.id) < (v_at, v_before)
  order by crate.featured_at desc, crate.id desc
  limit v_size;
end;
$$;

-- Security definer: ranks are nobody's to write; the service renews them by the clock.
create or replace function private.refresh_trending(after uuid, size int)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  v_ids := array(
    select trend.crate_id
    from private.crate_trends as trend
    where trend.crate_id > coalesce(refresh_trending.after, '00000000-0000-0000-0000-000000000000')
    order by trend.crate_id
    limit least(greatest(coalesce(refresh_trending.size, 1000), 1), 10000)
    for update
  );
  -- Each listener weighs once, by their latest play of the crate: a million at once, half of that a day later.
  with weighed as (
    select given.id, crate.genre, crate.audience = 'public' and crate.deleted_at is null as is_public, (
      select sum(1000000 * 0.5 ^ (extract(epoch from now() - latest.hour) / 3600 / private.setting('trending_half_life_hours')))::bigint
      from (
        select max(play.hour) as hour
        from private.crate_plays as play
        where play.crate_id = given.id and play.hour > now() - make_interval(days => private.setting('trending_days')::int)
        group by play.listener_id
      ) as latest
    ) as score
    from unnest(v_ids) as given (id)
    join public.crates as crate on crate.id = given.id
  ),
  gone as (
    delete from private.crate_trends as trend
    using weighed
    where trend.crate_id = weighed.id and weighed.score is null
  )
  update private.crate_trends as trend
  set score = case when weighed.is_public then weighed.score else 0 end, genre = weighed.genre, refreshed_at = now()
  from weighed
  where trend.crate_id = weighed.id and weighed.score is not null;
  return v_ids[cardinality(v_ids)];
end;
$$;
