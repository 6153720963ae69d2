"""What people do earns points, once, within the caps, and what is undone takes them back."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, forbidden, person_id, refused
from tests.progression import earned, make_crate, pay, points, put
from tests.schema.counters import LAWS, counter_laws


def rule(db: Connection, name: str, **changes: object) -> None:
    """Change a rule as its owner."""
    for column, value in changes.items():
        db.execute(
            f"update public.point_rules set {column} = %s where name = %s".encode(), [value, name]
        )


def test_a_post_a_comment_and_a_crate_earn_points(db: Connection, ada: Actor) -> None:
    post = ada.post()
    ada.call("create_comment", target_kind="post", target_id=post, body="first")
    make_crate(ada)
    pay(db)
    assert earned(ada) == [
        ("post_created", 10, None),
        ("comment_created", 5, None),
        ("crate_created", 20, None),
    ]
    told = ada.call("my_progression")
    assert {key: told[key] for key in ("total_points", "level", "season_points")} == {
        "total_points": 35,
        "level": 1,
        "season_points": 35,
    }
    assert (told["posts_created"], told["comments_created"], told["crates_created"]) == (1, 1, 1)
    assert (told["level_points"], told["next_level_points"]) == (0, 100)


def test_what_is_deleted_takes_its_points_back_once(db: Connection, ada: Actor) -> None:
    post = ada.post()
    pay(db)
    ada.call("delete_post", post_id=post)
    pay(db)
    assert earned(ada) == [("post_created", 10, None), ("post_created", -10, None)]
    assert points(ada) == 0
    assert ada.call("my_progression")["posts_created"] == 0
    db.execute("select private.take_back(%s, 'post_created', %s)", [ada.id, f"post:{post}"])
    assert points(ada) == 0


def test_a_comment_and_a_crate_that_are_deleted_take_their_points_back(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    said = ben.call("create_comment", target_kind="post", target_id=ada.post(), body="first")
    crate = make_crate(ben)
    pay(db)
    assert points(ben) == 25
    ben.call("delete_comment", comment_id=said["id"])
    ben.call("delete_crate", crate_id=crate)
    pay(db)
    assert sorted(row[1] for row in earned(ben)) == [-20, -5, 5, 20]
    told = ben.call("my_progression")
    assert (told["total_points"], told["comments_created"], told["crates_created"]) == (0, 0, 0)


def test_a_deed_done_again_is_paid_once_in_all(db: Connection, ada: Actor) -> None:
    for deed in ("award", "award", "take_back", "take_back", "award", "award"):
        db.execute(f"select private.{deed}(%s, 'post_created', 'x')".encode(), [ada.id])
    assert [paid for _, paid, _ in earned(ada)] == [10, -10, 10]
    assert points(ada) == 10


def test_a_total_below_nothing_is_shown_as_nothing(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", points=-30, daily_cap=None)
    ada.post()
    pay(db)
    assert points(ada) == 0
    assert ada.call("my_progression")["season_points"] == 0
    rule(db, "crate_created", points=50)
    make_crate(ada)
    pay(db)
    assert points(ada) == 20


@pytest.mark.parametrize(
    ("sign", "cap", "paid"), [(1, 25, [10, 10, 5, 0]), (-1, 25, [-10, -10, -5, 0])]
)
def test_a_day_pays_no_more_than_its_cap(
    db: Connection, ada: Actor, sign: int, cap: int, paid: list[int]
) -> None:
    rule(db, "post_created", points=10 * sign, daily_cap=cap)
    for _ in range(4):
        ada.post()
    pay(db)
    assert [row[1] for row in earned(ada)] == paid
    assert [row[2] for row in earned(ada)] == [None, None, "cap", "cap"]


def test_a_burst_of_spam_is_slowed_and_its_points_are_capped(database: Database) -> None:
    """A hundred posts within the minute: each a transaction of its own, as clients send them."""
    with database.connect() as db:
        ada = actor(db, "ada")
        outcomes = []
        for number in range(100):
            try:
                outcomes.append(ada.post(f"buy this, {number}"))
            except psycopg.Error as error:
                assert (error.sqlstate, error.diag.message_primary) == ("PT429", "rate_limited")
        posts = len(outcomes)
        assert 5 < posts < 100
        paid = [row[1:] for row in earned(ada)]
        assert paid[:6] == [(10, None)] * 5 + [(0, "cap")]
        assert len(paid) == posts
        assert points(ada) == 50
        assert ada.call("my_progression")["posts_created"] == posts


def test_what_is_taken_back_makes_room_under_the_cap_of_its_day(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", points=10, daily_cap=20)

    def move(deed: str, cause: str) -> None:
        db.execute(f"select private.{deed}(%s, 'post_created', %s)".encode(), [ada.id, cause])

    for cause in "abc":
        move("award", cause)
    move("take_back", "a")
    move("award", "d")
    move("award", "a")
    assert [row[1:] for row in earned(ada)] == [
        (10, None), (10, None), (0, "cap"), (-10, None), (10, None), (0, "cap"),
    ]  # fmt: skip
    assert points(ada) == 20


def test_a_cap_is_of_a_day_in_the_persons_own_calendar(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", points=10, daily_cap=10)
    db.execute("update public.profiles set time_zone = 'Pacific/Auckland' where id = %s", [ada.id])
    # Noon by UTC is past midnight in Auckland: 23:30 and 00:30 of the next day there.
    for at in ("2026-07-01 11:30+00", "2026-07-01 11:40+00", "2026-07-01 12:30+00"):
        db.execute("select private.award(%s, 'post_created', %s, %s)", [ada.id, at, at])
    assert [row[1] for row in earned(ada)] == [10, 0, 10]


def test_a_rule_that_is_off_pays_nothing_and_still_counts(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", is_active=False)
    ada.post()
    pay(db)
    db.execute("update public.feature_flags set is_enabled = false where name = 'progression'")
    make_crate(ada)
    pay(db)
    assert earned(ada) == [("post_created", 0, "inactive"), ("crate_created", 0, "inactive")]
    assert ada.call("my_progression")["posts_created"] == 1


@pytest.mark.parametrize(
    ("age", "withheld"), [("47 hours 59 minutes", "too_young"), ("48 hours", None)]
)
def test_an_account_has_to_be_old_enough(
    db: Connection, ada: Actor, age: str, withheld: str | None
) -> None:
    rule(db, "post_created", minimum_account_age_days=2)
    db.execute(
        "update public.profiles set created_at = now() - %s::interval where id = %s", [age, ada.id]
    )
    ada.post()
    pay(db)
    assert earned(ada) == [("post_created", 0 if withheld else 10, withheld)]


def test_a_rule_rests_after_it_has_paid(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", cooldown_seconds=60)
    for at in ("12:00:00", "12:00:59", "12:01:00", "12:01:30"):
        db.execute(
            "select private.award(%s, 'post_created', %s, %s)",
            [ada.id, at, f"2026-07-01 {at}+00"],
        )
    assert [row[1:] for row in earned(ada)] == [
        (10, None), (0, "cooldown"), (10, None), (0, "cooldown"),
    ]  # fmt: skip


def test_season_points_are_those_of_the_season(db: Connection, ada: Actor) -> None:
    for at in ("2026-09-30 23:59:59+00", "2026-10-01 00:00:00+00", "2026-09-30 12:00:00+00"):
        db.execute("select private.award(%s, 'post_created', %s, %s)", [ada.id, at, at])
    row = db.execute(
        "select total_points, season, season_points from public.progression where user_id = %s",
        [ada.id],
    ).fetchone()
    assert row == {"total_points": 30, "season": "2026-Q4", "season_points": 10}


def test_a_track_in_somebody_elses_public_crate_pays_its_artist(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    track, song = make_upload(db, "ada"), make_song(db)
    public, private = make_crate(ben), make_crate(ben, visibility="private")
    own = make_crate(ada)
    for who, crate in ((ben, public), (ben, private), (ada, own)):
        put(who, crate, track)
    put(ben, public, song)
    pay(db)
    received = [row for row in earned(ada) if row[0] == "crate_item_received"]
    assert received == [("crate_item_received", 3, None)]
    ben.call("delete_crate", crate_id=public)
    pay(db)
    received = [row for row in earned(ada) if row[0] == "crate_item_received"]
    assert received == [("crate_item_received", 3, None), ("crate_item_received", -3, None)]
    causes = [row["cause"] for row in ada.rows("my_points")]
    assert not any(str(private) in cause for cause in causes)


def test_rules_ship_as_they_are_written(db: Connection) -> None:
    rows = db.execute(
        "select name, points, daily_cap, cooldown_seconds, minimum_account_age_days, is_active,"
        " streak from public.point_rules"
    ).fetchall()
    assert {row["name"]: (row["points"], row["daily_cap"]) for row in rows} == {
        "post_created": (10, 50), "comment_created": (5, 50), "crate_created": (20, 60),
        "crate_item_received": (3, 60), "play_counted": (1, 120), "dj_track_played": (5, 100),
        "upvote_received": (2, 200), "downvote_received": (-1, 50), "daily_login": (5, 5),
        "level_up": (0, None), "quest_completed": (1, None),
    }  # fmt: skip
    assert {tuple(row.values())[3:6] for row in rows} == {(0, 0, True)}
    assert {row["name"]: row["streak"] for row in rows if row["streak"]} == {
        "post_created": "creation", "crate_created": "creation", "play_counted": "listening",
        "daily_login": "login",
    }  # fmt: skip


def test_levels_ship_as_they_are_written(db: Connection) -> None:
    steps = {1: 0, 2: 100, 10: 900, 11: 1150, 25: 4650, 26: 5150, 50: 17150, 51: 18150}
    steps |= {75: 42150, 76: 44150, 99: 90150, 100: 92150}
    rows = db.execute("select level, points_needed, credits from public.levels").fetchall()
    found = {row["level"]: row["points_needed"] for row in rows}
    assert (len(found), {level: found[level] for level in steps}) == (100, steps)
    assert {row["credits"] for row in rows if row["level"] > 1} == {10}


def test_an_award_over_several_levels_pays_each_and_tells_once(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", points=350, daily_cap=None)
    post = ada.post()
    pay(db)
    told = ada.call("my_progression")
    assert (told["level"], told["level_points"], told["next_level_points"]) == (4, 300, 400)
    assert ada.call("my_credits")["balance"] == 30
    assert [row["data"] for row in ada.rows("my_notifications") if row["kind"] == "level"] == [
        {"level": 4}
    ]
    # A level once reached stays, and pays once.
    ada.call("delete_post", post_id=post)
    pay(db)
    assert (points(ada), ada.call("my_progression")["level"]) == (0, 4)
    ada.post()
    pay(db)
    assert ada.call("my_credits")["balance"] == 30
    assert len([row for row in ada.rows("my_notifications") if row["kind"] == "level"]) == 1


def test_a_level_is_news_to_those_who_follow(db: Connection, ada: Actor, ben: Actor) -> None:
    rule(db, "post_created", points=350, daily_cap=None)
    ben.call("follow", username="ada")
    post = ada.post()
    pay(db)
    # A level once reached is news once.
    ada.call("delete_post", post_id=post)
    ada.post()
    pay(db)
    (news,) = [row for row in ben.rows("activity_feed") if row["kind"] == "level_reached"]
    assert [card["username"] for card in news["actors"]] == ["ada"]
    assert (news["data"], news["event_count"]) == ({"level": 4}, 1)
    assert (news["target_kind"], news["target"]) == (None, None)
    assert [row for row in ada.rows("activity_feed") if row["kind"] == "level_reached"] == []


def test_the_top_level_has_no_next(db: Connection, ada: Actor) -> None:
    rule(db, "post_created", points=10000, daily_cap=None)
    for _ in range(10):
        ada.post()
    pay(db)
    told = ada.call("my_progression")
    assert (told["level"], told["next_level_points"], told["total_points"]) == (100, None, 100000)


def test_points_page_newest_first(db: Connection, ada: Actor) -> None:
    for number in range(5):
        db.execute("select private.award(%s, 'post_created', %s)", [ada.id, str(number)])
    found: list[str] = []
    after = None
    while page := ada.rows("my_points", after=after, page_size=2):
        found += [row["cause"] for row in page]
        after = page[-1]["cursor"]
    assert found == ["4", "3", "2", "1", "0"]
    with refused(422, "bad_cursor"):
        ada.rows("my_points", after="ff")


def test_the_ledgers_are_append_only(db: Connection, ada: Actor) -> None:
    db.execute("select private.award(%s, 'post_created', 'x')", [ada.id])
    db.execute("select private.grant_credits(%s, 'earned_quest', 7, 'x')", [ada.id])
    for statement in (
        "update public.point_events set points = 9",
        "delete from public.point_events",
        "truncate public.point_events cascade",
        "update public.credit_entries set amount = 9",
        "delete from public.credit_entries",
        "truncate public.credit_entries cascade",
    ):
        with pytest.raises(Exception, match="append-only"), db.transaction():
            db.execute(statement.encode())


def test_a_thousand_awards_of_three_hundred_causes_pay_each_once(database: Database) -> None:
    chance = random.Random(7)
    causes = [f"deed:{number}" for number in range(300)]
    awards = causes + chance.choices(causes, k=700)
    chance.shuffle(awards)
    with database.connect() as db:
        rule(db, "post_created", points=10, daily_cap=2505)
    parts = [awards[number::16] for number in range(16)]

    def work(part: list[str]) -> None:
        with database.connect() as own:
            for cause in part:
                own.execute(
                    "select private.award(%s, 'post_created', %s)", [person_id("ada"), cause]
                )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, parts))
    with database.connect() as db:
        row = db.execute(
            "select count(*) as deeds, count(distinct cause) as causes, sum(points) as points,"
            " count(*) filter (where points = 10) as full_ones,"
            " count(*) filter (where withheld = 'cap') as capped from public.point_events"
        ).fetchone()
        assert row == {
            "deeds": 300, "causes": 300, "points": 2505, "full_ones": 250, "capped": 50,
        }  # fmt: skip
        ada = actor(db, "ada")
        told = ada.call("my_progression")
        # 2505 points: level 16 begins at 2400.
        assert (told["total_points"], told["level"]) == (2505, 16)
        assert ada.call("my_credits")["balance"] == 150
        for name in ("progression is the sum of the ledger", "points of a day keep to the cap"):
            assert db.execute(LAWS[name].encode()).fetchall() == []


def test_deeds_for_others_are_paid_by_the_clock_in_their_order(database: Database) -> None:
    with database.connect() as db:
        track = make_upload(db, "ada")
        ben = actor(db, "ben")
        crate = make_crate(ben)
        for _ in range(3):
            item = put(ben, crate, track)
            ben.call("remove_from_crate", item_id=item)
        put(ben, crate, track)
        assert points(actor(db, "ada")) == 0
        service = actor(db, "service")
        assert [service.call("backend.settle_deeds", size=4) for _ in range(3)] == [4, 3, 0]
        assert points(actor(db, "ada")) == 3


@pytest.mark.parametrize("what_goes", ["a post", "an account"])
def test_who_deletes_waits_for_nobody_whose_words_go_with_it(
    database: Database, what_goes: str
) -> None:
    """Two that go at once, and wait for each other's people, would be a deadlock."""
    with database.connect() as db, database.connect(autocommit=False) as busy:
        ada, ben = actor(db, "ada"), actor(db, "ben")
        post = ada.post()
        ben.call("create_comment", target_kind="post", target_id=post, body="mine")
        assert (points(ben), ben.call("my_progression")["comments_created"]) == (5, 1)
        busy.execute(
            "select from public.progression where user_id = %s for no key update", [ben.id]
        )
        db.execute("set lock_timeout = '5s'")
        if what_goes == "a post":
            ada.call("delete_post", post_id=post)
        else:
            db.execute("select private.erase_account(%s)", [ada.id])
        busy.rollback()
        assert counter_laws(db) == []
        assert db.execute("select user_id from private.deeds").fetchall() == [{"user_id": ben.id}]
        assert actor(db, "service").call("backend.settle_deeds") == 1
        assert (points(ben), ben.call("my_progression")["comments_created"]) == (0, 0)
        assert counter_laws(db) == []


def test_nobody_reaches_points_by_a_key(ben: Actor) -> None:
    for statement in (
        "select private.award(auth.uid(), 'post_created', 'mine')",
        "select private.move_points(auth.uid(), 'post_created', 'mine', now(), true)",
        "insert into public.point_events (user_id, rule, cause, points, season, earned_on)"
        " values (auth.uid(), 'post_created', 'x', 9, '2026-Q4', now())",
        "update public.progression set total_points = 9",
        "update public.point_rules set points = 9",
        "insert into private.deeds (user_id, rule, cause, is_done)"
        " values (auth.uid(), 'post_created', 'x', true)",
        "select backend.settle_deeds()",
    ):
        with forbidden():
            ben.run(statement)
    with refused(403, "not_allowed"):
        ben.call("set_point_rule", rule_name="post_created", changes='{"points": 100}')
