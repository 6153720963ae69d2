"""DJ sessions for tests: a room of people who are there, and time that passes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from tests.catalogue import make_song
from tests.database import Actor, Connection, Row, actor
from tests.rooms import be_seen, enter_room, make_room

PEOPLE = ("ben", "cleo", "dan", "eve", "finn")


def make_party(
    connection: Connection,
    mode: str = "fan",
    people: Iterable[str] = PEOPLE,
    **values: Any,
) -> tuple[uuid.UUID, uuid.UUID]:
    """A room of ada's, where these people are and listen, with a session of hers: both ids."""
    room = make_room(connection, "ada", **values)
    be_seen(connection, room, "ada")
    for name in people:
        enter_room(connection, room, name)
        be_seen(connection, room, name)
    state = actor(connection, "ada").call("start_session", room_id=room, mode=mode)
    return room, uuid.UUID(state["id"])


def queue(person: Actor, session: uuid.UUID, number: int = 1, **values: Any) -> list[uuid.UUID]:
    """Somebody queues so many songs nobody knows yet; the ids of the items."""
    added = []
    for _ in range(number):
        track = make_song(person.connection, **values)
        row = person.call("enqueue_track", session_id=session, track_id=track)
        added.append(uuid.UUID(row["id"]))
    return added


def session_of(connection: Connection, session: uuid.UUID) -> Row:
    """The row of a session."""
    row = connection.execute("select * from public.dj_sessions where id = %s", [session]).fetchone()
    assert row is not None
    return row


def item_of(connection: Connection, item: uuid.UUID) -> Row:
    """The row of an item."""
    row = connection.execute("select * from public.queue_items where id = %s", [item]).fetchone()
    assert row is not None
    return row


def wind(connection: Connection, session: uuid.UUID, seconds: float | None = None) -> None:
    """What plays began so many seconds earlier; without a number, it is over."""
    connection.execute(
        "update public.queue_items set started_at = started_at - step, ends_at = ends_at - step"
        " from (select make_interval(secs => coalesce(%s, duration_ms / 1000.0)) as step"
        "   from public.queue_items where session_id = %s and status = 'playing') as wound"
        " where session_id = %s and status = 'playing'",
        [seconds, session, session],
    )
    connection.execute(
        "update public.dj_sessions as session set due_at = item.ends_at"
        " from public.queue_items as item"
        " where session.id = %s and item.id = session.current_item_id"
        " and session.due_at is not null",
        [session],
    )


def advance(connection: Connection, session: uuid.UUID) -> uuid.UUID | None:
    """What plays is over, and ada's client says so; what plays now."""
    wind(connection, session)
    state = actor(connection, "ada").call(
        "advance_session",
        session_id=session,
        expected_sequence=session_of(connection, session)["sequence"],
    )
    playing = state["now_playing"]
    return uuid.UUID(playing["item"]["id"]) if playing else None


def told(connection: Connection, room: uuid.UUID, event: str) -> list[Any]:
    """The payloads of one event on the topic of a room, oldest first."""
    rows = connection.execute(
        "select payload from realtime.messages where topic = %s and event = %s"
        " order by inserted_at, cmin::text::bigint",
        [f"room:{room}", event],
    ).fetchall()
    return [row["payload"] for row in rows]
