"""What people do to one room at the same moment, with real connections."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor, sign_up
from tests.races import race, refusals, wait_until_blocked
from tests.rooms import enter_room, make_invite, make_room
from tests.schema.counters import counter_laws

GUESTS = 200


def newcomers(connection: Connection, number: int) -> list[uuid.UUID]:
    """People who have just signed up."""
    ids = [uuid.uuid4() for _ in range(number)]
    with connection.transaction():
        for place, identity in enumerate(ids):
            name = f"guest_{place}"
            sign_up(connection, identity, f"{name}@backbeat.test", {"username": name})
    return ids


def guest(connection: Connection, identity: uuid.UUID) -> Actor:
    """One of them on a connection."""
    return Actor(connection, "guest", identity, "authenticated")


def crowd(
    database: Database, jobs: Sequence[Callable[[Connection], Any]], connections: int = 50
) -> list[Any]:
    """As race, for more jobs than connections: each connection takes the next job at once."""
    waiting = iter(enumerate(jobs))
    lock, barrier = threading.Lock(), threading.Barrier(connections)
    outcomes: dict[int, Any] = {}

    def run(_: int) -> None:
        with database.connect() as connection:
            barrier.wait(timeout=180)
            while True:
                with lock:
                    taken = next(waiting, None)
                if taken is None:
                    return
                place, job = taken
                try:
                    outcomes[place] = job(connection)
                except psycopg.Error as error:
                    outcomes[place] = error

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(run, range(connections)))
    return [outcomes[place] for place in range(len(jobs))]


def asks(person: str | uuid.UUID, call: str, **arguments: Any) -> Callable[[Connection], Any]:
    """What somebody of the cast, or a guest, asks for on whichever connection."""

    def run(connection: Connection) -> Any:
        who = actor(connection, person) if isinstance(person, str) else guest(connection, person)
        return who.call(call, **arguments)

    return run


def value(connection: Connection, statement: str, *parameters: object) -> Any:
    """One value as the owner sees it."""
    row = connection.execute(statement, list(parameters)).fetchone()
    assert row is not None
    return next(iter(row.values()))


def test_two_hundred_who_join_at_once_are_fifty_members(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada", member_limit=50)
        people = newcomers(owner, GUESTS)
        outcomes = crowd(database, [asks(who, "join_room", room_id=room) for who in people])
        assert refusals(outcomes) == [("PT409", "room_full")] * (GUESTS - 49)
        assert value(owner, "select count(*) from public.room_members") == 50
        assert value(owner, "select member_count from public.rooms") == 50
        assert counter_laws(owner) == []


def test_an_invitation_for_three_lets_three_in(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada", "private")
        code = make_invite(owner, room, use_limit=3)
        people = newcomers(owner, 16)
        jobs = [asks(who, "join_room", room_id=room, invite_code=code) for who in people]
        outcomes = race(database, jobs)
        assert refusals(outcomes) == [("PT404", "invite_not_found")] * 13
        assert value(owner, "select use_count from public.room_invites") == 3
        assert value(owner, "select member_count from public.rooms") == 4


def test_who_asks_many_times_at_once_asks_once(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada", "private")
    outcomes = race(database, [asks("ben", "request_to_join", room_id=room)] * 8)
    assert refusals(outcomes) == []
    assert len({outcome["id"] for outcome in outcomes}) == 1


def test_two_moderators_decide_a_request_once(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada", "private")
        enter_room(owner, room, "cleo", "moderator")
        request = actor(owner, "ben").call("request_to_join", room_id=room)["id"]
        jobs = [
            asks(name, "decide_join_request", request_id=request, approve=approve)
            for name, approve in (("ada", True), ("cleo", False))
        ]
        outcomes = race(database, jobs)
        assert refusals(outcomes) == [("PT409", "join_request_decided")]
        is_member = value(owner, "select count(*) from public.room_members") == 3
        status = value(owner, "select status from public.join_requests")
        assert status == ("approved" if is_member else "declined")


def test_nobody_who_is_banned_stays_however_they_come_and_go(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada")
        enter_room(owner, room, "ben")

        ban = asks("ada", "remove_member", room_id=room, username="ben", ban_minutes=None)
        come, beat, go = (
            asks("ben", call, room_id=room) for call in ("join_room", "heartbeat", "leave_room")
        )
        outcomes = race(database, [ban, come, beat, go, come, beat, go])
        assert set(refusals(outcomes)) <= {
            ("PT403", "banned_from_room"),
            ("PT403", "not_a_member"),
        }
        assert value(owner, "select count(*) from public.room_members") == 1
        assert value(owner, "select count(*) from public.room_presence") == 0


def test_two_transfers_at_once_leave_one_owner(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner, "ada")
        for name in ("ben", "cleo"):
            enter_room(owner, room, name)
        jobs = [
            asks("ada", "transfer_room", room_id=room, username=name) for name in ("ben", "cleo")
        ]
        outcomes = race(database, jobs)
        assert refusals(outcomes) == [("PT403", "not_the_owner")]
        assert counter_laws(owner) == []


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_an_owner_who_is_erased_meets_who_comes_and_goes(role: str, database: Database) -> None:
    with database.connect() as owner:
        rooms = [make_room(owner, "ada") for _ in range(3)]
        for room in rooms:
            enter_room(owner, room, "ben", role)
        owner.execute(
            "insert into private.account_deletions (user_id, erase_after)"
            " select id, now() from public.profiles where username = 'ada'"
        )

        def erase(connection: Connection) -> Any:
            return actor(connection, "service").rows("backend.erase_due_accounts")

        comers = [
            asks(name, "join_room", room_id=room)
            for name, room in itertools.product(("cleo", "dan"), reversed(rooms))
        ]
        goers = [asks("ben", "leave_room", room_id=room) for room in rooms]
        outcomes = race(database, [erase, *comers, *goers])
        assert {token for _, token in refusals(outcomes)} <= {
            "owner_must_transfer",
            "room_not_found",
        }
        assert [row["is_erased"] for row in outcomes[0]] == [True]
        assert counter_laws(owner) == []


def attempt(connection: Connection, name: str, call: str, **arguments: Any) -> Any:
    """What somebody is answered, or the error."""
    try:
        return actor(connection, name).call(call, **arguments)
    except psycopg.Error as error:
        return error


def test_a_moderator_who_decides_and_removes_at_once_does_both(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as one,
        database.connect() as other,
        database.connect(autocommit=False) as gate,
        ThreadPoolExecutor(1) as pool,
    ):
        room = make_room(owner, "ada", "private")
        enter_room(owner, room, "ben")
        request = actor(owner, "cleo").call("request_to_join", room_id=room)["id"]
        gate.execute("select from public.profiles where username = 'cleo' for no key update")
        decided = pool.submit(
            attempt, one, "ada", "decide_join_request", request_id=request, approve=True
        )
        wait_until_blocked(owner, one)
        # What decides holds nothing yet that the room's own business needs.
        other.execute("set statement_timeout = '60s'")
        removed = attempt(other, "ada", "remove_member", room_id=room, username="ben")
        gate.rollback()
        assert removed["is_member"] is False
        assert decided.result(timeout=120)["status"] == "approved"


@pytest.mark.parametrize("call", ["join_room", "leave_room"])
def test_who_is_erased_as_they_come_or_go_is_erased(call: str, database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as erasing,
        database.connect() as coming,
        database.connect(autocommit=False) as gate,
        ThreadPoolExecutor(2) as pool,
    ):
        room = make_room(owner, "ada")
        actor(owner, "ben").call("join_room", room_id=room)
        if call == "join_room":
            actor(owner, "ben").call("leave_room", room_id=room)
        owner.execute(
            "insert into private.account_deletions (user_id, erase_after)"
            " select id, now() from public.profiles where username = 'ben'"
        )
        # Whoever erases is the next to have ben's profile; whoever is ben comes after them.
        gate.execute("select from public.profiles where username = 'ben' for no key update")
        erased = pool.submit(actor(erasing, "service").rows, "backend.erase_due_accounts")
        wait_until_blocked(owner, erasing)
        came = pool.submit(attempt, coming, "ben", call, room_id=room)
        wait_until_blocked(owner, coming)
        gate.rollback()
        assert [(row["is_erased"], row["error"]) for row in erased.result(120)] == [(True, None)]
        assert refusals([came.result(timeout=120)]) == [("PT401", "account_gone")]
        assert counter_laws(owner) == []


def test_people_come_and_go_in_many_rooms_while_accounts_are_erased(database: Database) -> None:
    with database.connect() as owner:
        owner.execute("update private.rate_limit_rules set capacity = 100000")
        rooms = [make_room(owner, name) for name in ("ada", "dan", "ada", "eve")]
        people = newcomers(owner, 12)
        for number, person in enumerate(people):
            for room in rooms[number % 3 :: 2]:
                owner.execute(
                    "insert into public.room_members (room_id, user_id, role) values (%s, %s, %s)",
                    [room, person, "moderator" if number % 4 == 0 else "member"],
                )
        leaving = [*people[:6], actor(owner, "ada").id, actor(owner, "dan").id]

    def come_and_go(person: uuid.UUID, turn: int) -> Callable[[Connection], set[str | None]]:
        def run(connection: Connection) -> set[str | None]:
            answers = set()
            for number in range(24):
                room = rooms[(number * 3 + turn) % 4]
                call = ("leave_room", "join_room", "heartbeat")[(number + turn) % 3]
                try:
                    guest(connection, person).call(call, room_id=room)
                except psycopg.Error as error:
                    answers.add(error.diag.message_primary)
            return answers

        return run

    def erase(connection: Connection) -> list[Any]:
        found = []
        for person in leaving:
            connection.execute(
                "insert into private.account_deletions (user_id, erase_after) values (%s, now())",
                [person],
            )
            found += actor(connection, "service").rows("backend.erase_due_accounts")
        return found

    jobs = [come_and_go(person, turn) for turn, person in enumerate(people)]
    # Each of those who are erased comes with two clients.
    jobs += [come_and_go(person, turn + 1) for turn, person in enumerate(people[:6])]
    *outcomes, erased = race(database, [*jobs, erase])
    assert refusals([*outcomes, erased]) == []
    assert set().union(*outcomes) <= {
        "account_gone",
        "not_a_member",
        "owner_must_transfer",
        "room_not_found",
    }
    assert [(row["is_erased"], row["error"]) for row in erased] == [(True, None)] * 8
    with database.connect() as owner:
        assert counter_laws(owner) == []
