"""Streams for tests: started, heard and ended as functions and the LiveKit server do it."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.database import Actor, Connection, actor, person_id

NOW = datetime.now(UTC).replace(microsecond=0)
_numbers = itertools.count(1)


def start_live(
    connection: Connection, room: uuid.UUID, name: str = "ada", title: str = "On air"
) -> uuid.UUID:
    """Start a stream as the function live-start does for somebody; its id."""
    made = actor(connection, "service").call(
        "backend.start_live", user_id=person_id(name), room_id=room, title=title
    )
    return uuid.UUID(made["stream_id"])


def tell(
    service: Actor,
    event: str,
    stream: uuid.UUID,
    name: str | None = None,
    seconds: float = 0,
    session: str | None = None,
    joined: float | None = None,
    role: str = "listener",
    identity: str | None = None,
) -> Any:
    """Report an event as the LiveKit server does, so many seconds from now; its outcome."""
    at = NOW + timedelta(seconds=seconds)
    return service.call(
        "backend.live_event",
        event_id=identity or f"EV_{next(_numbers)}",
        event=event,
        stream_id=stream,
        happened_at=at,
        user_id=person_id(name) if name else None,
        session_id=session or (f"PA_{name}" if name else None),
        joined_at=at if joined is None else NOW + timedelta(seconds=joined),
        granted_role=role,
    )


def join(service: Actor, stream: uuid.UUID, name: str, **values: Any) -> Any:
    """Somebody is connected to a stream."""
    return tell(service, "participant_joined", stream, name, **values)


def leave(service: Actor, stream: uuid.UUID, name: str, seconds: float = 60, **values: Any) -> Any:
    """Somebody's connection to a stream has ended."""
    values.setdefault("joined", 0)
    return tell(service, "participant_left", stream, name, seconds, **values)


def stream_row(connection: Connection, stream: uuid.UUID) -> dict[str, Any]:
    """A stream as it is stored."""
    row = connection.execute("select * from public.live_streams where id = %s", [stream]).fetchone()
    assert row is not None
    return row


def orders(connection: Connection, stream: uuid.UUID) -> list[tuple[str, str | None]]:
    """What the LiveKit server is to be told about a stream: the order and about whom, by name."""
    rows = connection.execute(
        "select message.payload ->> 'order' as order, profile.username::text"
        " from private.outbox as message"
        " left join public.profiles as profile"
        " on profile.id = (message.payload ->> 'user_id')::uuid"
        " where message.topic = 'livekit' and message.payload ->> 'stream_id' = %s"
        " order by message.id",
        [str(stream)],
    ).fetchall()
    return [(row["order"], row["username"]) for row in rows]


def heard(connection: Connection, room: uuid.UUID) -> list[tuple[str, dict[str, Any]]]:
    """What was told on the topic of a room about streams: event and payload, by the event."""
    rows = connection.execute(
        "select event, payload from realtime.messages"
        " where topic = %s and event like 'live%%' order by event, payload ->> 'listener_count'",
        [f"room:{room}"],
    ).fetchall()
    return [(row["event"], row["payload"]) for row in rows]
