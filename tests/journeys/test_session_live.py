"""A session as it is lived: three official clients in a private room, and a stranger outside."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psycopg
from postgrest import APIError
from psycopg.rows import dict_row
from realtime.types import RealtimeChannelOptions

from supabase import AsyncClient, AsyncClientOptions, acreate_client
from tests.patience import PATIENCE_SECONDS
from tests.plugins.stack import RunningStack
from tests.sessions import wind

HEARD = ("track_started", "queue_changed", "vote_changed", "session_changed")
PRIVATE: RealtimeChannelOptions = {
    "config": {"private": True, "broadcast": None, "presence": None},
}
SONG = {"provider": "deezer", "artist_name": "Somebody", "duration_ms": 200_000}


class Listener:
    """Somebody with an app: one supabase-py client, signed in, and what it hears of a room."""

    def __init__(self, client: AsyncClient, username: str) -> None:
        self.client = client
        self.username = username
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    async def rpc(self, function: str, **arguments: Any) -> Any:
        """Call an RPC."""
        return (await self.client.rpc(function, arguments).execute()).data

    async def refused(self, function: str, **arguments: Any) -> str:
        """The token an RPC is refused with."""
        try:
            await self.rpc(function, **arguments)
        except APIError as error:
            return str(error.message)
        return "accepted"

    def note(self, event: str) -> Callable[[Any], None]:
        """A listener for one event."""
        return lambda message: self.heard.put_nowait((event, message["payload"]))

    async def join(self, room: str) -> bool:
        """Join the topic of a room; whether that is allowed."""
        channel = self.client.channel(f"room:{room}", PRIVATE)
        for event in HEARD:
            channel.on_broadcast(event, self.note(event))
        states: asyncio.Queue[str] = asyncio.Queue()
        await channel.subscribe(lambda state, _: states.put_nowait(str(state)))
        first = await asyncio.wait_for(states.get(), PATIENCE_SECONDS)
        return "SUBSCRIBED" in first.upper()

    async def next(self, event: str) -> Any:
        """The payload of the next such event."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                name, payload = await self.heard.get()
                if name == event:
                    return payload

    async def queue(self, session: str, number: int) -> str:
        """Queue a song nobody else has; the item."""
        song = {**SONG, "provider_track_id": str(secrets.randbelow(10**12)), "title": f"{number}"}
        track = (await self.rpc("resolve_track", **song))["id"]
        item = await self.rpc("enqueue_track", session_id=session, track_id=track)
        return str(item["id"])


async def connect(url: str, key: str, transport: httpx.AsyncClient) -> AsyncClient:
    """An official client with a key."""
    options = AsyncClientOptions(httpx_client=transport, auto_refresh_token=False)
    return await acreate_client(url, key, options)


@asynccontextmanager
async def listeners(
    stack: RunningStack, transport: httpx.AsyncClient, *names: str
) -> AsyncIterator[list[Listener]]:
    """People who have just signed up, each with a client of their own."""
    made: list[Listener] = []
    try:
        for name in names:
            username = f"{name}_{secrets.token_hex(3)}"
            client = await connect(stack.url, stack.publishable_key, transport)
            reply = await client.auth.sign_up(
                {
                    "email": f"{username}@example.com",
                    "password": "music-is-42",
                    "options": {"data": {"username": username, "display_name": name}},
                }
            )
            assert reply.session is not None
            await client.realtime.set_auth(reply.session.access_token)
            made.append(Listener(client, username))
        yield made
    finally:
        for person in made:
            await person.client.realtime.close()


def test_a_rotation_with_a_skip_by_vote_and_a_late_joiner(seeded_stack: RunningStack) -> None:
    stack = seeded_stack

    async def story() -> None:
        async with (
            httpx.AsyncClient(trust_env=False, timeout=90) as transport,
            listeners(stack, transport, "ada", "ben", "cleo", "stranger") as people,
        ):
            ada, ben, cleo, stranger = people
            service = await connect(stack.url, stack.secret_key, transport)
            room = (await ada.rpc("create_room", name="Backstage", visibility="private"))["id"]
            for guest in (ben, cleo):
                await ada.rpc("invite_to_room", room_id=room, username=guest.username)
                await guest.rpc("join_room", room_id=room)
            for person in (ada, ben):
                await person.rpc("heartbeat", room_id=room)
                assert await person.join(room)
            assert not await stranger.join(room)

            session = (await ada.rpc("start_session", room_id=room, mode="fan"))["id"]
            assert (await ben.next("session_changed"))["session_id"] == session
            for function in ("session_state", "join_rotation", "end_session"):
                assert await stranger.refused(function, session_id=session) == "session_not_found"
            for person in (ada, ben):
                await person.rpc("join_rotation", session_id=session)
            adas, bens = await ada.queue(session, 1), await ben.queue(session, 2)
            started = await ben.next("track_started")
            assert (started["item_id"], started["sequence"]) == (adas, 1)

            # The schedule tells what has been voted.
            answer = await ben.rpc("vote_track", item_id=adas, value=-1)
            assert answer == {"up_count": 0, "down_count": 1, "my_vote": -1}
            assert (await service.schema("backend").rpc("tell_votes", {}).execute()).data == 1
            told = await ada.next("vote_changed")
            assert (told["item_id"], told["up_count"], told["down_count"]) == (adas, 0, 1)

            # Both want to hear something else, when the first seconds are over.
            assert await ada.refused("vote_skip", item_id=adas) == "too_early_to_skip"
            with psycopg.connect(
                stack.database_url, autocommit=True, row_factory=dict_row
            ) as connection:
                wind(connection, session, 30)
            skip = await ben.rpc("vote_skip", item_id=adas)
            assert skip == {"votes": 1, "needed": 2, "skipped": False}
            skip = await ada.rpc("vote_skip", item_id=adas)
            assert skip == {"votes": 2, "needed": 2, "skipped": True}
            for person in (ada, ben):
                started = await person.next("track_started")
                assert (started["item_id"], started["sequence"]) == (bens, 2)
            sent = time.monotonic()
            first = await ada.rpc("session_state", session_id=session)
            received = time.monotonic()
            assert first["now_playing"]["item"]["id"] == bens

            # cleo comes late, and hears the same moment of the track as ada.
            assert await cleo.join(room)
            asked = time.monotonic()
            late = await cleo.rpc("session_state", session_id=session)
            answered = time.monotonic()
            assert late["now_playing"]["item"]["id"] == bens
            assert late["now_playing"]["dj"]["username"] == ben.username
            passed = late["now_playing"]["position_ms"] - first["now_playing"]["position_ms"]
            assert (asked - received) * 1000 - 1000 <= passed <= (answered - sent) * 1000 + 1000

            # Everybody's client says that it is over; it moves on once, to nothing.
            with psycopg.connect(
                stack.database_url, autocommit=True, row_factory=dict_row
            ) as connection:
                wind(connection, session)
            states = await asyncio.gather(
                *(
                    person.rpc("advance_session", session_id=session, expected_sequence=2)
                    for person in (ada, ben, cleo)
                )
            )
            assert [(state["sequence"], state["now_playing"]) for state in states] == [
                (3, None)
            ] * 3
            assert (await cleo.next("track_started"))["item_id"] is None
            history = await cleo.rpc("session_history", room_id=room)
            assert [(row["title"], row["is_skipped"], row["skip_reason"]) for row in history] == [
                ("2", False, None),
                ("1", True, "vote"),
            ]
            assert stranger.heard.empty()

    asyncio.run(story())
