"""What every request gets: an id, CORS, a line in the log, a look at its address and framing."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from devstack.gateway import addresses
from devstack.gateway.proxy import has_body

_REQUEST_ID = re.compile(r"[!-~]{1,128}")
_STORED = "/storage/v1/"
_METHODS = "GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS, TRACE, CONNECT"
_EXPOSED = (
    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server,"
    " Transfer-Encoding, Range-Unit, Preference-Applied, X-Request-Id, X-Total-Count, Link"
)

logger = logging.getLogger("devstack.gateway")


class RequestId:
    """Takes the client's `x-request-id` or makes one, and writes it on the answer and in the log.

    Queries are not logged: keys and tokens may stand in them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        started = time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self._app(scope, receive, with_id)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            method = scope.get("method", "WEBSOCKET")
            path = scope["path"].encode("unicode_escape").decode()
            logger.info("%s %s %d %.1fms %s", method, path, status, milliseconds, request_id)


class Cors:
    """Any origin may call, as on hosted Supabase; preflights are answered here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(headers)(scope, receive, send)
            return

        async def with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["access-control-allow-origin"] = "*"
                answer["access-control-expose-headers"] = _EXPOSED
            await send(message)

        await self._app(scope, receive, with_cors)


class NoSniff:
    """Keeps browsers from taking a stored file for anything but what it is said to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith(_STORED):
            await self._app(scope, receive, send)
            return

        async def with_nosniff(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-content-type-options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, with_nosniff)


class PlainAddress:
    """Refuses an address that a part might read otherwise than the gateway does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400, or pass a request on."""
        fault = None
        if scope["type"] in ("http", "websocket"):
            fault = addresses.fault(scope["raw_path"], scope["query_string"])
        if fault is None:
            await self._app(scope, receive, send)
            return
        answer = JSONResponse({"message": fault}, 400)
        if scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(answer)
        else:
            await answer(scope, receive, send)


class OneProtocol:
    """Refuses a request with a body that asks for another protocol than a websocket.

    The server reads no further where a protocol is asked for: the parts would get no body, and what
    comes of it later would be taken for a request of its own. So the connection ends, too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 400 and hang up, or pass a request on."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "upgrade" not in headers or not has_body(headers):
            await self._app(scope, receive, send)
            return
        message = "A request with a body cannot ask for another protocol."
        answer = JSONResponse({"message": message}, 400, {"connection": "close"})
        await answer(scope, receive, send)


def _preflight(headers: Headers) -> Response:
    return Response(
        headers={
            "access-control-allow-origin": "*",
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": headers.get("access-control-request-headers", "*"),
            "access-control-max-age": "3600",
            "vary": "Access-Control-Request-Headers",
        }
    )
