"""The HTTP endpoints that broadcast without a socket."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.realtime import tokens
from devstack.realtime.authorization import DatabaseUnavailableError
from devstack.realtime.protocol import Broadcast, ProtocolError, is_text, parse_json
from devstack.realtime.session import Relay

_MAX_BODY_BYTES = 4 * 1024 * 1024


class _AnswerError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.response = JSONResponse(body, status)


async def broadcast_batch(request: Request) -> Response:
    """POST {messages: [{topic, event, payload, private}]}: 202 and nothing else.

    As on hosted Supabase, private messages that the policies refuse are left out without a word.
    """
    relay: Relay = request.app.state.relay
    try:
        identity = _identify(request, relay)
        messages = _messages(await _json(request), relay.settings.realtime_max_payload_bytes)
        allowed: dict[str, bool] = {}
        for topic, private, broadcast in messages:
            if private and topic not in allowed:
                allowed[topic] = await _may_write(request, relay, identity, topic)
            if not private or allowed[topic]:
                relay.hub.broadcast(topic, private, broadcast)
    except _AnswerError as error:
        return error.response
    return Response(status_code=202)


async def broadcast_one(request: Request) -> Response:
    """POST /api/broadcast/<topic>/events/<event>: the body, JSON or bytes, is the payload."""
    relay: Relay = request.app.state.relay
    try:
        identity = _identify(request, relay)
        topic, event = _from_path(request)
        private = request.query_params.get("private") == "true"
        broadcast = await _single(request, event)
        if broadcast.size > relay.settings.realtime_max_payload_bytes:
            raise _AnswerError(422, {"errors": {"payload": ["Payload size exceeds tenant limit"]}})
        if private and not await _may_write(request, relay, identity, topic):
            raise _AnswerError(403, {"message": "Unauthorized"})
        relay.hub.broadcast(topic, private, broadcast)
    except _AnswerError as error:
        return error.response
    return Response(status_code=202)


def _identify(request: Request, relay: Relay) -> tokens.Identity:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = request.headers.get("apikey", "")
    try:
        return tokens.verify(token.strip(), relay.settings.jwt_secret.get_secret_value())
    except tokens.TokenError as error:
        raise _AnswerError(401, {"message": "Unauthorized"}) from error


async def _may_write(request: Request, relay: Relay, identity: tokens.Identity, topic: str) -> bool:
    try:
        permissions = await relay.authorizer.may_write(
            identity, topic, safe_headers(request.headers)
        )
    except DatabaseUnavailableError as error:
        raise _AnswerError(422, {"message": "Tenant database unavailable"}) from error
    return permissions.broadcast


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that policies may look at: those that carry no secret."""
    return {
        name: value
        for name, value in headers.items()
        if name not in ("authorization", "apikey", "x-api-key", "cookie")
    }


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise _AnswerError(413, {"message": "The request is too large"})
    return bytes(body)


async def _json(request: Request) -> Any:
    try:
        return parse_json(await _body(request))
    except (ValueError, RecursionError) as error:
        raise _AnswerError(400, {"message": "The body is not JSON"}) from error


async def _single(request: Request, event: str) -> Broadcast:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind == "application/octet-stream":
        return Broadcast(event, await _body(request))
    if kind != "application/json":
        types = "application/json or application/octet-stream"
        raise _AnswerError(415, {"error": f"Unsupported Media Type. Use {types}"})
    try:
        return Broadcast.of(event, await _json(request))
    except ProtocolError as error:
        raise _AnswerError(422, {"errors": {"payload": ["is invalid"]}}) from error


def _from_path(request: Request) -> tuple[str, str]:
    # The raw path, because a topic may hold an encoded slash.
    raw: bytes = request.scope["raw_path"]
    *_, topic, events, event = raw.partition(b"/api/broadcast/")[2].decode("ascii").split("/")
    topic, event = unquote(topic), unquote(event)
    if events != "events" or not topic or not event or not is_text(topic):
        raise _AnswerError(404, {"message": "Not Found"})
    return topic, event


def _messages(body: Any, max_bytes: int) -> list[tuple[str, bool, Broadcast]]:
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        raise _AnswerError(422, {"errors": {"messages": ["can't be blank"]}})
    read: list[tuple[str, bool, Broadcast]] = []
    errors = []
    for message in messages:
        found = _problems(message)
        if not found:
            broadcast = Broadcast.of(message["event"], message["payload"])
            read.append((message["topic"], message.get("private") is True, broadcast))
            if broadcast.size > max_bytes:
                found = {"payload": ["Payload size exceeds tenant limit"]}
        errors.append(found)
    if any(errors):
        raise _AnswerError(422, {"errors": {"messages": errors}})
    return read


def _problems(message: Any) -> dict[str, list[str]]:
    if not isinstance(message, dict):
        return {"message": ["is invalid"]}
    problems = {}
    for name in ("topic", "event", "payload"):
        value = message.get(name)
        if value is None or value == "":
            problems[name] = ["can't be blank"]
        elif not (isinstance(value, dict) if name == "payload" else is_text(value)):
            problems[name] = ["is invalid"]
    if not isinstance(message.get("private", False), bool | None):
        problems["private"] = ["is invalid"]
    if not problems:
        try:
            Broadcast.of(message["event"], message["payload"])
        except ProtocolError:
            problems["payload"] = ["is invalid"]
    return problems
