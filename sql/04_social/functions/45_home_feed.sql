-- Security definer: a list of mixed audience that checks its reader itself.
--
-- Candidates are found obliviously of what they hold, newest first, and filtered after: a batch that is filtered away is followed by the
-- next one, so the page is right whatever the filter takes. There are two ways to the same candidates. Whoever follows many finds them soon
-- by walking the newest of the whole stream, with a filter of whom they follow, so that only who passes it is looked up. Who follows few, or
-- people who post seldom, is better served by a merge, whose cost grows with their number and not with the stream.
create or replace function private.home_candidates(before uuid, size int)
returns private.feed_ref[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_user_id uuid := auth.uid();
  v_before uuid := coalesce(home_candidates.before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_following int;
  v_has_mutes boolean;
  v_walk_from int;
  v_walk_per_follow int;
  v_filter bit(16384);
  v_refs private.feed_ref[];
  v_heads uuid[];
  v_from uuid;
begin
  select
    profile.following_count,
    exists (select from public.mutes as mute where mute.muter_id = v_user_id),
    (select setting.value from private.settings as setting where setting.name = 'feed_walk_from_follows'),
    (select setting.value from private.settings as setting where setting.name = 'feed_walk_entries_per_follow'),
    (select filter.bits from private.follow_filters as filter where filter.follower_id = v_user_id)
  into v_following, v_has_mutes, v_walk_from, v_walk_per_follow, v_filter
  from public.profiles as profile
  where profile.id = v_user_id;

  if v_following >= v_walk_from then
    v_filter := coalesce(v_filter, private.my_follow_filter()) | private.follow_bits(v_user_id);
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < v_before
        order by stream.id desc
        limit v_following * v_walk_per_follow
      ) as entry
      where case
        when get_bit(v_filter, private.follow_bit(entry.actor_id)) = 0 then false
        when entry.actor_id = v_user_id then true
        else entry.audience <> 'private'
          and exists (
            select from public.follows as follow
            where follow.follower_id = v_user_id and follow.followee_id = entry.actor_id offset 0
          )
          and (not v_has_mutes or not exists (
            select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = entry.actor_id offset 0
          ))
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
  if v_following <= home_candidates.size then
    v_heads := array(
      select follow.followee_id
      from public.follows as follow
      where follow.follower_id = v_user_id
        and (not v_has_mutes or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id
        ))
    );
  elsif home_candidates.before is null then
    select array_agg(head.actor_id), (array_agg(head.newest_entry_id))[home_candidates.size] into v_heads, v_from
    from (
      select clock.actor_id, clock.newest_entry_id
      from public.follows as follow
      join private.activity_clocks as clock on clock.actor_id = follow.followee_id
      where follow.follower_id = v_user_id
        and (not v_has_mutes or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id
        ))
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
          and (stream.actor_id, stream.id) < (follow.followee_id, v_before)
          and stream.audience <> 'private'
        order by stream.actor_id desc, stream.id desc
        limit 1
      ) as newest
      where follow.follower_id = v_user_id
        and (not v_has_mutes or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id
        ))
      order by newest.id desc
      limit home_candidates.size
    ) as head;
  end if;

  return array(
    select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
    from unnest(v_heads || v_user_id) as head (actor_id)
    cross join lateral (
      select stream.id, stream.actor_id, stream.post_id
      from private.feed_entries as stream
      where (stream.actor_id, stream.id) >= (head.actor_id, coalesce(v_from, v_bottom))
        and (stream.actor_id, stream.id) < (head.actor_id, v_before)
        and (stream.audience <> 'private' or stream.actor_id = v_user_id)
      order by stream.actor_id desc, stream.id desc
      limit home_candidates.size
    ) as entry
    order by entry.id desc
    limit home_candidates.size
  );
end;
$$;

-- Security definer: as home_candidates.
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
  v_user_id uuid := auth.uid();
  v_size int := (select page.size from private.page(home_feed.page_size) as page);
  -- Some more: there are reposts among them of what the reader has already, and a second batch costs more than spare candidates.
  v_batch_size int := v_size + v_size / 10 + 2;
  v_before uuid := (private.decode_place('home_feed', home_feed.after, '{uuid}'))[1]::uuid;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  loop
    v_batch := private.home_candidates(v_before, v_batch_size);
    return query select row.* from private.feed_rows('home_feed', v_batch, v_size - v_found) as row;
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
