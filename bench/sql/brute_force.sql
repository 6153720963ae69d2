-- The home feed of $1 as one plain query, straight from posts, reposts, follows, blocks, mutes, hidden profiles and bans: nothing
-- that triggers derive, no cursor, no limit. What home_feed gives page by page must be this.
with sources as (
  select $1::uuid as id
  union
  select followee_id from public.follows where follower_id = $1
),
entries as (
  select author_id as actor_id, id, id as post_id from public.posts
  union all
  select user_id, id, post_id from public.reposts
),
unwanted as (
  select muted_id as id from public.mutes where muter_id = $1
  union all
  select profile_id from private.hidden_profiles where profile_id <> $1
  union all
  select user_id from public.sanctions
  where kind = 'ban' and room_id is null and lifted_at is null and (until is null or until > now()) and user_id <> $1
  union all
  select blocked_id from public.blocks where blocker_id = $1
  union all
  select blocker_id from public.blocks where blocked_id = $1
),
shown as (
  select entry.id, entry.actor_id, entry.post_id
  from entries as entry
  join public.posts as post on post.id = entry.post_id
  join public.profiles as author on author.id = post.author_id
  where entry.actor_id in (select id from sources)
    and entry.actor_id not in (select id from unwanted)
    and post.author_id not in (select id from unwanted)
    and post.deleted_at is null
    and (
      post.author_id = $1
      or (post.visibility = 'public' and not author.is_private)
      or (
        post.visibility in ('public', 'followers', 'mutuals')
        and exists (select from public.follows where follower_id = $1 and followee_id = post.author_id)
        and (
          post.visibility <> 'mutuals'
          or exists (select from public.follows where follower_id = post.author_id and followee_id = $1)
        )
      )
    )
),
once as (
  select distinct on (post_id) id, actor_id, post_id
  from shown
  order by post_id, id
)
select once.post_id, case when once.id <> once.post_id then once.actor_id end as reposted_by
from once
order by once.id desc
