"""Posting, editing, deleting, liking and reposting."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, forbidden, refused


def upload(db: Connection, owner: Actor, name: str) -> str:
    """An object in the owner's folder of post-media, as the storage server would record it."""
    path = f"{owner.id}/{uuid.uuid4()}-{name}"
    db.execute(
        "insert into storage.objects (bucket_id, name, owner) values ('post-media', %s, %s)",
        [path, owner.id],
    )
    return path


def test_a_post_comes_back_as_it_was_stored(ada: Actor) -> None:
    post = ada.call("create_post", kind="text", body="  hello \n world  ")
    assert post["body"] == "hello \n world"
    assert (post["kind"], post["visibility"], post["author_id"]) == ("text", "public", ada.id)
    assert (post["like_count"], post["edited_at"], post["deleted_at"]) == (0, None, None)


def test_a_media_post_needs_files_of_its_author(ada: Actor, ben: Actor, db: Connection) -> None:
    mine, theirs = upload(db, ada, "cover.png"), upload(db, ben, "cover.png")
    post = ada.call("create_post", kind="media", media_paths=[mine])
    assert (post["media_paths"], post["body"]) == ([mine], None)
    for paths in (
        [theirs],
        [f"{ada.id}/{uuid.uuid4()}.png"],
        [f"{ada.id}/../x.png"],
        [f"{ada.id}/1.png"],
        [mine, None],
    ):
        with refused(422, "media_not_found"):
            ada.call("create_post", kind="media", media_paths=paths)


@pytest.mark.parametrize("count", [1, 4])
def test_a_media_post_has_one_to_four_files(ada: Actor, db: Connection, count: int) -> None:
    endings = ("webp", "jpg", "jpeg", "png")
    paths = [upload(db, ada, f"picture.{end}") for end in endings[:count]]
    assert ada.call("create_post", kind="media", media_paths=paths)["media_paths"] == paths


@pytest.mark.parametrize(
    ("arguments", "token"),
    [
        ({"kind": None}, "post_kind_unknown"),
        ({"kind": "room", "body": "x"}, "post_kind_unknown"),
        ({"kind": "track", "body": "x"}, "shared_thing_unfit"),
        ({"kind": "crate", "body": "x"}, "shared_thing_unfit"),
        ({"kind": "crate", "track_id": uuid.uuid4()}, "shared_thing_unfit"),
        ({"kind": "text", "body": "x", "track_id": uuid.uuid4()}, "shared_thing_unfit"),
        ({"kind": "track", "track_id": uuid.uuid4(), "media_paths": ["a/b"]}, "media_count_wrong"),
        ({"kind": "text"}, "body_missing"),
        ({"kind": "text", "body": " \n\t "}, "body_missing"),
        ({"kind": "text", "body": "x" * 2001}, "body_too_long"),
        ({"kind": "text", "body": "x", "visibility": "friends"}, "visibility_unknown"),
        ({"kind": "text", "body": "x", "media_paths": ["a/b"]}, "media_count_wrong"),
        ({"kind": "media", "body": "x"}, "media_count_wrong"),
        ({"kind": "media", "media_paths": ["a/b"] * 5}, "media_count_wrong"),
        ({"kind": "media", "media_paths": [["a/b"], ["c/d"]]}, "media_not_found"),
    ],
)
def test_an_unfit_post_is_refused_with_its_reason(
    ada: Actor, db: Connection, arguments: dict[str, Any], token: str
) -> None:
    with refused(422, token):
        ada.call("create_post", **arguments)
    assert db.execute("select count(*) as n from public.posts").fetchone() == {"n": 0}


def test_two_thousand_characters_are_characters_not_bytes(ada: Actor) -> None:
    assert ada.call("create_post", kind="text", body="ü" * 2000)["body"] == "ü" * 2000


def test_the_same_client_id_is_the_same_post_and_costs_no_token(ada: Actor, ben: Actor) -> None:
    client_id = uuid.uuid4()
    first = ada.post("once", client_id=client_id)
    assert {ada.post("once again", client_id=client_id) for _ in range(30)} == {first}
    assert ben.post("his own", client_id=client_id) != first
    assert ada.call("post", post_id=first)["body"] == "once"


def test_nobody_writes_posts_likes_or_reposts_past_the_rpcs(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    for statement in (
        "insert into public.posts (kind, body, author_id) values ('text', 'x', auth.uid())",
        "update public.posts set body = 'x'",
        "update public.posts set like_count = 9",
        "delete from public.posts",
        "insert into public.likes (user_id, target_kind, target_id)"
        f" values (auth.uid(), 'post', '{post}')",
        "delete from public.likes",
        f"insert into public.reposts (user_id, post_id) values (auth.uid(), '{post}')",
        "delete from public.reposts",
        "select * from private.feed_entries",
        "select private.forget_post(null, null)",
    ):
        for person in (ada, ben):
            with forbidden():
                person.run(statement)


def test_a_post_is_edited_by_its_author_for_half_an_hour(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    post = ada.post("teh #fisrt")
    with refused(404, "post_not_found"):
        ben.call("edit_post", post_id=post, body="mine")
    assert ada.call("edit_post", post_id=post, body="teh #fisrt")["edited_at"] is None
    edited = ada.call("edit_post", post_id=post, body="the #first")
    assert edited["body"] == "the #first"
    assert edited["edited_at"] is not None
    assert [row["id"] for row in ben.rows("tag_feed", tag="#First")] == [post]
    assert ben.rows("tag_feed", tag="fisrt") == []
    for body, token in ((None, "body_missing"), ("x" * 2001, "body_too_long")):
        with refused(422, token):
            ada.call("edit_post", post_id=post, body=body)
    db.execute("update public.posts set created_at = now() - interval '30 minutes'")
    for body in ("at first", "the #first"):
        assert ada.call("edit_post", post_id=post, body=body)["body"] == body
    db.execute("update public.posts set created_at = now() - interval '30 minutes 1 second'")
    with refused(409, "edit_window_passed"):
        ada.call("edit_post", post_id=post, body="too late")
    assert ada.call("edit_post", post_id=post, body="the #first")["body"] == "the #first"


def test_deleting_takes_everything_that_hung_on_the_post(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection
) -> None:
    path = upload(db, ada, "secret.png")
    post = ada.call("create_post", kind="media", body="#look", media_paths=[path])["id"]
    kept = ada.post("kept")
    for fan in (ben, cleo):
        fan.call("set_like", target_kind="post", target_id=post, liked=True)
        fan.call("repost", post_id=post)
    with refused(404, "post_not_found"):
        ben.call("delete_post", post_id=post)
    for _ in range(2):
        ada.call("delete_post", post_id=post)

    row = db.execute("select * from public.posts where id = %s", [post]).fetchone()
    assert row
    assert (row["body"], row["media_paths"], row["like_count"], row["repost_count"]) == (
        None,
        [],
        0,
        0,
    )
    for table in ("public.likes", "public.reposts", "private.post_tags"):
        assert db.execute(f"select count(*) as n from {table}").fetchone() == {"n": 0}
    assert db.execute("select post_id from private.feed_entries").fetchall() == [{"post_id": kept}]
    assert ben.call("profile_page", username="ada")["profile"]["post_count"] == 1
    assert db.execute(
        "select payload from private.outbox where topic = 'remove_objects'"
    ).fetchall() == [{"payload": {"bucket": "post-media", "names": [path]}}]
    with refused(404, "post_not_found"):
        ada.call("edit_post", post_id=post, body="back")
    with refused(404, "post_not_found"):
        ben.call("set_like", target_kind="post", target_id=post, liked=True)
    with refused(404, "post_not_found"):
        ben.call("repost", post_id=post)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("kind = 'poem'", "posts_kind_known"),
        ("visibility = 'friends', audience = 'friends'", "posts_visibility_known"),
        ("audience = 'mutuals'", "posts_audience_fits_visibility"),
        ("visibility = 'private', audience = 'followers'", "posts_audience_fits_visibility"),
        ("body = ''", "posts_body_length"),
        ("body = repeat('x', 2001)", "posts_body_length"),
        ("media_paths = array_fill('x'::text, '{5}')", "posts_media_limit"),
        ("media_paths = '{null}'", "posts_media_limit"),
        ("body = null", "posts_fields_fit_kind"),
        ("media_paths = '{x}'", "posts_fields_fit_kind"),
        ("kind = 'media'", "posts_fields_fit_kind"),
        ("deleted_at = now()", "posts_fields_fit_kind"),
        ("like_count = -1", "tally_not_negative"),
        ("comment_count = -1", "tally_not_negative"),
        ("repost_count = -1", "tally_not_negative"),
    ],
)
def test_no_code_of_ours_can_store_a_post_that_is_not_whole(
    ada: Actor, db: Connection, change: str, constraint: str
) -> None:
    post = ada.post()
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, db.transaction():
        db.execute(f"update public.posts set {change} where id = %s".encode(), [post])
    assert refusal.value.diag.constraint_name == constraint


def test_liking_is_idempotent_and_counts(ada: Actor, ben: Actor, cleo: Actor) -> None:
    post = ada.post()
    for _ in range(2):
        assert ben.call("set_like", target_kind="post", target_id=post, liked=True) == {
            "liked": True,
            "like_count": 1,
        }
    assert cleo.call("set_like", target_kind="post", target_id=post, liked=True)["like_count"] == 2
    for _ in range(2):
        assert ben.call("set_like", target_kind="post", target_id=post, liked=False) == {
            "liked": False,
            "like_count": 1,
        }
    assert len(cleo.run("select * from public.likes")) == 1
    assert ben.run("select * from public.likes") == []


@pytest.mark.parametrize(
    ("kind", "liked", "status", "token"),
    [
        ("room", True, 422, "target_kind_unknown"),
        (None, True, 422, "target_kind_unknown"),
        ("post", None, 422, "value_missing"),
        ("post", True, 404, "post_not_found"),
        ("post", False, 404, "post_not_found"),
    ],
)
def test_unfit_likes_are_refused(
    ben: Actor, kind: str | None, liked: bool | None, status: int, token: str
) -> None:
    for target in (uuid.uuid4(), None):
        with refused(status, token):
            ben.call("set_like", target_kind=kind, target_id=target, liked=liked)


def test_a_like_and_a_repost_can_be_taken_back_across_a_block(ada: Actor, ben: Actor) -> None:
    post = ada.post()
    ben.call("set_like", target_kind="post", target_id=post, liked=True)
    ben.call("repost", post_id=post)
    ada.call("block", username="ben")
    assert ben.rows("my_likes", kind="post") == []
    with refused(404, "post_not_found"):
        ben.call("set_like", target_kind="post", target_id=post, liked=True)
    # What one no longer sees tells nothing, not even how many like it.
    assert ben.call("set_like", target_kind="post", target_id=post, liked=False) == {
        "liked": False,
        "like_count": None,
    }
    assert ben.call("unrepost", post_id=post) == {"reposted": False, "repost_count": None}
    assert ada.call("post", post_id=post)["like_count"] == 0
    with refused(404, "post_not_found"):
        ben.call("unrepost", post_id=post)


def test_my_likes_pages_newest_like_first(ada: Actor, ben: Actor, db: Connection) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1000")
    posts = [ada.post(str(number)) for number in range(31)]
    for number, post in enumerate(reversed(posts)):
        ben.call("set_like", target_kind="post", target_id=post, liked=True)
        db.execute(
            "update public.likes set created_at = now() + %s * interval '1 minute'"
            " where target_id = %s",
            [number, post],
        )
    ada.call("delete_post", post_id=posts[3])
    seen: list[uuid.UUID] = []
    after: str | None = None
    while page := ben.rows("my_likes", kind="post", after=after, page_size=4):
        seen += [row["target_id"] for row in page]
        assert all(row["target"]["id"] == str(row["target_id"]) for row in page)
        after = page[-1]["cursor"]
    assert seen == [post for post in posts if post != posts[3]]
    with refused(422, "target_kind_unknown"):
        ben.rows("my_likes", kind="room")


def test_reposting_is_idempotent_and_also_for_own_posts(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    for _ in range(2):
        assert ben.call("repost", post_id=post) == {"reposted": True, "repost_count": 1}
    assert ada.call("repost", post_id=post)["repost_count"] == 2
    cleo.call("follow", username="ben")
    (row,) = cleo.rows("home_feed")
    assert (row["reason"], row["reposted_by"]["username"]) == ("repost", "ben")
    assert (row["reposters_count"], row["repost_count"]) == (1, 2)
    for _ in range(2):
        assert ben.call("unrepost", post_id=post) == {"reposted": False, "repost_count": 1}
    assert cleo.rows("home_feed") == []


def test_a_spam_burst_is_slowed(ada: Actor, db: Connection) -> None:
    posted = 0
    for number in range(100):
        try:
            ada.post(f"buy {number}")
            posted += 1
        except Exception as error:
            assert "rate_limited" in str(error)
    assert 10 <= posted <= 12
    with refused(429, "rate_limited") as caught:
        ada.post()
    assert 1 <= int(caught.value.diag.message_hint or 0) <= 6


def test_hashtags_are_words_after_a_hash(visitor: Actor, ada: Actor) -> None:
    post = ada.post("#One,#two_2 (#Drei) #日本 not#this &#39; a/#b #123 ##x #" + "y" * 51)
    for tag in ("one", "#TWO_2", "drei", "日本"):
        assert [row["id"] for row in visitor.rows("tag_feed", tag=tag)] == [post], tag
    for tag in ("this", "39", "b", "123", "x", "y" * 50):
        assert visitor.rows("tag_feed", tag=tag) == [], tag
    for unfit in (None, "", "two words", "#", "x" * 51):
        with refused(422, "tag_invalid"):
            visitor.rows("tag_feed", tag=unfit)


def test_a_file_that_another_post_shows_stays(ada: Actor, db: Connection) -> None:
    shared, single = upload(db, ada, "shared.png"), upload(db, ada, "single.png")
    first = ada.call("create_post", kind="media", media_paths=[shared, single])["id"]
    second = ada.call("create_post", kind="media", media_paths=[shared])["id"]
    removals = "select payload -> 'names' as names from private.outbox order by id"
    ada.call("delete_post", post_id=first)
    assert db.execute(removals).fetchall() == [{"names": [single]}]
    ada.call("delete_post", post_id=second)
    assert db.execute(removals).fetchall() == [{"names": [single]}, {"names": [shared]}]
    with refused(422, "media_not_found"):
        ada.call("create_post", kind="media", media_paths=[shared])


def test_editing_in_bursts_is_slowed(ada: Actor) -> None:
    post = ada.post()
    with refused(429, "rate_limited"):
        for number in range(30):
            ada.call("edit_post", post_id=post, body=str(number))


def test_private_posts_are_not_counted_for_others(ada: Actor, stranger: Actor) -> None:
    private = ada.post("dear diary", visibility="private")
    ada.post("hello")
    assert stranger.call("profile_page", username="ada")["profile"]["post_count"] == 1
    ada.call("delete_post", post_id=private)
    assert stranger.call("profile_page", username="ada")["profile"]["post_count"] == 1
