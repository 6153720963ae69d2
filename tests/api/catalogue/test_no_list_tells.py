"""A crate that has turned private, and a draft, are in nobody's list, whatever hangs on them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import pytest

from tests.api.foundation.test_lists import LISTS
from tests.api.social.talking import start
from tests.api.social.test_notifications import drain
from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, refused
from tests.rooms import enter_room, make_room

# What these ask with, where that is not nothing; `scene` has the ids.
NAMED: dict[str, tuple[str, ...]] = {
    "comments_on": ("target_kind", "target_id"),
    "crate_items": ("crate_id",),
    "crate_posts": ("crate_id",),
    "crates_containing": ("track_id",),
    "messages": ("conversation_id",),
    "pinned_messages": ("room_id",),
    "replies_to": ("comment_id",),
    **dict.fromkeys(
        ("room_bans", "room_members", "room_messages", "room_moderation", "room_mutes"),
        ("room_id",),
    ),
    "session_history": ("room_id",),
    "session_queue": ("session_id",),
    **dict.fromkeys(
        ("artist_tracks", "followers", "following", "mutuals", "products_by_artist",
         "profile_crates", "profile_feed", "trophy_case"),
        ("username",),
    ),
    **dict.fromkeys(("search_profiles", "search_tracks"), ("query",)),
    **dict.fromkeys(("leaderboard", "leaderboard_following"), ("board",)),
    "crates_by_genre": ("genre",),
    "tag_feed": ("tag",),
}  # fmt: skip
KINDS = ("post", "comment", "track", "crate", "message", "activity_event")
STAFFS = {
    "audit_log", "claims_queue", "detection_queue", "moderation_queue", "quarantined_events",
    "reconciliations", "verification_queue",
}  # fmt: skip
# Where Ben, who follows Ada, comes across the crate while it is public.
PUBLIC = {
    "activity_feed", "comments_on", "crate_items", "crate_posts", "crates_by_genre",
    "featured_crates", "global_feed", "home_feed", "messages", "my_likes crate",
    "my_likes comment", "my_likes post", "my_notifications", "new_crates", "profile_crates",
    "profile_feed", "replies_to", "tag_feed", "trending_crates",
}  # fmt: skip


def telling(reader: Actor, scene: dict[str, Any]) -> set[str]:
    """The lists in which somebody finds the word."""
    found = set()
    for function in LISTS.keys() - STAFFS:
        asked = {name: scene[name] for name in NAMED.get(function, ())}
        kinds = KINDS if function == "my_likes" else (None,)
        for kind in kinds:
            try:
                rows = reader.rows(function, **asked, **({"kind": kind} if kind else {}))
            except psycopg.Error as error:
                assert error.sqlstate in ("PT401", "PT403", "PT404", "42501"), (function, error)
                continue
            if "hush" in json.dumps(rows, default=str):
                found.add(f"{function} {kind}" if kind else function)
    return found


@pytest.fixture
def scene(ada: Actor, ben: Actor, cleo: Actor, db: Connection) -> dict[str, Any]:
    """A public crate of ada's, with all that others do with it, and where each list looks."""
    db.execute("update private.rate_limit_rules set capacity = 100000")
    ben.call("follow", username="ada")
    ada.call("follow", username="ben")
    crate = ada.call("create_crate", title="hush", description="hush", genre="jazz")["id"]
    song = make_song(db)
    ada.call("add_to_crate", crate_id=crate, track_id=song, note="hush")
    about = {"target_kind": "crate", "target_id": crate}
    root = ben.call("create_comment", **about, body="so good")["id"]
    ada.call("create_comment", **about, body="hush, @ben", parent_id=root)
    own = ada.call("create_comment", **about, body="hush @ben")["id"]
    posts = [
        person.call("share_crate", crate_id=crate, body="#mine")["id"] for person in (ada, ben)
    ]
    for kind, target in (("crate", crate), ("comment", own), ("post", posts[0])):
        ben.call("set_like", target_kind=kind, target_id=target, liked=True)
    for event in db.execute("select id from public.activity_events").fetchall():
        ben.call("set_like", target_kind="activity_event", target_id=event["id"], liked=True)
    conversation = start(ada, "ben")
    said = ada.call("send_direct_message", conversation_id=conversation, crate_id=crate)["id"]
    ben.call("set_like", target_kind="message", target_id=said, liked=True)
    drain(db)
    cleo.call("record_crate_play", crate_id=crate)
    actor(db, "service").rows("backend.refresh_trending")
    actor(db, "modesty").call("feature_crate", crate_id=crate, is_featured=True)
    for role in ("viewer", None):
        ada.call("set_crate_collaborator", crate_id=crate, username="ben", role=role)
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    session = ada.call("start_session", room_id=room, mode="artist")["id"]
    return {
        **about, "crate_id": crate, "track_id": song, "conversation_id": conversation,
        "room_id": room, "session_id": session, "comment_id": root, "username": "ada",
        "query": "hush", "board": "points", "genre": "jazz", "tag": "mine",
    }  # fmt: skip


def test_a_crate_that_turns_private_is_in_no_list_of_others_any_more(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, scene: dict[str, Any]
) -> None:
    assert telling(ben, scene) >= PUBLIC
    assert telling(visitor, scene) >= {"crates_by_genre", "global_feed", "trending_crates"}
    ada.call("update_crate", crate_id=scene["crate_id"], visibility="private")
    for reader in (ben, stranger, visitor):
        assert telling(reader, scene) == set(), reader.name
    assert telling(ada, scene) >= {"crate_items", "my_crates", "profile_crates"}


def test_a_draft_is_in_no_list_of_others(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, scene: dict[str, Any], db: Connection
) -> None:
    ada.call("update_crate", crate_id=scene["crate_id"], visibility="private")
    made = ada.call(
        "create_track", title="hush", genre="jazz", duration_ms=60_000, file_format="mp3"
    )
    draft = uuid.UUID(made["track"]["id"])
    about = {"target_kind": "track", "target_id": draft}
    ada.call("set_like", **about, liked=True)
    said = ada.call("create_comment", **about, body="hush @ben")["id"]
    ada.call("create_post", kind="track", track_id=draft, visibility="private", body="hush #mine")
    ada.call("send_direct_message", conversation_id=scene["conversation_id"], track_id=draft)
    for deed, where in (("send_message", "room_id"), ("enqueue_track", "session_id")):
        with refused(409, "track_not_published"):
            ada.call(deed, **{where: scene[where]}, track_id=draft)
    drain(db)
    asked = {**scene, **about, "track_id": draft, "comment_id": said}
    for reader in (ben, stranger, visitor):
        assert telling(reader, asked) == set(), reader.name
    assert telling(ada, asked) >= {"comments_on", "my_likes track", "my_tracks", "profile_feed"}
