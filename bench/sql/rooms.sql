-- rooms: few lively ones and many small ones; names of three words, the third of which hardly anybody shares
create unlogged table bench.rooms as
select
  n, bench.uuid_at(timestamptz '2025-01-01' + n::float8 / current_setting('bench.rooms')::int * interval '365 days', n, 'room') as id,
  case
    when n <= 2 or bench.chance(n, 'room visibility') < 0.85 then 'public'
    when bench.chance(n, 'room visibility') < 0.9 then 'unlisted'
    else 'private'
  end as visibility,
  case
    -- The hall is full, the club has room for more: both are the same at every size.
    when n = 1 then least(10000, current_setting('bench.people')::int)
    when n = 2 then least(1000, current_setting('bench.people')::int / 2)
    else least(200, floor(2.5 * (1 - bench.chance(n, 'room members')) ^ -0.6)::int)
  end as member_count
from generate_series(1, current_setting('bench.rooms')::int) as n;
alter table bench.rooms add primary key (n);
analyze bench.rooms;

-- who is in them: a stretch of all people beginning somewhere, its first one the owner, its next two of larger ones moderators
insert into public.room_members (room_id, user_id, role, joined_at)
select
  room.id, person.id, case when k = 0 then 'owner' when k <= 2 and room.member_count > 10 then 'moderator' else 'member' end,
  timestamptz '2026-01-01' + k * interval '1 minute'
from bench.rooms as room
cross join lateral generate_series(0, room.member_count - 1) as k
join bench.people as person
  on person.n = 1 + (floor(current_setting('bench.people')::int * bench.chance(room.n, 'room from'))::int + k) % current_setting('bench.people')::int;

-- The readers are in forty rooms each, the hall among them, the same at every size; not in the club.
insert into public.room_members (room_id, user_id, role, joined_at)
select room.id, reader.id, 'member', timestamptz '2026-02-01' + room.n * interval '1 minute'
from bench.people as reader
join bench.rooms as room on room.n = 1 or room.n between 11 and 49
where reader.follows_exactly is not null
on conflict do nothing;

insert into public.rooms (
  id, slug, name, description, visibility, genre, owner_id, member_count, member_limit, created_at, updated_at
)
select
  room.id, 'room-' || room.n,
  (array['Techno', 'House', 'Jazz', 'Ambient', 'Disco', 'Dub', 'Soul', 'Garage', 'Breaks', 'Trance'])[
    1 + floor(10 * bench.chance(room.n, 'room name') ^ 2)::int
  ] || ' ' || (array['nights', 'cellar', 'radio', 'lounge', 'morning', 'friends', 'basement', 'club'])[
    1 + floor(8 * bench.chance(room.n, 'room place'))::int
  ] || ' '
    -- A word of forty rooms, however many there are.
    || case when room.n between 101 and 140 then 'zanzibar' else left(bench.uuid_of(room.n, 'room word')::text, 8) end,
  'Where we listen', room.visibility, genre.slug, owner.user_id, counted.total, 10000, '2025-01-01', '2025-01-01'
from bench.rooms as room
join (select room_id, count(*) as total from public.room_members group by room_id) as counted on counted.room_id = room.id
join public.room_members as owner on owner.room_id = room.id and owner.role = 'owner'
join (select row_number() over (order by slug) as n, slug from public.genres) as genre
  on genre.n = 1 + floor((select count(*) from public.genres) * bench.chance(room.n, 'room genre') ^ 2)::int
order by room.id;

-- who is banned, asks and is invited: somebody of whom the room has not heard yet, in the club as elsewhere
create unlogged table bench.room_guests as
select room.n, room.id as room_id, owner.user_id as owner_id, person.id as person_id, k
from bench.rooms as room
join public.room_members as owner on owner.room_id = room.id and owner.role = 'owner'
cross join generate_series(1, 3) as k
join bench.people as person on person.n = 1 + floor(current_setting('bench.people')::int * bench.chance(room.n * 3 + k, 'room guest'))::int
where bench.chance(room.n, 'room guests') < 0.3
  and not exists (select from public.room_members as member where member.room_id = room.id and member.user_id = person.id);
insert into public.room_bans (room_id, user_id, banned_by, created_at)
select room_id, person_id, owner_id, '2026-01-01' from bench.room_guests where k = 1;
insert into public.join_requests (id, room_id, user_id, created_at)
select bench.uuid_at('2026-01-01', n, 'join request'), room_id, person_id, '2026-01-01' from bench.room_guests where k = 2;
insert into public.room_invites (id, room_id, code, user_id, invited_by, use_limit, expires_at, created_at)
select bench.uuid_at('2026-01-01', n, 'room invite'), room_id, 'code-' || n, person_id, owner_id, 1, '2036-01-01', '2026-01-01'
from bench.room_guests where k = 3;

-- who listens: a thousand in the hall and in the club, a few in one room of twenty and in those of the readers
insert into public.room_presence (room_id, user_id, last_seen_at)
select member.room_id, member.user_id, now()
from (
  select room_id, user_id, row_number() over (partition by room_id order by joined_at, user_id) as place
  from public.room_members
) as member
join bench.rooms as room on room.id = member.room_id
where member.place <= case when room.n <= 2 then 1000 when room.n <= 60 or bench.chance(room.n, 'room lives') < 0.05 then 20 else 0 end;
insert into private.room_activity (room_id, bucket, slot, event_count)
select room.id, date_bin('5 minutes', now(), '2001-01-01 00:00:00+00'), slot, 1 + floor(20 * bench.chance(room.n * 16 + slot, 'room said'))::int
from bench.rooms as room cross join generate_series(0, 15) as slot
where exists (select from public.room_presence as seen where seen.room_id = room.id);
insert into private.room_pulses (room_id, is_listed, listener_count, event_count, refreshed_at)
select
  room.id, room.visibility = 'public', count(*),
  (select sum(activity.event_count) from private.room_activity as activity where activity.room_id = room.id), now()
from bench.rooms as room
join public.room_presence as seen on seen.room_id = room.id
group by room.id, room.visibility
