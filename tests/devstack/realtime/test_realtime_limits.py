"""How much a channel may send, and what it may ask to be told again."""

import asyncio
import time
from uuid import uuid4

import pytest

from devstack.realtime.protocol import Version
from tests.devstack.phoenix import phoenix
from tests.devstack.realtime.conftest import ADA, ANON, BEN, Stage, mint


def test_a_channel_that_sends_too_much_is_closed(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with phoenix(stage.url, ANON) as ada, phoenix(stage.url, ANON) as ben:
            await ada.join(topic)
            await ben.join(topic)
            for number in range(102):
                await ada.broadcast(topic, "flood", {"n": number})
            message = (await ada.event("system"))["payload"]["message"]
            assert message == "Too many messages per second"
            await ada.event("phx_close", f"realtime:{topic}")
            # The last in time was heard, the one too many was not.
            numbers = [
                (await ben.event("broadcast"))["payload"]["payload"]["n"] for _ in range(100)
            ]
            assert numbers == list(range(100))
            assert await ben.heard() == []
            # The socket stays, and the topic may be joined again.
            assert (await ada.join(topic))["status"] == "ok"

    asyncio.run(story())


def test_a_channel_that_comes_and_goes_too_often_is_closed(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with phoenix(stage.url, ANON) as ada, phoenix(stage.url, ANON) as ben:
            await ben.join(topic, presence={"enabled": True})
            await ada.join(topic, presence={"key": "ada", "enabled": True})
            for number in range(5):
                assert (await ada.track(topic, n=number))["status"] == "ok"
            body = {"type": "presence", "event": "track", "payload": {"n": 5}}
            await ada.send(f"realtime:{topic}", "presence", body)
            message = (await ada.event("system"))["payload"]["message"]
            assert message == "Client presence rate limit exceeded"
            await ada.event("phx_close", f"realtime:{topic}")
            for _ in range(5):
                joins = (await ben.event("presence_diff"))["payload"]["joins"]
                assert joins["ada"]["metas"][0]["n"] < 5
            ended = (await ben.event("presence_diff"))["payload"]
            assert (ended["joins"], ended["leaves"]["ada"]["metas"][0]["n"]) == ({}, 4)

    asyncio.run(story())


@pytest.mark.parametrize("version", list(Version))
def test_a_private_channel_may_hear_what_was_said_before(stage: Stage, version: Version) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        for number in range(30):
            stage.sql(
                "select realtime.send(jsonb_build_object('n', %s::int), 'e', %s)", number, topic
            )
        stage.sql("select realtime.send('{}', 'public', %s, false)", topic)
        token = mint("authenticated", ADA)
        an_hour_ago = int(time.time() * 1000) - 3_600_000
        for wish, expected in (
            ({"since": an_hour_ago, "limit": 3}, [27, 28, 29]),
            ({"since": an_hour_ago, "limit": 1000}, list(range(5, 30))),
            ({}, list(range(20, 30))),
            ({"since": an_hour_ago + 7_200_000}, []),
        ):
            async with phoenix(stage.url, ANON, version) as ada:
                await ada.join(topic, token, private=True, broadcast={"replay": wish})
                heard = await ada.heard()
                assert [payload["payload"]["n"] for payload in heard] == expected
                for payload in heard:
                    assert payload["meta"] == {"replayed": True, "id": payload["payload"]["id"]}
                stage.sql("select realtime.send('{}', 'live', %s)", topic)
                live = (await ada.event("broadcast"))["payload"]
                assert (live["event"], "replayed" in live["meta"]) == ("live", False)
                stage.sql(
                    "delete from realtime.messages where event = 'live' and topic = %s", topic
                )

    asyncio.run(story())


@pytest.mark.parametrize(
    ("private", "wish", "reason"),
    [
        (False, {}, "Replay is not allowed for public channels"),
        (True, {"since": "yesterday"}, "Replay params are not valid"),
        (True, {"since": -1}, "Replay params are not valid"),
        (True, {"since": 10**18}, "Replay params are not valid"),
        (True, {"limit": 2.5}, "Replay params are not valid"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    stage: Stage, private: bool, wish: object, reason: str
) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with phoenix(stage.url, ANON) as ada:
            refused = await ada.join(
                topic, mint("authenticated", ADA), private=private, broadcast={"replay": wish}
            )
            assert refused["response"] == {"reason": f"UnableToReplayMessages: {reason}"}

    asyncio.run(story())
