"""One client's socket: what it asks, and what becomes of it."""

import asyncio
import json
import logging
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from devstack.realtime import tokens
from devstack.realtime.authorization import (
    NOTHING,
    Authorizer,
    DatabaseUnavailableError,
    Permissions,
)
from devstack.realtime.database import PastMessages
from devstack.realtime.hub import PREFIX, Channel, Hub
from devstack.realtime.join import JoinConfig, ReplayError
from devstack.realtime.limits import Rate
from devstack.realtime.protocol import (
    Broadcast,
    Message,
    ProtocolError,
    Version,
    decode,
    encode,
    encode_broadcast,
    is_text,
)
from devstack.realtime.settings import RealtimeSettings

# Frames a client may be behind before it is cut off, so that one slow reader holds up nobody.
_OUTBOX_SIZE = 2000
_UNABLE = "UnableToConnectToProject: Realtime was unable to connect to the project database"

logger = logging.getLogger(__name__)


class RefusedError(Exception):
    """A join that is refused; the text is the reason the client gets."""


@dataclass(frozen=True, slots=True)
class Relay:
    """What all sockets share."""

    settings: RealtimeSettings
    hub: Hub
    authorizer: Authorizer
    past: PastMessages


class Session:
    """Reads one socket's frames in order, and writes its frames from a queue."""

    def __init__(
        self,
        relay: Relay,
        socket: WebSocket,
        version: Version,
        key: tokens.Identity,
        headers: dict[str, str],
    ) -> None:
        self.version = version
        self._relay = relay
        self._socket = socket
        self._key = key
        self._headers = headers
        self._channels: dict[str, Channel] = {}
        self._joins = Rate(relay.settings.realtime_max_joins_per_second, 1)
        self._outbox: asyncio.Queue[str | bytes] = asyncio.Queue(_OUTBOX_SIZE)
        self._too_slow = asyncio.Event()
        self._close_code = 1000

    async def run(self) -> None:
        """Serve the client until it goes, is too slow, or sends what is no frame."""
        tasks = {
            asyncio.create_task(self._read()),
            asyncio.create_task(self._write()),
            asyncio.create_task(self._too_slow.wait()),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for channel in list(self._channels.values()):
                self._drop(channel)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
                logger.error("a socket failed", exc_info=result)
        await self._hang_up(1013 if self._too_slow.is_set() else self._close_code)

    def push(self, message: Message) -> None:
        """Queue a frame for the client."""
        self.push_frame(encode(message, self.version))

    def push_frame(self, frame: str | bytes) -> None:
        """Queue an encoded frame for the client."""
        try:
            self._outbox.put_nowait(frame)
        except asyncio.QueueFull:
            self._too_slow.set()

    def close(self, channel: Channel, reason: str) -> None:
        """End a channel from this side and say why."""
        if self._channels.get(channel.topic) is not channel:
            return
        self._drop(channel)
        logger.info("closed %r: %s", channel.topic, reason)
        channel.push(
            "system",
            {
                "extension": "system",
                "status": "error",
                "message": reason,
                "channel": channel.topic,
            },
        )
        channel.push("phx_close", {}, ref=channel.join_ref)

    async def _read(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._relay.settings.realtime_idle_seconds):
                    event = await self._socket.receive()
            except TimeoutError:
                return
            if event["type"] == "websocket.disconnect":
                return
            try:
                message = decode(_frame(event), self.version)
            except ProtocolError as error:
                logger.warning("hung up on a client: %s", error)
                self._close_code = 1003
                return
            await self._handle(message)

    async def _write(self) -> None:
        while True:
            frame = await self._outbox.get()
            if isinstance(frame, bytes):
                await self._socket.send_bytes(frame)
            else:
                await self._socket.send_text(frame)

    async def _hang_up(self, code: int) -> None:
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):  # It may be closed already.
            async with asyncio.timeout(1):
                await self._socket.close(code)

    async def _handle(self, message: Message) -> None:
        if message.topic == "phoenix":
            if message.event == "heartbeat":
                self._reply(message, "ok")
            return
        if message.event == "phx_join":
            await self._join(message)
            return

        channel = self._channels.get(message.topic.removeprefix(PREFIX))
        is_stale = channel is not None and message.join_ref not in (None, channel.join_ref)
        if message.event == "phx_leave":
            # No phx_close follows as it does on hosted Supabase: clients close on the reply, and
            # supabase-py, joining again at once, would take it for the end of the new channel.
            if channel is not None and not is_stale:
                self._drop(channel)
            self._reply(message, "ok")
        elif channel is None:
            self._reply(message, "error", {"reason": "unmatched topic"})
        elif is_stale:
            return
        elif message.event == "broadcast":
            await self._broadcast(channel, message)
        elif message.event == "presence":
            await self._presence(channel, message)
        elif message.event == "access_token":
            await self._refresh(channel, message.payload.get("access_token"))

    def _reply(self, message: Message, status: str, response: dict[str, Any] | None = None) -> None:
        payload = {"status": status, "response": response or {}}
        self.push(Message(message.topic, "phx_reply", payload, message.ref, message.join_ref))

    # Joining.

    async def _join(self, message: Message) -> None:
        try:
            channel, past = await self._admit(message)
        except (RefusedError, tokens.TokenError) as error:
            self._reply(message, "error", {"reason": str(error)})
            return
        except DatabaseUnavailableError:
            self._reply(message, "error", {"reason": _UNABLE})
            return
        self._channels[channel.topic] = channel
        self._relay.hub.enter(channel)
        self._reply(message, "ok", {"postgres_changes": []})
        for broadcast in past:
            frame = encode_broadcast(channel.full_topic, broadcast, self.version)
            if frame is not None and channel.hears_broadcast:
                self.push_frame(frame)
        if channel.presence_enabled:
            self._push_presence_state(channel)

    async def _admit(self, message: Message) -> tuple[Channel, list[Broadcast]]:
        if not message.topic.startswith(PREFIX):
            raise RefusedError("unmatched topic")
        topic = message.topic.removeprefix(PREFIX)
        if not topic or not is_text(topic):
            raise RefusedError("TopicNameRequired: You must provide a topic name")
        try:
            config = JoinConfig.from_payload(message.payload)
        except ReplayError as error:
            raise RefusedError(f"UnableToReplayMessages: {error}") from error
        if config.wants_postgres_changes:
            raise RefusedError(
                "PostgresChangesUnavailable: This stack has no postgres_changes;"
                " use broadcast from the database"
            )
        if self._relay.settings.realtime_private_only and not config.private:
            raise RefusedError("PrivateOnly: This project only allows private channels")
        # Joining a topic again replaces the channel that was there.
        if previous := self._channels.get(topic):
            self._drop(previous)
        self._limit_joins()
        identity, token = self._identify(config.access_token)
        channel = Channel(
            peer=self,
            topic=topic,
            private=config.private,
            join_ref=message.join_ref or message.ref,
            identity=identity,
            token=token,
            receives_own=config.receives_own,
            acknowledges=config.acknowledges,
            presence_key=config.presence_key or str(uuid.uuid4()),
            presence_enabled=config.presence_enabled,
            broadcasts=Rate(self._relay.settings.realtime_max_broadcasts_per_second, 1),
            presence_calls=Rate(
                self._relay.settings.realtime_max_presence_calls,
                self._relay.settings.realtime_presence_window_seconds,
            ),
            recheck_at=time.monotonic() + self._relay.settings.realtime_recheck_seconds,
        )
        if channel.private:
            channel.reads = await self._may_read(channel)
            if not _is_enough(channel):
                raise RefusedError(f"Unauthorized: {_no_permission(topic)}")
        past: list[Broadcast] = []
        if config.replay is not None:
            past = await self._relay.past.read(topic, config.replay)
            channel.replayed = frozenset((broadcast.meta or {})["id"] for broadcast in past)
        return channel, past

    def _limit_joins(self) -> None:
        settings = self._relay.settings
        if len(self._channels) >= settings.realtime_max_channels:
            raise RefusedError("ChannelRateLimitReached: Too many channels")
        if not self._joins.take():
            raise RefusedError("ClientJoinRateLimitReached: Too many joins per second")

    def _identify(self, token: str | None) -> tuple[tokens.Identity, str | None]:
        """The identity behind a token; without one, or with an opaque key, the socket's own."""
        if token is None or token.startswith("sb_"):
            return self._key, None
        return tokens.verify(token, self._relay.settings.jwt_secret.get_secret_value()), token

    async def _may_read(self, channel: Channel) -> Permissions:
        return await self._relay.authorizer.may_read(channel.identity, channel.topic, self._headers)

    def _drop(self, channel: Channel) -> None:
        self._channels.pop(channel.topic, None)
        self._relay.hub.leave(channel)

    # Sending.

    async def _broadcast(self, channel: Channel, message: Message) -> None:
        payload = message.payload
        try:
            broadcast = message.broadcast or Broadcast.of(
                payload.get("event"), payload.get("payload", {})
            )
        except ProtocolError as error:
            self._acknowledge(channel, message, {"reason": str(error)})
            return
        # As on hosted Supabase, who may not write is not answered.
        if channel.private and not (await self._may_write(channel)).broadcast:
            logger.info("a broadcast to %r was refused by the policies", channel.topic)
            return
        if not channel.broadcasts.take():
            self.close(channel, "Too many messages per second")
            return
        if broadcast.size > self._relay.settings.realtime_max_payload_bytes:
            self._acknowledge(channel, message, {"reason": "payload_size_exceeded"})
            return
        self._relay.hub.broadcast(channel.topic, channel.private, broadcast, channel)
        self._acknowledge(channel, message)

    def _acknowledge(
        self, channel: Channel, message: Message, error: dict[str, Any] | None = None
    ) -> None:
        if channel.acknowledges:
            self._reply(message, "error" if error else "ok", error)

    async def _may_write(self, channel: Channel) -> Permissions:
        if channel.writes is None:
            try:
                channel.writes = await self._relay.authorizer.may_write(
                    channel.identity, channel.topic, self._headers
                )
            except DatabaseUnavailableError:
                return NOTHING
        return channel.writes

    async def _presence(self, channel: Channel, message: Message) -> None:
        if not channel.presence_calls.take():
            self.close(channel, "Client presence rate limit exceeded")
            return
        event = str(message.payload.get("event", "")).lower()
        if event == "untrack":
            self._relay.hub.untrack(channel)
            self._reply(message, "ok")
            return
        payload = message.payload.get("payload", {})
        if event != "track" or not isinstance(payload, dict):
            reason = "Presence track payload must be a map" if event == "track" else event
            self._reply(message, "error", {"reason": reason})
            return
        if len(json.dumps(payload)) > self._relay.settings.realtime_max_payload_bytes:
            self.close(channel, "Track message size exceeded")
            return
        if channel.private and not (await self._may_write(channel)).presence:
            self._reply(message, "error")
            return
        was_enabled, channel.presence_enabled = channel.presence_enabled, True
        if not was_enabled:
            self._push_presence_state(channel)
        self._relay.hub.track(channel, payload)
        self._reply(message, "ok")

    def _push_presence_state(self, channel: Channel) -> None:
        if channel.hears_presence:
            state = self._relay.hub.presence_state(channel.topic, channel.private)
            channel.push("presence_state", state)

    # Staying.

    async def _refresh(self, channel: Channel, token: Any) -> None:
        if not isinstance(token, str) or token.startswith("sb_") or token == channel.token:
            return
        try:
            channel.identity, channel.token = self._identify(token)
        except tokens.TokenError as error:
            self.close(channel, str(error).partition(": ")[2])
            return
        channel.writes = None
        try:
            await self._look_again(channel)
        except DatabaseUnavailableError:
            self.close(channel, "Realtime was unable to connect to the project database")

    async def recheck(self, channel: Channel) -> None:
        """Ask the policies again, and close the channel if it may no longer be read."""
        try:
            await self._look_again(channel)
        except DatabaseUnavailableError:
            return  # Nothing was decided; the next turn asks again.

    async def _look_again(self, channel: Channel) -> None:
        channel.recheck_at = time.monotonic() + self._relay.settings.realtime_recheck_seconds
        if not channel.private:
            return
        identity, before = channel.identity, channel.reads
        reads = await self._may_read(channel)
        if channel.identity is not identity:
            return  # A newer token came meanwhile, and its own check decides.
        channel.reads, channel.writes = reads, None
        if not _is_enough(channel):
            self.close(channel, _no_permission(channel.topic))
        elif before.broadcast > reads.broadcast or before.presence > reads.presence:
            self.close(
                channel, f"You no longer have permission to read from {_named(channel.topic)}"
            )


def _frame(event: Any) -> str | bytes:
    frame: str | bytes | None = event.get("text")
    return event["bytes"] or b"" if frame is None else frame


def _is_enough(channel: Channel) -> bool:
    """Whether there is anything for this member to hear."""
    return channel.reads.broadcast or (channel.presence_enabled and channel.reads.presence)


def _no_permission(topic: str) -> str:
    return f"You do not have permissions to read from {_named(topic)}"


def _named(topic: str) -> str:
    return f"this Channel topic: {topic}"
