"""LiveKit as a real server, with a say in how it answers, and people who go live."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from google.protobuf.message import Message

from devstack.livekit import LiveKitServer, TwirpError, serving
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions
from tests.patience import PATIENCE_SECONDS

KEY, SECRET = "APIstudio", "a-secret-that-only-this-studio-knows"


@dataclass
class MoodyLiveKit(LiveKitServer):
    """LiveKit, with the refusals of the next requests laid down."""

    script: list[str | None] = field(default_factory=list)
    seconds: float = 0.0

    def answer(self, method: str, authorization: str, body: bytes) -> Message:
        """Answer as laid down, or as LiveKit does."""
        time.sleep(self.seconds)
        if self.script and (code := self.script.pop(0)):
            raise TwirpError(code, "It is not to be.")
        return super().answer(method, authorization, body)

    def forget(self) -> None:
        """Have no room and no refusal laid down, and answer at once."""
        self.script.clear()
        self.places.clear()
        self.calls.clear()
        self.seconds = 0.0

    def asked(self, *methods: str) -> list[str]:
        """Which of these methods were asked for, in order; who it was about, after a space."""
        return [
            f"{call['method']} {call.get('identity', '')}".strip()
            for call in self.calls
            if call["method"] in methods
        ]


@dataclass
class Studio:
    """The functions with a LiveKit of their own, and what people do there."""

    live: LiveStack
    functions: FunctionsServer
    livekit: MoodyLiveKit
    url: str

    def call(self, function: str, who: uuid.UUID, **body: Any) -> httpx.Response:
        """Call a function as somebody's app does."""
        return self.post(function, body, bearer(self.live.token(who)))

    def post(self, function: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        """Call a function by a connection of its own."""
        url = f"{self.functions.url}/{function}"
        return httpx.post(
            url, json=body, headers=headers, timeout=2 * PATIENCE_SECONDS, trust_env=False
        )

    def watch(self) -> httpx.Response:
        """Call watch-live as the scheduler does."""
        return self.post("watch-live", {}, self.live.scheduler)

    def room(self, owner: uuid.UUID, **values: Any) -> uuid.UUID:
        """Make a room as an app does."""
        self.live.sql("delete from private.rate_limit_buckets")
        made = self.live.sends(owner, "POST", "/rpc/create_room", {"name": "Late show", **values})
        return uuid.UUID(made["id"])

    def start(self, room: uuid.UUID, host: uuid.UUID) -> dict[str, Any]:
        """Start a stream; what live-start answers."""
        answer = self.call("live-start", host, room_id=str(room), title="On air")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def token(self, room: uuid.UUID, who: uuid.UUID) -> dict[str, Any]:
        """Ask to be let in; what live-token answers."""
        answer = self.call("live-token", who, room_id=str(room))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def stream(self, stream: str) -> dict[str, Any]:
        """A stream as it is stored."""
        ((row,),) = self.live.sql(
            "select to_jsonb(stream) from public.live_streams as stream where id = %s", stream
        )
        found: dict[str, Any] = row
        return found

    def reports(self) -> None:
        """Wait until every report was sent and taken."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.livekit.pending:
            assert time.monotonic() < deadline

    def people(self, stream: str) -> set[str]:
        """Who is connected, by identity."""
        place = self.livekit.places.get(stream)
        return set(place.people) if place else set()


@contextmanager
def running_studio(live: LiveStack, **settings: str) -> Iterator[Studio]:
    """Serve the functions and a LiveKit that reports to them."""
    live.sql("update public.plan_limits set most = 1000 where resource = 'rooms'")
    livekit = MoodyLiveKit(KEY, SECRET)
    with (
        serving(livekit) as url,
        running_functions(
            None,
            **live.settings,
            LIVEKIT_URL=url,
            LIVEKIT_API_KEY=KEY,
            LIVEKIT_API_SECRET=SECRET,
            **{"LIVE_WATCH_SECONDS": "0", **settings},
        ) as functions,
    ):
        livekit.webhook_url = f"{functions.url}/livekit-webhook"
        yield Studio(live, functions, livekit, url)
