-- conversations of two; each reader has forty
create unlogged table bench.conversations as
select
  row_number() over (order by pair.n) as n, bench.uuid_of(pair.n, 'conversation') as id,
  least(pair.one, pair.other) as low_id, greatest(pair.one, pair.other) as high_id, pair.is_readers
from (
  select distinct on (least(one.id, other.id), greatest(one.id, other.id)) each.n, one.id as one, other.id as other, each.is_readers
  from (
    select
      n, 1 + floor(current_setting('bench.people')::int * bench.chance(n, 'who writes') ^ 1.5)::int as one_n,
      1 + floor(current_setting('bench.people')::int * bench.chance(n, 'to whom'))::int as other_n, false as is_readers
    from generate_series(1, current_setting('bench.rows')::int / 10) as n
    union all
    select
      current_setting('bench.rows')::int + row_number() over (order by reader.n, k), reader.n,
      1 + (reader.n * 7919 + k * 31) % current_setting('bench.people')::int, true
    from bench.people as reader cross join lateral generate_series(1, 40) as k
    where reader.follows_exactly is not null
  ) as each
  join bench.people as one on one.n = each.one_n
  join bench.people as other on other.n = each.other_n
  where one.id <> other.id
  order by least(one.id, other.id), greatest(one.id, other.id), each.n
) as pair;
alter table bench.conversations add primary key (n);
analyze bench.conversations;

-- messages: some conversations are long; those of readers have fifty each
insert into public.direct_messages (conversation_id, id, sender_id, body, created_at)
select
  conversation.id, bench.uuid_at(message.at, message.n, 'message'),
  case when bench.chance(message.n, 'sender') < 0.5 then conversation.low_id else conversation.high_id end,
  'Message ' || message.n || ' ' || repeat('la ', 1 + (message.n % 20)::int), message.at
from (
  select
    each.n, each.conversation_n, timestamptz '2026-01-01' - bench.chance(each.n, 'message at') * interval '365 days' as at
  from (
    select
      n,
      1 + floor((select count(*) from bench.conversations where not is_readers) * bench.chance(n, 'written in') ^ 1.5)::int as conversation_n
    from generate_series(1, current_setting('bench.rows')::int) as n
    union all
    select current_setting('bench.rows')::int + row_number() over (order by conversation.n, k), conversation.n
    from bench.conversations as conversation cross join lateral generate_series(1, 50) as k
    where conversation.is_readers
  ) as each
) as message
join bench.conversations as conversation on conversation.n = message.conversation_n
order by message.n;

create unlogged table bench.spans as
select conversation_id as id, max(id::text)::uuid as last_id, min(created_at) as at
from public.direct_messages group by conversation_id;
insert into public.conversations (id, kind, last_message_id, created_at)
select id, 'direct', last_id, at from bench.spans order by at;
insert into private.conversation_pairs (low_id, high_id, conversation_id)
select conversation.low_id, conversation.high_id, conversation.id
from bench.conversations as conversation join bench.spans as span on span.id = conversation.id;

-- who is in them: mostly they have read all, else what came before their own last message
create unlogged table bench.said as
select conversation_id, sender_id, max(id::text)::uuid as last_id from public.direct_messages group by conversation_id, sender_id;
insert into public.conversation_members (conversation_id, member_id, is_accepted, order_id, last_read_message_id, joined_at)
select
  span.id, member.id, said.last_id is not null, span.last_id,
  case when bench.chance(conversation.n * 2 + member.place, 'has read') < 0.7 then span.last_id else said.last_id end, span.at
from bench.conversations as conversation
join bench.spans as span on span.id = conversation.id
cross join lateral (values (0, conversation.low_id), (1, conversation.high_id)) as member (place, id)
left join bench.said as said on said.conversation_id = span.id and said.sender_id = member.id;
