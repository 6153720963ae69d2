"""Websockets through the gateway: the realtime socket, frame by frame."""

import asyncio

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from devstack.gateway.credentials import Credentials, KeyRefusedError, split_key
from devstack.gateway.keys import Keys
from devstack.gateway.parts import Part

FRAME_BYTES = 1024 * 1024


class RealtimeSocket:
    """Joins a client's socket to one at the relay, with the key turned into a token."""

    def __init__(self, part: Part, keys: Keys) -> None:
        self._part = part
        self._keys = keys

    async def serve(self, socket: WebSocket) -> None:
        """Serve one client until either side closes."""
        query_key, query = split_key(socket.scope["query_string"])
        try:
            token = self._token(socket, query_key)
            url = f"{self._part.url.replace('http', 'ws', 1)}{socket.url.path}?{query.decode()}"
            upstream = await connect(
                url,
                additional_headers=_headers(socket, token),
                user_agent_header=None,
                max_size=FRAME_BYTES,
                compression=None,
                open_timeout=5,
                proxy=None,
            )
        except KeyRefusedError as error:
            await socket.send_denial_response(JSONResponse(error.answer, 401))
            return
        except InvalidStatus as error:
            answer = JSONResponse({"message": "Refused"}, error.response.status_code)
            if error.response.body:
                answer.body = bytes(error.response.body)
                answer.init_headers()
            await socket.send_denial_response(answer)
            return
        except (OSError, TimeoutError, WebSocketException):
            answer = JSONResponse(
                {"message": "The part realtime cannot be reached.", "part": "realtime"}, 502
            )
            await socket.send_denial_response(answer)
            return
        async with upstream:
            await socket.accept()
            await _join(socket, upstream)

    def _token(self, socket: WebSocket, query_key: str | None) -> str:
        credentials = Credentials.read(
            self._keys, socket.headers.get("apikey") or query_key, None, needs_key=True
        )
        return credentials.token(self._keys) or ""


def _headers(connection: HTTPConnection, token: str) -> dict[str, str]:
    forwarded = {"x-api-key": token, "x-request-id": connection.scope["state"]["request_id"]}
    for name in ("user-agent", "x-client-info", "accept-language"):
        if name in connection.headers:
            forwarded[name] = connection.headers[name]
    return forwarded


async def _join(socket: WebSocket, upstream: ClientConnection) -> None:
    """Carry frames both ways; when one side closes, close the other with the same code."""
    tasks = {
        asyncio.create_task(_to_relay(socket, upstream)),
        asyncio.create_task(_to_client(socket, upstream)),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _to_relay(socket: WebSocket, upstream: ClientConnection) -> None:
    while True:
        event = await socket.receive()
        if event["type"] == "websocket.disconnect":
            await upstream.close(_sendable(event.get("code")))
            return
        text = event.get("text")
        await upstream.send(event["bytes"] if text is None else text)


async def _to_client(socket: WebSocket, upstream: ClientConnection) -> None:
    try:
        async for frame in upstream:
            if isinstance(frame, bytes):
                await socket.send_bytes(frame)
            else:
                await socket.send_text(frame)
    except ConnectionClosed:
        pass
    except WebSocketDisconnect:
        return
    await socket.close(_sendable(upstream.close_code), upstream.close_reason)


def _sendable(code: int | None) -> int:
    """A code that may stand in a close frame; 1005 and 1006 only describe that there was none."""
    return code if code is not None and code not in (1005, 1006, 1015) else 1000
