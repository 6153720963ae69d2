"""A season is closed once: its boards freeze, its prizes are paid, the next one opens."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.boards import RULE, change, earn, people, roll_up, shown
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import race, wait_until_blocked
from tests.schema.counters import counter_laws

OLD, NEXT = "2020-Q4", "2021-Q1"
DURING = datetime(2020, 11, 5, 12, tzinfo=UTC)
SPAN = (datetime(2020, 10, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))


def begin(db: Connection) -> None:
    """It is 2020: that season is active, and no other is known."""
    db.execute("delete from public.seasons")
    db.execute(
        "insert into public.seasons (code, starts_at, ends_at, status)"
        " values (%s, %s, %s, 'active')",
        [OLD, *SPAN],
    )


def close(db: Connection, code: str = OLD) -> dict[str, Any]:
    told = actor(db, "service").call("backend.close_season", code=code)
    assert isinstance(told, dict)
    return told


def seasons(db: Connection) -> dict[str, str]:
    rows = db.execute("select code, status from public.seasons order by starts_at").fetchall()
    return {row["code"]: row["status"] for row in rows}


def results(db: Connection) -> list[tuple[uuid.UUID, int, int, str, int]]:
    rows = db.execute(
        "select user_id, rank, score, tier, credits from public.season_results"
        " order by rank, user_id"
    ).fetchall()
    return [tuple(row.values()) for row in rows]


def credits_of(db: Connection) -> dict[uuid.UUID, list[int]]:
    paid: dict[uuid.UUID, list[int]] = {}
    for row in db.execute(
        "select user_id, amount from public.credit_entries where kind = 'earned_season'"
    ).fetchall():
        paid.setdefault(row["user_id"], []).append(row["amount"])
    return paid


def crowd(db: Connection, number: int = 12) -> list[uuid.UUID]:
    """So many people with ever fewer points of the old season."""
    made = people(db, number)
    for place, who in enumerate(made):
        earn(db, who, 10 * (number - place), DURING + timedelta(minutes=place))
    return made


def test_the_season_of_today_is_active_and_the_next_is_known(db: Connection) -> None:
    row = db.execute(
        "select private.season_of(now()) as code, date_trunc('quarter', now(), 'UTC') as starts"
    ).fetchone()
    rows = db.execute("select * from public.seasons order by starts_at").fetchall()
    assert row is not None
    assert [each["status"] for each in rows] == ["active", "upcoming"]
    assert (rows[0]["code"], rows[0]["starts_at"]) == (row["code"], row["starts"])
    assert rows[0]["ends_at"] == rows[1]["starts_at"]


@pytest.mark.parametrize(
    ("code", "starts", "ends"),
    [
        ("2026-Q1", (2026, 1), (2026, 4)),
        ("2026-Q2", (2026, 4), (2026, 7)),
        ("2026-Q3", (2026, 7), (2026, 10)),
        ("2026-Q4", (2026, 10), (2027, 1)),
    ],
)
def test_seasons_are_quarters_by_utc(
    db: Connection, code: str, starts: tuple[int, int], ends: tuple[int, int]
) -> None:
    db.execute("set local time zone 'Pacific/Auckland'")
    row = db.execute(
        "select lower(span.during) as starts, upper(span.during) as ends"
        " from private.period_span('season', %s) as span (during)",
        [code],
    ).fetchone()
    assert row is not None
    for at, (year, month) in ((row["starts"], starts), (row["ends"], ends)):
        assert at == datetime(year, month, 1, tzinfo=UTC)


def test_closing_pays_each_tier_and_opens_the_next_season(db: Connection) -> None:
    begin(db)
    made = crowd(db)
    told = close(db)
    tiers = ["gold", "silver", "silver", *["bronze"] * 7, "participant", "participant"]
    prizes = {"gold": 500, "silver": 250, "bronze": 100, "participant": 0}
    assert results(db) == [
        (who, place, 10 * (13 - place), tier, prizes[tier])
        for place, (who, tier) in enumerate(zip(made, tiers, strict=True), 1)
    ]
    paid = {who: [prizes[tier]] for who, tier in zip(made, tiers, strict=True) if prizes[tier]}
    assert credits_of(db) == paid
    assert seasons(db) == {OLD: "closed", NEXT: "active", "2021-Q2": "upcoming"}
    assert (told["people"], told["next"], told["winners"]) == (12, NEXT, dict(Counter(tiers)))
    (trophy,) = actor(db, "visitor").rows("trophy_case", username="p002")
    assert (trophy["code"], trophy["tier"], trophy["season"], trophy["context"]) == (
        "season_2020_q4_silver", "silver", OLD, {"season": OLD, "rank": 2, "score": 110},
    )  # fmt: skip
    rows = db.execute(
        "select badge_code, count(*) as people from public.badge_awards"
        " where badge_code like 'season%' group by 1"
    ).fetchall()
    assert {row["badge_code"].split("_")[-1]: row["people"] for row in rows} == Counter(tiers)
    board = actor(db, "visitor").rows("leaderboard", board="season", period=OLD)
    lines = [f"{row['rank']}|{row['profile']['id']}|{row['score']}\n" for row in board]
    assert told["hash"] == hashlib.sha256("".join(lines).encode()).hexdigest()
    row = db.execute("select hash, people from public.seasons where code = %s", [OLD]).fetchone()
    assert row == {"hash": told["hash"], "people": 12}
    assert counter_laws(db) == []


def test_equal_scores_share_their_prize(db: Connection) -> None:
    begin(db)
    for name, points in (("ada", 9), ("ben", 9), ("cleo", 5)):
        earn(db, person_id(name), points, DURING)
    close(db)
    assert {who: paid for who, (paid,) in credits_of(db).items()} == {
        person_id("ada"): 500, person_id("ben"): 500, person_id("cleo"): 250,
    }  # fmt: skip


def test_closing_again_says_the_same_and_pays_nothing(db: Connection) -> None:
    begin(db)
    crowd(db)
    told = close(db)
    before = (results(db), credits_of(db), seasons(db))
    assert [close(db), close(db)] == [told, told]
    assert (results(db), credits_of(db), seasons(db)) == before
    rows = db.execute("select from private.audit_events where action = 'season_closed'").fetchall()
    assert len(rows) == 1


def test_a_season_nobody_played_is_closed_too(db: Connection) -> None:
    begin(db)
    told = close(db)
    assert (told["people"], told["winners"]) == (0, {})
    assert told["hash"] == hashlib.sha256(b"").hexdigest()
    assert seasons(db)[NEXT] == "active"
    # And stays as it was closed.
    earn(db, person_id("ada"), 9, DURING)
    roll_up(db)
    ada = actor(db, "ada")
    assert ada.rows("leaderboard", board="season", period=OLD) == []
    assert shown(ada.rows("leaderboard", board="points")) == [(1, "ada", 9)]
    assert close(db) == told
    assert counter_laws(db) == []


def test_a_season_is_closed_when_it_is_over_settled_and_in_its_turn(db: Connection) -> None:
    begin(db)
    service = actor(db, "service")
    for code in ("1999-Q1", "nonsense", None):
        with refused(404, "season_not_found"):
            service.call("backend.close_season", code=code)
    db.execute(
        "insert into public.seasons (code, starts_at, ends_at) values (%s, %s, %s)",
        [NEXT, SPAN[1], datetime(2021, 4, 1, tzinfo=UTC)],
    )
    with refused(409, "season_not_open"):
        close(db, NEXT)
    db.execute(
        "insert into private.deeds (user_id, rule, cause, is_done, done_at)"
        " values (%s, %s, 'late', true, %s)",
        [person_id("ada"), RULE, SPAN[1] - timedelta(seconds=1)],
    )
    with refused(409, "season_not_settled"):
        close(db)
    db.execute("select private.settle_deeds(10)")
    assert close(db)["people"] == 1
    assert [row["seasons_to_close"] for row in service.rows("backend.seasons_to_close")] == [NEXT]
    close(db, NEXT)
    # What was under way at the end still counts, some minutes long.
    for ago, codes in (("9 minutes", []), ("10 minutes", ["2021-Q2"])):
        db.execute(
            "update public.seasons set ends_at = now() - %s::interval where code = '2021-Q2'",
            [ago],
        )
        assert [
            row["seasons_to_close"] for row in service.rows("backend.seasons_to_close")
        ] == codes
        if not codes:
            with refused(409, "season_not_over"):
                close(db, "2021-Q2")


def test_a_frozen_board_takes_no_more_and_all_time_does(db: Connection, ben: Actor) -> None:
    begin(db)
    cause = earn(db, person_id("ada"), 9, DURING)
    earn(db, person_id("ben"), 4, DURING)
    close(db)
    board = ben.rows("leaderboard", board="season", period=OLD)
    db.execute("select private.take_back(%s, %s, %s)", [person_id("ada"), RULE, cause])
    earn(db, person_id("ben"), 3, DURING)
    earn(db, person_id("cleo"), 50, DURING)
    roll_up(db)
    assert ben.rows("leaderboard", board="season", period=OLD) == board
    assert shown(ben.rows("leaderboard", board="points")) == [(1, "cleo", 50), (2, "ben", 7)]
    assert counter_laws(db) == []
    # But who is erased leaves it, and it keeps the hash that was written.
    db.execute("select private.erase_account(%s)", [person_id("ada")])
    roll_up(db)
    assert shown(ben.rows("leaderboard", board="season", period=OLD)) == [(1, "ben", 4)]
    assert [row[0] for row in results(db)] == [ben.id]
    assert counter_laws(db) == []


def test_boards_of_genres_freeze_with_the_season(db: Connection, ben: Actor) -> None:
    begin(db)
    db.execute(
        "insert into private.score_changes (user_id, metric, genre, amount, counts_at, moved_at)"
        " values (%s, 'listening', 'house', 5000, %s, %s)",
        [ben.id, DURING, DURING],
    )
    change(db, [(person_id("ben"), 1, DURING)], "dj_points")
    close(db)
    rows = db.execute(
        "select board, frozen_at is not null as is_frozen, hash from private.standings"
    ).fetchall()
    frozen = {row["board"] for row in rows if row["is_frozen"]}
    assert frozen == {"genre_listeners_season", "djs_season"}
    assert {row["board"] for row in rows} == frozen | {"listeners_week", "djs"}


def test_everybody_is_told_once_how_it_ended_for_them(db: Connection) -> None:
    begin(db)
    made = crowd(db)
    close(db)
    service = actor(db, "service")
    told = [service.call("backend.tell_season_results", size=5) for _ in range(4)]
    assert told == [5, 5, 2, 0]
    rows = db.execute(
        "select recipient_id, data from public.notifications where kind = 'season'"
    ).fetchall()
    assert {row["recipient_id"] for row in rows} == set(made)
    assert len(rows) == len(made)
    news = db.execute(
        "select data ->> 'code' as code from public.activity_events where kind = 'badge_earned'"
        " and data ->> 'code' like 'season%'"
    ).fetchall()
    assert len(news) == 10
    (first,) = [row["data"] for row in rows if row["recipient_id"] == made[0]]
    assert first == {
        "name": OLD, "season": OLD, "rank": 1, "tier": "gold", "credits": 500,
    }  # fmt: skip


def committed(db: Connection) -> tuple[int, int, int, int]:
    row = db.execute(
        "select (select count(*) from public.season_results)::int as results,"
        " (select count(*) from public.credit_entries where kind = 'earned_season')::int as paid,"
        " (select count(*) from public.seasons where status = 'closed')::int as closed,"
        " (select count(*) from private.standings where frozen_at is not null)::int as frozen"
    ).fetchone()
    assert row is not None
    return (row["results"], row["paid"], row["closed"], row["frozen"])


def test_four_who_close_at_once_pay_one_set_of_prizes(database: Database) -> None:
    with database.connect() as db:
        begin(db)
        crowd(db)
    outcomes = race(database, [close] * 4)
    assert outcomes == [outcomes[0]] * 4
    assert outcomes[0]["people"] == 12
    with database.connect() as db:
        assert committed(db) == (12, 10, 1, 1)
        assert sorted(paid for (paid,) in credits_of(db).values()) == [100] * 7 + [250, 250, 500]
        assert counter_laws(db) == []


def test_killed_half_way_nothing_has_happened_and_the_next_one_does_it(database: Database) -> None:
    with database.connect() as db, database.connect() as doomed, database.connect() as busy:
        begin(db)
        made = crowd(db)
        # Everything is done when it comes to the next season, which somebody holds.
        db.execute(
            "insert into public.seasons (code, starts_at, ends_at) values (%s, %s, %s)",
            [NEXT, SPAN[1], datetime(2021, 4, 1, tzinfo=UTC)],
        )
        failed: list[psycopg.Error] = []

        def work() -> None:
            try:
                close(doomed)
            except psycopg.Error as error:
                failed.append(error)

        with busy.transaction():
            busy.execute("select from public.seasons where code = %s for update", [NEXT])
            thread = threading.Thread(target=work)
            thread.start()
            wait_until_blocked(db, doomed)
            db.execute("select pg_terminate_backend(%s, 60000)", [doomed.info.backend_pid])
            thread.join(60)
        assert len(failed) == 1
        assert committed(db) == (0, 0, 0, 0)
        told = close(db)
        assert told["people"] == len(made)
        assert committed(db) == (12, 10, 1, 1)
        assert close(db) == told
        assert counter_laws(db) == []
