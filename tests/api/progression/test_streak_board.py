"""The leaderboard of days in a row: those who are still at it."""

from __future__ import annotations

import threading

from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race, wait_until_blocked
from tests.schema.counters import counter_laws
from tests.streaks import live_at_noon


def kept(db: Connection, name: str, *days_ago: int) -> None:
    """Somebody who checked in on these days, as their triggers counted it then."""
    live_at_noon(db, actor(db, name))
    for ago in days_ago:
        db.execute(
            "select private.keep_streak(%s, 'login', now() - make_interval(days => %s))",
            [person_id(name), ago],
        )
    # What keeps a streak is in the ledger.
    db.execute("set constraints all immediate")


def board(db: Connection, reader: Actor) -> list[tuple[int, str, int]]:
    """After the minute's chores and the hour's roll-up."""
    service = actor(db, "service")
    service.call("backend.end_streaks")
    service.call("backend.roll_up_leaderboards")
    rows = reader.rows("leaderboard", board="streaks")
    return [(row["rank"], row["profile"]["username"], row["score"]) for row in rows]


def test_days_in_a_row_stand_on_a_board_until_they_are_broken(db: Connection, ada: Actor) -> None:
    kept(db, "ada", 3, 2, 1)
    kept(db, "ben", 1)
    kept(db, "cleo", 9, 8, 7, 6)
    assert board(db, ada) == [(1, "ada", 3), (2, "ben", 1)]
    # Cleo begins again, and stands behind who was first.
    kept(db, "cleo", 0)
    assert board(db, ada) == [(1, "ada", 3), (2, "ben", 1), (2, "cleo", 1)]
    kept(db, "ben", 0)
    assert board(db, ada) == [(1, "ada", 3), (2, "ben", 2), (3, "cleo", 1)]
    assert ada.call("my_rank", board="streaks")["rank"] == 1


def test_other_streaks_stand_on_no_board(db: Connection, ada: Actor) -> None:
    live_at_noon(db, ada)
    for kind in ("listening", "creation"):
        db.execute("select private.keep_streak(%s, %s, now())", [ada.id, kind])
    assert board(db, ada) == []


def test_a_freeze_keeps_it_on_the_board(db: Connection, ada: Actor) -> None:
    kept(db, "ada", *range(8, 1, -1))
    assert board(db, ada) == [(1, "ada", 7)]


def test_who_has_moved_west_stands_until_it_ends_there(db: Connection, ada: Actor) -> None:
    db.execute("update public.profiles set time_zone = 'Etc/GMT-14' where id = %s", [ada.id])
    db.execute("select private.keep_streak(%s, 'login', now() - interval '36 hours')", [ada.id])
    broken = ada.rows("my_streaks")[0]["current"] == 0
    db.execute("update public.profiles set time_zone = 'Etc/GMT+12' where id = %s", [ada.id])
    assert ada.rows("my_streaks")[0]["current"] == 1
    db.execute("update public.streaks set breaks_at = now()")
    assert board(db, ada) == [(1, "ada", 1)]
    db.execute("update public.profiles set time_zone = 'Etc/GMT-14' where id = %s", [ada.id])
    db.execute("update public.streaks set breaks_at = now()")
    assert board(db, ada) == ([] if broken else [(1, "ada", 1)])


def test_four_who_end_streaks_at_once_end_each_once(database: Database) -> None:
    with database.connect() as db:
        for name in ("ada", "ben", "cleo", "dan"):
            kept(db, name, 9, 8)

    def end(connection: Connection) -> int:
        ended = actor(connection, "service").call("backend.end_streaks", size=2)
        assert isinstance(ended, int)
        return ended

    outcomes = race(database, [end] * 4)
    with database.connect() as db:
        outcomes.append(end(db))
        assert sum(outcomes) == 4
        assert board(db, actor(db, "ada")) == []
        laws = [law for law in counter_laws(db) if "board" in law]
        assert laws == []


def test_who_checks_in_while_their_streak_is_ended_begins_again_at_one(database: Database) -> None:
    with database.connect() as db:
        kept(db, "ada", 9, 8, 7, 6, 5)
    with database.connect() as other, database.connect() as waiting, database.connect() as watcher:
        other.execute("begin")
        assert actor(other, "service").call("backend.end_streaks") == 1
        ada = actor(waiting, "ada")
        checking = threading.Thread(target=lambda: ada.call("check_in"))
        checking.start()
        wait_until_blocked(watcher, waiting)
        other.execute("commit")
        checking.join()
    with database.connect() as db:
        assert board(db, actor(db, "ada")) == [(1, "ada", 1)]
        assert [law for law in counter_laws(db) if "board" in law] == []
