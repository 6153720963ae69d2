"""Both versions of the protocol, speaking and hearing each other at a running relay."""

import asyncio
from uuid import UUID

import pytest

from devstack.realtime.protocol import Version
from tests.devstack.phoenix import Phoenix, phoenix
from tests.devstack.realtime.conftest import ADA, ANON, BEN, STRANGER, Stage, mint

BOTH = pytest.mark.parametrize("version", list(Version))
MIXED = pytest.mark.parametrize(
    ("speaks", "hears"), [(one, other) for one in Version for other in Version]
)


async def enter(client: Phoenix, topic: str, person: UUID, **config: object) -> None:
    """Join a private topic."""
    joined = await client.join(topic, mint("authenticated", person), private=True, **config)
    assert joined["status"] == "ok"


@MIXED
def test_a_broadcast_is_understood_by_everybody(
    stage: Stage, speaks: Version, hears: Version
) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with phoenix(stage.url, ANON, speaks) as ada, phoenix(stage.url, ANON, hears) as ben:
            await enter(ada, topic, ADA, broadcast={"ack": True, "self": True})
            await enter(ben, topic, BEN)
            ref = await ada.broadcast(topic, "hällo", {"n": 1, "word": "ü"})
            assert (await ada.reply(ref))["status"] == "ok"
            for client in (ada, ben):
                frame = await client.event("broadcast", f"realtime:{topic}")
                assert frame["payload"] == {
                    "type": "broadcast",
                    "event": "hällo",
                    "payload": {"n": 1, "word": "ü"},
                }
                assert frame.get("is_binary", False) == (client.version == "2.0.0")

    asyncio.run(story())


@MIXED
def test_presence_is_understood_by_everybody(stage: Stage, speaks: Version, hears: Version) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with phoenix(stage.url, ANON, hears) as ben:
            await enter(ben, topic, BEN, presence={"key": "ben", "enabled": True})
            assert (await ben.event("presence_state"))["payload"] == {}
            # Two sockets of one person are one key, with one entry each.
            async with (
                phoenix(stage.url, ANON, speaks) as phone,
                phoenix(stage.url, ANON, speaks) as desk,
            ):
                presence = {"key": "ada", "enabled": True}
                for client, place in ((phone, "phone"), (desk, "desk")):
                    await enter(client, topic, ADA, presence=presence)
                    assert (await client.track(topic, at=place))["status"] == "ok"
                    joins = (await ben.event("presence_diff"))["payload"]["joins"]
                    assert [meta["at"] for meta in joins["ada"]["metas"]] == [place]
                state = (await desk.event("presence_state"))["payload"]
                assert [meta["at"] for meta in state["ada"]["metas"]] == ["phone"]
                body = {"type": "presence", "event": "untrack"}
                assert (await phone.call(f"realtime:{topic}", "presence", body))["status"] == "ok"
                left = (await ben.event("presence_diff"))["payload"]["leaves"]
                assert [meta["at"] for meta in left["ada"]["metas"]] == ["phone"]
            left = (await ben.event("presence_diff"))["payload"]
            assert (left["joins"], left["leaves"]["ada"]["metas"][0]["at"]) == ({}, "desk")

    asyncio.run(story())


@BOTH
def test_a_channel_lives_from_its_join_to_its_end(stage: Stage, version: Version) -> None:
    async def story() -> None:
        topic, other = stage.room(ADA), stage.room(ADA)
        async with phoenix(stage.url, ANON, version) as ada:
            assert await ada.call("phoenix", "heartbeat") == {"status": "ok", "response": {}}
            refused = await ada.join(topic, mint("authenticated", STRANGER), private=True)
            assert refused["status"] == "error"
            await enter(ada, topic, ADA)
            stage.sql("""select realtime.send('{"n": 1}', 'told', %s)""", topic)
            assert (await ada.event("broadcast"))["payload"]["payload"]["n"] == 1
            # Another token is looked at, and an expired one ends the channel.
            late = {"access_token": mint("authenticated", ADA, lasts=-7)}
            await ada.send(f"realtime:{topic}", "access_token", late)
            system = await ada.event("system")
            assert system["payload"]["message"].startswith("Token has expired 7 seconds ago")
            assert (await ada.event("phx_close"))["topic"] == f"realtime:{topic}"
            assert (await ada.call(f"realtime:{topic}", "broadcast", {}))["status"] == "error"
            await enter(ada, other, ADA)
            assert (await ada.call(f"realtime:{other}", "phx_leave"))["status"] == "ok"

    asyncio.run(story())


@BOTH
def test_a_second_join_takes_the_place_of_the_first(stage: Stage, version: Version) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        presence = {"key": "ada", "enabled": True}
        async with (
            phoenix(stage.url, ANON, version) as ada,
            phoenix(stage.url, ANON, version) as ben,
        ):
            await enter(ben, topic, BEN, presence={"key": "ben", "enabled": True})
            await enter(ada, topic, ADA, presence=presence)
            await ada.track(topic)
            await ben.event("presence_diff")
            await enter(ada, topic, ADA, presence=presence)
            # With the first join went its presence, and what is sent comes once.
            assert "ada" in (await ben.event("presence_diff"))["payload"]["leaves"]
            await ben.broadcast(topic, "once", {})
            await ada.event("broadcast")
            assert await ada.heard() == []

    asyncio.run(story())
