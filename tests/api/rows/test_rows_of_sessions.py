"""What is queued and has played in rooms, and who is live there."""

from __future__ import annotations

import uuid

from tests.api.rows.showing import PICTURE, Expected, at, card, only, track_card, upload, when
from tests.database import Actor, Connection
from tests.live import start_live
from tests.rooms import enter_room, make_room
from tests.sessions import advance, make_party, queue


def test_what_is_queued_and_what_has_played(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, eve = people.values()
    room, session = make_party(db, "public")
    queue(dan, session)
    track = upload(db)
    item = uuid.UUID(cleo.call("enqueue_track", session_id=session, track_id=track)["id"])
    for voter, value in ((ada, 1), (ben, 1), (dan, 1), (eve, -1)):
        voter.call("vote_track", item_id=item, value=value)
    when(db, "public.queue_items", item, created_at=at(1))
    queued: Expected = {
        "id": item,
        "track": track_card(track),
        "added_by": card("cleo"),
        "is_mine": False,
        "up_count": 3,
        "down_count": 1,
        "my_vote": 1,
        "created_at": at(1),
    }
    assert only(ben.rows("session_queue", session_id=session), item) == queued
    assert only(eve.rows("session_queue", session_id=session), item)["my_vote"] == -1
    mine = only(cleo.rows("session_queue", session_id=session), item)
    assert mine == {**queued, "is_mine": True, "my_vote": 0}

    assert advance(db, session) == item
    (sequence,) = db.execute("select sequence from public.dj_sessions").fetchall()
    ada.call("skip_track", session_id=session, expected_sequence=sequence["sequence"], reason="x")
    # What has played keeps its name; its card is what it is by now.
    ada.call("update_track", track_id=track, title="Rain again", artist_name="Ada")
    (past,) = db.execute("select id from public.room_history where item_id = %s", [item])
    db.execute(
        "update public.room_history set ms_played = 42, listener_count = 7 where id = %s",
        [past["id"]],
    )
    when(db, "public.room_history", past["id"], started_at=at(2), finished_at=at(3))
    assert only(ben.rows("session_history", room_id=room), past["id"]) == {
        "id": past["id"],
        "session_id": session,
        "item_id": item,
        "mode": "public",
        "track": {**track_card(track), "title": "Rain again", "artist_name": "Ada"},
        "title": "Rain",
        "artist_name": "Ada L.",
        "dj": card("cleo"),
        "started_at": at(2),
        "finished_at": at(3),
        "ms_played": 42,
        "listener_count": 7,
        "up_count": 3,
        "down_count": 1,
        "is_skipped": True,
        "skip_reason": "x",
    }
    (_, first) = ben.rows("session_history", room_id=room)
    assert (first["is_skipped"], first["skip_reason"], first["dj"]) == (False, None, card("dan"))


def test_a_stream_that_is_on(db: Connection, people: dict[str, Actor]) -> None:
    dan = people["dan"]
    room = make_room(
        db,
        "ben",
        name="Nights",
        slug="nights",
        description="for the night",
        kind="artist",
        artist_id=people["ada"].id,
        genre="jazz",
        tags=["late", "blue"],
        region="Berlin",
        created_at=at(1),
    )
    enter_room(db, room, "ada", "moderator")
    avatar = f"{room}/{PICTURE}"
    db.execute(
        "update public.rooms set avatar_path = %s, member_limit = 9 where id = %s",
        [avatar, room],
    )
    stream = start_live(db, room, "ada", title="Tonight")
    db.execute(
        "update public.live_streams set listener_count = 4, peak_listeners = 5 where id = %s",
        [stream],
    )
    when(db, "public.live_streams", stream, started_at=at(3))
    when(db, "public.rooms", room, updated_at=at(2))
    assert only(dan.rows("live_now"), stream) == {
        "id": stream,
        "title": "Tonight",
        "host": card("ada"),
        "room": {
            "id": str(room),
            "slug": "nights",
            "name": "Nights",
            "description": "for the night",
            "kind": "artist",
            "visibility": "public",
            "genre": "jazz",
            "tags": ["late", "blue"],
            "region": "Berlin",
            "avatar_path": avatar,
            "owner": card("ben"),
            "artist_id": str(people["ada"].id),
            "member_count": 2,
            "member_limit": 9,
            "created_at": at(1).isoformat(),
            "updated_at": at(2).isoformat(),
        },
        "listener_count": 4,
        "peak_listeners": 5,
        "started_at": at(3),
    }
