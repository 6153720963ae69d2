"""What becomes of a session when a track or a name changes that is queued or plays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, refused
from tests.races import race, refusals, wait_until_blocked
from tests.sessions import item_of, make_party, queue, session_of, told, wind

# What makes the upload of finn's one that others cannot see any more, and what brings it back.
GONE: dict[str, tuple[Callable[[Connection, uuid.UUID], Any], str | None]] = {
    "hidden by its artist": (
        lambda db, track: actor(db, "finn").call("hide_track", track_id=track),
        "select public.publish_track(%(track)s)",
    ),
    "removed by staff": (
        lambda db, track: actor(db, "modesty").call("remove_track", track_id=track),
        None,
    ),
    "of an artist who leaves": (
        lambda db, _: actor(db, "finn").call("delete_my_account", confirm_username="finn"),
        "select public.restore_my_account()",
    ),
    "deleted": (
        lambda db, track: db.execute("delete from public.tracks where id = %s", [track]),
        None,
    ),
}


@pytest.mark.parametrize("gone", GONE)
def test_what_others_may_not_hear_any_more_ends_at_once(
    gone: str, db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room, session = make_party(db, "public")
    track = make_upload(db, "finn", title="Words that go", artist_name="Finn")
    playing = ben.call("enqueue_track", session_id=session, track_id=track)["id"]
    (following,) = queue(cleo, session)
    # Somewhere else it is queued, and something else plays.
    other_room = make_party(db, "public", people=("ben", "cleo"))[1]
    (first,) = queue(ben, other_room)
    queued = ben.call("enqueue_track", session_id=other_room, track_id=track)["id"]

    GONE[gone][0](db, track)
    state = cleo.call("session_state", session_id=session)
    assert state["sequence"] == 2
    assert state["now_playing"]["item"]["id"] == str(following)
    assert "Words that go" not in str(state)
    item = item_of(db, uuid.UUID(playing))
    assert (item["status"], item["skip_reason"]) == ("skipped", "track_unavailable")
    assert [event["item_id"] for event in told(db, room, "track_started")].count(
        str(following)
    ) == 1
    (past,) = db.execute("select * from public.room_history").fetchall()
    assert (past["is_skipped"], past["skip_reason"]) == (True, "track_unavailable")
    # With the track itself its words go from the history, too.
    assert past["title"] == (None if gone == "deleted" else "Words that go")

    state = cleo.call("session_state", session_id=other_room)
    assert (state["sequence"], state["now_playing"]["item"]["id"]) == (1, str(first))
    assert [(item["id"], item["track"]) for item in state["queue"]] == [(queued, None)]
    back = GONE[gone][1]
    if back is not None:
        actor(db, "finn").run(back.replace("%(track)s", f"'{track}'"))
        (item,) = cleo.call("session_state", session_id=other_room)["queue"]
        assert item["track"]["title"] == "Words that go"


def test_an_upload_goes_unseen_while_its_session_is_paused(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    _, session = make_party(db, "public")
    track = make_upload(db, "finn")
    ben.call("enqueue_track", session_id=session, track_id=track)
    ada.call("pause_session", session_id=session)
    actor(db, "finn").call("hide_track", track_id=track)
    state = ben.call("session_state", session_id=session)
    assert (state["status"], state["now_playing"], state["queue"]) == ("paused", None, [])


def test_a_track_that_is_renamed_while_it_plays_is_shown_so(db: Connection, ben: Actor) -> None:
    _, session = make_party(db, "public")
    track = make_upload(db, "finn", title="Before")
    ben.call("enqueue_track", session_id=session, track_id=track)
    before = session_of(db, session)
    actor(db, "finn").call("update_track", track_id=track, title="After")
    db.execute("update public.tracks set duration_ms = 1000 where id = %s", [track])
    state = ben.call("session_state", session_id=session)
    assert state["now_playing"]["track"]["title"] == "After"
    # It ends when it was going to.
    assert session_of(db, session) == before
    assert item_of(db, before["current_item_id"])["duration_ms"] == 180_000


CHANGES: dict[str, tuple[str | None, str]] = {
    "a display name": (
        "ben",
        "update public.profiles set display_name = 'New' where username = 'ben'",
    ),
    "a username": ("ben", "select public.change_username('new')"),
    "a title": ("finn", "select public.update_track(track_id => %(track)s, title => 'New')"),
    "a mark": (
        None,
        "update public.artist_profiles set is_verified = true, verified_at = now()"
        " where profile_id = (select id from public.profiles where username = 'ben')",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_queued_as_a_name_changes_has_the_new_one(change: str, database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect(autocommit=False) as changing,
        database.connect() as queueing,
        ThreadPoolExecutor(1) as pool,
    ):
        _, session = make_party(owner, "public")
        queue(actor(owner, "cleo"), session)
        track = make_upload(owner, "finn", title="Old")
        actor(owner, "ben").call("become_artist")
        owner.execute("update private.username_claims set changed_at = now() - interval '1 year'")
        who, statement = CHANGES[change]
        changing.execute("select")
        if who is None:
            changing.execute(statement.encode())
        else:
            actor(changing, who).run(statement.replace("%(track)s", f"'{track}'"))
        queued = pool.submit(
            actor(queueing, "ben").call, "enqueue_track", session_id=session, track_id=track
        )
        wait_until_blocked(owner, queueing)
        changing.commit()
        queued.result(timeout=120)
        (item,) = actor(owner, "cleo").call("session_state", session_id=session)["queue"]
        shown = {
            "a display name": item["added_by"]["display_name"],
            "a username": item["added_by"]["username"],
            "a title": item["track"]["title"],
            "a mark": "new" if item["added_by"]["is_verified"] else "old",
        }
        assert shown[change].lower() == "new"


def test_what_is_queued_as_its_artist_leaves_is_not_there_any_more(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect(autocommit=False) as leaving,
        database.connect() as queueing,
        ThreadPoolExecutor(1) as pool,
    ):
        _, session = make_party(owner, "public")
        track = make_upload(owner, "finn")
        leaving.execute("select")
        actor(leaving, "finn").call("delete_my_account", confirm_username="finn")
        queued = pool.submit(
            actor(queueing, "ben").call, "enqueue_track", session_id=session, track_id=track
        )
        wait_until_blocked(owner, queueing)
        leaving.commit()
        with refused(404, "track_not_found"):
            queued.result(timeout=120)


def test_what_was_just_queued_ends_as_its_artist_leaves(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as leaving,
        database.connect(autocommit=False) as queueing,
        ThreadPoolExecutor(1) as pool,
    ):
        _, session = make_party(owner, "public")
        track = make_upload(owner, "finn")
        queueing.execute("select")
        actor(queueing, "ben").call("enqueue_track", session_id=session, track_id=track)
        left = pool.submit(
            actor(leaving, "finn").call, "delete_my_account", confirm_username="finn"
        )
        try:
            wait_until_blocked(owner, leaving)
        finally:
            queueing.commit()
        left.result(timeout=120)
        assert actor(owner, "cleo").call("session_state", session_id=session)["now_playing"] is None


def test_staff_queue_what_everybody_sees(db: Connection, finn: Actor) -> None:
    _, session = make_party(db, "public", people=("ben", "modesty"))
    track = make_upload(db, "finn")
    finn.call("delete_my_account", confirm_username="finn")
    modesty = actor(db, "modesty")
    assert modesty.call("track", track_id=track)["id"] == track
    with refused(404, "track_not_found"):
        modesty.call("enqueue_track", session_id=session, track_id=track)


@pytest.mark.parametrize("artist", ["finn", None])
def test_a_track_is_deleted_while_the_schedule_moves_two_sessions_on(
    artist: str | None, database: Database
) -> None:
    with (
        database.connect() as owner,
        database.connect() as deleting,
        database.connect() as moving,
        database.connect(autocommit=False) as gate,
        ThreadPoolExecutor(2) as pool,
    ):
        track = make_upload(owner, artist) if artist else make_song(owner)
        sessions = [make_party(owner, "public")[1] for _ in range(2)]
        for session in sessions:
            (_first,) = queue(actor(owner, "cleo"), session)
            actor(owner, "ben").call("enqueue_track", session_id=session, track_id=track)
        # The second is due first: the schedule has opened the track there, and waits in the first.
        for session in reversed(sessions):
            wind(owner, session, 300)
        held = session_of(owner, sessions[0])["current_item_id"]
        owner.execute(
            "update public.dj_sessions set due_at = due_at - interval '1 hour' where id = %s",
            [sessions[1]],
        )
        gate.execute("select from public.queue_items where id = %s for no key update", [held])
        moved = pool.submit(actor(moving, "service").call, "backend.advance_due_sessions")
        wait_until_blocked(owner, moving)
        deleted = pool.submit(deleting.execute, "delete from public.tracks where id = %s", [track])
        wait_until_blocked(owner, deleting)
        gate.rollback()
        assert moved.result(timeout=120) == 2
        deleted.result(timeout=120)
        for session in sessions:
            row = session_of(owner, session)
            assert (row["sequence"], row["current_item_id"]) == (3, None)
        history = owner.execute(
            "select title from public.room_history where skip_reason = 'track_unavailable'"
        ).fetchall()
        assert [row["title"] is None for row in history] == [artist is not None] * 2


def test_tracks_are_queued_and_deleted_at_once(database: Database) -> None:
    with database.connect() as owner:
        owner.execute("update private.rate_limit_rules set capacity = 100000")
        parties = [make_party(owner, "public", queue_limit_per_member=50)[1] for _ in range(3)]
        tracks = [make_upload(owner, "finn", status="published") for _ in range(24)]

    def queuer(name: str, turn: int) -> Callable[[Connection], None]:
        def run(connection: Connection) -> None:
            for place, track in enumerate(tracks):
                asked = attempt(
                    connection, name, "enqueue_track",
                    session_id=parties[(place + turn) % 3], track_id=track,
                )  # fmt: skip
                assert asked in (None, "track_not_found", "already_queued"), asked

        return run

    def attempt(connection: Connection, name: str, call: str, **arguments: Any) -> str | None:
        try:
            actor(connection, name).call(call, **arguments)
        except psycopg.Error as error:
            return error.diag.message_primary
        return None

    def remover(connection: Connection) -> None:
        for track in tracks[::2]:
            connection.execute("delete from public.tracks where id = %s", [track])

    def mover(connection: Connection) -> None:
        for _ in range(12):
            connection.execute(
                "update public.dj_sessions set due_at = now() where due_at is not null"
            )
            actor(connection, "service").call("backend.advance_due_sessions")

    jobs = [queuer(name, turn) for turn, name in enumerate(("ben", "cleo", "dan"))]
    outcomes = race(database, [*jobs, remover, mover])
    assert refusals(outcomes) == []
    with database.connect() as owner:
        left = owner.execute(
            "select from public.queue_items where status = 'playing' and track_id is null"
        ).fetchall()
        assert left == []
