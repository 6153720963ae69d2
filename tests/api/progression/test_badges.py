"""Badges are won by what people do, once; what one has won stays and is shown."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.progression import make_crate, pay
from tests.races import race
from tests.schema.counters import LAWS

LAW = LAWS["who has reached the threshold of a badge holds it"]
SOMETHING = {
    "name": "Something",
    "description": "Do something",
    "icon": "x",
    "category": "special",
    "rarity": "rare",
}


def codes(reader: Actor, username: str) -> list[str]:
    """The badges somebody shows, in order."""
    return [row["code"] for row in reader.rows("trophy_case", username=username)]


def move(db: Connection, person: Actor, **columns: int) -> None:
    """Let somebody come further than a test could make them."""
    for column, value in columns.items():
        db.execute(
            f"update public.progression set {column} = %s where user_id = %s".encode(),
            [value, person.id],
        )


def told(person: Actor) -> list[str]:
    """The badges they were notified of."""
    return sorted(
        row["data"]["code"] for row in person.rows("my_notifications") if row["kind"] == "badge"
    )


def test_the_first_of_each_kind_wins_a_badge_and_is_told_once(
    db: Connection, ada: Actor, visitor: Actor
) -> None:
    post = ada.post()
    ada.call("create_comment", target_kind="post", target_id=post, body="first")
    make_crate(ada)
    pay(db)
    won = ["first_comment", "first_crate", "first_post"]
    assert sorted(codes(visitor, "ada")) == won
    ada.post()
    pay(db)
    assert sorted(codes(visitor, "ada")) == won
    assert told(ada) == won


def test_a_badge_tells_what_it_is_and_what_for(db: Connection, ada: Actor, visitor: Actor) -> None:
    ada.post()
    pay(db)
    (row,) = visitor.rows("trophy_case", username="ada")
    del row["awarded_at"], row["cursor"]
    assert row == {
        "code": "first_post",
        "name": "First words",
        "description": "Post something",
        "icon": "✏️",
        "tier": None,
        "rarity": "common",
        "category": "activity",
        "season": None,
        "context": {"threshold": 1},
        "featured_place": None,
    }


def test_what_is_won_stays_when_it_is_undone(db: Connection, ada: Actor) -> None:
    post = ada.post()
    pay(db)
    ada.call("delete_post", post_id=post)
    pay(db)
    assert codes(ada, "ada") == ["first_post"]
    ada.post()
    pay(db)
    assert told(ada) == ["first_post"]


def test_one_step_over_several_thresholds_wins_them_all(db: Connection, ada: Actor) -> None:
    move(db, ada, level=26)
    assert sorted(codes(ada, "ada")) == ["level_10", "level_25"]
    assert told(ada) == ["level_10", "level_25"]
    move(db, ada, level=49)
    assert len(codes(ada, "ada")) == 2
    move(db, ada, level=50)
    assert len(codes(ada, "ada")) == 3


def test_one_below_the_threshold_wins_nothing(db: Connection, ada: Actor) -> None:
    move(db, ada, crates_created=9)
    assert codes(ada, "ada") == ["first_crate"]
    move(db, ada, crates_created=10)
    assert sorted(codes(ada, "ada")) == ["crates_10", "first_crate"]


def test_followers_win_a_badge(db: Connection, ada: Actor, ben: Actor) -> None:
    db.execute("update public.badges set threshold = 2 where code = 'followers_10'")
    ben.call("follow", username="ada")
    assert codes(ben, "ada") == []
    actor(db, "cleo").call("follow", username="ada")
    assert codes(ben, "ada") == ["followers_10"]
    ben.call("unfollow", username="ada")
    assert codes(ben, "ada") == ["followers_10"]


def test_publishing_a_track_wins_a_badge(db: Connection, ada: Actor) -> None:
    make_upload(db, "ada", "draft")
    pay(db)
    assert codes(ada, "ada") == []
    make_upload(db, "ada", "published")
    pay(db)
    assert codes(ada, "ada") == ["first_upload"]


def test_those_who_follow_hear_of_a_badge(db: Connection, ada: Actor, ben: Actor) -> None:
    ben.call("follow", username="ada")
    ada.post()
    pay(db)
    kinds = [row["kind"] for row in ben.rows("activity_feed")]
    assert "badge_earned" in kinds


def test_whoever_is_just_leaving_wins_nothing(database: Database) -> None:
    """Somebody else holds them for their erasure: the award is not waited for, and not made."""
    with database.connect(autocommit=False) as leaving, database.connect() as db:
        leaving.execute("select private.lock_leaving(%s)", [[person_id("ada")]])
        db.execute(
            "select private.give_badges('{early_bird}', %s, %s)", [[person_id("ada")], ["{}"]]
        )
        rows = db.execute("select from public.badge_awards").fetchall()
        assert rows == []


def test_staff_give_a_badge_once_and_take_it_back(
    db: Connection, ada: Actor, modesty: Actor
) -> None:
    give: dict[str, Any] = {"username": "ada", "badge_code": "staff_pick"}
    assert modesty.call("award_badge", **give, note=" what a set ") is True
    assert modesty.call("award_badge", **give, note="again") is False
    (row,) = ada.rows("trophy_case", username="ada")
    assert (row["code"], row["context"]) == ("staff_pick", {"note": "what a set"})
    assert told(ada) == ["staff_pick"]
    assert modesty.call("revoke_badge", **give, note="by mistake") is True
    assert modesty.call("revoke_badge", **give) is False
    assert codes(ada, "ada") == []
    audited = db.execute(
        "select action, details from private.audit_events where action like 'badge%' order by id"
    ).fetchall()
    assert [(row["action"], row["details"]) for row in audited] == [
        ("badge_awarded", {"badge": "staff_pick", "note": "what a set"}),
        ("badge_revoked", {"badge": "staff_pick", "note": "by mistake"}),
    ]
    gone = db.execute("select from public.activity_events where kind = 'badge_earned'").fetchall()
    assert gone == []


@pytest.mark.parametrize("function", ["award_badge", "revoke_badge"])
def test_staff_give_no_badge_that_is_earned(
    db: Connection, modesty: Actor, ben: Actor, function: str
) -> None:
    season_badge(db)
    for code, status, token in (
        ("first_post", 409, "badge_is_earned"),
        ("season_2026_q4_gold", 409, "badge_of_a_season"),
        ("nothing_like_it", 404, "badge_not_found"),
    ):
        with refused(status, token):
            modesty.call(function, username="ada", badge_code=code)
    with refused(422, "note_too_long"):
        modesty.call(function, username="ada", badge_code="early_bird", note="x" * 301)
    with refused(404, "profile_not_found"):
        modesty.call(function, username="nobody", badge_code="early_bird")
    with refused(403, "not_allowed"):
        ben.call(function, username="ada", badge_code="early_bird")


def test_two_of_staff_give_the_same_badge_once(database: Database) -> None:
    def give(db: Connection) -> Any:
        return actor(db, "modesty").call("award_badge", username="ada", badge_code="early_bird")

    assert sorted(race(database, [give] * 8)) == [False] * 7 + [True]
    with database.connect() as db:
        assert told(actor(db, "ada")) == ["early_bird"]


def season_badge(db: Connection) -> None:
    """One that a season has made as it closed."""
    db.execute(
        "insert into public.badges (code, name, description, icon, rarity, category, season)"
        " values ('season_2026_q4_gold', 'Gold', 'First', 'x', 'rare', 'competition', '2026-Q4')"
    )


def test_nobody_changes_the_badge_of_a_season(db: Connection, admiral: Actor) -> None:
    season_badge(db)
    with refused(409, "badge_of_a_season"):
        admiral.call("set_badge", badge_code="season_2026_q4_gold", **SOMETHING)


def test_people_feature_their_badges_in_their_order(
    db: Connection, ada: Actor, visitor: Actor
) -> None:
    ada.post()
    make_crate(ada)
    move(db, ada, level=10)
    pay(db)
    rows = ada.rows("feature_badges", codes=["level_10", "first_crate"])
    assert [(row["badge_code"], row["featured_place"]) for row in rows] == [
        ("level_10", 1), ("first_crate", 2),
    ]  # fmt: skip
    assert codes(visitor, "ada") == ["level_10", "first_crate", "first_post"]
    ada.rows("feature_badges", codes=["first_crate", "level_10"])
    assert codes(visitor, "ada")[:2] == ["first_crate", "level_10"]
    ada.rows("feature_badges", codes=["first_post"])
    assert codes(visitor, "ada")[0] == "first_post"
    assert ada.rows("feature_badges", codes=[]) == []
    assert ada.rows("feature_badges", codes=None) == []


def test_nobody_features_what_they_may_not(db: Connection, ada: Actor) -> None:
    ada.post()
    pay(db)
    for given, status, token in (
        (["first_crate"], 409, "badge_not_won"),
        (["first_post", "nothing_like_it"], 404, "badge_not_found"),
        (["first_post", "first_post"], 422, "badges_invalid"),
        (["first_post", None], 422, "badges_invalid"),
        ([["first_post"], ["first_crate"]], 422, "badges_invalid"),
        (["a", "b", "c", "d", "e", "f"], 422, "too_many_featured"),
    ):
        with refused(status, token):
            ada.rows("feature_badges", codes=given)


def test_choosing_at_once_leaves_one_whole_choice(database: Database) -> None:
    with database.connect() as db:
        for code in ("early_bird", "staff_pick"):
            actor(db, "modesty").call("award_badge", username="ada", badge_code=code)

    def choose(*chosen: str) -> Callable[[Connection], Any]:
        return lambda db: actor(db, "ada").rows("feature_badges", codes=list(chosen))

    race(database, [choose("early_bird", "staff_pick"), choose("staff_pick", "early_bird")] * 5)
    with database.connect() as db:
        rows = db.execute(
            "select array_agg(featured_place order by featured_place) as places"
            " from public.badge_awards"
        ).fetchall()
        assert rows == [{"places": [1, 2]}]


def test_the_case_of_a_private_profile_is_for_its_followers(
    db: Connection, ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, modesty: Actor
) -> None:
    modesty.call("award_badge", username="ada", badge_code="early_bird")
    ben.call("follow", username="ada")
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    for reader in (ada, ben, modesty):
        assert codes(reader, "ada") == ["early_bird"], reader.name
    for reader in (stranger, visitor):
        with refused(403, "profile_is_private"):
            codes(reader, "ada")


def test_nobody_looks_into_a_case_across_a_block(ada: Actor, ben: Actor) -> None:
    ada.call("block", username="ben")
    for reader, username in ((ben, "ada"), (ada, "ben")):
        with refused(404, "profile_not_found"):
            codes(reader, username)


def test_a_case_pages_whole(db: Connection, ada: Actor, ben: Actor) -> None:
    move(db, ada, level=100, posts_created=100, crates_created=50, comments_created=100)
    whole = ben.rows("trophy_case", username="ada", page_size=100)
    assert len(whole) == 10
    ada.rows("feature_badges", codes=["crates_10", "level_25", "first_post"])
    found: list[str] = []
    after = None
    while page := ben.rows("trophy_case", username="ada", after=after, page_size=2):
        found += [row["code"] for row in page]
        after = page[-1]["cursor"]
    assert found[:3] == ["crates_10", "level_25", "first_post"]
    assert sorted(found) == sorted(row["code"] for row in whole)
    with refused(422, "bad_cursor"):
        ada.rows("trophy_case", username="ben", after=after or whole[0]["cursor"])


def test_admins_add_and_change_badges_audited(db: Connection, admiral: Actor, ben: Actor) -> None:
    made = admiral.call("set_badge", badge_code="chatty", **SOMETHING, tier="gold")
    assert (made["code"], made["tier"], made["metric"]) == ("chatty", "gold", None)
    admiral.call("set_badge", badge_code="chatty", **SOMETHING, tier="gold")
    changed = admiral.call("set_badge", badge_code="chatty", **{**SOMETHING, "name": "Chatter"})
    assert (changed["name"], changed["tier"]) == ("Chatter", None)
    audited = db.execute(
        "select details from private.audit_events where action = 'badge_changed' order by id"
    ).fetchall()
    assert [row["details"]["after"]["name"] for row in audited] == ["Something", "Chatter"]
    with refused(403, "not_allowed"):
        ben.call("set_badge", badge_code="mine", **SOMETHING)


@pytest.mark.parametrize(
    "change",
    [
        {"badge_code": "No Code"}, {"name": ""}, {"rarity": "odd"}, {"category": "odd"},
        {"tier": "odd"}, {"metric": "odd", "threshold": 1}, {"metric": "level"}, {"threshold": 1},
        {"metric": "total_points", "threshold": 150}, {"metric": "level", "threshold": 0},
        {"icon": ""}, {"description": "x" * 301},
    ],
)  # fmt: skip
def test_a_badge_that_makes_no_sense_is_refused(admiral: Actor, change: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        admiral.call("set_badge", **{"badge_code": "chatty", **SOMETHING, **change})


def fill(db: Connection, size: int = 1000) -> int:
    """Run the chore to its end; how often it found something to do."""
    runs = 0
    while actor(db, "service").call("backend.fill_badges", size=size):
        runs += 1
    return runs


def test_a_badge_that_is_added_or_made_easier_is_given_to_those_who_have_earned_it(
    database: Database,
) -> None:
    with database.connect() as db:
        names = ("ada", "ben", "cleo", "dan")
        for level, name in enumerate(names, start=3):
            move(db, actor(db, name), level=level)
        admiral = actor(db, "admiral")
        rule = {"badge_code": "fifth", **SOMETHING, "metric": "level"}
        admiral.call("set_badge", **rule, threshold=5)
        assert db.execute(LAW.encode()).fetchall() == []
        # Ten people in threes, and the last look that finds nobody.
        assert fill(db, size=3) == 5
        holders = [name for name in names if "fifth" in codes(admiral, name)]
        assert holders == ["cleo", "dan"]
        assert told(actor(db, "dan")) == ["fifth"]

        # Made harder, nobody loses it; made easier, those who were short of it get it.
        admiral.call("set_badge", **rule, threshold=50)
        assert fill(db) == 0
        admiral.call("set_badge", **rule, threshold=4)
        assert fill(db) == 2
        assert [name for name in names if "fifth" in codes(admiral, name)] == list(names[1:])
        assert told(actor(db, "dan")) == ["fifth"]
        assert db.execute(LAW.encode()).fetchall() == []
        assert db.execute("select from private.badge_fills").fetchall() == []


def test_giving_goes_on_where_it_was_killed(database: Database) -> None:
    with database.connect() as db:
        for name in ("ada", "ben", "cleo", "dan", "eve", "finn"):
            move(db, actor(db, name), level=5)
        admiral = actor(db, "admiral")
        admiral.call("set_badge", badge_code="fifth", **SOMETHING, metric="level", threshold=5)
        service = actor(db, "service")
        for _ in range(5):
            assert service.call("backend.fill_badges", size=1) == 1
        with database.connect(autocommit=False) as killed:
            actor(killed, "service").call("backend.fill_badges", size=3)
            db.execute("select pg_terminate_backend(%s, 60000)", [killed.info.backend_pid])
            with pytest.raises(psycopg.OperationalError):
                killed.execute("select")
        fill(db)
        assert db.execute(LAW.encode()).fetchall() == []
        assert [told(actor(db, name)) for name in ("ada", "finn")] == [["fifth"], ["fifth"]]


def test_whoever_earns_a_badge_while_it_is_added_gets_it(database: Database) -> None:
    """Ada's level rises in a transaction that does not know the badge, and ends late."""
    with database.connect(autocommit=False) as late, database.connect() as db:
        move(late, actor(late, "ada"), level=5)
        admiral = actor(db, "admiral")
        admiral.call("set_badge", badge_code="fifth", **SOMETHING, metric="level", threshold=5)
        for _ in range(3):
            assert actor(db, "service").call("backend.fill_badges", size=1000) == 0
        late.commit()
        assert fill(db) == 2
        assert codes(admiral, "ada") == ["fifth"]


def test_one_badge_is_won_once_by_doing_and_by_the_chore_at_once(database: Database) -> None:
    with database.connect() as db:
        for name in ("ada", "ben", "cleo"):
            move(db, actor(db, name), level=5)
        actor(db, "admiral").call(
            "set_badge", badge_code="fifth", **SOMETHING, metric="level", threshold=5
        )

    def chore(db: Connection) -> None:
        for _ in range(20):
            actor(db, "service").call("backend.fill_badges", size=1)

    def rise(name: str) -> Callable[[Connection], None]:
        def job(db: Connection) -> None:
            move(db, actor(db, name), level=4)
            move(db, actor(db, name), level=6)

        return job

    outcomes = race(database, [chore, chore, rise("ada"), rise("ben"), rise("cleo")])
    assert outcomes == [None] * 5
    with database.connect() as db:
        fill(db)
        assert db.execute(LAW.encode()).fetchall() == []
        for name in ("ada", "ben", "cleo"):
            assert told(actor(db, name)) == ["fifth"]


def test_plays_win_their_badges_when_they_are_settled(db: Connection, ada: Actor) -> None:
    song = make_song(db)
    db.execute("update private.settings set value = 0 where name = 'play_counts_from_ms'")
    ada.call("record_play", track_id=song, ms_played=60_000, client_event_id=uuid.uuid4())
    assert codes(ada, "ada") == []
    pay(db)
    assert codes(ada, "ada") == ["first_track"]


def test_a_streak_wins_its_badge_and_the_longest_counts(db: Connection, ada: Actor) -> None:
    for day in range(1, 8):
        assert codes(ada, "ada") == []
        db.execute(
            "select private.keep_streak(%s, 'login', make_timestamptz(2026, 3, %s, 12, 0, 0))",
            [ada.id, day],
        )
    assert codes(ada, "ada") == ["login_7"]
    assert db.execute(LAW.encode()).fetchall() == []


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("dj_tracks_played", "first_dj_track"),
        ("upvotes_received", "upvotes_100"),
        ("artists_discovered", "artists_100"),
        ("posts_created", "posts_100"),
        ("total_points", "rich"),
    ],
)
def test_each_number_of_progression_wins_its_badges(
    db: Connection, ada: Actor, column: str, code: str
) -> None:
    db.execute(
        "insert into public.badges (code, name, description, icon, rarity, category, metric,"
        " threshold) values ('rich', 'Rich', 'Be rich', 'x', 'rare', 'activity',"
        " 'total_points', 100)"
    )
    move(db, ada, **{column: 99})
    assert code == "first_dj_track" or code not in codes(ada, "ada")
    move(db, ada, **{column: 100})
    assert code in codes(ada, "ada")
    assert db.execute(LAW.encode()).fetchall() == []


def test_about_thirty_badges_ship(db: Connection) -> None:
    rows = db.execute("select metric, threshold from public.badges where season is null").fetchall()
    assert 28 <= len(rows) <= 36
    rules = {(row["metric"], row["threshold"]) for row in rows}
    assert rules >= {
        ("tracks_played", 1), ("tracks_played", 100), ("login_streak", 7), ("login_streak", 30),
    }  # fmt: skip


def test_each_metric_of_badges_is_known_to_the_view(db: Connection) -> None:
    """What the check lets in is what the view can say: by each one's name."""
    (check,) = db.execute(
        "select pg_get_constraintdef(oid) as text from pg_constraint"
        " where conname = 'badges_metric_known'"
    ).fetchall()
    (view,) = db.execute("select pg_get_viewdef('private.badge_values'::regclass) as text")
    allowed = set(re.findall(r"'(\w+)'", check["text"]))
    said = set(re.findall(r"SELECT '(\w+)'", view["text"]))
    assert allowed == said
    assert len(allowed) == 15


def test_all_that_gives_badges_at_once_meets_no_deadlock(database: Database) -> None:
    """Follows, posts, settled plays, staff, the chore and a choice, all about the same people."""
    names = ("ada", "ben", "cleo", "dan", "eve")
    with database.connect() as db:
        db.execute("update public.badges set threshold = 2 where metric = 'followers'")
        db.execute("update public.badges set threshold = 3 where metric = 'tracks_played'")
        db.execute("update private.rate_limit_rules set capacity = 100000")
        for _ in range(60):
            for name in names:
                db.execute(
                    "insert into private.deeds (user_id, rule, cause, is_done)"
                    " values (%s, 'post_created', gen_random_uuid()::text, true)",
                    [person_id(name)],
                )

    def follow(name: str) -> Callable[[Connection], None]:
        def job(db: Connection) -> None:
            me = actor(db, name)
            for _ in range(3):
                for other in names:
                    if other != name:
                        me.call("follow", username=other)
                me.post("hello")
                for other in names:
                    if other != name:
                        me.call("unfollow", username=other)

        return job

    def settle(db: Connection) -> None:
        while actor(db, "service").call("backend.settle_deeds", size=20):
            pass

    def fill_again(db: Connection) -> None:
        for threshold in (9, 8, 7, 6, 5, 4, 3, 2):
            actor(db, "admiral").call(
                "set_badge", badge_code="any", **SOMETHING, metric="followers", threshold=threshold
            )
            actor(db, "service").call("backend.fill_badges", size=3)

    def give(db: Connection) -> None:
        for _ in range(4):
            for name in reversed(names):
                for function in ("award_badge", "revoke_badge"):
                    actor(db, "modesty").call(function, username=name, badge_code="early_bird")

    outcomes = race(
        database, [*(follow(name) for name in names), settle, fill_again, fill_again, give, give]
    )
    assert outcomes == [None] * 10
    with database.connect() as db:
        fill(db)
        assert db.execute(LAW.encode()).fetchall() == []
        rows = db.execute("select user_id, badge_code from public.badge_awards").fetchall()
        told_of = db.execute(
            "select recipient_id, data ->> 'code' as code from public.notifications"
            " where kind = 'badge' and data ->> 'code' <> 'early_bird'"
        ).fetchall()
        assert sorted(tuple(row.values()) for row in rows) == sorted(
            tuple(row.values()) for row in told_of
        )
