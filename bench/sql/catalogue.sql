-- tracks: one in five is an upload
create unlogged table bench.tracks as
select
  track.n, bench.uuid_at(track.at, track.n, 'track') as id, track.at, artist.id as artist_id,
  60000 + floor(300000 * bench.chance(track.n, 'duration'))::int as duration_ms,
  case when artist.id is not null and bench.chance(track.n, 'hidden track') < 0.02 then 'hidden' else 'published' end as status,
  genre.slug as genre
from (
  select
    n,
    timestamptz '2024-12-01' + (n - 1 + bench.chance(n, 'track at')) / current_setting('bench.rows')::int * 10 * interval '30 days' as at,
    case
      when bench.chance(n, 'upload') < 0.2 then 1 + floor(
        (select count(*) from public.artist_profiles) * bench.chance(n, 'artist') ^ 2
      )::int
    end as artist_n,
    1 + floor((select count(*) from public.genres) * bench.chance(n, 'genre') ^ 2)::int as genre_n
  from generate_series(1, current_setting('bench.rows')::int / 10) as n
) as track
left join (
  select row_number() over (order by profile.follower_count desc, profile.id) as n, profile.id
  from public.artist_profiles as artist join public.profiles as profile on profile.id = artist.profile_id
) as artist on artist.n = track.artist_n
join (select row_number() over (order by slug) as n, slug from public.genres) as genre on genre.n = track.genre_n;
alter table bench.tracks add primary key (n);
analyze bench.tracks;

-- plays: a year in one partition, who listens and what is heard both unequal
create table private.plays_2025 partition of public.plays for values from ('2025-01-01 00:00:00+00') to ('2026-01-01 00:00:00+00');
create unlogged table bench.plays as
select
  bench.uuid_at(play.at, play.k, 'play') as id, track.id as track_id, person.id as listener_id,
  least(track.duration_ms, floor(240000 * bench.chance(play.k, 'ms played'))::int) as ms_played, track.duration_ms, play.at,
  bench.uuid_of(play.k, 'play event') as client_event_id
from (
  select
    k,
    timestamptz '2025-01-01' + (k - 1 + bench.chance(k, 'play at')) / current_setting('bench.rows')::int * interval '365 days' as at,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'listener') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int / 10 * bench.chance(k, 'listen to') ^ 2.25)::int as track_n
  from generate_series(1, current_setting('bench.rows')::int) as k
) as play
join bench.tracks as track on track.n = play.track_n
join bench.people as person on person.n = play.person_n
where track.status = 'published';
insert into public.plays (id, track_id, listener_id, ms_played, is_counted, source, client_event_id, played_at)
select id, track_id, listener_id, ms_played, ms_played >= least(30000, duration_ms / 2), 'app', client_event_id, at
from bench.plays order by id;
insert into private.play_claims (listener_id, client_event_id, is_counted, claimed_at)
select listener_id, client_event_id, is_counted, played_at from public.plays order by id;
insert into private.listeners (listener_id, last_played_at, play_count, ms_played)
select listener_id, max(played_at), count(*) filter (where is_counted), coalesce(sum(ms_played) filter (where is_counted), 0)
from public.plays group by listener_id;
insert into private.listening_days (listener_id, day, play_count, ms_played)
select listener_id, (played_at at time zone 'UTC')::date, count(*), sum(ms_played)
from public.plays where is_counted group by 1, 2;
insert into public.likes (user_id, target_kind, target_id, created_at)
select distinct on (person.id, track.id)
  person.id, 'track', track.id, track.at + -ln(1 - bench.chance(favour.k, 'track like after')) * interval '30 days'
from (
  select
    k,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'track liker') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int / 10 * bench.chance(k, 'track like what') ^ 1.5)::int as track_n
  from generate_series(1, current_setting('bench.rows')::int / 4) as k
) as favour
join bench.tracks as track on track.n = favour.track_n
join bench.people as person on person.n = favour.person_n
where track.status = 'published'
order by person.id, track.id, favour.k;
insert into public.tracks (
  id, provider, provider_track_id, title, artist_name, artist_id, duration_ms, genre, file_format, file_bytes, status, play_count,
  like_count, published_at, created_at
)
select
  track.id, case when track.artist_id is null then 'spotify' else 'backbeat' end,
  case when track.artist_id is null then left(md5(track.id::text), 22) else track.id::text end,
  'Track ' || track.n, coalesce(artist.display_name, 'Artist ' || track.n % 5000), track.artist_id, track.duration_ms, track.genre,
  case when track.artist_id is not null then 'mp3' end, case when track.artist_id is not null then track.duration_ms * 40 end,
  track.status, coalesce(play.total, 0), coalesce(favour.total, 0), track.at, track.at
from bench.tracks as track
left join public.profiles as artist on artist.id = track.artist_id
left join (select track_id, count(*) as total from public.plays where is_counted group by track_id) as play on play.track_id = track.id
left join (
  select target_id as id, count(*) as total from public.likes where target_kind = 'track' group by target_id
) as favour on favour.id = track.id
order by track.n;
update public.artist_profiles as artist
set upload_count = made.total
from (select artist_id, count(*) as total from bench.tracks group by artist_id) as made
where made.artist_id = artist.profile_id;

-- crates: people make some; each reader has as many as they follow others, a thousand at most
create unlogged table bench.crates as
select
  crate.n, bench.uuid_at(crate.at, crate.n, 'crate') as id, person.id as owner_id, crate.at, person.is_private,
  case
    when crate.kind < 0.80 then 'public'
    when crate.kind < 0.85 then 'unlisted'
    when crate.kind < 0.95 then 'followers'
    else 'private'
  end as visibility,
  bench.chance(crate.n, 'crate deleted') < 0.01 as is_deleted,
  genre.slugs[1 + floor(cardinality(genre.slugs) * bench.chance(crate.n, 'crate genre') ^ 2)::int] as genre,
  person.follows_exactly is not null as is_readers
from (
  select
    n, timestamptz '2025-01-01' + (n - 1 + bench.chance(n, 'crate at')) / current_setting('bench.rows')::int * interval '365 days' as at,
    1 + floor(current_setting('bench.people')::int * bench.chance(n, 'crate owner') ^ 1.25)::int as person_n,
    bench.chance(n, 'crate visibility') as kind
  from generate_series(1, current_setting('bench.rows')::int) as n
  union all
  select
    current_setting('bench.rows')::int + row_number() over (order by reader.n, k),
    timestamptz '2025-01-01' + bench.chance(reader.n * 10000 + k, 'crate at') * interval '365 days', reader.n, 0
  from bench.people as reader
  cross join lateral generate_series(1, least(1000, reader.follows_exactly)) as k
  where reader.follows_exactly is not null
) as crate
join bench.people as person on person.n = crate.person_n
cross join (select array_agg(slug order by slug) as slugs from public.genres) as genre;
alter table bench.crates add primary key (n);
analyze bench.crates;

-- what lies in them: of other people's about the same number each, in one of four of a reader's crates the first
-- track, and in one of them the second
insert into public.crate_items (id, crate_id, track_id, position, duration_ms, added_by, added_at, owner_id)
select
  bench.uuid_at(item.at, item.k, 'item'), item.crate_id, item.track_id, row_number() over (partition by item.crate_id order by item.k), item.duration_ms,
  item.owner_id, item.at, item.owner_id
from (
  select distinct on (crate.id, track.id) each.k, crate.id as crate_id, track.id as track_id, track.duration_ms, crate.owner_id, crate.at
  from (
    select
      k,
      1 + floor(current_setting('bench.rows')::int * bench.chance(k, 'item in'))::int as crate_n,
      1 + floor(current_setting('bench.rows')::int / 10 * bench.chance(k, 'item') ^ 2.25)::int as track_n
    from generate_series(1, current_setting('bench.rows')::int * 3 / 2) as k
    union all
    select current_setting('bench.rows')::bigint * 2 + n, n, 1 from bench.crates where is_readers and n % 4 = 0
    union all
    select current_setting('bench.rows')::bigint * 4 + min(n), min(n), 2 from bench.crates where is_readers group by owner_id
  ) as each
  join bench.crates as crate on crate.n = each.crate_n
  join bench.tracks as track on track.n = each.track_n
  where not crate.is_deleted
  order by crate.id, track.id, each.k
) as item;

-- plays of crates: one in four in the last week, when some of them are trending
insert into private.crate_plays (crate_id, hour, listener_id)
select distinct crate.id, date_trunc('hour', play.at, 'UTC'), person.id
from (
  select
    k,
    case
      when bench.chance(k, 'recent') < 0.25 then timestamptz '2026-01-01' - bench.chance(k, 'crate play at') * interval '7 days'
      else timestamptz '2026-01-01' - bench.chance(k, 'crate play at') * interval '365 days'
    end as at,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'crate listener') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int * bench.chance(k, 'crate played') ^ 1.5)::int as crate_n
  from generate_series(1, current_setting('bench.rows')::int) as k
) as play
join bench.crates as crate on crate.n = play.crate_n
join bench.people as person on person.n = play.person_n
where crate.visibility = 'public' and not crate.is_deleted;
insert into public.likes (user_id, target_kind, target_id, created_at)
select distinct on (person.id, crate.id)
  person.id, 'crate', crate.id, crate.at + -ln(1 - bench.chance(favour.k, 'crate like after')) * interval '30 days'
from (
  select
    k,
    1 + floor(current_setting('bench.people')::int * bench.chance(k, 'crate liker') ^ 1.5)::int as person_n,
    1 + floor(current_setting('bench.rows')::int * bench.chance(k, 'crate like what') ^ 1.5)::int as crate_n
  from generate_series(1, current_setting('bench.rows')::int / 4) as k
) as favour
join bench.crates as crate on crate.n = favour.crate_n
join bench.people as person on person.n = favour.person_n
where crate.visibility = 'public' and not crate.is_deleted
order by person.id, crate.id, favour.k;
insert into public.crates (
  id, owner_id, title, genre, visibility, audience, item_count, total_ms, play_count, like_count, created_at, updated_at,
  deleted_at
)
select
  crate.id, crate.owner_id, case when not crate.is_deleted then 'Crate ' || crate.n end, crate.genre, crate.visibility,
  case when crate.is_private and crate.visibility in ('public', 'unlisted') then 'followers' else crate.visibility end,
  coalesce(item.total, 0), coalesce(item.total_ms, 0), coalesce(play.total, 0), coalesce(favour.total, 0), crate.at, crate.at,
  case when crate.is_deleted then crate.at + interval '1 hour' end
from bench.crates as crate
left join (
  select crate_id, count(*) as total, sum(duration_ms) as total_ms from public.crate_items group by crate_id
) as item on item.crate_id = crate.id
left join (select crate_id, count(*) as total from private.crate_plays group by crate_id) as play on play.crate_id = crate.id
left join (
  select target_id as id, count(*) as total from public.likes where target_kind = 'crate' group by target_id
) as favour on favour.id = crate.id
order by crate.n;

-- as refresh_trending would have weighed them when the year ended
insert into private.crate_trends (crate_id, genre, score, refreshed_at)
select
  crate.id, crate.genre, sum(1000000 * 2 ^ (-extract(epoch from timestamptz '2026-01-01' - heard.last_hour) / 86400))::bigint, '2026-01-01'
from (
  select crate_id, listener_id, max(hour) as last_hour
  from private.crate_plays
  where hour > timestamptz '2026-01-01' - interval '7 days'
  group by crate_id, listener_id
) as heard
join public.crates as crate on crate.id = heard.crate_id and crate.audience = 'public' and crate.deleted_at is null
group by crate.id;
