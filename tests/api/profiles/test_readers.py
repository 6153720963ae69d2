"""What lists ask of their reader, whom they blocked or muted and who them, is as the facts are."""

from __future__ import annotations

from collections.abc import Callable

from tests.database import Connection, Database, actor, person_id
from tests.races import race, refusals
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
