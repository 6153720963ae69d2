"""watch-live: orders reach LiveKit whatever happens, and what reports have missed is made good."""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from backbeat.control_live import watch_live
from backbeat.livekit import LiveKit
from tests.functions.live import LiveStack
from tests.functions.livekit import KEY, SECRET, Studio, running_studio

ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
NOTHING = {"claimed": 0, "delivered": 0, "failed": 0, "called": 0, "told": 0}


@pytest.fixture(scope="module")
def empty_studio(live: LiveStack) -> Iterator[Studio]:
    """The functions with a LiveKit of their own."""
    with running_studio(live) as studio:
        yield studio


@pytest.fixture
def studio(live: LiveStack, empty_studio: Studio) -> Studio:
    """The functions, which a test must not kill, and nobody live."""
    nobody_is_live(live)
    empty_studio.livekit.forget()
    empty_studio.livekit.webhook_url = f"{empty_studio.functions.url}/livekit-webhook"
    return empty_studio


def nobody_is_live(live: LiveStack) -> None:
    """Forget every stream and what is to be told of it."""
    live.sql("delete from private.outbox")
    live.sql("delete from public.live_streams")


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who hosts."""
    return live.person("watch_ada")


@pytest.fixture(scope="module")
def ben(live: LiveStack) -> uuid.UUID:
    """Who listens."""
    return live.person("watch_ben")


def make_due(live: LiveStack) -> None:
    """Let the wait and the lease of every message be over."""
    live.sql(
        "update private.outbox set next_attempt_at = now() - interval '1 minute',"
        " leased_until = leased_until - interval '1 hour' where delivered_at is null"
    )


def on_air(studio: Studio, ada: uuid.UUID, *listeners: uuid.UUID) -> tuple[uuid.UUID, str]:
    """A stream of ada's with listeners who are members: the room, the stream."""
    room = studio.room(ada)
    stream: str = studio.start(room, ada)["stream"]["id"]
    for listener in listeners:
        studio.live.sends(listener, "POST", "/rpc/join_room", {"room_id": str(room)})
        studio.livekit.join(studio.token(room, listener)["token"])
    studio.reports()
    return room, stream


def ban(studio: Studio, ada: uuid.UUID, room: uuid.UUID, username: str) -> None:
    """Put somebody out of a room for good."""
    arguments = {"room_id": str(room), "username": username, "ban_minutes": None}
    studio.live.sends(ada, "POST", "/rpc/remove_member", arguments)


def test_where_nobody_is_live_there_is_nothing_to_do(studio: Studio) -> None:
    assert studio.watch().json() == NOTHING


def test_who_is_banned_is_put_out(studio: Studio, ada: uuid.UUID, ben: uuid.UUID) -> None:
    room, stream = on_air(studio, ada, ben)
    assert studio.people(stream) == {str(ben)}
    ban(studio, ada, room, "watch_ben")
    answer = studio.watch().json()
    assert (answer["claimed"], answer["delivered"]) == (1, 1)
    assert studio.people(stream) == set()
    studio.reports()
    assert studio.stream(stream)["listener_count"] == 0
    assert studio.watch().json()["claimed"] == 0


def test_a_speaker_is_given_the_microphone_and_it_is_taken_again(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada, ben)
    for speaker, sources in ((True, [2]), (False, [])):
        arguments = {"room_id": str(room), "username": "watch_ben", "speaker": speaker}
        live.sends(ada, "POST", "/rpc/set_live_speaker", arguments)
        assert studio.watch().json()["delivered"] == 1
        granted = studio.livekit.places[stream].people[str(ben)].permission
        assert (granted.can_publish, list(granted.can_publish_sources)) == (speaker, sources)
        assert (granted.can_subscribe, granted.can_publish_data) == (True, False)


def test_an_order_that_comes_too_late_does_no_harm(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada, ben)
    live.sends(ben, "POST", "/rpc/leave_room", {"room_id": str(room)})
    live.sends(ben, "POST", "/rpc/join_room", {"room_id": str(room)})
    # By the order's own time they have connected since.
    live.sql(
        "update private.outbox set payload = payload || jsonb_build_object("
        "'ordered_at', now() - interval '1 hour')"
    )
    assert studio.watch().json()["delivered"] == 1
    assert studio.people(stream) == {str(ben)}


def test_who_is_gone_already_is_out(studio: Studio, ada: uuid.UUID, ben: uuid.UUID) -> None:
    room, stream = on_air(studio, ada, ben)
    ban(studio, ada, room, "watch_ben")
    studio.livekit.leave(stream, str(ben))
    studio.reports()
    assert studio.watch().json()["delivered"] == 1


def test_a_livekit_that_is_away_is_asked_again_and_a_dead_letter_in_the_end(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada, ben)
    ban(studio, ada, room, "watch_ben")
    for _ in range(8):
        # ListRooms, then the order.
        studio.livekit.script = [None, "internal"]
        answer = studio.watch()
        assert (answer.status_code, answer.json()["error"]) == (502, "live_unavailable")
        assert (answer.json()["claimed"], answer.json()["failed"]) == (1, 1)
        make_due(live)
    assert studio.watch().json()["claimed"] == 0
    ((identity, error),) = live.sql(
        "select id, last_error from private.outbox where dead_at is not null"
    )
    assert error == "live_unavailable"
    assert studio.people(stream) == {str(ben)}
    live.sql("select private.retry_dead_letter(%s)", identity)
    assert studio.watch().json()["delivered"] == 1
    assert studio.people(stream) == set()


def test_orders_are_carried_out_though_livekit_does_not_list_its_rooms(
    studio: Studio, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada, ben)
    ban(studio, ada, room, "watch_ben")
    studio.livekit.script = ["internal"]
    answer = studio.watch()
    assert (answer.status_code, answer.json()["delivered"]) == (502, 1)
    assert studio.people(stream) == set()
    assert studio.stream(stream)["ended_at"] is None


def test_an_order_of_another_shape_is_kept_for_an_operator(studio: Studio, live: LiveStack) -> None:
    for payload in ({}, {"order": "clear"}, {"order": "burn", "stream_id": str(uuid.uuid4())}):
        live.sql("select private.enqueue('livekit', %s::jsonb)", json.dumps(payload))
    answer = studio.watch()
    assert (answer.status_code, answer.json()["failed"]) == (502, 3)
    assert live.sql("select distinct last_error from private.outbox") == [("malformed_message",)]


def test_killed_half_way_the_next_runs_end_it(
    studio: Studio, live: LiveStack, ada: uuid.UUID
) -> None:
    left = "select count(*) from private.outbox where delivered_at is null"
    with running_studio(live) as mortal, live.stack.server.connect() as connection:
        streams = [on_air(mortal, ada)[1] for _ in range(3)]
        orders = [{"order": "clear", "stream_id": stream} for stream in streams] * 5
        for order in orders:
            live.sql("select private.enqueue('livekit', %s::jsonb)", json.dumps(order))
        mortal.livekit.seconds = 0.1

        def call_and_lose() -> None:
            with suppress(httpx.HTTPError):
                mortal.watch()

        request = threading.Thread(target=call_and_lose)
        request.start()
        while connection.execute(left).fetchone() == (len(orders),):
            pass
        mortal.functions.kill()
        request.join()
    ((waiting,),) = live.sql(left)
    assert waiting > 0
    make_due(live)
    assert studio.watch().json()["delivered"] == waiting
    assert live.sql(left) == [(0,)]


def test_what_reports_have_missed_is_made_good(
    studio: Studio, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada)
    studio.livekit.webhook_url = None
    studio.livekit.join(studio.token(room, ben)["token"])
    studio.reports()
    assert studio.stream(stream)["listener_count"] == 0
    assert studio.watch().json()["called"] == 1
    assert studio.stream(stream)["listener_count"] == 1
    assert studio.watch().json()["called"] == 0
    studio.livekit.leave(stream, str(ben))
    studio.reports()
    # Who came only just now is left alone; later they are missed.
    assert studio.watch().json()["called"] == 1
    assert studio.stream(stream)["listener_count"] == 1
    studio.live.sql("update public.live_participants set joined_at = now() - interval '1 hour'")
    studio.watch()
    assert studio.stream(stream)["listener_count"] == 0


def test_who_has_no_account_any_more_is_put_out(
    studio: Studio, live: LiveStack, ada: uuid.UUID
) -> None:
    leaver = live.person(f"watch_{uuid.uuid4().hex[:8]}")
    _, stream = on_air(studio, ada, leaver)
    live.sql("delete from auth.users where id = %s", leaver)
    assert live.sql(
        "select count(*) from private.outbox where payload::text like %s", f"%{leaver}%"
    ) == [(0,)]
    assert studio.people(stream) == {str(leaver)}
    studio.watch()
    assert studio.people(stream) == set()


def test_a_stream_that_livekit_has_forgotten_ends_after_some_minutes(
    studio: Studio, live: LiveStack, ada: uuid.UUID
) -> None:
    _, stream = on_air(studio, ada)
    studio.livekit.places.clear()
    studio.watch()
    assert studio.stream(stream)["ended_at"] is None
    live.sql(
        "update public.live_streams set started_at = now() - interval '6 minutes',"
        " known_at = now() - interval '6 minutes'"
    )
    studio.livekit.script = ["internal"]
    assert studio.watch().status_code == 502
    assert studio.stream(stream)["ended_at"] is None
    studio.watch()
    assert studio.stream(stream)["end_reason"] == "lost"


def test_while_somebody_is_live_a_run_goes_on_looking(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    room, stream = on_air(studio, ada, ben)
    rests: list[float] = []

    def rest(seconds: float) -> None:
        """What happens in the meantime."""
        rests.append(seconds)
        if len(rests) == 1:
            ban(studio, ada, room, "watch_ben")
        else:
            arguments = {"user_id": str(ada), "stream_id": stream}
            database.call("end_live", arguments, ANYTHING)

    with live.door() as database:
        counts = watch_live(database, LiveKit(studio.url, KEY, SECRET, 5), 50, rest)
    assert (len(rests), counts["delivered"]) == (2, 2)
    assert studio.livekit.places == {}
