"""What the screens of a room begin with, field by field: room_state and session_state."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, Row, actor, person_id, refused
from tests.rooms import ban_from_room, be_seen, make_room
from tests.sessions import make_party, queue, session_of, wind


def card(name: str) -> dict[str, Any]:
    """Somebody as others see them."""
    return {
        "id": str(person_id(name)),
        "username": name,
        "display_name": {"ada": "Ada Lovelace"}.get(name, name.capitalize()),
        "avatar_path": None,
        "is_verified": False,
    }


def song_card(db: Connection, track: uuid.UUID) -> dict[str, Any]:
    """A song of another provider, as lists show it."""
    row = db.execute("select * from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return {
        "id": str(track),
        **{name: row[name] for name in ("provider", "provider_track_id", "title", "artist_name")},
        "artist_id": None,
        "duration_ms": 200_000,
        "artwork_url": None,
        "artwork_path": None,
        "is_explicit": False,
    }


def row_of(db: Connection, table: str, identity: uuid.UUID) -> Row:
    row = db.execute(f"select * from public.{table} where id = %s".encode(), [identity]).fetchone()
    assert row is not None
    return row


def moment(text: str) -> datetime:
    """A time as JSON has it."""
    return datetime.fromisoformat(text)


def test_a_rooms_screen_has_all_it_begins_with(db: Connection, ada: Actor, ben: Actor) -> None:
    song = make_song(db)
    room = make_room(
        db, "ada", "private", name="Nights", slug="nights-1", description="late", kind="artist",
        artist_id=ada.id, genre="jazz", tags=["late", "blue"], region="Berlin",
        pinned_track_id=song, member_limit=7, max_track_ms=300_000, repeat_window_minutes=1,
        queue_limit_per_member=2, tracks_per_turn=4, rotation_cycles=False,
        downvotes_enabled=False, vote_skip_enabled=False, vote_skip_ratio=0.25,
        vote_skip_minimum=5, slow_mode_seconds=6,
    )  # fmt: skip
    be_seen(db, room, "ada")
    db.execute("select private.refresh_room_pulse(%s)", [room])
    made = row_of(db, "rooms", room)
    state = ada.call("room_state", room_id=room)
    for time in ("created_at", "updated_at"):
        assert moment(state.pop(time)) == made[time]
    assert abs((moment(state.pop("server_time")) - made["created_at"]).total_seconds()) < 300
    assert state == {
        "id": str(room),
        "slug": "nights-1",
        "name": "Nights",
        "description": "late",
        "kind": "artist",
        "visibility": "private",
        "genre": "jazz",
        "tags": ["late", "blue"],
        "region": "Berlin",
        "avatar_path": None,
        "owner": card("ada"),
        "artist_id": str(ada.id),
        "member_count": 1,
        "member_limit": 7,
        "policies": {
            "max_track_ms": 300_000,
            "repeat_window_minutes": 1,
            "queue_limit_per_member": 2,
            "tracks_per_turn": 4,
            "rotation_cycles": False,
            "downvotes_enabled": False,
            "vote_skip_enabled": False,
            "vote_skip_ratio": 0.25,
            "vote_skip_minimum": 5,
            "slow_mode_seconds": 6,
        },
        "pinned_track": song_card(db, song),
        "my_role": "owner",
        "my_ban": None,
        "my_request": None,
        "listener_count": 1,
        "live": None,
        "can_read": True,
    }
    assert ada.call("room_by_slug", slug="nights-1")["id"] == str(room)


def test_a_room_tells_its_reader_how_they_stand_to_it(
    db: Connection, ada: Actor, ben: Actor, modesty: Actor
) -> None:
    room = make_room(db, "ada", "private")
    request = ben.call("request_to_join", room_id=room)
    with refused(404, "room_not_found"):
        ben.call("room_state", room_id=room)
    ada.call("invite_to_room", room_id=room, username="ben")
    state = ben.call("room_state", room_id=room)
    assert state["my_request"]["id"] == request["id"]
    assert moment(state["my_request"]["created_at"]) == moment(request["created_at"])
    assert (state["my_role"], state["can_read"]) == (None, False)
    assert modesty.call("room_state", room_id=room)["my_request"] is None
    public = make_room(db, "ada")
    ban_from_room(db, public, "ben", 30)
    db.execute("update public.room_bans set reason = 'noise'")
    banned = ben.call("room_state", room_id=public)
    left = moment(banned["my_ban"]["until"]) - moment(banned["server_time"])
    assert 29 * 60 < left.total_seconds() <= 30 * 60
    assert (banned["my_ban"]["reason"], banned["can_read"]) == ("noise", False)
    assert ada.call("room_state", room_id=public)["my_ban"] is None


def test_a_late_joiner_has_all_they_need(db: Connection) -> None:
    room, session = make_party(db, "fan", ("ben", "cleo", "eve"), tracks_per_turn=2)
    ben, cleo, eve = (actor(db, name) for name in ("ben", "cleo", "eve"))
    for dj in (ben, cleo):
        dj.call("join_rotation", session_id=session)
    playing, bens = queue(ben, session, 2)
    (cleos,) = queue(cleo, session)
    eve.call("vote_track", item_id=playing, value=-1)
    eve.call("vote_track", item_id=cleos, value=1)
    wind(db, session, 100)
    eve.call("vote_skip", item_id=playing)
    db.execute("select private.refresh_room_pulse(%s)", [room])
    rows = {one: row_of(db, "queue_items", one) for one in (playing, bens, cleos)}

    state = eve.call("session_state", session_id=session)
    now, playing_now = moment(state.pop("server_time")), state["now_playing"]
    started = rows[playing]["started_at"]
    assert moment(playing_now.pop("started_at")) == started
    assert moment(playing_now.pop("ends_at")) == rows[playing]["ends_at"]
    assert moment(playing_now["item"].pop("created_at")) == rows[playing]["created_at"]
    position = playing_now.pop("position_ms")
    assert abs(position - (now - started).total_seconds() * 1000) < 2
    assert 100_000 <= position < 200_000

    def queued(item: uuid.UUID, name: str, **mine: Any) -> dict[str, Any]:
        votes = {"ups": 0, "downs": 0, "my_vote": 0}
        return {
            "id": str(item), "track": song_card(db, rows[item]["track_id"]),
            "added_by": card(name), "is_passed_over": False, **votes, **mine,
        }  # fmt: skip

    def slot(name: str, **given: Any) -> dict[str, Any]:
        blank = {"is_on": False, "is_me": False, "turn_count": 0, "is_warned": False}
        return {"dj": card(name), **blank, **given}

    assert state == {
        "id": str(session),
        "room_id": str(room),
        "mode": "fan",
        "status": "active",
        "is_host": False,
        "host": card("ada"),
        "sequence": 1,
        "paused_at": None,
        "ended_at": None,
        "now_playing": {
            "item": {"id": str(playing)},
            "track": song_card(db, rows[playing]["track_id"]),
            "dj": card("ben"),
            "ups": 0,
            "downs": 1,
            "my_vote": -1,
            "skip": {"votes": 1, "needed": 2},
        },
        "queue": [queued(bens, "ben"), queued(cleos, "cleo", ups=1, my_vote=1)],
        "queue_count": 2,
        "rotation": [slot("ben", is_on=True, turn_count=1), slot("cleo")],
        "listeners": 4,
    }
    assert ben.call("session_state", session_id=session)["rotation"][0]["is_me"] is True
    assert actor(db, "ada").call("session_state", session_id=session)["is_host"] is True


@pytest.mark.parametrize("is_kept", [True, False])
def test_of_a_long_queue_the_first_fifty_are_shown(
    is_kept: bool, db: Connection, ada: Actor
) -> None:
    room, session = make_party(db, "artist")
    ada.call("pause_session", session_id=session)
    tracks = [make_song(db) for _ in range(53)]
    # The last one queued is to play first.
    ids = [
        row["id"]
        for place, track in enumerate(reversed(tracks), 1)
        for row in db.execute(
            "insert into public.queue_items"
            " (session_id, room_id, track_id, added_by, position, duration_ms)"
            " values (%s, %s, %s, %s, %s, 200000) returning id",
            [session, room, track, ada.id, -place],
        ).fetchall()
    ]
    if is_kept:
        db.execute("select private.keep_session_view(%s)", [session])
    state = ada.call("session_state", session_id=session)
    assert [item["id"] for item in state["queue"]] == [str(one) for one in reversed(ids)][:50]
    assert state["queue_count"] == 53


def test_a_pause_and_an_end_are_shown(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    queue(ben, session)
    paused = ada.call("pause_session", session_id=session)
    row = session_of(db, session)
    assert (paused["status"], moment(paused["paused_at"])) == ("paused", row["paused_at"])
    ended = ada.call("end_session", session_id=session)
    row = session_of(db, session)
    assert (ended["status"], moment(ended["ended_at"])) == ("ended", row["ended_at"])
    assert (ended["now_playing"], ended["queue"], ended["rotation"]) == (None, [], [])
