"""Rooms for tests, made as the owner of the database makes them."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from tests.catalogue import insert, make_song
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


def sent_to(connection: Connection, topic: str, event: str) -> list[Any]:
    """What was sent to a topic."""
    rows = connection.execute(
        "select payload from realtime.messages where topic = %s and event = %s"
        " order by inserted_at, cmin::text::bigint",
        [topic, event],
    ).fetchall()
    return [{key: value for key, value in row["payload"].items() if key != "id"} for row in rows]


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


def furnish_room(connection: Connection, room: uuid.UUID) -> None:
    """Give a room of ada's a row in every table that speaks of rooms; a new table has its here.

    finn is invited and banned, ben asks to be let in.
    """
    make_invite(connection, room)
    make_invite(connection, room, "finn")
    ban_from_room(connection, room, "finn")
    connection.execute(
        "insert into public.join_requests (room_id, user_id) values (%s, %s)",
        [room, person_id("ben")],
    )
    connection.execute(
        "insert into public.moderation_log (room_id, actor_id, action, before, after)"
        " values (%s, %s, 'tried', '{}', '{}')",
        [room, person_id("ada")],
    )
    insert(
        connection, "public.plays", track_id=make_song(connection), listener_id=person_id("ada"),
        ms_played=1, is_counted=False, source="room", room_id=room,
    )  # fmt: skip
    _say(connection, room)
    _play(connection, room)
    _go_live(connection, room)
    _moderate(connection, room)


def _moderate(connection: Connection, room: uuid.UUID) -> None:
    """ada reports cleo, who is warned in the room and appeals."""
    ada, cleo = person_id("ada"), person_id("cleo")
    case = insert(
        connection, "public.moderation_cases", target_kind="profile", target_id=cleo,
        kind="report", subject_id=cleo, room_id=room,
    )  # fmt: skip
    _fill(
        connection, "reports", reporter_id=ada, target_kind="profile", target_id=cleo,
        subject_id=cleo, case_id=case, reason="spam", weight=1, is_young=False,
    )  # fmt: skip
    warning = insert(
        connection, "public.sanctions", user_id=cleo, room_id=room, kind="warn", case_id=case
    )
    _fill(
        connection, "appeals", sanction_id=warning, user_id=cleo, statement=f"not in {room}",
        case_id=case,
    )  # fmt: skip


def _say(connection: Connection, room: uuid.UUID) -> None:
    ada, ben = person_id("ada"), person_id("ben")
    message = insert(
        connection, "public.messages", room_id=room, author_id=ada, body=f"said in {room}"
    )
    _fill(
        connection, "message_reactions", room_id=room, message_id=message, user_id=ada, emoji="🔥"
    )
    _fill(connection, "room_mutes", room_id=room, user_id=ben, muted_by=ada, until="infinity")


def _play(connection: Connection, room: uuid.UUID) -> None:
    ada, cleo = person_id("ada"), person_id("cleo")
    session = insert(connection, "public.dj_sessions", room_id=room, mode="fan", host_id=ada)
    item = insert(
        connection, "public.queue_items", session_id=session, room_id=room, added_by=cleo,
        track_id=make_song(connection), position=1, duration_ms=60_000,
    )  # fmt: skip
    _fill(connection, "rotation_slots", session_id=session, user_id=cleo, position=1)
    _fill(connection, "session_contributors", session_id=session, user_id=cleo)
    _fill(connection, "queue_votes", item_id=item, user_id=ada, value=1)
    _fill(connection, "skip_votes", item_id=item, user_id=ada)
    _fill(
        connection, "room_history", room_id=room, session_id=session, item_id=item, mode="fan",
        started_at="2026-01-01", finished_at="2026-01-01", ms_played=1, listener_count=1,
        up_count=0, down_count=0, is_skipped=False,
    )  # fmt: skip


def _go_live(connection: Connection, room: uuid.UUID) -> None:
    ada, cleo = person_id("ada"), person_id("cleo")
    stream = insert(connection, "public.live_streams", room_id=room, host_id=ada, title="Live")
    _fill(connection, "live_speakers", stream_id=stream, user_id=cleo, granted_by=ada)
    _fill(
        connection, "live_participants", stream_id=stream, session_id="PA_1", user_id=cleo,
        joined_at="2026-01-01",
    )  # fmt: skip


def _fill(connection: Connection, table: str, **values: Any) -> None:
    connection.execute(
        f"insert into public.{table} ({', '.join(values)})"
        f" values ({', '.join(['%s'] * len(values))})",
        list(values.values()),
    )
