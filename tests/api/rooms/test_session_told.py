"""Who is told of sessions, what a job does with one that fails, and what is forgotten."""

from __future__ import annotations

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, person_id
from tests.rooms import make_room
from tests.schema.counters import counter_laws
from tests.sessions import advance, item_of, make_party, queue, session_of, told, wind

TURN = "turn_coming_up"


def turns(person: Actor) -> list[dict[str, object]]:
    """What somebody was told of turns, newest first."""
    rows = person.rows("my_notifications")
    return [row["data"] for row in rows if row["kind"] == TURN]


def test_the_next_dj_is_told_when_the_turn_before_begins(
    db: Connection, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    _, session = make_party(db)
    for person in (ben, cleo, dan):
        person.call("join_rotation", session_id=session)
    queue(cleo, session)
    # Nobody else has anything: cleo comes up again, and need not be told.
    queue(cleo, session)
    assert turns(cleo) == turns(ben) == []
    queue(dan, session, 2)
    advance(db, session)
    # dan is on: the next turn is cleo's.
    assert [turn["session_id"] for turn in turns(cleo)] == [str(session)]
    advance(db, session)
    assert len(turns(dan)) == 1
    assert turns(ben) == []
    assert not any("is_away" in turn for turn in turns(cleo) + turns(dan))


@pytest.mark.parametrize(
    ("mode", "visibility", "is_told"),
    [
        ("fan", "public", True),
        ("artist", "public", True),
        ("public", "public", False),
        ("fan", "unlisted", False),
        ("fan", "private", False),
    ],
)
def test_followers_hear_of_a_set_in_a_public_room_alone(
    mode: str, visibility: str, is_told: bool, db: Connection, ada: Actor, stranger: Actor
) -> None:
    stranger.call("follow", username="ada")
    _, session = make_party(db, mode, visibility=visibility)
    if mode == "fan":
        ada.call("join_rotation", session_id=session)
    queue(ada, session, 2)
    advance(db, session)
    seen = [row for row in stranger.rows("activity_feed") if row["kind"] == "dj_set_started"]
    assert [card["username"] for row in seen for card in row["actors"]] == ["ada"] * is_told


def test_what_is_skipped_in_a_pause_waits_at_its_beginning(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, session = make_party(db, "public")
    first, second = queue(ben, session, 2)
    wind(db, session, 100)
    ada.call("pause_session", session_id=session)
    state = ada.call("skip_track", session_id=session, expected_sequence=1, reason="too loud")
    assert (state["status"], state["sequence"]) == ("paused", 2)
    assert state["now_playing"]["item"]["id"] == str(second)
    assert state["now_playing"]["position_ms"] == 0
    assert session_of(db, session)["due_at"] is None
    (past,) = db.execute("select * from public.room_history").fetchall()
    assert 100_000 <= past["ms_played"] < 160_000
    assert (past["skip_reason"], past["skipped_by"]) == ("too loud", ada.id)
    # The job leaves it alone, and the time begins when it is resumed.
    assert actor(db, "service").call("backend.advance_due_sessions") == 0
    resumed = ada.call("resume_session", session_id=session)
    assert resumed["now_playing"]["position_ms"] < 60_000
    item = item_of(db, second)
    assert session_of(db, session)["due_at"] == item["ends_at"]
    assert (item["ends_at"] - item["started_at"]).total_seconds() * 1000 == item["duration_ms"]
    assert item_of(db, first)["status"] == "skipped"
    assert len(told(db, room, "track_started")) == 2


def test_a_session_that_fails_does_not_stop_the_others(db: Connection, ben: Actor) -> None:
    sessions = []
    for _ in range(3):
        room = make_room(db, "ben")
        state = ben.call("start_session", room_id=room, mode="artist")
        sessions.append(state["id"])
        queue(ben, state["id"], 2)
    broken = sessions[1]
    # What plays there stands in the history already, which it may once.
    db.execute(
        "insert into public.room_history (room_id, session_id, item_id, mode, title, artist_name,"
        " started_at, finished_at, ms_played, listener_count, up_count, down_count, is_skipped)"
        " select room_id, id, current_item_id, mode, 'x', 'x', now(), now(), 0, 0, 0, 0, false"
        " from public.dj_sessions where id = %s",
        [broken],
    )
    db.execute("update public.dj_sessions set due_at = now() - interval '1 second'")
    service = actor(db, "service")
    assert service.call("backend.advance_due_sessions") == 2
    assert [session_of(db, session)["sequence"] for session in sessions] == [2, 1, 2]
    row = db.execute(
        "select due_at between now() + interval '50 seconds' and now() + interval '70 seconds'"
        " as is_later from public.dj_sessions where id = %s",
        [broken],
    ).fetchone()
    assert row == {"is_later": True}
    assert service.call("backend.advance_due_sessions") == 0


def test_what_is_long_over_is_forgotten_but_for_the_history(
    db: Connection, ada: Actor, ben: Actor, eve: Actor
) -> None:
    _, over = make_party(db, "public")
    played, _ = queue(ben, over, 2)
    eve.call("vote_track", item_id=played, value=1)
    ada.call("end_session", session_id=over)
    _, going_on = make_party(db, "public")
    early, playing = queue(ben, going_on, 2)
    eve.call("vote_track", item_id=early, value=-1)
    eve.call("vote_track", item_id=playing, value=1)
    advance(db, going_on)
    service = actor(db, "service")
    assert service.call("backend.forget_old_sessions") == 0
    db.execute(
        "update public.queue_items set finished_at = finished_at - interval '91 days'"
        " where finished_at is not null"
    )
    db.execute("update public.dj_sessions set ended_at = ended_at - interval '91 days'")
    # In batches: the first two items and their session, then the third item.
    assert service.call("backend.forget_old_sessions", size=2) == 3
    assert service.call("backend.forget_old_sessions", size=2) == 1
    assert service.call("backend.forget_old_sessions", size=2) == 0
    left = db.execute("select id, status from public.queue_items").fetchall()
    assert left == [{"id": playing, "status": "playing"}]
    assert [row["item_id"] for row in db.execute("select item_id from public.queue_votes")] == [
        playing
    ]
    assert db.execute("select id from public.dj_sessions").fetchall() == [{"id": going_on}]
    history = db.execute("select count(*) as n from public.room_history").fetchone()
    assert history == {"n": 2}
    assert counter_laws(db) == []


def test_a_host_and_dj_who_is_erased_leaves_what_was_played(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    room, session = make_party(db, "fan")
    upload = make_upload(db, "ada", title="Mine", artist_name="Ada")
    for person in (ada, cleo):
        person.call("join_rotation", session_id=session)
    ada.call("enqueue_track", session_id=session, track_id=upload)
    (theirs,) = queue(cleo, session)
    ada.call("skip_track", session_id=session, expected_sequence=1, reason="my words")
    queue(ada, session, 2)
    # ada goes: her room passes to somebody else, and its session goes on without her.
    db.execute("select private.erase_account(%s)", [ada.id])
    row = session_of(db, session)
    assert (row["host_id"], row["status"], row["current_item_id"]) == (None, "active", theirs)
    mine = db.execute(
        "select status, track, added_by, skip_reason, skipped_by from public.queue_items"
        " where id <> %s order by id",
        [theirs],
    ).fetchall()
    assert {item["status"] for item in mine} == {"skipped", "removed"}
    assert all(item["added_by"] is None and item["skip_reason"] is None for item in mine)
    assert mine[0]["track"] is None
    (past,) = cleo.rows("session_history", room_id=room)
    assert (past["title"], past["artist_name"], past["dj"], past["skip_reason"]) == (None,) * 4
    state = cleo.call("session_state", session_id=session)
    assert [slot["dj"]["username"] for slot in state["rotation"]] == ["cleo"]
    assert state["queue"] == []
    assert counter_laws(db) == []


def test_a_song_keeps_its_name_in_the_history_without_its_dj(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room, session = make_party(db, "public")
    ben.call("enqueue_track", session_id=session, track_id=make_song(db, title="Known"))
    advance(db, session)
    db.execute("delete from auth.users where id = %s", [person_id("ben")])
    (past,) = cleo.rows("session_history", room_id=room)
    assert (past["title"], past["dj"]) == ("Known", None)


def test_no_more_than_a_thousand_sessions_move_on_at_once(db: Connection, service: Actor) -> None:
    """Whose turn it is is held meanwhile, and the server's table of locks is not endless."""
    db.execute(
        "with room as ("
        "  insert into public.rooms (slug, name, owner_id)"
        "  select 'due-' || n, 'due', %(ada)s from generate_series(1, 1001) as n returning id"
        ") insert into public.dj_sessions (room_id, mode, host_id, due_at)"
        " select room.id, 'public', %(ada)s, now() from room",
        {"ada": person_id("ada")},
    )
    assert service.call("backend.advance_due_sessions", size=5000) == 1000
    assert service.call("backend.advance_due_sessions", size=5000) == 1


def test_the_history_keeps_the_words_of_its_time(db: Connection, ben: Actor, cleo: Actor) -> None:
    room, session = make_party(db, "public")
    track = make_upload(db, "ada", title="Before", artist_name="Ada")
    ben.call("enqueue_track", session_id=session, track_id=track)
    advance(db, session)
    actor(db, "ada").call("update_track", track_id=track, title="After", artist_name="Ada L.")
    (past,) = cleo.rows("session_history", room_id=room)
    assert (past["title"], past["artist_name"]) == ("Before", "Ada")
    assert (past["track"]["title"], past["track"]["artist_name"]) == ("After", "Ada L.")
