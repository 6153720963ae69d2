"""Connections for uploads, on which an answer is heard before the whole body is sent.

Lite refuses an upload by its headers alone, and hangs up half a second later. Who only writes until
then loses the answer together with the connection.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

_READ_BYTES = 64 * 1024


def upload_client(timeout: httpx.Timeout) -> httpx.AsyncClient:
    """A client that stops sending as soon as it is answered.

    No connection is kept: one that is closed in the middle of a body was closed because of it.
    """
    client = httpx.AsyncClient(
        transport=_Transport(), timeout=timeout, follow_redirects=False, trust_env=False
    )
    client.headers.clear()
    return client


class _Transport(httpx.AsyncHTTPTransport):
    def __init__(self) -> None:
        super().__init__(trust_env=False)
        # httpx has no parameter for the backend of its pool.
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=500, max_keepalive_connections=0, network_backend=_Backend()
        )


class _Backend(httpcore.AnyIOBackend):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(
            await super().connect_tcp(host, port, timeout, local_address, socket_options)
        )


class _Stream(httpcore.AsyncNetworkStream):
    """Reads while it writes. A write that is answered fails, upon which httpcore reads."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._answer: asyncio.Task[bytes] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._answer is None:
            return await self._stream.read(max_bytes, timeout)
        answer, self._answer = self._answer, None
        try:
            return await asyncio.wait_for(answer, timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._answer is None:
            self._answer = asyncio.create_task(self._stream.read(_READ_BYTES))
        if self._answer.done():
            raise httpcore.WriteError("answered before the body was sent")
        writing = asyncio.create_task(self._stream.write(buffer, timeout))
        try:
            await asyncio.wait({writing, self._answer}, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                raise httpcore.WriteError("answered before the body was sent")
            await writing
        finally:
            await _end(writing)

    async def aclose(self) -> None:
        if self._answer is not None:
            await _end(self._answer)
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


async def _end(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
