"""Who is in a room at the moment, and which rooms are lively."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.database import Actor, Connection, Row, actor, person_id, refused
from tests.rooms import be_seen, enter_room, make_room


def beat(db: Connection, room: uuid.UUID, *names: str) -> Any:
    """Everybody named says that they are there; what the last one hears."""
    heard = None
    for name in names:
        heard = actor(db, name).call("heartbeat", room_id=room)
    return heard


def trending(reader: Actor, page_size: int = 2) -> list[Row]:
    """All pages of trending_rooms."""
    found: list[Row] = []
    after = None
    while page := reader.rows("trending_rooms", after=after, page_size=page_size):
        found += page
        after = page[-1]["cursor"]
    return found


def refresh(db: Connection, *rooms: uuid.UUID) -> None:
    """Count anew at once, as the first heartbeat after ten seconds does."""
    for room in rooms:
        db.execute("select private.refresh_room_pulse(%s)", [room])


def test_active_is_who_was_seen_in_the_last_minute(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for name, seconds in (("ben", 59), ("cleo", 61)):
        enter_room(db, room, name)
        be_seen(db, room, name, seconds)
    heard = beat(db, room, "ada")
    assert (heard["listener_count"], heard["next_in_seconds"]) == (2, 30)
    assert ada.call("room_state", room_id=room)["listener_count"] == 2
    db.execute("update private.settings set value = 3600 where name = 'room_active_seconds'")
    refresh(db, room)
    assert ada.call("room_state", room_id=room)["listener_count"] == 3


def test_what_is_written_at_every_heartbeat_is_not_logged(db: Connection) -> None:
    rows = db.execute(
        "select relpersistence::text as kind from pg_class"
        " where oid in ('public.room_presence'::regclass, 'private.room_pulses'::regclass,"
        " 'private.room_activity'::regclass)"
    ).fetchall()
    assert [row["kind"] for row in rows] == ["u"] * 3


def test_only_members_are_heard_of(db: Connection, ben: Actor) -> None:
    with refused(403, "not_a_member"):
        ben.call("heartbeat", room_id=make_room(db, "ada"))
    with refused(404, "room_not_found"):
        ben.call("heartbeat", room_id=make_room(db, "ada", "private"))


def test_who_leaves_is_not_there_any_more(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    ben.call("join_room", room_id=room)
    assert db.execute("select user_id from public.room_presence").fetchall() == [
        {"user_id": person_id("ben")}
    ]
    ben.call("leave_room", room_id=room)
    assert db.execute("select user_id from public.room_presence").fetchall() == []


def test_a_client_that_beats_too_often_waits(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for _ in range(11):
        ada.call("heartbeat", room_id=room)
    with refused(429, "rate_limited"):
        ada.call("heartbeat", room_id=room)
    be_seen(db, room, "ada", 6)
    ada.call("heartbeat", room_id=room)


def test_rooms_trend_by_listeners_then_by_what_is_said(db: Connection, ada: Actor) -> None:
    rooms = {name: make_room(db, "ada", name=name) for name in ("two", "one", "loud", "silent")}
    enter_room(db, rooms["two"], "ben")
    beat(db, rooms["two"], "ada", "ben")
    beat(db, rooms["one"], "ada")
    beat(db, rooms["loud"], "ada")
    db.execute("select private.bump_room_activity(%s, 5)", [rooms["loud"]])
    db.execute("select private.bump_room_activity(%s)", [rooms["loud"]])
    refresh(db, *rooms.values())
    found = trending(ada)
    assert [row["name"] for row in found] == ["two", "loud", "one", "silent"]
    assert [row["listener_count"] for row in found] == [2, 1, 1, 0]
    pulses = db.execute("select event_count from private.room_pulses where event_count > 0")
    assert pulses.fetchall() == [{"event_count": 6}]
    # It weighs for an hour, and what was said before that nothing any more.
    db.execute("update private.room_activity set bucket = bucket - interval '50 minutes'")
    refresh(db, rooms["loud"])
    pulses = db.execute("select event_count from private.room_pulses where event_count > 0")
    assert pulses.fetchall() == [{"event_count": 6}]
    db.execute("update private.room_activity set bucket = bucket - interval '15 minutes'")
    refresh(db, rooms["loud"])
    pulses = db.execute("select event_count from private.room_pulses where event_count > 0")
    assert pulses.fetchall() == []


def test_a_room_gone_quiet_does_not_trend(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    beat(db, room, "ada")
    assert len(trending(ada)) == 1
    db.execute("update private.room_pulses set refreshed_at = now() - interval '61 seconds'")
    assert trending(ada) == []
    assert ada.call("room_state", room_id=room)["listener_count"] == 0


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_only_public_rooms_trend(visibility: str, db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada", visibility)
    beat(db, room, "ada")
    assert trending(ada) == []
    ada.call("update_room", room_id=room, visibility="public")
    assert [row["id"] for row in trending(ada)] == [room]
    ada.call("update_room", room_id=room, visibility=visibility)
    assert trending(ada) == []


def test_rooms_of_people_one_does_not_want_to_see_do_not_trend(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, visitor: Actor
) -> None:
    room = make_room(db, "ada")
    beat(db, room, "ada")
    ben.call("mute", username="ada")
    ada.call("block", username="cleo")
    for reader, count in ((ben, 0), (cleo, 0), (visitor, 1)):
        assert len(trending(reader)) == count
        assert len(reader.rows("discover_rooms")) == count


def test_what_is_past_is_forgotten(db: Connection, service: Actor) -> None:
    room = make_room(db, "ada")
    beat(db, room, "ada")
    db.execute("select private.bump_room_activity(%s)", [room])
    db.execute(
        "insert into public.room_invites (room_id, code, invited_by, expires_at)"
        " values (%s, 'old', %s, now() - interval '8 days')",
        [room, person_id("ada")],
    )
    assert service.call("backend.forget_old_room_pulses") == 1
    db.execute("update private.room_pulses set refreshed_at = now() - interval '1 hour'")
    db.execute("update private.room_activity set bucket = bucket - interval '3 hours'")
    assert service.call("backend.forget_old_room_pulses", size=10) == 2
    assert service.call("backend.forget_old_room_pulses", size=10) == 0


# Each table that is emptied in batches: old rows, made sixty at once, and who forgets them.
BATCHES = {
    "private.room_pulses": (
        "insert into private.room_pulses (room_id, is_listed, refreshed_at)"
        " select gen_random_uuid(), true, '2020-01-01' from generate_series(1, 60)",
        "forget_old_room_pulses",
    ),
    "private.room_activity": (
        "insert into private.room_activity (room_id, bucket, slot)"
        " select gen_random_uuid(), '2020-01-01', 1 from generate_series(1, 60)",
        "forget_old_room_pulses",
    ),
    "private.livekit_events": (
        "insert into private.livekit_events (id, received_at)"
        " select 'EV_' || number, '2020-01-01' from generate_series(1, 60) as number",
        "forget_old_live",
    ),
    "private.rate_limit_buckets": (
        "insert into private.rate_limit_buckets (user_id, action, tokens, refilled_at, about_id)"
        " select gen_random_uuid(), 'create_room', 5, '2020-01-01', gen_random_uuid()"
        " from generate_series(1, 60)",
        "forget_full_buckets",
    ),
    "public.messages": (
        "insert into public.messages (room_id, deleted_at)"
        " select room.id, '2020-01-01' from public.rooms as room, generate_series(1, 60)",
        "forget_old_messages",
    ),
}


@pytest.mark.parametrize("table", BATCHES)
def test_no_batch_is_larger_than_asked_for_whatever_the_plan(
    table: str, db: Connection, service: Actor
) -> None:
    make_room(db, "ada")
    fill, forget = BATCHES[table]
    db.execute(fill.encode())
    for off in ("hashagg", "hashjoin", "mergejoin", "material", "sort"):
        db.execute(f"set local enable_{off} = off".encode())
    assert service.call(f"backend.{forget}", size=10) == 10
    left = db.execute(f"select count(*) as n from {table}".encode()).fetchone()
    assert left == {"n": 50}
