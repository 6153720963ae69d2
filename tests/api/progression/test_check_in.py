"""Who checks in keeps their streak, and is paid once for each day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.database import Actor, Connection, Database, Row, actor, person_id, refused
from tests.progression import earned, pay, points
from tests.races import race
from tests.schema.counters import counter_laws
from tests.streaks import keep, live_at_noon, live_in, look


def streaks(somebody: Actor) -> dict[str, Row]:
    """Their streaks as they are shown, by kind."""
    rows = somebody.rows("my_streaks")
    assert [row["kind"] for row in rows] == ["login", "listening", "creation"]
    return {row.pop("kind"): row for row in rows}


def at(db: Connection, somebody: Actor, moment: datetime, kind: str = "login") -> Row:
    """One of their streaks as it is shown at a moment."""
    (row,) = db.execute(
        "select current, longest, at_risk_at, freezes from private.streaks_of(%s, %s)"
        " where kind = %s",
        [somebody.id, moment, kind],
    ).fetchall()
    return row


def age(db: Connection, somebody: Actor, by: str) -> None:
    """Let this time pass for what is written of their streaks."""
    db.execute(
        "update public.streaks set counted_at = counted_at - %s::interval where user_id = %s",
        [by, somebody.id],
    )


def clock(db: Connection) -> datetime:
    """When this transaction began, which is what it takes for now."""
    (row,) = db.execute("select now() as at").fetchall()
    began: datetime = row["at"]
    return began


def test_the_first_time_in_a_day_pays_and_again_changes_nothing(db: Connection, ada: Actor) -> None:
    first = ada.call("check_in")
    assert (first["is_first_today"], first["points"]) == (True, 5)
    assert {**first["streak"], "at_risk_at": None} == {
        "current": 1, "longest": 1, "at_risk_at": None, "freezes": 0,
    }  # fmt: skip
    before = db.execute("select * from public.streaks").fetchall()
    again = ada.call("check_in")
    assert again == {"is_first_today": False, "points": 0, "streak": first["streak"]}
    assert db.execute("select * from public.streaks").fetchall() == before
    assert earned(ada) == [("daily_login", 5, None)]
    assert counter_laws(db) == []


def test_the_cause_is_the_day_in_their_own_calendar(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Pacific/Kiritimati")
    ada.call("check_in")
    (row,) = db.execute(
        "select event.cause, 'login:' || (event.created_at at time zone 'Pacific/Kiritimati')::date"
        " as day from public.point_events as event"
    ).fetchall()
    assert row["cause"] == row["day"]


def test_a_change_of_zone_pays_no_second_time_within_the_real_day(
    db: Connection, ada: Actor
) -> None:
    live_in(db, ada, "Etc/GMT+12")
    ada.call("check_in")
    # Twenty-six hours apart: another date whatever the time.
    live_in(db, ada, "Pacific/Kiritimati")
    moved = ada.call("check_in")
    assert (moved["is_first_today"], moved["points"], moved["streak"]["current"]) == (False, 0, 1)
    age(db, ada, "15 hours 59 minutes")
    assert ada.call("check_in")["is_first_today"] is False
    age(db, ada, "1 minute")
    later = ada.call("check_in")
    assert (later["is_first_today"], later["points"], later["streak"]["current"]) == (True, 5, 2)
    # And back: the date is one that was paid.
    live_in(db, ada, "Etc/GMT+12")
    age(db, ada, "1 day")
    assert ada.call("check_in")["is_first_today"] is False
    assert points(ada) == 10


def test_a_rule_that_is_off_pays_nothing_and_the_day_still_counts(
    db: Connection, ada: Actor
) -> None:
    db.execute("update public.point_rules set is_active = false where name = 'daily_login'")
    told = ada.call("check_in")
    assert (told["is_first_today"], told["points"], told["streak"]["current"]) == (True, 0, 1)
    assert earned(ada) == [("daily_login", 0, "inactive")]


def test_checking_in_is_refused_while_progression_is_off(admiral: Actor, ada: Actor) -> None:
    admiral.call("set_feature", name="progression", is_enabled=False)
    with refused(403, "feature_disabled"):
        ada.call("check_in")
    assert streaks(ada)["login"]["current"] == 0


def test_sixteen_who_are_one_person_count_one_day(database: Database) -> None:
    with database.connect() as db:
        live_at_noon(db, actor(db, "ada"))
    outcomes = race(database, [lambda own: actor(own, "ada").call("check_in")] * 16)
    assert sorted((told["is_first_today"], told["points"]) for told in outcomes) == (
        [(False, 0)] * 15 + [(True, 5)]
    )
    assert {told["streak"]["current"] for told in outcomes} == {1}
    with database.connect() as db:
        assert points(actor(db, "ada")) == 5
        assert counter_laws(db) == []


def test_posting_at_once_and_checking_in_meet_no_deadlock(database: Database) -> None:
    def post(own: Connection) -> Any:
        return actor(own, "ada").post()

    def check_in(own: Connection) -> Any:
        return actor(own, "ada").call("check_in")["points"]

    with database.connect() as db:
        live_at_noon(db, actor(db, "ada"))
    outcomes = race(database, [post, check_in] * 4)
    assert sorted(outcomes[1::2]) == [0, 0, 0, 5]
    with database.connect() as db:
        assert look(db, person_id("ada"), "creation") == (1, 1, 0)
        assert counter_laws(db) == []


def test_days_are_paid_as_they_are_counted(db: Connection, ada: Actor) -> None:
    moment = datetime(2024, 3, 1, 12, tzinfo=UTC)
    paid: list[int | None] = []
    for hours in (0, 6, 24, 47, 72, 120, 121):
        row = db.execute(
            "select private.daily_login(%s, %s) as paid",
            [ada.id, moment + timedelta(hours=hours)],
        ).fetchone()
        assert row is not None
        paid.append(row["paid"])
    # 121 hours later it is one in the afternoon of the day that noon counted.
    assert paid == [5, None, 5, 5, 5, 5, None]
    assert look(db, ada.id) == (1, 4, 0)
    assert points(ada) == 25
    assert counter_laws(db) == []


def test_who_has_done_nothing_is_shown_streaks_of_nothing(ada: Actor) -> None:
    nothing = {"current": 0, "longest": 0, "at_risk_at": None, "freezes": 0}
    assert streaks(ada) == {"login": nothing, "listening": nothing, "creation": nothing}


def test_a_streak_is_at_risk_until_the_end_of_the_next_day(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Asia/Kathmandu")
    ada.call("check_in")
    there = ZoneInfo("Asia/Kathmandu")
    after = clock(db).astimezone(there).date() + timedelta(2)
    assert streaks(ada)["login"] == {
        "current": 1, "longest": 1, "freezes": 0,
        "at_risk_at": datetime.combine(after, datetime.min.time(), there),
    }  # fmt: skip


def test_a_week_is_at_risk_until_the_end_of_the_next(db: Connection, ada: Actor) -> None:
    ada.post()
    pay(db)
    ends = streaks(ada)["creation"]["at_risk_at"]
    assert (ends.astimezone(UTC).weekday(), ends.astimezone(UTC).hour) == (0, 0)
    assert timedelta(days=7) < ends - clock(db) <= timedelta(days=14)


def test_a_broken_streak_is_shown_as_none_and_its_longest_stays(db: Connection, ada: Actor) -> None:
    for day in range(1, 5):
        keep(db, ada, f"2024-03-0{day} 12:00")
    ends = datetime(2024, 3, 6, tzinfo=UTC)
    alive = {"current": 4, "longest": 4, "at_risk_at": ends, "freezes": 0}
    assert at(db, ada, ends - timedelta(microseconds=1)) == alive
    assert at(db, ada, ends) == {**alive, "current": 0, "at_risk_at": None}
    assert streaks(ada)["login"] == {**alive, "current": 0, "at_risk_at": None}
    # What is shown is what comes of doing something then.
    keep(db, ada, "2024-03-06 00:00")
    assert look(db, ada.id) == (1, 4, 0)


def test_freezes_put_off_the_moment_at_which_it_breaks(db: Connection, ada: Actor) -> None:
    for day in range(1, 15):
        keep(db, ada, f"2024-03-{day:02} 12:00")
    shown = at(db, ada, datetime(2024, 3, 15, tzinfo=UTC))
    assert (shown["at_risk_at"], shown["freezes"]) == (datetime(2024, 3, 18, tzinfo=UTC), 2)


def test_after_a_move_it_breaks_when_the_day_has_ended_in_both_zones(
    db: Connection, ada: Actor
) -> None:
    moment = datetime(2024, 3, 4, 12, tzinfo=UTC)
    for zone, other in (("Asia/Tokyo", "America/Lima"), ("America/Lima", "Asia/Tokyo")):
        db.execute("delete from public.streaks")
        live_in(db, ada, zone)
        keep(db, ada, moment)
        live_in(db, ada, other)
        # The end of 5 March in Lima, which is later than in Tokyo.
        assert at(db, ada, moment)["at_risk_at"] == datetime(2024, 3, 6, 5, tzinfo=UTC)


def test_only_who_is_signed_in_has_streaks(visitor: Actor, ada: Actor, db: Connection) -> None:
    for call in ("check_in", "my_streaks"):
        with refused(401, "not_signed_in"):
            Actor(db, "nobody", None, "authenticated").call(call)
    ghost = Actor(db, "ghost", person_id("ghost"), "authenticated")
    with refused(401, "account_gone"):
        ghost.rows("my_streaks")
    with refused(401, "account_gone"):
        ghost.call("check_in")
