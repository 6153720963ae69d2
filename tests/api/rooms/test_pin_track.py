"""Moderators pin a track."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import refusals, wait_until_blocked
from tests.rooms import enter_room, make_room
from tests.sessions import make_party


def test_a_moderator_pins_and_takes_off(db: Connection, cleo: Actor) -> None:
    room, song = make_room(db, "ada"), make_song(db)
    enter_room(db, room, "cleo", "moderator")
    pinned = cleo.call("pin_track", room_id=room, track_id=song)
    assert pinned["pinned_track"]["id"] == str(song)
    shown = "select pinned_track_id from public.rooms"
    assert cleo.run(shown) == [{"pinned_track_id": song}]
    assert cleo.call("pin_track", room_id=room, track_id=None) == {"pinned_track": None}
    assert cleo.run(shown) == [{"pinned_track_id": None}]
    log = cleo.run(
        "select action, after ->> 'track_id' as track from public.moderation_log order by id"
    )
    assert log == [
        {"action": "track_pinned", "track": str(song)},
        {"action": "track_pinned", "track": None},
    ]


def test_staff_moderate_every_room(db: Connection, modesty: Actor) -> None:
    room, song = make_room(db, "ada", "private"), make_song(db)
    modesty.call("pin_track", room_id=room, track_id=song)


def test_others_do_not_pin(db: Connection, ben: Actor, cleo: Actor) -> None:
    room, secret, song = make_room(db, "ada"), make_room(db, "ada", "private"), make_song(db)
    enter_room(db, room, "ben")
    with refused(403, "not_a_moderator"):
        ben.call("pin_track", room_id=room, track_id=song)
    with refused(403, "not_a_member"):
        cleo.call("pin_track", room_id=room, track_id=song)
    for unknown in (secret, uuid.uuid4()):
        with refused(404, "room_not_found"):
            ben.call("pin_track", room_id=unknown, track_id=song)


def test_what_one_cannot_see_is_not_pinned(db: Connection, ada: Actor) -> None:
    room, draft = make_room(db, "ada"), make_upload(db, "ben", "draft")
    for unknown in (draft, uuid.uuid4()):
        with refused(404, "track_not_found"):
            ada.call("pin_track", room_id=room, track_id=unknown)


def test_a_track_that_is_deleted_this_moment_is_not_found(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as pinning,
        database.connect(autocommit=False) as gate,
        ThreadPoolExecutor(1) as pool,
    ):
        room, song = make_room(owner, "ada"), make_song(owner)
        gate.execute("delete from public.tracks where id = %s", [song])

        def pin() -> object:
            try:
                return actor(pinning, "ada").call("pin_track", room_id=room, track_id=song)
            except psycopg.Error as error:
                return error

        pinned = pool.submit(pin)
        wait_until_blocked(owner, pinning)
        gate.commit()
        assert refusals([pinned.result(timeout=120)]) == [("PT404", "track_not_found")]


def test_an_artist_is_erased_whose_track_is_pinned_where_it_plays(database: Database) -> None:
    """It takes the room before the session, as whoever leaves the room does."""
    with (
        database.connect() as owner,
        database.connect(autocommit=False) as gate,
        database.connect() as erasing,
        database.connect() as leaving,
        ThreadPoolExecutor(2) as pool,
    ):
        room, session = make_party(owner, "public", people=("ben", "cleo"))
        track = make_upload(owner, "finn")
        actor(owner, "ben").call("enqueue_track", session_id=session, track_id=track)
        actor(owner, "ada").call("pin_track", room_id=room, track_id=track)
        gate.execute("select from public.dj_sessions where id = %s for no key update", [session])
        erased = pool.submit(
            erasing.execute, "delete from auth.users where id = %s", [person_id("finn")]
        )
        wait_until_blocked(owner, erasing)
        left = pool.submit(actor(leaving, "cleo").call, "leave_room", room_id=room)
        wait_until_blocked(owner, leaving)
        gate.rollback()
        erased.result(timeout=120)
        assert left.result(timeout=120) == {"is_member": False}
