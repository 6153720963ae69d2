"""HTTP through the gateway: bodies stream both ways and are never held in memory whole."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
from starlette.datastructures import Headers as StarletteHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from devstack.gateway import lite
from devstack.gateway.credentials import Credentials, KeyRefusedError, split_key
from devstack.gateway.keys import Keys
from devstack.gateway.parts import OPEN_PATHS, Part, Speaks

_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# Replaced here: the key by what the part takes, the origin because CORS is answered by the gateway.
_NOT_FORWARDED = _HOP_BY_HOP | {
    b"host",
    b"apikey",
    b"authorization",
    b"origin",
    b"expect",
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-request-id",
}
# Written by the gateway's own server and middleware.
_NOT_RETURNED = _HOP_BY_HOP | {b"date", b"server", b"x-request-id"}
_SAFE = ("GET", "HEAD", "OPTIONS")

logger = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]


class BodyTooLargeError(Exception):
    """A body that went over the limit while it streamed."""


class Proxy:
    """Sends requests to one part. An ASGI application."""

    def __init__(
        self,
        part: Part,
        client: httpx.AsyncClient,
        uploads: httpx.AsyncClient,
        keys: Keys,
        lite_keys: dict[str, str],
        max_body_bytes: int,
    ) -> None:
        self._part = part
        self._client = client
        self._uploads = uploads
        self._keys = keys
        self._lite_keys = lite_keys
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        async with AsyncExitStack() as upstreams:
            response = await self._answer(Request(scope, receive), upstreams)
            await response(scope, receive, send)

    async def _answer(self, request: Request, upstreams: AsyncExitStack) -> Response:
        part = self._part
        query_key, query = split_key(request.scope["query_string"])
        try:
            credentials = Credentials.read(
                self._keys,
                request.headers.get("apikey") or query_key,
                request.headers.get("authorization"),
                needs_key=part.needs_key and request.url.path not in OPEN_PATHS,
            )
            if int(request.headers.get("content-length", "0")) > self._max_body_bytes:
                raise BodyTooLargeError
            upstream = await self._send(request, credentials, query)
        except KeyRefusedError as error:
            return JSONResponse(error.answer, 401)
        except BodyTooLargeError:
            message = f"The request is larger than {self._max_body_bytes} bytes."
            return JSONResponse({"message": message}, 413)
        except httpx.TimeoutException:
            return _unreachable(part, 504, "did not answer in time")
        except httpx.HTTPError as error:
            logger.warning("%s at %s: %r", part.name, part.url, error)
            if _is_upload(request) and _is_cut_off(request, error):
                return JSONResponse(lite.TOO_LARGE, 413)
            return _unreachable(part, 502, "cannot be reached")
        except ClientDisconnect:
            return Response(status_code=499)
        upstreams.push_async_callback(upstream.aclose)
        return await self._pass_on(request, upstream)

    async def _send(
        self, request: Request, credentials: Credentials, query: bytes
    ) -> httpx.Response:
        part = self._part
        target = part.target(request.scope["raw_path"])
        headers = self._headers(request)
        body = self._body(request) if has_body(request.headers) else None
        if part.speaks is Speaks.LITE:
            target = lite.target(target)
            if body and lite.is_form_upload(target, request.headers.get("content-type", "")):
                headers = [item for item in headers if item[0] != b"content-length"]
                body = lite.name_file(body)
        # A kept connection may be closed the moment it is used again, and a write is not sent
        # twice: it has a connection of its own, where the part does not keep them for long.
        # So has HEAD: PostgREST closes the connection after it, and does not say so.
        is_safe = request.method in _SAFE and body is None
        is_kept = request.method != "HEAD" and (is_safe or part.keeps_connections)
        client = self._client if is_kept else self._uploads
        upstream = client.build_request(
            request.method,
            part.url,
            headers=headers + credentials.headers(self._keys, part.speaks, self._lite_keys),
            content=body,
            # The path goes out as it came in: encoded slashes and all.
            extensions={"target": target + (b"?" + query if query else b"")},
        )
        try:
            return await client.send(upstream, stream=True)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if not is_safe:
                raise
            return await client.send(upstream, stream=True)

    def _headers(self, request: Request) -> Headers:
        raw: Headers = request.scope["headers"]
        dropped = _NOT_FORWARDED | _named_in_connection(raw)
        if self._part.speaks is Speaks.LITE:
            dropped |= {b"accept-encoding"}  # Its answers are read here.
        client = request.client.host if request.client else "127.0.0.1"
        request_id: str = request.scope["state"]["request_id"]
        return [(name, value) for name, value in raw if name not in dropped] + [
            (b"x-forwarded-for", client.encode()),
            (b"x-forwarded-host", request.headers.get("host", "").encode("latin-1")),
            (b"x-forwarded-proto", request.url.scheme.encode()),
            (b"x-request-id", request_id.encode()),
        ]

    async def _body(self, request: Request) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > self._max_body_bytes:
                raise BodyTooLargeError
            if chunk:
                yield chunk
        request.state.is_body_sent = True

    async def _pass_on(self, request: Request, upstream: httpx.Response) -> Response:
        raw = upstream.headers.raw
        dropped = _NOT_RETURNED | _named_in_connection(raw)
        headers = [
            (name.lower(), value)
            for name, value in raw
            if name.lower() not in dropped and not name.lower().startswith(b"access-control-")
        ]
        content_type = upstream.headers.get("content-type", "")
        response: Response
        if self._part.speaks is Speaks.LITE and lite.is_answer(
            request.method, request.scope["raw_path"], content_type
        ):
            try:
                body = lite.mend(await upstream.aread())
            except httpx.HTTPError:
                return _unreachable(self._part, 502, "broke off its answer")
            response = Response(body, lite.status(upstream.status_code, body))
            headers = [item for item in headers if item[0] != b"content-length"]
            headers.append((b"content-length", str(len(body)).encode()))
        else:
            answered = upstream.status_code
            if self._part.speaks is Speaks.LITE:
                answered = lite.link_status(request.method, request.scope["raw_path"], answered)
            response = StreamingResponse(upstream.aiter_raw(), answered)
        response.raw_headers = headers
        return response


def has_body(headers: StarletteHeaders) -> bool:
    """Whether a request with these headers brings a body."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _is_upload(request: Request) -> bool:
    return lite.is_upload(request.method, request.scope["raw_path"]) and has_body(request.headers)


def _is_cut_off(request: Request, error: httpx.HTTPError) -> bool:
    """Whether the other side closed the connection before it had the whole body."""
    is_closed = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError)
    return is_closed and not hasattr(request.state, "is_body_sent")


def _named_in_connection(headers: Headers) -> frozenset[bytes]:
    return frozenset(
        token.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for token in value.split(b",")
    )


def _unreachable(part: Part, status: int, what: str) -> Response:
    return JSONResponse({"message": f"The part {part.name} {what}.", "part": part.name}, status)
