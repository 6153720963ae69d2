"""Checks of the access matrix of live audio."""

from __future__ import annotations

import uuid

from tests.catalogue import insert
from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check
from tests.policies.rooms import EVERYBODY, Rooms, furnish, rooms_in

SIGNED_IN = tuple(name for name in EVERYBODY if name != "visitor")


def go_live(stage: Stage) -> tuple[Rooms, dict[str, uuid.UUID]]:
    """A stream of ada's in each of her rooms.

    finn and stranger listen, cleo and dan speak; cleo, ben and dan have been there.
    """
    rooms, streams = furnish(stage), {}
    for kind, room in rooms.ids.items():
        streams[kind] = stream = insert(
            stage.connection, "public.live_streams",
            room_id=room, host_id=person_id("ada"), title=kind,
        )  # fmt: skip
        for name in ("finn", "stranger", "cleo", "ben", "dan"):
            is_there = name in ("finn", "stranger")
            stage.owner(
                "insert into public.live_participants"
                " (stream_id, session_id, user_id, joined_at, left_at)"
                " values (%s, %s, %s, now(), case when not %s then now() end)",
                stream, f"PA_{name}", person_id(name), is_there,
            )  # fmt: skip
        for name in ("cleo", "dan"):
            stage.owner(
                "insert into public.live_speakers (stream_id, user_id) values (%s, %s)",
                stream, person_id(name),
            )  # fmt: skip
    return rooms, streams


def readable(name: str) -> set[str]:
    """In which of ada's rooms the tables show somebody streams."""
    if name in ("finn", "cleo", "ada", "modesty"):
        return {"public", "unlisted", "private"}
    return set() if name in ("visitor", "eve") else {"public"}


@check("public.live_streams")
def streams_are_shown_to_who_reads_the_room(stage: Stage) -> None:
    rooms, _ = go_live(stage)
    for name in SIGNED_IN:
        assert rooms_in(stage, name, rooms, "public.live_streams") == readable(name), name
    with forbidden():
        stage.visitor.run("select id from public.live_streams")
    for column in ("known_at", "told_count", "told_at"):
        with forbidden():
            stage.ada.run(f"select {column} from public.live_streams")


def seen_in(
    stage: Stage, name: str, streams: dict[str, uuid.UUID], table: str
) -> dict[str, set[str]]:
    """Whose rows of a table somebody sees, by the room."""
    found: dict[str, set[str]] = {}
    for kind, stream in streams.items():
        rows = stage.actor(name).run(f"select user_id from {table} where stream_id = %s", stream)
        ids = {row["user_id"] for row in rows}
        if people := {one for one in SIGNED_IN if person_id(one) in ids}:
            found[kind] = people
    return found


@check("public.live_speakers")
def speakers_are_shown_to_who_reads_the_room(stage: Stage) -> None:
    _, streams = go_live(stage)
    for name in SIGNED_IN:
        # ada has blocked dan.
        speakers = {"cleo"} if name == "ada" else {"cleo", "dan"}
        expected = dict.fromkeys(readable(name), speakers)
        assert seen_in(stage, name, streams, "public.live_speakers") == expected, name
    with forbidden():
        stage.visitor.run("select user_id from public.live_speakers")


@check("public.live_participants")
def listeners_are_shown_while_they_listen_and_to_themselves(stage: Stage) -> None:
    _, streams = go_live(stage)
    stage.hide("stranger")
    for name in SIGNED_IN:
        there = {"finn", "stranger"} if name in ("stranger", "modesty") else {"finn"}
        expected = dict.fromkeys(readable(name), there)
        # One's own are one's own, whatever has become of the room.
        if name in ("finn", "stranger", "cleo", "ben", "dan"):
            expected = {kind: {name, *expected.get(kind, ())} for kind in streams}
        assert seen_in(stage, name, streams, "public.live_participants") == expected, name
    for statement in (
        "select session_id from public.live_participants",
        "select * from public.live_participants",
    ):
        with forbidden():
            stage.ada.run(statement)
    with forbidden():
        stage.visitor.run("select user_id from public.live_participants")
