"""The sessions suites: what a session costs its room, and the schedule that moves a thousand.

In the hall votes decide, in the club fifty people take turns, in the studio the host lines up:
fifty are queued in each, at every size. What is written is rolled back outside the timing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import psycopg

from bench.community import void
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place
from bench.rooms import CLUB, HALL, Rooms
from devstack.parts.postgres import SUPERUSER

STUDIO = 11
ROOMS = {
    "session_state, votes decide": HALL,
    "session_state, a rotation of 50": CLUB,
    "session_state, the host lines up": STUDIO,
}
STATE = "select public.session_state($1::uuid)"
ADVANCE = "select public.advance_session($1::uuid, $2::bigint)"
VOTE = "select public.vote_track($1::uuid, 1)"
OPEN = """
select session.{}::text
from public.dj_sessions as session
join public.rooms as room on room.id = session.room_id
where room.slug = 'room-{}' and session.ended_at is null
"""
READY = """
select private.keep_session_view(session.id)
from public.dj_sessions as session
join public.rooms as room on room.id = session.room_id
where room.slug in ('room-1', 'room-2', 'room-11') and session.ended_at is null
"""
WRITTEN = (
    "public.queue_items, public.dj_sessions, public.queue_votes, public.room_history,"
    " public.rotation_slots, private.vote_slots, private.session_views, realtime.messages"
)
DUE = 1_000
STATE_BUFFERS = 200


class Sessions:
    """The sessions of one database. Kept is what their rooms would have been told of."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.owner = psycopg.connect(rooms.owner_url, autocommit=True)
        self.owner.execute(b"set role postgres")
        self.owner.execute(READY.encode())
        self.owner.execute(b"reset role")
        self.vacuum()

    def vacuum(self) -> None:
        """Take away what was rolled back."""
        self.owner.execute(f"vacuum {WRITTEN}".encode())

    def of(self, room: int, column: str = "id") -> str:
        """A column of the session in a room."""
        return self.rooms.value(OPEN.format(column, room))

    def state(self, name: str, room: int) -> tuple[Case, int]:
        """session_state as each reader asks for it, and the most buffers it takes."""
        session = self.of(room)
        return self.rooms.page(name, STATE, [(one, [session]) for one in self.rooms.people])

    def undone(self, name: str, statement: str, *parameters: str) -> Case:
        """Something each reader does in turn, of which nothing stays."""
        reader, people = self.rooms.reader, self.rooms.people

        def prepare(i: int) -> None:
            if i == 0:
                self.vacuum()
            reader.become(people[i % len(people)])
            reader.run("begin")

        return Case(
            name,
            lambda _: void(reader.run(statement, *parameters)),
            prepare,
            lambda _: void(reader.run("rollback")),
            reader.backend,
        )

    def advance(self, name: str) -> Case:
        """advance_session of what is over in the hall, by whoever is first."""
        return self.undone(name, ADVANCE, self.of(HALL), self.of(HALL, "sequence"))

    def vote(self, name: str) -> Case:
        """A first vote on what plays in the hall."""
        return self.undone(name, VOTE, self.of(HALL, "current_item_id"))

    def close(self) -> None:
        """Close the connection."""
        self.owner.close()


def sessions(place: Place, number: int) -> list[Result]:
    """What reading, voting in and moving on a session cost, and how that grows."""
    with place.both(Rooms) as (big_rooms, small_rooms):
        big, small = Sessions(big_rooms), Sessions(small_rooms)
        timed = [big_rooms.row()]
        buffers = {}
        for name, room in ROOMS.items():
            case, buffers[name] = big.state(name, room)
            timed += [case, small.state(f"{name}, small", room)[0]]
        timed += [big.advance("advance_session"), small.advance("advance_session, small")]
        timed += [big.vote("vote_track"), small.vote("vote_track, small")]
        times = rounds(timed, number=number)
        by_cpu = rounds(timed, number=number, by_cpu=True)
        big.close()
        small.close()
    print(f"K = {statistics.median(times['K']):.3f} ms")
    grown = [*ROOMS, "advance_session", "vote_track"]
    for name in grown:
        waited = ratio(times, name, f"{name}, small")
        print(f"{name}: of CPU {ratio(by_cpu, name, 'K'):.2f} K; its client waits {waited:.2f} ×")
    return [
        *(Result("time", name, ratio(times, name, "K"), 8, "K") for name in ROOMS),
        Result("time", "advance_session", ratio(times, "advance_session", "K"), 25, "K"),
        *(
            Result("buffers", name, most, STATE_BUFFERS, "buffers")
            for name, most in buffers.items()
        ),
        *(
            Result("growth", name, ratio(by_cpu, name, f"{name}, small"), 1.2, "×")
            for name in grown
        ),
    ]


def due(place: Place, number: int) -> list[Result]:
    """A thousand sessions due at once, or all there are, against as many times one."""
    with psycopg.connect(place.url(place.big, SUPERUSER), autocommit=True) as connection:
        connection.execute(b"set statement_timeout = 0")
        row = connection.execute(
            "select count(*) from public.dj_sessions where due_at <= now()"
        ).fetchone()
        assert row is not None
        many = min(int(str(row[0])), DUE)
        move = partial(
            connection.execute, "select backend.advance_due_sessions(size => %s)", prepare=True
        )
        each: dict[int, list[float]] = {1: [], many: []}
        for _ in range(number + 1):
            for size, times in each.items():
                connection.execute(f"vacuum {WRITTEN}".encode())
                with connection.transaction(force_rollback=True):
                    connection.execute(b"set local role service_role")
                    turns = 50 if size == 1 else 1
                    times.append(
                        statistics.median(_seconds(move, size) / size for _ in range(turns))
                    )
    shares = [a / b for a, b in zip(each[many][1:], each[1][1:], strict=True)]
    print(f"one due session: {statistics.median(each[1]) * 1000:.2f} ms")
    return [
        Result(
            "advance_due_sessions",
            f"{many:,} at once",
            statistics.median(shares),
            1.5,
            "× one each",
        )
    ]


def _seconds(move: Callable[..., psycopg.Cursor[tuple[object, ...]]], size: int) -> float:
    began = time.perf_counter()
    row = move([size]).fetchone()
    taken = time.perf_counter() - began
    if row != (size,):
        raise RuntimeError(f"{row} sessions were due instead of {size}")
    return taken
