"""Nothing new lands on an account that is just leaving or being erased, nor comes from it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.api.profiles.deeds import (
    DEEDS,
    GONE,
    LEAVING,
    Deed,
    Ids,
    everything,
    rows_left,
    stage,
)
from tests.database import Connection, Database, actor, person_id, refused
from tests.races import race, refusals, wait_until_blocked, wait_until_blocked_or_done
from tests.rooms import enter_room, make_room
from tests.schema.counters import counter_laws

Stage = tuple[str, Ids]
ERASE = "delete from auth.users where id = %s"


def meanwhile(job: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Do something in a thread of its own; what came of it is in the list when it ends."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(job())
        except psycopg.Error as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


@pytest.fixture(scope="module")
def staged(clone: Callable[[str], Database], template: str) -> Callable[[str], Stage]:
    """A database where everybody has something to do, by who has a private profile in it."""
    stages: dict[str, Stage] = {}

    def staged(private: str) -> Stage:
        if private not in stages:
            made = clone(template)
            with made.connect() as connection:
                stages[private] = made.name, stage(connection, private)
        return stages[private]

    return staged


@contextmanager
def about(
    deed: Deed, clone: Callable[[str], Database], staged: Callable[[str], Stage]
) -> Iterator[tuple[Database, Ids]]:
    """A database of one's own to do a deed in, and what is there by name."""
    name, ids = staged(deed.private)
    database = clone(name)
    yield database, ids
    database.drop()


def in_flight(
    database: Database, ids: Ids, deed: Deed, go: Callable[[Connection], object]
) -> list[object]:
    """What comes of a deed that is done while ada's going is not committed."""
    with (
        database.connect() as own,
        database.connect(autocommit=False) as going,
        database.connect() as watcher,
    ):
        going.execute("select")
        go(going)
        thread, outcome = meanwhile(lambda: deed.act(actor(own, deed.who), ids))
        try:
            wait_until_blocked_or_done(watcher, own, thread)
        finally:
            going.commit()
            thread.join()
    return outcome


@pytest.mark.parametrize("name", [name for name, deed in DEEDS.items() if deed.leaving])
def test_what_is_in_flight_is_refused_when_somebody_leaves(
    name: str, clone: Callable[[str], Database], staged: Callable[[str], Stage]
) -> None:
    deed = DEEDS[name]
    with about(deed, clone, staged) as (database, ids), database.connect() as connection:
        before = everything(connection)
        outcome = in_flight(
            database,
            ids,
            deed,
            lambda going: actor(going, "ada").call("delete_my_account", confirm_username="ada"),
        )
        assert refusals(outcome) == [deed.leaving], outcome
        assert everything(connection) == before
        assert counter_laws(connection) == []


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_in_flight_is_refused_when_somebody_is_erased(
    name: str, clone: Callable[[str], Database], staged: Callable[[str], Stage]
) -> None:
    deed = DEEDS[name]
    with about(deed, clone, staged) as (database, ids), database.connect() as connection:
        outcome = in_flight(
            database, ids, deed, lambda going: going.execute(ERASE, [person_id("ada")])
        )
        assert refusals(outcome) == ([deed.erased] if deed.erased else []), outcome
        assert rows_left(connection, "ada") == {}
        assert counter_laws(connection) == []


@pytest.mark.parametrize("name", DEEDS)
def test_an_erasure_waits_for_what_is_in_flight_and_leaves_nothing_of_it(
    name: str, clone: Callable[[str], Database], staged: Callable[[str], Stage]
) -> None:
    deed = DEEDS[name]
    with (
        about(deed, clone, staged) as (database, ids),
        database.connect(autocommit=False) as own,
        database.connect() as erasing,
        database.connect() as watcher,
    ):
        own.execute("select")
        deed.act(actor(own, deed.who), ids)
        thread, outcome = meanwhile(lambda: erasing.execute(ERASE, [person_id("ada")]))
        try:
            wait_until_blocked(watcher, erasing)
        finally:
            own.commit()
            thread.join()
        assert refusals(outcome) == []
        assert rows_left(watcher, "ada") == {}
        assert counter_laws(watcher) == []


def test_somebody_leaves_as_their_sign_in_is_deleted(database: Database) -> None:
    """Both wait for what they are just writing; neither then waits for the other."""
    with (
        database.connect(autocommit=False) as writing,
        database.connect() as leaving,
        database.connect() as erasing,
        database.connect() as watcher,
    ):
        writing.execute("select")
        actor(writing, "ada").post()
        left, answer = meanwhile(
            lambda: actor(leaving, "ada").call("delete_my_account", confirm_username="ada")
        )
        wait_until_blocked(watcher, leaving)
        erased, outcome = meanwhile(lambda: erasing.execute(ERASE, [person_id("ada")]))
        try:
            wait_until_blocked(watcher, erasing)
        finally:
            writing.commit()
            left.join()
            erased.join()
        assert refusals(answer + outcome) == []
        assert rows_left(watcher, "ada") == {}


def test_two_who_delete_the_same_sign_ins_come_one_after_the_other(database: Database) -> None:
    """Each begins with another of them; who comes later holds neither while they wait."""
    with (
        database.connect(autocommit=False) as former,
        database.connect(autocommit=False) as latter,
        database.connect() as watcher,
    ):
        former.execute(ERASE, [person_id("ada")])
        went, answer = meanwhile(
            lambda: [latter.execute(ERASE, [person_id(name)]).rowcount for name in ("ben", "ada")]
        )
        try:
            wait_until_blocked(watcher, latter)
            assert former.execute(ERASE, [person_id("ben")]).rowcount == 1
        finally:
            former.commit()
            went.join()
        assert answer == [[0, 0]]
        assert rows_left(watcher, "ada") == rows_left(watcher, "ben") == {}


def test_who_only_says_that_they_leave_can_be_put_out_meanwhile(database: Database) -> None:
    """A wrong name waits for nothing, and so keeps nobody from taking hold of its person."""
    with (
        database.connect(autocommit=False) as writing,
        database.connect() as leaving,
        database.connect() as owner,
    ):
        room = make_room(owner, "ben")
        enter_room(owner, room, "ada")
        writing.execute("select")
        actor(writing, "ada").post()
        leaving.execute("set lock_timeout = '10s'")
        with refused(422, "confirmation_mismatch"):
            actor(leaving, "ada").call("delete_my_account", confirm_username="somebody")
        answer = actor(owner, "ben").call(
            "remove_member", room_id=room, username="ada", ban_minutes=60
        )
        assert answer["is_banned"]
        writing.rollback()


def test_nobody_leaves_and_comes_back_without_end(db: Connection) -> None:
    ada = actor(db, "ada")
    for _ in range(5):
        ada.call("delete_my_account", confirm_username="ada")
        for _ in range(2):
            assert ada.call("restore_my_account") == {"is_active": True}
    ada.call("delete_my_account", confirm_username="ada")
    with refused(429, "rate_limited"):
        ada.call("restore_my_account")
    with refused(403, "account_deactivated"):
        ada.post()


def test_every_rpc_that_writes_begins_with_who_calls(database: Database) -> None:
    with database.connect() as connection:
        rows = connection.execute(
            "select door.proname::text as name from pg_proc as door"
            " join pg_proc as work on work.proname = door.proname"
            "  and work.pronamespace = 'private'::regnamespace"
            " where door.pronamespace = 'public'::regnamespace and door.provolatile = 'v'"
            " and work.provolatile = 'v'"
            " and work.prosrc !~ 'private\\.(acting_user|require_staff|hold_person)\\('"
        ).fetchall()
    # Who leaves is no bar to these; the first holds nothing, the others begin with a lock on all.
    assert {row["name"] for row in rows} == {
        "export_my_data",
        "delete_my_account",
        "restore_my_account",
    }


@pytest.mark.parametrize("round_number", range(3))
def test_whoever_is_quicker_is_whole(database: Database, round_number: int) -> None:
    def deed(name: str, function: str, **arguments: Any) -> Callable[[Connection], Any]:
        return lambda connection: actor(connection, name).call(function, **arguments)

    outcomes = race(
        database,
        [
            deed("ada", "delete_my_account", confirm_username="ada"),
            *(deed(name, "follow", username="ada") for name in ("ben", "cleo", "dan", "eve")),
            deed("ada", "follow", username="finn"),
            lambda connection: actor(connection, "ada").post(),
        ],
    )
    assert set(refusals(outcomes)) <= {GONE, LEAVING}, (round_number, outcomes)
    with database.connect() as connection:
        assert counter_laws(connection) == []
        done = [not isinstance(outcome, psycopg.Error) for outcome in outcomes]
        counts = everything(connection)
        assert counts["public.follows"] == sum(done[1:6])
        assert counts["public.posts"] == int(done[6])


@pytest.mark.parametrize("door", ["at once", "when due"])
def test_in_a_crowd_nobody_meets_a_deadlock_and_nothing_of_who_went_is_left(
    database: Database, door: str
) -> None:
    chance = random.Random(door)
    with database.connect() as connection:
        ids = stage(connection)
        if door == "when due":
            connection.execute(
                "update private.settings set value = 0 where name = 'erase_after_days'"
            )
    open_deeds = [deed for deed in DEEDS.values() if not deed.private]

    def busy(seed: int) -> Callable[[Connection], list[object]]:
        order = random.Random(seed).sample(open_deeds, len(open_deeds))

        def run(connection: Connection) -> list[object]:
            found: list[object] = []
            for deed in order:
                try:
                    found.append(deed.act(actor(connection, deed.who), ids))
                except psycopg.Error as error:
                    found.append(error)
            return found

        return run

    def goes(name: str) -> Callable[[Connection], object]:
        def run(connection: Connection) -> object:
            if door == "at once":
                return connection.execute(ERASE, [person_id(name)])
            actor(connection, name).call("delete_my_account", confirm_username=name)
            rows: list[Any] = []
            while not rows:
                rows = actor(connection, "service").rows("backend.erase_due_accounts", size=5)
                if not connection.execute(
                    "select from public.profiles where id = %s", [person_id(name)]
                ).fetchall():
                    break
            assert all(row["error"] is None for row in rows), rows
            return rows

        return run

    outcomes = race(
        database, [*(busy(chance.randrange(10**6)) for _ in range(8)), goes("ada"), goes("ben")]
    )
    for outcome in outcomes:
        assert not isinstance(outcome, psycopg.Error), outcome
        refused = refusals(outcome) if isinstance(outcome, list) else []
        assert {state[:2] for state, _ in refused if state} <= {"PT"}, refused
    with database.connect() as connection:
        assert rows_left(connection, "ada") == {}
        assert rows_left(connection, "ben") == {}
        assert counter_laws(connection) == []
