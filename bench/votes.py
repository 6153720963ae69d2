"""The votes suite: 32 people vote at once, on what plays and on a thousand items, by pgbench.

T is the rate of bare inserts of the same row, durable, with the same role and claims set before; a
vote itself does not wait for the disk (docs/decisions/0080), so the same inserts without waiting are
measured too, and told beside the results.

A recount is the same RPC with the counts made anew by each vote: vote_track's own first statement, in
a copy of the table of votes with all its rows, then the item held, its votes counted in one look, its
row written and the same answer; durable, as an RPC is that says nothing else. Were the item not held,
two who vote at once would not count each other, and the last count would be wrong. Either item has
twenty thousand votes before, as had the one by whose recounts the goal was set.
"""
# ruff: noqa: E501 (SQL keeps its own lines)

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench.goals import Result
from bench.load import interleave, pgbench
from bench.place import Place
from bench.rooms import HALL, WAKE
from devstack.parts.postgres import SUPERUSER

CLIENTS = 32
STANDING = 20_000
"""Votes that are on the hot item already, and on the one that is recounted."""
SETUP = """
drop schema if exists bench cascade;
create schema bench;
create table bench.hot as
  select session.current_item_id as item_id, session.room_id
  from public.dj_sessions as session
  join public.rooms as room on room.id = session.room_id
  where room.slug = 'room-{hall}' and session.ended_at is null;
create table bench.cold_rooms as
  select session.id, session.room_id
  from public.dj_sessions as session
  join public.rooms as room on room.id = session.room_id
  where session.ended_at is null and room.slug not in ('room-1', 'room-2', 'room-11')
  order by room.id limit {items} / 2;
create table bench.cold_items as
  select chosen.id as item_id, chosen.room_id
  from bench.cold_rooms as cold
  cross join lateral (
    select item.id, item.room_id
    from public.queue_items as item
    where item.session_id = cold.id and item.status = 'queued'
    order by item.position limit 2
  ) as chosen;
create table bench.people as
  select row_number() over (order by profile.id) as n, profile.id
  from public.profiles as profile
  where profile.id not in (select profile_id from private.hidden_profiles);
create table bench.guests (room_id uuid, user_id uuid, primary key (room_id, user_id));
insert into bench.guests
  select hot.room_id, member.user_id
  from bench.hot as hot
  join public.room_members as member on member.room_id = hot.room_id
  where not exists (
    select from public.room_presence as seen
    where seen.room_id = member.room_id and seen.user_id = member.user_id
  );
create table bench.made (room_id uuid, user_id uuid);
with placed as (
  select room_id, row_number() over (order by room_id) as n from bench.cold_rooms
), made as (
  insert into public.room_members (room_id, user_id)
  select placed.room_id, person.id
  from placed
  join bench.people as person on person.n % {rooms} = placed.n % {rooms} and person.n <= {rooms} * 40
  on conflict do nothing
  returning room_id, user_id
)
insert into bench.made select room_id, user_id from made;
insert into bench.guests select room_id, user_id from bench.made;
insert into public.room_presence (room_id, user_id, last_seen_at)
  select room_id, user_id, now() from bench.guests on conflict do nothing;
create table bench.voters as
  select
    is_hot, item_id, user_id,
    row_number() over (partition by is_hot order by hashtextextended(user_id::text || item_id, 1)) as n
  from (
    select true as is_hot, hot.item_id, seen.user_id
    from bench.hot as hot join public.room_presence as seen on seen.room_id = hot.room_id
    union all
    select false, cold.item_id, seen.user_id
    from bench.cold_items as cold join public.room_presence as seen on seen.room_id = cold.room_id
  ) as one
  join public.queue_items as item on item.id = one.item_id and item.added_by <> one.user_id
  where user_id not in (select profile_id from private.hidden_profiles);
create unique index on bench.voters (is_hot, n);
create table bench.bare_votes (like public.queue_votes including all);
create table bench.recounted_items (
  id uuid primary key, up_count int not null default 0, down_count int not null default 0
) with (fillfactor = 80);
insert into bench.recounted_items select item_id from bench.hot;
create table bench.recounted_votes (like public.queue_votes including all);
create table bench.standing as select gen_random_uuid() as user_id from generate_series(1, {standing});
grant usage on schema bench to authenticated, postgres;
grant select on all tables in schema bench to authenticated, postgres;
grant insert, select, update on bench.bare_votes, bench.recounted_votes, bench.recounted_items
  to authenticated, postgres
"""
RECOUNT = """
create function bench.recount(item_id uuid, value int)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user_id constant uuid := auth.uid();
  v_is_held constant boolean := private.hold_person(v_user_id);
  v_answer jsonb;
begin
  insert into bench.recounted_votes as vote {stores} on conflict do nothing;
  if not found then
    raise 'this vote is not stored';
  end if;
  perform from bench.recounted_items as item where item.id = recount.item_id for no key update;
  update bench.recounted_items as item
  set (up_count, down_count) = (
    select count(*) filter (where vote.value = 1), count(*) filter (where vote.value = -1)
    from bench.recounted_votes as vote
    where vote.item_id = recount.item_id
  )
  where item.id = recount.item_id
  returning
    jsonb_build_object('up_count', item.up_count, 'down_count', item.down_count, 'my_vote', recount.value)
  into v_answer;
  return v_answer;
end
$$;
grant execute on function bench.recount(uuid, int) to authenticated
"""
CLEAR = """
delete from public.queue_votes as vote using bench.voters as voter
  where vote.item_id = voter.item_id and vote.user_id = voter.user_id;
delete from public.queue_votes as vote using bench.hot as hot where vote.item_id = hot.item_id;
update public.queue_items as item set up_count = (
    select count(*) from public.queue_votes as vote where vote.item_id = item.id and vote.value = 1
  ), down_count = (
    select count(*) from public.queue_votes as vote where vote.item_id = item.id and vote.value = -1
  )
  from bench.cold_items as cold where item.id = cold.item_id;
insert into public.queue_votes (item_id, user_id, value, voted_at)
  select hot.item_id, standing.user_id, 1, '2026-01-01' from bench.hot as hot cross join bench.standing as standing;
update private.vote_slots as slot
  set up_count = case slot.slot when -1 then (select count(*) from bench.standing) else 0 end, down_count = 0
  from bench.hot as hot where slot.item_id = hot.item_id;
truncate bench.bare_votes, bench.recounted_votes;
insert into bench.recounted_votes select vote.* from public.queue_votes as vote;
vacuum (analyze) public.queue_votes;
vacuum (analyze) public.queue_items;
vacuum (analyze) private.vote_slots;
vacuum (analyze) bench.recounted_votes;
vacuum bench.recounted_items;
checkpoint
"""
TAKE_BACK = """
delete from public.queue_votes as vote using bench.standing as standing where vote.user_id = standing.user_id;
delete from public.queue_votes as vote using bench.voters as voter
  where vote.item_id = voter.item_id and vote.user_id = voter.user_id;
update private.vote_slots as slot set up_count = 0, down_count = 0
  from bench.hot as hot where slot.item_id = hot.item_id;
update public.queue_items as item set up_count = 0, down_count = 0
  from (select item_id from bench.cold_items union all select item_id from bench.hot) as used
  where item.id = used.item_id;
delete from public.queue_votes as vote
  using (select item_id from bench.cold_items union all select item_id from bench.hot) as used
  where vote.item_id = used.item_id;
delete from public.room_presence as seen using bench.guests as guest
  where seen.room_id = guest.room_id and seen.user_id = guest.user_id;
delete from public.room_members as member using bench.made as made
  where member.room_id = made.room_id and member.user_id = made.user_id;
drop schema bench cascade;
vacuum (analyze) public.queue_votes;
vacuum (analyze) public.room_presence;
vacuum (analyze) public.room_members
"""
# Every transaction is another voter's, as one of PostgREST's is.
BECOME = """
\\set n :n + 1
\\set voter :client_id * {each} + :n
begin;
{wait}
select set_config('role', 'authenticated', true), set_config(
  'request.jwt.claims', json_build_object('sub', user_id, 'role', 'authenticated')::text, true
)
from bench.voters where is_hot = {is_hot} and n = :voter;
"""
CALLS = {
    "vote": """
select public.vote_track((select item_id from bench.voters where is_hot = {is_hot} and n = :voter), 1);
""",
    "bare": """
insert into bench.bare_votes (item_id, user_id, value)
select item_id, (current_setting('request.jwt.claims')::json ->> 'sub')::uuid, 1
from bench.voters where is_hot = {is_hot} and n = :voter;
""",
    "recount": """
select bench.recount((select item_id from bench.voters where is_hot = {is_hot} and n = :voter), 1);
""",
}  # fmt: skip
WRONG = """
select count(*)
from (select item_id from bench.hot union all select item_id from bench.cold_items) as voted
cross join lateral private.votes_of(voted.item_id) as votes
cross join lateral (
  select count(*) filter (where vote.value = 1) as ups, count(*) filter (where vote.value = -1) as downs
  from public.queue_votes as vote
  where vote.item_id = voted.item_id
) as facts
where (votes.up_count, votes.down_count) is distinct from (facts.ups, facts.downs)
"""


def script(call: str, *, is_hot: bool, each: int, waits: bool = True) -> str:
    """What each client sends, again and again."""
    wait = "" if waits else "set local synchronous_commit = off;"
    words = {"is_hot": str(is_hot).lower(), "each": each, "wait": wait}
    return BECOME.format(**words) + CALLS[call].format(**words) + "commit;\n"


@contextmanager
def prepared(place: Place, items: int = 1_000) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection of the superuser, with voters who are there; afterwards all is as it was."""
    with psycopg.connect(place.url(place.big, SUPERUSER), autocommit=True) as connection:
        connection.execute(b"set session_replication_role = replica")
        connection.execute(b"set statement_timeout = 0")
        words = {"hall": HALL, "items": items, "rooms": items // 2, "standing": STANDING}
        for statement in (WAKE + SETUP.format(**words)).strip().split(";\n"):
            connection.execute(statement.encode())
        connection.execute(RECOUNT.format(stores=stores(connection)).encode())
        try:
            yield connection
        finally:
            for statement in TAKE_BACK.strip().split(";\n"):
                connection.execute(statement.encode())


def stores(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """What vote_track asks before it stores a vote, as the database has it."""
    row = connection.execute(
        "select pg_get_functiondef('private.vote_track(uuid, int)'::regprocedure)"
    ).fetchone()
    assert row is not None
    _, rest = str(row[0]).split("insert into public.queue_votes as vote", 1)
    return rest.split("on conflict do nothing", 1)[0].replace("vote_track.", "recount.")


def clear(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Nobody has voted yet, but for the votes that stand."""
    for statement in CLEAR.strip().split(";\n"):
        connection.execute(statement.encode())


def votes(place: Place, number: int, each: int = 300, items: int = 1_000) -> list[Result]:
    """Rates of 32 clients who vote so many times each."""
    with prepared(place, items) as connection:
        wrong: list[int] = []

        def rate(name: str) -> float:
            call, where, *rest = name.split(", ")
            few = max(1, each // 10) if call == "recount" else each
            clear(connection)
            text = script(call, is_hot=where == "hot", each=each, waits=not rest)
            found = pgbench(place, text, CLIENTS, transactions=few)
            row = connection.execute(WRONG.encode()).fetchone()
            assert row is not None
            wrong.append(int(str(row[0])))
            return found

        names = ["vote, hot", "bare, hot", "bare, hot, no wait", "recount, hot"]
        names += ["vote, cold", "bare, cold", "bare, cold, no wait"]
        rates = interleave(
            {name: (lambda name=name: rate(name)) for name in names},  # type: ignore[misc]
            number,
        )

    right = sum(number == 0 for number in wrong) / len(wrong)

    def share(what: str, floor: str) -> float:
        return statistics.median(a / b for a, b in zip(rates[what], rates[floor], strict=True))

    for where in ("hot", "cold"):
        least = share(f"vote, {where}", f"bare, {where}, no wait")
        print(f"votes, {where}: {least:.2f} of inserts that do not wait for the disk either")
    most = share("bare, hot, no wait", "recount, hot")
    print(f"inserts that do not wait for the disk are {most:.1f} recounts")
    return [
        Result("32 vote", "on what plays", share("vote, hot", "bare, hot"), 0.5, "T", True),
        Result("32 vote", f"on {items:,} items", share("vote, cold", "bare, cold"), 0.6, "T", True),
        Result(
            "32 vote", "on what plays, against recounts",
            share("vote, hot", "recount, hot"), 15, "× recount", True,
        ),
        Result("32 vote", "runs after which every count is right", right, 1, "of all", True),
    ]  # fmt: skip
