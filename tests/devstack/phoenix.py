"""A plain client of the realtime protocol, for tests that look at single frames."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 5.0

Frame = dict[str, Any]


class Phoenix:
    """One socket of protocol 1.0.0. Frames that nobody asked for yet are kept."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._references = itertools.count(1)
        self._kept: list[Frame] = []

    async def send(
        self, topic: str, event: str, payload: Any = None, join_ref: str | None = None
    ) -> str:
        """Send a frame, and return its reference."""
        ref = str(next(self._references))
        frame = {
            "topic": topic,
            "event": event,
            "payload": {} if payload is None else payload,
            "ref": ref,
            "join_ref": join_ref,
        }
        await self.connection.send(json.dumps(frame))
        return ref

    async def wait_for(self, matches: Callable[[Frame], bool]) -> Frame:
        """The first frame that matches, of those kept and those to come."""
        for kept in self._kept:
            if matches(kept):
                self._kept.remove(kept)
                return kept
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame: Frame = json.loads(await self.connection.recv())
                if matches(frame):
                    return frame
                self._kept.append(frame)

    async def event(self, name: str, topic: str | None = None) -> Frame:
        """The first frame of an event."""
        return await self.wait_for(
            lambda frame: frame["event"] == name and topic in (None, frame["topic"])
        )

    async def reply(self, ref: str) -> Frame:
        """The reply to a frame: {status, response}."""
        frame = await self.wait_for(lambda f: f["event"] == "phx_reply" and f["ref"] == ref)
        payload: Frame = frame["payload"]
        return payload

    async def call(self, topic: str, event: str, payload: Any = None) -> Frame:
        """Send a frame and return the reply to it."""
        return await self.reply(await self.send(topic, event, payload))

    async def join(self, topic: str, token: str | None = None, **config: Any) -> Frame:
        """Join a topic, and return the reply."""
        payload: Frame = {"config": config}
        if token is not None:
            payload["access_token"] = token
        return await self.call(f"realtime:{topic}", "phx_join", payload)

    async def broadcast(self, topic: str, event: str, payload: Any) -> str:
        """Broadcast without waiting for an answer."""
        body = {"type": "broadcast", "event": event, "payload": payload}
        return await self.send(f"realtime:{topic}", "broadcast", body)

    async def track(self, topic: str, **state: Any) -> Frame:
        """Become present."""
        body = {"type": "presence", "event": "track", "payload": state}
        return await self.call(f"realtime:{topic}", "presence", body)

    async def heard(self) -> list[Frame]:
        """Every broadcast that came before this moment.

        The relay answers a socket's frames in order, so what it sent earlier arrives before the
        answer to a heartbeat.
        """
        await self.call("phoenix", "heartbeat")
        heard = [frame for frame in self._kept if frame["event"] == "broadcast"]
        self._kept = [frame for frame in self._kept if frame["event"] != "broadcast"]
        return [frame["payload"] for frame in heard]


@asynccontextmanager
async def phoenix(url: str, key: str, version: str = "1.0.0") -> AsyncIterator[Phoenix]:
    """Open a socket at the relay, or through the gateway."""
    address = url.replace("http", "ws", 1)
    async with connect(
        f"{address}/realtime/v1/websocket?apikey={key}&vsn={version}", proxy=None
    ) as connection:
        yield Phoenix(connection)
