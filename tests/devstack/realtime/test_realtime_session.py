"""A socket whose other end does not read."""

import asyncio
from typing import Any, cast

import pytest
from pydantic import SecretStr, ValidationError
from starlette.websockets import WebSocket

from devstack.realtime.authorization import Authorizer
from devstack.realtime.database import PastMessages
from devstack.realtime.hub import Hub
from devstack.realtime.protocol import Message, Version
from devstack.realtime.session import Relay, Session
from devstack.realtime.settings import RealtimeSettings
from devstack.realtime.tokens import Identity


class StuckSocket:
    """Takes no frame and brings none."""

    def __init__(self) -> None:
        self.closed_with: int | None = None

    async def receive(self) -> Any:
        await asyncio.Event().wait()

    async def send_text(self, frame: str) -> None:
        assert frame
        await asyncio.Event().wait()

    async def close(self, code: int) -> None:
        self.closed_with = code


def test_a_client_that_does_not_read_is_cut_off() -> None:
    settings = RealtimeSettings(
        realtime_port=1, realtime_database_url=SecretStr("unused"), jwt_secret=SecretStr("unused")
    )
    # Nothing private is asked, so that the policies are never needed.
    relay = Relay(settings, Hub(), cast("Authorizer", None), cast("PastMessages", None))
    socket = StuckSocket()

    async def story() -> None:
        key = Identity("anon", "", {}, 0)
        session = Session(relay, cast("WebSocket", socket), Version.V1, key, {})
        running = asyncio.create_task(session.run())
        async with asyncio.timeout(5):
            while not running.done():
                session.push(Message("realtime:t", "broadcast"))
                await asyncio.sleep(0)

    asyncio.run(story())
    assert socket.closed_with == 1013


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ValidationError, match="realtime_port"):
        RealtimeSettings.model_validate({})
