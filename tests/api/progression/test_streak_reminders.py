"""Somebody is reminded of a streak that is about to break, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race
from tests.streaks import keep, live_at_noon, live_in, look


def keep_until_yesterday(db: Connection, somebody: Actor, count: int) -> None:
    """A streak of so many days, of which the last was yesterday."""
    live_at_noon(db, somebody)
    for ago in range(count, 0, -1):
        db.execute(
            "select private.keep_streak(%s, 'login', now() - make_interval(days => %s))",
            [somebody.id, ago],
        )
    assert look(db, somebody.id)[0] == count


def setting(db: Connection, name: str, value: int) -> None:
    db.execute("update private.settings set value = %s where name = %s", [value, name])


def soon(db: Connection) -> None:
    """It is noon: thirteen hours before the end of the day is over, and six is still to come."""
    setting(db, "streak_remind_hours", 13)


def remind(db: Connection) -> int:
    """What the schedule does each minute."""
    count = actor(db, "service").call("backend.remind_of_streaks")
    assert isinstance(count, int)
    return count


def told(somebody: Actor) -> list[dict[str, Any]]:
    """What they were told of their streaks."""
    return [row["data"] for row in somebody.rows("my_notifications") if row["kind"] == "streak"]


def remind_at(db: Connection, somebody: Actor) -> Any:
    (row,) = db.execute(
        "select remind_at from public.streaks where user_id = %s", [somebody.id]
    ).fetchall()
    return row["remind_at"]


def test_who_is_about_to_lose_a_streak_of_three_is_told_once(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    assert [remind(db) for _ in range(3)] == [1, 0, 0]
    (data,) = told(ada)
    (row,) = (row for row in ada.rows("my_streaks") if row["kind"] == "login")
    assert (data["streak"], data["current"], data["unit"]) == ("login", 3, "days")
    (same,) = db.execute(
        "select %s::timestamptz = %s as is_same", [data["at_risk_at"], row["at_risk_at"]]
    ).fetchall()
    assert same["is_same"]


def test_six_hours_before_and_no_sooner(db: Connection, ada: Actor) -> None:
    keep_until_yesterday(db, ada, 3)
    assert remind(db) == 0
    assert told(ada) == []
    (row,) = (row for row in ada.rows("my_streaks") if row["kind"] == "login")
    assert (row["at_risk_at"] - remind_at(db, ada)).total_seconds() == 6 * 3600


def test_a_streak_of_two_is_nothing_to_remind_of(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 2)
    assert remind(db) == 0
    setting(db, "streak_remind_from", 2)
    db.execute("delete from public.streaks")
    keep_until_yesterday(db, ada, 2)
    assert remind(db) == 1
    assert len(told(ada)) == 1


def test_who_was_there_meanwhile_is_not_reminded(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    ada.call("check_in")
    assert remind(db) == 0
    assert told(ada) == []


def test_a_freeze_puts_the_reminder_off_to_the_day_that_counts(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 7)
    assert remind(db) == 0
    # A day is missed, and the freeze is all that holds it: tonight it breaks.
    db.execute("update public.streaks set last_period = last_period - 1, counted_period ="
               " counted_period - 1, counted_at = counted_at - interval '1 day',"
               " remind_at = remind_at - interval '1 day'")  # fmt: skip
    assert remind(db) == 1
    assert len(told(ada)) == 1
    # Saved by it, and not reminded again until it is at risk again.
    streak = ada.call("check_in")["streak"]
    assert (streak["current"], streak["freezes"]) == (8, 0)
    assert remind(db) == 0
    setting(db, "streak_remind_hours", 48)
    db.execute("update public.streaks set remind_at = now()")
    assert [remind(db), remind(db)] == [1, 0]
    assert [data["current"] for data in told(ada)] == [8, 7]


def test_what_is_reported_late_reminds_nobody_again(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    assert remind(db) == 1
    db.execute("select private.keep_streak(%s, 'login', now() - interval '23 hours')", [ada.id])
    assert (remind_at(db, ada), remind(db)) == (None, 0)


def test_what_broke_before_anybody_looked_is_told_to_nobody(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    db.execute("update public.streaks set last_period = last_period - 1, counted_period ="
               " counted_period - 1")  # fmt: skip
    assert [remind(db), remind(db)] == [1, 0]
    assert told(ada) == []


def test_who_has_moved_west_is_reminded_when_it_ends_there(db: Connection, ada: Actor) -> None:
    soon(db)
    live_in(db, ada, "Pacific/Kiritimati")
    for ago in (2, 1, 0):
        db.execute(
            "select private.keep_streak(%s, 'login', now() - make_interval(days => %s))",
            [ada.id, ago],
        )
    live_in(db, ada, "Etc/GMT+12")
    db.execute("update public.streaks set remind_at = now()")
    assert [remind(db), remind(db)] == [1, 0]
    assert told(ada) == []
    (row,) = (row for row in ada.rows("my_streaks") if row["kind"] == "login")
    assert (row["at_risk_at"] - remind_at(db, ada)).total_seconds() == 13 * 3600


def test_who_moves_west_after_the_reminder_is_not_reminded_twice(
    db: Connection, ada: Actor
) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    assert remind(db) == 1
    # The day before began again: they are there, which keeps it, and counts nothing.
    db.execute("update public.profiles set time_zone = 'Etc/GMT+12' where id = %s", [ada.id])
    db.execute(
        "update public.streaks set last_period = day, counted_period = day, kept_in = 'UTC'"
        " from (select (now() at time zone 'Etc/GMT+12')::date as day) as there"
    )
    assert ada.call("check_in")["is_first_today"] is False
    (row,) = db.execute("select kept_in, remind_at from public.streaks").fetchall()
    assert row == {"kept_in": "Etc/GMT+12", "remind_at": None}


def test_a_day_that_is_kept_and_not_counted_puts_the_reminder_off(
    db: Connection, ada: Actor
) -> None:
    live_in(db, ada, "Pacific/Honolulu")
    for day in (2, 3, 4):
        keep(db, ada, f"2024-03-0{day} 20:00")
    live_in(db, ada, "Pacific/Kiritimati")
    assert keep(db, ada, "2024-03-06 10:00") is False
    # Six hours before the end of the 7th in Kiritimati.
    assert remind_at(db, ada) == datetime(2024, 3, 7, 4, tzinfo=UTC)


def test_who_wants_no_reminder_gets_none(db: Connection, ada: Actor) -> None:
    soon(db)
    ada.call("set_notification_preference", kind="streak", channel="in_app", is_enabled=False)
    keep_until_yesterday(db, ada, 3)
    assert [remind(db), remind(db)] == [1, 0]
    assert told(ada) == []


def test_who_is_leaving_is_not_reminded(db: Connection, ada: Actor) -> None:
    soon(db)
    keep_until_yesterday(db, ada, 3)
    ada.call("delete_my_account", confirm_username="ada")
    assert [remind(db), remind(db)] == [1, 0]
    rows = db.execute("select from public.notifications where recipient_id = %s", [ada.id])
    assert rows.fetchall() == []


def test_the_reminder_reaches_their_phone_in_words(
    db: Connection, ada: Actor, service: Actor
) -> None:
    soon(db)
    ada.call("register_push_token", token="ExponentPushToken[ada]", platform="ios")
    keep_until_yesterday(db, ada, 4)
    remind(db)
    queued = db.execute(
        "select payload ->> 'notification_id' as id from private.outbox where topic = 'send_push'"
    ).fetchall()
    (row,) = service.rows("backend.push_messages", notification_ids=[each["id"] for each in queued])
    assert (row["title"], row["body"]) == (
        "Keep your streak",
        "Your login streak of 4 days is about to break",
    )


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_many_are_reminded_in_batches_by_several_at_once(database: Database, size: int) -> None:
    people = ("ada", "ben", "cleo", "dan", "eve")
    with database.connect() as db:
        soon(db)
        for name in people:
            keep_until_yesterday(db, actor(db, name), 3)

    def work(own: Connection) -> int:
        done = 0
        while count := actor(own, "service").call("backend.remind_of_streaks", size=size):
            assert count <= size
            done += count
        return done

    assert sum(race(database, [work] * 4)) == len(people)
    with database.connect() as db:
        for name in people:
            assert len(told(actor(db, name))) == 1


def test_who_is_just_doing_something_is_passed_over(database: Database) -> None:
    with database.connect() as db, database.connect() as own:
        db.execute("set lock_timeout = '30s'")
        soon(db)
        keep_until_yesterday(db, actor(db, "ada"), 3)
        with own.transaction():
            assert actor(own, "ada").call("check_in")["is_first_today"] is True
            assert remind(db) == 0
        assert remind(db) == 0
        assert look(db, person_id("ada")) == (4, 4, 0)
        assert told(actor(db, "ada")) == []


def test_whose_profile_is_held_is_passed_over_until_it_is_free(database: Database) -> None:
    with database.connect() as db, database.connect() as own:
        db.execute("set lock_timeout = '30s'")
        soon(db)
        keep_until_yesterday(db, actor(db, "ada"), 3)
        with own.transaction():
            own.execute("select from public.profiles for update")
            assert remind(db) == 0
        assert [remind(db), remind(db)] == [1, 0]
        assert len(told(actor(db, "ada"))) == 1


def test_the_due_are_found_by_their_index(db: Connection) -> None:
    db.execute("set local enable_seqscan = off")
    rows = db.execute(
        "explain select from public.streaks where remind_at <= now() order by remind_at limit 10"
    ).fetchall()
    assert any("streaks_remind_at" in row["QUERY PLAN"] for row in rows)
