"""The roll-up counts each change once: in batches, killed, beside others, without who left."""

from __future__ import annotations

import random
import threading
import uuid

import psycopg
import pytest

from tests.boards import RULE, earn, people, roll_up, shown
from tests.database import Connection, Database, actor, person_id
from tests.races import race, refusals, wait_until_blocked
from tests.schema.counters import counter_laws

NAMES = ("ada", "ben", "cleo", "dan", "eve")


def totals(db: Connection) -> list[tuple[int, str | None, int]]:
    return shown(actor(db, "visitor").rows("leaderboard", board="points"))


def ledger(db: Connection) -> dict[str, int]:
    rows = db.execute(
        "select profile.username, person.total_points from public.progression as person"
        " join public.profiles as profile on profile.id = person.user_id where total_points > 0"
    ).fetchall()
    return {row["username"]: row["total_points"] for row in rows}


def counted(db: Connection) -> dict[str | None, int]:
    return {name: score for _, name, score in totals(db)}


def test_batches_of_any_size_come_to_the_same(db: Connection) -> None:
    chance = random.Random(3)
    for _ in range(40):
        earn(db, person_id(chance.choice(NAMES)), chance.randint(1, 9))
    service = actor(db, "service")
    done = []
    while count := service.call("backend.roll_up_leaderboards", size=7):
        done.append(count)
        assert counter_laws(db) == []
    assert done == [7] * 5 + [5]
    assert counted(db) == ledger(db)


def test_a_run_that_is_killed_has_counted_nothing_and_the_next_one_counts_it(
    database: Database,
) -> None:
    with database.connect() as db, database.connect() as doomed:
        for number in range(30):
            earn(db, person_id(NAMES[number % 5]), 3)
        db.execute("select private.roll_up_leaderboards(10)")
        before = totals(db)
        doomed.execute("begin")
        doomed.execute("select private.roll_up_leaderboards(10)")
        db.execute("select pg_terminate_backend(%s, 60000)", [doomed.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            doomed.execute("commit")
        assert totals(db) == before
        assert roll_up(db, 10) == 20
        assert counted(db) == ledger(db)
        assert counter_laws(db) == []


def test_runs_beside_each_other_and_beside_awards_count_each_once(database: Database) -> None:
    with database.connect() as db:
        db.execute(
            "update public.point_rules set points = 1, daily_cap = null where name = %s", [RULE]
        )

    def award(connection: Connection) -> None:
        chance = random.Random(connection.info.backend_pid)
        for _ in range(60):
            connection.execute(
                "select private.award(%s, %s, %s, now(), %s)",
                [person_id(chance.choice(NAMES)), RULE, str(uuid.uuid4()), chance.randint(1, 20)],
            )

    def count(connection: Connection) -> None:
        for _ in range(30):
            connection.execute("select private.roll_up_leaderboards(9)")

    assert refusals(race(database, [award, award, award, count, count])) == []
    with database.connect() as db:
        roll_up(db)
        assert counted(db) == ledger(db)
        assert counter_laws(db) == []


def test_an_erased_person_is_gone_from_every_board_and_ranks_follow(db: Connection) -> None:
    for place, name in enumerate(NAMES):
        earn(db, person_id(name), 50 - 10 * place)
    roll_up(db)
    earn(db, person_id("ben"), 5)
    db.execute("select private.erase_account(%s)", [person_id("ben")])
    rest = [(1, "ada", 50), (3, "cleo", 30), (4, "dan", 20), (5, "eve", 10)]
    assert totals(db) == rest
    assert counter_laws(db) == []
    roll_up(db)
    assert totals(db) == [(max(place - 1, 1), name, score) for place, name, score in rest]
    mine = actor(db, "eve").call("my_rank", board="points")
    assert (mine["rank"], mine["of"]) == (4, 4)
    assert counter_laws(db) == []
    left = db.execute("select from private.board_scores where user_id = %s", [person_id("ben")])
    assert left.fetchall() == []


def test_an_erasure_waits_for_a_roll_up_and_takes_what_it_counted(database: Database) -> None:
    with database.connect() as db, database.connect(autocommit=False) as counting:
        earn(db, person_id("ada"), 5)
        counting.execute("select private.roll_up_leaderboards(10)")

        with database.connect() as leaving:
            thread = threading.Thread(
                target=leaving.execute,
                args=("delete from auth.users where id = %s", [person_id("ada")]),
            )
            thread.start()
            wait_until_blocked(db, leaving)
            counting.commit()
            thread.join(60)
            assert not thread.is_alive()
        roll_up(db)
        assert totals(db) == []
        assert counter_laws(db) == []


def test_counting_a_board_anew_changes_nothing_and_mends_what_is_broken(db: Connection) -> None:
    for who in people(db, 30):
        earn(db, who, random.Random(who.int).randint(1, 5_000))
    roll_up(db)
    row = db.execute("select id from private.standings where board = 'points'").fetchone()
    assert row is not None
    whole = totals(db)
    for broken in (
        "select",
        "update private.board_buckets set people = people + 1, above = 7",
        "delete from private.board_buckets",
        "insert into private.board_buckets values (%(id)s, 4000, 3, 2)",
        "update private.standings set people = 3",
        "delete from private.board_tops where place > 3",
        "insert into private.board_tops select standing_id, 99, user_id, score, reached_at, rank,"
        " level, card, is_hidden, is_private, cursor from private.board_tops limit 1",
    ):
        db.execute(broken.encode(), {"id": row["id"]})
        db.execute("select private.recount_board(id) from private.standings")
        assert totals(db) == whole
        assert counter_laws(db) == []


def test_what_has_not_changed_is_not_written(db: Connection) -> None:
    for who in people(db, 120):
        earn(db, who, random.Random(who.int).randint(100, 5_000))
    roll_up(db)

    def stands() -> set[str]:
        rows = db.execute(
            "select 'top' || ctid::text || xmin::text as row from private.board_tops"
            " union all select 'bucket' || ctid::text || xmin::text from private.board_buckets"
        ).fetchall()
        return {row["row"] for row in rows}

    before = stands()
    # Somebody last of all, on three boards: a bucket each, and nothing lies below it.
    earn(db, person_id("ada"), 1)
    roll_up(db)
    assert before <= stands()
    assert len(stands()) == len(before) + 3
