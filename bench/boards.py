"""The boards suite: what a leaderboard of a million costs to read and to count, while people earn.

The board is that of DJs for all time, log-normal; the small one has a tenth of the people. People
are paid and boards are counted all the while, by other connections.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event

import psycopg

from bench.community import Community, void
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place
from bench.redis_server import Redis, redis_running
from devstack.parts.postgres import SUPERUSER

ASKED = {
    "top 50": "select * from public.leaderboard('djs')",
    "my_rank": "select * from public.my_rank('djs')",
    "around me, 5 on either side": "select * from public.leaderboard_around_me('djs')",
}
GOALS = {"top 50": 1.5, "my_rank": 2.0, "around me, 5 on either side": 3.0}
BUFFERS = {"top 50": 80, "my_rank": 300, "around me, 5 on either side": 300}
# One row by primary key, behind a door like those of the RPCs: who calls is asked, no more.
DOOR = """
create schema if not exists bench;
grant usage on schema bench to authenticated;
create or replace function bench.private_score() returns private.board_scores
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user_id constant uuid := auth.uid();
  v_row private.board_scores;
begin
  if v_user_id is null then
    perform private.raise_error(401, 'not_signed_in', 'Sign in first.');
  end if;
  select row.* into v_row from private.board_scores as row
  where row.user_id = v_user_id and row.standing_id = (select id from private.standings limit 1);
  return v_row;
end $$;
create or replace function bench.score() returns private.board_scores
language sql stable begin atomic
  select bench.private_score();
end;
grant execute on function bench.private_score(), bench.score() to authenticated;
"""
K = "select * from bench.score()"
SCORED = """
select user_id::text from private.board_scores
where standing_id = (select id from private.standings limit 1)
order by hashtextextended(user_id::text, 1) limit 2000
"""
EARN = """
insert into private.score_changes (user_id, metric, amount, counts_at, moved_at)
select user_id, 'dj_points', 1 + abs(hashtextextended(user_id::text, %(turn)s)) %% 9, now(), now()
from private.board_scores
where standing_id = (select id from private.standings limit 1)
order by hashtextextended(user_id::text, %(turn)s) limit %(number)s
"""


@dataclass(frozen=True)
class Boards:
    """One database with a board, and who reads it."""

    community: Community
    people: list[str]

    @classmethod
    def of(cls, place: Place, name: str) -> Boards:
        """Those of a database of the place."""
        with psycopg.connect(place.url(name, SUPERUSER), autocommit=True) as owner:
            owner.execute(DOOR.encode())
        community = Community(place.url(name))
        found = [str(row[0]) for row in community.owner.connection.execute(SCORED.encode())]
        return cls(community, found)

    def case(self, name: str, statement: str) -> Case:
        """What each of two thousand people asks for in turn."""
        reader, people = self.community.reader, self.people
        return Case(
            name,
            lambda _: void(reader.run(statement)),
            lambda i: reader.become(people[(i * 31 + len(name)) % len(people)]),
            backend=reader.backend,
        )

    def buffers(self, statement: str) -> int:
        """The most that one of fifty people touches."""
        most = 0
        for person in self.people[:50]:
            self.community.reader.become(person)
            self.community.reader.run(statement)
            most = max(most, self.community.reader.explain(statement))
        return most


@contextmanager
def earning(*urls: str) -> Iterator[None]:
    """Have people paid, some hundred a second, and counted every second, in these databases.

    By processes of their own: a thread would take turns with the clients that are timed.
    """
    context = multiprocessing.get_context("spawn")
    over = context.Event()
    payers = [context.Process(target=pay, args=(url, over), daemon=True) for url in urls]
    for payer in payers:
        payer.start()
    try:
        yield
        if not all(payer.is_alive() for payer in payers):
            raise RuntimeError("nobody was paid meanwhile")
    finally:
        over.set()
        for payer in payers:
            payer.join()


def pay(url: str, over: Event) -> None:
    """Award until it is over, and count what was awarded."""
    people = random.Random(1)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("set synchronous_commit = off")
        ids = [row[0] for row in owner.execute(SCORED.encode())]
        turn = 0
        while not over.wait(0.01):
            owner.execute(
                "select private.award(%s, 'upvote_received', %s)",
                [people.choice(ids), f"bench:{people.getrandbits(64)}"],
            )
            turn += 1
            if turn % 100 == 0:
                owner.execute("select private.roll_up_leaderboards(10000)")


def reading(place: Place, number: int) -> list[Result]:
    """Pages and ranks as multiples of K, how they grow, and the buffers they touch."""
    big, small = Boards.of(place, place.big), Boards.of(place, place.small)
    buffers = {name: big.buffers(statement) for name, statement in ASKED.items()}
    with earning(*(place.url(name, SUPERUSER) for name in (place.big, place.small))):
        cases = [big.case("K", K), small.case("K, small", K)]
        for name, statement in ASKED.items():
            cases.append(big.case(name, statement))
            cases.append(small.case(f"{name}, small", statement))
        times = rounds(cases, number=number)
        by_cpu = rounds(cases, number=number, by_cpu=True)
    big.community.close()
    small.community.close()
    print(f"K = {statistics.median(times['K']):.3f} ms")
    for name in ASKED:
        print(f"{name}: of CPU {ratio(by_cpu, name, 'K'):.2f} K")
    return [
        *(Result("time", name, ratio(times, name, "K"), goal, "K") for name, goal in GOALS.items()),
        *(Result("growth", name, ratio(times, name, f"{name}, small"), 1.3, "×") for name in ASKED),
        *(
            Result("buffers", name, buffers[name], most, "buffers")
            for name, most in BUFFERS.items()
        ),
    ]


def against_redis(place: Place, number: int) -> list[Result]:
    """my_rank against ZREVRANK of the same board, both as their client waits for them."""
    with redis_running() as redis:
        if redis is None:
            print("no redis-server here (Debian: apt install redis-server): not compared")
            return []
        big = Boards.of(place, place.big)
        fill(redis, place)
        people = big.people
        with earning(place.url(place.big, SUPERUSER)):
            times = rounds(
                [
                    big.case("my_rank", ASKED["my_rank"]),
                    Case(
                        "redis",
                        lambda i: void(redis.ask("ZREVRANK", "djs", people[i * 31 % len(people)])),
                    ),
                ],
                number=number,
            )
        big.community.close()
    print(f"ZREVRANK = {statistics.median(times['redis']):.3f} ms")
    return [Result("rank", "my_rank", ratio(times, "my_rank", "redis"), 2.5, "× ZREVRANK")]


def fill(redis: Redis, place: Place) -> None:
    """Store the board as a sorted set."""
    with psycopg.connect(place.url(place.big)) as owner:
        rows = owner.execute("select score::text, user_id::text from private.board_scores")
        while page := rows.fetchmany(5_000):
            redis.ask("ZADD", "djs", *(str(value) for row in page for value in row))


def counting(place: Place, number: int) -> list[Result]:
    """A whole board counted anew against count(*), and roll-ups of ever more changes."""
    with psycopg.connect(place.url(place.big, SUPERUSER), autocommit=True) as owner:
        owner.execute("set statement_timeout = 0")
        owner.execute("set max_parallel_workers_per_gather = 0")
        owner.execute("select private.roll_up_leaderboards(100000)")
        owner.execute("vacuum (analyze) private.board_scores")

        def seconds(statement: str) -> float:
            began = time.perf_counter()
            owner.execute(statement.encode())
            return time.perf_counter() - began

        whole = [
            seconds("select private.recount_board(id) from private.standings where board = 'djs'")
            / seconds("select count(*) from private.board_scores")
            for _ in range(number)
        ]
        each: dict[int, list[float]] = {1_000: [], 10_000: []}
        for turn in range(number):
            for size, times in each.items():
                owner.execute(EARN, {"turn": turn, "number": size})
                times.append(seconds(f"select private.roll_up_leaderboards({size})") / size)
    few, many = (statistics.median(times) for times in each.values())
    print(f"a change: {many * 1e6:.0f} µs")
    return [
        Result("roll-up", "a whole board", statistics.median(whole), 8, "× count(*)"),
        Result("roll-up", "a change of 10,000", many / few, 1.3, "× of 1,000"),
    ]
