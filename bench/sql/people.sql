-- people
create unlogged table bench.people as
select
  n,
  bench.uuid_of(n, 'person') as id,
  null::int as follows_exactly,
  'person_' || n as username,
  bench.chance(n, 'private') < 0.02 as is_private
from generate_series(1, current_setting('bench.people')::int) as n;

-- The readers whose feeds are measured: so many who follow exactly so many.
insert into bench.people
select
  current_setting('bench.people')::int + row_number() over (order by degree, k),
  bench.uuid_of(k, 'reader ' || degree), degree, 'reader_' || degree || '_' || k, false
from unnest(current_setting('bench.degrees')::int[]) as degree,
  generate_series(1, current_setting('bench.readers_each')::int) as k;
alter table bench.people add primary key (n);
analyze bench.people;

-- accounts
insert into auth.users (id, email) select id, username || '@bench.test' from bench.people;
insert into private.username_claims (username, profile_id, is_current) select username, id, true from bench.people;
insert into private.hidden_profiles (profile_id, reason)
select id, 'deletion' from bench.people where bench.chance(n, 'hidden') < 0.001 and follows_exactly is null;

-- blocks
insert into public.blocks (blocker_id, blocked_id)
select distinct person.id, other.id
from bench.people as person
join bench.people as other
  on other.n = 1 + floor(current_setting('bench.people')::int * bench.chance(person.n, 'blocks whom') ^ 2.5)::int
where bench.chance(person.n, 'blocks') < 0.02 and other.n <> person.n and person.follows_exactly is null;

-- follows: in-degree is rank ^ -0.6 (the top account has 1 % of all edges), out-degree a Pareto tail
insert into public.follows (follower_id, followee_id, created_at)
select edge.follower_id, edge.followee_id, timestamptz '2025-01-01' + edge.at * interval '364 days'
from (
  select distinct on (person.id, other.id) person.id as follower_id, other.id as followee_id, bench.chance(person.n * bigint '10000' + k, 'since') as at
  from bench.people as person
  cross join lateral generate_series(
    1, least(current_setting('bench.people')::int / 10, 2000, floor(13.5 * (1 - bench.chance(person.n, 'degree')) ^ -0.6667))::int
  ) as k
  join bench.people as other
    on other.n = 1 + floor(current_setting('bench.people')::int * bench.chance(person.n * bigint '10000' + k, 'follows') ^ 2.5)::int
  where person.follows_exactly is null and other.n <> person.n
  order by person.id, other.id, k
) as edge
where not exists (
  select from public.blocks as block
  where (block.blocker_id, block.blocked_id) in ((edge.follower_id, edge.followee_id), (edge.followee_id, edge.follower_id))
);

-- readers' follows: a weighted sample without repetition (Efraimidis and Spirakis) from the same popularity
insert into public.follows (follower_id, followee_id, created_at)
select reader.id, other.id, timestamptz '2025-01-01' + bench.chance(other.n * bigint '1000003' + reader.n, 'since') * interval '364 days'
from bench.people as reader
cross join lateral (
  select person.n, person.id
  from bench.people as person
  where person.follows_exactly is null
  order by -ln(1 - bench.chance(person.n * bigint '1000003' + reader.n, 'sample')) * person.n::float8 ^ 0.6
  limit reader.follows_exactly
) as other
where reader.follows_exactly is not null;

-- mutes: some people, and every second reader, mute three of those they follow
insert into public.mutes (muter_id, muted_id)
select person.id, followed.followee_id
from bench.people as person
cross join lateral (
  select follow.followee_id
  from public.follows as follow
  where follow.follower_id = person.id
  order by hashtextextended(follow.followee_id::text, person.n)
  limit 3
) as followed
where case when person.follows_exactly is null then bench.chance(person.n, 'mutes') < 0.05 else person.n % 2 = 0 end;

-- profiles, with what the triggers would have counted
insert into public.profiles (id, username, display_name, kind, is_private, follower_count, following_count, created_at)
select
  person.id, person.username, initcap(replace(person.username, '_', ' ')),
  case when bench.chance(person.n, 'artist') < 0.1 then 'artist' else 'fan' end, person.is_private,
  coalesce(incoming.total, 0), coalesce(outgoing.total, 0), '2024-12-31'
from bench.people as person
left join (select followee_id as id, count(*) as total from public.follows group by followee_id) as incoming on incoming.id = person.id
left join (select follower_id as id, count(*) as total from public.follows group by follower_id) as outgoing on outgoing.id = person.id
order by person.n;
insert into public.artist_profiles (profile_id, is_verified, verified_at)
select id, n % 5 = 0, case when n % 5 = 0 then timestamptz '2025-01-01' end
from (select id, row_number() over (order by created_at, id) as n from public.profiles where kind = 'artist') as artist;
