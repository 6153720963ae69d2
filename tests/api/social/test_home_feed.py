"""What stands in the home feed, and where."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, forbidden, refused
from tests.rooms import make_room
from tests.trust import end, impose


def feed(person: Actor) -> list[uuid.UUID]:
    return [row["id"] for row in person.rows("home_feed")]


def test_own_posts_and_those_of_the_followed_newest_first(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    ben.call("follow", username="ada")
    first, _, third, fourth = ada.post("1"), cleo.post("2"), ben.post("3"), ada.post("4")
    rows = ben.rows("home_feed")
    assert [(row["id"], row["reason"]) for row in rows] == [
        (fourth, "following"),
        (third, "own"),
        (first, "following"),
    ]
    author = rows[0]["author"]
    assert set(author) == {"id", "username", "display_name", "avatar_path", "is_verified"}
    assert author["username"] == "ada"


def test_a_post_stands_once_at_the_earliest_of_its_entries(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, eve: Actor
) -> None:
    for other in ("ben", "cleo", "dan"):
        eve.call("follow", username=other)
    post = ada.post("passed around")
    cleo.call("repost", post_id=post)
    between = dan.post("between")
    ben.call("repost", post_id=post)
    dan.call("repost", post_id=post)
    rows = eve.rows("home_feed")
    assert [row["id"] for row in rows] == [between, post]
    assert (rows[1]["reposted_by"]["username"], rows[1]["reposters_count"]) == ("cleo", 3)

    # Muting the earliest leaves the next; following the author brings the post itself.
    eve.call("mute", username="cleo")
    rows = eve.rows("home_feed")
    assert [row["id"] for row in rows] == [post, between]
    assert rows[0]["reposted_by"]["username"] == "ben"
    eve.call("unmute", username="cleo")
    eve.call("follow", username="ada")
    rows = eve.rows("home_feed")
    assert [(row["id"], row["reason"]) for row in rows] == [
        (between, "following"),
        (post, "following"),
    ]


def test_reposts_of_the_blocked_and_the_muted_do_not_come_through_others(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    cleo.call("follow", username="ben")
    for author in (ada, dan):
        ben.call("repost", post_id=author.post("from " + author.name))
    assert len(feed(cleo)) == 2
    cleo.call("mute", username="ada")
    dan.call("block", username="cleo")
    assert feed(cleo) == []


def test_the_muted_and_the_unfollowed_leave_the_feed(ada: Actor, ben: Actor) -> None:
    ben.call("follow", username="ada")
    post = ada.post()
    ben.call("mute", username="ada")
    assert feed(ben) == []
    ben.call("unmute", username="ada")
    assert feed(ben) == [post]
    ben.call("unfollow", username="ada")
    assert feed(ben) == []


def test_a_deactivated_person_leaves_every_feed_and_comes_back(
    ada: Actor, ben: Actor, visitor: Actor
) -> None:
    ben.call("follow", username="ada")
    post = ada.post("#bye")
    ada.call("delete_my_account", confirm_username="ada")
    assert feed(ben) == []
    assert visitor.rows("global_feed") == visitor.rows("tag_feed", tag="bye") == []
    with refused(404, "post_not_found"):
        visitor.call("post", post_id=post)
    with refused(404, "profile_not_found"):
        visitor.rows("profile_feed", username="ada")
    ada.call("restore_my_account")
    assert feed(ben) == [post]


def test_who_is_banned_is_in_no_feed_but_on_their_page_until_it_ends(
    ada: Actor, ben: Actor, cleo: Actor, visitor: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    own, passed_on = ada.post("#loud"), cleo.post("of cleo")
    ada.call("repost", post_id=passed_on)
    before = [passed_on, own]
    assert feed(ben) == before

    def is_away() -> None:
        assert feed(ben) == []
        assert [row["id"] for row in visitor.rows("global_feed")] == [passed_on]
        assert visitor.rows("tag_feed", tag="loud") == []
        # What they have said may be seen by who looks for it, and by themselves.
        assert ben.call("post", post_id=own)["id"] == own
        assert [row["id"] for row in ben.rows("profile_feed", username="ada")] == before
        assert feed(ada) == before

    sanction = impose(db, "ada", "ban", "1 day")
    is_away()
    longer = impose(db, "ada", "ban")
    end(db, sanction)
    is_away()
    db.execute("update public.sanctions set lifted_at = now() where id = %s", [longer])
    assert feed(ben) == before
    assert [row["id"] for row in visitor.rows("global_feed")] == before

    # A mute is none, nor is what holds in one room, nor a warning.
    for kind in ("mute", "warn"):
        impose(db, "ada", kind)
    db.execute(
        "insert into public.sanctions (user_id, kind, room_id) values (%s, 'ban', %s)",
        [ada.id, make_room(db, "dan")],
    )
    assert feed(ben) == before


@pytest.mark.parametrize("reposts", [3, 300])
def test_a_post_that_somebody_banned_passed_on_comes_through_the_next(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, db: Connection, reposts: int
) -> None:
    for other in ("ben", "cleo"):
        dan.call("follow", username=other)
    post = ada.post("passed around")
    for person in (ben, cleo):
        person.call("repost", post_id=post)
    # From so many on it is looked for from the other side.
    db.execute("update public.posts set repost_count = %s", [reposts])
    impose(db, "ben", "ban")
    (row,) = dan.rows("home_feed")
    assert row["reposted_by"]["username"] == "cleo"


@pytest.mark.parametrize("reposts", [2, 300])
def test_who_is_banned_or_hidden_reads_what_they_passed_on_once(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection, reposts: int
) -> None:
    ben.call("follow", username="cleo")
    post = ada.post("passed around")
    for person in (ben, cleo):
        person.call("repost", post_id=post)
    db.execute("update public.posts set repost_count = %s", [reposts])
    assert feed(ben) == [post]
    impose(db, "ben", "ban")
    assert feed(ben) == [post]
    db.execute("insert into private.hidden_profiles values (%s, 'moderation')", [ben.id])
    assert feed(ben) == [post]


def test_a_clock_set_back_by_a_deletion_does_not_hide_others(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    """An author whose newest post went must not keep a place among the newest authors."""
    cleo.call("follow", username="ada")
    cleo.call("follow", username="ben")
    old = ada.post("old")
    middle = ben.post("middle")
    newest = ada.post("newest")
    assert [row["id"] for row in cleo.rows("home_feed", page_size=1)] == [newest]
    ada.call("delete_post", post_id=newest)
    assert [row["id"] for row in cleo.rows("home_feed", page_size=1)] == [middle]
    assert feed(cleo) == [middle, old]


@pytest.mark.parametrize("walk_from", [0, 1_000_000])
def test_a_page_that_is_filtered_away_is_followed_by_the_next(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection, walk_from: int
) -> None:
    db.execute("update private.settings set value = 1000 where name = 'page_size_limit'")
    db.execute(
        "update private.settings set value = %s where name = 'feed_walk_from_follows'", [walk_from]
    )
    db.execute("update private.settings set value = 10 where name = 'feed_walk_entries_per_follow'")
    db.execute("update private.rate_limit_rules set capacity = 1000")
    for other in ("ada", "ben"):
        cleo.call("follow", username=other)
    deep = ben.post("deep down")
    for number in range(150):
        ada.post(str(number), visibility="mutuals")
    assert feed(cleo) == [deep]
    assert [row["id"] for row in cleo.rows("home_feed", page_size=1)] == [deep]


def test_the_feed_is_for_people_who_sign_in(visitor: Actor, ada: Actor) -> None:
    with forbidden():
        visitor.rows("home_feed")
    for cursor in ("x", "!", "", "a" * 500, "AAAA", "0" * 40):
        with refused(422, "bad_cursor"):
            ada.rows("home_feed", after=cursor)
        with refused(422, "bad_cursor"):
            visitor.rows("global_feed", after=cursor)
    assert ada.rows("home_feed", page_size=None) == ada.rows("home_feed", page_size=-5) == []


def test_pages_have_the_size_asked_for_within_limits(ada: Actor, db: Connection) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1000")
    for number in range(105):
        ada.post(str(number))
    assert [
        len(ada.rows("home_feed", page_size=size)) for size in (None, 0, 1, 100, 2**31 - 1)
    ] == [
        20,
        1,
        1,
        100,
        100,
    ]
