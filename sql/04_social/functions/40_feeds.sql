-- Security definer: the one place that turns references into rows of a feed; it checks the reader on these rows itself, as the policies
-- on posts would cost several times the page (shared reasons: docs/decisions).
create or replace function private.feed_rows(list text, refs private.feed_ref[])
returns setof public.feed_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
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
      'is_verified', coalesce(artist.is_verified, false)
    ),
    post.like_count,
    post.comment_count,
    post.repost_count,
    exists (
      select from public.likes as favour
      where favour.user_id = v_user_id and favour.target_kind = 'post' and favour.target_id = post.id
    ),
    exists (select from public.reposts as repost where repost.user_id = v_user_id and repost.post_id = post.id),
    case
      when ref.actor_id is null then
        case when post.author_id = v_user_id then 'own' else 'public' end
      when ref.actor_id <> post.author_id then 'repost'
      when post.author_id = v_user_id then 'own'
      else 'following'
    end,
    case when ref.actor_id <> post.author_id then (
      select jsonb_build_object('id', actor.id, 'username', actor.username, 'display_name', actor.display_name)
      from public.profiles as actor
      where actor.id = ref.actor_id
    ) end,
    case when post.repost_count > 0 then private.count_followed_reposters(post.id, post.repost_count) else 0 end,
    post.created_at,
    post.edited_at,
    private.encode_cursor(feed_rows.list, ref.entry_id::text)
  from unnest(feed_rows.refs) with ordinality as ref (entry_id, actor_id, post_id, place)
  join public.posts as post on post.id = ref.post_id
  join public.profiles as author on author.id = post.author_id
  left join public.artist_profiles as artist on artist.profile_id = author.id
  order by ref.place;
end;
$$;
comment on function private.feed_rows(text, private.feed_ref[]) is
$$Rows of a feed for posts that were already found visible, in the order given

actor_id of a reference: the author, a reposter, or null in lists that nobody's doing brought.$$;

-- Security definer: counts over follows of the caller and reposts of others.
create or replace function private.count_followed_reposters(post_id uuid, repost_count int)
returns int
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
begin
  if v_user_id is null then
    return 0;
  end if;
  -- From the shorter side: a post that the whole community reposts costs no more than the reader's own follows.
  if count_followed_reposters.repost_count <= coalesce(
    (select profile.following_count from public.profiles as profile where profile.id = v_user_id), 0
  ) then
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
    select count(*)
    from public.follows as follow
    where follow.follower_id = v_user_id
      and exists (
        select from public.reposts as repost
        where repost.user_id = follow.followee_id and repost.post_id = count_followed_reposters.post_id offset 0
      )
  );
end;
$$;

-- Security definer: looks over follows, mutes and reposts that are not the caller's to read.
create or replace function private.has_earlier_entry(entry_id uuid, actor_id uuid, post_id uuid)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_author_id uuid;
  v_repost_count int;
begin
  select post.author_id, post.repost_count into v_author_id, v_repost_count
  from public.posts as post
  where post.id = has_earlier_entry.post_id;

  -- The post itself is always earlier than a repost of it.
  if v_author_id = v_user_id or exists (
    select from public.follows as follow where follow.follower_id = v_user_id and follow.followee_id = v_author_id
  ) then
    return true;
  end if;

  -- From the shorter side, as count_followed_reposters.
  if v_repost_count <= (select profile.following_count from public.profiles as profile where profile.id = v_user_id) then
    return exists (
      select
      from public.reposts as repost
      where repost.post_id = has_earlier_entry.post_id
        and repost.id < has_earlier_entry.entry_id
        and (
          repost.user_id = v_user_id
          or exists (
            select from public.follows as follow
            where follow.follower_id = v_user_id and follow.followee_id = repost.user_id offset 0
          )
        )
        and private.is_listed(repost.user_id)
    );
  end if;
  return exists (
    select
    from (
      select follow.followee_id as actor_id from public.follows as follow where follow.follower_id = v_user_id
      union all
      select v_user_id
    ) as source
    where exists (
        select from public.reposts as repost
        where repost.user_id = source.actor_id
          and repost.post_id = has_earlier_entry.post_id
          and repost.id < has_earlier_entry.entry_id
        offset 0
      )
      and private.is_listed(source.actor_id)
  );
end;
$$;
comment on function private.has_earlier_entry(uuid, uuid, uuid) is
$$Whether the reader's home feed shows this post further down already

Each post stands once, at the earliest entry by somebody the reader follows (or themself) and has not muted: what is new above a page
never moves what is below it, so no page is wrong.$$;

-- Security definer: which of the references a reader may and wants to see, over tables that are not theirs to read.
create or replace function private.keep_listed(refs private.feed_ref[], own_page_of uuid default null)
returns private.feed_ref[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg((ref.entry_id, ref.actor_id, ref.post_id)::private.feed_ref order by ref.place), '{}')
  from unnest(keep_listed.refs) with ordinality as ref (entry_id, actor_id, post_id, place)
  join public.posts as post on post.id = ref.post_id
  where ref.post_id in (
      select visible from private.visible_post_ids(array(select each.post_id from unnest(keep_listed.refs) as each)) as visible
    )
    and (
      post.author_id is not distinct from keep_listed.own_page_of
      or not exists (
        select from public.mutes as mute where mute.muter_id = (select auth.uid()) and mute.muted_id = post.author_id
      )
    )
$$;
comment on function private.keep_listed(private.feed_ref[], uuid) is
$$The references whose posts the reader may see and whose authors they have not muted, in order

own_page_of: on somebody's own page a mute of them does not count.$$;

-- Security definer: a list of mixed audience that checks its reader itself.
--
-- Candidates are found obliviously of what they hold, newest first, and filtered after: a batch that is filtered away is followed by the
-- next one, so the page is right whatever the filter takes. Page 1: only the actors with the newest clocks can contribute. Later pages: the
-- newest entry below the cursor of each. A reader who follows many walks the newest of the whole stream instead, a bounded stretch of it.
create or replace function private.home_candidates(before uuid, size int, walk_from int, walk_limit int)
returns private.feed_ref[]
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := auth.uid();
  v_top constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_following int;
  v_has_mutes boolean;
  v_refs private.feed_ref[];
begin
  select profile.following_count into v_following from public.profiles as profile where profile.id = v_user_id;
  v_has_mutes := exists (select from public.mutes as mute where mute.muter_id = v_user_id);

  if v_following > home_candidates.walk_from then
    v_refs := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        select stream.id, stream.actor_id, stream.post_id, stream.audience
        from private.feed_entries as stream
        where stream.id < coalesce(home_candidates.before, v_top)
        order by stream.id desc
        limit home_candidates.walk_limit
      ) as entry
      where (
          entry.actor_id = v_user_id
          or (
            entry.audience <> 'private'
            -- offset 0 keeps this a probe of one index entry, never a hash of all follows.
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

  if home_candidates.before is null then
    return array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from (
        (
          select clock.actor_id
          from public.follows as follow
          join private.activity_clocks as clock on clock.actor_id = follow.followee_id
          where follow.follower_id = v_user_id
            and (not v_has_mutes or not exists (
              select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id
            ))
          order by clock.newest_entry_id desc
          limit home_candidates.size
        )
        union all
        select v_user_id
      ) as head
      cross join lateral (
        select stream.id, stream.actor_id, stream.post_id
        from private.feed_entries as stream
        where stream.actor_id = head.actor_id
          and (stream.audience <> 'private' or stream.actor_id = v_user_id)
        order by stream.id desc
        limit home_candidates.size
      ) as entry
      order by entry.id desc
      limit home_candidates.size
    );
  end if;

  return array(
    select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
    from (
      (
        select follow.followee_id as actor_id
        from public.follows as follow
        cross join lateral (
          select stream.id
          from private.feed_entries as stream
          where stream.actor_id = follow.followee_id
            and stream.audience <> 'private'
            and stream.id < home_candidates.before
          order by stream.id desc
          limit 1
        ) as newest
        where follow.follower_id = v_user_id
          and (not v_has_mutes or not exists (
            select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id
          ))
        order by newest.id desc
        limit home_candidates.size
      )
      union all
      select v_user_id
    ) as head
    cross join lateral (
      select stream.id, stream.actor_id, stream.post_id
      from private.feed_entries as stream
      where stream.actor_id = head.actor_id
        and (stream.audience <> 'private' or stream.actor_id = v_user_id)
        and stream.id < home_candidates.before
      order by stream.id desc
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
  v_before uuid := private.decode_cursor('home_feed', home_feed.after)::uuid;
  v_walk_from int := private.setting('feed_walk_from_follows');
  v_walk_limit int := private.setting('feed_walk_entries');
  v_batch private.feed_ref[];
  v_page private.feed_ref[] := '{}';
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;

  loop
    v_batch := private.home_candidates(v_before, v_batch_size, v_walk_from, v_walk_limit);
    v_page := v_page || array(
      select (ref.entry_id, ref.actor_id, ref.post_id)::private.feed_ref
      from unnest(private.keep_listed(v_batch)) with ordinality as ref (entry_id, actor_id, post_id, place)
      where ref.entry_id = ref.post_id or not private.has_earlier_entry(ref.entry_id, ref.actor_id, ref.post_id)
      order by ref.place
    );
    exit when cardinality(v_page) >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
  end loop;

  return query select page.* from private.feed_rows('home_feed', v_page[1:v_size]) as page;
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
  v_before uuid := coalesce(private.decode_cursor('global_feed', global_feed.after)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_batch private.feed_ref[];
  v_page private.feed_ref[] := '{}';
begin
  loop
    v_batch := array(
      select (post.id, null, post.id)::private.feed_ref
      from public.posts as post
      where post.audience = 'public' and post.deleted_at is null and post.id < v_before
      order by post.id desc
      limit v_batch_size
    );
    v_page := v_page || private.keep_listed(v_batch);
    exit when cardinality(v_page) >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
  end loop;

  return query select page.* from private.feed_rows('global_feed', v_page[1:v_size]) as page;
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
  v_page private.feed_ref[] := '{}';
begin
  if v_tag is null or v_tag !~ '^[[:alnum:]_]{1,50}$' then
    perform private.raise_error(422, 'tag_invalid', 'A tag has 1 to 50 letters, digits or _.');
  end if;
  v_before := coalesce(private.decode_cursor(v_list, tag_feed.after)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');

  loop
    v_batch := array(
      select (tagged.post_id, null, tagged.post_id)::private.feed_ref
      from private.post_tags as tagged
      where tagged.tag = v_tag and tagged.post_id < v_before
      order by tagged.post_id desc
      limit v_batch_size
    );
    v_page := v_page || private.keep_listed(v_batch);
    exit when cardinality(v_page) >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
  end loop;

  return query select page.* from private.feed_rows(v_list, v_page[1:v_size]) as page;
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
  v_before uuid := coalesce(private.decode_cursor(v_list, profile_feed.after)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_batch private.feed_ref[];
  v_page private.feed_ref[] := '{}';
begin
  loop
    v_batch := array(
      select (entry.id, entry.actor_id, entry.post_id)::private.feed_ref
      from private.feed_entries as entry
      where entry.actor_id = v_profile.id and entry.id < v_before
      order by entry.id desc
      limit v_batch_size
    );
    v_page := v_page || array(
      select (ref.entry_id, ref.actor_id, ref.post_id)::private.feed_ref
      from unnest(private.keep_listed(v_batch, v_profile.id)) with ordinality as ref (entry_id, actor_id, post_id, place)
      join public.posts as post on post.id = ref.post_id
      -- Whoever reposts themself is shown once, by the post.
      where ref.entry_id = ref.post_id or post.author_id <> v_profile.id
      order by ref.place
    );
    exit when cardinality(v_page) >= v_size or cardinality(v_batch) < v_batch_size;
    v_before := v_batch[v_batch_size].entry_id;
  end loop;

  return query select page.* from private.feed_rows(v_list, v_page[1:v_size]) as page;
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
  select found.* into v_row from private.feed_rows('post', array[(post.post_id, null, post.post_id)::private.feed_ref]) as found;
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
  v_place jsonb := private.decode_cursor(v_list, my_likes.after)::jsonb;
  v_at timestamptz := coalesce((v_place ->> 0)::timestamptz, 'infinity');
  v_id uuid := coalesce((v_place ->> 1)::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  v_times timestamptz[];
  v_ids uuid[];
  v_page private.feed_ref[] := '{}';
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
    v_page := v_page || private.keep_listed(array(
      select (batch.target_id, null, batch.target_id)::private.feed_ref
      from unnest(v_ids) with ordinality as batch (target_id, place)
      order by batch.place
    ));
    exit when cardinality(v_page) >= v_size or coalesce(cardinality(v_ids), 0) < v_size + 4;
    v_at := v_times[v_size + 4];
    v_id := v_ids[v_size + 4];
  end loop;

  return query
  select my_likes.kind, page.id, favour.created_at, to_jsonb(page) - 'cursor',
    private.encode_cursor(v_list, jsonb_build_array(favour.created_at, page.id)::text)
  from private.feed_rows(v_list, v_page[1:v_size]) as page
  join public.likes as favour
    on favour.user_id = v_user_id and favour.target_kind = my_likes.kind and favour.target_id = page.id
  order by favour.created_at desc, page.id desc;
end;
$$;
