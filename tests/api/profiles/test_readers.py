"""What lists ask of their reader, whom they blocked or muted and who them, is as the facts are."""

from __future__ import annotations

from collections.abc import Callable

from tests.database import Connection, Database, actor, person_id
from tests.races import race, refusals, wait_until_blocked
from tests.schema.counters import LAWS

LAW = LAWS["readers are made of blocks and mutes"]
Kept = tuple[list[str], list[str], list[str]]


def kept(db: Connection, name: str) -> Kept | None:
    """The names in somebody's row: whom they have blocked, who has blocked them, whom they mute."""
    row = db.execute(
        "select "
        + ", ".join(
            "array(select username from public.profiles"
            f" where id = any (kept.{column}) order by 1) as {column}"
            for column in ("blocked_ids", "blocker_ids", "muted_ids")
        )
        + " from private.readers as kept where profile_id = %s",
        [person_id(name)],
    ).fetchone()
    return None if row is None else (row["blocked_ids"], row["blocker_ids"], row["muted_ids"])


def test_a_row_follows_what_is_blocked_and_muted(db: Connection) -> None:
    ada, ben, cleo = (actor(db, name) for name in ("ada", "ben", "cleo"))
    assert kept(db, "ada") is None
    ada.call("block", username="ben")
    ben.call("block", username="ada")
    cleo.call("block", username="ada")
    ada.call("mute", username="dan")
    ada.call("mute", username="eve")
    assert kept(db, "ada") == (["ben"], ["ben", "cleo"], ["dan", "eve"])
    assert kept(db, "ben") == (["ada"], ["ada"], [])
    assert kept(db, "cleo") == (["ada"], [], [])
    assert kept(db, "dan") is None

    ada.call("unblock", username="ben")
    ada.call("unmute", username="dan")
    assert kept(db, "ada") == ([], ["ben", "cleo"], ["eve"])
    assert kept(db, "ben") == (["ada"], [], [])
    assert db.execute(LAW.encode()).fetchall() == []


def test_who_is_erased_is_in_nobodys_row(db: Connection) -> None:
    ada, ben = actor(db, "ada"), actor(db, "ben")
    for name in ("ben", "cleo"):
        ada.call("block", username=name)
    ben.call("mute", username="dan")
    ben.call("delete_my_account", confirm_username="ben")
    db.execute("update private.account_deletions set erase_after = now()")
    assert actor(db, "service").call("backend.erase_due_accounts")
    assert kept(db, "ada") == (["cleo"], [], [])
    assert kept(db, "ben") is None
    assert db.execute(LAW.encode()).fetchall() == []


def test_many_at_once_are_all_in_the_row(database: Database) -> None:
    others = ["ben", "cleo", "dan", "eve"]

    def does(name: str, *calls: tuple[str, str]) -> Callable[[Connection], None]:
        def job(db: Connection) -> None:
            for function, username in calls * 5:
                actor(db, name).call(function, username=username)

        return job

    jobs = [does(name, ("block", "ada"), ("unblock", "ada"), ("block", "ada")) for name in others]
    jobs += [does("ada", ("block", name), ("mute", "finn"), ("unmute", "finn")) for name in others]
    assert refusals(race(database, jobs)) == []
    with database.connect() as db:
        assert db.execute(LAW.encode()).fetchall() == []
        row = kept(db, "ada")
        assert row is not None
        assert (row[0], row[1]) == (others, others)


def test_an_erasure_locks_whom_lists_leave_out_in_the_order_of_blocks(database: Database) -> None:
    """It meets one who blocks another, both of whom it touches, and waits for each in turn."""
    first, second, leaver = sorted(("ada", "ben", "cleo"), key=person_id)
    with database.connect() as db:
        actor(db, leaver).call("block", username=first)
        actor(db, second).call("block", username=leaver)
    with (
        database.connect() as gate,
        database.connect() as erasing,
        database.connect() as blocking,
        database.connect() as watcher,
    ):
        gate.execute("begin")
        gate.execute(
            "select from private.readers where profile_id = %s for update", [person_id(leaver)]
        )

        def erase(_: Connection) -> None:
            erasing.execute("delete from auth.users where id = %s", [person_id(leaver)])

        def block(_: Connection) -> None:
            wait_until_blocked(watcher, erasing)
            actor(blocking, first).call("block", username=second)

        def release(_: Connection) -> None:
            wait_until_blocked(watcher, blocking)
            gate.execute("commit")

        assert race(database, [erase, block, release]) == [None, None, None]
        assert kept(watcher, first) == ([second], [], [])
        assert kept(watcher, second) == ([], [first], [])
        assert watcher.execute(LAW.encode()).fetchall() == []


def test_an_erasure_waits_for_who_takes_their_block_back(database: Database) -> None:
    with database.connect() as db:
        actor(db, "ben").call("block", username="ada")
        actor(db, "ben").call("mute", username="cleo")
    with (
        database.connect() as gate,
        database.connect() as erasing,
        database.connect() as unblocking,
        database.connect() as watcher,
    ):
        gate.execute("begin")
        gate.execute(
            "select from private.readers where profile_id = %s for update", [person_id("ben")]
        )

        def unblock(_: Connection) -> None:
            actor(unblocking, "ben").call("unblock", username="ada")

        def erase(_: Connection) -> None:
            wait_until_blocked(watcher, unblocking)
            erasing.execute("delete from auth.users where id = %s", [person_id("ada")])

        def release(_: Connection) -> None:
            wait_until_blocked(watcher, erasing)
            gate.execute("commit")

        assert race(database, [unblock, erase, release]) == [None, None, None]
        assert kept(watcher, "ben") == ([], [], ["cleo"])
        assert watcher.execute(LAW.encode()).fetchall() == []
