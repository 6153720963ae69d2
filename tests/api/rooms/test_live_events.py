"""What the LiveKit server reports comes to the same, however often and in whatever order."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Actor, Connection, actor, person_id, refused
from tests.live import NOW, heard, join, leave, orders, start_live, stream_row, tell
from tests.rooms import ban_from_room, enter_room, make_room
from tests.schema.counters import counter_laws

PEOPLE = ("ben", "cleo", "dan")


@pytest.fixture
def room(db: Connection) -> uuid.UUID:
    """Ada's room."""
    return make_room(db, "ada")


@pytest.fixture
def stream(db: Connection, room: uuid.UUID) -> uuid.UUID:
    """Ada's stream in it, which began a minute before all that is told of it."""
    stream = start_live(db, room)
    began_before(db)
    return stream


def began_before(db: Connection) -> None:
    """Let every stream have begun before all that is told in these tests."""
    before = NOW - timedelta(minutes=1)
    db.execute("update public.live_streams set started_at = %s, known_at = %s", [before, before])


def counts(db: Connection, stream: uuid.UUID) -> tuple[int, int]:
    row = stream_row(db, stream)
    return row["listener_count"], row["peak_listeners"]


def test_listeners_are_counted_as_they_come_and_go(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    assert join(service, stream, "ada", role="host") == "counted"
    assert counts(db, stream) == (0, 0)
    for name in PEOPLE:
        assert join(service, stream, name) == "counted"
    assert counts(db, stream) == (3, 3)
    # Connected by two devices, ben is there once.
    join(service, stream, "ben", session="PA_ben_again", seconds=5)
    assert counts(db, stream) == (3, 3)
    leave(service, stream, "ben")
    assert counts(db, stream) == (3, 3)
    leave(service, stream, "ben", session="PA_ben_again")
    assert tell(service, "participant_connection_aborted", stream, "dan", 70) == "counted"
    assert counts(db, stream) == (1, 3)
    assert counter_laws(db) == []


def test_one_event_counts_once(db: Connection, service: Actor, stream: uuid.UUID) -> None:
    assert join(service, stream, "ben", identity="EV_same") == "counted"
    assert leave(service, stream, "ben", identity="EV_same") == "repeated"
    assert counts(db, stream) == (1, 1)


def test_what_is_not_about_a_stream_of_ours_changes_nothing(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    before = stream_row(db, stream)
    assert join(service, uuid.uuid4(), "ben") == "unknown"
    for event in ("track_published", "egress_started", "", None):
        assert tell(service, event, stream, "ben") == "ignored"  # type: ignore[arg-type]
    assert tell(service, "participant_joined", stream) == "ignored"
    assert tell(service, "participant_joined", stream, "ben", session="x" * 101) == "ignored"
    for broken in ({"event_id": ""}, {"event_id": None}, {"happened_at": None}):
        arguments = {
            "event_id": "EV_x", "event": "room_finished", "stream_id": stream, "happened_at": NOW,
        }  # fmt: skip
        with refused(422, "live_event_invalid"):
            service.call("backend.live_event", **{**arguments, **broken})
    assert service.call(
        "backend.live_event", event_id="EV_n", event="participant_joined", stream_id=stream,
        happened_at=NOW, user_id=uuid.uuid4(), session_id="PA_n",
    ) == "stranger"  # fmt: skip
    after = stream_row(db, stream)
    assert {**after, "known_at": None} == {**before, "known_at": None}


def test_a_stream_that_everybody_has_left_ends(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    join(service, stream, "ben")
    assert tell(service, "room_finished", stream, seconds=100) == "counted"
    row = stream_row(db, stream)
    assert (row["end_reason"], row["ended_at"]) == ("finished", NOW + timedelta(seconds=100))
    assert (row["listener_count"], row["peak_listeners"]) == (0, 1)
    assert [name for name, _ in heard(db, room)].count("live_ended") == 1
    tell(service, "room_finished", stream, seconds=200)
    assert stream_row(db, stream) == row
    start_live(db, room)


def test_whoever_comes_with_an_old_token_is_looked_at_again(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    enter_room(db, room, "cleo")
    ban_from_room(db, room, "ben")
    db.execute("delete from private.outbox")
    assert join(service, stream, "ben") == "ordered"
    assert join(service, stream, "cleo", role="speaker") == "ordered"
    assert join(service, stream, "dan", role="listener") == "counted"
    assert orders(db, stream) == [("remove", "ben"), ("update", "cleo")]


def test_a_room_that_is_opened_again_after_its_stream_is_ended_again(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    db.execute("update private.outbox set delivered_at = now()")
    assert join(service, stream, "ben", seconds=100_000) == "ordered"
    assert tell(service, "room_started", stream, seconds=100_000) == "ordered"
    assert orders(db, stream) == [("clear", None), ("clear", None)]
    assert counts(db, stream) == (0, 0)


def test_a_room_hears_the_count_at_most_once_a_second_and_the_last_one_in_the_end(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    for name in PEOPLE:
        join(service, stream, name)
    told = [payload["listener_count"] for name, payload in heard(db, room) if "listen" in name]
    assert told == [1]
    assert service.call("backend.tell_live_counts") == {"told": 0, "open": 1}
    db.execute("update public.live_streams set told_at = told_at - interval '1 second'")
    assert service.call("backend.tell_live_counts") == {"told": 1, "open": 1}
    assert service.call("backend.tell_live_counts", size=1) == {"told": 0, "open": 1}
    (_, last) = [payload for name, payload in heard(db, room) if "listen" in name]
    assert (last["listener_count"], last["peak_listeners"]) == (3, 3)


def census(service: Actor, rooms: dict[uuid.UUID, int], minutes: float = 0) -> list[uuid.UUID]:
    listed = [{"stream_id": str(name), "count": count} for name, count in rooms.items()]
    found = service.call(
        "backend.live_census", rooms=json.dumps(listed), asked_at=NOW + timedelta(minutes=minutes)
    )
    assert isinstance(found, list)
    return found


def roll(service: Actor, stream: uuid.UUID, *there: Any, minutes: float = 0) -> list[uuid.UUID]:
    sessions = [
        {
            "session_id": f"PA_{name}", "user_id": str(person_id(name)),
            "joined_at": NOW.isoformat(), "granted_role": "listener",
        }
        for name in there
    ]  # fmt: skip
    found = service.call(
        "backend.live_roll", stream_id=stream, sessions=json.dumps(sessions),
        asked_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip
    assert isinstance(found, list)
    return found


def test_a_stream_the_server_does_not_know_any_more_ends_after_some_minutes(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    other = start_live(db, make_room(db, "ada"))
    began_before(db)
    for minutes in (0, 4, 8):
        census(service, {stream: 0}, minutes)
        assert stream_row(db, stream)["ended_at"] is None
    assert stream_row(db, other)["end_reason"] == "lost"
    census(service, {}, 12)
    assert stream_row(db, stream)["ended_at"] is None
    census(service, {}, 14)
    assert stream_row(db, stream)["end_reason"] == "lost"
    assert orders(db, stream) == [("clear", None)]


def test_a_room_whose_stream_is_over_is_ended_once(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    for _ in range(2):
        assert census(service, {stream: 1, uuid.uuid4(): 3}, 1000) == []
    assert orders(db, stream) == [("clear", None)]
    db.execute("update private.outbox set delivered_at = now()")
    census(service, {stream: 1}, 1000)
    assert orders(db, stream) == [("clear", None)] * 2


def test_what_webhooks_have_missed_is_made_good(
    db: Connection, service: Actor, stream: uuid.UUID
) -> None:
    for name in ("ben", "cleo"):
        join(service, stream, name)
    assert census(service, {stream: 2}) == []
    assert census(service, {stream: 3}) == [stream]
    # dan's coming and cleo's going were lost.
    assert roll(service, stream, "ben", "dan", minutes=1) == []
    assert counts(db, stream) == (2, 2)
    # Who has come just now may not be in the list yet, who is in it is there.
    join(service, stream, "eve", seconds=50)
    leave(service, stream, "dan", seconds=1)
    assert roll(service, stream, "ben", "dan", minutes=1) == []
    assert counts(db, stream) == (3, 3)
    there = db.execute(
        "select profile.username::text from public.live_participants as participant"
        " join public.profiles as profile on profile.id = participant.user_id"
        " where left_at is null order by 1"
    ).fetchall()
    assert [row["username"] for row in there] == ["ben", "dan", "eve"]
    assert roll(service, uuid.uuid4(), "ben") == []
    assert counter_laws(db) == []


def test_whoever_has_no_account_or_no_right_is_named_by_the_roll(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    gone = uuid.uuid4()
    ban_from_room(db, room, "ben")
    db.execute("delete from private.outbox")
    sessions = [
        {"session_id": "PA_1", "user_id": str(gone), "granted_role": "listener"},
        {"session_id": "PA_2", "user_id": str(person_id("ben")), "granted_role": "listener"},
        {"session_id": "PA_3", "user_id": None},
    ]
    assert service.call(
        "backend.live_roll", stream_id=stream, sessions=json.dumps(sessions), asked_at=NOW
    ) == [gone]
    assert orders(db, stream) == [("remove", "ben")]
    for function, arguments in (
        ("live_roll", {"stream_id": stream, "sessions": "{}", "asked_at": NOW}),
        ("live_roll", {"stream_id": stream, "sessions": "[]", "asked_at": None}),
        ("live_census", {"rooms": "7", "asked_at": NOW}),
        ("live_census", {"rooms": None, "asked_at": NOW}),
    ):
        with refused(422, "value_missing"):
            service.call(f"backend.{function}", **arguments)


def test_an_order_is_what_is_right_when_it_is_carried_out(
    db: Connection, service: Actor, room: uuid.UUID, stream: uuid.UUID
) -> None:
    enter_room(db, room, "ben")

    def order(is_removal: bool, seconds: int = 0) -> Any:
        return service.call(
            "backend.live_order", stream_id=stream, user_id=person_id("ben"),
            is_removal=is_removal, ordered_at=NOW + timedelta(seconds=seconds),
        )  # fmt: skip

    assert [order(False), order(True)] == ["listener", "remove"]
    actor(db, "ada").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    assert order(False) == "speaker"
    # Back since then, by a connection of its own.
    join(service, stream, "ben", seconds=10, role="speaker")
    assert [order(True), order(True, 20)] == ["speaker", "remove"]
    actor(db, "ada").call("remove_member", room_id=room, username="ben", ban_minutes=None)
    assert [order(False), order(True)] == ["remove", "remove"]
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    assert [order(False), order(True)] == ["none", "none"]


def test_what_is_old_is_forgotten(db: Connection, service: Actor, stream: uuid.UUID) -> None:
    room = make_room(db, "cleo")
    old = start_live(db, room, "cleo")
    for one in (stream, old):
        join(service, one, "ben")
        leave(service, one, "ben")
    service.call("backend.end_live", user_id=person_id("cleo"), stream_id=old)
    assert service.call("backend.forget_old_live") == 0
    db.execute(
        "update public.live_participants set joined_at = joined_at - interval '40 days',"
        " left_at = left_at - interval '40 days'"
    )
    db.execute(
        "update public.live_streams set started_at = started_at - interval '40 days',"
        " ended_at = ended_at - interval '40 days'"
    )
    db.execute("update private.livekit_events set received_at = received_at - interval '4 days'")
    assert service.call("backend.forget_old_live", size=3) == 4
    assert service.call("backend.forget_old_live", size=3) == 1
    left = db.execute("select stream_id from public.live_participants").fetchall()
    assert left == [{"stream_id": stream}]


@dataclass(frozen=True)
class Stay:
    """One connection: whose, from when to when."""

    name: str
    session: str
    joined: int
    left: int


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Stay], list[tuple[int, str]]]:
    """Connections, and the order (with repetitions) in which their events arrive."""
    stays = []
    for number in range(draw(st.integers(1, 6))):
        joined = draw(st.integers(0, 20))
        stays.append(
            Stay(
                draw(st.sampled_from((*PEOPLE, "ada"))), f"PA_{number}", joined,
                joined + draw(st.integers(0, 20)),
            )
        )  # fmt: skip
    events = [(number, kind) for number in range(len(stays)) for kind in ("joined", "left")]
    events.append((0, "finished"))
    return stays, draw(st.permutations(events)) + draw(st.lists(st.sampled_from(events)))


def expected_peak(stays: list[Stay], end: int) -> int:
    """The most who were there at once, second by second."""
    return max(
        len(
            {
                stay.name for stay in stays
                if stay.name != "ada" and stay.joined <= second < min(stay.left, end)
            }
        )
        for second in range(60)
    )  # fmt: skip


@given(story=stories(), end=st.integers(0, 45))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_any_order_and_twice_the_counts_are_those_of_what_happened(
    db: Connection, service: Actor, stream: uuid.UUID, story: Any, end: int
) -> None:
    stays, order = story
    with db.transaction(force_rollback=True):
        for number, kind in order:
            stay: Stay = stays[number]
            if kind == "finished":
                tell(service, "room_finished", stream, seconds=end, identity="EV_finished")
                continue
            tell(
                service, f"participant_{kind}", stream, stay.name,
                stay.joined if kind == "joined" else stay.left,
                session=stay.session, joined=stay.joined, identity=f"EV_{stay.session}_{kind}",
                role="host" if stay.name == "ada" else "listener",
            )  # fmt: skip
        row = stream_row(db, stream)
        assert (row["end_reason"], row["listener_count"]) == ("finished", 0)
        assert row["peak_listeners"] == expected_peak(stays, end)
        ends = db.execute(
            "select session_id, extract(epoch from left_at - %s)::int as left"
            " from public.live_participants order by 1",
            [NOW],
        ).fetchall()
        assert [row["left"] for row in ends] == [
            max(stay.joined, min(stay.left, end)) for stay in stays
        ]
        assert counter_laws(db) == []


@given(story=stories())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_while_it_is_on_the_count_is_that_of_who_has_not_left(
    db: Connection, service: Actor, stream: uuid.UUID, story: Any
) -> None:
    stays, order = story
    with db.transaction(force_rollback=True):
        gone: set[int] = set()
        there: set[int] = set()
        for number, kind in order:
            stay: Stay = stays[number]
            if kind == "finished":
                continue
            (there if kind == "joined" else gone).add(number)
            tell(
                service, f"participant_{kind}", stream, stay.name,
                stay.joined if kind == "joined" else stay.left,
                session=stay.session, joined=stay.joined, identity=f"EV_{stay.session}_{kind}",
            )  # fmt: skip
            present = {stays[one].name for one in there - gone} - {"ada"}
            assert counts(db, stream)[0] == len(present)
