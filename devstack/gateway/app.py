"""The gateway as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute

from devstack.gateway.health import Health
from devstack.gateway.keys import Keys
from devstack.gateway.middleware import Cors, NoSniff, OneProtocol, PlainAddress, RequestId
from devstack.gateway.parts import parts
from devstack.gateway.proxy import Proxy
from devstack.gateway.settings import GatewaySettings
from devstack.gateway.uploads import upload_client
from devstack.gateway.websocket import RealtimeSocket

# The parts close idle connections after 2 (gunicorn) to 5 seconds; let go of them before.
_KEEP_ALIVE_SECONDS = 1.5


def create_app(settings: GatewaySettings) -> Starlette:
    """Build the gateway; nothing is asked of the parts before the first request."""
    keys = Keys(
        settings.publishable_key.get_secret_value(),
        settings.secret_key.get_secret_value(),
        settings.jwt_secret.get_secret_value(),
    )
    lite_keys = {
        "anon": settings.lite_publishable_key.get_secret_value(),
        "service_role": settings.lite_secret_key.get_secret_value(),
    }
    timeout = httpx.Timeout(settings.gateway_timeout_seconds, connect=5.0)
    client = httpx.AsyncClient(
        timeout=timeout,
        limits=httpx.Limits(
            max_connections=500,
            max_keepalive_connections=100,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
        ),
        follow_redirects=False,
        trust_env=False,
        headers={},
    )
    client.headers.clear()
    uploads = upload_client(timeout)
    known = parts(settings)
    health = Health(known, client, keys, lite_keys)
    routes: list[BaseRoute] = [Route("/", health.index), Route("/health", health.health)]
    for part in known:
        proxy = Proxy(part, client, uploads, keys, lite_keys, settings.gateway_max_body_bytes)
        if part.name == "realtime":
            socket = RealtimeSocket(part, keys)
            routes.append(WebSocketRoute(f"{part.prefix}/websocket", socket.serve))
        routes += [Route(part.prefix, proxy), Route(part.prefix + "/{path:path}", proxy)]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with client, uploads:
            yield

    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(RequestId),
            Middleware(NoSniff),
            Middleware(Cors),
            Middleware(PlainAddress),
            Middleware(OneProtocol),
        ],
        exception_handlers={404: _not_found},
    )


async def _not_found(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"message": "no Route matched with those values"}, 404)
