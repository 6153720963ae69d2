-- Candidates are found obliviously of what they hold, newest first, and filtered after: a batch that is filtered away is followed by the
-- next one, so the page is right whatever the filter takes. There are two ways to the same candidates. Whoever follows many finds them soon
-- by walking the newest of the whole stream, with a filter of whom they follow, so that only who passes it is looked up. Who follows few, or
-- people who post seldom, is better served by a merge, whose cost grows with their number and not with the stream.
--
-- Runs inside home_feed, under its settings and with what it knows of the reader: followee_ids are all they follow, or null for who follows
-- so many that the filter is kept.
create or replace function private.home_candidates(
  reader_id uuid, muted_ids uuid[], following int, followee_ids uuid[], follow_filter bit, before uuid, size int
)
returns private.feed_ref[]
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_per_follow int;
  v_refs private.feed_ref[];
  v_heads uuid[];
  v_from uuid;
begin
  if home_candidates.followee_ids is null then
    v_per_follow := (select setting.value from private.settings as setting where setting.name = 'feed_walk_entries_per_follow');
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_bit, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < home_candidates.before
        order by stream.id desc
        limit home_candidates.following * v_per_follow
      ) as entry
      where case
        when get_bit(home_candidates.follow_filter, entry.actor_bit) = 0 then false
        when entry.actor_id = home_candidates.reader_id then true
        else entry.audience <> 'private'
          and exists (
            select from public.follows as follow
            where follow.follower_id = home_candidates.reader_id and follow.followee_id = entry.actor_id offset 0
          )
          and entry.actor_id <> all (home_candidates.muted_ids)
      end
      order by entry.id desc
      limit home_candidates.size
    );
    if cardinality(v_refs) = home_candidates.size then
      return v_refs;
    end if;
  end if;

  -- Only the actors with the newest entries below the cursor can contribute, and of these only what is not older than the last one's;
  -- where there are no more actors than rows, that is all of them.
  -- One actor's entries are asked for as a range of (actor_id, id): of actor_id = x order by id, the planner may think that x is all over
  -- the stream, and walk that to its end.
  if cardinality(home_candidates.followee_ids) <= home_candidates.size then
    v_heads := array(
      select followee.id from unnest(home_candidates.followee_ids) as followee (id) where followee.id <> all (home_candidates.muted_ids)
    );
  elsif home_candidates.before = 'ffffffff-ffff-ffff-ffff-ffffffffffff' then
    select array_agg(head.actor_id), (array_agg(head.newest_entry_id))[home_candidates.size] into v_heads, v_from
    from (
      select clock.actor_id, clock.newest_entry_id
      from public.follows as follow
      join private.activity_clocks as clock on clock.actor_id = follow.followee_id
      where follow.follower_id = home_candidates.reader_id
        and follow.followee_id <> all (home_candidates.muted_ids)
      order by clock.newest_entry_id desc
      limit home_candidates.size
    ) as head;
  else
    select array_agg(head.actor_id), (array_agg(head.id))[home_candidates.size] into v_heads, v_from
    from (
      select follow.followee_id as actor_id, newest.id
      from public.follows as follow
      cross join lateral (
        select stream.id
        from private.feed_entries as stream
        where (stream.actor_id, stream.id) > (follow.followee_id, v_bottom)
          and (stream.actor_id, stream.id) < (follow.followee_id, home_candidates.before)
          and stream.audience <> 'private'
        order by stream.actor_id desc, stream.id desc
        limit 1
      ) as newest
      where follow.follower_id = home_candidates.reader_id
        and follow.followee_id <> all (home_candidates.muted_ids)
      order by newest.id desc
      limit home_candidates.size
    ) as head;
  end if;

  return array(
    select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
    from unnest(v_heads || home_candidates.reader_id) as head (actor_id)
    cross join lateral (
      select stream.id, stream.actor_id, stream.post_id
      from private.feed_entries as stream
      where (stream.actor_id, stream.id) >= (head.actor_id, coalesce(v_from, v_bottom))
        and (stream.actor_id, stream.id) < (head.actor_id, home_candidates.before)
        and (stream.audience <> 'private' or stream.actor_id = home_candidates.reader_id)
      order by stream.actor_id desc, stream.id desc
      limit home_candidates.size
    ) as entry
    order by entry.id desc
    limit home_candidates.size
  );
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
create or replace function private.home_feed(after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_user_id uuid;
  v_blocked_ids uuid[];
  v_muted_ids uuid[];
  v_following int;
  v_followee_ids uuid[];
  v_filter bit(16384);
  v_size int;
  v_batch_size int;
  v_before uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  select reader.id, reader.blocked_ids, reader.muted_ids, filter.bits, page.size
  into v_user_id, v_blocked_ids, v_muted_ids, v_filter, v_size
  from private.reader as reader
  cross join private.page(home_feed.page_size) as page
  left join private.follow_filters as filter on filter.follower_id = reader.id;
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  if v_filter is null then
    v_followee_ids := array(select follow.followee_id from public.follows as follow where follow.follower_id = v_user_id);
    v_filter := private.follow_bits(v_followee_ids);
  end if;
  -- About how many they follow: of thousands, some share a bit.
  v_following := bit_count(v_filter);
  v_filter := set_bit(v_filter, private.follow_bit(v_user_id), 1);
  if home_feed.after is not null then
    v_before := (private.decode_place('home_feed', home_feed.after, '{uuid}'))[1]::uuid;
  end if;
  -- Some more: there are reposts among them of what the reader has already, the more the more they follow, and a second batch costs more than
  -- spare candidates, most of all further back.
  v_batch_size := v_size + case
    when home_feed.after is null then 3 + v_size * v_following / 25000
    else v_size / 4 + 2
  end;
  loop
    v_batch := private.home_candidates(v_user_id, v_muted_ids, v_following, v_followee_ids, v_filter, v_before, v_batch_size);
    return query
    select row.*
    from private.feed_rows('home_feed', v_batch, v_size - v_found, v_user_id, v_blocked_ids, v_muted_ids, v_filter) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    if 2 * v_taken < v_batch_size then
      v_batch_size := least(4 * v_batch_size, 1000);
    end if;
  end loop;
end;
$$;
