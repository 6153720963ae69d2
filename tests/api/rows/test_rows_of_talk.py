"""Comments, conversations, and what people are told and do."""

from __future__ import annotations

from tests.api.rows.showing import (
    Expected,
    at,
    card,
    only,
    picture,
    short,
    track_card,
    upload,
    when,
)
from tests.api.social.talking import say, start
from tests.database import Actor, Connection, person_id


def test_a_comment_and_its_replies(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, eve = people.values()
    track = upload(db)
    said = ben.call(
        "create_comment", target_kind="track", target_id=track, body="hi @cleo", position_ms=42_000
    )["id"]
    reply = cleo.call(
        "create_comment", target_kind="track", target_id=track, body="yes @ben", parent_id=said
    )["id"]
    dan.call("create_comment", target_kind="track", target_id=track, body="no", parent_id=said)
    for liker in (dan, eve):
        liker.call("set_like", target_kind="comment", target_id=said, liked=True)
    dan.call("set_like", target_kind="comment", target_id=reply, liked=True)
    for who, emoji, on in (
        (dan, "🔥", said),
        (eve, "🔥", said),
        (eve, "🎉", said),
        (eve, "🎧", reply),
    ):
        who.call("set_reaction", comment_id=on, emoji=emoji, present=True)
    ada.call("pin_comment", comment_id=said)
    ada.call("hide_comment", comment_id=reply)
    when(db, "public.comments", said, created_at=at(1), edited_at=at(2))
    when(db, "public.comments", reply, created_at=at(3), edited_at=at(4))
    expected: Expected = {
        "id": said,
        "target_kind": "track",
        "target_id": track,
        "parent_id": None,
        "depth": 1,
        "body": "hi @cleo",
        "position_ms": 42_000,
        "author": card("ben"),
        "mentions": [{"id": str(person_id("cleo")), "username": "cleo"}],
        "like_count": 2,
        "liked_by_me": False,
        "reactions": [
            {"emoji": "🔥", "count": 2, "mine": False},
            {"emoji": "🎉", "count": 1, "mine": False},
        ],
        "reply_count": 2,
        "is_pinned": True,
        "is_hidden": False,
        "is_deleted": False,
        "created_at": at(1),
        "edited_at": at(2),
    }
    answer: Expected = {
        "id": str(reply),
        "depth": 2,
        "body": "yes @ben",
        "author": card("cleo"),
        "mentions": [{"id": str(person_id("ben")), "username": "ben"}],
        "like_count": 1,
        "liked_by_me": False,
        "reactions": [{"emoji": "🎧", "count": 1, "mine": False}],
        "reply_count": 0,
        "is_hidden": True,
        "is_deleted": False,
        "created_at": at(3).isoformat(),
        "edited_at": at(4).isoformat(),
    }
    row = only(ada.rows("comments_on", target_kind="track", target_id=track), said)
    first, second = row.pop("replies")
    assert row == expected
    assert first == answer
    assert second["body"] == "no"
    mine = [{"emoji": "🔥", "count": 2, "mine": True}, {"emoji": "🎉", "count": 1, "mine": True}]
    row = only(eve.rows("comments_on", target_kind="track", target_id=track), said)
    assert (row["liked_by_me"], row["reactions"]) == (True, mine)
    alone = only(ada.rows("replies_to", comment_id=said), reply)
    assert alone == {
        **answer,
        "id": reply,
        "target_kind": "track",
        "target_id": track,
        "parent_id": said,
        "position_ms": None,
        "replies": None,
        "is_pinned": False,
        "created_at": at(3),
        "edited_at": at(4),
    }
    ben.call("delete_comment", comment_id=said)
    row = only(eve.rows("comments_on", target_kind="track", target_id=track), said)
    gone = ("author", "body", "position_ms", "is_deleted", "mentions", "reply_count", "is_pinned")
    assert [row[name] for name in gone] == [None, None, None, True, [], 2, False]


def test_a_notification(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, eve = people.values()
    track = upload(db)
    last = None
    for who in (ben, cleo, dan, eve):
        last = who.call(
            "create_comment", target_kind="track", target_id=track, body=f"of {who.name}"
        )["id"]
    identity = ada.rows("my_notifications")[0]["id"]
    when(db, "public.notifications", identity, created_at=at(1))
    expected: Expected = {
        "id": identity,
        "kind": "comment",
        "actors": [card("eve"), card("dan"), card("cleo")],
        "actor_count": 4,
        "target_kind": "track",
        "target_id": track,
        "target": {
            "title": "Rain",
            "artist_name": "Ada L.",
            "artwork_url": None,
            "artwork_path": picture("ada"),
        },
        "comment": {"id": str(last), "body": "of eve"},
        "data": {"comment_id": str(last)},
        "created_at": at(1),
        "is_seen": False,
        "is_read": False,
    }
    assert only(ada.rows("my_notifications"), identity) == expected
    ada.call("mark_seen", up_to=identity)
    assert only(ada.rows("my_notifications"), identity) == {**expected, "is_seen": True}
    ada.call("mark_read", ids=[identity])
    read = {**expected, "is_seen": True, "is_read": True}
    assert only(ada.rows("my_notifications"), identity) == read


def test_a_conversation_and_a_message(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, _, _ = people.values()
    track = upload(db)
    group = start(ben, "ada", "cleo", title="Nights")
    first = say(ben, group, "first")
    say(cleo, group, "second")
    client = first
    last = cleo.call(
        "send_direct_message",
        conversation_id=group,
        body="listen",
        track_id=track,
        reply_to=first,
        client_id=client,
    )["id"]
    ada.call("mark_conversation_read", conversation_id=group, up_to=first)
    ben.call("mark_conversation_read", conversation_id=group, up_to=last)
    db.execute(
        "update public.conversation_members set muted_until = %s where member_id = %s",
        [at(99_999), ada.id],
    )
    when(db, "public.conversations", group, created_at=at(1))
    when(db, "public.direct_messages", last, created_at=at(2))
    ada.call("set_like", target_kind="message", target_id=last, liked=True)
    row = only(ada.rows("my_conversations"), group)
    members = row.pop("members")
    message = row.pop("last_message")
    assert row == {
        "id": group,
        "kind": "group",
        "title": "Nights",
        "state": "joined",
        "member_count": 3,
        "unread_count": 2,
        "last_read_message_id": first,
        "muted_until": at(99_999),
        "created_at": at(1),
    }
    assert sorted(members, key=lambda member: member["username"]) == [
        {**card("ben"), "state": "joined", "last_read_message_id": str(last)},
        {**card("cleo"), "state": "joined", "last_read_message_id": str(last)},
    ]
    assert message == {
        "id": str(last),
        "sender_id": str(cleo.id),
        "body": "listen",
        "track_id": str(track),
        "crate_id": None,
        "created_at": at(2).isoformat(),
        "deleted_at": None,
    }
    expected: Expected = {
        "id": last,
        "conversation_id": group,
        "sender": card("cleo"),
        "body": "listen",
        "track": track_card(track),
        "crate": None,
        "reply_to": {"id": str(first), "sender": short("ben"), "body": "first"},
        "client_id": None,
        "like_count": 1,
        "liked_by_me": True,
        "created_at": at(2),
        "deleted_at": None,
    }
    assert only(ada.rows("messages", conversation_id=group), last) == expected
    own = {**expected, "client_id": client, "liked_by_me": False}
    assert only(cleo.rows("messages", conversation_id=group), last) == own
    cleo.call("delete_direct_message", message_id=last)
    when(db, "public.direct_messages", last, deleted_at=at(3))
    row = only(ada.rows("messages", conversation_id=group), last)
    gone = {"body": None, "track": None, "deleted_at": at(3)}
    assert {name: row[name] for name in gone} == gone


def test_what_people_do(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, _, eve = people.values()
    for who in (cleo, eve):
        who.call("follow", username="dan")
    (event, *_) = [row for row in ben.rows("activity_feed") if row["target_id"] == person_id("dan")]
    identity = event["id"]
    for who, kind in ((ben, "fire"), (ada, "fire"), (ada, "wave")):
        who.call("set_activity_reaction", event_id=identity, kind=kind, present=True)
    for who in (ada, cleo):
        who.call("set_like", target_kind="activity_event", target_id=identity, liked=True)
    when(db, "public.activity_events", identity, created_at=at(1))
    assert only(ben.rows("activity_feed"), identity) == {
        "id": identity,
        "kind": "user_followed",
        "actors": [card("eve"), card("cleo")],
        "actor_count": 2,
        "event_count": 2,
        "target_kind": "profile",
        "target_id": person_id("dan"),
        "target": {key: card("dan")[key] for key in ("username", "display_name", "avatar_path")},
        "data": {},
        "like_count": 2,
        "liked_by_me": False,
        "reactions": [
            {"kind": "fire", "count": 2, "mine": True},
            {"kind": "wave", "count": 1, "mine": False},
        ],
        "created_at": at(1),
    }
