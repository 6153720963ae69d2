"""Sessions: who starts, pauses, skips and ends them, and what plays next in each mode."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import be_seen, enter_room, make_room
from tests.sessions import (
    advance,
    item_of,
    make_party,
    queue,
    session_of,
    told,
    wind,
)


def test_a_room_has_one_session_that_is_not_ended(db: Connection, ada: Actor, ben: Actor) -> None:
    room, session = make_party(db)
    with refused(409, "session_exists"):
        ada.call("start_session", room_id=room, mode="public")
    ada.call("end_session", session_id=session)
    assert ada.call("end_session", session_id=session)["status"] == "ended"
    again = ada.call("start_session", room_id=room, mode="public")
    assert again["id"] != str(session)
    assert again["status"] == "active"
    with refused(403, "not_a_moderator"):
        ben.call("start_session", room_id=room, mode="fan")
    with refused(422, "mode_unknown"):
        ada.call("start_session", room_id=room, mode="party")


def test_the_artist_of_a_room_starts_sessions_in_it(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ben", kind="artist", artist_id=person_id("ada"))
    enter_room(db, room, "ada")
    assert ada.call("start_session", room_id=room, mode="artist")["is_host"] is True


def test_djs_take_turns_in_the_order_they_joined(
    db: Connection, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    _, session = make_party(db)
    for person in (ben, cleo, dan):
        person.call("join_rotation", session_id=session)
    b = queue(ben, session, 2)
    c = queue(cleo, session, 2)
    assert session_of(db, session)["current_item_id"] == b[0]
    # dan has nothing and is passed over.
    assert [advance(db, session) for _ in range(3)] == [c[0], b[1], c[1]]
    assert advance(db, session) is None
    assert session_of(db, session)["status"] == "active"
    assert queue(dan, session) == [session_of(db, session)["current_item_id"]]


def test_a_turn_may_be_of_several_tracks(db: Connection, ben: Actor, cleo: Actor) -> None:
    _, session = make_party(db, tracks_per_turn=2)
    for person in (ben, cleo):
        person.call("join_rotation", session_id=session)
    b = queue(ben, session, 3)
    c = queue(cleo, session, 3)
    state = ben.call("session_state", session_id=session)
    ahead = [uuid.UUID(item["id"]) for item in state["queue"]]
    assert ahead == [b[1], c[0], c[1], b[2], c[2]]
    assert [advance(db, session) for _ in range(5)] == ahead


def test_without_cycling_a_dj_leaves_after_the_turn(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, rotation_cycles=False)
    for person in (ben, cleo):
        person.call("join_rotation", session_id=session)
    b = queue(ben, session, 2)
    c = queue(cleo, session, 2)
    assert session_of(db, session)["current_item_id"] == b[0]
    assert advance(db, session) == c[0]
    assert advance(db, session) is None
    with refused(403, "not_in_rotation"):
        queue(ben, session)


def test_who_leaves_the_rotation_while_on_skips_on(db: Connection, ben: Actor, cleo: Actor) -> None:
    room, session = make_party(db)
    for person in (ben, cleo):
        person.call("join_rotation", session_id=session)
    (b,), (c,) = queue(ben, session), queue(cleo, session)
    state = ben.call("leave_rotation", session_id=session)
    assert state["now_playing"]["item"]["id"] == str(c)
    assert item_of(db, b)["skip_reason"] == "dj_left"
    assert [row["dj"]["username"] for row in state["rotation"]] == ["cleo"]
    assert {event["sequence"]: event["item_id"] for event in told(db, room, "track_started")} == {
        1: str(b),
        2: str(c),
    }


def test_who_leaves_the_room_leaves_rotation_and_queue(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room, session = make_party(db)
    for person in (ben, cleo):
        person.call("join_rotation", session_id=session)
    (b, b2), (c,) = queue(ben, session, 2), queue(cleo, session)
    db.execute(
        "delete from public.room_members where room_id = %s and user_id = %s", [room, ben.id]
    )
    assert session_of(db, session)["current_item_id"] == c
    assert (item_of(db, b)["status"], item_of(db, b2)["status"]) == ("skipped", "removed")
    with refused(403, "not_a_member"):
        ben.call("join_rotation", session_id=session)


def test_an_away_dj_is_warned_once_then_passed_over_and_keeps_the_queue(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room, session = make_party(db)
    for person in (ben, cleo):
        person.call("join_rotation", session_id=session)
    b = queue(ben, session, 2)
    c = queue(cleo, session, 4)
    be_seen(db, room, "cleo", 61)
    assert session_of(db, session)["current_item_id"] == b[0]
    assert advance(db, session) == c[0]
    warned = cleo.rows("my_notifications")
    assert [row["kind"] for row in warned if row["data"].get("is_away")] == ["turn_coming_up"]
    assert advance(db, session) == b[1]
    assert advance(db, session) is None
    assert [item_of(db, item)["status"] for item in c[1:]] == ["queued"] * 3
    # The schedule looks again, without changing anything while she is away.
    before = session_of(db, session)
    assert before["due_at"] is not None
    db.execute("update public.dj_sessions set due_at = now() where id = %s", [session])
    service = actor(db, "service")
    service.call("backend.advance_due_sessions")
    assert session_of(db, session)["sequence"] == before["sequence"]
    be_seen(db, room, "cleo")
    db.execute("update public.dj_sessions set due_at = now() where id = %s", [session])
    service.call("backend.advance_due_sessions")
    assert session_of(db, session)["current_item_id"] == c[1]


def test_in_an_artists_session_the_host_lines_up(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "artist")
    first, second, third = queue(ada, session, 3)
    with refused(403, "not_allowed_to_queue"):
        queue(ben, session)
    ada.call("set_contributor", session_id=session, username="ben", is_allowed=True)
    (mine,) = queue(ben, session)
    with refused(403, "not_the_host"):
        ben.call("move_queue_item", item_id=mine, after_item_id=None)
    ada.call("move_queue_item", item_id=mine, after_item_id=second)
    ada.call("move_queue_item", item_id=third, after_item_id=None)
    assert session_of(db, session)["current_item_id"] == first
    assert [advance(db, session) for _ in range(3)] == [third, second, mine]


def test_the_highest_score_plays_next(
    db: Connection, ben: Actor, cleo: Actor, dan: Actor, eve: Actor
) -> None:
    _, session = make_party(db, "public")
    (first,) = queue(ben, session)
    b = queue(ben, session, 2)
    (c,) = queue(cleo, session)
    (d,) = queue(dan, session)
    assert session_of(db, session)["current_item_id"] == first
    # At equal scores who has played less is first, and nobody's second is before anybody's first.
    state = eve.call("session_state", session_id=session)
    assert [item["id"] for item in state["queue"]] == [str(i) for i in (c, d, b[0], b[1])]
    assert eve.call("vote_track", item_id=b[1], value=1) == {
        "up_count": 1, "down_count": 0, "my_vote": 1,
    }  # fmt: skip
    cleo.call("vote_track", item_id=d, value=-1)
    assert [advance(db, session) for _ in range(4)] == [b[1], c, b[0], d]


def test_the_queue_has_its_limits(db: Connection, ben: Actor, cleo: Actor) -> None:
    _room, session = make_party(db, "public", queue_limit_per_member=2, max_track_ms=300_000)
    queue(cleo, session)
    ours = queue(ben, session, 2)
    with refused(409, "queue_limit_reached"):
        queue(ben, session)
    with refused(422, "track_too_long"):
        queue(cleo, session, duration_ms=300_001)
    track = item_of(db, ours[0])["track_id"]
    with refused(409, "already_queued"):
        cleo.call("enqueue_track", session_id=session, track_id=track)
    advance(db, session)
    advance(db, session)
    with refused(409, "track_played_recently"):
        cleo.call("enqueue_track", session_id=session, track_id=track)
    db.execute(
        "update public.queue_items set started_at = started_at - interval '61 minutes'"
        " where id = %s",
        [ours[0]],
    )
    cleo.call("enqueue_track", session_id=session, track_id=track)
    with refused(404, "track_not_found"):
        cleo.call("enqueue_track", session_id=session, track_id=uuid.uuid4())


def test_what_cannot_be_played_is_passed_over_with_a_reason(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    _, session = make_party(db, "public")
    queue(ben, session)
    hidden, gone = make_upload(db), make_upload(db)
    items = [
        uuid.UUID(ben.call("enqueue_track", session_id=session, track_id=track)["id"])
        for track in (hidden, gone)
    ]
    (last,) = queue(ben, session)
    db.execute("update public.tracks set status = 'hidden' where id = %s", [hidden])
    shown = ben.call("session_state", session_id=session)["queue"]
    assert [item["track"] is None for item in shown] == [True, False, False]
    db.execute("delete from public.tracks where id = %s", [gone])
    assert advance(db, session) == last
    for item in items:
        row = item_of(db, item)
        assert (row["status"], row["skip_reason"], row["started_at"]) == (
            "skipped", "track_unavailable", None,
        )  # fmt: skip


def test_a_pause_keeps_the_remaining_time(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    (item,) = queue(ben, session)
    wind(db, session, 30)
    paused = ada.call("pause_session", session_id=session)
    assert ada.call("pause_session", session_id=session)["paused_at"] == paused["paused_at"]
    db.execute(
        "update public.dj_sessions set paused_at = paused_at - interval '1 hour' where id = %s",
        [session],
    )
    db.execute(
        "update public.queue_items set started_at = started_at - interval '1 hour',"
        " ends_at = ends_at - interval '1 hour' where id = %s",
        [item],
    )
    still = ben.call("session_state", session_id=session)["now_playing"]["position_ms"]
    assert abs(still - 30_000) < 1000
    with refused(403, "not_the_host"):
        ben.call("resume_session", session_id=session)
    state = ada.call("resume_session", session_id=session)
    assert abs(state["now_playing"]["position_ms"] - 30_000) < 1000
    assert session_of(db, session)["due_at"] == item_of(db, item)["ends_at"]


def test_only_what_is_over_is_advanced_and_each_once(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "public")
    queue(ben, session, 3)
    with refused(409, "track_not_over"):
        cleo.call("advance_session", session_id=session, expected_sequence=1)
    wind(db, session)
    state = cleo.call("advance_session", session_id=session, expected_sequence=1)
    assert state["sequence"] == 2
    late = ben.call("advance_session", session_id=session, expected_sequence=1)
    assert (late["sequence"], late["now_playing"]["item"]) == (2, state["now_playing"]["item"])


@pytest.mark.parametrize(
    ("mode", "may", "may_not"),
    [("fan", "ben", "cleo"), ("artist", "ada", "ben"), ("public", "ben", "cleo")],
)
def test_who_may_skip(mode: str, may: str, may_not: str, db: Connection) -> None:
    room, session = make_party(db, mode)
    dj = actor(db, "ada" if mode == "artist" else "ben")
    if mode == "fan":
        dj.call("join_rotation", session_id=session)
    first, second = queue(dj, session, 2)
    with refused(403, "not_allowed_to_skip"):
        actor(db, may_not).call("skip_track", session_id=session, expected_sequence=1)
    actor(db, may).call("skip_track", session_id=session, expected_sequence=1)
    # Pressed twice, it skips once.
    actor(db, may).call("skip_track", session_id=session, expected_sequence=1)
    assert session_of(db, session)["current_item_id"] == second
    actor(db, "modesty").call(
        "skip_track", session_id=session, expected_sequence=2, reason="too loud"
    )
    assert item_of(db, second)["skip_reason"] == "too loud"
    assert item_of(db, first)["skip_reason"] is None
    rows = db.execute(
        "select reason from public.moderation_log where room_id = %s and action = 'track_skipped'",
        [room],
    ).fetchall()
    assert rows == [{"reason": "too loud"}]


def test_a_changed_mode_keeps_the_queue(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db, "public")
    items = queue(ben, session, 3)
    ada.call("change_session_mode", session_id=session, mode="artist")
    state = ada.call("session_state", session_id=session)
    assert (state["mode"], [row["id"] for row in state["queue"]]) == (
        "artist", [str(item) for item in items[1:]],
    )  # fmt: skip
    with refused(409, "no_rotation"):
        ben.call("join_rotation", session_id=session)
    assert advance(db, session) == items[1]


def test_a_change_of_mode_ends_the_turn_of_who_is_on(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "fan")
    for dj in (ben, cleo):
        dj.call("join_rotation", session_id=session)
    queue(ben, session, 2)
    (of_cleo,) = queue(cleo, session)
    for mode in ("public", "fan"):
        ada.call("change_session_mode", session_id=session, mode=mode)
    # ben's track still plays, and was his turn.
    assert advance(db, session) == of_cleo


def test_who_has_nothing_left_to_be_played_is_not_on_any_more(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "fan", tracks_per_turn=2)
    for dj in (ben, cleo):
        dj.call("join_rotation", session_id=session)
    _, withdrawn = queue(ben, session, 2)
    (of_cleo,) = queue(cleo, session)
    db.execute("delete from public.tracks where id = %s", [item_of(db, withdrawn)["track_id"]])
    assert advance(db, session) == of_cleo
    rotation = ben.call("session_state", session_id=session)["rotation"]
    assert [(slot["dj"]["username"], slot["is_on"]) for slot in rotation] == [
        ("cleo", True), ("ben", False),
    ]  # fmt: skip


def test_history_says_what_was_played(db: Connection, ada: Actor, ben: Actor, eve: Actor) -> None:
    room, session = make_party(db, "public")
    first, second, third = queue(ben, session, 3)
    eve.call("heartbeat", room_id=room)
    eve.call("vote_track", item_id=first, value=1)
    eve.call("vote_track", item_id=third, value=-1)
    advance(db, session)
    ada.call("skip_track", session_id=session, expected_sequence=2, reason="enough")
    ada.call("end_session", session_id=session)
    rows = eve.rows("session_history", room_id=room)
    assert [
        (row["item_id"], row["up_count"], row["down_count"], row["is_skipped"], row["skip_reason"])
        for row in rows
    ] == [
        (third, 0, 1, True, "session_ended"),
        (second, 0, 0, True, "enough"),
        (first, 1, 0, False, None),
    ]
    assert {row["dj"]["username"] for row in rows} == {"ben"}
    assert {row["listener_count"] for row in rows} == {6}
    assert rows[-1]["ms_played"] == 200_000
    page = eve.rows("session_history", room_id=room, page_size=2)
    assert page + eve.rows("session_history", room_id=room, after=page[-1]["cursor"]) == rows


def test_the_queue_is_listed_page_by_page(db: Connection, ben: Actor, eve: Actor) -> None:
    _, session = make_party(db, "public", queue_limit_per_member=10)
    items = queue(ben, session, 6)[1:]
    eve.call("vote_track", item_id=items[3], value=1)
    found, after = [], None
    while page := eve.rows("session_queue", session_id=session, after=after, page_size=2):
        found += [(row["id"], row["my_vote"]) for row in page]
        after = page[-1]["cursor"]
    assert found == [(item, int(place == 3)) for place, item in enumerate(items)]


def test_a_cursor_of_another_session_or_room_is_refused(db: Connection, ben: Actor) -> None:
    (room, session), (other_room, other) = (make_party(db, "public") for _ in range(2))
    for one in (session, other):
        queue(ben, one, 2)
        advance(db, one)
        queue(ben, one)
    for function, key, here, there in (
        ("session_queue", "session_id", session, other),
        ("session_history", "room_id", room, other_room),
    ):
        (row,) = ben.rows(function, **{key: here})
        assert ben.rows(function, **{key: here, "after": row["cursor"]}) == []
        with refused(422, "bad_cursor"):
            ben.rows(function, **{key: there, "after": row["cursor"]})


def test_items_are_removed_by_whose_they_are_and_by_moderators(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "public")
    playing, *items = queue(ben, session, 4)
    with refused(403, "not_the_host"):
        cleo.call("remove_queue_item", item_id=items[0])
    with refused(409, "item_playing"):
        ben.call("remove_queue_item", item_id=playing)
    with refused(409, "order_is_voted"):
        ada.call("move_queue_item", item_id=items[0], after_item_id=None)
    ben.call("remove_queue_item", item_id=items[0])
    ben.call("remove_queue_item", item_id=items[0])
    with refused(403, "not_a_moderator"):
        ben.call("clear_queue", session_id=session)
    assert ada.call("clear_queue", session_id=session) == 2
    assert advance(db, session) is None


def test_moderators_take_djs_out_of_the_rotation(db: Connection, ada: Actor, ben: Actor) -> None:
    _, session = make_party(db)
    ben.call("join_rotation", session_id=session)
    with refused(403, "not_a_moderator"):
        ben.call("remove_from_rotation", session_id=session, username="ben")
    for _ in range(2):
        state = ada.call("remove_from_rotation", session_id=session, username="ben")
        assert state["rotation"] == []
        # Whoever has blocked them is taken out all the same.
        ben.call("join_rotation", session_id=session)
        ben.call("block", username="ada")
    with refused(404, "profile_not_found"):
        ada.call("remove_from_rotation", session_id=session, username="nobody_at_all")


def test_a_private_rooms_session_is_nobodys_but_its_members(
    db: Connection, ben: Actor, stranger: Actor
) -> None:
    room, session = make_party(db, "public", visibility="private")
    (item,) = queue(ben, session)
    track = make_song(db)
    calls: dict[str, dict[str, Any]] = {
        "session_state": {"session_id": session},
        "session_queue": {"session_id": session},
        "advance_session": {"session_id": session, "expected_sequence": 1},
        "skip_track": {"session_id": session, "expected_sequence": 1},
        "enqueue_track": {"session_id": session, "track_id": track},
        "join_rotation": {"session_id": session},
        "end_session": {"session_id": session},
    }
    for function, arguments in calls.items():
        with refused(404, "session_not_found"):
            stranger.rows(function, **arguments)
    items: dict[str, dict[str, Any]] = {
        "vote_track": {"item_id": item, "value": 1},
        "vote_skip": {"item_id": item},
        "remove_queue_item": {"item_id": item},
    }
    for function, arguments in items.items():
        with refused(404, "item_not_found"):
            stranger.rows(function, **arguments)
    for function in ("room_session", "session_history"):
        with refused(404, "room_not_found"):
            stranger.rows(function, room_id=room)
    assert ben.call("room_session", room_id=room)["id"] == str(session)


def test_a_room_that_is_deleted_ends_its_session(db: Connection, ben: Actor) -> None:
    room, session = make_party(db, "public")
    queue(ben, session, 2)
    db.execute("select private.bury_room(%s)", [room])
    row = session_of(db, session)
    assert (row["status"], row["current_item_id"], row["due_at"]) == ("ended", None, None)


def test_a_play_names_the_room_only_where_the_track_plays(
    db: Connection, ben: Actor, stranger: Actor
) -> None:
    room, session = make_party(db, "public", visibility="private")
    (item,) = queue(ben, session)
    heard = {
        "track_id": item_of(db, item)["track_id"],
        "ms_played": 60_000,
        "source": "room",
        "room_id": room,
    }
    assert ben.call("record_play", client_event_id=uuid.uuid4(), **heard) == {"is_counted": True}
    with refused(404, "room_not_found"):
        stranger.call("record_play", client_event_id=uuid.uuid4(), **heard)
    other = {**heard, "track_id": make_song(db)}
    with refused(409, "not_playing_there"):
        ben.call("record_play", client_event_id=uuid.uuid4(), **other)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'lost'", "queue_items_status_known"),
        ("duration_ms = 0", "queue_items_duration_positive"),
        ("started_at = now(), ends_at = now()", "queue_items_dates_fit_status"),
        ("started_at = now()", "queue_items_dates_fit_status"),
        ("finished_at = now()", "queue_items_dates_fit_status"),
        ("status = 'playing'", "queue_items_dates_fit_status"),
        ("status = 'played', finished_at = now()", "queue_items_dates_fit_status"),
        ("status = 'removed'", "queue_items_dates_fit_status"),
        ("skip_reason = ''", "queue_items_skip_reason_length"),
        ("skip_reason = repeat('x', 201)", "queue_items_skip_reason_length"),
        ("up_count = -1", "tally_not_negative"),
        ("played_before = -1", "tally_not_negative"),
    ],
)
def test_no_code_of_ours_can_store_an_item_that_is_not_whole(
    ben: Actor, db: Connection, change: str, constraint: str
) -> None:
    _, session = make_party(db, "artist")
    db.execute("update public.dj_sessions set status = 'paused', paused_at = now(), due_at = null")
    db.execute(
        "insert into public.session_contributors (session_id, user_id) values (%s, %s)",
        [session, ben.id],
    )
    (item,) = queue(ben, session)
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, db.transaction():
        db.execute(f"update public.queue_items set {change} where id = %s".encode(), [item])
    assert refusal.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "change",
    [
        "status = 'lost'",
        "status = 'paused'",
        "status = 'ended'",
        "paused_at = now()",
        "ended_at = now()",
        "status = 'paused', paused_at = now()",
        "status = 'ended', ended_at = now(), due_at = null",
    ],
)
def test_no_code_of_ours_can_store_a_session_that_is_not_whole(
    ben: Actor, db: Connection, change: str
) -> None:
    _, session = make_party(db, "public")
    queue(ben, session)
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, db.transaction():
        db.execute(f"update public.dj_sessions set {change} where id = %s".encode(), [session])
    assert refusal.value.diag.constraint_name == "dj_sessions_fit_status"
