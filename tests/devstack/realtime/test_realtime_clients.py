"""The official clients at a running relay."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import pytest
from realtime import AsyncRealtimeClient
from realtime.types import RealtimeChannelOptions

from devstack import nodejs
from devstack.parts.postgres import PostgresServer
from tests.devstack.phoenix import phoenix
from tests.devstack.realtime.conftest import ADA, ANON, BEN, STRANGER, Stage, mint, running_relay
from tests.patience import PATIENCE_SECONDS

CYD = UUID("00000000-0000-4000-8000-00000000000d")


@pytest.fixture(scope="module")
def stage(
    server: PostgresServer, rooms: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A relay that looks at nobody's permissions again unless something tells it to."""
    assert rooms
    log = tmp_path_factory.mktemp("relay") / "relay.log"
    with running_relay(server, "clients", log, REALTIME_RECHECK_SECONDS="600") as stage:
        yield stage


def remove(stage: Stage, topic: str, person: UUID) -> None:
    """Take somebody out of a room and say so, as the backend does: all in one transaction."""
    with stage.server.connect(stage.database, autocommit=False) as connection:
        connection.execute(
            "delete from public.room_members where topic = %s and user_id = %s", [topic, person]
        )
        connection.execute(
            "select realtime.send('{}', 'removed_from_room', %s)", [f"user:{person}"]
        )
        connection.commit()
    stage.sql("select realtime.send('{}', 'secret', %s)", topic)


def test_supabase_js_of_both_versions(stage: Stage) -> None:
    topic = stage.room(ADA, BEN, CYD)
    # A topic of ben's own, which he may read.
    stage.sql("insert into public.room_members values (%s, %s, true)", f"user:{BEN}", BEN)
    tokens = {"ada": ADA, "ben": BEN, "cyd": CYD, "stranger": STRANGER, "cydLater": CYD}
    with subprocess.Popen(
        [nodejs.node(), Path(__file__).with_name("clients.mjs")],
        env={
            **os.environ,
            "NODE_MODULES": str(nodejs.MODULES),
            "REALTIME_URL": f"{stage.url.replace('http', 'ws', 1)}/realtime/v1",
            "KEY": ANON,
            "TOPIC": topic,
            "TOKENS": json.dumps(
                {name: mint("authenticated", person) for name, person in tokens.items()}
            ),
            "USER_IDS": json.dumps({"ben": str(BEN)}),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as apps:
        assert apps.stdout is not None
        if apps.stdout.readline() == "remove ben\n":
            remove(stage, topic, BEN)
        output, errors = apps.communicate("removed\n", timeout=120)
    assert apps.returncode == 0, errors
    seen = json.loads(output)
    reason = f"You do not have permissions to read from this Channel topic: {topic}"
    assert seen == {
        "joined": ["SUBSCRIBED"] * 3,
        "stranger": ["CHANNEL_ERROR", f"Unauthorized: {reason}"],
        "tracked": ["ok"] * 3,
        "present": "ada,ben,cyd",
        "sent": ["ok", "ok"],
        "http": {"success": True},
        "heardByCyd": [["by ada", 1], ["by ben", 2], ["by http", 3]],
        "heardByAda": ["by ben", "by http"],
        "afterRefresh": "ok",
        "own": "SUBSCRIBED",
        "ended": "CLOSED",
        "benAfterwards": [["removed_from_room", None]],
    }


def test_nothing_said_after_the_removal_is_heard(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with phoenix(stage.url, ANON) as ada, phoenix(stage.url, ANON) as ben:
            for person, client in ((ADA, ada), (BEN, ben)):
                await client.join(topic, mint("authenticated", person), private=True)
            remove(stage, topic, BEN)
            assert (await ada.event("broadcast"))["payload"]["event"] == "secret"
            assert await ben.heard() == []
            message = (await ben.event("system"))["payload"]["message"]
            assert (
                message == f"You do not have permissions to read from this Channel topic: {topic}"
            )
            await ben.event("phx_close", f"realtime:{topic}")

    asyncio.run(story())


class App:
    """Somebody's app, with supabase-py's realtime client."""

    def __init__(self, client: AsyncRealtimeClient, topic: str, name: str) -> None:
        options: RealtimeChannelOptions = {
            "config": {
                "private": True,
                "broadcast": {"self": False, "ack": True},
                "presence": {"key": name, "enabled": True},
            }
        }
        self.channel = client.channel(topic, options)
        self.state = ""
        self._heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for event in ("hello", "secret"):
            self.channel.on_broadcast(event, self._note)
        self.channel.on_presence_join(lambda key, _now, _new: self._heard.put_nowait(("in", key)))
        self.channel.on_presence_leave(lambda key, _now, _old: self._heard.put_nowait(("out", key)))

    def _note(self, message: Any) -> None:
        self._heard.put_nowait((message["event"], message["payload"]))

    async def join(self) -> Self:
        states: asyncio.Queue[str] = asyncio.Queue()
        await self.channel.subscribe(lambda state, _error: states.put_nowait(str(state)))
        self.state = await asyncio.wait_for(states.get(), PATIENCE_SECONDS)
        return self

    async def hears(self, kind: str) -> Any:
        """What came with the first of a kind; everything before it is thrown away."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found, value = await self._heard.get()
                if found == kind:
                    return value

    def heard_nothing_of(self, kind: str) -> bool:
        return kind not in [self._heard.get_nowait()[0] for _ in range(self._heard.qsize())]


def test_supabase_py(stage: Stage) -> None:
    async def story(stack: AsyncExitStack) -> None:
        async def app(person: UUID, name: str) -> App:
            client = AsyncRealtimeClient(f"{stage.url}/realtime/v1", token=ANON)
            stack.push_async_callback(client.close)
            await client.set_auth(mint("authenticated", person))
            return await App(client, topic, name).join()

        topic = stage.room(ADA, BEN)
        ada, ben = await app(ADA, "ada"), await app(BEN, "ben")
        assert "SUBSCRIBED" in ada.state
        assert "ERROR" in (await app(STRANGER, "stranger")).state
        await ben.channel.track({"mood": "good"})
        assert await ada.hears("in") == "ben"
        present: dict[str, Any] = {**ada.channel.presence_state()["ben"][0]}
        assert present["mood"] == "good"
        await ada.channel.send_broadcast("hello", {"n": 1})
        assert await ben.hears("hello") == {"n": 1}
        await asyncio.to_thread(remove, stage, topic, BEN)
        assert await ada.hears("out") == "ben"
        await ada.hears("secret")
        assert ben.heard_nothing_of("secret")

    async def main() -> None:
        async with AsyncExitStack() as stack:
            await story(stack)

    asyncio.run(main())
