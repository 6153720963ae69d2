"""uvicorn as the parts of the stack run it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn


def serve(app: Callable[..., Awaitable[None]], port: int, **settings: Any) -> None:
    """Serve an app on 127.0.0.1 until told to stop; `settings` are uvicorn's."""
    server = _Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            ws="websockets-sansio",
            # uvicorn would log the address of each request and socket, and the key with it.
            log_level="warning",
            access_log=False,
            # Clients are not believed who they say they are.
            proxy_headers=False,
            timeout_graceful_shutdown=3,
            **settings,
        )
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(1)


class _Server(uvicorn.Server):
    """Wakes once a second, for the header Date, and when it is told to stop: not ten times."""

    _wake: Callable[[], object] | None = None

    async def main_loop(self) -> None:
        loop = asyncio.get_running_loop()
        told = asyncio.Event()
        self._wake = lambda: loop.call_soon_threadsafe(told.set)
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), 1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._wake is not None:
            self._wake()
