"""livekit-webhook: what LiveKit reports, with real signatures, and who else may report nothing."""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken, VideoGrants
from livekit.protocol import models, webhook

from tests.functions.live import LiveStack
from tests.functions.livekit import KEY, SECRET, Studio, running_studio
from tests.functions.server import JWT_SECRET, bearer


@pytest.fixture(scope="module")
def studio(live: LiveStack) -> Iterator[Studio]:
    """The functions, with a LiveKit of their own."""
    live.sql("delete from private.outbox")
    with running_studio(live) as studio:
        yield studio


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who hosts."""
    return live.person("hook_ada")


@pytest.fixture(scope="module")
def ben(live: LiveStack) -> uuid.UUID:
    """Who listens."""
    return live.person("hook_ben")


@pytest.fixture
def room(studio: Studio, ada: uuid.UUID) -> uuid.UUID:
    """A room of ada's."""
    return studio.room(ada)


@pytest.fixture
def stream(studio: Studio, ada: uuid.UUID, room: uuid.UUID) -> str:
    """Ada's stream in it."""
    identity: str = studio.start(room, ada)["stream"]["id"]
    return identity


def event(kind: str, stream: str, who: object = None, **values: Any) -> webhook.WebhookEvent:
    """A report as LiveKit makes them."""
    now = int(time.time())
    participant = None
    if who:
        participant = models.ParticipantInfo(
            sid=f"PA_{who}", identity=str(who), joined_at=now, state="ACTIVE",
            permission=models.ParticipantPermission(can_subscribe=True),
        )  # fmt: skip
    fields: dict[str, Any] = {
        "event": kind, "id": f"EV_{uuid.uuid4().hex}", "created_at": now,
        "room": models.Room(name=stream, sid="RM_1"), "participant": participant, **values,
    }  # fmt: skip
    return webhook.WebhookEvent(**fields)


def post(studio: Studio, body: bytes, token: str | None, **headers: str) -> httpx.Response:
    """Send a body and a token as they are."""
    given = {"Authorization": token} if token is not None else {}
    return studio.functions.client.post(
        "/livekit-webhook",
        content=body,
        headers={"Content-Type": "application/webhook+json", **given, **headers},
    )


def send(studio: Studio, report: webhook.WebhookEvent) -> Any:
    """Send a report; its outcome."""
    answer = studio.livekit.send(report)
    assert answer.status_code == 200, answer.text
    return answer.json()["outcome"]


def test_listeners_are_counted_as_their_apps_connect(
    studio: Studio, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    host = studio.start(room, ada)
    stream = host["stream"]["id"]
    studio.livekit.join(host["token"])
    studio.livekit.join(studio.token(room, ben)["token"])
    studio.reports()
    row = studio.stream(stream)
    assert (row["listener_count"], row["peak_listeners"]) == (1, 1)
    # Another device takes the place of the first.
    studio.livekit.join(studio.token(room, ben)["token"])
    studio.reports()
    assert studio.stream(stream)["listener_count"] == 1
    studio.livekit.leave(stream, str(ben))
    studio.reports()
    row = studio.stream(stream)
    assert (row["listener_count"], row["peak_listeners"], row["ended_at"]) == (0, 1, None)


def test_a_room_that_livekit_ends_ends_its_stream(studio: Studio, stream: str) -> None:
    assert send(studio, event("room_finished", stream)) == "counted"
    assert studio.stream(stream)["end_reason"] == "finished"


def test_a_report_that_comes_twice_counts_once(studio: Studio, ben: uuid.UUID, stream: str) -> None:
    report = event("participant_joined", stream, ben)
    assert [send(studio, report) for _ in range(2)] == ["counted", "repeated"]
    assert studio.stream(stream)["listener_count"] == 1


def test_what_is_not_ours_to_know_is_taken_and_left(
    studio: Studio, ben: uuid.UUID, stream: str
) -> None:
    before = studio.stream(stream)
    somebody = models.ParticipantInfo.Kind.EGRESS
    for report, outcome in (
        (event("participant_joined", str(uuid.uuid4()), ben), "unknown"),
        (event("room_finished", "somebody-elses-room"), "ignored"),
        (event("room_finished", stream.upper()), "ignored"),
        (event("track_published", stream, ben), "ignored"),
        (event("egress_started", stream), "ignored"),
        (event("something_new", stream), "ignored"),
        (event("participant_joined", stream), "ignored"),
        (event("participant_joined", stream, "a-bot"), "ignored"),
        (
            event(
                "participant_joined", stream,
                participant=models.ParticipantInfo(sid="PA_1", identity=str(ben), kind=somebody),
            ),
            "ignored",
        ),
    ):  # fmt: skip
        assert send(studio, report) == outcome, report.event
    assert studio.stream(stream) == before


def test_an_old_token_opens_nothing_for_who_is_banned(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    stream = studio.start(room, ada)["stream"]["id"]
    token = studio.token(room, ben)["token"]
    arguments = {"room_id": str(room), "username": "hook_ben", "ban_minutes": 5}
    live.sends(ada, "POST", "/rpc/remove_member", arguments)
    studio.livekit.join(token)
    studio.reports()
    assert studio.people(stream) == set()
    assert studio.stream(stream)["listener_count"] == 0


def test_a_token_gives_no_more_than_is_right_by_now(
    studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    stream = studio.start(room, ada)["stream"]["id"]
    live.sends(ben, "POST", "/rpc/join_room", {"room_id": str(room)})
    for speaker in (True, False):
        arguments = {"room_id": str(room), "username": "hook_ben", "speaker": speaker}
        live.sends(ada, "POST", "/rpc/set_live_speaker", arguments)
        if speaker:
            token = studio.token(room, ben)["token"]
    studio.livekit.join(token)
    studio.reports()
    granted = studio.livekit.places[stream].people[str(ben)].permission
    assert (granted.can_publish, granted.can_subscribe) == (False, True)


@pytest.mark.parametrize("kind", ["ban", "mute"])
def test_who_is_banned_or_muted_everywhere_speaks_by_no_old_token(
    kind: str, studio: Studio, live: LiveStack, ada: uuid.UUID, ben: uuid.UUID, room: uuid.UUID
) -> None:
    stream = studio.start(room, ada)["stream"]["id"]
    live.sends(ben, "POST", "/rpc/join_room", {"room_id": str(room)})
    arguments = {"room_id": str(room), "username": "hook_ben", "speaker": True}
    live.sends(ada, "POST", "/rpc/set_live_speaker", arguments)
    token = studio.token(room, ben)["token"]

    def may_speak() -> bool:
        studio.livekit.join(token)
        studio.reports()
        return bool(studio.livekit.places[stream].people[str(ben)].permission.can_publish)

    assert may_speak()
    live.sql("insert into public.sanctions (user_id, kind) values (%s, %s)", ben, kind)
    try:
        assert not may_speak()
    finally:
        live.sql("update public.sanctions set until = now() - interval '1 second'")


def test_whoever_has_no_account_is_put_out(studio: Studio, stream: str) -> None:
    nobody = str(uuid.uuid4())
    grants = VideoGrants(room_join=True, room=stream)
    token = AccessToken(KEY, SECRET).with_identity(nobody).with_grants(grants).to_jwt()
    studio.livekit.join(token)
    studio.reports()
    assert f"RemoveParticipant {nobody}" in studio.livekit.asked("RemoveParticipant")
    studio.livekit.script = ["internal"]
    report = event("participant_joined", stream, uuid.uuid4())
    assert send(studio, report) == "stranger"


def test_a_room_opened_again_by_an_old_token_is_ended_again(
    studio: Studio, ada: uuid.UUID, room: uuid.UUID
) -> None:
    host = studio.start(room, ada)
    assert studio.call("live-end", ada, stream_id=host["stream"]["id"]).status_code == 200
    studio.reports()
    ended_at = studio.stream(host["stream"]["id"])["ended_at"]
    studio.live.sql(
        "update public.live_streams set started_at = started_at - interval '1 minute',"
        " ended_at = ended_at - interval '1 minute' where id = %s",
        host["stream"]["id"],
    )
    studio.livekit.join(host["token"])
    studio.reports()
    assert host["stream"]["id"] not in studio.livekit.places
    assert studio.stream(host["stream"]["id"])["ended_at"] < ended_at


def token_for(body: bytes, secret: str = SECRET, key: str = KEY, minutes: float = 5) -> str:
    """A token that names the hash of a body."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    made = AccessToken(key, secret).with_ttl(timedelta(minutes=minutes)).with_sha256(digest)
    return made.to_jwt()


def test_only_what_livekit_has_signed_is_taken(
    studio: Studio, ada: uuid.UUID, room: uuid.UUID, live: LiveStack
) -> None:
    host = studio.start(room, ada)
    stream = host["stream"]["id"]
    body = MessageToJson(event("room_finished", stream)).encode()
    other = MessageToJson(event("room_finished", str(uuid.uuid4()))).encode()
    good = token_for(body)
    bad = {
        "another secret": token_for(body, secret=JWT_SECRET),
        "another key": token_for(body, key="APIother"),
        "of another body": token_for(other),
        "of long ago": token_for(body, minutes=-10),
        "an app's token": host["token"],
        "half of it": good[: len(good) // 2],
        "without signature": good.rpartition(".")[0] + ".",
        "no token": "x",
        "as a bearer": f"Bearer {good}",
        "the scheduler's": live.settings["CRON_SECRET"],
        "the project's key": live.settings["SUPABASE_SECRET_KEY"],
    }
    for name, token in bad.items():
        answer = post(studio, body, token)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_signature"), name
    for missing in (None, ""):
        answer = post(studio, body, missing)
        assert (answer.status_code, answer.json()["error"]) == (401, "missing_signature")
    changed = body.replace(b"room_finished", b"room_started ")
    assert post(studio, changed, good).status_code == 401
    assert post(studio, b"\xff\xfe" + body, good).status_code == 401
    assert post(studio, b"", good).status_code == 401
    assert studio.stream(stream)["ended_at"] is None
    assert post(studio, body, good).status_code == 200
    assert studio.stream(stream)["end_reason"] == "finished"


def test_a_signed_body_that_is_no_report_is_refused(studio: Studio, stream: str) -> None:
    far = b'{"event": "room_finished", "created_at": "9223372036854775807", "room": {"name": "%s"}}'
    for body in (b"{", b"7", b"null", b'{"event": 7}', far % stream.encode()):
        answer = post(studio, body, token_for(body))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json"), body
    unknown = json.dumps({"event": "room_finished", "newer": {"field": 1}}).encode()
    assert post(studio, unknown, token_for(unknown)).json() == {"outcome": "ignored"}
    without = event("room_finished", stream, id="")
    answer = studio.livekit.send(without)
    assert (answer.status_code, answer.json()["error"]) == (422, "live_event_invalid")


def test_a_body_that_is_too_large_is_not_read(studio: Studio) -> None:
    body = b"x" * (1024 * 1024 + 1)
    answer = post(studio, body, token_for(body))
    assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


def test_reports_are_posted(studio: Studio, live: LiveStack) -> None:
    answer = studio.functions.client.get("/livekit-webhook", headers=bearer("x"))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
