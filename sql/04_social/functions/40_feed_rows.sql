create or replace function private.follows_fewer(than int)
returns boolean
language sql
stable
security invoker
begin atomic
  select exists (
    select from public.profiles as profile where profile.id = (select auth.uid()) and profile.following_count < follows_fewer.than
  );
end;
comment on function private.follows_fewer(int) is 'Whether the caller follows fewer people than this; for definer functions';

-- Security definer: counts over follows of the caller and reposts of others.
--
-- From the shorter side: those one follows, each a probe of the reposts, or the reposts, of which the filter names those to look up.
create or replace function private.count_followed_reposters(post_id uuid, repost_count int)
returns int
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
begin
  if v_user_id is null then
    return 0;
  end if;
  if private.follows_fewer(count_followed_reposters.repost_count) then
    return (
      select count(*)
      from public.follows as follow
      -- A range of the key: of equality, the planner may think that a post has few reposts, and read them all each time.
      cross join lateral (
        select
        from public.reposts as each
        where (each.user_id, each.post_id) >= (follow.followee_id, count_followed_reposters.post_id)
          and (each.user_id, each.post_id) <= (follow.followee_id, count_followed_reposters.post_id)
        order by each.user_id, each.post_id
        limit 1
      ) as repost
      where follow.follower_id = v_user_id
    );
  end if;
  return (
    select count(*)
    from public.reposts as repost
    where repost.post_id = count_followed_reposters.post_id
      and get_bit((select private.my_follow_filter()), private.follow_bit(repost.user_id)) = 1
      and exists (
        select from public.follows as follow
        where follow.follower_id = v_user_id and follow.followee_id = repost.user_id offset 0
      )
  );
end;
$$;

-- Security definer: looks over follows, mutes and reposts that are not the caller's to read. From the shorter side, as above.
create or replace function private.has_earlier_repost(entry_id uuid, post_id uuid, repost_count int)
returns boolean
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
begin
  if private.follows_fewer(has_earlier_repost.repost_count) then
    return exists (
      select
      from (
        select v_user_id as profile_id
        union all
        select follow.followee_id
        from public.follows as follow
        where follow.follower_id = v_user_id
          and not exists (select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = follow.followee_id offset 0)
          and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = follow.followee_id offset 0)
      ) as near
      cross join lateral (
        select each.id
        from public.reposts as each
        where (each.user_id, each.post_id) >= (near.profile_id, has_earlier_repost.post_id)
          and (each.user_id, each.post_id) <= (near.profile_id, has_earlier_repost.post_id)
        order by each.user_id, each.post_id
        limit 1
      ) as repost
      where repost.id < has_earlier_repost.entry_id
    );
  end if;
  return exists (
    select
    from public.reposts as repost
    where repost.post_id = has_earlier_repost.post_id
      and repost.id < has_earlier_repost.entry_id
      and (
        repost.user_id = v_user_id
        or (
          exists (
            select from public.follows as follow
            where follow.follower_id = v_user_id and follow.followee_id = repost.user_id offset 0
          )
          and not exists (select from public.mutes as mute where mute.muter_id = v_user_id and mute.muted_id = repost.user_id offset 0)
          and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0)
        )
      )
  );
end;
$$;
comment on function private.has_earlier_repost(uuid, uuid, int) is
'Whether the reader, or somebody they follow, have not muted and may see, has reposted a post before this entry';

-- The one place that turns what a feed found into rows. It asks for each row whether its reader may see it, as the policies on posts would cost
-- several times the page: for definer functions alone.
--
-- One statement of SQL, so that it becomes part of the query of the feed that asks, as a view would: each call between it and the client
-- costs as much as several rows, for all rows are copied. What it needs of the feed are the two settings beside search_path: a generic
-- plan saves planning that takes longer than the page, and random_page_cost says that indexes are in memory. offset 0 keeps a subquery
-- a probe of one index entry (the planner may else hash all follows or likes of the reader).
create or replace function private.feed_rows(
  list text, refs private.feed_ref[], size int, own_page_of uuid default null, is_checked boolean default false
)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    post.id,
    post.kind,
    post.body,
    post.media_paths,
    case when post.track_id is not null then private.track_card(post.track_id) end,
    case when post.crate_id is not null then private.crate_card(post.crate_id) end,
    post.visibility,
    post.author_card,
    post.like_count,
    post.comment_count,
    post.repost_count,
    post.like_count > 0 and exists (
      select from public.likes as favour
      where favour.user_id = post.reader_id and favour.target_kind = 'post' and favour.target_id = post.id offset 0
    ),
    case
      when post.repost_count <= 20 then (seen.facts).has_mine
      else exists (
        select from public.reposts as repost
        where repost.user_id = post.reader_id and repost.post_id = post.id offset 0
      )
    end,
    case
      when post.actor_id is null then
        case when post.author_id = post.reader_id then 'own' else 'public' end
      when post.actor_id <> post.author_id then 'repost'
      when post.author_id = post.reader_id then 'own'
      when feed_rows.own_page_of is not null and not private.is_followed_by_me(post.author_id) then 'public'
      else 'following'
    end,
    post.reposter_card - '{avatar_path,is_verified}'::text[],
    case
      when post.repost_count <= 20 then (seen.facts).by_followees
      else private.count_followed_reposters(post.id, post.repost_count)
    end,
    post.created_at,
    post.edited_at,
    private.encode_cursor(feed_rows.list, post.entry_id::text)
  from (
    select post.*, ref.entry_id, ref.actor_id, ref.place, reposter.card as reposter_card
    from unnest(feed_rows.refs) with ordinality as ref (entry_id, actor_id, post_id, place)
    join private.reader_posts as post on post.id = ref.post_id
    left join private.person_cards as reposter on reposter.profile_id = nullif(ref.actor_id, post.author_id)
    where feed_rows.is_checked
      or (
        post.is_visible
        and (
          post.author_id is not distinct from feed_rows.own_page_of
          or post.author_id <> all (post.muted_ids)
        )
        and (
          ref.entry_id = ref.post_id
          or (
            -- A hidden profile brings nothing that it has reposted.
            (not reposter.is_hidden or ref.actor_id in (post.reader_id, feed_rows.own_page_of))
            -- Whoever reposts themself is shown once, by the post.
            and post.author_id <> coalesce(feed_rows.own_page_of, post.reader_id)
            and (
              feed_rows.own_page_of is not null
              or not exists (
                select from public.follows as follow
                where follow.follower_id = post.reader_id and follow.followee_id = post.author_id offset 0
              )
            )
          )
        )
      )
    order by ref.place
    offset 0
  ) as post
  -- Few reposts are read once for all that is asked of them; of many, each question has a function that takes the shorter side.
  cross join lateral (
    select case
      when post.repost_count = 0 then (false, 0, null)::private.repost_facts
      when post.repost_count <= 20 then (
        select (
          coalesce(bool_or(repost.user_id = post.reader_id), false),
          (count(*) filter (where repost.is_by_followee))::int,
          array_agg(repost.user_id) filter (
            where repost.id < post.entry_id
              and (repost.user_id = post.reader_id or (repost.is_by_followee and repost.user_id <> all (post.muted_ids)))
          )
        )::private.repost_facts
        from (
          select
            each.id,
            each.user_id,
            exists (
              select from public.follows as follow
              where follow.follower_id = post.reader_id and follow.followee_id = each.user_id offset 0
            ) as is_by_followee
          from public.reposts as each
          where each.post_id = post.id
          offset 0
        ) as repost
      )
    end as facts
    offset 0
  ) as seen
  -- In the home feed each post stands once, at its earliest entry: what is new above a page never moves what is below it, so no page is
  -- wrong. The post itself is always earlier than a repost of it.
  where feed_rows.is_checked
    or feed_rows.own_page_of is not null
    or post.entry_id = post.id
    or not case
      when post.repost_count <= 20 then exists (
        select
        from unnest((seen.facts).earlier_ids) as reposter (id)
        where reposter.id = post.reader_id
          or not exists (select from private.hidden_profiles as hidden where hidden.profile_id = reposter.id offset 0)
      )
      else private.has_earlier_repost(post.entry_id, post.id, post.repost_count)
    end
  order by post.place
  limit feed_rows.size;
end;
comment on function private.feed_rows(text, private.feed_ref[], int, uuid, boolean) is
$$The first size rows of a feed that its reader may and wants to see, in the order of the references

entry_id: the post's own id, or that of a repost; actor_id: the author, the reposter, or null in lists that nobody's doing brought.
own_page_of: whose profile the list is of: a mute of them does not count there. is_checked: the caller has decided that all may be seen.$$;
