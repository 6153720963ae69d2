"""Likes on everything: posts, comments, tracks, crates, messages and activity."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.social.test_comments import say
from tests.api.social.test_notifications import drain
from tests.catalogue import make_crate, make_song, make_upload
from tests.database import Actor, Connection, refused

TABLES = {
    "post": "posts",
    "comment": "comments",
    "track": "tracks",
    "crate": "crates",
    "message": "direct_messages",
    "activity_event": "activity_events",
}


def like(person: Actor, kind: str, target: uuid.UUID, liked: bool = True) -> Any:
    return person.call("set_like", target_kind=kind, target_id=target, liked=liked)


@pytest.fixture
def things(ada: Actor, ben: Actor, db: Connection) -> dict[str, uuid.UUID]:
    """One thing of ada's of each kind that ben sees."""
    ada.call("follow", username="ben")
    ben.call("follow", username="ada")
    post = ada.post()
    talk = ada.call("start_conversation", usernames=["ben"])["id"]
    message = ada.call("send_direct_message", conversation_id=talk, body="psst")["id"]
    crate = make_crate(db)
    event = db.execute(
        "select id from public.activity_events where actor_id = %s and kind = 'crate_created'",
        [ada.id],
    ).fetchone()
    assert event is not None
    return {
        "post": post,
        "comment": say(ada, post),
        "track": make_upload(db),
        "crate": crate,
        "message": message,
        "activity_event": event["id"],
    }


@pytest.mark.parametrize("kind", TABLES)
def test_a_like_is_counted_once_and_taken_back_once(
    ada: Actor, ben: Actor, things: dict[str, uuid.UUID], kind: str
) -> None:
    target = things[kind]
    for _ in range(2):
        assert like(ben, kind, target) == {"liked": True, "like_count": 1}
    assert like(ada, kind, target) == {"liked": True, "like_count": 2}
    for _ in range(2):
        assert like(ben, kind, target, liked=False) == {"liked": False, "like_count": 1}


@pytest.mark.parametrize("kind", TABLES)
def test_my_likes_show_the_thing_while_one_may_see_it(
    ada: Actor, ben: Actor, things: dict[str, uuid.UUID], kind: str
) -> None:
    like(ben, kind, things[kind])
    (row,) = ben.rows("my_likes", kind=kind)
    assert (row["target_kind"], row["target_id"]) == (kind, things[kind])
    assert row["target"]["id"] == str(things[kind])
    assert "cursor" not in row["target"]
    assert ben.rows("my_likes", kind=kind, after=row["cursor"]) == []
    for other in TABLES.keys() - {kind}:
        assert ben.rows("my_likes", kind=other) == []
    ada.call("block", username="ben")
    assert ben.rows("my_likes", kind=kind) == []
    assert like(ben, kind, things[kind], liked=False) == {"liked": False, "like_count": None}


SHOWN: dict[str, dict[str, Any] | None] = {
    "post": {"kind": "text", "body": "hello", "media_paths": []},
    "comment": {"body": "well said", "target_kind": "post"},
    "track": {"title": "published by ada", "artist_name": "ada"},
    "crate": {"title": "public of ada", "item_count": 0},
    "message": None,
    "activity_event": None,
}


@pytest.mark.parametrize("kind", TABLES)
def test_whose_a_thing_is_is_told_who_likes_it(
    ada: Actor, ben: Actor, stranger: Actor, db: Connection,
    things: dict[str, uuid.UUID], kind: str,
) -> None:  # fmt: skip
    def told() -> list[Any]:
        drain(db)
        return [row for row in ada.rows("my_notifications") if row["kind"] == "like"]

    for person in (ada, ben):
        like(person, kind, things[kind])
    (row,) = told()
    assert (row["target_kind"], row["target_id"]) == (kind, things[kind])
    assert [card["username"] for card in row["actors"]] == ["ben"]
    if shown := SHOWN[kind]:
        assert row["target"].items() >= shown.items()
    else:
        assert row["target"] is None
    assert stranger.rows("my_notifications") == []
    like(ben, kind, things[kind], liked=False)
    assert told() == []


@pytest.mark.parametrize("deed", ["block", "mute"])
def test_who_is_blocked_or_muted_before_their_like_is_told_is_not_told_of(
    ada: Actor, ben: Actor, db: Connection, things: dict[str, uuid.UUID], deed: str
) -> None:
    for kind in TABLES:
        like(ben, kind, things[kind])
    ada.call(deed, username="ben")
    assert drain(db) == len(TABLES)
    rows = db.execute("select from public.notifications where kind = 'like'").fetchall()
    assert rows == []


@pytest.mark.parametrize("kind", TABLES)
def test_round_numbers_of_likes_are_told_of_everything(
    ada: Actor, ben: Actor, db: Connection, things: dict[str, uuid.UUID], kind: str
) -> None:
    column = f"update public.{TABLES[kind]} set like_count = 24 where id = %s"
    db.execute(column.encode(), [things[kind]])
    like(ben, kind, things[kind])
    drain(db)
    (row,) = [row for row in ada.rows("my_notifications") if row["kind"] == "milestone"]
    assert (row["target_kind"], row["target_id"]) == (kind, things[kind])
    assert row["data"] == {"count": 25, "of": "likes"}


@pytest.mark.parametrize("kind", TABLES)
def test_what_one_does_not_see_is_not_liked(
    cast: Callable[[str], Actor], db: Connection, things: dict[str, uuid.UUID], kind: str
) -> None:
    hidden = {
        "post": cast("ada").post("mine", visibility="private"),
        "comment": say(cast("ada"), things["post"]),
        "track": make_upload(db, "ada", "draft"),
        "crate": make_crate(db, "ada", "private"),
        "message": things["message"],
        "activity_event": things["activity_event"],
    }
    db.execute(
        "update public.activity_events set visibility = 'private' where id = %s",
        [hidden["activity_event"]],
    )
    cast("ada").call("hide_comment", comment_id=hidden["comment"])
    cast("ada").call("block", username="dan")
    tokens = {"message": "direct_message_not_found", "activity_event": "activity_not_found"}
    token = tokens.get(kind, f"{kind}_not_found")
    for name in ("stranger", "dan"):
        for target in (hidden[kind], uuid.uuid4()):
            for liked in (True, False):
                with refused(404, token):
                    like(cast(name), kind, target, liked)
    assert like(cast("ada"), kind, hidden[kind])["like_count"] == 1


def test_who_may_not_write_likes_nothing_and_learns_nothing_of_posts(
    ada: Actor, ben: Actor, stranger: Actor, db: Connection, things: dict[str, uuid.UUID]
) -> None:
    seen, own = things["post"], ben.post("of ben")
    posts = (seen, own, ada.post("mine", visibility="private"), uuid.uuid4())

    def nobody_likes(person: Actor, status: int, token: str) -> None:
        for post in posts:
            for liked in (True, False):
                with refused(status, token):
                    like(person, "post", post, liked)

    nobody_likes(Actor(db, "nobody", None, "authenticated"), 401, "not_signed_in")
    ben.call("delete_my_account", confirm_username="ben")
    nobody_likes(ben, 403, "account_deactivated")
    ben.call("restore_my_account")
    db.execute("update public.feature_flags set is_enabled = false where name = 'social'")
    nobody_likes(ben, 403, "feature_disabled")
    db.execute("update public.feature_flags set is_enabled = true where name = 'social'")
    db.execute("delete from auth.users where id = %s", [stranger.id])
    nobody_likes(stranger, 401, "account_gone")
    assert db.execute("select from public.likes").fetchall() == []
    assert db.execute("select from private.like_changes").fetchall() == []
    assert like(ben, "post", seen) == {"liked": True, "like_count": 1}
    assert like(ben, "post", own) == {"liked": True, "like_count": 1}


def test_what_is_of_somebody_leaving_is_not_liked_until_they_are_back(
    ada: Actor, ben: Actor, things: dict[str, uuid.UUID]
) -> None:
    ada.call("delete_my_account", confirm_username="ada")
    with refused(404, "post_not_found"):
        like(ben, "post", things["post"])
    ada.call("restore_my_account")
    assert like(ben, "post", things["post"]) == {"liked": True, "like_count": 1}


def test_likes_of_messages_are_for_those_in_the_conversation(
    stranger: Actor, modesty: Actor, things: dict[str, uuid.UUID]
) -> None:
    for person in (stranger, modesty):
        with refused(404, "direct_message_not_found"):
            like(person, "message", things["message"])


def test_a_comment_shows_its_likes_and_tops_the_list(
    ada: Actor, ben: Actor, things: dict[str, uuid.UUID]
) -> None:
    say(ada, things["post"], "later")
    like(ben, "comment", things["comment"])
    for reader, mine in ((ben, True), (ada, False)):
        first, second = reader.rows(
            "comments_on", target_kind="post", target_id=things["post"], sort="top"
        )
        assert (first["id"], first["like_count"]) == (things["comment"], 1)
        assert (first["liked_by_me"], second["liked_by_me"]) == (mine, False)


def test_likes_go_with_what_they_are_of(
    ada: Actor, ben: Actor, db: Connection, things: dict[str, uuid.UUID]
) -> None:
    below = say(ada, things["post"], "goes with the post")
    like(ben, "comment", below)
    for kind, target in things.items():
        like(ben, kind, target)
    ada.call("delete_comment", comment_id=things["comment"])
    ada.call("delete_direct_message", message_id=things["message"])
    ada.call("delete_post", post_id=things["post"])
    db.execute("delete from public.tracks where id = %s", [things["track"]])
    db.execute(
        "update public.crates set deleted_at = now(), title = null where id = %s",
        [things["crate"]],
    )
    db.execute("delete from public.activity_events")
    assert db.execute("select * from public.likes").fetchall() == []
    for kind, target in things.items():
        with pytest.raises(Exception, match="_not_found"):
            like(ben, kind, target)


@pytest.mark.parametrize("kind", ["room", "", None])
def test_only_known_kinds_are_liked(ada: Actor, kind: str | None) -> None:
    with refused(422, "target_kind_unknown"):
        ada.call("set_like", target_kind=kind, target_id=uuid.uuid4(), liked=True)
    with refused(422, "target_kind_unknown"):
        ada.rows("my_likes", kind=kind)


def test_many_liked_tracks_page_newest_like_first(ben: Actor, db: Connection) -> None:
    songs = [make_song(db) for _ in range(9)]
    draft = make_upload(db)
    minutes = {song: number // 3 for number, song in enumerate([*songs[:5], draft, *songs[5:]])}
    for song, minute in minutes.items():
        like(ben, "track", song)
        db.execute(
            "update public.likes set created_at = now() + %s * interval '1 minute'"
            " where target_id = %s",
            [minute, song],
        )
    db.execute("update public.tracks set status = 'hidden' where id = %s", [draft])
    seen: list[uuid.UUID] = []
    after = None
    while page := ben.rows("my_likes", kind="track", after=after, page_size=2):
        seen += [row["target_id"] for row in page]
        after = page[-1]["cursor"]
    # Those of one moment stand by their ids.
    assert seen == sorted(songs, key=lambda song: (minutes[song], song), reverse=True)


def test_liking_and_taking_it_back_in_turns_comes_to_an_end(
    ben: Actor, db: Connection, things: dict[str, uuid.UUID]
) -> None:
    db.execute(
        "update private.rate_limit_rules set capacity = 2, refill_seconds = 3600"
        " where action = 'unlike'"
    )
    for _ in range(2):
        like(ben, "post", things["post"])
        like(ben, "post", things["post"], liked=False)
    like(ben, "post", things["post"])
    with refused(429, "rate_limited"):
        like(ben, "post", things["post"], liked=False)
    assert like(ben, "post", things["post"])["like_count"] == 1
