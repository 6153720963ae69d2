"""Quests: progress follows from what people did, and what they pay is paid once, to so many."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogue import make_song
from tests.database import Actor, Connection, Database, Row, actor, person_id, refused, sign_up
from tests.progression import make_crate, pay, points
from tests.races import race, refusals, wait_until_blocked
from tests.schema.counters import LAWS, badges

QUEST = {
    "name": "Two posts",
    "description": "Post twice",
    "cadence": "daily",
    "metric": "posts_created",
    "target": 2,
    "points": 30,
    "credits": 4,
}
# For tests that go on over midnight.
ALWAYS = {"cadence": "special", "ends_at": "2099-01-01"}
ZONES = [
    "UTC", "Pacific/Auckland", "Pacific/Kiritimati", "Etc/GMT+12", "America/Sao_Paulo",
    "America/New_York", "Asia/Kathmandu", "Africa/Cairo", "Europe/Berlin", "Australia/Lord_Howe",
    "America/Havana", "Asia/Amman", "Atlantic/Azores", "Asia/Beirut", "Pacific/Apia",
]  # fmt: skip


def make_quest(db: Connection, **changes: Any) -> uuid.UUID:
    """A quest, alone: those that ship are taken away."""
    db.execute("update public.quests set is_active = false")
    made = actor(db, "admiral").call("set_quest", **{**QUEST, **changes})
    identity = made["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def quest_of(person: Actor) -> Row:
    """The one quest that is on, as they see it."""
    (row,) = person.rows("my_quests")
    return row


def progress(person: Actor) -> int:
    """How far they are."""
    found = quest_of(person)["progress"]
    assert isinstance(found, int)
    return found


def deed(db: Connection, person: Actor, rule: str, cause: str, at: str, units: int = 1) -> None:
    db.execute(
        "select private.award(%s, %s, %s, %s::timestamptz, %s)", [person.id, rule, cause, at, units]
    )


def broken(db: Connection) -> list[Row]:
    """What is wrong with pools and what was paid."""
    return [row for law in badges.LAWS for row in db.execute(LAWS[law].encode()).fetchall()]


def test_what_one_does_brings_a_quest_on_and_completes_it(db: Connection, ada: Actor) -> None:
    make_quest(db)
    assert (progress(ada), quest_of(ada)["is_complete"]) == (0, False)
    ada.post()
    pay(db)
    assert (progress(ada), quest_of(ada)["is_complete"]) == (1, False)
    for _ in range(2):
        ada.post()
    pay(db)
    row = quest_of(ada)
    assert (row["progress"], row["is_complete"], row["is_claimed"]) == (2, True, False)
    assert (row["points"], row["credits"], row["pool_left"]) == (30, 4, None)


def test_what_is_undone_does_not_count_and_done_again_counts_once(
    db: Connection, ada: Actor
) -> None:
    make_quest(db)
    post = ada.post()
    pay(db)
    ada.call("delete_post", post_id=post)
    pay(db)
    assert progress(ada) == 0
    for undone in (False, True, False):
        name = "take_back" if undone else "award"
        db.execute(f"select private.{name}(%s, 'post_created', 'x')".encode(), [ada.id])
    assert progress(ada) == 1


def test_what_a_cap_did_not_pay_counts_all_the_same(db: Connection, ada: Actor) -> None:
    make_quest(db, target=20)
    for number in range(8):
        deed(db, ada, "post_created", f"post:{number}", "now")
    assert points(ada) == 50
    assert progress(ada) == 8


def test_each_metric_counts_what_it_says(db: Connection, ada: Actor, ben: Actor) -> None:
    quest = make_quest(db, target=10**9)
    song = make_song(db)
    theirs = ben.post("of ben's")
    ada.call("create_comment", target_kind="post", target_id=theirs, body="hm")
    make_crate(ada)
    ada.call("set_like", target_kind="post", target_id=theirs, liked=True)
    ada.call("follow", username="ben")
    pay(db)
    deed(db, ada, "dj_track_played", "dj:1", "now")
    deed(db, ada, "upvote_received", "dj:1", "now", 7)
    deed(db, ada, "crate_item_received", "crate:1", "now")
    deed(db, ada, "daily_login", "login:1", "now")
    db.execute(
        "insert into public.plays (track_id, listener_id, ms_played, is_counted, source)"
        " values (%s, %s, 61000, true, 'app'), (%s, %s, 5000, false, 'app')",
        [song, ada.id, song, ada.id],
    )
    paid = points(ada)
    found = {}
    for metric in (
        "comments_created", "crates_created", "crate_items_received", "tracks_played",
        "listening_ms", "dj_tracks_played", "upvotes_received", "check_ins", "points_earned",
        "likes_given", "follows_made", "posts_created",
    ):  # fmt: skip
        db.execute("update public.quests set metric = %s where id = %s", [metric, quest])
        found[metric] = progress(ada)
    assert found == {
        "posts_created": 0, "comments_created": 1, "crates_created": 1, "crate_items_received": 1,
        "tracks_played": 1, "listening_ms": 61000, "dj_tracks_played": 1, "upvotes_received": 7,
        "check_ins": 1, "points_earned": paid, "likes_given": 1, "follows_made": 1,
    }  # fmt: skip
    ada.call("set_like", target_kind="post", target_id=theirs, liked=False)
    ada.call("unfollow", username="ben")
    for metric in ("likes_given", "follows_made"):
        db.execute("update public.quests set metric = %s where id = %s", [metric, quest])
        assert progress(ada) == 0


def test_points_that_quests_paid_complete_no_quest(db: Connection, ada: Actor) -> None:
    make_quest(db, metric="points_earned", target=100)
    deed(db, ada, "quest_completed", "quest:x:y", "now", 500)
    deed(db, ada, "post_created", "post:1", "now")
    assert progress(ada) == 10
    db.execute("select private.take_back(%s, 'post_created', 'post:1')", [ada.id])
    assert progress(ada) == 0


def test_a_claim_pays_points_and_credits_once_and_says_the_same_again(
    db: Connection, ada: Actor
) -> None:
    quest = make_quest(db)
    for _ in range(2):
        ada.post()
    pay(db)
    before = points(ada)
    first = ada.call("claim_quest", quest_id=quest)
    assert (first["quest_id"], first["points"], first["credits"]) == (str(quest), 30, 4)
    assert ada.call("claim_quest", quest_id=quest) == first
    assert points(ada) == before + 30
    assert ada.call("my_credits")["balance"] == 4
    assert quest_of(ada)["is_claimed"]
    (told,) = [row for row in ada.rows("my_notifications") if row["kind"] == "quest"]
    assert (told["data"]["name"], told["data"]["points"]) == ("Two posts", 30)
    assert broken(db) == []


def test_what_was_claimed_stays_when_what_was_done_is_undone(db: Connection, ada: Actor) -> None:
    quest = make_quest(db)
    posts = [ada.post() for _ in range(2)]
    pay(db)
    first = ada.call("claim_quest", quest_id=quest)
    for post in posts:
        ada.call("delete_post", post_id=post)
    pay(db)
    assert points(ada) == 30
    row = quest_of(ada)
    assert (row["progress"], row["is_complete"], row["is_claimed"]) == (2, True, True)
    assert ada.call("claim_quest", quest_id=quest) == first


def test_a_claim_too_early_or_too_late_is_refused(db: Connection, ada: Actor) -> None:
    quest = make_quest(db)
    with refused(409, "quest_incomplete"):
        ada.call("claim_quest", quest_id=quest)
    with refused(404, "quest_not_found"):
        ada.call("claim_quest", quest_id=uuid.uuid4())
    with refused(404, "quest_not_found"):
        ada.call("claim_quest", quest_id=None)
    for _ in range(2):
        deed(db, ada, "post_created", str(uuid.uuid4()), "now")
    actor(db, "admiral").call("end_quest", quest_id=quest)
    assert ada.rows("my_quests") == []
    with refused(409, "quest_ended"):
        ada.call("claim_quest", quest_id=quest)


def test_a_special_quest_is_seen_and_counts_from_its_start_to_its_end(
    db: Connection, ada: Actor
) -> None:
    quest = make_quest(db, cadence="special", ends_at="2099-01-01", starts_at="2098-01-01")
    assert ada.rows("my_quests") == []
    with refused(404, "quest_not_found"):
        ada.call("claim_quest", quest_id=quest)

    def move(starts: str, ends: str) -> None:
        db.execute(
            "update public.quests set starts_at = now() + %s::interval,"
            " ends_at = now() + %s::interval where id = %s",
            [starts, ends, quest],
        )

    move("-1 day", "1 day")
    for minutes in (-2000, -1000, -10):
        at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        deed(db, ada, "post_created", at, at)
    assert progress(ada) == 2
    move("-2 days", "-1 minute")
    assert ada.rows("my_quests") == []
    with refused(409, "quest_ended"):
        ada.call("claim_quest", quest_id=quest)
    move("-2 days", "1 day")
    first = ada.call("claim_quest", quest_id=quest)
    assert first["period_key"] == "special"
    move("-2 days", "-1 minute")
    assert ada.call("claim_quest", quest_id=quest) == first


@pytest.mark.parametrize("cadence", ["daily", "weekly", "monthly"])
def test_a_quest_that_returns_pays_in_each_of_its_periods(
    db: Connection, ada: Actor, cadence: str
) -> None:
    quest = make_quest(db, cadence=cadence)
    for _ in range(2):
        deed(db, ada, "post_created", str(uuid.uuid4()), "now")
    ada.call("claim_quest", quest_id=quest)
    # As if that had been in a period before.
    db.execute(
        "update public.quest_claims"
        " set period_key = 'before', claimed_at = now() - interval '40 days'"
    )
    assert not quest_of(ada)["is_claimed"]
    assert ada.call("claim_quest", quest_id=quest)["period_key"] != "before"


def test_no_deed_is_paid_twice_by_moving_to_another_time_zone(db: Connection, ada: Actor) -> None:
    """It is the next day already in Kiritimati, or still the day before at GMT-12."""
    quest = make_quest(db, target=1)
    zone = "update public.profiles set time_zone = %s where id = %s"
    db.execute(zone, ["Pacific/Kiritimati", ada.id])
    deed(db, ada, "post_created", "post:1", "now")
    ada.call("claim_quest", quest_id=quest)
    db.execute(zone, ["Etc/GMT+12", ada.id])
    row = quest_of(ada)
    assert (row["progress"], row["is_claimed"]) == (0, False)
    with refused(409, "quest_incomplete"):
        ada.call("claim_quest", quest_id=quest)


def test_what_is_done_while_a_claim_waits_is_paid_by_it_alone(database: Database) -> None:
    """The claim began before the deed it counts: in the day of another zone it is spent too."""
    with database.connect() as db, database.connect() as busy, database.connect() as waiting:
        quest = make_quest(db, target=1)
        ada = actor(db, "ada")
        zone = "update public.profiles set time_zone = %s where id = %s"
        db.execute(zone, ["Pacific/Kiritimati", ada.id])
        busy.execute("begin")
        busy.execute("select from public.profiles where id = %s for no key update", [ada.id])
        with ThreadPoolExecutor(1) as pool:
            claim = pool.submit(actor(waiting, "ada").call, "claim_quest", quest_id=quest)
            wait_until_blocked(db, waiting)
            deed(db, ada, "post_created", "post:1", "now")
            busy.execute("rollback")
            assert claim.result(timeout=120)["points"] == 30
        db.execute(zone, ["Etc/GMT+12", ada.id])
        assert progress(ada) == 0
        with refused(409, "quest_incomplete"):
            ada.call("claim_quest", quest_id=quest)


def period(db: Connection, cadence: str, zone: str, at: datetime) -> tuple[str, datetime, datetime]:
    (row,) = db.execute(
        "select * from private.quest_period(%s, %s, %s)", [cadence, zone, at]
    ).fetchall()
    return row["period_key"], row["starts_at"], row["ends_at"]


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins: its midnight, or where the clock leaps over that, the end of the leap."""
    midnight = datetime.combine(day, time(), zone)
    return midnight.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    at=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    cadence=st.sampled_from(["daily", "weekly", "monthly"]),
)
def test_periods_are_those_of_the_calendar_on_the_wall(
    shared_database: Database, zone: str, at: datetime, cadence: str
) -> None:
    there = ZoneInfo(zone)
    day = at.astimezone(there).date()
    if cadence == "daily":
        first, following, key = day, day + timedelta(days=1), day.isoformat()
    elif cadence == "weekly":
        first = day - timedelta(days=day.weekday())
        year, week, _ = day.isocalendar()
        following, key = first + timedelta(days=7), f"{year}-W{week:02}"
    else:
        first = day.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        key = f"{day:%Y-%m}"
    with shared_database.connect() as db:
        assert period(db, cadence, zone, at) == (
            key, first_moment(first, there), first_moment(following, there),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Pacific/Auckland", "2026-07-01", 24),
        # The hour after midnight comes twice.
        ("America/Havana", "2026-11-01", 25),
    ],
)
def test_what_is_done_at_the_edge_of_midnight_counts_on_its_own_day(
    db: Connection, ada: Actor, zone: str, day: str, hours: int
) -> None:
    noon = datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(zone))
    key, starts, ends = period(db, "daily", zone, noon)
    assert (key, ends - starts) == (day, timedelta(hours=hours))
    second = timedelta(seconds=1)
    for at in (starts - second, starts, ends - second, ends):
        deed(db, ada, "post_created", at.isoformat(), at.isoformat())
    (row,) = db.execute(
        "select private.quest_progress(%s, 'posts_created', %s, %s) as done", [ada.id, starts, ends]
    ).fetchall()
    assert row["done"] == 2
    days = [period(db, "daily", zone, at)[0] == day for at in (starts - second, starts, ends)]
    assert days == [False, True, False]


def test_quests_that_are_off_for_everybody_pay_nothing(db: Connection, ada: Actor) -> None:
    quest = make_quest(db)
    db.execute("update public.feature_flags set is_enabled = false where name = 'progression'")
    with refused(403, "feature_disabled"):
        ada.call("claim_quest", quest_id=quest)
    assert quest_of(ada)["progress"] == 0


def test_claiming_is_limited(db: Connection, ada: Actor) -> None:
    quest = make_quest(db, target=1)
    deed(db, ada, "post_created", "post:1", "now")
    db.execute("update private.rate_limit_rules set capacity = 2 where action = 'claim_quest'")
    for _ in range(2):
        ada.call("claim_quest", quest_id=quest)
    with refused(429, "rate_limited"):
        ada.call("claim_quest", quest_id=quest)


def test_what_admins_change_is_audited_and_what_was_paid_stays(
    db: Connection, ada: Actor, admiral: Actor, ben: Actor
) -> None:
    quest = make_quest(db, target=1)
    deed(db, ada, "post_created", "post:1", "now")
    first = ada.call("claim_quest", quest_id=quest)
    changed = admiral.call("set_quest", **{**QUEST, "points": 99}, quest_id=quest)
    assert (changed["points"], changed["id"]) == (99, quest)
    assert ada.call("claim_quest", quest_id=quest) == first
    admiral.call("end_quest", quest_id=quest)
    admiral.call("end_quest", quest_id=quest)
    rows = db.execute(
        "select action from private.audit_events where target_kind = 'quest' order by id"
    ).fetchall()
    assert [row["action"] for row in rows] == ["quest_changed", "quest_changed", "quest_ended"]
    with refused(403, "not_allowed"):
        ben.call("set_quest", **QUEST)
    with refused(403, "not_allowed"):
        ben.call("end_quest", quest_id=quest)
    for function, arguments in (("set_quest", QUEST), ("end_quest", {})):
        with refused(404, "quest_not_found"):
            admiral.call(function, **arguments, quest_id=uuid.uuid4())
    assert broken(db) == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"description": ""}, {"cadence": "yearly"}, {"metric": "odd"}, {"target": 0},
        {"points": -1}, {"points": 0, "credits": 0}, {"credits": 100_001}, {"pool_limit": 0},
        {"cadence": "special"}, {"starts_at": "2026-02-01", "ends_at": "2026-01-01"},
        {"ends_at": "infinity"}, {"starts_at": "-infinity"},
    ],
)  # fmt: skip
def test_a_quest_that_makes_no_sense_is_refused(admiral: Actor, change: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        admiral.call("set_quest", **{**QUEST, **change})


def test_claiming_from_sixteen_connections_pays_once(database: Database) -> None:
    with database.connect() as db:
        quest = make_quest(db, target=1, **ALWAYS)
        ada = actor(db, "ada")
        ada.post()
        before = points(ada)

    def claim(db: Connection) -> Any:
        return actor(db, "ada").call("claim_quest", quest_id=quest)

    outcomes = race(database, [claim] * 16)
    assert refusals(outcomes) == []
    assert all(outcome == outcomes[0] for outcome in outcomes)
    with database.connect() as db:
        ada = actor(db, "ada")
        assert points(ada) == before + 30
        assert ada.call("my_credits")["balance"] == 4
        assert broken(db) == []


def test_a_pool_of_ten_pays_ten_of_a_hundred(database: Database) -> None:
    """A hundred people at sixteen connections, all with the quest complete."""
    people = [person_id(f"person {number}") for number in range(100)]
    with database.connect() as db:
        quest = make_quest(db, target=1, pool_limit=10, **ALWAYS)
        for number, identity in enumerate(people):
            name = f"person_{number}"
            sign_up(db, identity, f"{name}@backbeat.test", {"username": name, "display_name": name})
            db.execute("select private.award(%s, 'post_created', 'post:1')", [identity])

    def claim(mine: list[uuid.UUID]) -> Any:
        def job(db: Connection) -> list[str]:
            outcomes = []
            for identity in mine:
                try:
                    Actor(db, "somebody", identity, "authenticated").call(
                        "claim_quest", quest_id=quest
                    )
                    outcomes.append("paid")
                except psycopg.Error as error:
                    outcomes.append(str(error.diag.message_primary))
            return outcomes

        return job

    outcomes = race(database, [claim(people[place::16]) for place in range(16)])
    answers = [answer for outcome in outcomes for answer in outcome]
    assert sorted(answers) == ["paid"] * 10 + ["pool_exhausted"] * 90
    with database.connect() as db:
        (row,) = db.execute(
            "select count(distinct user_id) as people, sum(points) as points"
            " from public.point_events where rule = 'quest_completed'"
        ).fetchall()
        assert row == {"people": 10, "points": 300}
        assert broken(db) == []
        left = {
            quest_of(Actor(db, "somebody", identity, "authenticated"))["pool_left"]
            for identity in people[:3]
        }
        assert left == {0}


def test_a_pool_that_comes_later_counts_who_was_paid_before(database: Database) -> None:
    with database.connect() as db:
        quest = make_quest(db, target=1, **ALWAYS)
        names = ("ada", "ben", "cleo", "dan", "eve")
        for name in names:
            deed(db, actor(db, name), "post_created", "post:1", "now")
        for name in names[:2]:
            actor(db, name).call("claim_quest", quest_id=quest)
        admiral = actor(db, "admiral")

        def limit(pool: int | None) -> None:
            changes = {**QUEST, "target": 1, "pool_limit": pool, **ALWAYS}
            admiral.call("set_quest", **changes, quest_id=quest)

        limit(2)
        assert quest_of(actor(db, "cleo"))["pool_left"] == 0
        with refused(409, "pool_exhausted"):
            actor(db, "cleo").call("claim_quest", quest_id=quest)
        limit(3)
        assert quest_of(actor(db, "cleo"))["pool_left"] == 1
        actor(db, "cleo").call("claim_quest", quest_id=quest)
        assert quest_of(actor(db, "dan"))["pool_left"] == 0
        limit(None)
        actor(db, "dan").call("claim_quest", quest_id=quest)
        limit(4)
        with refused(409, "pool_exhausted"):
            actor(db, "eve").call("claim_quest", quest_id=quest)
        assert broken(db) == []


def test_whoever_leaves_keeps_their_place_in_the_pool(database: Database) -> None:
    with database.connect() as db:
        quest = make_quest(db, target=1, pool_limit=1, **ALWAYS)
        for name in ("ada", "ben"):
            deed(db, actor(db, name), "post_created", "post:1", "now")
        ada = actor(db, "ada")
        ada.call("claim_quest", quest_id=quest)
        db.execute("select private.erase_account(%s)", [ada.id])
        assert quest_of(actor(db, "ben"))["pool_left"] == 0
        with refused(409, "pool_exhausted"):
            actor(db, "ben").call("claim_quest", quest_id=quest)
        (row,) = db.execute("select user_id from public.quest_claims").fetchall()
        assert row == {"user_id": None}
        assert broken(db) == []


def test_quests_ship(ada: Actor) -> None:
    rows = ada.rows("my_quests")
    assert len(rows) == 9
    assert [row["cadence"] for row in rows] == ["daily"] * 3 + ["weekly"] * 3 + ["monthly"] * 3
    assert all(row["starts_at"] < row["ends_at"] for row in rows)


def test_claims_changes_and_erasures_at_once_meet_no_deadlock(database: Database) -> None:
    """Six claim, two of staff change the quest and its pool, two of the six are just erased."""
    names = ("ada", "ben", "cleo", "dan", "eve", "finn")
    with database.connect() as db:
        quest = make_quest(db, target=1, pool_limit=4, **ALWAYS)
        db.execute("update private.rate_limit_rules set capacity = 100000")
        for name in names:
            deed(db, actor(db, name), "post_created", "post:1", "now")

    def claim(name: str) -> Any:
        def job(db: Connection) -> None:
            for _ in range(10):
                try:
                    actor(db, name).call("claim_quest", quest_id=quest)
                except psycopg.Error as error:
                    told = error.diag.message_primary
                    assert told in {"pool_exhausted", "account_gone", "quest_ended"}, error

        return job

    def change(db: Connection) -> None:
        for pool in (5, None, 4, None, 3):
            changes = {**QUEST, "target": 1, "pool_limit": pool, **ALWAYS}
            actor(db, "admiral").call("set_quest", **changes, quest_id=quest)
        actor(db, "admiral").call("end_quest", quest_id=quest)

    def erase(name: str) -> Any:
        def job(db: Connection) -> None:
            with db.transaction():
                db.execute("select private.lock_ties(%s)", [[person_id(name)]])
                db.execute("select private.erase_account(%s)", [person_id(name)])

        return job

    jobs = [*(claim(name) for name in names), change, change, erase("ada"), erase("ben")]
    assert race(database, jobs) == [None] * len(jobs)
    with database.connect() as db:
        assert broken(db) == []
        (row,) = db.execute("select count(*) as kept from public.quest_claims").fetchall()
        assert row["kept"] <= 6
