-- what is said in the hall, three messages for each room there is: some answer the one before, some are reacted to, one in a hundred is deleted
insert into public.messages (room_id, id, author_id, body, reply_to_id, reactions, created_at, deleted_at)
select
  room.id, bench.uuid_at(said.at, said.n, 'chat'), member.user_id,
  case when said.n % 100 <> 0 then 'Message ' || said.n || ' ' || repeat('la ', 1 + (said.n % 20)::int) end,
  case when said.n % 5 = 1 and said.n > 1 then bench.uuid_at(said.at - interval '1 minute', said.n - 1, 'chat') end,
  case when said.n % 10 = 2 then '{"🔥": 2}'::jsonb else '{}' end,
  said.at, case when said.n % 100 = 0 then said.at end
from bench.rooms as room
cross join lateral (
  select n, timestamptz '2026-01-01' + n * interval '1 minute' as at
  from generate_series(1, current_setting('bench.rooms')::int * 3) as n
) as said
cross join lateral (
  select user_id, row_number() over (order by user_id) - 1 as k from (
    select user_id from public.room_members where room_id = room.id and role <> 'owner' order by user_id limit 500
  ) as each
) as member
where room.n = 1 and member.k = floor(bench.chance(said.n, 'chat author') * least(500, room.member_count - 1))::int
order by said.n;
insert into public.message_reactions (room_id, message_id, user_id, emoji, created_at)
select message.room_id, message.id, member.user_id, '🔥', message.created_at
from public.messages as message
cross join lateral (
  select user_id from public.room_members where room_id = message.room_id order by role desc, user_id limit 2
) as member
where message.reactions <> '{}';
