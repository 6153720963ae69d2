"""Posts as feeds show them."""

from __future__ import annotations

from tests.api.rows.showing import (
    Expected,
    at,
    card,
    crate_of,
    only,
    picture,
    short,
    track_card,
    upload,
    when,
    whole,
)
from tests.api.social.test_told_of import comment
from tests.database import Actor, Connection, actor


def test_a_post_in_a_feed(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, eve = people.values()
    track = upload(db)
    post = ada.call("create_post", kind="track", body="mine", track_id=track)["id"]
    for liker in (ben, dan, eve):
        liker.call("set_like", target_kind="post", target_id=post, liked=True)
    for word in ("one", "two"):
        comment(dan, post, word)
    for reposter in (ben, cleo, dan, eve):
        reposter.call("repost", post_id=post)
    when(db, "public.posts", post, created_at=at(1), edited_at=at(2))
    expected: Expected = {
        "id": post,
        "kind": "track",
        "body": "mine",
        "media_paths": [],
        "track": track_card(track),
        "crate": None,
        "visibility": "public",
        "author": card("ada"),
        "like_count": 3,
        "comment_count": 2,
        "repost_count": 4,
        "liked_by_me": True,
        "reposted_by_me": True,
        "reason": "following",
        "reposted_by": None,
        "reposters_count": 0,
        "created_at": at(1),
        "edited_at": at(2),
    }
    assert only(ben.rows("home_feed"), post) == expected
    # To who does not follow its author, it comes by the earliest of those who reposted it.
    ben.call("unfollow", username="ada")
    ben.call("unrepost", post_id=post)
    ben.call("set_like", target_kind="post", target_id=post, liked=False)
    brought = {
        "reason": "repost",
        "reposted_by": short("cleo"),
        "reposters_count": 2,
        "like_count": 2,
        "repost_count": 3,
        "liked_by_me": False,
        "reposted_by_me": False,
    }
    assert only(ben.rows("home_feed"), post) == {**expected, **brought}
    alone = {**expected, **brought, "reposted_by": None, "reposters_count": 0}
    assert only(ada.rows("home_feed"), post) == {**alone, "reason": "own"}
    for function in ("global_feed", "profile_feed"):
        named = {"username": "ada"} if function == "profile_feed" else {}
        visitor = actor(db, "visitor")
        (row,) = [row for row in visitor.rows(function, **named) if row["id"] == post]
        assert whole(row) == {**alone, "reason": "public"}, function


def test_a_shared_crate_and_pictures_in_a_feed(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben = people["ada"], people["ben"]
    crate = crate_of(ben, db, upload(db))
    shared = ben.call("create_post", kind="crate", crate_id=crate, visibility="followers")["id"]
    shown = ben.call("create_post", kind="media", media_paths=[picture("ben")])["id"]
    ada.call("follow", username="ben")
    rows = ada.rows("home_feed")
    assert only(rows, shared)["crate"] == {
        "id": str(crate),
        "title": "Nights",
        "cover_path": picture("ben"),
        "item_count": 1,
        "total_ms": 181_000,
        "visibility": "unlisted",
        "owner": card("ben"),
    }
    assert [only(rows, shared)[name] for name in ("kind", "visibility", "track", "body")] == [
        "crate",
        "followers",
        None,
        None,
    ]
    assert [only(rows, shown)[name] for name in ("kind", "visibility", "media_paths", "crate")] == [
        "media",
        "public",
        [picture("ben")],
        None,
    ]
