-- Security definer: a list of mixed audience that checks its reader itself.
create or replace function private.global_feed(after text, page_size int)
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
  v_size int := private.page_size(global_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place('global_feed', global_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      where post.audience = 'public' and post.deleted_at is null and post.id < v_before
      order by post.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(
      'global_feed', v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.tag_feed(tag text, after text, page_size int)
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
  v_tag text := lower(ltrim(btrim(tag_feed.tag), '#'));
  v_list text := 'tag_feed:' || coalesce(v_tag, '');
  v_size int := private.page_size(tag_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid;
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if v_tag is null or v_tag !~ '^[[:alnum:]_]{1,50}$' then
    perform private.raise_error(422, 'tag_invalid', 'A tag has 1 to 50 letters, digits or _.');
  end if;
  v_before := coalesce((private.decode_place(v_list, tag_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');

  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (tagged.post_id, null, tagged.post_id)::private.feed_ref
      from private.post_tags as tagged
      -- A range of the key, as in home_candidates.
      where (tagged.tag, tagged.post_id) > (v_tag, '00000000-0000-0000-0000-000000000000')
        and (tagged.tag, tagged.post_id) < (v_tag, v_before)
      order by tagged.tag desc, tagged.post_id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.profile_feed(username text, after text, page_size int)
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
  v_profile public.profiles := private.visible_profile(profile_feed.username);
  v_list text := 'profile_feed:' || v_profile.id;
  v_size int := private.page_size(profile_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place(v_list, profile_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_filter bit(16384) := private.my_follow_filter();
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
  v_is_mine boolean := v_profile.id is not distinct from auth.uid();
  v_is_followed boolean := private.is_followed_by_me(v_profile.id);
  -- Only what the reader may see is looked at: a profile full of private posts costs a stranger nothing.
  v_audiences text[] := array['public']
    || case when v_is_mine or v_is_followed then array['followers'] end
    || case when v_is_mine or v_is_followed and v_profile.id in (select private.my_mutual_ids()) then array['mutuals'] end
    || case when v_is_mine then array['private'] end;
begin
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from private.feed_entries as entry
      -- A range of the key, as in home_candidates.
      where (entry.actor_id, entry.id) > (v_profile.id, '00000000-0000-0000-0000-000000000000')
        and (entry.actor_id, entry.id) < (v_profile.id, v_before)
        and entry.audience = any (v_audiences)
      order by entry.actor_id desc, entry.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(
      v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids, v_filter, own_page_of => v_profile.id
    ) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.crate_posts(crate_id uuid, after text, page_size int)
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
  v_list text := 'crate_posts:' || coalesce(crate_posts.crate_id::text, '');
  v_size int := private.page_size(crate_posts.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place(v_list, crate_posts.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_reader private.reader;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if not private.can_see_crate(crate_posts.crate_id) then
    perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
  end if;
  select reader.* into v_reader from private.reader as reader;
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      -- A range of the key, as in home_candidates.
      where (post.crate_id, post.id) > (crate_posts.crate_id, '00000000-0000-0000-0000-000000000000')
        and (post.crate_id, post.id) < (crate_posts.crate_id, v_before)
        and post.crate_id is not null
      order by post.crate_id desc, post.id desc
      limit v_batch_size
    );
    return query
    select row.*
    from private.feed_rows(v_list, v_batch, v_size - v_found, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids) as row;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
    -- What is filtered away in quantity is passed in longer strides.
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

-- Security definer: as global_feed.
create or replace function private.post(post_id uuid)
returns public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
declare
  v_reader private.reader;
  v_row public.feed_row;
begin
  if not private.can_see_post(post.post_id) then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end if;
  select reader.* into v_reader from private.reader as reader;
  select found.* into v_row
  from private.feed_rows(
    'post', array[(post.post_id, null, post.post_id)::private.feed_ref], 1, v_reader.id, v_reader.blocked_ids, v_reader.muted_ids,
    is_checked => true
  ) as found;
  return v_row;
end;
$$;
