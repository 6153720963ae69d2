"""Moderators keep order in the chat of a room."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.chat.chatting import bodies, heard, loosen, read, say, told
from tests.database import Actor, Connection, actor, refused
from tests.rooms import enter_room, make_room, sent_to


def log(keeper: Actor, room: uuid.UUID) -> list[tuple[str, Any, Any]]:
    """What was done in a room, to whom and by whom, newest first."""
    return [
        (row["action"], row["subject"]["username"], row["actor"]["username"])
        for row in keeper.rows("room_moderation", room_id=room)
    ]


def test_a_moderator_deletes_what_others_said(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    said, also, owners = say(ben, room, "rude"), say(ben, room, "ruder"), say(ada, room)
    for _ in range(2):
        cleo.call("delete_message", message_id=said)
    modesty.call("delete_message", message_id=also)
    cleo.call("delete_message", message_id=owners)
    assert bodies(ben, room) == [None, None, None]
    assert log(ada, room) == [
        ("message_deleted", "ada", "cleo"),
        ("message_deleted", "ben", "modesty"),
        ("message_deleted", "ben", "cleo"),
    ]
    data = [row["data"] for row in cleo.rows("room_moderation", room_id=room)]
    assert data[-1] == {"message_id": str(said)}
    assert len(heard(db, room, "message_deleted")) == 3


def test_others_delete_nothing(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, stranger: Actor
) -> None:
    said = say(ada, room)
    hidden = say(ada, make_room(db, "ada", "private"))
    with refused(403, "not_a_moderator"):
        ben.call("delete_message", message_id=said)
    with refused(403, "not_a_member"):
        stranger.call("delete_message", message_id=said)
    for message in (hidden, uuid.uuid4()):
        with refused(404, "message_not_found"):
            ben.call("delete_message", message_id=message)
    assert bodies(ben, room) == ["hi"]


def test_what_the_room_tells_is_deleted_by_moderators_alone(
    room: uuid.UUID, db: Connection, ada: Actor, cleo: Actor
) -> None:
    ada.call("update_room", room_id=room, slow_mode_seconds=5)
    (row,) = read(cleo, room)
    db.execute("update public.messages set author_id = %s", [actor(db, "ben").id])
    with refused(403, "not_a_moderator"):
        actor(db, "ben").call("delete_message", message_id=row["id"])
    cleo.call("delete_message", message_id=row["id"])
    (row,) = read(cleo, room)
    assert (row["code"], row["data"], row["deleted_at"] is None) == (None, {}, False)


def test_a_moderator_pins_and_unpins(
    room: uuid.UUID, db: Connection, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    first, second = say(ben, room, "first"), say(ben, room, "second")
    for _ in range(2):
        for said in (second, first):
            assert cleo.call("pin_message", message_id=said) == {"is_pinned": True}
    assert bodies(stranger, room, "pinned_messages") == ["first", "second"]
    pinned = {"is_pinned": True}
    assert heard(db, room, "message_pinned") == [
        ("message_pinned", {"id": str(second), **pinned}),
        ("message_pinned", {"id": str(first), **pinned}),
    ]
    assert told(ben, room) == [
        ("message_pinned", {"message_id": str(first)}),
        ("message_pinned", {"message_id": str(second)}),
    ]
    for _ in range(2):
        unpinned = cleo.call("pin_message", message_id=second, present=False)
        assert unpinned == {"is_pinned": False}
    assert bodies(stranger, room, "pinned_messages") == ["first"]
    assert heard(db, room, "message_pinned")[2:] == [
        ("message_pinned", {"id": str(second), "is_pinned": False})
    ]
    assert [entry[0] for entry in log(cleo, room)] == [
        "message_unpinned", "message_pinned", "message_pinned",
    ]  # fmt: skip
    ben.call("delete_message", message_id=first)
    assert bodies(stranger, room, "pinned_messages") == []


def test_pins_page_by_when_they_were_pinned(
    room: uuid.UUID, db: Connection, ada: Actor, stranger: Actor
) -> None:
    loosen(db)
    said = [say(ada, room, str(number)) for number in range(7)]
    for message in (said[3], said[0], said[6], said[5]):
        ada.call("pin_message", message_id=message)
    for size in (1, 3, 100):
        rows = read(stranger, room, "pinned_messages", page_size=size)
        assert [row["body"] for row in rows] == ["5", "6", "0", "3"]


def test_only_so_many_are_pinned(room: uuid.UUID, db: Connection, ada: Actor) -> None:
    db.execute("update private.settings set value = 2 where name = 'pinned_messages_limit'")
    for _ in range(2):
        ada.call("pin_message", message_id=say(ada, room))
    more = say(ada, room)
    with refused(409, "pinned_messages_limit") as caught:
        ada.call("pin_message", message_id=more)
    assert caught.value.diag.message_hint == "2"


def test_only_moderators_pin_what_people_said(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, stranger: Actor
) -> None:
    said, deleted = say(ben, room), say(ben, room)
    ben.call("delete_message", message_id=deleted)
    ada.call("update_room", room_id=room, slow_mode_seconds=5)
    system = read(ada, room)[0]["id"]
    for somebody, token in ((ben, "not_a_moderator"), (stranger, "not_a_member")):
        with refused(403, token):
            somebody.call("pin_message", message_id=said)
    for message in (deleted, system, uuid.uuid4()):
        with refused(404, "message_not_found"):
            ada.call("pin_message", message_id=message)
    with refused(404, "message_not_found"):
        stranger.call("pin_message", message_id=say(ada, make_room(db, "ada", "private")))
    with refused(422, "value_missing"):
        ada.call("pin_message", message_id=said, present=None)


def test_a_pin_in_a_public_room_is_news_to_followers(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, finn: Actor
) -> None:
    finn.call("follow", username="ada")
    private = make_room(db, "ada", "private")
    enter_room(db, private, "finn")
    for place in (room, private):
        said = say(ada, place)
        ada.call("pin_message", message_id=said)
    (news,) = finn.rows("activity_feed")
    assert (news["kind"], news["target_id"]) == ("message_pinned", room)
    ada.call("pin_message", message_id=say(ada, room))
    (news,) = finn.rows("activity_feed")
    assert news["data"] == {"message_id": str(read(ada, room, "pinned_messages")[0]["id"])}
    for row in read(ada, room, "pinned_messages"):
        ada.call("pin_message", message_id=row["id"], present=False)
    assert finn.rows("activity_feed") == []
    said = say(ben, room)
    ada.call("pin_message", message_id=said)
    ben.call("delete_message", message_id=said)
    assert finn.rows("activity_feed") == []


def test_who_is_muted_says_nothing_for_a_while(
    room: uuid.UUID, db: Connection, ben: Actor, cleo: Actor
) -> None:
    said = say(ben, room)
    muted = cleo.call("mute_member", room_id=room, username=" Ben", minutes=10)
    assert muted["is_muted"] is True
    with refused(403, "muted_in_room") as caught:
        say(ben, room)
    assert caught.value.diag.message_hint == "600"
    with refused(403, "muted_in_room"):
        ben.call("edit_message", message_id=said, body="more")
    # Who leaves and comes back is still muted, in this room.
    ben.call("leave_room", room_id=room)
    ben.call("join_room", room_id=room)
    with refused(403, "muted_in_room"):
        say(ben, room)
    other = make_room(db, "ada")
    enter_room(db, other, "ben")
    say(ben, other)
    ben.call("delete_message", message_id=said)
    (payload,) = [
        row["payload"]
        for row in db.execute(
            "select payload from realtime.messages where topic = %s and event = 'muted_in_room'",
            [f"user:{ben.id}"],
        ).fetchall()
    ]
    assert payload["room_id"] == str(room)
    assert payload["until"] is not None
    db.execute("update public.room_mutes set until = now()")
    say(ben, room)
    assert log(cleo, room) == [("member_muted", "ben", "cleo")]


def test_a_mute_is_taken_back(
    room: uuid.UUID, db: Connection, ben: Actor, cleo: Actor, ada: Actor
) -> None:
    cleo.call("mute_member", room_id=room, username="ben", minutes=10)
    for _ in range(2):
        back = ada.call("unmute_member", room_id=room, username="ben")
        assert back == {"is_muted": False}
    say(ben, room)
    payloads = sent_to(db, f"user:{ben.id}", "muted_in_room")
    assert [payload["until"] is None for payload in payloads] == [False, True]
    assert [entry[0] for entry in log(cleo, room)] == ["member_unmuted", "member_muted"]
    with refused(404, "profile_not_found"):
        cleo.call("unmute_member", room_id=room, username="nobody_at_all")


def test_nobody_mutes_who_ranks_as_high(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, modesty: Actor
) -> None:
    enter_room(db, room, "dan", "moderator")
    minutes = {"room_id": room, "minutes": 5}
    for name in ("dan", "ada"):
        with refused(403, "member_of_equal_rank"):
            cleo.call("mute_member", username=name, **minutes)
    with refused(403, "member_of_equal_rank"):
        modesty.call("mute_member", username="ada", **minutes)
    for somebody in (ada, cleo):
        with refused(422, "not_yourself"):
            somebody.call("mute_member", username=somebody.name, **minutes)
    for name, token in (("stranger", "member_not_found"), ("nobody_at_all", "profile_not_found")):
        with refused(404, token):
            cleo.call("mute_member", username=name, **minutes)
    with refused(403, "not_a_moderator"):
        ben.call("mute_member", username="cleo", **minutes)
    ada.call("mute_member", username="dan", **minutes)
    modesty.call("mute_member", username="cleo", **minutes)
    # Who is muted does not take it back themselves.
    with refused(422, "not_yourself"), db.transaction():
        actor(db, "dan").call("unmute_member", room_id=room, username="dan")
    # Nor do staff, whom a room may mute as well.
    enter_room(db, room, "modesty")
    ada.call("mute_member", username="modesty", **minutes)
    with refused(422, "not_yourself"), db.transaction():
        modesty.call("unmute_member", room_id=room, username="modesty")


@pytest.mark.parametrize("minutes", [None, 0, -1, 525_601, 2_147_483_647])
def test_a_mute_has_its_length(minutes: int | None, room: uuid.UUID, ada: Actor) -> None:
    with refused(422, "mute_minutes_out_of_range") as caught:
        ada.call("mute_member", room_id=room, username="ben", minutes=minutes)
    assert caught.value.diag.message_hint == "525600"
    assert ada.call("mute_member", room_id=room, username="ben", minutes=525_600)["is_muted"]


def test_moderators_see_who_is_muted(
    room: uuid.UUID, db: Connection, ada: Actor, ben: Actor, cleo: Actor, stranger: Actor
) -> None:
    for name in ("dan", "eve", "finn"):
        enter_room(db, room, name)
        cleo.call("mute_member", room_id=room, username=name, minutes=5)
    listed = read(ada, room, "room_mutes", page_size=2)
    assert {row["username"] for row in listed} == {"dan", "eve", "finn"}
    assert {row["muted_by"]["username"] for row in listed} == {"cleo"}
    ada.call("unmute_member", room_id=room, username="eve")
    assert len(read(ada, room, "room_mutes")) == 2
    for function in ("room_mutes", "room_moderation"):
        for somebody, token in ((ben, "not_a_moderator"), (stranger, "not_a_member")):
            with refused(403, token):
                somebody.rows(function, room_id=room)


def test_the_log_pages(room: uuid.UUID, db: Connection, ada: Actor) -> None:
    loosen(db)
    for number in range(1, 6):
        ada.call("mute_member", room_id=room, username="ben", minutes=number)
    elsewhere = make_room(db, "ada")
    enter_room(db, elsewhere, "ben")
    ada.call("mute_member", room_id=elsewhere, username="ben", minutes=9)
    ids = [row["id"] for row in read(ada, room, "room_moderation", page_size=2)]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 5
