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
      when post.repost_count <= 20 then coalesce(reposts.has_mine, false)
      else exists (
        select from public.reposts as repost where repost.user_id = post.reader_id and repost.post_id = post.id offset 0
      )
    end,
    case
      when ref.actor_id is null then
        case when post.author_id = post.reader_id then 'own' else 'public' end
      when ref.actor_id <> post.author_id then 'repost'
      when post.author_id = post.reader_id then 'own'
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
    private.encode_cursor(feed_rows.list, ref.entry_id::text)
  from unnest(feed_rows.refs) with ordinality as ref (entry_id, actor_id, post_id, place)
  join private.reader_posts as post on post.id = ref.post_id
  -- Few reposts are read once for all that is asked of them; of many, each question has a function that takes the shorter side.
  left join lateral (
    select
      bool_or(repost.user_id = post.reader_id) as has_mine,
      (count(*) filter (where repost.is_by_followee))::int as by_followees,
      bool_or(
        repost.id < ref.entry_id
        and (
          repost.user_id = post.reader_id
          or (
            repost.is_by_followee
            and repost.user_id <> all (post.muted_ids)
            and not exists (
              select from private.hidden_profiles as hidden where hidden.profile_id = repost.user_id offset 0
            )
          )
        )
      ) as has_earlier
    from (
      select each.id, each.user_id, exists (
        select from public.follows as follow
        where follow.follower_id = post.reader_id and follow.followee_id = each.user_id offset 0
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
        or post.author_id <> all (post.muted_ids)
      )
      and (
        ref.entry_id = ref.post_id
        or (
          -- A hidden profile brings nothing that it has reposted.
          (
            ref.actor_id in (post.reader_id, feed_rows.own_page_of)
            or not exists (select from private.hidden_profiles as hidden where hidden.profile_id = ref.actor_id offset 0)
          )
          and case
            -- Whoever reposts themself is shown once, by the post.
            when feed_rows.own_page_of is not null then post.author_id <> feed_rows.own_page_of
            -- In the home feed each post stands once, at its earliest entry: what is new above a page never moves what is below it, so no
            -- page is wrong. The post itself is always earlier than a repost of it.
            else post.author_id <> post.reader_id
              and not exists (
                select from public.follows as follow
                where follow.follower_id = post.reader_id and follow.followee_id = post.author_id offset 0
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
comment on function private.feed_rows(text, private.feed_ref[], int, uuid, boolean) is
$$The first size rows of a feed that its reader may and wants to see, in the order of the references

entry_id: the post's own id, or that of a repost; actor_id: the author, the reposter, or null in lists that nobody's doing brought.
own_page_of: whose profile the list is of: a mute of them does not count there. is_checked: the caller has decided that all may be seen.$$;
