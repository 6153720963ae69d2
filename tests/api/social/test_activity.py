"""What those one follows do: each thing once, what is the same together, for whom it is."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.social.test_notifications import told
from tests.catalogue import make_crate, make_song, make_upload, put
from tests.database import Actor, Connection, Database, Row, actor, person_id, refused
from tests.races import race, refusals

RECORD = "select private.record_activity(%s, %s, %s, %s)"


def shown(who: Actor, **arguments: Any) -> list[tuple[str, list[str], int, int]]:
    """What somebody sees: kind, names, how many people, how often."""
    return [
        (
            row["kind"],
            [card["username"] for card in row["actors"]],
            row["actor_count"],
            row["event_count"],
        )
        for row in who.rows("activity_feed", **arguments)
    ]


def follow(who: Actor, *names: str) -> None:
    """Follow people."""
    for name in names:
        who.call("follow", username=name)


def record(db: Connection, who: Actor, kind: str = "badge_earned") -> uuid.UUID:
    """Something that somebody did, about nothing."""
    row = db.execute(RECORD, [kind, who.id, None, None]).fetchone()
    assert row is not None
    identity = row["record_activity"]
    assert isinstance(identity, uuid.UUID)
    return identity


def test_followers_see_whom_somebody_follows(ada: Actor, ben: Actor, stranger: Actor) -> None:
    follow(ben, "ada")
    follow(ada, "cleo")
    (row,) = ben.rows("activity_feed")
    assert (row["kind"], row["target_id"]) == ("user_followed", person_id("cleo"))
    assert row["target"] == {"username": "cleo", "display_name": "Cleo", "avatar_path": None}
    assert [card["username"] for card in row["actors"]] == ["ada"]
    assert shown(ada) == shown(stranger) == []
    ada.call("unfollow", username="cleo")
    assert shown(ben) == []


def test_the_same_by_several_is_one_row_with_those_one_follows(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, eve: Actor, finn: Actor
) -> None:
    follow(finn, "ada", "ben", "cleo", "dan")
    for person in (ada, ben, cleo, dan, eve):
        follow(person, "stranger")
    assert shown(finn) == [("user_followed", ["dan", "cleo", "ben"], 4, 4)]
    finn.call("mute", username="dan")
    assert shown(finn) == [("user_followed", ["cleo", "ben", "ada"], 3, 3)]


def test_what_one_does_again_is_counted_in_the_same_row(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    follow(ben, "ada")
    crate = make_crate(db)
    tracks = [make_song(db) for _ in range(5)]
    for place, track in enumerate(tracks):
        put(db, crate, track, place)
    added, created = ben.rows("activity_feed")
    assert (created["kind"], created["target"]) == (
        "crate_created",
        {"title": "public of ada", "cover_path": None, "item_count": 5},
    )
    assert (added["kind"], added["event_count"]) == ("track_added", 5)
    assert added["data"] == {"track_id": str(tracks[-1])}


def test_another_stretch_of_hours_is_another_row(db: Connection, ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    record(db, ada)
    record(db, ada)
    db.execute("update public.activity_events set bucket = bucket - 1")
    record(db, ada)
    assert shown(ben) == [("badge_earned", ["ada"], 1, 1), ("badge_earned", ["ada"], 1, 2)]


def test_a_stretch_is_six_hours(db: Connection, ada: Actor) -> None:
    record(db, ada)
    row = db.execute(
        "select bucket * 21600 <= extract(epoch from created_at)"
        " and extract(epoch from created_at) < (bucket + 1) * 21600 as fits"
        " from public.activity_events"
    ).fetchone()
    assert row == {"fits": True}


def test_uploads_are_shown_when_they_are_published(db: Connection, ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    draft = make_upload(db, "ada", "draft")
    assert shown(ben) == []
    db.execute(
        "update public.tracks set status = 'published', published_at = now() where id = %s", [draft]
    )
    make_upload(db, "ada")
    (row,) = ben.rows("activity_feed")
    assert (row["kind"], row["target_id"], row["event_count"]) == ("track_added", draft, 2)
    assert row["target"]["artist_name"] == "ada"
    for status in ("hidden", "published"):
        db.execute("update public.tracks set status = %s where id = %s", [status, draft])
        assert len(shown(ben)) == (status == "published")
    assert shown(ben) == [("track_added", ["ada"], 1, 2)]


@pytest.mark.parametrize(
    ("visibility", "sees"),
    [("public", True), ("followers", True), ("unlisted", False), ("private", False)],
)
def test_crates_are_shown_to_those_who_can_find_them(
    visibility: str, sees: bool, db: Connection, ben: Actor
) -> None:
    follow(ben, "ada")
    crate = make_crate(db, "ada", visibility)
    put(db, crate, make_song(db), 1)
    kinds = ["track_added", "crate_created"] if sees else []
    assert [row[0] for row in shown(ben)] == kinds


def test_a_crate_is_news_once_when_it_can_be_found(db: Connection, ben: Actor) -> None:
    follow(ben, "ada")
    crate = make_crate(db, "ada", "private")
    for visibility in ("public", "private", "public"):
        db.execute(
            "update public.crates set visibility = %s, audience = %s where id = %s",
            [visibility, visibility, crate],
        )
        assert len(shown(ben)) == (visibility == "public")
    db.execute("update public.crates set deleted_at = now(), title = null where id = %s", [crate])
    assert shown(ben) == []
    rows = db.execute("select from public.activity_events where target_kind = 'crate'").fetchall()
    assert rows == []


# Who sees an event of ada's by its visibility; ben follows her, cleo and she follow each other.
AUDIENCE = {
    "public": {"ada", "ben", "cleo", "stranger", "modesty"},
    "followers": {"ada", "ben", "cleo", "modesty"},
    "mutuals": {"ada", "cleo", "modesty"},
    "private": {"ada", "modesty"},
}


@pytest.mark.parametrize("visibility", AUDIENCE)
@pytest.mark.parametrize("is_private", [False, True])
def test_an_event_is_for_its_audience(
    visibility: str, is_private: bool, db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    follow(ben, "ada")
    follow(cleo, "ada")
    follow(ada, "cleo")
    ada.call("block", username="dan")
    if is_private:
        ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    db.execute("delete from public.activity_events")
    event = record(db, ada)
    db.execute("update public.activity_events set visibility = %s", [visibility])
    expected = AUDIENCE[visibility] - ({"stranger"} if is_private else set())
    for name in ("ada", "ben", "cleo", "dan", "stranger", "modesty"):
        with actor(db, name).session():
            db.execute("reset role")
            row = db.execute(
                "select private.can_see_activity_event(%s) as sees", [event]
            ).fetchone()
        assert row == {"sees": name in expected}, name
    for follower in (ben, cleo):
        assert bool(shown(follower)) == (follower.name in expected)


def test_whom_a_private_profile_is_followed_by_is_for_its_followers(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    follow(ben, "ada")
    follow(cleo, "ada", "finn")
    follow(ada, "finn")
    for viewer in (ben, cleo):
        assert len(shown(viewer)) == 1
    Actor(ada.connection, "finn", person_id("finn"), "authenticated").run(
        "update public.profiles set is_private = true where id = %s", person_id("finn")
    )
    assert shown(ben) == []
    assert len(shown(cleo)) == 1


def test_a_block_and_a_leaving_account_hide_activity(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    follow(ben, "ada", "cleo")
    record(db, ada)
    record(db, cleo)
    ada.call("delete_my_account", confirm_username="ada")
    assert shown(ben) == [("badge_earned", ["cleo"], 1, 1)]
    cleo.call("block", username="ben")
    assert shown(ben) == []


def test_reactions_count_once_a_person(db: Connection, ada: Actor, ben: Actor, cleo: Actor) -> None:
    follow(ben, "ada")
    event = record(db, ada)
    react = {"event_id": event, "kind": "fire"}
    for _ in range(2):
        answer = ben.call("set_activity_reaction", **react, present=True)
        assert answer == {"present": True, "count": 1}
    assert cleo.call("set_activity_reaction", **react, present=True)["count"] == 2
    cleo.call("set_activity_reaction", event_id=event, kind="clap", present=True)
    (row,) = ben.rows("activity_feed")
    assert row["reactions"] == [
        {"kind": "fire", "count": 2, "mine": True}, {"kind": "clap", "count": 1, "mine": False},
    ]  # fmt: skip
    assert ("reaction", ["cleo", "ben"], 2) in told(ada)
    for _ in range(2):
        answer = ben.call("set_activity_reaction", **react, present=False)
        assert answer == {"present": False, "count": 1}
    assert ("reaction", ["cleo"], 1) in told(ada)
    db.execute("delete from public.activity_events where id = %s", [event])
    assert [row for row in told(ada) if row[0] == "reaction"] == []


def test_there_are_five_reactions_to_what_people_do(db: Connection, ada: Actor, ben: Actor) -> None:
    follow(ben, "ada")
    event = record(db, ada)
    kinds = ["clap", "fire", "heart", "star", "wave"]
    for kind in kinds:
        answer = ben.call("set_activity_reaction", event_id=event, kind=kind, present=True)
        assert answer == {"present": True, "count": 1}
    (row,) = ben.rows("activity_feed")
    assert sorted(each["kind"] for each in row["reactions"]) == kinds


def test_one_reacts_to_what_one_sees(db: Connection, ada: Actor, ben: Actor) -> None:
    event = record(db, ada)
    ben.call("set_activity_reaction", event_id=event, kind="wave", present=True)
    db.execute("update public.activity_events set visibility = 'private'")
    with refused(404, "activity_not_found"):
        Actor(db, "cleo", person_id("cleo"), "authenticated").call(
            "set_activity_reaction", event_id=event, kind="wave", present=True
        )
    # One's own is taken back all the same, and tells nothing.
    answer = ben.call("set_activity_reaction", event_id=event, kind="wave", present=False)
    assert answer == {"present": False, "count": None}
    with refused(404, "activity_not_found"):
        ben.call("set_activity_reaction", event_id=event, kind="wave", present=False)
    for arguments, token in (
        ({"kind": "boo", "present": True}, "reaction_unknown"),
        ({"kind": None, "present": True}, "reaction_unknown"),
        ({"kind": "wave", "present": None}, "value_missing"),
    ):
        with refused(422, token):
            ada.call("set_activity_reaction", event_id=event, **arguments)


def test_visitors_have_no_activity_feed(db: Connection, ada: Actor) -> None:
    with refused(401, "not_signed_in"):
        Actor(db, "nobody", None, "authenticated").rows("activity_feed")
    with refused(422, "bad_cursor"):
        ada.rows("activity_feed", after="nonsense")


def test_old_activity_goes_in_batches(db: Connection, ada: Actor, service: Actor) -> None:
    db.execute(
        "insert into public.activity_events (id, actor_id, kind, collapse_key, bucket)"
        " select ("
        "   lpad(to_hex((extract(epoch from now() - days * interval '1 day') * 1000)::bigint),"
        "     12, '0') || replace(substring(gen_random_uuid()::text from 15), '-', ''))::uuid,"
        "   %s, 'badge_earned', 'x', days"
        " from unnest(array[200, 120, 91, 89, 0]) as days",
        [ada.id],
    )
    assert [service.call("backend.forget_old_activity", size=2) for _ in range(3)] == [2, 1, 0]


def test_many_at_once_are_one_event(database: Database) -> None:
    with database.connect() as connection:
        ada, ben = actor(connection, "ada"), actor(connection, "ben")
        follow(ben, "ada")

        def job(own: Connection) -> None:
            record(own, actor(own, "ada"))

        assert refusals(race(database, [job] * 16)) == []
        assert shown(ben)[0] == ("badge_earned", ["ada"], 1, 16)
        event = ben.rows("activity_feed")[0]["id"]
        names = ("ada", "ben", "cleo", "dan", "eve", "finn", "stranger", "modesty")

        def reacting(name: str) -> Any:
            return lambda own: actor(own, name).call(
                "set_activity_reaction", event_id=event, kind="star", present=True
            )

        assert refusals(race(database, [reacting(name) for name in names * 2])) == []
        assert ben.rows("activity_feed")[0]["reactions"] == [
            {"kind": "star", "count": len(names), "mine": True}
        ]
        assert ada.call("unread_count") == 2


def pages(who: Actor, size: int) -> list[list[Row]]:
    """All pages of the feed."""
    found: list[list[Row]] = []
    after = None
    while page := who.rows("activity_feed", page_size=size, after=after):
        found.append(page)
        after = page[-1]["cursor"]
    return found


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["ada", "cleo", "dan", "eve"]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=DEEDS, between=DEEDS, size=st.integers(1, 5), gone=st.integers(0, 3))
def test_every_group_is_seen_once_whatever_happens_between_pages(
    before: list[tuple[str, str, int]], between: list[tuple[str, str, int]], size: int, gone: int,
    db: Connection, ben: Actor,
) -> None:  # fmt: skip
    with db.transaction(force_rollback=True):
        follow(ben, "ada", "cleo", "dan")
        db.execute("delete from public.activity_events")
        _do(db, before)
        groups = {(key, bucket) for name, key, bucket in before if name != "eve"}
        first = ben.rows("activity_feed", page_size=size)
        assert len(first) == min(size, len(groups))
        # New deeds come, and whole groups go.
        _do(db, between)
        lost = sorted(groups)[:gone]
        for key, bucket in lost:
            db.execute(
                "delete from public.activity_events where collapse_key = %s and bucket = %s",
                [f"badge_earned:{key}", bucket],
            )
        seen = list(first)
        after = first[-1]["cursor"] if first else None
        while first and (page := ben.rows("activity_feed", page_size=size, after=after)):
            seen += page
            after = page[-1]["cursor"]
        counts = Counter((row["data"]["key"], row["data"]["bucket"]) for row in seen)
        for group in groups:
            assert counts[group] == 1 or (group in lost and counts[group] == 0)
        assert set(counts) <= groups
        # Read anew, it is the groups there are, in one order at every page size.
        whole = [row["id"] for row in itertools.chain(*pages(ben, 100))]
        assert [row["id"] for row in itertools.chain(*pages(ben, size))] == whole


def _do(db: Connection, deeds: list[tuple[str, str, int]]) -> None:
    for name, key, bucket in deeds:
        db.execute(
            "insert into public.activity_events as event"
            " (actor_id, kind, collapse_key, bucket, data)"
            " values (%s, 'badge_earned', %s, %s, jsonb_build_object('key', %s::text,"
            " 'bucket', %s::int)) on conflict (actor_id, collapse_key, bucket)"
            " do update set event_count = event.event_count + 1",
            [person_id(name), f"badge_earned:{key}", bucket, key, bucket],
        )
