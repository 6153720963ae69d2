"""Following, asking to follow, and the lists of it."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, forbidden, refused, sign_up


def edges(person: Actor) -> int:
    return len(person.run("select * from public.follows where follower_id = %s", person.id))


def counts(db: Connection, name: str) -> tuple[int, int]:
    row = db.execute(
        "select follower_count, following_count from public.profiles where username = %s", [name]
    ).fetchone()
    assert row
    return row["follower_count"], row["following_count"]


def test_fan_follows_by_username_and_by_the_table_alike(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection
) -> None:
    assert ben.call("follow", username=" Ada ") == {"state": "following"}
    cleo.run("insert into public.follows (followee_id) values (%s)", ada.id)
    assert counts(db, "ada") == (2, 0)
    assert counts(db, "ben") == (0, 1)
    assert [row["username"] for row in ada.rows("followers", username="ada")] == ["cleo", "ben"]
    assert [row["username"] for row in ada.rows("following", username="ben")] == ["ada"]


def test_following_twice_and_unfollowing_twice_change_nothing(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    for _ in range(2):
        ben.call("follow", username="ada")
        ben.run("insert into public.follows (followee_id) values (%s)", ada.id)
    assert (edges(ben), counts(db, "ada")) == (1, (1, 0))
    for _ in range(2):
        assert ben.call("unfollow", username="ada") == {"state": "none"}
        ben.run("delete from public.follows where followee_id = %s", ada.id)
    assert (edges(ben), counts(db, "ada"), counts(db, "ben")) == (0, (0, 0), (0, 0))


def test_nobody_follows_themself_or_in_somebody_elses_name(
    ada: Actor, ben: Actor, visitor: Actor
) -> None:
    with refused(422, "not_yourself"):
        ben.call("follow", username="ben")
    with refused(422, "not_yourself"):
        ben.run("insert into public.follows (followee_id) values (%s)", ben.id)
    with forbidden():
        ben.run(
            "insert into public.follows (follower_id, followee_id) values (%s, %s)", ada.id, ben.id
        )
    with forbidden():
        visitor.run("insert into public.follows (followee_id) values (%s)", ada.id)
    with forbidden():
        visitor.call("follow", username="ada")


def test_nobody_ends_a_follow_of_others(ada: Actor, ben: Actor, stranger: Actor) -> None:
    ben.call("follow", username="ada")
    assert stranger.count("delete from public.follows") == 0
    assert ada.count("delete from public.follows where followee_id = %s", ada.id) == 0
    assert edges(ben) == 1


def test_strangers_do_not_read_follows_in_the_table(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor
) -> None:
    ben.call("follow", username="ada")
    assert stranger.run("select * from public.follows") == []
    assert len(ada.run("select * from public.follows")) == 1
    with forbidden():
        visitor.run("select * from public.follows")


@pytest.mark.parametrize("blocker", ["ada", "ben"])
def test_a_block_of_either_side_ends_the_follow_and_refuses_a_new_one(
    ada: Actor, ben: Actor, db: Connection, blocker: str
) -> None:
    ben.call("follow", username="ada")
    ada.call("follow", username="ben")
    blocking, blocked = (ada, ben) if blocker == "ada" else (ben, ada)
    blocking.call("block", username=blocked.name)
    assert (counts(db, "ada"), counts(db, "ben")) == ((0, 0), (0, 0))
    for one, other in ((ada, ben), (ben, ada)):
        with refused(404, "profile_not_found"):
            one.call("follow", username=other.name)
        with refused(404, "profile_not_found"):
            one.run("insert into public.follows (followee_id) values (%s)", other.id)


def test_unknown_people_cannot_be_followed(ben: Actor) -> None:
    with refused(404, "profile_not_found"):
        ben.call("follow", username="nobody_here")
    with refused(404, "profile_not_found"):
        ben.run("insert into public.follows (followee_id) values (%s)", uuid.uuid4())
    with refused(404, "profile_not_found"):
        ben.call("follow", username=None)


def test_a_private_profile_is_asked_and_decides(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor, db: Connection
) -> None:
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    for _ in range(2):
        assert ben.call("follow", username="ada") == {"state": "requested"}
    cleo.call("follow", username="ada")
    with refused(409, "follow_needs_approval"):
        stranger.run("insert into public.follows (followee_id) values (%s)", ada.id)
    assert [row["username"] for row in ada.rows("my_follow_requests")] == ["cleo", "ben"]
    assert ben.call("profile_page", username="ada")["is_follow_requested_by_me"] is True
    assert stranger.run("select * from public.follow_requests") == []

    assert ada.call("decide_follow_request", username="ben", approve=True) == {"state": "following"}
    assert ada.call("decide_follow_request", username="ben", approve=True) == {"state": "following"}
    assert ada.call("decide_follow_request", username="cleo", approve=False) == {"state": "none"}
    with refused(404, "follow_request_not_found"):
        ada.call("decide_follow_request", username="cleo", approve=True)
    with refused(404, "follow_request_not_found"):
        ben.call("decide_follow_request", username="stranger", approve=True)
    with refused(422, "decision_missing"):
        ada.call("decide_follow_request", username="cleo", approve=None)
    assert counts(db, "ada") == (1, 0)
    assert ada.rows("my_follow_requests") == []


def test_a_request_can_be_taken_back(ada: Actor, ben: Actor) -> None:
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    ben.call("follow", username="ada")
    ben.call("unfollow", username="ada")
    assert ada.rows("my_follow_requests") == []


def test_lists_of_a_private_profile_are_for_its_followers(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, modesty: Actor
) -> None:
    ben.call("follow", username="ada")
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    for person in (ada, ben, modesty):
        assert [row["username"] for row in person.rows("followers", username="ada")] == ["ben"]
    for person in (stranger, visitor):
        for listing in ("followers", "following", "mutuals"):
            with refused(403, "profile_is_private"):
                person.rows(listing, username="ada")


def test_mutuals_are_those_who_follow_each_other(ada: Actor, ben: Actor, cleo: Actor) -> None:
    ada.call("follow", username="ben")
    ben.call("follow", username="ada")
    ada.call("follow", username="cleo")
    assert [row["username"] for row in cleo.rows("mutuals", username="ada")] == ["ben"]


def test_the_blocked_and_the_muted_are_not_in_lists(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    for fan in (ben, cleo, dan):
        fan.call("follow", username="ada")
    cleo.call("block", username="ben")
    cleo.call("mute", username="dan")
    assert [row["username"] for row in cleo.rows("followers", username="ada")] == ["cleo"]
    assert [row["username"] for row in ben.rows("followers", username="ada")] == ["dan", "ben"]


def test_lists_page_without_losing_or_repeating_anybody(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    for number in range(45):
        identity = uuid.uuid4()
        sign_up(db, identity, f"fan{number}@backbeat.test", {"username": f"fan_{number}"})
        fan = Actor(db, f"fan_{number}", identity, "authenticated")
        fan.call("follow", username="ada")
        ada.call("follow", username=fan.name)
    # All at one moment: the id alone decides, and nobody is lost between pages.
    db.execute("update public.follows set created_at = now()")
    for listing in ("followers", "following", "mutuals"):
        seen: list[str] = []
        after = None
        while page := ben.rows(listing, username="ada", after=after, page_size=7):
            seen += [row["username"] for row in page]
            after = page[-1]["cursor"]
        assert len(seen) == 45
        assert set(seen) == {f"fan_{number}" for number in range(45)}
    with refused(422, "bad_cursor"):
        ada.rows("mutuals", username="ben", after=after)
    with refused(422, "bad_cursor"):
        ada.rows("following", username="ada", after=after)


def test_requests_page_without_losing_or_repeating_anybody(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, db: Connection
) -> None:
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    for fan in (ben, cleo, dan):
        fan.call("follow", username="ada")
    db.execute("update public.follow_requests set created_at = now()")
    seen: list[str] = []
    after = None
    while page := ada.rows("my_follow_requests", after=after, page_size=1):
        seen += [row["username"] for row in page]
        after = page[-1]["cursor"]
    assert sorted(seen) == ["ben", "cleo", "dan"]


def test_nobody_follows_more_than_the_limit(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, db: Connection
) -> None:
    db.execute("update private.settings set value = 2 where name = 'follow_limit'")
    ben.call("follow", username="ada")
    ben.call("follow", username="cleo")
    with refused(409, "follow_limit"):
        ben.call("follow", username="dan")
    with refused(409, "follow_limit"):
        dan.run(
            "insert into public.follows (followee_id) values (%s), (%s), (%s)",
            ada.id,
            ben.id,
            cleo.id,
        )
    assert (edges(ben), edges(dan)) == (2, 0)


def test_nobody_is_approved_beyond_the_limit_of_who_asked(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    db.execute("update private.settings set value = 1 where name = 'follow_limit'")
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    ben.call("follow", username="ada")
    ben.call("follow", username="cleo")
    with refused(409, "follow_limit"):
        ada.call("decide_follow_request", username="ben", approve=True)
    ben.call("unfollow", username="cleo")
    assert ada.call("decide_follow_request", username="ben", approve=True) == {"state": "following"}


def test_following_in_bursts_is_slowed(ben: Actor, db: Connection) -> None:
    db.execute(
        "update private.rate_limit_rules set capacity = 2, refill_seconds = 600"
        " where action = 'follow'"
    )
    ben.call("follow", username="ada")
    ben.call("follow", username="cleo")
    ben.call("follow", username="cleo")
    with refused(429, "rate_limited") as caught:
        ben.call("follow", username="dan")
    assert 500 < int(caught.value.diag.message_hint or 0) <= 600


def test_a_switched_off_domain_refuses_writes_and_goes_on_reading(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    post = ada.post()
    db.execute("update public.feature_flags set is_enabled = false where name = 'social'")
    refusals = (
        lambda: ben.call("follow", username="cleo"),
        lambda: ben.call("unfollow", username="ada"),
        lambda: ben.run("insert into public.follows (followee_id) values (%s)", ada.id),
        lambda: ben.run("delete from public.follows"),
        lambda: ada.post(),
        lambda: ada.call("edit_post", post_id=post, body="x"),
        lambda: ada.call("delete_post", post_id=post),
        lambda: ben.call("repost", post_id=post),
        lambda: ben.call("unrepost", post_id=post),
        lambda: ben.call("set_like", target_kind="post", target_id=post, liked=True),
        lambda: ben.call("decide_follow_request", username="ada", approve=True),
    )
    for refusal in refusals:
        with refused(403, "feature_disabled"):
            refusal()
    assert [row["id"] for row in ben.rows("home_feed")] == [post]


def test_a_follower_can_be_removed(ada: Actor, ben: Actor, cleo: Actor, db: Connection) -> None:
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    for fan in (ben, cleo):
        fan.call("follow", username="ada")
        ada.call("decide_follow_request", username=fan.name, approve=True)
    for _ in range(2):
        assert ada.call("remove_follower", username="ben") == {"is_follower": False}
    with refused(404, "profile_not_found"):
        ada.call("remove_follower", username="nobody_here")
    assert counts(db, "ada") == (1, 0)
    assert [row["username"] for row in ada.rows("followers", username="ada")] == ["cleo"]
    assert ben.call("follow", username="ada") == {"state": "requested"}
    assert stranger_removes_nothing(ben, db)


def stranger_removes_nothing(ben: Actor, db: Connection) -> bool:
    before = db.execute("select * from public.follows").fetchall()
    ben.call("remove_follower", username="cleo")
    return db.execute("select * from public.follows").fetchall() == before
