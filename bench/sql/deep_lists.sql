-- comments: everybody says something about the hub's first post
insert into public.comments (id, target_kind, target_id, author_id, body, like_count, created_at)
select
  bench.uuid_at(timestamptz '2025-01-01' + place.n * interval '1 minute', place.n, 'comment'), 'post', post.id, person.id, 'Comment ' || place.n,
  1 + place.n % 1000, timestamptz '2025-01-01' + place.n * interval '1 minute'
from generate_series(1, current_setting('bench.depth')::int) as place (n)
join bench.people as person on person.n = place.n + 1
cross join (select id from public.posts order by id limit 1) as post;
update public.posts set comment_count = current_setting('bench.depth')::int where id = (select id from public.posts order by id limit 1);
insert into public.comments (id, target_kind, target_id, author_id, body, position_ms, created_at)
select
  bench.uuid_at(timestamptz '2025-01-01' + place.n * interval '1 minute', place.n, 'moment'), 'track', bench.uuid_of(1, 'track'), person.id,
  'Moment ' || place.n, place.n % 200000, timestamptz '2025-01-01' + place.n * interval '1 minute'
from generate_series(1, current_setting('bench.depth')::int) as place (n)
join bench.people as person on person.n = place.n + 1;

-- crates: all the hub's, with one track, all trending
insert into public.tracks (id, provider, provider_track_id, title, artist_name, duration_ms, comment_count, published_at)
select
  bench.uuid_of(place.n, 'track'), 'spotify', left(md5(place.n::text), 22), 'Deep ' || place.n, 'Hub', 200000,
  case place.n when 1 then current_setting('bench.depth')::int else 0 end, '2025-01-01'
from generate_series(1, current_setting('bench.depth')::int) as place (n);
insert into public.crates (id, owner_id, title, genre, item_count, total_ms, created_at, updated_at)
select
  bench.uuid_at(timestamptz '2025-01-01' + place.n * interval '1 minute', place.n, 'crate'), hub.id, 'Crate ' || place.n, 'house', 1, 200000,
  timestamptz '2025-01-01' + place.n * interval '1 minute', timestamptz '2025-01-01' + place.n * interval '1 minute'
from generate_series(1, current_setting('bench.depth')::int) as place (n)
join bench.people as hub on hub.n = 1
order by place.n;
insert into public.crate_items (id, crate_id, track_id, position, duration_ms, added_by, added_at, owner_id)
select bench.uuid_at(crate.created_at, 1, 'item ' || crate.id), crate.id, track.id, 1, track.duration_ms, crate.owner_id, crate.created_at, crate.owner_id
from public.crates as crate join public.tracks as track on track.id = bench.uuid_of(1, 'track');
insert into private.crate_trends (crate_id, genre, score, refreshed_at)
select id, genre, 1000000 + abs(hashtext(id::text)) % 1000, '2026-01-01' from public.crates;

-- messages: the hub has written with everybody, and with the first of them without end
insert into public.direct_messages (conversation_id, id, sender_id, body, created_at)
select
  bench.uuid_of(other.n, 'conversation'), bench.uuid_at(timestamptz '2025-01-01' + other.n * interval '1 minute', other.n, 'message'), other.id,
  'Message ' || other.n, timestamptz '2025-01-01' + other.n * interval '1 minute'
from bench.people as other
where other.n > 1
union all
select
  bench.uuid_of(2, 'conversation'), bench.uuid_at(timestamptz '2025-06-01' + place.n * interval '1 minute', place.n, 'more'), other.id,
  'Message ' || place.n, timestamptz '2025-06-01' + place.n * interval '1 minute'
from generate_series(1, current_setting('bench.depth')::int) as place (n)
join bench.people as other on other.n = 2;
insert into public.conversations (id, kind, last_message_id, created_at)
select conversation_id, 'direct', max(id::text)::uuid, min(created_at) from public.direct_messages group by conversation_id;
insert into private.conversation_pairs (low_id, high_id, conversation_id)
select least(hub.id, other.id), greatest(hub.id, other.id), bench.uuid_of(other.n, 'conversation')
from bench.people as hub join bench.people as other on other.n > 1
where hub.n = 1;
insert into public.conversation_members (conversation_id, member_id, is_accepted, order_id, last_read_message_id, joined_at)
select conversation.id, member.id, true, conversation.last_message_id, conversation.last_message_id, conversation.created_at
from bench.people as other
join bench.people as hub on hub.n = 1
join public.conversations as conversation on conversation.id = bench.uuid_of(other.n, 'conversation')
cross join lateral (values (hub.id), (other.id)) as member (id)
where other.n > 1;

-- notifications: everybody has liked the hub's first post, and it was told of each
insert into private.notification_actors (notification_id, actor_id, last_at)
select bench.uuid_at(timestamptz '2025-10-01' + person.n * interval '30 seconds', person.n, 'told'), person.id, '2025-12-31'
from bench.people as person where person.n > 1;
insert into public.notifications (id, recipient_id, kind, actor_ids, actor_count, target_kind, target_id, created_at)
select act.notification_id, hub.id, 'like', array[act.actor_id], 1, 'post', post.id, act.last_at
from private.notification_actors as act
join bench.people as hub on hub.n = 1
cross join (select id from public.posts order by id limit 1) as post
order by act.notification_id;

-- likes: the hub likes all of it
insert into public.likes (user_id, target_kind, target_id, created_at)
select hub.id, thing.kind, thing.id, thing.at
from bench.people as hub
cross join (
  select 'comment' as kind, id, created_at as at from public.comments where target_kind = 'post'
  union all
  select 'track', id, published_at + row_number() over (order by id) * interval '1 minute' from public.tracks
  union all
  select 'crate', id, created_at from public.crates
  union all
  select 'message', id, created_at from public.direct_messages where conversation_id = bench.uuid_of(2, 'conversation')
) as thing
where hub.n = 1;
