"""live-start, live-end and live-token, with a real LiveKit client's verifier at the other end."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from backbeat.livekit import LiveKit
from devstack.livekit import TwirpError
from tests.functions.live import LiveStack
from tests.functions.livekit import KEY, SECRET, Studio, running_studio
from tests.functions.server import FunctionsServer, bearer, running_functions

LIFE = 600
NEVER = dict.fromkeys(
    (
        "room_create", "room_list", "room_record", "can_publish_data", "can_update_own_metadata",
        "ingress_admin", "hidden", "recorder", "agent", "can_manage_agent_session",
        "can_subscribe_metrics",
    ),
    False,
)  # fmt: skip
ROLES: dict[str, dict[str, Any]] = {
    "host": {
        "room_admin": True, "can_publish": True, "can_publish_sources": ["microphone", "camera"],
    },
    "speaker": {
        "room_admin": False, "can_publish": True, "can_publish_sources": ["microphone"],
    },
    "listener": {"room_admin": False, "can_publish": False, "can_publish_sources": []},
}  # fmt: skip


@pytest.fixture(scope="module")
def studio(live: LiveStack) -> Iterator[Studio]:
    """The functions, with a LiveKit of their own."""
    live.sql("delete from private.outbox")
    with running_studio(live) as studio:
        yield studio


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who hosts."""
    return live.person("live_ada")


@pytest.fixture(scope="module")
def ben(live: LiveStack) -> uuid.UUID:
    """Who listens."""
    return live.person("live_ben")


@pytest.fixture
def room(studio: Studio, ada: uuid.UUID, ben: uuid.UUID) -> uuid.UUID:
    """A room of ada's, which ben is in."""
    studio.livekit.script.clear()
    room = studio.room(ada)
    studio.live.sends(ben, "POST", "/rpc/join_room", {"room_id": str(room)})
    return room


def written_out(role: str, stream: str) -> dict[str, Any]:
    """Every right of a role."""
    return {
        **NEVER, **ROLES[role], "room": stream, "room_join": True, "can_subscribe": True,
        "destination_room": None,
    }  # fmt: skip


def check_token(token: str, role: str, stream: str, who: uuid.UUID) -> dict[str, Any]:
    """Verify a token as LiveKit does, field by field; its claims."""
    verified = TokenVerifier(KEY, SECRET, leeway=timedelta(0)).verify(token)
    assert verified.identity == str(who)
    # Nothing but the id: what people are called is read under the rules of the database.
    assert (verified.name, verified.metadata, verified.attributes) == ("", "", {})
    assert (verified.room_config, verified.room_preset, verified.sha256) == (None, None, "")
    assert verified.sip is not None
    assert not verified.sip.admin
    assert not verified.sip.call
    assert verified.agent is None
    granted = verified.video
    assert granted is not None
    assert {each.name: getattr(granted, each.name) for each in fields(granted)} == written_out(
        role, stream
    )
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=KEY)
    # What the verifier would fill in by itself is spelled in the token.
    spelled = set(claims["video"])
    assert len(spelled) == len(fields(VideoGrants)) - 1
    return claims


def test_host_starts_a_stream_and_gets_a_token_for_it(
    studio: Studio, ada: uuid.UUID, room: uuid.UUID
) -> None:
    asked_at = time.time()
    body = studio.start(room, ada)
    assert set(body) == {"stream", "url", "token", "expires_at", "role"}
    stream = body["stream"]
    assert set(stream) == {"id", "room_id", "title", "started_at"}
    assert (stream["room_id"], stream["title"], body["role"]) == (str(room), "On air", "host")
    assert body["url"].startswith("ws://127.0.0.1:")
    claims = check_token(body["token"], "host", stream["id"], ada)
    expires_at = datetime.fromisoformat(body["expires_at"])
    assert expires_at.tzinfo == UTC
    assert asked_at + LIFE - 1 <= expires_at.timestamp() <= time.time() + LIFE
    assert abs(claims["exp"] - expires_at.timestamp()) <= 2
    made = studio.livekit.places[stream["id"]].room
    assert (made.empty_timeout, made.departure_timeout) == (300, 300)


def test_each_role_has_its_token(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    stream = studio.start(room, ada)["stream"]["id"]
    stranger = live.person(f"live_{uuid.uuid4().hex[:8]}")
    live.sends(
        ada, "POST", "/rpc/set_live_speaker",
        {"room_id": str(room), "username": "live_ben", "speaker": True},
    )  # fmt: skip
    for who, role in ((ada, "host"), (ben, "speaker"), (stranger, "listener")):
        body = studio.token(room, who)
        assert set(body) == {"stream_id", "url", "token", "expires_at", "role"}
        assert (body["stream_id"], body["role"]) == (stream, role)
        check_token(body["token"], role, stream, who)


def test_a_token_is_for_one_stream_and_a_while_and_by_our_key_alone(
    studio: Studio, ada: uuid.UUID, room: uuid.UUID
) -> None:
    body = studio.start(room, ada)
    other = studio.start(studio.room(ada), ada)["stream"]["id"]
    livekit = studio.livekit
    with pytest.raises(TwirpError, match="permissions denied"):
        livekit.answer("DeleteRoom", f"Bearer {body['token']}", b"")
    request = f"\n${other}".encode()
    for method, raw in (("ListParticipants", request), ("RemoveParticipant", request)):
        with pytest.raises(TwirpError, match="permissions denied"):
            livekit.answer(method, f"Bearer {body['token']}", raw)
    own = f"\n${body['stream']['id']}".encode()
    livekit.answer("ListParticipants", f"Bearer {body['token']}", own)

    door = LiveKit("ws://x", KEY, SECRET, 1)
    expired = door.sign(uuid.uuid4(), ada, "host", -120).token
    forged = LiveKit("ws://x", KEY, SECRET[::-1], 1).sign(uuid.uuid4(), ada, "host", 60).token
    others = LiveKit("ws://x", "APIother", SECRET, 1).sign(uuid.uuid4(), ada, "host", 60).token
    for token, error in (
        (expired, jwt.ExpiredSignatureError),
        (forged, jwt.InvalidSignatureError),
        (others, jwt.InvalidIssuerError),
    ):
        with pytest.raises(error):
            TokenVerifier(KEY, SECRET).verify(token)
        with pytest.raises(TwirpError):
            livekit.join(token)


def test_the_operator_says_how_long_a_token_is_good(
    studio: Studio, live: LiveStack, ada: uuid.UUID, room: uuid.UUID
) -> None:
    live.sql("update private.settings set value = 90 where name = 'live_token_seconds'")
    try:
        token = studio.start(room, ada)["token"]
    finally:
        live.sql("update private.settings set value = 600 where name = 'live_token_seconds'")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["nbf"] == 90


def test_what_the_database_refuses_is_passed_on(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    somewhere, private = uuid.uuid4(), studio.room(ada, visibility="private")
    stream = studio.start(room, ada)["stream"]["id"]
    for function, who, body, status, error in (
        ("live-start", ada, {"room_id": str(room), "title": "Again"}, 409, "live_exists"),
        ("live-start", ben, {"room_id": str(room), "title": "Mine"}, 403, "not_a_moderator"),
        ("live-start", ada, {"room_id": str(private), "title": " "}, 422, "live_title_invalid"),
        ("live-start", ben, {"room_id": str(private), "title": "x"}, 404, "room_not_found"),
        ("live-token", ben, {"room_id": str(private)}, 404, "room_not_found"),
        ("live-token", ada, {"room_id": str(private)}, 404, "live_not_on"),
        ("live-token", ben, {"room_id": str(somewhere)}, 404, "room_not_found"),
        ("live-token", somewhere, {"room_id": str(room)}, 401, "account_gone"),
        ("live-end", ben, {"stream_id": stream}, 403, "not_a_moderator"),
        ("live-end", ben, {"stream_id": str(somewhere)}, 404, "live_not_found"),
    ):
        answer = studio.call(function, who, **body)
        assert (answer.status_code, answer.json()["error"]) == (status, error), function


def test_whoever_ends_a_stream_puts_everybody_out_and_ending_again_changes_nothing(
    studio: Studio, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    host = studio.start(room, ada)
    stream = host["stream"]["id"]
    for token in (host["token"], studio.token(room, ben)["token"]):
        studio.livekit.join(token)
    studio.reports()
    assert studio.stream(stream)["listener_count"] == 1
    # Going is reported in whole seconds: they came in an earlier one.
    studio.live.sql(
        "update public.live_participants set joined_at = joined_at - interval '9 seconds'"
    )
    answers = [studio.call("live-end", ada, stream_id=stream) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["peak_listeners"] == 1
    assert stream not in studio.livekit.places
    studio.reports()
    row = studio.stream(stream)
    assert (row["end_reason"], row["listener_count"], row["peak_listeners"]) == ("ended", 0, 1)
    refused = studio.call("live-token", ben, room_id=str(room))
    assert (refused.status_code, refused.json()["error"]) == (404, "live_not_on")


def test_a_stream_ends_though_livekit_is_away_and_the_schedule_goes_on(
    studio: Studio, live: LiveStack, ada: uuid.UUID, room: uuid.UUID
) -> None:
    stream = studio.start(room, ada)["stream"]["id"]
    # For every order that waits, also those of other streams.
    studio.livekit.script = ["internal"] * 100
    assert studio.call("live-end", ada, stream_id=stream).status_code == 200
    assert studio.stream(stream)["ended_at"] is not None
    assert stream in studio.livekit.places
    studio.livekit.script = []
    live.sql("update private.outbox set next_attempt_at = now() where delivered_at is null")
    assert studio.watch().status_code == 200
    assert stream not in studio.livekit.places


def test_a_stream_that_livekit_cannot_carry_does_not_begin(
    studio: Studio, ada: uuid.UUID, room: uuid.UUID
) -> None:
    studio.livekit.script = ["internal"]
    answer = studio.call("live-start", ada, room_id=str(room), title="On air")
    assert (answer.status_code, answer.json()["error"]) == (502, "live_unavailable")
    studio.start(room, ada)


@pytest.mark.parametrize(
    ("function", "body"),
    [
        ("live-start", {}),
        ("live-start", {"room_id": str(uuid.uuid4())}),
        ("live-start", {"room_id": "late-show", "title": "x"}),
        ("live-start", {"room_id": str(uuid.uuid4()), "title": 7}),
        ("live-start", {"room_id": str(uuid.uuid4()), "title": "x\0"}),
        ("live-start", {"room_id": str(uuid.uuid4()), "title": "x", "host_id": "me"}),
        ("live-end", {"stream_id": None}),
        ("live-end", {"room_id": str(uuid.uuid4())}),
        ("live-token", {"room_id": [str(uuid.uuid4())]}),
        ("live-token", {"room_id": str(uuid.uuid4()), "role": "host"}),
        ("live-token", []),
    ],
)
def test_unfit_body_is_refused(function: str, body: Any, studio: Studio, ada: uuid.UUID) -> None:
    headers = bearer(studio.live.token(ada))
    answer = studio.functions.client.post(f"/{function}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    raw = {**headers, "content-type": "application/json"}
    answer = studio.functions.client.post(f"/{function}", content=b"{", headers=raw)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")
    large = b'"' + b"x" * 1024 * 1024 + b'"'
    answer = studio.functions.client.post(f"/{function}", content=large, headers=raw)
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


@pytest.fixture(scope="module")
def silent(live: LiveStack) -> Iterator[FunctionsServer]:
    """The functions where only half of LiveKit's settings are set."""
    with running_functions(None, **live.settings, LIVEKIT_API_KEY=KEY) as server:
        yield server


def test_without_livekit_nobody_is_live_and_the_log_names_what_is_missing(
    silent: FunctionsServer, live: LiveStack, studio: Studio, ada: uuid.UUID, room: uuid.UUID
) -> None:
    headers = bearer(live.token(ada))
    for function, body in (
        ("live-start", {"room_id": str(room), "title": "On air"}),
        ("live-end", {"stream_id": str(uuid.uuid4())}),
        ("live-token", {"room_id": str(room)}),
        ("livekit-webhook", {}),
    ):
        answer = silent.client.post(f"/{function}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (503, "live_not_configured")
        (line,) = silent.lines_of(answer.headers["x-request-id"])
        assert line["reason"] == "LIVEKIT_URL, LIVEKIT_API_SECRET not set"
    answer = silent.client.post("/watch-live", headers=live.scheduler)
    assert (answer.status_code, set(answer.json().values())) == (200, {0})
    assert live.sql("select count(*) from public.live_streams where room_id = %s", room) == [(0,)]


def test_no_token_is_in_the_log(studio: Studio, ada: uuid.UUID, room: uuid.UUID) -> None:
    answer = studio.call("live-start", ada, room_id=str(room), title="On air")
    lines = studio.functions.lines_of(answer.headers["x-request-id"])
    assert answer.json()["token"] not in str(lines)
    assert SECRET not in str(lines)


def test_a_token_of_ours_without_a_room_lets_nobody_in(studio: Studio) -> None:
    token = AccessToken(KEY, SECRET).with_identity("x").with_grants(VideoGrants(room_list=True))
    with pytest.raises(TwirpError, match="permissions denied"):
        studio.livekit.join(token.to_jwt())
