-- Security definer: the one place that turns what a feed found into rows; it checks the reader on these rows itself, as the policies on
-- posts would cost several times the page. One statement, as each costs as much as several rows.
--
-- In feeds, offset 0 keeps a subquery a probe of one index entry (the planner may else hash all follows or likes of the reader), a generic
-- plan saves planning that takes longer than the page, and random_page_cost says that indexes are in memory.
create or replace function private.feed_rows(
  list text, refs private.feed_ref[], size int, own_page_of uuid default null, is_checked boolean default false
)
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_muted uuid[] := array(select mute.muted_id from public.mutes as mute where mute.muter_id = v_user_id);
  v_cursors text[] := private.encode_cursors(feed_rows.list, array(select ref.entry_id::text from unnest(feed_rows.refs) as ref));
begin
  return query
  select
    post.id,
    post.kind,
    post.body,
    post.media_paths,
    post.visibility,
    jsonb_build_object(
      'id', author.id,
      'username', author.username,
      'display_name', author.display_name,
      'avatar_path', author.avatar_path,
      'is_verified', author.kind = 'artist' and coalesce(
        (select artist.is_verified from public.artist_profiles as artist where artist.profile_id = author.id), false
      )
    ),
    post.like_count,
    post.comment_count,
    post.repost_count,
    post.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'post' and favour.target_id = post.id offset 0
    ),
    case
      when post.repost_count <= 20 then coalesce(reposts.has_mine, false)
      else exists (
        select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = post.id offset 0
      )
    end,
    case
      when ref.actor_id is null then
        case when post.author_id = v_user_id then 'own' else 'public' end
      when ref.actor_id <> post.author_id then 'repost'
      when post.author_id = v_user_id then 'own'
      when feed_rows.own_page_of is not null and not private.is_followed_by_me(post.author_id) then 'public'
      else 'following'
    end,
    case when ref.actor_id <> post.author_id then (
      select jsonb_build_object('id', actor.id, 'username', actor.username, 'display_name', actor.display_name)
      from public.profiles as actor
      where actor.id = ref.actor_id
    ) end,
    case
      when post.repost_count <= 20 then coalesce(reposts.by_followees, 0)
      else private.count_followed_reposters(post.id, post.repost_count)
    end,
    post.created_at,
    post.edited_at,
    v_cursors[ref.place]
  from unnest(feed_rows.refs) with ordinality as ref (entry_id, actor_id, post_id, place)
  join private.reader_posts as post on post.id = ref.post_id
  join public.profiles as author on author.id = post.author_id
  -- Few reposts are read once for all that is asked of them; of many, each question has a function that takes the shorter side.
  left join lateral (
    select
      bool_or(repost.user_id = v_user_id) as has_mine,
      (count(*) filter (where repost.is_by_followee))::int as by_followees,
      bool_or(
        repost.id < ref.entry_id
        and (
          repost.user_id = v_user_id
          or (
            repost.is_by_followee
            and repost.user_id <> all (v_muted)
            and not exists (
              select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0
            )
          )
        )
      ) as has_earlier
    from (
      select each.id, each.user_id, exists (
        select from public.follows as follow
        where follow.follower_id = v_user_id and follow.followee_id = each.user_id offset 0
      ) as is_by_followee
      from public.reposts as each
      where each.post_id = post.id and post.repost_count between 1 and 20
      offset 0
    ) as repost
  ) as reposts on true
  where feed_rows.is_checked
    or (
      post.is_visible
      and (
        post.author_id is not distinct from feed_rows.own_page_of
        or post.author_id <> all (v_muted)
      )
      and (
        ref.entry_id = ref.post_id
        or (
          -- A hidden profile brings nothing that it has reposted.
          (
            ref.actor_id in (v_user_id, feed_rows.own_page_of)
            or not exists (select from private.hidden_profiles as hidden where hidden.profile_id = ref.actor_id offset 0)
          )
          and case
            -- Whoever reposts themself is shown once, by the post.
            when feed_rows.own_page_of is not null then post.author_id <> feed_rows.own_page_of
            -- In the home feed each post stands once, at its earliest entry: what is new above a page never moves what is below it, so no
            -- page is wrong. The post itself is always earlier than a repost of it.
            else post.author_id <> v_user_id
              and not exists (
                select from public.follows as follow
                where follow.follower_id = v_user_id and follow.followee_id = post.author_id offset 0
              )
              and case
                when post.repost_count <= 20 then not coalesce(reposts.has_earlier, false)
                else not private.has_earlier_repost(ref.entry_id, ref.post_id, post.repost_count)
              end
          end
        )
      )
    )
  order by ref.place
  limit feed_rows.size;
end;
$$;
comment on function private.feed_rows(text, private.feed_ref[], int, uuid, boolean) is
$$The first size rows of a feed that its reader may and wants to see, in the order of the references

entry_id: the post's own id, or that of a repost; actor_id: the author, the reposter, or null in lists that nobody's doing brought.
own_page_of: whose profile the list is of: a mute of them does not count there. is_checked: the caller has decided that all may be seen.$$;

-- Security definer: counts over follows of the caller and reposts of others.
--
-- A hash of all whom the reader follows, unless they follow so many more than there are reposts that a probe for each repost is less.
create or replace function private.count_followed_reposters(post_id uuid, repost_count int)
returns int
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
  if v_user_id is null then
    return 0;
  end if;
  if private.follows_many(8 * count_followed_reposters.repost_count) then
    return (
      select count(*)
      from public.reposts as repost
      where repost.post_id = count_followed_reposters.post_id
        and exists (
          select from public.follows as follow
          where follow.follower_id = v_user_id and follow.followee_id = repost.user_id offset 0
        )
    );
  end if;
  return (
    select count(*) filter (
      where repost.user_id in (select follow.followee_id from public.follows as follow where follow.follower_id = v_user_id)
    )
    from public.reposts as repost
    where repost.post_id = count_followed_reposters.post_id
  );
end;
$$;

-- Security definer: looks over follows, mutes and reposts that are not the caller's to read.
create or replace function private.has_earlier_repost(entry_id uuid, post_id uuid, repost_count int)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_is_probed boolean := private.follows_many(8 * has_earlier_repost.repost_count);
begin
  return exists (
    select
    from public.reposts as repost
    where repost.post_id = has_earlier_repost.post_id
      and repost.id < has_earlier_repost.entry_id
      and case
        when repost.user_id = v_user_id then true
        -- As count_followed_reposters.
        when v_is_probed and not exists (
          select from public.follows as follow
          where follow.follower_id = v_user_id and follow.followee_id = repost.user_id offset 0
        ) then false
        when not v_is_probed and repost.user_id not in (
          select follow.followee_id from public.follows as follow where follow.follower_id = v_user_id
        ) then false
        else not exists (
            select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = repost.user_id offset 0
          )
          and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0)
      end
  );
end;
$$;
comment on function private.has_earlier_repost(uuid, uuid, int) is
'Whether the reader, or somebody they follow, have not muted and may see, has reposted a post before this entry';

-- Security definer: as home_feed.
create or replace function private.follows_many(more_than int)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select profile.following_count > follows_many.more_than from public.profiles as profile where profile.id = auth.uid());
end;
$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- Candidates are found obliviously of what they hold, newest first, and filtered after: a batch that is filtered away is followed by the
-- next one, so the page is right whatever the filter takes. There are three ways to the same candidates. Whoever follows many finds them soon
-- by walking the newest of the whole stream. Whoever follows very many stands in nearly every stretch of it, so that the first steps need no
-- hash of all they follow. Who follows few, or people who post seldom, is better served by a merge, whose cost grows with their number and
-- not with the stream.
create or replace function private.home_candidates(before uuid, size int)
returns private.feed_ref[]
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_user_id uuid := auth.uid();
  v_before uuid := coalesce(home_candidates.before, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_bottom constant uuid := '00000000-0000-0000-0000-000000000000';
  v_following int;
  v_has_mutes boolean;
  v_walk_from int;
  v_walk_per_follow int;
  v_refs private.feed_ref[];
  v_heads uuid[];
  v_from uuid;
begin
  select
    profile.following_count,
    exists (select from public.mutes as mute where mute.muter_id = v_user_id),
    (select setting.value from private.settings as setting where setting.name = 'feed_walk_from_follows'),
    (select setting.value from private.settings as setting where setting.name = 'feed_walk_entries_per_follow')
  into v_following, v_has_mutes, v_walk_from, v_walk_per_follow
  from public.profiles as profile
  where profile.id = v_user_id;

  if v_following >= 3000 then
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < v_before
        order by stream.id desc
        limit 400
      ) as entry
      where (
          entry.actor_id = v_user_id
          or (
            entry.audience <> 'private'
            and exists (
              select from public.follows as follow
              where follow.follower_id = v_user_id and follow.followee_id = entry.actor_id offset 0
            )
          )
        )
        and (not v_has_mutes or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = entry.actor_id
        ))
      order by entry.id desc
      limit home_candidates.size
    );
    if cardinality(v_refs) = home_candidates.size then
      return v_refs;
    end if;
  end if;

  if v_following >= v_walk_from then
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < v_before
        order by stream.id desc
        limit v_following * v_walk_per_follow
      ) as entry
      where (
          entry.actor_id = v_user_id
          or (
            entry.audience <> 'private'
            and entry.actor_id in (select follow.followee_id from public.follows as follow where follow.follower_id = v_user_id)
          )
        )
        and (not v_has_mutes or not exists (
          select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = entry.actor_id
        ))
      order by entry.id desc
      limit home_candidates.size
    );
    if cardinality(v_refs) = home_candidates.size then
      return v_refs;
    end if;
  end if;

  -- Only the actors with the newest entries below the cursor can contribute, and of these only what is not older than the last one's.
  -- One actor's entries are asked for as a range of (actor_id, id): of actor_id = x order by id, the planner may think that x is all over
  -- the stream, and walk that to its end.
  if home_candidates.before is null then
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
as $$
declare
  v_user_id uuid := auth.uid();
  v_size int := private.page_size(home_feed.page_size);
  v_batch_size int := v_size + 4;
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
    v_batch_size := least(4 * v_batch_size, 1000);
  end loop;
end;
$$;

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
