"""Streams under real concurrency, and of people whose accounts end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.database import Connection, Database, actor, person_id
from tests.live import join, leave, orders, start_live, stream_row, tell
from tests.races import race, refusals, wait_until_blocked
from tests.rooms import enter_room, make_room
from tests.schema.counters import counter_laws
from tests.sessions import make_party, queue


def starts(room: uuid.UUID, name: str) -> Callable[[Connection], Any]:
    return lambda connection: start_live(connection, room, name)


def test_of_twenty_who_start_at_once_one_is_live(database: Database) -> None:
    with database.connect() as connection:
        room = make_room(connection, "ada")
        enter_room(connection, room, "cleo", "moderator")
        outcomes = race(
            database, [starts(room, name) for name in ("ada", "cleo") for _ in range(10)]
        )
        assert refusals(outcomes) == [("PT409", "live_exists")] * 19
        rows = connection.execute("select id from public.live_streams").fetchall()
    assert [row["id"] for row in rows] == [one for one in outcomes if isinstance(one, uuid.UUID)]


def test_events_that_arrive_at_once_and_twice_count_once(database: Database) -> None:
    people = ("ben", "cleo", "dan", "eve", "finn", "stranger")
    with database.connect() as connection:
        stream = start_live(connection, make_room(connection, "ada"))

        def arrives(name: str, kind: str) -> Callable[[Connection], Any]:
            report = join if kind == "joined" else leave
            return lambda other: report(
                actor(other, "service"), stream, name, identity=f"EV_{name}_{kind}"
            )

        jobs = [arrives(name, "joined") for name in people for _ in range(3)]
        jobs += [arrives(name, "left") for name in people[:2] for _ in range(2)]
        outcomes = race(database, jobs)
        assert sorted(outcomes) == ["counted"] * 8 + ["repeated"] * 14
        assert stream_row(connection, stream)["listener_count"] == 4
        assert counter_laws(connection) == []


def test_a_stream_that_is_ended_from_all_sides_ends_once(database: Database) -> None:
    with database.connect() as connection:
        room = make_room(connection, "ada")
        enter_room(connection, room, "cleo", "moderator")
        stream = start_live(connection, room, "cleo")
        join(actor(connection, "service"), stream, "ben")

        def ends(name: str) -> Callable[[Connection], Any]:
            return lambda other: actor(other, "service").call(
                "backend.end_live", user_id=person_id(name), stream_id=stream
            )

        outcomes = race(
            database,
            [
                ends("ada"),
                ends("cleo"),
                lambda other: tell(actor(other, "service"), "room_finished", stream),
                lambda other: actor(other, "cleo").call("leave_room", room_id=room),
                lambda other: leave(actor(other, "service"), stream, "ben"),
            ],
        )
        # Whoever has left by then does not end it any more.
        assert set(refusals(outcomes)) <= {("PT403", "not_a_member")}
        row = stream_row(connection, stream)
        assert row["ended_at"] is not None
        assert orders(connection, stream) == [("clear", None)]
        ended = connection.execute(
            "select count(*) as number from realtime.messages where event = 'live_ended'"
        ).fetchone()
        assert ended == {"number": 1}
        assert counter_laws(connection) == []


def test_an_account_that_is_erased_in_the_middle_of_a_stream_leaves_no_name(
    database: Database,
) -> None:
    with database.connect() as connection:
        service = actor(connection, "service")
        room = make_room(connection, "ada")
        enter_room(connection, room, "ben")
        stream = start_live(connection, room)
        for name in ("ben", "cleo"):
            join(service, stream, name)
        join(service, stream, "ben", session="PA_ben_again", seconds=1)
        theirs = make_room(connection, "cleo")
        enter_room(connection, theirs, "ben", "moderator")
        hosted = start_live(connection, theirs, "ben")
        join(service, hosted, "ben", role="host")
        join(service, hosted, "cleo")
        connection.execute("delete from auth.users where id = %s", [person_id("ben")])
        row = stream_row(connection, hosted)
        assert (row["host_id"], row["title"], row["end_reason"]) == (None, None, "host_left")
        names = connection.execute(
            "select count(*) as number from public.live_participants where user_id = %s",
            [person_id("ben")],
        ).fetchone()
        assert names == {"number": 0}
        left = connection.execute(
            "select count(*) as number from private.outbox where payload::text like %s",
            [f"%{person_id('ben')}%"],
        ).fetchone()
        assert left == {"number": 0}
        # Whoever still listens without an account is found by asking who is there.
        listed = f'[{{"stream_id": "{stream}", "count": 3}}]'
        found = service.call("backend.live_census", rooms=listed, asked_at="now")
        assert found == [stream]
        assert counter_laws(connection) == []


def test_an_erasure_takes_streams_before_sessions_as_who_leaves_the_room_does(
    database: Database,
) -> None:
    with database.connect() as owner:
        room, session = make_party(owner, "public")
        queue(actor(owner, "ben"), session)
        stream = start_live(owner, room, "ada")
        join(actor(owner, "service"), stream, "ben")
        # He listens still, and is no member: nobody is kept from the room by its row.
        actor(owner, "ben").call("leave_room", room_id=room)
    with (
        database.connect(autocommit=False) as leaving,
        database.connect() as erasing,
        database.connect() as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        leaving.execute("select from public.live_streams where id = %s for update", [stream])
        locked = pool.submit(
            erasing.execute, "select private.lock_ties(array[%s]::uuid[])", [person_id("ben")]
        )
        wait_until_blocked(watcher, erasing)
        leaving.execute("select from public.dj_sessions where id = %s for update", [session])
        leaving.commit()
        locked.result(timeout=120)
