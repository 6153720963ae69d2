"""What a session takes and when: limits, what is over, what is paused, what plays again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, refused
from tests.rooms import be_seen
from tests.sessions import advance, item_of, make_party, queue, session_of, wind


def set_number(db: Connection, name: str, value: int) -> None:
    """What an operator sets."""
    db.execute("update private.settings set value = %s where name = %s", [value, name])


def test_a_rotation_takes_so_many(db: Connection, ben: Actor, cleo: Actor) -> None:
    _, session = make_party(db)
    set_number(db, "rotation_limit", 1)
    for _ in range(2):
        ben.call("join_rotation", session_id=session)
    with refused(409, "rotation_full"):
        cleo.call("join_rotation", session_id=session)
    ben.call("leave_rotation", session_id=session)
    cleo.call("join_rotation", session_id=session)


@pytest.mark.parametrize("mode", ["fan", "artist"])
def test_a_dj_has_so_much_queued(mode: str, db: Connection, ada: Actor) -> None:
    _, session = make_party(db, mode, queue_limit_per_member=1)
    set_number(db, "dj_queue_limit", 2)
    if mode == "fan":
        ada.call("join_rotation", session_id=session)
    # One plays, and two wait, whatever the room says of mode public.
    queue(ada, session, 3)
    with refused(409, "queue_limit_reached"):
        queue(ada, session)
    advance(db, session)
    queue(ada, session)


def test_a_session_has_so_much_queued_of_all_together(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "public")
    set_number(db, "session_queue_limit", 2)
    queue(ada, session)
    for person in (ada, ben):
        queue(person, session)
    with refused(409, "queue_limit_reached"):
        queue(cleo, session)


def test_what_plays_is_not_queued_again_meanwhile(db: Connection, ben: Actor, cleo: Actor) -> None:
    _, session = make_party(db, "public", repeat_window_minutes=0)
    (item,) = queue(ben, session)
    track = item_of(db, item)["track_id"]
    with refused(409, "already_queued"):
        cleo.call("enqueue_track", session_id=session, track_id=track)
    assert advance(db, session) is None
    cleo.call("enqueue_track", session_id=session, track_id=track)


def test_what_was_played_before_counts_in_the_rooms_next_session_and_in_no_other_room(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, session = make_party(db, "public")
    (item,) = queue(ben, session)
    track = item_of(db, item)["track_id"]
    ada.call("end_session", session_id=session)
    following = ada.call("start_session", room_id=room, mode="public")["id"]
    with refused(409, "track_played_recently") as caught:
        ben.call("enqueue_track", session_id=following, track_id=track)
    assert caught.value.diag.message_hint == "60"
    elsewhere = make_party(db, "public")[1]
    ben.call("enqueue_track", session_id=elsewhere, track_id=track)


OVER: dict[str, dict[str, Any]] = {
    "pause_session": {},
    "resume_session": {},
    "change_session_mode": {"mode": "fan"},
    "set_contributor": {"username": "ben", "is_allowed": True},
    "join_rotation": {},
    "enqueue_track": {"track_id": uuid.uuid4()},
}


@pytest.mark.parametrize("function", OVER)
def test_in_a_session_that_is_over_nothing_begins(
    function: str, db: Connection, ada: Actor
) -> None:
    _, session = make_party(db, "public")
    ada.call("end_session", session_id=session)
    with refused(409, "session_ended"):
        ada.rows(function, session_id=session, **OVER[function])


def test_ending_again_changes_nothing(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    playing, queued = queue(ben, session, 2)
    ada.call("end_session", session_id=session)
    ended = session_of(db, session)
    # What played has changed: to nothing.
    assert (ended["sequence"], ended["current_item_id"], ended["current_dj_id"]) == (2, None, None)
    assert [item_of(db, item)["status"] for item in (playing, queued)] == ["skipped", "removed"]
    for _ in range(2):
        assert ada.call("end_session", session_id=session)["ended_at"] is not None
        for function in ("advance_session", "skip_track"):
            state = ada.call(function, session_id=session, expected_sequence=2)
            assert (state["status"], state["sequence"]) == ("ended", 2)
    assert session_of(db, session) == ended
    history = db.execute("select item_id from public.room_history").fetchall()
    assert history == [{"item_id": playing}]


def test_a_paused_session_is_moved_on_by_no_client(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    first, _ = queue(ben, session, 2)
    ada.call("pause_session", session_id=session)
    wind(db, session)
    state = ben.call("advance_session", session_id=session, expected_sequence=1)
    assert (state["status"], state["sequence"]) == ("paused", 1)
    assert state["now_playing"]["item"]["id"] == str(first)


def test_a_pause_with_nothing_queued_ends_with_what_was_queued_meanwhile(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    _, session = make_party(db, "public")
    ada.call("pause_session", session_id=session)
    (item,) = queue(ben, session)
    assert session_of(db, session)["current_item_id"] is None
    state = ada.call("resume_session", session_id=session)
    assert (state["status"], state["now_playing"]["item"]["id"]) == ("active", str(item))
    assert (state["sequence"], state["paused_at"]) == (1, None)


def test_who_moves_a_session_on_says_what_they_know(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    (item,) = queue(ben, session)
    for function in ("advance_session", "skip_track"):
        with refused(422, "sequence_missing"):
            ada.call(function, session_id=session, expected_sequence=None)
        for other in (0, 2, -1):
            state = ada.call(function, session_id=session, expected_sequence=other)
            assert state["sequence"] == 1
    with refused(422, "reason_too_long"):
        ada.call("skip_track", session_id=session, expected_sequence=1, reason="x" * 201)
    ada.call("skip_track", session_id=session, expected_sequence=1, reason="x" * 200)
    assert item_of(db, item)["skip_reason"] == "x" * 200


def test_before_the_end_not_even_the_host_says_that_it_is_over(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    _, session = make_party(db, "public")
    queue(ben, session)
    wind(db, session, 150)
    with refused(409, "track_not_over") as caught:
        ada.call("advance_session", session_id=session, expected_sequence=1)
    assert 30 <= int(caught.value.diag.message_hint or 0) <= 50


@pytest.mark.parametrize(
    ("second", "token"),
    [
        (5, "too_early_to_skip"),
        (12, None),
        (184, None),
        (192, "too_late_to_skip"),
    ],
)
def test_a_skip_by_vote_keeps_off_the_first_and_the_last_ten_seconds(
    second: int, token: str | None, db: Connection, ada: Actor, ben: Actor
) -> None:
    _, session = make_party(db, "public")
    (item,) = queue(ben, session)
    wind(db, session, second)
    # However long this takes, the track stands still.
    ada.call("pause_session", session_id=session)
    db.execute("update public.dj_sessions set paused_at = paused_at + interval '1 hour'")
    db.execute(
        "update public.queue_items set started_at = started_at + interval '1 hour',"
        " ends_at = ends_at + interval '1 hour'"
    )
    if token is None:
        assert ada.call("vote_skip", item_id=item)["votes"] == 1
    else:
        with refused(409, token):
            ada.call("vote_skip", item_id=item)


def test_who_is_not_there_neither_votes_nor_skips(
    db: Connection, ben: Actor, eve: Actor, stranger: Actor
) -> None:
    room, session = make_party(db, "public")
    (item,) = queue(ben, session)
    wind(db, session, 60)
    be_seen(db, room, "eve", 61)
    for person in (eve, stranger):
        with refused(403, "not_active_in_room"):
            person.call("vote_skip", item_id=item)
    assert db.execute("select from public.skip_votes").fetchall() == []


def test_the_job_waits_for_no_session_that_somebody_holds(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as job,
        database.connect(autocommit=False) as holder,
    ):
        sessions: list[uuid.UUID] = []
        for _ in range(3):
            sessions.append(make_party(owner, "public")[1])
            queue(actor(owner, "ben"), sessions[-1], 2)
        # Since yesterday nobody was there to move them on.
        owner.execute("update public.dj_sessions set due_at = now() - interval '1 day'")
        holder.execute("select from public.dj_sessions where id = %s for update", [sessions[0]])
        job.execute("set statement_timeout = '60s'")
        service = actor(job, "service")
        assert service.call("backend.advance_due_sessions", size=1) == 1
        assert service.call("backend.advance_due_sessions") == 1
        assert [session_of(owner, one)["sequence"] for one in sessions] == [1, 2, 2]
        holder.rollback()
        assert service.call("backend.advance_due_sessions") == 1
        assert service.call("backend.advance_due_sessions") == 0
        assert [session_of(owner, one)["sequence"] for one in sessions] == [2, 2, 2]
