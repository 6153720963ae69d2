"""Rooms for tests, made as the owner of the database makes them."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from tests.catalogue import insert
from tests.database import Connection, person_id

ROOM_VISIBILITIES = ("public", "unlisted", "private")
_numbers = itertools.count(1)


def make_room(
    connection: Connection, owner: str = "ada", visibility: str = "public", **values: Any
) -> uuid.UUID:
    """A room of somebody's, who is its first member."""
    fields = {
        "name": f"{visibility} of {owner}",
        "slug": f"room-{next(_numbers)}",
        "owner_id": person_id(owner),
        "visibility": visibility,
        **values,
    }
    room = insert(connection, "public.rooms", **fields)
    enter_room(connection, room, owner, "owner")
    return room


def enter_room(connection: Connection, room: uuid.UUID, name: str, role: str = "member") -> None:
    """Make somebody a member, whatever the rules say."""
    connection.execute(
        "insert into public.room_members (room_id, user_id, role) values (%s, %s, %s)",
        [room, person_id(name), role],
    )


def ban_from_room(
    connection: Connection, room: uuid.UUID, name: str, minutes: int | None = None
) -> None:
    """Ban somebody, for ever or so many minutes from now."""
    connection.execute(
        "insert into public.room_bans (room_id, user_id, until)"
        " values (%s, %s, now() + make_interval(mins => %s))",
        [room, person_id(name), minutes],
    )


def be_seen(connection: Connection, room: uuid.UUID, name: str, seconds_ago: int = 0) -> None:
    """Have somebody's heartbeat be so long ago."""
    connection.execute(
        "insert into public.room_presence as seen (room_id, user_id, last_seen_at)"
        " values (%s, %s, now() - make_interval(secs => %s))"
        " on conflict (room_id, user_id) do update set last_seen_at = excluded.last_seen_at",
        [room, person_id(name), seconds_ago],
    )


def make_invite(
    connection: Connection,
    room: uuid.UUID,
    name: str | None = None,
    by: str = "ada",
    role: str = "member",
    **values: Any,
) -> str:
    """An invitation for somebody, or for whoever has the code; returns the code."""
    fields = {
        "room_id": room,
        "code": f"invite-{next(_numbers)}-{uuid.uuid4()}",
        "user_id": person_id(name) if name else None,
        "invited_by": person_id(by),
        "role": role,
        "use_limit": 1 if name else None,
        **values,
    }
    connection.execute(
        f"insert into public.room_invites ({', '.join(fields)}, expires_at)"
        f" values ({', '.join(['%s'] * len(fields))}, now() + interval '1 day')",
        list(fields.values()),
    )
    return str(fields["code"])
