"""Rooms, who is in them and what is said there."""

from __future__ import annotations

from tests.api.rows.showing import (
    PICTURE,
    Expected,
    at,
    card,
    only,
    short,
    track_card,
    upload,
    when,
    whole,
)
from tests.database import Actor, Connection, person_id
from tests.rooms import be_seen, enter_room, make_room


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


def test_who_is_kept_out_and_who_keeps_order(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, _, dan, _ = people.values()
    room = make_room(db, "ben")
    enter_room(db, room, "ada", "moderator")
    for name in ("cleo", "dan", "eve"):
        enter_room(db, room, name)
    ada.call("mute_member", room_id=room, username="cleo", minutes=5)
    ada.call("remove_member", room_id=room, username="dan", ban_minutes=60, reason="loud")
    ben.call("remove_member", room_id=room, username="ada", ban_minutes=None)
    for table, name in (("room_mutes", "cleo"), ("room_bans", "dan")):
        db.execute(
            f"update public.{table} set created_at = %s, until = %s where user_id = %s".encode(),
            [at(1), at(99_999), person_id(name)],
        )
    db.execute("update public.room_bans set created_at = %s where until is null", [at(2)])
    (muted,) = [whole(row) for row in ben.rows("room_mutes", room_id=room)]
    assert muted == {
        **card("cleo"),
        "id": person_id("cleo"),
        "muted_by": card("ada"),
        "until": at(99_999),
        "created_at": at(1),
    }
    newest, oldest = [whole(row) for row in ben.rows("room_bans", room_id=room)]
    assert oldest == {
        **card("dan"),
        "id": dan.id,
        "banned_by": card("ada"),
        "until": at(99_999),
        "reason": "loud",
        "created_at": at(1),
    }
    assert newest == {
        **card("ada"),
        "id": ada.id,
        "banned_by": card("ben"),
        "until": None,
        "reason": None,
        "created_at": at(2),
    }
    logged = db.execute("select id, created_at from public.moderation_log order by id").fetchall()
    rows = [whole(row) for row in ben.rows("room_moderation", room_id=room)]
    stand = [(row.pop("before"), row.pop("after")) for row in rows]
    assert [[sorted(facts) for facts in pair] for pair in stand] == [
        [["ban", "mute", "role"]] * 2
    ] * 3
    assert [row.pop("data") for row in rows] == [{}] * 3
    assert rows == [
        {**entry, "action": action, "actor": card(actor), "subject": card(of), "reason": reason}
        for entry, (action, actor, of, reason) in zip(
            reversed(logged),
            [
                ("member_banned", "ben", "ada", None),
                ("member_banned", "ada", "dan", "loud"),
                ("member_muted", "ada", "cleo", None),
            ],
            strict=True,
        )
    ]
