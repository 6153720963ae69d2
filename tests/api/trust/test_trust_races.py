"""Many who report at once, and several who decide at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race, refusals, wait_until_blocked
from tests.rooms import make_room
from tests.trust import case_of, grow_up, impose, loosen, proven, report

CROWD = 8


def by(somebody: Actor, act: Callable[[Actor], Any]) -> Callable[[Connection], Any]:
    """Do something as somebody, on a connection of its own."""
    return lambda connection: act(replace(somebody, connection=connection))


def test_a_crowd_that_reports_at_once_is_one_case(database: Database) -> None:
    with database.connect() as db:
        loosen(db)
        post = actor(db, "ben").post()
        crowd = [proven(db) for _ in range(CROWD)]
        twice = [*crowd, *crowd]
        outcomes = race(database, [by(one, lambda who: report(who, "post", post)) for one in twice])
        assert refusals(outcomes) == []
        assert len({outcome["id"] for outcome in outcomes}) == CROWD
        case = case_of(db, post)
        assert (case["report_count"], case["weight"]) == (CROWD, 3 * CROWD)
        held = db.execute("select target_id from private.withheld").fetchall()
        assert held == [{"target_id": post}]
        told = db.execute(
            "select count(*) as n from public.notifications where kind = 'moderation_decision'"
        ).fetchone()
        assert told == {"n": 1}


def test_of_two_who_decide_at_once_one_does(database: Database) -> None:
    with database.connect() as db:
        loosen(db)
        grow_up(db, "ben")
        post = actor(db, "ben").post()
        somebody = proven(db)
        report(somebody, "post", post)
        case = case_of(db, post)["id"]

        def ban(who: Actor) -> Any:
            return who.call("decide_case", case_id=case, action="ban")

        outcomes = race(database, [by(actor(db, name), ban) for name in ("modesty", "admiral")])
        assert refusals(outcomes) == [("PT409", "case_decided")]
        rows = db.execute("select count(*) as n from public.sanctions").fetchone()
        assert rows == {"n": 1}
        scores = db.execute(
            "select right_count from private.reporter_scores where user_id = %s", [somebody.id]
        ).fetchall()
        assert scores == [{"right_count": 5}]


def test_of_two_who_decide_an_appeal_at_once_one_does(database: Database) -> None:
    with database.connect() as db:
        loosen(db)
        sanction: uuid.UUID = impose(db, "ben")
        actor(db, "ben").call("appeal", sanction_id=sanction, text="no")

        def uphold(who: Actor) -> Any:
            return who.call("decide_appeal", sanction_id=sanction, uphold=True)

        outcomes = race(database, [by(actor(db, name), uphold) for name in ("modesty", "admiral")])
        assert len(refusals(outcomes)) == 1
        assert refusals(outcomes)[0][1] in ("appeal_decided", "case_decided")
        actor(db, "ben").post()


def waits_for_the_first(
    database: Database, first: str, second: str, about: Any, act: Callable[[Connection], Any]
) -> None:
    """Whoever acts while somebody holds a first row waits for it, and holds no second one yet."""
    with (
        database.connect(autocommit=False) as holder,
        database.connect() as watcher,
        database.connect() as worker,
    ):
        holder.execute(f"{first} for no key update", about)
        done: list[Any] = []
        thread = threading.Thread(target=lambda: done.append(act(worker)))
        thread.start()
        try:
            wait_until_blocked(watcher, worker)
            assert watcher.execute(f"{second} for update nowait", about).fetchall() != []
        finally:
            holder.rollback()
            thread.join(60)
        assert len(done) == 1


TRACK = "select from public.tracks where id = %(track)s"
CASE = "select from public.moderation_cases where target_id = %(track)s and kind = %(kind)s"
HELD = "select from private.withheld where target_id = %(track)s"


@pytest.mark.parametrize("of_a_provider", [False, True])
def test_cases_of_machines_come_after_their_track(database: Database, of_a_provider: bool) -> None:
    with database.connect() as db:
        loosen(db)
        track = make_song(db) if of_a_provider else make_upload(db)
        reporters = [proven(db) for _ in range(2)]
        report(reporters[0], "track", track, "ai_generated")
        case = case_of(db, track, "ai_generated")["id"]
    about = {"track": track, "kind": "ai_generated"}
    waits_for_the_first(
        database, TRACK, CASE, about,
        lambda connection: report(
            replace(reporters[1], connection=connection), "track", track, "ai_generated"
        ),
    )  # fmt: skip
    waits_for_the_first(
        database, TRACK, CASE, about,
        lambda connection: actor(connection, "modesty").call("claim_case", case_id=case),
    )  # fmt: skip


def test_what_is_withheld_comes_after_its_track(database: Database) -> None:
    with database.connect() as db:
        loosen(db)
        track = make_upload(db)
        report(proven(db), "track", track)
        case = case_of(db, track)["id"]
        modesty = actor(db, "modesty")
        modesty.call("decide_case", case_id=case, action="hide")
        modesty.call("reopen_case", case_id=case)
    about = {"track": track}
    waits_for_the_first(
        database, TRACK, HELD, about,
        lambda connection: actor(connection, "modesty").call(
            "decide_case", case_id=case, action="dismiss"
        ),
    )  # fmt: skip
    with database.connect() as db:
        actor(db, "modesty").call("remove_track", track_id=track)
    waits_for_the_first(
        database, TRACK, HELD, about,
        lambda connection: actor(connection, "modesty").call("restore_track", track_id=track),
    )  # fmt: skip


def test_sanctions_come_after_their_room(database: Database) -> None:
    with database.connect() as db:
        loosen(db)
        room = make_room(db, "ada")
        row = db.execute(
            "select id from private.sanction(%s, %s, 'ban', null, 'because', null)",
            [person_id("ben"), room],
        ).fetchone()
        assert row is not None
        sanction = row["id"]
        actor(db, "ben").call("appeal", sanction_id=sanction, text="no")
    about = {"room": room, "sanction": sanction}
    waits_for_the_first(
        database,
        "select from public.rooms where id = %(room)s",
        "select from public.sanctions where id = %(sanction)s",
        about,
        lambda connection: actor(connection, "modesty").call(
            "decide_appeal", sanction_id=sanction, uphold=True
        ),
    )


def test_a_case_is_not_opened_again_beside_one_that_is_just_made(database: Database) -> None:
    with (
        database.connect() as db,
        database.connect(autocommit=False) as reporting,
        database.connect() as deciding,
    ):
        loosen(db)
        post = actor(db, "ben").post()
        report(actor(db, "eve"), "post", post)
        case = case_of(db, post)["id"]
        actor(db, "modesty").call("decide_case", case_id=case, action="warn")
        reporting.execute("select")
        report(actor(reporting, "eve"), "post", post)
        outcome: list[Any] = []

        def reopen() -> None:
            try:
                outcome.append(actor(deciding, "modesty").call("reopen_case", case_id=case))
            except psycopg.Error as error:
                outcome.append(error)

        thread = threading.Thread(target=reopen)
        thread.start()
        try:
            wait_until_blocked(db, deciding)
        finally:
            reporting.commit()
            thread.join(60)
        assert refusals(outcome) == [("PT409", "case_not_reopened")]
