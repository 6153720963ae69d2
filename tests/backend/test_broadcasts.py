"""What was sent on topics is kept for some hours: so long it may name who is gone."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from tests.database import Actor, Connection, actor
from tests.sessions import make_party, queue

# Rows of topics that name somebody, in whatever place.
NAMING = (
    "select count(*) as n from realtime.messages"
    " where payload::text like '%%' || %(id)s || '%%' or topic like '%%' || %(id)s || '%%'"
)


def naming(db: Connection, person: uuid.UUID) -> int:
    row = db.execute(NAMING, {"id": str(person)}).fetchone()
    assert row is not None
    return int(row["n"])


def set_back(db: Connection, hours: int) -> None:
    """Let all have been sent so many hours earlier."""
    db.execute(
        "update realtime.messages set inserted_at = inserted_at - make_interval(hours => %s)",
        [hours],
    )


def test_after_some_hours_no_topic_names_who_is_gone(db: Connection, service: Actor) -> None:
    room, session = make_party(db, "fan")
    ben = actor(db, "ben")
    ben.call("join_rotation", session_id=session)
    queue(ben, session)
    said = ben.call("send_message", room_id=room, body="hello")["id"]
    ben.call("react", message_id=said, emoji="🔥")
    ben.call("follow", username="ada")
    actor(db, "ada").call("mute_member", room_id=room, username="ben", minutes=1)
    db.execute("delete from auth.users where id = %s", [ben.id])
    assert ben.id is not None
    assert naming(db, ben.id) > 3
    set_back(db, 23)
    assert service.call("backend.forget_old_broadcasts") == 0
    actor(db, "ada").call("send_message", room_id=room, body="still here")
    set_back(db, 1)
    db.execute("update realtime.messages set inserted_at = inserted_at - interval '1 second'")
    actor(db, "ada").call("send_message", room_id=room, body="and now")
    before = db.execute("select count(*) as n from realtime.messages").fetchone()
    assert before is not None
    # In batches, to the end.
    counts: list[int] = []
    while counts[-1:] != [0]:
        counts.append(service.call("backend.forget_old_broadcasts", size=3))
    assert (max(counts), sum(counts)) == (3, before["n"] - 2)
    assert naming(db, ben.id) == 0
    left = db.execute("select event from realtime.messages").fetchall()
    assert left == [{"event": "message"}] * 2


def test_only_the_service_forgets_broadcasts(ada: Actor) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ada.call("backend.forget_old_broadcasts")
