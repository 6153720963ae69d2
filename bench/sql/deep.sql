-- people: one whom all the others follow
create unlogged table bench.people as
select n, bench.uuid_of(n, 'person') as id, case when n = 1 then 'hub' else 'person_' || n end as username
from generate_series(1, current_setting('bench.depth')::int + 1) as n;
insert into auth.users (id, email) select id, username || '@bench.test' from bench.people;
insert into public.profiles (id, username, display_name, follower_count, following_count, post_count)
select
  id, username, username,
  case when n = 1 then current_setting('bench.depth')::int else 0 end, (n > 1)::int,
  case when n = 1 then current_setting('bench.depth')::int else 0 end
from bench.people order by n;
insert into public.follows (follower_id, followee_id, created_at)
select person.id, hub.id, timestamptz '2025-01-01' + person.n * interval '1 minute'
from bench.people as person join bench.people as hub on hub.n = 1
where person.n > 1;

-- posts: all the hub's, with one tag, liked by one person
insert into public.posts (id, author_id, kind, body, like_count, created_at)
select bench.uuid_at(timestamptz '2025-01-01' + place.n * interval '1 minute', place.n, 'post'), hub.id, 'text', 'Post ' || place.n || ' #deep', 1,
  timestamptz '2025-01-01' + place.n * interval '1 minute'
from generate_series(1, current_setting('bench.depth')::int) as place (n)
join bench.people as hub on hub.n = 1
order by place.n;
insert into private.post_tags (tag, post_id) select 'deep', id from public.posts;
insert into private.feed_entries (actor_id, id, post_id, audience) select author_id, id, id, audience from public.posts;
insert into private.activity_clocks (actor_id, newest_entry_id)
select actor_id, id from private.feed_entries order by id desc limit 1;
insert into public.likes (user_id, target_kind, target_id, created_at)
select person.id, 'post', post.id, post.created_at from public.posts as post join bench.people as person on person.n = 2;
