"""Conversations as they are lived: official clients on dm:<id>, through the whole stack."""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from psycopg.rows import dict_row
from realtime import AsyncRealtimeClient
from realtime.types import RealtimeChannelOptions

from tests.database import sign_up
from tests.patience import PATIENCE_SECONDS
from tests.plugins.stack import RunningStack

HEARD = ("message_sent", "message_deleted", "conversation_read", "conversation_changed", "typing")
HEARD_IN_ROOMS = ("message", "message_edited", "message_deleted", "typing")


class Person:
    """Somebody with an app: the official realtime client, and HTTP with the same token."""

    def __init__(self, stack: RunningStack, name: str, http: httpx.AsyncClient) -> None:
        self.username = f"{name}_{secrets.token_hex(3)}"
        self.id = uuid.uuid4()
        claims = {"sub": str(self.id), "role": "authenticated", "aud": "authenticated"}
        self.token = jwt.encode(
            {**claims, "exp": int(time.time()) + 600}, stack.jwt_secret, "HS256"
        )
        self.realtime = AsyncRealtimeClient(f"{stack.url}/realtime/v1", token=stack.publishable_key)
        self._http = http
        self._headers = {
            "apikey": stack.publishable_key,
            "Authorization": f"Bearer {self.token}",
        }

    async def rpc(self, function: str, **arguments: Any) -> Any:
        """Call an RPC through the gateway."""
        response = await self._http.post(
            f"/rest/v1/rpc/{function}", json=arguments, headers=self._headers
        )
        assert response.is_success, response.text
        return response.json() if response.content else None

    async def join(self, place: str, kind: str = "dm") -> Channel | None:
        """Join the topic of a conversation, or of a room; None when that is refused."""
        options: RealtimeChannelOptions = {
            "config": {
                "private": True,
                "broadcast": {"self": False},
                "presence": {"key": self.username, "enabled": True},
            }
        }
        channel = self.realtime.channel(f"{kind}:{place}", options)
        joined = Channel(channel)
        for event in HEARD if kind == "dm" else HEARD_IN_ROOMS:
            channel.on_broadcast(event, joined.note(event))
        channel.on_presence_sync(joined.sync)
        states: asyncio.Queue[str] = asyncio.Queue()
        await channel.subscribe(lambda state, _: states.put_nowait(str(state)))
        first = await asyncio.wait_for(states.get(), PATIENCE_SECONDS)
        return joined if "SUBSCRIBED" in first.upper() else None


class Channel:
    """A joined topic and what was heard there, in order."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.syncs: asyncio.Queue[None] = asyncio.Queue()

    def note(self, event: str) -> Callable[[Any], None]:
        """A listener for one event."""
        return lambda message: self.heard.put_nowait((event, message["payload"]))

    def sync(self) -> None:
        """Who is present has changed."""
        self.syncs.put_nowait(None)

    async def next(self) -> tuple[str, Any]:
        """What is heard next."""
        return await asyncio.wait_for(self.heard.get(), PATIENCE_SECONDS)

    async def present(self, *names: str) -> None:
        """Wait until exactly these are present."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while set(self.channel.presence_state()) != set(names):
                await self.syncs.get()


@asynccontextmanager
async def people(stack: RunningStack, *names: str) -> AsyncIterator[list[Person]]:
    """People who have just signed up, each with a client of their own."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=90, trust_env=False) as http:
        made = [Person(stack, name, http) for name in names]
        with psycopg.connect(
            stack.database_url, autocommit=True, row_factory=dict_row
        ) as connection:
            for person in made:
                email = f"{person.username}@example.com"
                sign_up(connection, person.id, email, {"username": person.username})
        for person in made:
            await person.realtime.set_auth(person.token)
        try:
            yield made
        finally:
            for person in made:
                await person.realtime.close()


@pytest.fixture
def live(seeded_stack: RunningStack) -> Callable[[Callable[..., Coroutine[Any, Any, None]]], None]:
    """Run a story about three people on the stack: live(story)."""

    def run(story: Callable[..., Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            async with people(seeded_stack, "ada", "ben", "stranger") as (ada, ben, stranger):
                await story(ada, ben, stranger)

        asyncio.run(told())

    return run


Live = Callable[[Callable[..., Coroutine[Any, Any, None]]], None]


def test_two_people_talk_type_and_see_each_other(live: Live) -> None:
    async def story(ada: Person, ben: Person, stranger: Person) -> None:
        await ben.rpc("set_dm_permission", permission="everyone")
        conversation = (await ada.rpc("start_conversation", usernames=[ben.username]))["id"]
        adas, bens = await ada.join(conversation), await ben.join(conversation)
        assert adas
        assert bens
        assert await stranger.join(conversation) is None

        await adas.channel.track({"since": "now"})
        await bens.channel.track({"since": "now"})
        await adas.present(ada.username, ben.username)
        await bens.present(ada.username, ben.username)
        await bens.channel.send_broadcast("typing", {"username": ben.username})
        assert await adas.next() == ("typing", {"username": ben.username})

        sent = await ada.rpc("send_direct_message", conversation_id=conversation, body="hello")
        told = {"id": sent["id"], "conversation_id": conversation}
        assert await bens.next() == ("message_sent", told)
        assert await adas.next() == ("message_sent", told)
        message = await ben.rpc("direct_message", message_id=sent["id"])
        assert (message["body"], message["sender"]["username"]) == ("hello", ada.username)

        marked = {"conversation_id": conversation, "up_to": sent["id"]}
        assert (await ben.rpc("mark_conversation_read", **marked))["unread_count"] == 0
        assert (await adas.next())[0] == "conversation_read"
        seen = await ada.rpc("conversation", conversation_id=conversation)
        assert seen["members"][0]["last_read_message_id"] == sent["id"]

        await ada.rpc("delete_direct_message", message_id=sent["id"])
        assert (await bens.next())[0] == "conversation_read"
        assert await bens.next() == ("message_deleted", told)
        await bens.channel.unsubscribe()
        await adas.present(ada.username)

    live(story)


def test_a_request_is_silent_until_it_is_accepted(live: Live) -> None:
    async def story(ada: Person, ben: Person, stranger: Person) -> None:
        conversation = (await stranger.rpc("start_conversation", usernames=[ada.username]))["id"]
        asking = await stranger.join(conversation)
        assert asking
        sent = await stranger.rpc("send_direct_message", conversation_id=conversation, body="hi")
        assert await asking.next() == (
            "message_sent",
            {"id": sent["id"], "conversation_id": conversation},
        )
        assert await ada.join(conversation) is None
        (request,) = await ada.rpc("my_conversations", requests=True)
        assert (request["id"], request["unread_count"]) == (conversation, 1)
        marked = {"conversation_id": conversation, "up_to": sent["id"]}
        await ada.rpc("mark_conversation_read", **marked)
        await ada.rpc("accept_message_request", conversation_id=conversation)
        # The marker made no sound before.
        assert (await asking.next())[0] == "conversation_changed"
        assert await (await again(ada)).join(conversation)
        assert await ben.join(conversation) is None

    live(story)


def test_a_block_and_leaving_close_the_topic(live: Live, seeded_stack: RunningStack) -> None:
    async def story(ada: Person, ben: Person, stranger: Person) -> None:
        for person in (ben, stranger):
            await person.rpc("set_dm_permission", permission="everyone")
        pair = (await ada.rpc("start_conversation", usernames=[ben.username]))["id"]
        names = [ben.username, stranger.username]
        group = (await ada.rpc("start_conversation", usernames=names, title="Band"))["id"]
        with psycopg.connect(seeded_stack.database_url, autocommit=True) as connection:
            connection.execute(
                "insert into private.staff (user_id, role) values (%s, 'super_admin')",
                [stranger.id],
            )
        assert await stranger.join(pair) is None
        await stranger.rpc("leave_conversation", conversation_id=group)
        assert await stranger.join(group) is None
        await ben.rpc("block", username=ada.username)
        assert await ada.join(pair) is None
        assert await ben.join(pair) is None
        # In a group the two stay, each hearing of ids alone.
        adas, bens = await ada.join(group), await ben.join(group)
        assert adas
        assert bens
        sent = await ada.rpc("send_direct_message", conversation_id=group, body="to nobody")
        assert await bens.next() == ("message_sent", {"id": sent["id"], "conversation_id": group})
        assert await ben.rpc("messages", conversation_id=group) == []

    live(story)


async def again(person: Person) -> Person:
    """The same person, whose app forgets that a topic was refused."""
    await person.realtime.remove_all_channels()
    return person
