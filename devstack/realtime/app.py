"""The relay as an ASGI application."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from devstack.realtime import tokens
from devstack.realtime.authorization import Authorizer
from devstack.realtime.database import MessageFeed, PastMessages, clean_forever, create_pool
from devstack.realtime.http import broadcast_batch, broadcast_one, safe_headers
from devstack.realtime.hub import Channel, Hub
from devstack.realtime.protocol import Broadcast, Version
from devstack.realtime.session import Relay, Session
from devstack.realtime.settings import RealtimeSettings

# A person's own topic, and what the events on it are called that take something from them.
_PERSON = "user:"
_REMOVED = "removed_from_"


def create_app(settings: RealtimeSettings) -> Starlette:
    """Build the relay; it connects when it starts, and goes on trying if it cannot."""
    hub = Hub()
    url = settings.realtime_database_url.get_secret_value()
    pool = create_pool(url)

    async def deliver(topic: str, private: bool, broadcast: Broadcast) -> None:
        hub.broadcast(topic, private, broadcast)
        if topic.startswith(_PERSON) and broadcast.event.startswith(_REMOVED):
            # What was committed after the removal waits for the answers, so that it reaches nobody
            # who was removed.
            await _look_again(hub, topic.removeprefix(_PERSON))

    feed = MessageFeed(url, pool, deliver)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await pool.open(wait=False)
        tasks = [
            asyncio.create_task(feed.run()),
            asyncio.create_task(clean_forever(pool, settings.realtime_retention_days)),
            asyncio.create_task(_watch(hub, settings)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await pool.close()

    app = Starlette(
        routes=[
            WebSocketRoute("/realtime/v1/websocket", _websocket),
            Route("/realtime/v1/api/broadcast", broadcast_batch, methods=["POST"]),
            Route("/realtime/v1/api/broadcast/{rest:path}", broadcast_one, methods=["POST"]),
            Route("/health", _health),
        ],
        lifespan=lifespan,
    )
    app.state.relay = Relay(settings, hub, Authorizer(pool), PastMessages(pool))
    app.state.feed = feed
    app.state.pool = pool
    return app


async def _websocket(socket: WebSocket) -> None:
    relay: Relay = socket.app.state.relay
    key = socket.headers.get("x-api-key") or socket.query_params.get("apikey")
    try:
        if not key:
            raise tokens.TokenError("API key is missing")
        version = Version(socket.query_params.get("vsn", Version.V1))
        identity = tokens.verify(key, relay.settings.jwt_secret.get_secret_value())
    except tokens.TokenError as error:
        await socket.send_denial_response(JSONResponse({"error": str(error)}, 401))
        return
    except ValueError:
        await socket.send_denial_response(JSONResponse({"error": "Unknown vsn"}, 400))
        return
    await socket.accept()
    await Session(relay, socket, version, identity, safe_headers(socket.headers)).run()


async def _health(request: Request) -> JSONResponse:
    """200 when messages of the database arrive and policies can be asked, else 503."""
    state = request.app.state
    parts = {"database": False, "listening": state.feed.listening.is_set()}
    with suppress(psycopg.Error, PoolTimeout):
        async with state.pool.connection(timeout=1) as connection:
            await connection.execute("select 1")
            parts["database"] = True
    counts = {"channels": len(state.relay.hub.channels())}
    return JSONResponse(parts | counts, 200 if all(parts.values()) else 503)


async def _look_again(hub: Hub, user_id: str) -> None:
    """Ask the policies again about all that one person has joined."""
    theirs = [
        channel
        for channel in hub.channels()
        if channel.private and channel.identity.subject == user_id
    ]
    await asyncio.gather(*(channel.peer.recheck(channel) for channel in theirs))


async def _watch(hub: Hub, settings: RealtimeSettings) -> None:
    """Close channels whose token ran out, and look again at what the others may read."""
    while True:
        due: list[Channel] = []
        for channel in hub.channels():
            if channel.token is not None and channel.identity.expires_at <= time.time():
                reason = tokens.expiry_message(channel.identity.expires_at)
                channel.peer.close(channel, reason)
            elif channel.recheck_at <= time.monotonic():
                due.append(channel)
        await asyncio.gather(*(channel.peer.recheck(channel) for channel in due))
        await asyncio.sleep(min(1.0, settings.realtime_recheck_seconds))
