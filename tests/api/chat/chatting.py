"""Words for tests of chat: who says and reads what in a room, and what was told of it."""

from __future__ import annotations

import uuid
from typing import Any

from tests.database import Actor, Connection, Row


def say(somebody: Actor, room: uuid.UUID, body: str | None = "hi", **more: Any) -> uuid.UUID:
    """Say something; the message."""
    row = somebody.call("send_message", room_id=room, body=body, **more)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def read(
    somebody: Actor, room: uuid.UUID, function: str = "room_messages", page_size: int = 100
) -> list[Row]:
    """All messages, newest first, over as many pages as it takes."""
    found: list[Row] = []
    after = None
    while page := somebody.rows(function, room_id=room, after=after, page_size=page_size):
        found += page
        after = page[-1]["cursor"]
    return found


def bodies(somebody: Actor, room: uuid.UUID, function: str = "room_messages") -> list[str | None]:
    """What somebody reads of what people said, newest first."""
    return [row["body"] for row in read(somebody, room, function) if row["kind"] == "text"]


def told(somebody: Actor, room: uuid.UUID) -> list[tuple[str, Any]]:
    """What the room itself tells: code and data, newest first."""
    rows = read(somebody, room)
    return [(row["code"], row["data"]) for row in rows if row["kind"] == "system"]


def heard(connection: Connection, room: uuid.UUID, *events: str) -> list[tuple[str, Any]]:
    """What was sent to the topic of a room, of these events, in order; without the room's id."""
    rows = connection.execute(
        "select event, payload from realtime.messages where topic = %s and event = any (%s)"
        " order by inserted_at, cmin::text::bigint",
        [f"room:{room}", list(events)],
    ).fetchall()
    assert all(row["payload"].pop("room_id") == str(room) for row in rows)
    return [(row["event"], row["payload"]) for row in rows]


def loosen(connection: Connection) -> None:
    """Nobody is slowed by the rate limits."""
    connection.execute("update private.rate_limit_rules set capacity = 100000")


def set_back(connection: Connection, message: uuid.UUID, ago: str) -> None:
    """Let a message have been sent so long ago."""
    connection.execute(
        "update public.messages set created_at = now() - %s::interval where id = %s",
        [ago, message],
    )
