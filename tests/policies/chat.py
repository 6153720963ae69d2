"""Checks of the access matrix of chat in rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check
from tests.policies.messages import hears
from tests.policies.rooms import EVERYBODY, Rooms, furnish

MUTE = "insert into public.room_mutes (room_id, user_id, until) values (%s, %s, now() + %s)"


@dataclass
class Chat:
    """What finn and the room itself have said in each of ada's rooms, and dan in the public one."""

    rooms: Rooms
    finns: dict[str, uuid.UUID]
    systems: dict[str, uuid.UUID]
    dans: uuid.UUID


def chat(stage: Stage) -> Chat:
    """Let them say it; the reactions are finn's and cleo's."""
    rooms = furnish(stage)
    finns, systems = {}, {}
    for kind, room in rooms.ids.items():
        finns[kind] = write(stage, room, "finn")
        systems[kind] = stage.value("select private.system_message(%s, 'hello')", room)
        for name in ("finn", "cleo"):
            stage.owner(
                "insert into public.message_reactions (room_id, message_id, user_id, emoji)"
                " values (%s, %s, %s, '🔥')",
                room, finns[kind], person_id(name),
            )  # fmt: skip
    return Chat(rooms, finns, systems, write(stage, rooms.ids["public"], "dan"))


def write(stage: Stage, room: uuid.UUID, name: str) -> uuid.UUID:
    """Somebody's message."""
    identity = stage.value(
        "insert into public.messages (room_id, author_id, body) values (%s, %s, 'hi') returning id",
        room, person_id(name),
    )  # fmt: skip
    assert isinstance(identity, uuid.UUID)
    return identity


def messages(stage: Stage, name: str) -> set[uuid.UUID]:
    """Which messages somebody reads in the table."""
    return {row["id"] for row in stage.actor(name).run("select id from public.messages")}


@check("public.messages")
def who_reads_a_room_reads_its_messages(stage: Stage) -> None:
    said = chat(stage)
    seen = {"public"}
    all_seen = {"public", "unlisted", "private"}
    for name in EVERYBODY:
        if name == "visitor":
            with forbidden():
                messages(stage, name)
            continue
        rooms = all_seen if name in ("finn", "cleo", "ada", "modesty") else seen
        if name == "eve":
            rooms = set()
        expected = {said.finns[room] for room in rooms} | {said.systems[room] for room in rooms}
        assert messages(stage, name) - {said.dans} == expected, name
        assert (said.dans in messages(stage, name)) == bool(rooms), name


@check("public.messages")
def who_is_hidden_is_read_by_staff_alone(stage: Stage) -> None:
    said = chat(stage)
    stage.hide("finn")
    for name in ("stranger", "dan", "ben"):
        assert messages(stage, name) == {said.systems["public"], said.dans}, name
    for name in ("ada", "cleo"):
        assert not set(said.finns.values()) & messages(stage, name), name
    for name in ("modesty", "finn"):
        assert said.finns["private"] in messages(stage, name), name


@check("public.messages")
def a_block_hides_what_each_says_but_from_moderators(stage: Stage) -> None:
    said = chat(stage)
    stage.owner(
        "insert into public.blocks (blocker_id, blocked_id) values (%s, %s), (%s, %s)",
        person_id("ben"), person_id("finn"), person_id("finn"), person_id("cleo"),
    )  # fmt: skip
    assert messages(stage, "ben") == {said.systems["public"], said.dans}
    for name in ("cleo", "ada"):
        assert {said.finns["public"], said.dans} <= messages(stage, name), name


@check("public.messages")
def what_an_erased_person_said_keeps_its_place(stage: Stage) -> None:
    said = chat(stage)
    stage.hide("dan")
    stage.owner("update public.messages set author_id = null where id = %s", said.finns["public"])
    assert messages(stage, "ben") == {said.systems["public"], said.finns["public"]}


@check("public.message_reactions")
def people_read_their_own_reactions_alone(stage: Stage) -> None:
    said = chat(stage)
    for name in EVERYBODY:
        if name == "visitor":
            continue
        rows = stage.actor(name).run("select user_id from public.message_reactions")
        own = len(said.finns) if name in ("finn", "cleo") else 0
        assert rows == [{"user_id": person_id(name)}] * own, name
    with forbidden():
        stage.visitor.run("select user_id from public.message_reactions")


@check("public.room_mutes")
def mutes_are_shown_to_moderators_and_to_whom_they_are_about(stage: Stage) -> None:
    rooms = furnish(stage)
    for room in rooms.ids.values():
        stage.owner(MUTE, room, person_id("finn"), "1 hour")
    columns = "select room_id, user_id, until, created_at from public.room_mutes"
    live = {rooms.ids[one] for one in ("public", "unlisted", "private")}
    seen = {
        "stranger": set(), "ben": set(), "dan": set(), "eve": set(),
        "finn": set(rooms.ids.values()), "ada": live, "cleo": live,
        "modesty": set(rooms.ids.values()),
    }  # fmt: skip
    for name, ids in seen.items():
        assert {row["room_id"] for row in stage.actor(name).run(columns)} == ids, name
    for name in ("finn", "ada"):
        with forbidden():
            stage.actor(name).run("select muted_by from public.room_mutes")
    with forbidden():
        stage.visitor.run(columns)


def send(stage: Stage, name: str, topic: str, extension: str) -> None:
    """Send something to a topic, as the realtime server asks."""
    with stage.actor(name).session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        connection.execute(
            "insert into realtime.messages (topic, extension) values (%s, %s)", [topic, extension]
        )
        connection.execute("select set_config('realtime.topic', '', true)")


@check("realtime.messages")
def who_is_muted_is_present_and_types_nothing(stage: Stage) -> None:
    rooms = furnish(stage)
    stage.owner(MUTE, rooms.ids["public"], person_id("finn"), "1 hour")
    stage.owner(MUTE, rooms.ids["private"], person_id("finn"), "-1 second")
    topic = f"room:{rooms.ids['public']}"
    send(stage, "finn", topic, "presence")
    with forbidden():
        send(stage, "finn", topic, "broadcast")
    assert hears(stage, "finn", topic)
    for name, room in (("finn", "private"), ("cleo", "public")):
        send(stage, name, f"room:{rooms.ids[room]}", "broadcast")
    with forbidden():
        send(stage, "stranger", topic, "presence")
