-- posts: who posts is as unequal as who is followed, and the same people lead both
create unlogged table bench.posts as
select
  post.n, bench.uuid_at(post.at, post.n, 'post') as id, author.id as author_id, post.at,
  case
    when post.audience < 0.90 then 'public'
    when post.audience < 0.97 then 'followers'
    when post.audience < 0.99 then 'mutuals'
    else 'private'
  end as visibility,
  author.is_private,
  bench.chance(post.n, 'deleted') < 0.01 as is_deleted,
  case when bench.chance(post.n, 'tagged') < 0.3 then 'tag' || floor(200 * bench.chance(post.n, 'tag') ^ 2)::int end as tag
from (
  select
    n,
    timestamptz '2025-01-01' + (n - 1 + bench.chance(n, 'at')) / current_setting('bench.posts')::int * interval '365 days' as at,
    1 + floor(current_setting('bench.people')::int * bench.chance(n, 'author') ^ 2.25)::int as author_n,
    bench.chance(n, 'audience') as audience
  from generate_series(1, current_setting('bench.posts')::int) as n
) as post
join bench.people as author on author.n = post.author_n;
alter table bench.posts add column audience text
  generated always as (case when visibility = 'public' and is_private then 'followers' else visibility end) stored;
alter table bench.posts add primary key (n);
analyze bench.posts;

-- reposts: mostly of anything, one in five of one post in a thousand, hours to days after it
insert into public.reposts (user_id, post_id, id, created_at)
select distinct on (person.id, post.id)
  person.id, post.id, bench.uuid_at(post.at + later.after, later.k, 'repost'), post.at + later.after
from (
  select
    k,
    interval '30 seconds' + -ln(1 - bench.chance(k, 'repost after')) * interval '2 days' as after,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'reposter') ^ 2.25)::int as person_n,
    case
      when bench.chance(k, 'repost hot') < 0.2
        then 1 + floor(current_setting('bench.posts')::int / 1000 * bench.chance(k, 'repost what'))::int * 1000
      else 1 + floor(current_setting('bench.posts')::int * bench.chance(k, 'repost what'))::int
    end as post_n
  from generate_series(1, current_setting('bench.reposts')::int) as k
) as later
join bench.posts as post on post.n = later.post_n
join bench.people as person on person.n = later.person_n
where post.audience = 'public' and not post.is_deleted and post.at + later.after < timestamptz '2026-01-01'
order by person.id, post.id, later.k;

-- likes
insert into public.likes (user_id, target_kind, target_id, created_at)
select distinct on (person.id, post.id)
  person.id, 'post', post.id, least(post.at + -ln(1 - bench.chance(favour.k, 'like after')) * interval '1 day', timestamptz '2026-01-01')
from (
  select
    k,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'liker') ^ 1.5)::int as person_n,
    case
      when bench.chance(k, 'like hot') < 0.2
        then 1 + floor(current_setting('bench.posts')::int / 1000 * bench.chance(k, 'like what'))::int * 1000
      else 1 + floor(current_setting('bench.posts')::int * bench.chance(k, 'like what'))::int
    end as post_n
  from generate_series(1, current_setting('bench.likes')::int) as k
) as favour
join bench.posts as post on post.n = favour.post_n
join bench.people as person on person.n = favour.person_n
where post.audience = 'public' and not post.is_deleted
order by person.id, post.id, favour.k;

-- posts with their counts, as they would have come in: oldest first
insert into public.posts (
  id, author_id, kind, body, visibility, audience, like_count, repost_count, created_at, deleted_at
)
select
  post.id, post.author_id, 'text',
  case when not post.is_deleted then
    'Post ' || post.n || ' ' || repeat('la ', 1 + (post.n % 30)::int) || coalesce('#' || post.tag, '')
  end,
  post.visibility, post.audience, coalesce(favour.total, 0), coalesce(repost.total, 0), post.at,
  case when post.is_deleted then post.at + interval '1 hour' end
from bench.posts as post
left join (select target_id as id, count(*) as total from public.likes group by target_id) as favour on favour.id = post.id
left join (select post_id as id, count(*) as total from public.reposts group by post_id) as repost on repost.id = post.id
order by post.n;

-- what the triggers derive: tags, feed entries, clocks, counts
insert into private.post_tags (tag, post_id)
select tag, id from bench.posts where tag is not null and audience = 'public' and not is_deleted order by tag, id;
insert into private.feed_entries (actor_id, id, post_id, audience)
select entry.actor_id, entry.id, entry.post_id, entry.audience
from (
  select author_id as actor_id, id, id as post_id, audience from bench.posts where not is_deleted
  union all
  select repost.user_id, repost.id, repost.post_id, case when person.is_private then 'followers' else 'public' end
  from public.reposts as repost join bench.people as person on person.id = repost.user_id
) as entry
order by entry.id;
insert into private.activity_clocks (actor_id, newest_entry_id)
select distinct on (actor_id) actor_id, id from private.feed_entries where audience <> 'private' order by actor_id, id desc;
update public.profiles as profile
set post_count = posted.total
from (
  select author_id, count(*) as total from bench.posts where not is_deleted and visibility <> 'private' group by author_id
) as posted
where posted.author_id = profile.id;
