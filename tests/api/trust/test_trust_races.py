"""Many who report at once, and several who decide at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.database import Actor, Connection, Database, actor
from tests.races import race, refusals
from tests.trust import case_of, impose, loosen, proven, report

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
