"""A plain client of the realtime protocol, for tests that look at single frames."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.patience import PATIENCE_SECONDS

Frame = dict[str, Any]


class Phoenix:
    """One socket. Frames that nobody asked for yet are kept, in the shape of version 1.0.0."""

    def __init__(self, connection: ClientConnection, version: str = "1.0.0") -> None:
        self.connection = connection
        self.version = version
        # The join reference of each topic, which clients of version 2.0.0 put into every frame.
        self._joined: dict[str, str] = {}
        self._references = itertools.count(1)
        self._kept: list[Frame] = []

    async def send(
        self, topic: str, event: str, payload: Any = None, join_ref: str | None = None
    ) -> str:
        """Send a frame, and return its reference."""
        ref = str(next(self._references))
        if self.version == "2.0.0":
            if event == "phx_join":
                self._joined[topic] = ref
            join_ref = join_ref or self._joined.get(topic)
            await self.connection.send(json.dumps([join_ref, ref, topic, event, payload or {}]))
            return ref
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
                frame: Frame = self._read(await self.connection.recv())
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
        if self.version == "2.0.0":
            return await self._push(f"realtime:{topic}", event, payload)
        body = {"type": "broadcast", "event": event, "payload": payload}
        return await self.send(f"realtime:{topic}", "broadcast", body)

    async def _push(self, topic: str, event: str, payload: Any) -> str:
        """Broadcast in binary, as supabase-js does: bytes as they are, the rest as JSON."""
        ref = str(next(self._references))
        is_json = not isinstance(payload, bytes)
        fields = [field.encode() for field in (self._joined.get(topic, ""), ref, topic, event, "")]
        header = bytes([3, *map(len, fields), is_json])
        body = json.dumps(payload).encode() if is_json else payload
        await self.connection.send(header + b"".join(fields) + body)
        return ref

    def _read(self, frame: str | bytes) -> Frame:
        if self.version == "1.0.0":
            read: Frame = json.loads(frame)
            return read
        if isinstance(frame, bytes):
            return _unpack(frame)
        join_ref, ref, topic, event, payload = json.loads(frame)
        return {
            "topic": topic,
            "event": event,
            "payload": payload,
            "ref": ref,
            "join_ref": join_ref,
        }

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
        yield Phoenix(connection, version)


def _unpack(frame: bytes) -> Frame:
    """Read a binary broadcast, kind 4."""
    assert frame[0] == 4
    fields, rest = [], frame[5:]
    for length in frame[1:4]:
        fields.append(rest[:length].decode())
        rest = rest[length:]
    topic, event, meta = fields
    payload: Frame = {
        "type": "broadcast",
        "event": event,
        "payload": json.loads(rest) if frame[4] else rest,
    }
    if meta:
        payload["meta"] = json.loads(meta)
    return {
        "topic": topic,
        "event": "broadcast",
        "payload": payload,
        "ref": None,
        "join_ref": None,
        "is_binary": True,
    }
