create or replace view private.kept_from_feeds with (security_invoker = true) as
select hidden.profile_id
from private.hidden_profiles as hidden
union all
select sanction.user_id
from private.sanctions_in_force as sanction
where sanction.kind = 'ban' and sanction.room_id is null;
comment on view private.kept_from_feeds is
'Who is in no feed and on no leaderboard at present: hidden profiles, and who is banned everywhere. Both are few; of a row of a feed its card knows it';

-- The filter names the few to look up. In this form, without search_path, it becomes part of the query that asks.
create or replace function private.near_reposts(reader_id uuid, follow_filter bit, post_id uuid)
returns table (id uuid, user_id uuid)
language sql
stable
security invoker
begin atomic
  select repost.id, repost.user_id
  from public.reposts as repost
  where repost.post_id = near_reposts.post_id
    and get_bit(near_reposts.follow_filter, private.follow_bit(repost.user_id)) = 1
    and (
      repost.user_id = near_reposts.reader_id
      or exists (
        select from public.follows as follow
        where follow.follower_id = near_reposts.reader_id and follow.followee_id = repost.user_id offset 0
      )
    );
end;
comment on function private.near_reposts(uuid, bit, uuid) is
'Reposts of a post by its reader and those they follow, who are all in the filter: reads all reposts of the post. For definer functions';

create or replace function private.follows_fewer(reader_id uuid, than int)
returns boolean
language sql
stable
security invoker
begin atomic
  select exists (
    select from public.profiles as profile where profile.id = follows_fewer.reader_id and profile.following_count < follows_fewer.than
  );
end;
comment on function private.follows_fewer(uuid, int) is 'Whether somebody follows fewer people than this; for definer functions';

-- Security definer: looks over follows and reposts that are not the caller's to read.
--
-- From the shorter side: those one follows, each a probe of the reposts, or the reposts.
create or replace function private.count_followed_reposters(reader_id uuid, follow_filter bit, post_id uuid, repost_count int)
returns int
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
begin
  if private.follows_fewer(count_followed_reposters.reader_id, count_followed_reposters.repost_count) then
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
      where follow.follower_id = count_followed_reposters.reader_id
    );
  end if;
  return (
    select count(*)
    from private.near_reposts(
      count_followed_reposters.reader_id, count_followed_reposters.follow_filter, count_followed_reposters.post_id
    ) as repost
    where repost.user_id <> count_followed_reposters.reader_id
  );
end;
$$;

-- Security definer: as count_followed_reposters.
create or replace function private.has_earlier_repost(
  reader_id uuid, muted_ids uuid[], follow_filter bit, entry_id uuid, post_id uuid, repost_count int
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
set jit = off
as $$
begin
  if private.follows_fewer(has_earlier_repost.reader_id, has_earlier_repost.repost_count) then
    return exists (
      select
      from (
        select has_earlier_repost.reader_id as profile_id
        union all
        select follow.followee_id
        from public.follows as follow
        where follow.follower_id = has_earlier_repost.reader_id
          and follow.followee_id <> all (has_earlier_repost.muted_ids)
          and not exists (select from private.kept_from_feeds as kept where kept.profile_id = follow.followee_id offset 0)
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
    from private.near_reposts(has_earlier_repost.reader_id, has_earlier_repost.follow_filter, has_earlier_repost.post_id) as repost
    where repost.id < has_earlier_repost.entry_id
      and repost.user_id <> all (has_earlier_repost.muted_ids)
      and (
        repost.user_id = has_earlier_repost.reader_id
        or not exists (select from private.kept_from_feeds as kept where kept.profile_id = repost.user_id offset 0)
      )
  );
end;
$$;
comment on function private.has_earlier_repost(uuid, uuid[], bit, uuid, uuid, int) is
'Whether the reader, or somebody they follow, have not muted and who is not kept from feeds, has reposted a post before this entry';

-- The one place that turns what a feed found into rows. It asks for each row whether its reader may see it, as the policies on posts would cost
-- several times the page: for definer functions alone.
--
-- One statement of SQL, so that it becomes part of the query of the feed that asks, as a view would: each call between it and the client
-- costs as much as several rows, for all rows are copied. Each table it names costs as much as a row, asked or not, and so the feed finds its
-- reader before. What it needs of the feed are the settings beside search_path: a generic plan saves planning that takes longer than
-- the page, and random_page_cost says that indexes are in memory. offset 0 keeps a subquery a probe of one index entry (the planner may
-- else hash all follows or likes of the reader).
--
-- The rows come as the references do, without a sort, so that whatever stands after the last row of the page is never read: each thing joined
-- is lateral and ends at a limit, which can only be done reference by reference.
create or replace function private.feed_rows(
  list text,
  refs private.feed_ref[],
  size int,
  reader_id uuid,
  blocked_ids uuid[],
  muted_ids uuid[],
  follow_filter bit default null,
  own_page_of uuid default null,
  is_checked boolean default false
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
      where favour.user_id = feed_rows.reader_id and favour.target_kind = 'post' and favour.target_id = post.id offset 0
    ),
    post.repost_count > 0 and exists (
      select from public.reposts as mine
      where mine.user_id = feed_rows.reader_id and mine.post_id = post.id offset 0
    ),
    case
      when post.actor_id is null then
        case when post.author_id = feed_rows.reader_id then 'own' else 'public' end
      when post.actor_id <> post.author_id then 'repost'
      when post.author_id = feed_rows.reader_id then 'own'
      when feed_rows.own_page_of is not null and not private.is_followed_by_me(post.author_id) then 'public'
      else 'following'
    end,
    post.reposter_card - '{avatar_path,is_verified}'::text[],
    case
      when post.actor_id is null or post.actor_id = post.author_id then 0
      when post.repost_count = 1 and feed_rows.own_page_of is null then (post.actor_id <> feed_rows.reader_id)::int
      when post.repost_count <= 200 then (
        select count(*)
        from private.near_reposts(feed_rows.reader_id, feed_rows.follow_filter, post.id) as repost
        where repost.user_id <> feed_rows.reader_id
      )::int
      else private.count_followed_reposters(feed_rows.reader_id, feed_rows.follow_filter, post.id, post.repost_count)
    end,
    post.created_at,
    post.edited_at,
    private.encode_cursor(feed_rows.list, post.entry_id::text)
  from (
    select post.*, ref.entry_id, ref.actor_id, reposter.card as reposter_card
    from unnest(feed_rows.refs) as ref
    cross join lateral (
      select found.* from private.posts_for(feed_rows.reader_id, feed_rows.blocked_ids) as found where found.id = ref.post_id limit 1
    ) as post
    left join lateral (
      select person.is_hidden or coalesce(person.banned_until > now(), false) as is_kept_away, person.card
      from private.person_cards as person
      where person.profile_id = nullif(ref.actor_id, post.author_id)
      limit 1
    ) as reposter on true
    where feed_rows.is_checked
      or (
        post.is_visible
        -- One's own, and those of the one whose page it is, stand in any case.
        and (
          post.author_id in (feed_rows.reader_id, feed_rows.own_page_of)
          or (post.author_id <> all (feed_rows.muted_ids) and not post.is_author_banned)
        )
        and (
          ref.entry_id = ref.post_id
          or (
            -- Who is hidden or banned brings nothing that they have reposted.
            (not reposter.is_kept_away or ref.actor_id in (feed_rows.reader_id, feed_rows.own_page_of))
            -- Whoever reposts themself is shown once, by the post.
            and post.author_id <> coalesce(feed_rows.own_page_of, feed_rows.reader_id)
            and (
              feed_rows.own_page_of is not null
              or get_bit(feed_rows.follow_filter, private.follow_bit(post.author_id)) = 0
              or not exists (
                select from public.follows as follow
                where follow.follower_id = feed_rows.reader_id and follow.followee_id = post.author_id offset 0
              )
            )
          )
        )
      )
    offset 0
  ) as post
  -- In the home feed each post stands once, at its earliest entry: what is new above a page never moves what is below it, so no page is
  -- wrong. The post itself is always earlier than a repost of it, and a lone repost is that of the entry.
  where feed_rows.is_checked
    or feed_rows.own_page_of is not null
    or post.entry_id = post.id
    or post.repost_count = 1
    or not case
      when post.repost_count <= 200 then exists (
        select
        from private.near_reposts(feed_rows.reader_id, feed_rows.follow_filter, post.id) as repost
        where repost.id < post.entry_id
          and repost.user_id <> all (feed_rows.muted_ids)
          and (
            repost.user_id = feed_rows.reader_id
            or not exists (select from private.kept_from_feeds as kept where kept.profile_id = repost.user_id offset 0)
          )
        offset 0
      )
      else private.has_earlier_repost(
        feed_rows.reader_id, feed_rows.muted_ids, feed_rows.follow_filter, post.entry_id, post.id, post.repost_count
      )
    end
  limit feed_rows.size;
end;
comment on function private.feed_rows(text, private.feed_ref[], int, uuid, uuid[], uuid[], bit, uuid, boolean) is
$$The first size rows of a feed that its reader may and wants to see, in the order of the references

entry_id: the post's own id, or that of a repost; actor_id: the author, the reposter, or null in lists that nobody's doing brought.
reader_id, blocked_ids, muted_ids: a row of private.reader. follow_filter: my_follow_filter, with the reader in it, of lists with reposts.
own_page_of: whose profile the list is of: neither a mute nor a ban of them counts there. is_checked: the caller has decided that all may be seen.$$;
