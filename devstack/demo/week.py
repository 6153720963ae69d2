"""The fourth chapter: a week in the life of three people, and how their season ends.

Nobody can wait for a quarter of a year. So the week lies in the last days of one that is long over:
what people did on each of its days is told to the ledger by the owner of the database, as the
triggers of their deeds would have told it then. Everything after that is real.
"""

from __future__ import annotations

from typing import Any

import psycopg

from devstack.demo.community import Cast
from devstack.demo.story import Story, call_schedule
from devstack.stack import Stack

# A quarter that has not been played yet; while it is open no other season is.
REOPEN = """
with past as (
  select private.season_of(min(starts_at) - interval '1 day') as code from public.seasons
), waits as (
  update public.seasons set status = 'upcoming' where status = 'active' returning code
)
insert into public.seasons (code, starts_at, ends_at, status)
select past.code, lower(span.during), upper(span.during), 'upcoming'
from past
cross join lateral private.period_span('season', past.code) as span (during)
where exists (select from waits)
returning code
"""
DEED = """
select private.award(
  %(person)s::uuid, %(rule)s, %(rule)s || ':' || season.code || ':' || %(day)s,
  season.ends_at - interval '7 days' + make_interval(days => %(day)s, hours => 12), %(units)s
)
from public.seasons as season
where season.code = %(season)s
"""


def week(stack: Stack, story: Story, cast: Cast) -> None:
    """Tell the chapter."""
    ada, ben, cleo = cast.ada, cast.ben, cast.cleo
    people = {person.id: person for person in (ada, ben, cleo)}
    # What each does in a day: ada is a DJ, ben listens, cleo plays twice as much every other day.
    deeds = {
        ada.id: {"daily_login": 1, "dj_track_played": 3, "upvote_received": 10},
        ben.id: {"daily_login": 1, "play_counted": 40},
        cleo.id: {"daily_login": 1, "dj_track_played": 6},
    }
    with psycopg.connect(stack.database_url, autocommit=True) as owner:
        season = _reopen(owner)
        for day in range(7):
            paid = story.tell(
                "all",
                f"day {day + 1} of the last week of {season}",
                lambda day=day: {  # type: ignore[misc]
                    people[who].name: sum(
                        _award(owner, season, day, who, rule, units) for rule, units in done.items()
                    )
                    for who, done in deeds.items()
                    if who != cleo.id or day % 2 == 0
                },
            )
            expected = {"ada": 5 + 15 + 20, "ben": 5 + 40} | ({"cleo": 35} if day % 2 == 0 else {})
            story.check(f"day {day + 1} pays by the rules", paid, expected)

        story.tell(
            "clock",
            "POST /functions/v1/roll-up-leaderboards  (hourly)",
            lambda: call_schedule(stack, "roll-up-leaderboards"),
        )
        board = {"board": "season", "period": season}
        before = _names(people, story.call(cleo, "leaderboard", **board))
        story.check(
            "the board before the season ends",
            before,
            [(1, "ben", 315), (2, "ada", 280), (3, "cleo", 140)],
        )
        rank = story.call(cleo, "my_rank", **board)
        story.check("cleo is third of three", (rank["rank"], rank["of"]), (3, 3))

        story.tell(
            "clock",
            "POST /functions/v1/close-season  (hourly)",
            lambda: call_schedule(stack, "close-season"),
        )
        _go_on(owner)
    story.check(
        "the board after it is the same", _names(people, ben.rpc("leaderboard", **board)), before
    )
    prizes = {
        person.name: person.client.table("season_results")
        .select("rank, tier, credits")
        .eq("season", season)
        .execute()
        .data
        for person in (ben, ada, cleo)
    }
    story.check(
        "gold is paid 500 credits, silver 250",
        prizes,
        {
            "ben": [{"rank": 1, "tier": "gold", "credits": 500}],
            "ada": [{"rank": 2, "tier": "silver", "credits": 250}],
            "cleo": [{"rank": 3, "tier": "silver", "credits": 250}],
        },
    )
    trophies = story.call(cleo, "trophy_case", username=ben.username)
    gold = f"season_{season.lower().replace('-', '_')}_gold"
    story.check(
        "everybody sees ben's gold",
        [row["code"] for row in trophies if row["code"] == gold],
        [gold],
    )
    streaks = {row["kind"]: row for row in story.call(ben, "my_streaks")}
    story.check(
        "seven days are kept as his longest streak, long broken",
        (streaks["login"]["longest"], streaks["login"]["current"]),
        (7, 0),
    )

    today = story.call(ben, "check_in")
    story.check("today begins a new one", (today["is_first_today"], today["points"]), (True, 5))
    again = story.call(ben, "check_in")
    story.check("once a day", (again["is_first_today"], again["points"]), (False, 0))
    quest = next(row for row in story.call(ben, "my_quests") if row["name"] == "Show up")
    story.check("a quest is complete", (quest["is_complete"], quest["is_claimed"]), (True, False))
    claims = [story.call(ben, "claim_quest", quest_id=quest["id"]) for _ in range(2)]
    story.check("it is paid once", claims[0], claims[1])

    balance = ben.rpc("my_credits")["balance"]
    pro = story.call(ben, "redeem_credits", months=2)
    story.check(
        "two months of Pro cost 200 credits", (pro["plan"], pro["balance"]), ("pro", balance - 200)
    )
    story.refused(cleo, "not_enough_credits", "redeem_credits", months=12)


def _reopen(owner: psycopg.Connection[Any]) -> str:
    """A season that is over and still open; its code."""
    with owner.transaction():
        row = owner.execute(REOPEN.encode()).fetchone()
        assert row is not None
        owner.execute("update public.seasons set status = 'active' where code = %s", row)
    return str(row[0])


def _go_on(owner: psycopg.Connection[Any]) -> None:
    """The calendar as it was: the season of today is the one that is open."""
    with owner.transaction():
        owner.execute("update public.seasons set status = 'upcoming' where status = 'active'")
        owner.execute(
            "update public.seasons set status = 'active' where code = private.season_of(now())"
        )


def _award(
    owner: psycopg.Connection[Any], season: str, day: int, person: str, rule: str, units: int
) -> int:
    """What somebody is paid for what they did on a day of the week."""
    given = {"season": season, "day": day, "person": person, "rule": rule, "units": units}
    row = owner.execute(DEED.encode(), given).fetchone()
    assert row is not None
    return int(row[0])


def _names(people: dict[str, Any], rows: list[dict[str, Any]]) -> list[tuple[int, str, int]]:
    """Rank, who, score."""
    return [(row["rank"], people[row["profile"]["id"]].name, row["score"]) for row in rows]
