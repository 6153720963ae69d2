"""Who may do what in a session, cell by cell: run it, add to it, skip in it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import be_seen, enter_room, make_room
from tests.sessions import item_of, queue, session_of, wind

Tokens = dict[str, str | None]
MODES = ("fan", "artist", "public")


def open_session(db: Connection, mode: str = "public") -> tuple[uuid.UUID, uuid.UUID]:
    """A session that ada started as the artist of cleo's room: the room, the session.

    dan moderates; ben, eve and finn are members; modesty works here; stranger is not in the room.
    """
    room = make_room(db, "cleo", kind="artist", artist_id=person_id("ada"))
    enter_room(db, room, "dan", "moderator")
    for name in ("ada", "ben", "eve", "finn"):
        enter_room(db, room, name)
    for name in ("ada", "ben", "cleo", "dan", "eve", "finn"):
        be_seen(db, room, name)
    state = actor(db, "ada").call("start_session", room_id=room, mode=mode)
    return room, uuid.UUID(state["id"])


def try_each(db: Connection, expected: Tokens, function: str, **arguments: Any) -> None:
    """Everybody named calls it, as if nobody else had; null where they may."""
    for name, token in expected.items():
        with db.transaction(force_rollback=True):
            if token is None:
                actor(db, name).rows(function, **arguments)
            else:
                with refused(403, token):
                    actor(db, name).rows(function, **arguments)


RUN: Tokens = {
    "ada": None, "cleo": None, "dan": None, "modesty": None,
    "ben": "not_the_host", "stranger": "not_the_host",
}  # fmt: skip
MODERATE: Tokens = {
    "cleo": None, "dan": None, "modesty": None,
    "ada": "not_a_moderator", "ben": "not_a_moderator", "stranger": "not_a_member",
}  # fmt: skip


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("end_session", {}, RUN),
        ("pause_session", {}, RUN),
        ("resume_session", {}, RUN),
        ("change_session_mode", {"mode": "artist"}, RUN),
        ("set_contributor", {"username": "eve", "is_allowed": True}, RUN),
        ("clear_queue", {}, MODERATE),
        ("remove_from_rotation", {"username": "finn"}, MODERATE),
    ],
)
def test_who_may_run_a_session(
    function: str, arguments: dict[str, Any], expected: Tokens, db: Connection
) -> None:
    _, session = open_session(db)
    try_each(db, expected, function, session_id=session, **arguments)
    # Whoever started it and has left the room is nobody special.
    db.execute("delete from public.room_members where user_id = %s", [person_id("ada")])
    token = "not_the_host" if expected is RUN else "not_a_member"
    try_each(db, {"ada": token}, function, session_id=session, **arguments)


def test_who_may_start_one(db: Connection) -> None:
    room, session = open_session(db)
    actor(db, "cleo").call("end_session", session_id=session)
    expected: Tokens = {
        "cleo": None, "dan": None, "ada": None,
        "ben": "not_a_moderator", "stranger": "not_a_member", "modesty": "not_a_member",
    }  # fmt: skip
    try_each(db, expected, "start_session", room_id=room, mode="fan")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "fan",
            {
                "finn": None, "ada": "not_in_rotation", "cleo": "not_in_rotation",
                "ben": "not_in_rotation", "stranger": "not_a_member",
            },
        ),
        (
            "artist",
            {
                "ada": None, "eve": None, "cleo": "not_allowed_to_queue",
                "dan": "not_allowed_to_queue", "ben": "not_allowed_to_queue",
                "stranger": "not_a_member",
            },
        ),
        (
            "public",
            {
                "ada": None, "cleo": None, "dan": None, "ben": None, "stranger": "not_a_member",
                "modesty": "not_a_member",
            },
        ),
    ],
)  # fmt: skip
def test_who_adds(mode: str, expected: Tokens, db: Connection) -> None:
    _, session = open_session(db, mode)
    if mode == "fan":
        actor(db, "finn").call("join_rotation", session_id=session)
    actor(db, "ada").call("set_contributor", session_id=session, username="eve", is_allowed=True)
    try_each(db, expected, "enqueue_track", session_id=session, track_id=make_song(db))


def test_only_members_join_the_rotation(db: Connection) -> None:
    _, session = open_session(db, "fan")
    expected: Tokens = {"ben": None, "stranger": "not_a_member", "modesty": "not_a_member"}
    try_each(db, expected, "join_rotation", session_id=session)


def test_whom_the_host_allows_adds_until_it_is_taken_back(
    db: Connection, ada: Actor, eve: Actor
) -> None:
    room, session = open_session(db, "artist")

    def allow(is_allowed: bool) -> None:
        answer = ada.call(
            "set_contributor", session_id=session, username="eve", is_allowed=is_allowed
        )
        assert answer == {"is_allowed": is_allowed}

    with refused(409, "not_in_room"):
        ada.call("set_contributor", session_id=session, username="stranger", is_allowed=True)
    for _ in range(2):
        allow(True)
    queue(eve, session)
    allow(False)
    with refused(403, "not_allowed_to_queue"):
        queue(eve, session)
    # Nor may who has left the room in between.
    allow(True)
    eve.call("leave_room", room_id=room)
    eve.call("join_room", room_id=room)
    with refused(403, "not_allowed_to_queue"):
        queue(eve, session)
    # It is taken back from who has blocked the host, and not given to them.
    allow(True)
    eve.call("block", username="ada")
    allow(False)
    with refused(403, "not_allowed_to_queue"):
        queue(eve, session)
    with refused(404, "profile_not_found"):
        allow(True)


MODERATORS: Tokens = {"cleo": None, "dan": None, "modesty": None}
OTHERS = "not_allowed_to_skip"


@pytest.mark.parametrize(
    ("mode", "dj", "expected", "by_vote"),
    [
        (
            "fan", "finn",
            {"finn": None, "ada": OTHERS, "ben": OTHERS, "eve": OTHERS, "stranger": OTHERS}, True,
        ),
        ("artist", "eve", {"ada": None, "eve": OTHERS, "ben": OTHERS, "stranger": OTHERS}, False),
        ("public", "ben", {"ben": None, "ada": OTHERS, "eve": OTHERS, "stranger": OTHERS}, True),
    ],
)  # fmt: skip
def test_who_may_skip(mode: str, dj: str, expected: Tokens, by_vote: bool, db: Connection) -> None:
    _, session = open_session(db, mode)
    somebody = actor(db, dj)
    if mode == "fan":
        somebody.call("join_rotation", session_id=session)
    if mode == "artist":
        actor(db, "ada").call("set_contributor", session_id=session, username=dj, is_allowed=True)
    (item,) = queue(somebody, session)
    try_each(
        db, MODERATORS | expected, "skip_track", session_id=session, expected_sequence=1,
    )  # fmt: skip
    # Six are there: three votes do.
    wind(db, session, 60)
    voters = [actor(db, name) for name in ("ada", "ben", "finn")]
    if not by_vote:
        with refused(409, "vote_skip_disabled"):
            voters[0].call("vote_skip", item_id=item)
        return
    skips = [voter.call("vote_skip", item_id=item)["skipped"] for voter in voters]
    assert skips == [False, False, True]
    assert item_of(db, item)["skip_reason"] == "vote"
    assert session_of(db, session)["sequence"] == 2


def test_who_left_the_room_skips_nothing_of_their_own(db: Connection) -> None:
    _, session = open_session(db, "public")
    queue(actor(db, "ben"), session)
    db.execute("delete from public.room_members where user_id = %s", [person_id("ben")])
    try_each(db, {"ben": OTHERS}, "skip_track", session_id=session, expected_sequence=1)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("fan", {"ben": None, "ada": None, "dan": None, "eve": "not_the_host"}),
        ("artist", {"ada": None, "dan": None, "ben": "not_the_host", "eve": "not_the_host"}),
    ],
)
def test_who_puts_what_is_queued_in_order(mode: str, expected: Tokens, db: Connection) -> None:
    _, session = open_session(db, mode)
    ben = actor(db, "ben")
    if mode == "fan":
        ben.call("join_rotation", session_id=session)
    else:
        actor(db, "ada").call(
            "set_contributor", session_id=session, username="ben", is_allowed=True
        )
    _, first, second, third = queue(ben, session, 4)
    try_each(db, expected, "move_queue_item", item_id=third, after_item_id=None)
    mover = "ben" if mode == "fan" else "ada"
    actor(db, mover).call("move_queue_item", item_id=third, after_item_id=first)
    state = ben.call("session_state", session_id=session)
    assert [item["id"] for item in state["queue"]] == [str(one) for one in (first, third, second)]
    # Behind what is not queued here there is no place.
    elsewhere = open_session(db)[1]
    (foreign,) = queue(actor(db, "ben"), elsewhere)
    with refused(404, "item_not_found"):
        actor(db, "ada").call("move_queue_item", item_id=third, after_item_id=foreign)


def test_what_is_queued_is_taken_out_by_whose_it_is_and_who_runs_the_session(
    db: Connection,
) -> None:
    _, session = open_session(db, "public")
    _, item = queue(actor(db, "ben"), session, 2)
    expected: Tokens = {
        "ben": None, "ada": None, "cleo": None, "dan": None, "modesty": None,
        "eve": "not_the_host", "stranger": "not_the_host",
    }  # fmt: skip
    try_each(db, expected, "remove_queue_item", item_id=item)
