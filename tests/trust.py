"""People who report, moderators who decide, and what they impose, for tests."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, person_id, sign_up
from tests.rooms import be_seen, enter_room, make_room

_numbers = itertools.count(1)
ACTIONS = (
    "dismiss", "hide", "delete", "warn", "mute", "ban", "remove_dj", "clear_queue",
    "clear_reactions", "kick_from_room",
)  # fmt: skip


def loosen(connection: Connection) -> None:
    """Nobody is slowed by the rate limits."""
    connection.execute("update private.rate_limit_rules set capacity = 100000")


def impose(
    connection: Connection,
    name: str,
    kind: str = "ban",
    until: str | None = None,
    by: str | None = None,
) -> uuid.UUID:
    """Ban or mute somebody everywhere, for an interval from now or for good; the sanction."""
    row = connection.execute(
        "insert into public.sanctions (user_id, kind, until, issued_by)"
        " values (%s, %s, now() + %s::interval, %s) returning id",
        [person_id(name), kind, until, person_id(by) if by else None],
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def end(connection: Connection, sanction: uuid.UUID) -> None:
    """Let the end of a sanction have come, with no job run."""
    connection.execute(
        "update public.sanctions set until = now() - interval '1 second' where id = %s", [sanction]
    )


def newcomer(
    connection: Connection, age: str = "0 days", *, right: int = 0, wrong: int = 0
) -> Actor:
    """Somebody who signed up so long ago, with so many reports that were right and wrong."""
    name = f"reporter{next(_numbers)}"
    identity = uuid.uuid4()
    sign_up(connection, identity, f"{name}@backbeat.test", json.dumps({"username": name}))
    connection.execute(
        "update public.profiles set created_at = now() - %s::interval where id = %s",
        [age, identity],
    )
    if right or wrong:
        connection.execute(
            "insert into private.reporter_scores values (%s, %s, %s)", [identity, right, wrong]
        )
    return Actor(connection, name, identity, "authenticated")


def proven(connection: Connection) -> Actor:
    """Somebody whose reports were right four times: they weigh the most."""
    return newcomer(connection, "100 days", right=4)


def grow_up(connection: Connection, *names: str) -> None:
    """Let people of the cast be here for so long that who is right about them is proven by it."""
    for name in names:
        connection.execute(
            "update public.profiles set created_at = now() - interval '100 days' where id = %s",
            [person_id(name)],
        )


def report(somebody: Actor, kind: str, target: Any, reason: str = "spam", **more: Any) -> Any:
    """Report something; the report."""
    return somebody.call("report", target_kind=kind, target_id=target, reason=reason, **more)


def case_of(connection: Connection, target: Any, kind: str = "report") -> dict[str, Any]:
    """The newest case about something."""
    row = connection.execute(
        "select * from public.moderation_cases where target_id = %s and kind = %s"
        " order by id desc limit 1",
        [target, kind],
    ).fetchone()
    assert row is not None
    return row


def log(connection: Connection) -> list[dict[str, Any]]:
    """What was decided, in its order."""
    return connection.execute(
        "select action, actor_id, target_kind, target_id, subject_id, reason, before, after,"
        " case_id from public.moderation_log where target_kind is not null order by id"
    ).fetchall()


def told(connection: Connection, name: str) -> list[Any]:
    """What somebody was told was decided, in its order."""
    rows = connection.execute(
        "select data ->> 'action' as action from public.notifications"
        " where recipient_id = %s and kind = 'moderation_decision' order by id",
        [person_id(name)],
    ).fetchall()
    return [row["action"] for row in rows]


def decide(db: Connection, target: Any, action: str, who: str = "modesty", **more: Any) -> Any:
    """Let a moderator decide the case of something."""
    case = case_of(db, target)["id"]
    return actor(db, who).call("decide_case", case_id=case, action=action, **more)


def said(db: Connection, author: str = "ben") -> tuple[uuid.UUID, uuid.UUID]:
    """A room of ada's in which somebody said something that eve reports: room and message."""
    loosen(db)
    room = make_room(db, "ada")
    for name in (author, "eve"):
        enter_room(db, room, name)
    message = actor(db, author).call("send_message", room_id=room, body="words")["id"]
    report(actor(db, "eve"), "message", message)
    return room, message


def on_air(db: Connection, mode: str, *names: str) -> tuple[uuid.UUID, uuid.UUID]:
    """A room of ada's where she is host of a session and these listen: room and session."""
    loosen(db)
    room = make_room(db, "ada")
    be_seen(db, room, "ada")
    session = actor(db, "ada").call("start_session", room_id=room, mode=mode)["id"]
    for name in names:
        enter_room(db, room, name)
        be_seen(db, room, name)
    return room, session


def playing(db: Connection) -> tuple[uuid.UUID, uuid.UUID]:
    """A room of ada's where ben and cleo are DJs with two songs each: room and session."""
    room, session = on_air(db, "fan", "ben", "cleo")
    for name in ("ben", "cleo"):
        actor(db, name).call("join_rotation", session_id=session)
        for _ in range(2):
            actor(db, name).call("enqueue_track", session_id=session, track_id=make_song(db))
    return room, session
