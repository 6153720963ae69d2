-- Roots of threads: eight of ten about posts, one in five of them about one post in a thousand; the others about moments of tracks, every
-- second of them of one track in a hundred.
create unlogged table bench.comments as
select
  root.k as n, 1 as depth, null::bigint as parent_n, case when post.id is not null then 'post' else 'track' end as target_kind,
  coalesce(post.id, track.id) as target_id, author.id as author_id,
  floor(track.duration_ms * bench.chance(root.k, 'comment moment'))::int as position_ms,
  least(
    coalesce(post.at, timestamptz '2025-01-01' + bench.chance(root.k, 'comment at') * interval '365 days')
      + -ln(1 - bench.chance(root.k, 'comment after')) * interval '2 days',
    timestamptz '2026-01-01'
  ) as at
from (
  select
    k,
    case
      when k % 5 = 0 then null
      when bench.chance(k, 'comment hot') < 0.2
        then 1 + floor(current_setting('bench.posts')::int / 1000 * bench.chance(k, 'comment on'))::int * 1000
      else 1 + floor(current_setting('bench.posts')::int * bench.chance(k, 'comment on'))::int
    end as post_n,
    case
      when k % 5 > 0 then null
      when bench.chance(k, 'comment hot') < 0.5
        then 1 + floor(current_setting('bench.rows')::int / 1000 * bench.chance(k, 'comment on'))::int * 100
      else 1 + floor(current_setting('bench.rows')::int / 10 * bench.chance(k, 'comment on'))::int
    end as track_n,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'commenter') ^ 1.5)::int as author_n
  from generate_series(1, current_setting('bench.rows')::int * 6 / 10) as k
) as root
left join bench.posts as post on post.n = root.post_n and post.audience = 'public' and not post.is_deleted
left join bench.tracks as track on track.n = root.track_n and track.status = 'published'
join bench.people as author on author.n = root.author_n
where coalesce(post.id, track.id) is not null;
alter table bench.comments add primary key (n);
analyze bench.comments;

-- Replies, each to one of the level above: half as many on each level as on the one above.
insert into bench.comments
select
  reply.k, 2, parent.n, parent.target_kind, parent.target_id, author.id, null, parent.at + -ln(1 - bench.chance(reply.k, 'comment after')) * interval '2 hours'
from (
  select
    k,
    1 + floor(current_setting('bench.rows')::int * 6 / 10 * bench.chance(k, 'reply to') ^ 2)::int as parent_n,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'commenter') ^ 1.5)::int as author_n
  from generate_series(current_setting('bench.rows')::int * 6 / 10 + 1, current_setting('bench.rows')::int * 9 / 10) as k
) as reply
join bench.comments as parent on parent.n = reply.parent_n
join bench.people as author on author.n = reply.author_n;
insert into bench.comments
select
  reply.k, 3, parent.n, parent.target_kind, parent.target_id, author.id, null, parent.at + -ln(1 - bench.chance(reply.k, 'comment after')) * interval '2 hours'
from (
  select
    k,
    current_setting('bench.rows')::int * 6 / 10
      + 1 + floor(current_setting('bench.rows')::int * 3 / 10 * bench.chance(k, 'reply to') ^ 2)::int as parent_n,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'commenter') ^ 1.5)::int as author_n
  from generate_series(current_setting('bench.rows')::int * 9 / 10 + 1, current_setting('bench.rows')::int) as k
) as reply
join bench.comments as parent on parent.n = reply.parent_n
join bench.people as author on author.n = reply.author_n;
alter table bench.comments
  add column id uuid,
  add column is_deleted boolean not null default false,
  add column named text;
update bench.comments
set id = bench.uuid_at(at, n, 'comment'),
    -- Nobody answers what is deleted but to a root, so that a reply counts exactly while it stands.
    is_deleted = depth <> 2 and bench.chance(n, 'comment deleted') < 0.02,
    named = case
      when bench.chance(n, 'names') < 0.03 then 'person_' || 1 + floor(current_setting('bench.people')::int * bench.chance(n, 'names whom'))::int
    end;

-- likes, reactions and mentions of comments
insert into public.likes (user_id, target_kind, target_id, created_at)
select distinct on (person.id, comment.id)
  person.id, 'comment', comment.id, comment.at + -ln(1 - bench.chance(favour.k, 'comment like after')) * interval '1 day'
from (
  select
    k,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'comment liker') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int * bench.chance(k, 'comment like what') ^ 1.5)::int as comment_n
  from generate_series(1, current_setting('bench.rows')::int / 2) as k
) as favour
join bench.comments as comment on comment.n = favour.comment_n
join bench.people as person on person.n = favour.person_n
where not comment.is_deleted
order by person.id, comment.id, favour.k;
insert into public.comment_reactions (comment_id, user_id, emoji, created_at)
select distinct on (comment.id, person.id, emoji.emoji) comment.id, person.id, emoji.emoji, comment.at
from (
  select
    k,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'reactor') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int * bench.chance(k, 'reaction to') ^ 1.5)::int as comment_n,
    1 + floor((select count(*) from public.reaction_emoji) * bench.chance(k, 'reaction') ^ 3)::int as emoji_n
  from generate_series(1, current_setting('bench.rows')::int / 10) as k
) as reaction
join bench.comments as comment on comment.n = reaction.comment_n
join bench.people as person on person.n = reaction.person_n
join (select emoji, row_number() over (order by place) as n from public.reaction_emoji) as emoji on emoji.n = reaction.emoji_n
where not comment.is_deleted;
insert into public.comment_mentions (comment_id, profile_id, username, created_at)
select comment.id, person.id, person.username, comment.at
from bench.comments as comment join bench.people as person on person.username = comment.named
where not comment.is_deleted and person.id <> comment.author_id;

-- comments with their counts; the owner has pinned a root of every fiftieth thread
insert into public.comments (
  id, target_kind, target_id, author_id, parent_id, depth, body, position_ms, like_count, reply_count, reactions, is_pinned, created_at, deleted_at
)
select
  comment.id, comment.target_kind, comment.target_id, comment.author_id, parent.id, comment.depth,
  case when not comment.is_deleted then
    'Comment ' || comment.n || ' ' || repeat('la ', 1 + (comment.n % 30)::int) || coalesce('@' || comment.named, '')
  end,
  case when not comment.is_deleted then comment.position_ms end,
  coalesce(favour.total, 0), coalesce(reply.total, 0), coalesce(reaction.counts, '{}'),
  comment.n in (
    select min(root.n) from bench.comments as root where root.depth = 1 and not root.is_deleted and root.n % 50 = 0 group by root.target_id
  ),
  comment.at,
  case when comment.is_deleted then comment.at + interval '1 hour' end
from bench.comments as comment
left join bench.comments as parent on parent.n = comment.parent_n
left join (
  select target_id as id, count(*) as total from public.likes where target_kind = 'comment' group by target_id
) as favour on favour.id = comment.id
left join (
  select parent_n, count(*) as total from bench.comments where depth > 1 and not is_deleted group by parent_n
) as reply on reply.parent_n = comment.n
left join (
  select comment_id, jsonb_object_agg(emoji, total) as counts
  from (select comment_id, emoji, count(*) as total from public.comment_reactions group by comment_id, emoji) as counted
  group by comment_id
) as reaction on reaction.comment_id = comment.id
order by comment.id;
update public.posts as post
set comment_count = talk.total
from (select target_id, count(*) as total from bench.comments where not is_deleted group by target_id) as talk
where talk.target_id = post.id;
update public.tracks as track
set comment_count = talk.total
from (select target_id, count(*) as total from bench.comments where not is_deleted group by target_id) as talk
where talk.target_id = track.id;
