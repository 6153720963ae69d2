"""Streaks are of days and weeks as the person who keeps them has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.database import Actor, Connection, forbidden
from tests.progression import make_crate, pay
from tests.streaks import keep, live_in, look


def setting(db: Connection, name: str, value: int) -> None:
    db.execute("update private.settings set value = %s where name = %s", [value, name])


def days(db: Connection, somebody: Actor, first: str, count: int) -> None:
    """Be there at noon of each of these days."""
    for number in range(count):
        keep(db, somebody, f"{date.fromisoformat(first) + timedelta(number)} 12:00")


def test_a_first_day_makes_one_and_the_same_day_nothing_more(db: Connection, ada: Actor) -> None:
    assert keep(db, ada, "2024-03-01 00:00") is True
    assert keep(db, ada, "2024-03-01 23:59:59") is False
    assert look(db, ada.id) == (1, 1, 0)


def test_the_next_day_adds_one_however_near(db: Connection, ada: Actor) -> None:
    for at in ("2024-02-28 23:59:59", "2024-02-29 00:00", "2024-03-01 23:00"):
        assert keep(db, ada, at) is True
    assert look(db, ada.id) == (3, 3, 0)


def test_a_missed_day_begins_anew_and_the_longest_stays(db: Connection, ada: Actor) -> None:
    days(db, ada, "2024-03-01", 4)
    assert keep(db, ada, "2024-03-06 00:00") is True
    assert look(db, ada.id) == (1, 4, 0)


def test_seven_days_earn_a_freeze_and_two_are_the_most(db: Connection, ada: Actor) -> None:
    found = []
    for number in range(22):
        keep(db, ada, f"{date(2024, 3, 1) + timedelta(number)} 12:00")
        found.append(look(db, ada.id)[2])
    assert found == [0] * 6 + [1] * 7 + [2] * 9


@pytest.mark.parametrize(
    ("missed", "after"), [(1, (15, 15, 1)), (2, (15, 15, 0)), (3, (1, 14, 2)), (400, (1, 14, 2))]
)
def test_a_gap_uses_freezes_if_there_are_enough_and_none_if_not(
    db: Connection, ada: Actor, missed: int, after: tuple[int, int, int]
) -> None:
    days(db, ada, "2024-03-01", 14)
    keep(db, ada, f"{date(2024, 3, 15) + timedelta(missed)} 12:00")
    assert look(db, ada.id) == after


def test_freezes_and_hours_are_numbers_an_operator_tunes(db: Connection, ada: Actor) -> None:
    setting(db, "streak_freeze_periods", 2)
    setting(db, "streak_freezes_limit", 3)
    days(db, ada, "2024-03-01", 8)
    assert look(db, ada.id) == (8, 8, 3)
    # What somebody has stays theirs, and is not added to.
    setting(db, "streak_freezes_limit", 1)
    days(db, ada, "2024-03-09", 2)
    assert look(db, ada.id) == (10, 10, 3)


def test_what_is_reported_late_changes_nothing(db: Connection, ada: Actor) -> None:
    days(db, ada, "2024-03-01", 3)
    before = db.execute("select * from public.streaks").fetchall()
    for at in ("2024-02-28 12:00", "2024-03-01 12:00", "2024-03-03 11:00", "2024-03-03 12:00"):
        assert keep(db, ada, at) is False
    assert db.execute("select * from public.streaks").fetchall() == before
    days(db, ada, "2024-03-04", 1)
    assert look(db, ada.id) == (4, 4, 0)


def test_what_is_no_moment_or_has_not_come_changes_nothing(db: Connection, ada: Actor) -> None:
    later = datetime.now(UTC) + timedelta(minutes=5)
    for at in (None, "infinity", "-infinity", "9999-12-31 12:00+00", later):
        row = db.execute("select private.keep_streak(%s, 'login', %s) as c", [ada.id, at])
        assert row.fetchall() == [{"c": False}]
    row = db.execute("select private.keep_streak(gen_random_uuid(), 'login', now()) as c")
    assert row.fetchall() == [{"c": False}]
    assert look(db, ada.id) == (0, 0, 0)


def test_a_creation_streak_is_of_weeks_from_monday(db: Connection, ada: Actor) -> None:
    # Week 53 of 2020 goes from 28 December to 3 January.
    for at, counts in (
        ("2020-12-14 00:00", True),
        ("2020-12-20 23:59", False),
        ("2020-12-27 23:59", True),
        ("2020-12-28 00:00", True),
        ("2021-01-03 23:59", False),
        ("2021-01-10 12:00", True),
    ):
        assert keep(db, ada, at, "creation") is counts, at
    assert look(db, ada.id, "creation") == (4, 4, 0)
    keep(db, ada, "2021-01-25 00:00", "creation")
    assert look(db, ada.id, "creation") == (1, 4, 0)


def test_seven_weeks_earn_a_freeze(db: Connection, ada: Actor) -> None:
    for week in range(7):
        keep(db, ada, f"{date(2024, 1, 1) + timedelta(weeks=week)} 12:00", "creation")
    assert look(db, ada.id, "creation") == (7, 7, 1)
    keep(db, ada, "2024-03-03 23:00", "creation")
    assert look(db, ada.id, "creation") == (8, 8, 0)


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("Europe/Berlin", date(2024, 3, 31)),
        ("Europe/Berlin", date(2024, 10, 27)),
        ("Australia/Lord_Howe", date(2024, 4, 7)),
        # A day that begins at one o'clock, and one that begins twice.
        ("Africa/Cairo", date(2024, 4, 26)),
        ("Africa/Cairo", date(2024, 11, 1)),
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("America/Sao_Paulo", date(2018, 2, 18)),
        ("America/Havana", date(2024, 3, 10)),
        ("America/Havana", date(2024, 11, 3)),
        ("Atlantic/Azores", date(2024, 10, 27)),
    ],
)
def test_days_are_as_long_as_the_clocks_make_them(
    db: Connection, ada: Actor, zone: str, around: date
) -> None:
    live_in(db, ada, zone)
    first = datetime.combine(around - timedelta(2), datetime.min.time(), ZoneInfo(zone))
    at, counted = first.astimezone(UTC), set()
    for _ in range(4 * 24 * 5):
        assert keep(db, ada, at) is (at.astimezone(ZoneInfo(zone)).date() not in counted), at
        counted.add(at.astimezone(ZoneInfo(zone)).date())
        at += timedelta(minutes=15)
    assert look(db, ada.id)[0] == len(counted) >= 5


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("America/Havana", date(2024, 11, 3)),
        ("Atlantic/Azores", date(2024, 10, 27)),
        ("Africa/Cairo", date(2024, 4, 26)),
        ("America/Sao_Paulo", date(2018, 2, 18)),
        ("Europe/Berlin", date(2024, 10, 27)),
        # Three hours back at three, and half an hour at half past midnight.
        ("Antarctica/Casey", date(2020, 3, 7)),
        ("Asia/Colombo", date(2006, 4, 14)),
    ],
)
def test_a_streak_breaks_when_the_day_ends_there(
    db: Connection, ada: Actor, zone: str, around: date
) -> None:
    """The moment before it goes on, and at that moment it begins anew."""
    live_in(db, ada, zone)
    there = ZoneInfo(zone)
    for day in (around - timedelta(1), around, around + timedelta(1)):
        begins = datetime.combine(day + timedelta(1), datetime.min.time(), there).astimezone(UTC)
        begins += timedelta(hours=1) * (begins.astimezone(there).date() == day)
        assert (begins - timedelta(seconds=1)).astimezone(there).date() == day
        for at, current in ((begins - timedelta(seconds=1), 2), (begins, 1)):
            db.execute("delete from public.streaks")
            keep(db, ada, f"{day - timedelta(1)} 12:00")
            keep(db, ada, at)
            assert look(db, ada.id)[0] == current, at


def test_a_day_that_a_zone_leapt_over_was_nobodys_to_miss(db: Connection, ada: Actor) -> None:
    # Samoa went from 29 to 31 December 2011.
    live_in(db, ada, "Pacific/Apia")
    days(db, ada, "2011-12-28", 2)
    keep(db, ada, "2011-12-31 23:00")
    assert look(db, ada.id) == (3, 3, 0)
    keep(db, ada, "2012-01-02 00:30")
    assert look(db, ada.id) == (1, 3, 0)


def test_a_day_that_was_kept_elsewhere_is_not_leapt_over_again(db: Connection, ada: Actor) -> None:
    # The 30th was a day in Auckland and none in Samoa; after it the 31st was to be kept in both.
    for at, current in (("2012-01-01 00:59:59", 2), ("2012-01-01 01:00", 1)):
        db.execute("delete from public.streaks")
        live_in(db, ada, "Pacific/Auckland")
        keep(db, ada, "2011-12-30 12:00")
        live_in(db, ada, "Pacific/Apia")
        assert keep(db, ada, at) is True
        assert look(db, ada.id)[0] == current


def test_flying_east_over_the_date_line_breaks_nothing(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Pacific/Honolulu")
    keep(db, ada, "2024-03-03 20:00")
    keep(db, ada, "2024-03-04 20:00")
    # Monday evening there is Tuesday evening here: Tuesday was never theirs.
    live_in(db, ada, "Pacific/Kiritimati")
    assert keep(db, ada, "2024-03-06 21:00") is True
    assert look(db, ada.id) == (3, 3, 0)
    assert keep(db, ada, "2024-03-07 21:00") is True
    assert keep(db, ada, "2024-03-09 00:00") is True
    assert look(db, ada.id) == (1, 4, 0)


def test_sixteen_hours_lie_between_two_counted_days_after_a_move(
    db: Connection, ada: Actor
) -> None:
    live_in(db, ada, "Pacific/Honolulu")
    keep(db, ada, "2024-03-04 20:00")
    live_in(db, ada, "Pacific/Kiritimati")
    # Fourteen hours later, and of a day of its own: kept, not counted.
    assert keep(db, ada, "2024-03-06 10:00") is False
    assert look(db, ada.id) == (1, 1, 0)
    assert keep(db, ada, "2024-03-06 11:59:59") is False
    # Sixteen, and it is counted.
    assert keep(db, ada, "2024-03-06 12:00") is True
    assert keep(db, ada, "2024-03-06 23:00") is False
    assert look(db, ada.id) == (2, 2, 0)
    # From there on the calendar alone decides.
    assert keep(db, ada, "2024-03-07 00:00") is True


def test_a_day_that_came_too_soon_to_count_still_keeps_the_streak(
    db: Connection, ada: Actor
) -> None:
    live_in(db, ada, "Pacific/Honolulu")
    keep(db, ada, "2024-03-04 20:00")
    live_in(db, ada, "Pacific/Kiritimati")
    assert keep(db, ada, "2024-03-06 10:00") is False
    # Two days after the last that was counted, and the day before was kept.
    assert keep(db, ada, "2024-03-07 23:00") is True
    assert look(db, ada.id) == (2, 2, 0)


def test_flying_west_over_the_date_line_counts_a_day_once(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Pacific/Kiritimati")
    keep(db, ada, "2024-03-05 09:00")
    live_in(db, ada, "Pacific/Honolulu")
    # Monday again, and Tuesday again.
    assert keep(db, ada, "2024-03-04 22:00") is False
    assert keep(db, ada, "2024-03-05 22:00") is False
    assert look(db, ada.id) == (1, 1, 0)
    assert keep(db, ada, "2024-03-06 23:59") is True
    assert look(db, ada.id) == (2, 2, 0)


def test_there_and_back_breaks_nothing(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Pacific/Kiritimati")
    keep(db, ada, "2024-03-05 20:00")
    live_in(db, ada, "Pacific/Honolulu")
    assert keep(db, ada, "2024-03-05 22:00") is False
    # Wednesday was over in Kiritimati before they came back.
    live_in(db, ada, "Pacific/Kiritimati")
    assert keep(db, ada, "2024-03-07 01:00") is True
    assert look(db, ada.id) == (2, 2, 0)


def test_a_move_saves_no_day_that_was_missed_by_both_calendars(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "America/New_York")
    keep(db, ada, "2024-05-01 12:00")
    live_in(db, ada, "Europe/Berlin")
    # Past midnight of the second day there, but not yet in New York.
    assert keep(db, ada, "2024-05-03 05:59") is True
    assert look(db, ada.id)[0] == 2
    live_in(db, ada, "America/New_York")
    assert keep(db, ada, "2024-05-05 00:00") is True
    assert look(db, ada.id)[0] == 1


def test_whoever_moves_west_has_until_the_day_ends_there(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Europe/Berlin")
    keep(db, ada, "2024-05-01 12:00")
    live_in(db, ada, "America/New_York")
    # In Berlin the second day is over for six hours.
    assert keep(db, ada, "2024-05-02 23:59") is True
    assert look(db, ada.id) == (2, 2, 0)


def test_what_is_reported_late_after_a_move_changes_nothing(db: Connection, ada: Actor) -> None:
    live_in(db, ada, "Pacific/Honolulu")
    keep(db, ada, "2024-03-04 20:00")
    live_in(db, ada, "Pacific/Kiritimati")
    before = db.execute("select * from public.streaks").fetchall()
    # An hour before what is counted, and a day later by the calendar here.
    assert keep(db, ada, "2024-03-05 19:00") is False
    assert db.execute("select * from public.streaks").fetchall() == before


def test_a_move_to_and_fro_counts_no_day_twice(db: Connection, ada: Actor) -> None:
    """By whatever zones: as many days counted as there were, one more at the most."""
    zones = ["Etc/GMT+12", "Pacific/Kiritimati", "UTC", "Asia/Kathmandu", "Pacific/Marquesas"]
    at, counted = datetime(2024, 3, 1, tzinfo=UTC), []
    for number in range(240):
        live_in(db, ada, zones[number % len(zones)])
        if keep(db, ada, at):
            counted.append(at)
        at += timedelta(hours=1)
    gaps = [later - former for former, later in pairwise(counted)]
    assert min(gaps) >= timedelta(hours=16)
    assert look(db, ada.id)[0] == len(counted)
    assert 8 <= len(counted) <= 11


def ledger(db: Connection, ada: Actor, deed: str, rule: str, cause: str, at: str) -> None:
    db.execute(
        f"select private.{deed}(%s, %s, %s, %s)".encode(), [ada.id, rule, cause, at + " 12:00+00"]
    )


def test_deeds_keep_the_streak_of_their_rule(db: Connection, ada: Actor) -> None:
    ledger(db, ada, "award", "post_created", "a", "2024-03-04")
    ledger(db, ada, "award", "comment_created", "b", "2024-03-11")
    ledger(db, ada, "award", "crate_created", "c", "2024-03-12")
    ledger(db, ada, "award", "daily_login", "d", "2024-03-12")
    assert look(db, ada.id, "creation") == (2, 2, 0)
    assert look(db, ada.id, "login") == (1, 1, 0)
    assert look(db, ada.id, "listening") == (0, 0, 0)


def test_a_rule_of_plays_keeps_listening(db: Connection, ada: Actor) -> None:
    db.execute(
        "insert into public.point_rules (name, points, description, streak)"
        " values ('heard', 1, 'Hear', 'listening')"
    )
    # As settle_deeds pays them: late, and out of order.
    for day in ("2024-03-04", "2024-03-05", "2024-03-04", "2024-03-06", "2024-03-05"):
        db.execute(
            "insert into private.deeds (user_id, rule, cause, is_done, done_at)"
            " values (%s, 'heard', gen_random_uuid()::text, true, %s::date + interval '9 hours')",
            [ada.id, day],
        )
    pay(db)
    assert look(db, ada.id, "listening") == (3, 3, 0)


def test_a_deed_that_is_paid_nothing_keeps_it_too(db: Connection, ada: Actor) -> None:
    db.execute("update public.point_rules set is_active = false")
    ledger(db, ada, "award", "post_created", "a", "2024-03-04")
    assert look(db, ada.id, "creation") == (1, 1, 0)


def test_undoing_takes_no_streak_back_and_doing_again_gives_none(
    db: Connection, ada: Actor
) -> None:
    ledger(db, ada, "award", "post_created", "a", "2024-03-04")
    ledger(db, ada, "take_back", "post_created", "a", "2024-03-05")
    assert look(db, ada.id, "creation") == (1, 1, 0)
    ledger(db, ada, "award", "post_created", "a", "2024-03-11")
    assert look(db, ada.id, "creation") == (1, 1, 0)


def test_posting_and_making_a_crate_keep_the_week(db: Connection, ada: Actor, ben: Actor) -> None:
    ada.post()
    make_crate(ben)
    pay(db)
    assert look(db, ada.id, "creation") == look(db, ben.id, "creation") == (1, 1, 0)


def test_nobody_keeps_a_streak_by_a_key(ben: Actor) -> None:
    statements: list[tuple[str, list[Any]]] = [
        ("select private.keep_streak(auth.uid(), 'login', now())", []),
        ("update public.streaks set current = 9", []),
        ("update public.point_rules set streak = 'login'", []),
        ("delete from public.streaks", []),
    ]
    for statement, arguments in statements:
        with forbidden():
            ben.run(statement, *arguments)
