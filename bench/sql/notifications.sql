-- What people were told of in the last 90 days: their own posts and comments, and who follows them. Readers are told of 300 things each.
create unlogged table bench.told as
select
  event.n, bench.uuid_at(event.at, event.n, 'told') as id, event.at, event.kind, event.is_read,
  case
    when event.reader_id is not null then event.reader_id
    when event.kind in ('reply', 'reaction') then comment.author_id
    else post.author_id
  end as recipient_id,
  case when event.kind in ('reply', 'reaction') then 'comment' when event.kind = 'follow' then 'profile' else 'post' end as target_kind,
  case
    when event.kind in ('reply', 'reaction') then comment.id
    when event.kind = 'follow' then coalesce(event.reader_id, post.author_id)
    else post.id
  end as target_id
from (
  select
    each.n, each.reader_id,
    timestamptz '2026-01-01' - bench.chance(each.n, 'told at') * interval '90 days' as at,
    bench.chance(each.n, 'told read') < 0.9 as is_read,
    case
      when bench.chance(each.n, 'told of') < 0.45 then 'like'
      when bench.chance(each.n, 'told of') < 0.65 then 'follow'
      when bench.chance(each.n, 'told of') < 0.80 then 'comment'
      when bench.chance(each.n, 'told of') < 0.90 then 'reply'
      when bench.chance(each.n, 'told of') < 0.95 then 'reaction'
      else 'repost'
    end as kind,
    1 + floor(current_setting('bench.posts')::int * bench.chance(each.n, 'told post'))::int as post_n,
    1 + floor(current_setting('bench.rows')::int * bench.chance(each.n, 'told comment'))::int as comment_n
  from (
    select n, null::uuid as reader_id from generate_series(1, current_setting('bench.rows')::int) as n
    union all
    select current_setting('bench.rows')::int + row_number() over (order by reader.n, k), reader.id
    from bench.people as reader cross join lateral generate_series(1, 300) as k
    where reader.follows_exactly is not null
  ) as each
) as event
join bench.posts as post on post.n = event.post_n
join bench.comments as comment on comment.n = event.comment_n
where post.audience = 'public' and not post.is_deleted and not comment.is_deleted;

-- mostly one person did it, sometimes up to eight
insert into private.notification_actors (notification_id, actor_id, last_at)
select distinct on (told.id, actor.id) told.id, actor.id, told.at + k * interval '5 minutes'
from bench.told as told
cross join lateral generate_series(1, 1 + floor(8 * bench.chance(told.n, 'how many did it') ^ 5)::int) as k
join bench.people as actor
  on actor.n = 1 + floor(current_setting('bench.people')::int * bench.chance(told.n * 16 + k, 'who did it') ^ 1.5)::int
where actor.id <> told.recipient_id
order by told.id, actor.id, k;
insert into public.notifications (
  id, recipient_id, kind, actor_ids, actor_count, target_kind, target_id, group_key, is_open, created_at, seen_at, read_at
)
select
  told.id, told.recipient_id, told.kind, actor.ids[1:3], cardinality(actor.ids), told.target_kind, told.target_id,
  concat_ws(':', told.kind, told.target_kind, told.target_id),
  not told.is_read and row_number() over (
    partition by told.recipient_id, told.kind, told.target_kind, told.target_id order by told.is_read, told.at desc, told.id
  ) = 1,
  told.at, case when told.is_read then told.at + interval '1 day' end, case when told.is_read then told.at + interval '1 day' end
from bench.told as told
join (
  select notification_id, array_agg(actor_id order by last_at desc) as ids from private.notification_actors group by notification_id
) as actor on actor.notification_id = told.id
order by told.id;
