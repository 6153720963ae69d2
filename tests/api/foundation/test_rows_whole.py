"""Every column of a row that lists hand out, each with a value that nothing else has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.social.talking import opens, say, start
from tests.api.social.test_told_of import comment
from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Row, actor, person_id
from tests.rooms import be_seen, enter_room, make_room

DAY = datetime(2026, 1, 1, tzinfo=UTC)
PICTURE = "0123456789abcdefghij.png"
Expected = dict[str, Any]


def at(number: int) -> datetime:
    """A moment of its own."""
    return DAY + timedelta(hours=number)


def picture(name: str) -> str:
    return f"{person_id(name)}/{PICTURE}"


def card(name: str) -> Expected:
    """Somebody as things of theirs show them."""
    return {
        "id": str(person_id(name)),
        "username": name,
        "display_name": {"ada": "Ada Lovelace"}.get(name, name.capitalize()),
        "avatar_path": picture(name),
        "is_verified": name == "ada",
    }


def short(name: str) -> Expected:
    whole = card(name)
    return {key: whole[key] for key in ("id", "username", "display_name")}


@pytest.fixture(autouse=True)
def people(db: Connection) -> dict[str, Actor]:
    """ada (verified), ben, cleo, dan and eve, with pictures; everybody follows ada, ben cleo."""
    names = ("ada", "ben", "cleo", "dan", "eve")
    for name in names:
        for bucket in ("avatars", "crate-covers", "post-media"):
            db.execute(
                "insert into storage.objects (bucket_id, name) values (%s, %s)",
                [bucket, picture(name)],
            )
        db.execute(
            "update public.profiles set avatar_path = %s where username = %s",
            [picture(name), name],
        )
    db.execute("update public.artist_profiles set is_verified = true, verified_at = now()")
    cast = {name: actor(db, name) for name in names}
    opens(*cast.values())
    for follower, followed in [("ben", "ada"), ("cleo", "ada"), ("ben", "cleo"), ("ben", "eve")]:
        cast[follower].call("follow", username=followed)
    return cast


def when(db: Connection, table: str, identity: Any, **columns: datetime) -> None:
    """Have something happened at these times."""
    changes = ", ".join(f"{name} = %s" for name in columns)
    db.execute(
        f"update {table} set {changes} where id = %s".encode(), [*columns.values(), identity]
    )


def whole(row: Row) -> Row:
    """A row without its cursor, which is there."""
    assert row["cursor"]
    return {name: value for name, value in row.items() if name != "cursor"}


def only(rows: list[Row], identity: Any) -> Row:
    (row,) = [row for row in rows if row["id"] == identity]
    return whole(row)


def upload(db: Connection) -> Any:
    return make_upload(
        db,
        "ada",
        title="Rain",
        artist_name="Ada L.",
        duration_ms=181_000,
        artwork_path=picture("ada"),
        isrc="GBAYE0601498",
        genre="ambient",
        bpm=93.5,
        musical_key="F#m",
        is_explicit=True,
        kind="remix",
    )


def track_card(track: Any) -> Expected:
    return {
        "id": str(track),
        "provider": "backbeat",
        "provider_track_id": str(track),
        "title": "Rain",
        "artist_name": "Ada L.",
        "artist_id": str(person_id("ada")),
        "duration_ms": 181_000,
        "artwork_url": None,
        "artwork_path": picture("ada"),
        "is_explicit": True,
    }


def crate_of(ben: Actor, db: Connection, *tracks: Any) -> Any:
    crate = ben.call(
        "create_crate",
        title="Nights",
        description="for the night",
        genre="jazz",
        mood="slow",
        tags=["late", "blue"],
        visibility="unlisted",
    )["id"]
    db.execute("update public.crates set cover_path = %s where id = %s", [picture("ben"), crate])
    for track in tracks:
        ben.call("add_to_crate", crate_id=crate, track_id=track)
    return crate


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


def test_a_track(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, _ = people.values()
    track = upload(db)
    for who in (ben, cleo):
        who.call("set_like", target_kind="track", target_id=track, liked=True)
    for body in ("one", "two", "three"):
        ben.call("create_comment", target_kind="track", target_id=track, body=body)
    dan.call("create_post", kind="track", track_id=track)
    db.execute("update public.tracks set play_count = 7 where id = %s", [track])
    when(db, "public.tracks", track, created_at=at(1), published_at=at(2))
    expected: Expected = {
        **track_card(track),
        "id": track,
        "artist": card("ada"),
        "isrc": "GBAYE0601498",
        "genre": "ambient",
        "bpm": 93.5,
        "musical_key": "F#m",
        "kind": "remix",
        "status": "published",
        "play_count": 7,
        "like_count": 2,
        "comment_count": 3,
        "repost_count": 1,
        "liked_by_me": True,
        "published_at": at(2),
        "created_at": at(1),
    }
    del expected["artist_id"]
    for rows in (
        ben.rows("artist_tracks", username="ada"),
        ben.rows("search_tracks", query="Rain"),
    ):
        assert only(rows, track) == expected
    own = only(ada.rows("my_tracks"), track)
    assert own == {**expected, "liked_by_me": False}
    song = make_song(db, artwork_url="https://cdn-images.dzcdn.net/images/cover/1.jpg")
    row = actor(db, "visitor").call("track", track_id=song)
    assert (row["provider"], row["artist"], row["artwork_path"], row["artwork_url"]) == (
        "deezer",
        None,
        None,
        "https://cdn-images.dzcdn.net/images/cover/1.jpg",
    )


def test_a_crate_and_what_lies_in_it(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, _ = people.values()
    track = upload(db)
    crate = crate_of(ben, db, make_song(db, duration_ms=100_000))
    ben.call("set_crate_collaborator", crate_id=crate, username="cleo", role="editor")
    ben.call("set_crate_collaborator", crate_id=crate, username="dan", role="viewer")
    cleo.call("add_to_crate", crate_id=crate, track_id=track, note="late")
    for liker in (ada, cleo, dan):
        liker.call("set_like", target_kind="crate", target_id=crate, liked=True)
    for body in ("one", "two"):
        dan.call("create_comment", target_kind="crate", target_id=crate, body=body)
    ben.call("update_crate", crate_id=crate, visibility="public")
    db.execute(
        "update public.crates set is_featured = true, featured_at = now(), play_count = 5"
        " where id = %s",
        [crate],
    )
    when(db, "public.crates", crate, created_at=at(1), updated_at=at(2))
    expected: Expected = {
        "id": crate,
        "title": "Nights",
        "description": "for the night",
        "cover_path": picture("ben"),
        "genre": "jazz",
        "mood": "slow",
        "tags": ["late", "blue"],
        "visibility": "public",
        "is_featured": True,
        "owner": card("ben"),
        "my_role": None,
        "item_count": 2,
        "total_ms": 281_000,
        "play_count": 5,
        "like_count": 3,
        "comment_count": 2,
        "liked_by_me": True,
        "created_at": at(1),
        "updated_at": at(2),
    }
    lists: dict[str, Expected] = {
        "new_crates": {},
        "crates_by_genre": {"genre": "jazz"},
        "featured_crates": {},
        "profile_crates": {"username": "ben"},
    }
    for function, named in lists.items():
        assert only(ada.rows(function, **named), crate) == expected, function
    mine = {"ben": ("owner", False), "cleo": ("editor", True), "dan": ("viewer", True)}
    for name, (role, liked) in mine.items():
        row = only(people[name].rows("my_crates"), crate)
        assert row == {**expected, "my_role": role, "liked_by_me": liked}, name
    rows = [whole(row) for row in ada.rows("crate_items", crate_id=crate)]
    (row,) = [row for row in rows if row["note"] == "late"]
    when(db, "public.crate_items", row["id"], added_at=at(3))
    (row,) = [row for row in ada.rows("crate_items", crate_id=crate) if row["note"]]
    identity = row["id"]
    assert whole(row) == {
        "id": identity,
        "track": track_card(track),
        "note": "late",
        "added_by": card("cleo"),
        "added_at": at(3),
    }


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


def test_a_room_and_who_is_in_it(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, _, dan, _ = people.values()
    room = make_room(
        db,
        "ada",
        name="Nights",
        slug="nights",
        description="for the night",
        kind="genre",
        genre="jazz",
        tags=["late", "blue"],
        region="Berlin",
        created_at=at(1),
    )
    db.execute(
        "update public.rooms set avatar_path = %s where id = %s", [f"{room}/{PICTURE}", room]
    )
    enter_room(db, room, "ben", "moderator")
    enter_room(db, room, "cleo")
    for name in ("ben", "cleo"):
        be_seen(db, room, name)
    db.execute("update public.room_members set joined_at = %s where user_id = %s", [at(2), ben.id])
    ben.call("heartbeat", room_id=room)
    expected: Expected = {
        "id": room,
        "slug": "nights",
        "name": "Nights",
        "description": "for the night",
        "kind": "genre",
        "visibility": "public",
        "genre": "jazz",
        "tags": ["late", "blue"],
        "region": "Berlin",
        "avatar_path": f"{room}/{PICTURE}",
        "owner": card("ada"),
        "my_role": "moderator",
        "member_count": 3,
        "listener_count": 2,
        "created_at": at(1),
    }
    for function in ("my_rooms", "discover_rooms", "trending_rooms"):
        assert only(ben.rows(function), room) == expected, function
        roles = {"ada": "owner", "cleo": "member"}
        for name, role in roles.items():
            assert only(people[name].rows(function), room)["my_role"] == role
    assert only(dan.rows("discover_rooms", genre="jazz"), room)["my_role"] is None
    whom = {**card("ben"), "id": ben.id, "role": "moderator", "joined_at": at(2)}
    rows = ada.rows("room_members", room_id=room)
    assert only(rows, ben.id) == {**whom, "is_active": True}
    assert only(rows, ada.id)["is_active"] is False
    assert {row["username"]: row["role"] for row in rows} == {
        "ada": "owner",
        "ben": "moderator",
        "cleo": "member",
    }


def test_what_is_said_in_a_room(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, _, _ = people.values()
    room = make_room(db, "ada")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    track = upload(db)
    first = ben.call("send_message", room_id=room, body="first")["id"]
    client = first
    said = cleo.call(
        "send_message",
        room_id=room,
        body="listen",
        client_id=client,
        reply_to_id=first,
        track_id=track,
    )["id"]
    for who in (ada, ben):
        who.call("react", message_id=said, emoji="🔥")
    ada.call("pin_message", message_id=said)
    when(db, "public.messages", said, created_at=at(1), edited_at=at(2), pinned_at=at(3))
    expected: Expected = {
        "id": said,
        "room_id": room,
        "kind": "text",
        "author": card("cleo"),
        "body": "listen",
        "code": None,
        "data": {},
        "track": track_card(track),
        "reply_to": {"id": str(first), "author": short("ben"), "body": "first"},
        "client_id": None,
        "reactions": [{"emoji": "🔥", "count": 2, "mine": True}],
        "created_at": at(1),
        "edited_at": at(2),
        "pinned_at": at(3),
        "deleted_at": None,
    }
    for function in ("room_messages", "pinned_messages"):
        assert only(ben.rows(function, room_id=room), said) == expected, function
    own = only(cleo.rows("room_messages", room_id=room), said)
    unreacted = [{"emoji": "🔥", "count": 2, "mine": False}]
    assert own == {**expected, "client_id": client, "reactions": unreacted}
