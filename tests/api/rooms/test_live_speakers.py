"""Who may make whom a speaker, and what a speaker may do."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.live import heard, orders, start_live
from tests.rooms import enter_room, make_room


@pytest.fixture
def room(db: Connection) -> uuid.UUID:
    """Ada's room, in which cleo moderates and is live; ben and finn are in it."""
    room = make_room(db, "ada")
    enter_room(db, room, "cleo", "moderator")
    for name in ("ben", "finn"):
        enter_room(db, room, name)
    return room


@pytest.fixture
def stream(db: Connection, room: uuid.UUID) -> uuid.UUID:
    """Cleo's stream."""
    return start_live(db, room, "cleo")


def test_host_and_moderators_make_members_speakers_and_back(
    db: Connection, room: uuid.UUID, stream: uuid.UUID
) -> None:
    enter_room(db, room, "dan", "moderator")
    for name in ("cleo", "ada", "dan", "modesty"):
        somebody = actor(db, name)
        for speaker, role in ((True, "speaker"), (True, "speaker"), (False, "listener")):
            answer = somebody.call(
                "set_live_speaker", room_id=room, username="ben", speaker=speaker
            )
            assert answer == {
                "stream_id": str(stream), "username": "ben", "is_speaker": speaker, "role": role,
            }  # fmt: skip
    # Said twice, it is done once.
    assert orders(db, stream) == [("update", "ben")] * 8
    told = [payload["is_speaker"] for name, payload in heard(db, room) if "speaker" in name]
    assert sorted(told) == [False] * 4 + [True] * 4
    logged = db.execute(
        "select actor_id from public.moderation_log where action = 'speaker_changed' order by id"
    ).fetchall()
    assert [row["actor_id"] for row in logged][::2] == [
        person_id(name) for name in ("cleo", "ada", "dan", "modesty")
    ]


def test_artist_who_is_a_member_decides_who_speaks_in_their_own_stream(db: Connection) -> None:
    room = make_room(db, "cleo", kind="artist", artist_id=person_id("ada"))
    for name in ("ada", "ben"):
        enter_room(db, room, name)
    with refused(404, "live_not_on"):
        actor(db, "cleo").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    start_live(db, room, "ada")
    answer = actor(db, "ada").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    assert answer["role"] == "speaker"


def test_others_decide_for_nobody_but_may_stop_speaking_themselves(
    db: Connection, room: uuid.UUID, stream: uuid.UUID
) -> None:
    ben, finn, stranger = (actor(db, name) for name in ("ben", "finn", "stranger"))
    for name in ("ben", "finn"):
        with refused(403, "not_a_moderator"):
            ben.call("set_live_speaker", room_id=room, username=name, speaker=True)
    with refused(403, "not_a_member"):
        stranger.call("set_live_speaker", room_id=room, username="ben", speaker=True)
    actor(db, "cleo").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    with refused(403, "not_a_moderator"):
        finn.call("set_live_speaker", room_id=room, username="ben", speaker=False)
    assert (
        ben.call("set_live_speaker", room_id=room, username="ben", speaker=False)["role"]
        == "listener"
    )


def test_only_members_speak_and_the_host_always_does(
    db: Connection, room: uuid.UUID, stream: uuid.UUID
) -> None:
    cleo = actor(db, "cleo")
    for username, speaker, status, token in (
        ("stranger", True, 404, "member_not_found"),
        ("nobody_here", True, 404, "profile_not_found"),
        ("cleo", False, 409, "live_host_speaks"),
        ("ben", None, 422, "value_missing"),
    ):
        with refused(status, token):
            cleo.call("set_live_speaker", room_id=room, username=username, speaker=speaker)
    with refused(404, "room_not_found"):
        cleo.call("set_live_speaker", room_id=uuid.uuid4(), username="ben", speaker=True)


def test_a_stream_takes_so_many_speakers(
    db: Connection, room: uuid.UUID, stream: uuid.UUID
) -> None:
    db.execute("update private.settings set value = 1 where name = 'live_speakers_limit'")
    cleo = actor(db, "cleo")
    for _ in range(2):
        cleo.call("set_live_speaker", room_id=room, username="ben", speaker=True)
    with refused(409, "live_speaker_limit"):
        cleo.call("set_live_speaker", room_id=room, username="finn", speaker=True)
    cleo.call("set_live_speaker", room_id=room, username="ben", speaker=False)
    cleo.call("set_live_speaker", room_id=room, username="finn", speaker=True)


def test_speakers_are_a_streams_and_are_gone_with_it(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    actor(db, "cleo").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    service.call("backend.end_live", user_id=person_id("cleo"), stream_id=stream)
    assert db.execute("select from public.live_speakers").fetchall() == []
    start_live(db, room, "cleo")
    told = service.call("backend.live_role", user_id=person_id("ben"), room_id=room)
    assert told["role"] == "listener"


def test_changing_speakers_is_slowed(db: Connection, room: uuid.UUID, stream: uuid.UUID) -> None:
    cleo = actor(db, "cleo")
    with refused(429, "rate_limited"):
        for number in range(70):
            cleo.call("set_live_speaker", room_id=room, username="ben", speaker=number % 2 == 0)
