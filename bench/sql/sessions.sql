-- tracks
create unlogged table bench.songs as
select
  n, bench.uuid_at(timestamptz '2025-01-01' + n * interval '1 minute', n, 'song') as id,
  60000 + floor(300000 * bench.chance(n, 'song length'))::int as duration_ms
from generate_series(1, 5000) as n;
alter table bench.songs add primary key (n);
insert into public.tracks (id, provider, provider_track_id, title, artist_name, duration_ms, artwork_url, published_at, created_at)
select
  song.id, 'spotify', bench.uuid_of(song.n, 'song key')::text, 'A song of many ' || song.n, 'The band ' || song.n % 300, song.duration_ms,
  'https://i.scdn.test/image/' || md5(song.n::text), '2025-02-01', '2025-02-01'
from bench.songs as song;

-- sessions: fifty are queued by fifty people in the hall, where votes decide, and in the club, whose rotation they are; by their host in room 11;
-- one in five of the others has three, in one of the modes
create unlogged table bench.sessions as
select
  room.n, room.id as room_id, bench.uuid_at('2026-01-01', room.n, 'session') as id,
  case when room.n = 1 then 'public' when room.n = 2 then 'fan' when room.n = 11 then 'artist' else (array['public', 'fan', 'artist'])[1 + room.n % 3] end as mode,
  case when room.n in (1, 2, 11) then 50 else 3 end as queued,
  case when room.n in (1, 2) then least(51, room.member_count) when room.n = 11 then 1 else least(4, room.member_count) end as djs
from bench.rooms as room
where room.n in (1, 2, 11) or (room.n > 60 and bench.chance(room.n, 'session') < 0.2);
create unlogged table bench.djs as
select session.n, member.k, member.user_id
from bench.sessions as session
cross join lateral (
  select each.user_id, row_number() over (order by each.role desc, each.joined_at, each.user_id) - 1 as k
  from public.room_members as each
  where each.room_id = session.room_id and each.joined_at < '2026-02-01'
) as member
where member.k < session.djs;
alter table bench.djs add primary key (n, k);
create unlogged table bench.queued as
select
  session.n, session.id as session_id, session.room_id, session.mode, place.k,
  bench.uuid_at(timestamptz '2026-01-01' + place.k * interval '1 second', session.n * 100 + place.k, 'item') as id, dj.user_id as added_by,
  song.id as track_id, song.duration_ms
from bench.sessions as session
cross join lateral generate_series(0, session.queued) as place (k)
join bench.djs as dj on dj.n = session.n and dj.k = place.k % session.djs
join bench.songs as song on song.n = 1 + (floor(5000 * bench.chance(session.n, 'songs'))::int + place.k * 7) % 5000;
alter table bench.queued add primary key (n, k);
analyze bench.queued;

insert into public.queue_votes (item_id, user_id, value, voted_at)
select item.id, dj.user_id, case when bench.chance(item.n * 10000 + item.k * 100 + dj.k, 'vote') < 0.3 then -1 else 1 end, '2026-01-01'
from bench.queued as item
join bench.djs as dj on dj.n = item.n and dj.user_id <> item.added_by
where bench.chance(item.n * 10000 + item.k * 100 + dj.k, 'votes') < 0.1;
insert into public.dj_sessions (id, room_id, mode, host_id, current_item_id, current_dj_id, sequence, due_at, created_at)
select
  session.id, session.room_id, session.mode, host.user_id, first.id, first.added_by, 1,
  timestamptz '2026-01-01' + first.duration_ms * interval '1 millisecond', '2026-01-01'
from bench.sessions as session
join bench.djs as host on host.n = session.n and host.k = 0
join bench.queued as first on first.n = session.n and first.k = 0;
insert into public.queue_items (
  id, session_id, room_id, track_id, added_by, position, status, up_count, down_count, played_before, track, duration_ms, started_at, ends_at, created_at
)
select
  item.id, item.session_id, item.room_id, item.track_id, item.added_by, item.k + 1, case item.k when 0 then 'playing' else 'queued' end,
  coalesce(vote.ups, 0), coalesce(vote.downs, 0), case when item.k > 0 and item.added_by = first.added_by then 1 else 0 end,
  jsonb_build_object(
    'id', track.id, 'provider', track.provider, 'provider_track_id', track.provider_track_id, 'title', track.title,
    'artist_name', track.artist_name, 'artist_id', track.artist_id, 'duration_ms', track.duration_ms, 'artwork_url', track.artwork_url,
    'artwork_path', track.artwork_path, 'is_explicit', track.is_explicit
  ),
  item.duration_ms, case item.k when 0 then timestamptz '2026-01-01' end,
  case item.k when 0 then timestamptz '2026-01-01' + item.duration_ms * interval '1 millisecond' end, timestamptz '2026-01-01' + item.k * interval '1 second'
from bench.queued as item
join bench.queued as first on first.n = item.n and first.k = 0
join public.tracks as track on track.id = item.track_id
left join (
  select item_id, count(*) filter (where value = 1) as ups, count(*) filter (where value = -1) as downs from public.queue_votes group by item_id
) as vote on vote.item_id = item.id;
insert into public.rotation_slots (session_id, user_id, position, turn_count, joined_at)
select session.id, dj.user_id, dj.k + 1, case dj.k when 0 then 1 else 0 end, '2026-01-01'
from bench.sessions as session
join bench.djs as dj on dj.n = session.n
where session.mode = 'fan';
insert into private.vote_slots (item_id, slot, up_count, down_count)
select item.id, -1, item.up_count, item.down_count
from public.queue_items as item
where item.status = 'playing'
order by item.id;

-- The readers listen in the hall, where they vote.
insert into public.room_presence (room_id, user_id, last_seen_at)
select room.id, reader.id, now()
from bench.rooms as room
join bench.people as reader on reader.follows_exactly is not null
where room.n = 1
on conflict do nothing;

-- what queue_items keep ready
update public.queue_items as item
set shown = private.shown_item(item.track, item.added_by, '{}')
where item.status = 'queued';

-- one room in ten is live, and nobody is in it but its host
insert into public.live_streams (id, room_id, host_id, title, started_at)
select bench.uuid_at(timestamptz '2026-01-01' + room.n * interval '1 second', room.n, 'stream'), room.id, owner.user_id, 'Live ' || room.n, '2026-01-01'
from bench.rooms as room
join public.room_members as owner on owner.room_id = room.id and owner.role = 'owner'
where room.n > 2 and bench.chance(room.n, 'live') < 0.1;
