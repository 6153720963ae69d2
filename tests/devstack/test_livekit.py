"""The server in LiveKit's place answers LiveKit's own client, and signs what it reports."""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from livekit.api import (
    AccessToken,
    LiveKitAPI,
    ServerError,
    TokenVerifier,
    VideoGrants,
    WebhookReceiver,
)
from livekit.protocol import models, room
from livekit.protocol.webhook import WebhookEvent

from devstack.livekit import PREFIX, LiveKitServer, serving
from devstack.processes import ROOT, die_with_parent
from devstack.serving import in_thread

KEY, SECRET = "APItest", "a-secret-that-only-these-tests-know"


@pytest.fixture
def livekit() -> LiveKitServer:
    """The service."""
    return LiveKitServer(KEY, SECRET)


@pytest.fixture
def url(livekit: LiveKitServer) -> Iterator[str]:
    """Where it is served."""
    with serving(livekit) as url:
        yield url


def ask(url: str, request: Callable[[LiveKitAPI], Awaitable[Any]], secret: str = SECRET) -> Any:
    """Ask by LiveKit's own client."""

    async def answer() -> Any:
        async with LiveKitAPI(url, KEY, secret, failover=False) as api:
            return await request(api)

    return asyncio.run(answer())


def refusal(url: str, request: Callable[[LiveKitAPI], Awaitable[Any]]) -> tuple[str, int]:
    """Code and status of a request that fails."""
    with pytest.raises(ServerError) as caught:
        ask(url, request)
    return caught.value.code, caught.value.status


def token(name: str, identity: str = "ben", **grants: Any) -> str:
    """A token for a room."""
    video = VideoGrants(room_join=True, room=name, **grants)
    return AccessToken(KEY, SECRET).with_identity(identity).with_grants(video).to_jwt()


def test_a_room_is_made_filled_and_ended(livekit: LiveKitServer, url: str) -> None:
    wanted = room.CreateRoomRequest(name="late", empty_timeout=60)
    made = ask(url, lambda api: api.room.create_room(wanted))
    again = ask(url, lambda api: api.room.create_room(wanted))
    assert (made.name, made.empty_timeout, made.sid) == ("late", 60, again.sid)
    livekit.join(token("late"))
    listed = ask(url, lambda api: api.room.list_rooms(room.ListRoomsRequest())).rooms
    assert [(one.name, one.num_participants) for one in listed] == [("late", 1)]
    other = room.ListRoomsRequest(names=["other"])
    assert list(ask(url, lambda api: api.room.list_rooms(other)).rooms) == []
    request = room.ListParticipantsRequest(room="late")
    (ben,) = ask(url, lambda api: api.room.list_participants(request)).participants
    assert (ben.identity, ben.state, ben.permission.can_publish) == (
        "ben", models.ParticipantInfo.State.ACTIVE, True,
    )  # fmt: skip
    ending = room.DeleteRoomRequest(room="late")
    ask(url, lambda api: api.room.delete_room(ending))
    assert refusal(url, lambda api: api.room.delete_room(ending)) == ("not_found", 404)
    assert refusal(url, lambda api: api.room.list_participants(request)) == ("not_found", 404)


def test_people_are_changed_muted_and_put_out(livekit: LiveKitServer, url: str) -> None:
    livekit.join(token("late"))
    listener = models.ParticipantPermission(can_subscribe=True)
    update = room.UpdateParticipantRequest(room="late", identity="ben", permission=listener)
    assert ask(url, lambda api: api.room.update_participant(update)).permission == listener
    microphone = models.TrackInfo(sid="TR_1", type="AUDIO", source="MICROPHONE")
    livekit.places["late"].people["ben"].tracks.append(microphone)
    muting = room.MuteRoomTrackRequest(room="late", identity="ben", track_sid="TR_1", muted=True)
    assert ask(url, lambda api: api.room.mute_published_track(muting)).track.muted
    muting.track_sid = "TR_2"
    assert refusal(url, lambda api: api.room.mute_published_track(muting)) == ("not_found", 404)
    removal = room.RoomParticipantIdentity(room="late", identity="ben")
    ask(url, lambda api: api.room.remove_participant(removal))
    assert refusal(url, lambda api: api.room.remove_participant(removal)) == ("not_found", 404)
    assert refusal(url, lambda api: api.room.update_participant(update)) == ("not_found", 404)


def test_one_connection_an_identity_and_the_newer_one_stays(livekit: LiveKitServer) -> None:
    first, second = (livekit.join(token("late")) for _ in range(2))
    assert first.sid != second.sid
    assert livekit.places["late"].people["ben"].sid == second.sid
    reports = [livekit.reports.get() for _ in range(livekit.reports.qsize())]
    kinds = [report.event for report in reports if report is not None]
    assert kinds == [
        "room_started", "participant_joined", "participant_left", "participant_joined",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "grants"),
    [
        ("CreateRoom", {"room_list": True, "room_admin": True, "room": "late"}),
        ("DeleteRoom", {"room_admin": True, "room": "late"}),
        ("ListRooms", {"room_create": True}),
        ("ListParticipants", {"room_create": True, "room": "late"}),
        ("RemoveParticipant", {"room_admin": True, "room": "other"}),
        ("UpdateParticipant", {"room_admin": False, "room": "late"}),
        ("MutePublishedTrack", {"room_join": True, "room": "late"}),
    ],
)
def test_each_method_wants_its_grant(method: str, grants: Any, url: str) -> None:
    body = room.RoomParticipantIdentity(room="late", identity="ben").SerializeToString()
    made = AccessToken(KEY, SECRET).with_identity("ben")
    headers = {"Content-Type": "application/protobuf"}
    for bearer in (
        made.with_grants(VideoGrants(**grants)).to_jwt(),
        made.with_ttl(timedelta(minutes=-5)).to_jwt(),
        AccessToken(KEY, SECRET[::-1]).to_jwt(),
        "x",
    ):
        headers["Authorization"] = f"Bearer {bearer}"
        answer = httpx.post(f"{url}{PREFIX}{method}", content=body, headers=headers, timeout=180)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    del headers["Authorization"]
    answer = httpx.post(f"{url}{PREFIX}{method}", content=body, headers=headers, timeout=180)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_what_is_no_request_is_refused(url: str) -> None:
    admin = VideoGrants(room_create=True)
    bearer = AccessToken(KEY, SECRET).with_grants(admin).to_jwt()
    headers = {"Content-Type": "application/protobuf", "Authorization": f"Bearer {bearer}"}
    for path, body, kind, expected in (
        (f"{PREFIX}Sing", b"", "application/protobuf", (404, "bad_route")),
        (f"{PREFIX}CreateRoom", b"", "application/json", (404, "bad_route")),
        (f"{PREFIX}CreateRoom", b"\xff", "application/protobuf", (400, "malformed")),
        (f"{PREFIX}CreateRoom", b"", "application/protobuf", (400, "invalid_argument")),
        ("/join", b"{", "application/json", (400, "malformed")),
        ("/join", b"{}", "application/json", (400, "malformed")),
        ("/join", b'{"token": "x"}', "application/json", (401, "unauthenticated")),
        ("/leave", b'{"room": "x", "identity": "y"}', "application/json", (404, "not_found")),
        ("/", b"{}", "application/json", (404, "bad_route")),
    ):
        answer = httpx.post(
            f"{url}{path}", content=body, headers={**headers, "Content-Type": kind}, timeout=180
        )
        assert (answer.status_code, answer.json()["code"]) == expected, path
    assert httpx.get(url, timeout=180).status_code == 404


@dataclass
class Listener:
    """Whoever is reported to: what came, and how it answers."""

    statuses: list[int] = field(default_factory=list)
    reports: queue.Queue[tuple[str, str]] = field(default_factory=queue.Queue)
    url: str = ""


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that takes reports."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            listener.reports.put((body, self.headers["Authorization"]))
            self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with in_thread(Handler) as url:
        listener.url = f"{url}/hook"
        yield listener


def received(listener: Listener) -> WebhookEvent:
    """The next report, verified by LiveKit's own receiver."""
    body, authorization = listener.reports.get(timeout=90)
    receiver = WebhookReceiver(TokenVerifier(KEY, SECRET))
    event: WebhookEvent = receiver.receive(body, authorization)
    return event


def test_reports_are_signed_in_order_and_sent_again_when_nobody_takes_them(
    listener: Listener, livekit: LiveKitServer, url: str
) -> None:
    livekit.webhook_url = listener.url
    listener.statuses = [503, 200, 500, 500, 500]
    httpx.post(f"{url}/join", json={"token": token("late")}, timeout=180).raise_for_status()
    httpx.post(
        f"{url}/leave", json={"room": "late", "identity": "ben"}, timeout=180
    ).raise_for_status()
    events = [received(listener) for _ in range(6)]
    assert [event.event for event in events] == [
        "room_started", "room_started", *["participant_joined"] * 3, "participant_left",
    ]  # fmt: skip
    assert len({event.id for event in events}) == 3
    joined, left = events[2], events[5]
    assert (joined.room.name, joined.participant.identity) == ("late", "ben")
    assert (joined.participant.sid, joined.room.num_participants) == (left.participant.sid, 1)
    assert left.participant.disconnect_reason == models.DisconnectReason.CLIENT_INITIATED


def test_the_part_logs_each_request_and_lists_rooms_and_ends_when_told() -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "devstack.livekit"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PORT": "0",
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
        },
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    wanted = room.CreateRoomRequest(name="late", empty_timeout=60)
    ask(url, lambda api: api.room.create_room(wanted))
    listing = httpx.get(f"{url}/rooms", timeout=180).json()
    call = {"method": "CreateRoom", "name": "late", "empty_timeout": 60}
    assert listing["calls"] == [call]
    assert [(one["name"], one["participants"]) for one in listing["rooms"]] == [("late", [])]
    assert json.loads(process.stdout.readline()) == {"message": "asked", **call}
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=90) == 0
    process.stdout.close()
