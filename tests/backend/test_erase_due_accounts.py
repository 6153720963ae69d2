"""erase_due_accounts: who is due, how many at a time, and what happens meanwhile.

What an erasure leaves behind is told in tests/journeys/test_account_leaves.py.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor, forbidden, person_id, sign_up
from tests.races import LOOK_SECONDS, race, refusals
from tests.schema.counters import counter_laws


def add_leavers(connection: Connection, number: int) -> list[uuid.UUID]:
    """People who are due, the first since the longest."""
    for each in range(number):
        name = f"leaver{each}"
        sign_up(connection, person_id(name), f"{name}@backbeat.test", {"username": name})
        actor(connection, name).call("delete_my_account", confirm_username=name)
        connection.execute(
            "update private.account_deletions set erase_after = now() - make_interval(hours => %s)"
            " where user_id = %s",
            [number - each, person_id(name)],
        )
    return [person_id(f"leaver{each}") for each in range(number)]


def erase(connection: Connection, size: int | None = None) -> list[dict[str, Any]]:
    service = actor(connection, "service")
    return service.rows("backend.erase_due_accounts", **({} if size is None else {"size": size}))


def left(connection: Connection) -> set[uuid.UUID]:
    rows = connection.execute(
        "select id from public.profiles where username like 'leaver%%'"
    ).fetchall()
    return {row["id"] for row in rows}


def test_only_functions_may_call_it(rooty: Actor, visitor: Actor, db: Connection) -> None:
    leavers = add_leavers(db, 1)
    for somebody in (rooty, visitor):
        with forbidden():
            somebody.rows("backend.erase_due_accounts")
        with forbidden():
            somebody.run("select private.erase_account(%s)", leavers[0])
    assert left(db) == set(leavers)


def test_nobody_due_is_nothing_done(db: Connection) -> None:
    assert erase(db) == []


def test_those_due_longest_go_first_twenty_at_a_time(db: Connection) -> None:
    leavers = add_leavers(db, 25)
    assert [row["user_id"] for row in erase(db)] == leavers[:20]
    assert left(db) == set(leavers[20:])
    assert [row["user_id"] for row in erase(db, size=3)] == leavers[20:23]
    assert [row["user_id"] for row in erase(db, size=0)] == leavers[23:24]
    assert [row["user_id"] for row in erase(db, size=-7)] == leavers[24:]


def test_a_call_erases_a_hundred_at_most(db: Connection) -> None:
    add_leavers(db, 103)
    assert len(erase(db, size=100_000)) == 100
    assert len(left(db)) == 3


def test_only_objects_in_ones_own_folders_are_in_the_way(db: Connection) -> None:
    (leaver,) = add_leavers(db, 1)
    for bucket, name in (
        ("avatars", f"{person_id('ben')}/{leaver}.png"),
        ("avatars", f"{leaver}x/a.png"),
        ("post-media", f"x/{leaver}/a.png"),
    ):
        db.execute("insert into storage.objects (bucket_id, name) values (%s, %s)", [bucket, name])
    assert [row["is_erased"] for row in erase(db)] == [True]


def test_whoever_still_has_objects_does_not_keep_others_from_their_turn(db: Connection) -> None:
    first, second = add_leavers(db, 2)
    db.execute(
        "insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{first}/a.png"]
    )
    (row,) = erase(db, size=1)
    assert (row["user_id"], row["is_erased"]) == (first, False)
    assert row["objects"] == [{"bucket": "avatars", "names": [f"{first}/a.png"]}]
    (row,) = erase(db, size=1)
    assert (row["user_id"], row["is_erased"]) == (second, True)


def test_jobs_at_once_erase_everybody_once(database: Database) -> None:
    with database.connect() as connection:
        leavers = add_leavers(connection, 30)
    outcomes = race(database, [lambda each: erase(each, size=10)] * 4)
    assert refusals(outcomes) == []
    rows = [row for outcome in outcomes if isinstance(outcome, list) for row in outcome]
    assert all(row["is_erased"] for row in rows)
    with database.connect() as connection:
        assert sorted(row["user_id"] for row in rows) == sorted(leavers)
        assert left(connection) == set()
        row = connection.execute(
            "select count(*) as n from private.audit_events where action = 'account_erased'"
        ).fetchone()
        assert row == {"n": 30}


def test_an_account_restored_at_the_last_moment_is_there_or_gone_as_a_whole(
    database: Database,
) -> None:
    def restore(each: Connection) -> Any:
        return actor(each, "leaver0").call("restore_my_account")

    with database.connect() as connection:
        for _ in range(8):
            add_leavers(connection, 1)
            erased, restored = race(database, [erase, restore])
            assert isinstance(erased, list)
            if restored == {"is_active": True}:
                assert erased == []
                actor(connection, "leaver0").post("I am back")
                connection.execute("delete from auth.users where email ~ '^leaver'")
            else:
                assert refusals([restored]) == [("PT401", "account_gone")]
                assert [row["is_erased"] for row in erased] == [True]
                assert left(connection) == set()
            row = connection.execute(
                "select (select count(*) from private.hidden_profiles)"
                " + (select count(*) from private.account_deletions) as n"
            ).fetchone()
            assert row == {"n": 0}


def waiting(connection: Connection) -> int:
    """How many sessions of this database wait for a lock."""
    row = connection.execute(
        "select count(*) as n from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    ).fetchone()
    assert row is not None
    return int(row["n"])


def until_waiting(connection: Connection, number: int) -> None:
    while waiting(connection) < number:
        time.sleep(LOOK_SECONDS)


def test_who_unfollows_somebody_being_erased_is_not_deadlocked(database: Database) -> None:
    """The unfollower has deleted the edge and not counted it yet when the erasure begins."""
    with database.connect() as watcher, database.connect() as holder:
        watcher.execute(
            "create function public.pause() returns trigger language plpgsql security definer as"
            " $$ begin perform pg_advisory_xact_lock(1); return null; end; $$"
        )
        watcher.execute(
            "create trigger _400_pause after delete on public.follows"
            " for each row execute function public.pause()"
        )
        sign_up(watcher, person_id("leaver0"), "leaver0@backbeat.test", {"username": "leaver0"})
        actor(watcher, "ben").call("follow", username="leaver0")
        actor(watcher, "leaver0").call("delete_my_account", confirm_username="leaver0")
        watcher.execute("update private.account_deletions set erase_after = now()")
        outcomes: dict[str, Any] = {}

        def run(name: str, statement: str, role: str) -> None:
            with database.connect() as connection:
                try:
                    outcomes[name] = actor(connection, role).run(statement)
                except psycopg.Error as error:
                    outcomes[name] = error.sqlstate

        jobs = [
            threading.Thread(
                target=run, args=("unfollow", "delete from public.follows returning 1 as n", "ben")
            ),
            threading.Thread(
                target=run,
                args=("erase", "select is_erased from backend.erase_due_accounts()", "service"),
            ),
        ]
        with holder.transaction():
            holder.execute("select pg_advisory_xact_lock(1)")
            for number, job in enumerate(jobs, 1):
                job.start()
                until_waiting(watcher, number)
        for job in jobs:
            job.join(timeout=120)
        assert outcomes == {"unfollow": [{"n": 1}], "erase": [{"is_erased": True}]}
        assert counter_laws(watcher) == []


def test_two_erased_together_are_locked_before_the_first_of_them_goes(database: Database) -> None:
    """Ben locks his profile, then his post; leaver1 is tied to the one, leaver0 to the other."""
    with database.connect() as watcher, database.connect(autocommit=False) as ben:
        watcher.execute("update private.settings set value = 0 where name = 'erase_after_days'")
        post = actor(watcher, "ben").post("liked by the first, followed by the second")
        for name in ("leaver0", "leaver1"):
            sign_up(watcher, person_id(name), f"{name}@backbeat.test", {"username": name})
        leavers = [actor(watcher, name) for name in ("leaver0", "leaver1")]
        leavers[0].call("set_like", target_kind="post", target_id=post, liked=True)
        leavers[1].call("follow", username="ben")
        for leaver in leavers:
            leaver.call("delete_my_account", confirm_username=leaver.name)
        erased: list[dict[str, Any]] = []

        def run() -> None:
            with database.connect() as connection:
                erased.extend(erase(connection))

        ben.execute("select from public.profiles where username = 'ben' for no key update")
        job = threading.Thread(target=run)
        job.start()
        until_waiting(watcher, 1)
        ben.execute("select from public.posts where id = %s for update nowait", [post])
        ben.commit()
        job.join(timeout=120)
        assert [row["is_erased"] for row in erased] == [True, True]
        assert counter_laws(watcher) == []


@pytest.mark.parametrize("turn", range(3))
def test_a_community_goes_on_while_people_are_erased(database: Database, turn: int) -> None:
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 100000")
        names = ["ada", "ben", "cleo", "dan"]
        for each in range(4):
            name = f"leaver{each}"
            sign_up(connection, person_id(name), f"{name}@backbeat.test", {"username": name})
            post_id = actor(connection, name).post("goodbye")
            for other in names:
                friend = actor(connection, other)
                friend.call("follow", username=name)
                actor(connection, name).call("follow", username=other)
                friend.call("set_like", target_kind="post", target_id=post_id, liked=True)
                friend.call("repost", post_id=post_id)
        for each in range(4):
            name = f"leaver{each}"
            actor(connection, name).call("delete_my_account", confirm_username=name)
        connection.execute("update private.account_deletions set erase_after = now()")
        posts = connection.execute("select id from public.posts order by id").fetchall()

    def live(each: Connection, name: str) -> str:
        friend = actor(each, name)
        for row in posts[turn:] + posts[:turn]:
            friend.post("hello")
            try:
                friend.call("set_like", target_kind="post", target_id=row["id"], liked=False)
            except psycopg.Error as error:
                if error.sqlstate != "PT404":
                    raise
        friend.run("delete from public.follows")
        return "lived"

    outcomes = race(
        database,
        [
            erase,
            lambda each: live(each, "ada"),
            lambda each: live(each, "ben"),
            lambda each: live(each, "cleo"),
            lambda each: live(each, "dan"),
        ],
    )
    assert refusals(outcomes) == []
    with database.connect() as connection:
        erase(connection)
        assert left(connection) == set()
        assert counter_laws(connection) == []
