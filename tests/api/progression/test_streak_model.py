"""A year of two hundred people, by the database and by a calendar in Python: the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Actor, Connection, Database, actor
from tests.schema.counters import counter_laws
from tests.streak_model import Streak
from tests.streaks import live_in

# A year with a 29 February and a week 53, whose clocks Python and Postgres agree about.
BEGINS, DAYS = datetime(2020, 1, 9, tzinfo=UTC), 366
ACTS_A_TRANSACTION = 40
# From -12 to +14; both hemispheres' summers, clocks that change at midnight, halves and quarters.
ZONES = (
    "Etc/GMT+12", "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas",
    "America/Los_Angeles", "America/New_York", "America/Havana", "America/Asuncion",
    "America/St_Johns", "Atlantic/Azores", "Europe/London", "Europe/Berlin", "Asia/Beirut",
    "Asia/Amman", "Asia/Tehran", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "UTC",
)  # fmt: skip
LIVE = """
create function pg_temp.live(person uuid, kind text, moments timestamptz[], zones text[])
returns table (counts boolean, current int, longest int, freezes int, last_period date)
language plpgsql as $$
begin
  for number in 1..cardinality(moments) loop
    if number = 1 or zones[number] <> zones[number - 1] then
      update public.profiles as profile set time_zone = zones[number] where profile.id = person;
    end if;
    counts := private.keep_streak(person, live.kind, moments[number]);
    select streak.current, streak.longest, streak.freezes, streak.last_period
    into current, longest, freezes, last_period
    from public.streaks as streak where streak.user_id = person and streak.kind = live.kind;
    return next;
  end loop;
end
$$;
"""


@dataclass(frozen=True)
class Act:
    """Something somebody does, and where they are at home when it is heard of."""

    at: datetime
    zone: str


@st.composite
def years(draw: st.DrawFn) -> list[Act]:
    """A year of somebody: how diligent they are, where they live, and what is heard of late."""
    moves = draw(
        st.lists(
            st.tuples(st.integers(0, DAYS * 24), st.sampled_from(ZONES)), max_size=10, unique=True
        )
    )
    home = draw(st.sampled_from(ZONES))
    diligence = draw(st.sampled_from((0.97, 0.85, 1.0, 0.93, 0.4)))
    again = draw(st.sampled_from((0.1, 0.5)))
    chance = random.Random(draw(st.integers(0, 2**32)))

    def zone_at(at: datetime) -> str:
        hours = (at - BEGINS) / timedelta(hours=1)
        return max((move for move in moves if move[0] <= hours), default=(0, home))[1]

    heard: list[tuple[datetime, datetime]] = []
    for day in range(DAYS):
        times = 1 + (chance.random() < again) if chance.random() < diligence else 0
        for _ in range(times):
            at = BEGINS + timedelta(days=day, seconds=chance.randrange(86400))
            if chance.random() < 0.1:
                midnight = at.astimezone(ZoneInfo(zone_at(at))).replace(
                    hour=0, minute=0, second=0, fold=chance.randint(0, 1)
                )
                at = midnight.astimezone(UTC) + timedelta(seconds=chance.randint(-1, 1))
            late = timedelta(hours=chance.randrange(120) if chance.random() < 0.03 else 0)
            heard.append((at + late, at))
    return [Act(at, zone_at(heard_at)) for heard_at, at in sorted(heard)]


def lived(db: Connection, ada: Actor, kind: str, acts: list[Act]) -> list[tuple[Any, ...]]:
    """What the database says after each of them."""
    rows = [
        row
        for some in (
            acts[at : at + ACTS_A_TRANSACTION] for at in range(0, len(acts), ACTS_A_TRANSACTION)
        )
        for row in db.execute(
            "select * from pg_temp.live(%s, %s, %s, %s)",
            [ada.id, kind, [act.at for act in some], [act.zone for act in some]],
        ).fetchall()
    ]
    return [tuple(row.values()) for row in rows]


def modelled(streak: Streak, acts: list[Act]) -> list[tuple[Any, ...]]:
    """What the model says after each of them."""
    return [
        (
            streak.do(act.at, act.zone),
            streak.current, streak.longest, streak.freezes, streak.crosses[-1][0],
        )
        for act in acts
    ]  # fmt: skip


def compare_what_is_shown(db: Connection, ada: Actor, kind: str, streak: Streak) -> None:
    """What my_streaks says around each moment of the days after, wherever they go then."""
    (_, counted_at, _) = streak.counted[-1]
    for zone in ("Pacific/Kiritimati", "America/Havana", "Etc/GMT+12", streak.crosses[-1][1]):
        live_in(db, ada, zone)
        (shown,) = db.execute(
            "select at_risk_at from private.streaks_of(%s, %s) where kind = %s",
            [ada.id, counted_at, kind],
        ).fetchall()
        ends = shown["at_risk_at"]
        assert streak.is_alive(ends - timedelta(microseconds=1), zone)
        assert not streak.is_alive(ends, zone)
        for at, current in ((ends - timedelta(microseconds=1), streak.current), (ends, 0)):
            (row,) = db.execute(
                "select current, longest, freezes from private.streaks_of(%s, %s) where kind = %s",
                [ada.id, at, kind],
            ).fetchall()
            assert tuple(row.values()) == (current, streak.longest, streak.freezes)


@pytest.fixture
def agree(database: Database) -> Iterator[Callable[[str, list[Act]], Counter[str]]]:
    """A function that lets somebody live, in both, and says which rules came to pass.

    Committed some acts at a time: what a transaction has changed stays in its way until it ends.
    """
    with database.connect() as db:
        ada = actor(db, "ada")
        db.execute(LIVE)

        def compare(kind: str, acts: list[Act]) -> Counter[str]:
            streak = Streak(weekly=kind == "creation")
            db.execute("delete from public.streaks")
            assert lived(db, ada, kind, acts) == modelled(streak, acts)
            if acts:
                compare_what_is_shown(db, ada, kind, streak)
            return streak.seen

        yield compare


def test_a_year_of_two_hundred_people_is_as_the_calendar_says(
    agree: Callable[[str, list[Act]], Counter[str]],
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=200, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(years())
    def check(acts: list[Act]) -> None:
        seen.update(agree("login", acts))

    check()
    # Each of these came to pass dozens of times: else the people were too tame.
    assert set(seen) >= {
        "a day that was never theirs", "a freeze is earned", "broken", "saved by 1", "saved by 2",
        "late, or a day that comes again", "the same day in another zone", "too soon after a move",
    }  # fmt: skip


def test_the_weeks_of_fifty_people_are_as_the_calendar_says(
    agree: Callable[[str, list[Act]], Counter[str]],
) -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=50, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(years(), st.integers(1, 25))
    def check(acts: list[Act], seldom: int) -> None:
        seen.update(agree("creation", acts[::seldom]))

    check()
    assert set(seen) >= {"a freeze is earned", "broken"}


def test_of_a_season_of_logins_each_counted_day_is_paid_once(database: Database) -> None:
    """By what check_in does, for five people: the ledger holds what the calendar counts."""
    chance = random.Random(2020)
    with database.connect() as db:
        for name in ("ada", "ben", "cleo", "dan", "eve"):
            somebody, streak = actor(db, name), Streak()
            zones = chance.sample(ZONES, 6)
            for day in range(60):
                zone = zones[day // 10]
                if day % 10 == 0:
                    live_in(db, somebody, zone)
                for hour in sorted(chance.sample(range(24), chance.choice((0, 1, 1, 2, 4)))):
                    at = BEGINS + timedelta(days=day, hours=hour, minutes=chance.randrange(60))
                    (row,) = db.execute(
                        "select private.daily_login(%s, %s) as paid", [somebody.id, at]
                    ).fetchall()
                    assert row["paid"] == (5 if streak.do(at, zone) else None)
            causes = db.execute(
                "select cause from public.point_events where user_id = %s and rule = 'daily_login'"
                " order by id",
                [somebody.id],
            ).fetchall()
            assert [row["cause"] for row in causes] == [
                f"login:{counted}" for counted, _, _ in streak.counted
            ]
        assert counter_laws(db) == []
