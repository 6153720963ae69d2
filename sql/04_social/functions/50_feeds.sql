-- Security definer: a list of mixed audience that checks its reader itself.
create or replace function private.global_feed(after text, page_size int)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_size int := private.page_size(global_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place('global_feed', global_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      where post.audience = 'public' and post.deleted_at is null and post.id < v_before
      order by post.id desc
      limit v_batch_size
    );
    return query select row.* from private.feed_rows('global_feed', v_batch, v_size - v_found) as row;
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
as $$
declare
  v_tag text := lower(ltrim(btrim(tag_feed.tag), '#'));
  v_list text := 'tag_feed:' || coalesce(v_tag, '');
  v_size int := private.page_size(tag_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid;
  v_batch private.feed_ref[];
  v_taken int;
  v_found int := 0;
begin
  if v_tag is null or v_tag !~ '^[[:alnum:]_]{1,50}$' then
    perform private.raise_error(422, 'tag_invalid', 'A tag has 1 to 50 letters, digits or _.');
  end if;
  v_before := coalesce((private.decode_place(v_list, tag_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');

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
    return query select row.* from private.feed_rows(v_list, v_batch, v_size - v_found) as row;
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
as $$
declare
  v_profile public.profiles := private.visible_profile(profile_feed.username);
  v_list text := 'profile_feed:' || v_profile.id;
  v_size int := private.page_size(profile_feed.page_size);
  v_batch_size int := v_size + 4;
  v_before uuid := coalesce((private.decode_place(v_list, profile_feed.after, '{uuid}'))[1]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
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
    return query select row.* from private.feed_rows(v_list, v_batch, v_size - v_found, own_page_of => v_profile.id) as row;
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
as $$
declare
  v_row public.feed_row;
begin
  if not private.can_see_post(post.post_id) then
    perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end if;
  select found.* into v_row
  from private.feed_rows('post', array[(post.post_id, null, post.post_id)::private.feed_ref], 1, is_checked => true) as found;
  return v_row;
end;
$$;

-- Security definer: as global_feed, over the caller's own likes.
create or replace function private.my_likes(kind text, after text, page_size int)
returns table (target_kind text, target_id uuid, liked_at timestamptz, post jsonb, cursor text)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_list text := 'my_likes:' || coalesce(my_likes.kind, '');
  v_size int := private.page_size(my_likes.page_size);
  v_place text[] := private.decode_place(v_list, my_likes.after, '{timestamptz,uuid}');
  v_at timestamptz := coalesce(v_place[1]::timestamptz, 'infinity');
  v_id uuid := coalesce(v_place[2]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_times timestamptz[];
  v_ids uuid[];
  v_taken int;
  v_found int := 0;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  if my_likes.kind is null or my_likes.kind not in ('post') then
    perform private.raise_error(422, 'target_kind_unknown', 'This kind of thing cannot be liked.');
  end if;

  loop
    select array_agg(batch.created_at), array_agg(batch.target_id) into v_times, v_ids
    from (
      select favour.created_at, favour.target_id
      from public.likes as favour
      where favour.user_id = v_user_id
        and favour.target_kind = my_likes.kind
        and (favour.created_at, favour.target_id) < (v_at, v_id)
      order by favour.created_at desc, favour.target_id desc
      limit v_size + 4
    ) as batch;
    return query
    select my_likes.kind, row.id, favour.created_at, to_jsonb(row) - 'cursor',
      private.encode_cursor(v_list, jsonb_build_array(favour.created_at, row.id)::text)
    from private.feed_rows(
      v_list,
      array(
        select (batch.target_id, null, batch.target_id)::private.feed_ref
        from unnest(v_ids) with ordinality as batch (target_id, place)
        order by batch.place
      ),
      v_size - v_found
    ) as row
    join public.likes as favour
      on favour.user_id = v_user_id and favour.target_kind = my_likes.kind and favour.target_id = row.id
    order by favour.created_at desc, row.id desc;
    get diagnostics v_taken = row_count;
    v_found := v_found + v_taken;
    exit when v_found >= v_size or coalesce(cardinality(v_ids), 0) < v_size + 4;
    v_at := v_times[v_size + 4];
    v_id := v_ids[v_size + 4];
  end loop;
end;
$$;
