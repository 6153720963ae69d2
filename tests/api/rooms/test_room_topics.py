"""What the topic of a room carries of its sessions: what changed, and nothing but ids of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.database import Actor, Connection, actor
from tests.sessions import item_of, make_party, queue, session_of, told, wind


@dataclass(frozen=True)
class Party:
    """A session of mode fan: ben is on, has more queued, and cleo is next."""

    room: uuid.UUID
    session: uuid.UUID
    playing: uuid.UUID
    waiting: tuple[uuid.UUID, ...]


@pytest.fixture
def party(db: Connection) -> Party:
    """Nothing has been told of it yet."""
    room, session = make_party(db, "fan")
    ben, cleo = actor(db, "ben"), actor(db, "cleo")
    for dj in (ben, cleo):
        dj.call("join_rotation", session_id=session)
    playing, *waiting = queue(ben, session, 3)
    waiting += queue(cleo, session)
    db.execute("delete from realtime.messages")
    return Party(room, session, playing, tuple(waiting))


def events(db: Connection, room: uuid.UUID) -> dict[str, int]:
    """How often each event was sent to the topic of a room."""
    rows = db.execute(
        "select event, count(*)::int as n from realtime.messages where topic = %s group by 1",
        [f"room:{room}"],
    ).fetchall()
    return {row["event"]: row["n"] for row in rows}


def without_id(payload: Any) -> Any:
    """What was sent, without the id that realtime gives it."""
    return {key: value for key, value in payload.items() if key != "id"}


Deed = Callable[[Callable[[str], Actor], Party], object]
DEEDS: dict[str, tuple[Deed, dict[str, int]]] = {
    "something is queued": (
        lambda who, at: queue(who("ben"), at.session),
        {"queue_changed": 1},
    ),
    "something is taken out": (
        lambda who, at: who("ben").call("remove_queue_item", item_id=at.waiting[0]),
        {"queue_changed": 1},
    ),
    "something is moved": (
        lambda who, at: who("ben").call(
            "move_queue_item", item_id=at.waiting[1], after_item_id=None
        ),
        {"queue_changed": 1},
    ),
    "the queue is cleared": (
        lambda who, at: who("ada").call("clear_queue", session_id=at.session),
        {"queue_changed": 1},
    ),
    "somebody joins the rotation": (
        lambda who, at: who("dan").call("join_rotation", session_id=at.session),
        {"queue_changed": 1},
    ),
    "somebody leaves the rotation": (
        lambda who, at: who("cleo").call("leave_rotation", session_id=at.session),
        {"queue_changed": 1},
    ),
    "the DJ who is on is taken out of it": (
        lambda who, at: who("ada").call(
            "remove_from_rotation", session_id=at.session, username="ben"
        ),
        {"queue_changed": 1, "track_started": 1},
    ),
    "it is skipped": (
        lambda who, at: who("ben").call("skip_track", session_id=at.session, expected_sequence=1),
        {"track_started": 1},
    ),
    "it is paused": (
        lambda who, at: who("ada").call("pause_session", session_id=at.session),
        {"session_changed": 1},
    ),
    "the mode changes": (
        lambda who, at: who("ada").call(
            "change_session_mode", session_id=at.session, mode="artist"
        ),
        {"session_changed": 1},
    ),
    "it ends": (
        lambda who, at: who("ada").call("end_session", session_id=at.session),
        {"session_changed": 1},
    ),
    # What is so already is no news.
    "somebody joins again": (
        lambda who, at: who("cleo").call("join_rotation", session_id=at.session),
        {},
    ),
    "it goes on as it did": (
        lambda who, at: who("ada").call("resume_session", session_id=at.session),
        {},
    ),
    "somebody comes too late": (
        lambda who, at: who("cleo").call(
            "advance_session", session_id=at.session, expected_sequence=0
        ),
        {},
    ),
    "somebody votes": (
        lambda who, at: who("eve").call("vote_track", item_id=at.playing, value=1),
        {},
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_room_hears_of_each_change_of_its_session_once(
    deed: str, db: Connection, party: Party
) -> None:
    act, expected = DEEDS[deed]
    act(lambda name: actor(db, name), party)
    assert events(db, party.room) == expected


def test_each_event_says_what_changed_by_ids_alone(db: Connection, party: Party) -> None:
    about = {"room_id": str(party.room), "session_id": str(party.session)}
    ada, ben, eve = (actor(db, name) for name in ("ada", "ben", "eve"))
    for function, status in (("pause_session", "paused"), ("resume_session", "active")):
        ada.call(function, session_id=party.session)
        payload = without_id(told(db, party.room, "session_changed")[-1])
        assert payload == {**about, "sequence": 1, "status": status, "mode": "fan"}
    queue(ben, party.session)
    assert [without_id(one) for one in told(db, party.room, "queue_changed")] == [about]
    eve.call("vote_track", item_id=party.playing, value=1)
    actor(db, "service").call("backend.tell_votes")
    assert [without_id(one) for one in told(db, party.room, "vote_changed")] == [
        {
            "room_id": str(party.room), "item_id": str(party.playing), "up_count": 1,
            "down_count": 0, "skip_votes": 0,
        }
    ]  # fmt: skip
    wind(db, party.session)
    ada.call("advance_session", session_id=party.session, expected_sequence=1)
    now = item_of(db, session_of(db, party.session)["current_item_id"])
    (started,) = told(db, party.room, "track_started")
    times = db.execute(
        "select %s::timestamptz as started_at, %s::timestamptz as ends_at",
        [started.pop("started_at"), started.pop("ends_at")],
    ).fetchone()
    assert times == {"started_at": now["started_at"], "ends_at": now["ends_at"]}
    assert without_id(started) == {
        **about, "sequence": 2, "item_id": str(now["id"]), "track_id": str(now["track_id"]),
    }  # fmt: skip


def test_that_nothing_plays_any_more_is_told_too(db: Connection, ada: Actor, ben: Actor) -> None:
    room, session = make_party(db, "public")
    queue(ben, session)
    wind(db, session)
    ada.call("advance_session", session_id=session, expected_sequence=1)
    last = [one for one in told(db, room, "track_started") if one["sequence"] == 2]
    assert [without_id(one) for one in last] == [
        {
            "room_id": str(room), "session_id": str(session), "sequence": 2, "item_id": None,
            "track_id": None, "started_at": None, "ends_at": None,
        }
    ]  # fmt: skip
