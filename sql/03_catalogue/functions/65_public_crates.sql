-- Security definer: a list that checks its reader itself. The stored ranks stand still between two refreshes, so pages fit together; score
-- and id are one key, never a function of now().
create or replace function private.trending_crates(genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_list text := 'trending_crates:' || coalesce(trending_crates.genre, '');
  v_size int := private.page_size(trending_crates.page_size);
  v_batch_size int := v_size + 4;
  v_place text[];
  v_score bigint;
  v_before uuid;
  v_ids uuid[];
  v_scores bigint[];
  v_taken int;
  v_found int := 0;
begin
  perform private.require_genre(trending_crates.genre);
  v_place := private.decode_place(v_list, trending_crates.after, '{bigint,uuid}');
  v_score := coalesce(v_place[1]::bigint, 9223372036854775807);
  v_before := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  loop
    if trending_crates.genre is null then
      select array_agg(batch.crate_id), array_agg(batch.score) into v_ids, v_scores
      from (
        select trend.crate_id, trend.score
        from private.crate_trends as trend
        where (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
        order by trend.score desc, trend.crate_id desc
        limit v_batch_size
      ) as batch;
    else
      select array_agg(batch.crate_id), array_agg(batch.score) into v_ids, v_scores
      from (
        select trend.crate_id, trend.score
        from private.crate_trends as trend
        where trend.genre = trending_crates.genre and (trend.score, trend.crate_id) < (v_score, v_before) and trend.score > 0
        order by trend.score desc, trend.crate_id desc
        limit v_batch_size
      ) as batch;
    end if;
    return query
    select row.*
    from private.crate_rows(
      v_ids,
      private.encode_cursors(
        v_list,
        array(
          select jsonb_build_array(place.score, place.id)::text
          from unnest(v_ids, v_scores) with ordinality as place (id, score, number)
          order by place.number
        )
      ),
      v_size - v_found
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or coalesce(cardinality(v_ids), 0) < v_batch_size;
    v_score := v_scores[v_batch_size];
    v_before := v_ids[v_batch_size];
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

create or replace function private.require_genre(genre text)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if require_genre.genre is not null and not exists (select from public.genres as known where known.slug = require_genre.genre) then
    perform private.raise_error(422, 'unknown_genre', 'A genre is none of those in genres.');
  end if;
end;
$$;
comment on function private.require_genre(text) is 'Refuse a genre that there is not; null is none';

-- Security definer: as trending_crates.
create or replace function private.newest_crates(list text, genre text, after text, page_size int)
returns setof public.crate_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_size int := private.page_size(newest_crates.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid;
  v_ids uuid[];
  v_taken int;
  v_found int := 0;
begin
  v_before := coalesce(
    (private.decode_place(newest_crates.list, newest_crates.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  );
  loop
    if newest_crates.genre is null then
      v_ids := array(
        select crate.id
        from public.crates as crate
        where crate.audience = 'public' and crate.deleted_at is null and crate.id < v_before
        order by crate.id desc
        limit v_batch_size
      );
    else
      v_ids := array(
        select crate.id
        from public.crates as crate
        where crate.audience = 'public' and crate.deleted_at is null and crate.genre = newest_crates.genre and crate.id < v_before
        order by crate.id desc
        limit v_batch_size
      );
    end if;
    return query
    select row.*
    from private.crate_rows(v_ids, private.encode_cursors(newest_crates.list, v_ids::text[]), v_size - v_found) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_ids) < v_batch_size;
    v_before := v_ids[v_batch_size];
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
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
set random_page_cost = 1.1
as $$
declare
  v_size int := private.page_size(featured_crates.page_size);
  v_batch_size int := v_size + 4;
  v_place text[] := private.decode_place('featured_crates', featured_crates.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_before uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_ids uuid[];
  v_times timestamptz[];
  v_taken int;
  v_found int := 0;
begin
  loop
    select array_agg(batch.id), array_agg(batch.featured_at) into v_ids, v_times
    from (
      select crate.id, crate.featured_at
      from public.crates as crate
      where crate.is_featured and (crate.featured_at, crate.id) < (v_at, v_before)
      order by crate.featured_at desc, crate.id desc
      limit v_batch_size
    ) as batch;
    return query
    select row.*
    from private.crate_rows(
      v_ids,
      private.encode_cursors(
        'featured_crates',
        array(
          select jsonb_build_array(place.at, place.id)::text
          from unnest(v_ids, v_times) with ordinality as place (id, at, number)
          order by place.number
        )
      ),
      v_size - v_found
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or coalesce(cardinality(v_ids), 0) < v_batch_size;
    v_at := v_times[v_batch_size];
    v_before := v_ids[v_batch_size];
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
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
    where trend.crate_id = weighed.id and (weighed.score is null or not weighed.is_public)
  )
  update private.crate_trends as trend
  set score = weighed.score, genre = weighed.genre, refreshed_at = now()
  from weighed
  where trend.crate_id = weighed.id and weighed.score is not null and weighed.is_public;
  return v_ids[cardinality(v_ids)];
end;
$$;
