"""A room as it is lived: official clients of both kinds talk in it, through the whole stack."""

from __future__ import annotations

from pathlib import Path

from tests.apps import told_by
from tests.journeys.test_messages_live import Live, Person, again, live
from tests.plugins.stack import RunningStack

__all__ = ["live"]


def test_two_apps_talk_in_a_private_room(seeded_stack: RunningStack) -> None:
    seen = told_by(
        Path(__file__).with_name("chatting.mjs"), seeded_stack.url, seeded_stack.publishable_key
    )
    assert seen == {
        "joined": ["SUBSCRIBED", "SUBSCRIBED", "CHANNEL_ERROR"],
        "typing": True,
        "same": True,
        "heard": ["message", True, True],
        "read": "hello",
        "reacted": [["reaction", "🔥", 1], ["reaction", "🔥", 1]],
        "pinned": ["message_pinned", "system"],
        "listed": [["system", "message_pinned", None, 0], ["text", None, "hello", 1]],
        "muted": ["PT403", "muted_in_room"],
        "stranger": [404, "room_not_found"],
    }


def test_a_python_app_hears_a_public_room_and_types_as_a_member(live: Live) -> None:
    async def story(ada: Person, ben: Person, stranger: Person) -> None:
        room = (await ada.rpc("create_room", name="Morning", client_id=str(ada.id)))["id"]
        await ben.rpc("join_room", room_id=room)
        adas, strangers = await ada.join(room, "room"), await stranger.join(room, "room")
        bens = await ben.join(room, "room")
        assert adas
        assert bens
        assert strangers
        await bens.channel.send_broadcast("typing", {"username": ben.username})
        assert await adas.next() == ("typing", {"username": ben.username})
        assert await strangers.next() == ("typing", {"username": ben.username})

        sent = await ben.rpc("send_message", room_id=room, body="good morning")
        told = {"id": sent["id"], "kind": "text", "author_id": str(ben.id), "room_id": room}
        for listener in (adas, bens, strangers):
            assert await listener.next() == ("message", told)
        message = await stranger.rpc("room_message", message_id=sent["id"])
        assert (message["body"], message["author"]["username"]) == ("good morning", ben.username)
        await ben.rpc("edit_message", message_id=sent["id"], body="good evening")
        await ada.rpc("delete_message", message_id=sent["id"])
        about = {"id": sent["id"], "room_id": room}
        for listener in (adas, strangers):
            assert await listener.next() == ("message_edited", about)
            assert await listener.next() == ("message_deleted", about)
        # Who is put out hears no more of it when they come back.
        await ada.rpc("remove_member", room_id=room, username=ben.username, ban_minutes=5)
        assert await (await again(ben)).join(room, "room") is None

    live(story)
