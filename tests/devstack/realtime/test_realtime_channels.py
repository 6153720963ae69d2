"""Joining, hearing, speaking and staying, at a running relay."""

import asyncio
import json
import time
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.devstack.phoenix import Phoenix, phoenix
from tests.devstack.realtime.conftest import (
    ADA,
    ANON,
    BEN,
    JWT_SECRET,
    RECHECK_SECONDS,
    SERVICE,
    STRANGER,
    Stage,
    mint,
)
from tests.patience import PATIENCE_SECONDS

UNAUTHORIZED = "Unauthorized: You do not have permissions to read from this Channel topic: "


def socket(stage: Stage, key: str = ANON, version: str = "1.0.0"):  # type: ignore[no-untyped-def]
    return phoenix(stage.url, key, version)


@pytest.mark.parametrize(
    "key",
    ["", "nonsense", mint("anon", lasts=-1), mint("anon", secret="x" * 32), mint("postgres")],
    ids=["none", "malformed", "expired", "forged", "role that is no API role"],
)
def test_a_socket_needs_a_key(stage: Stage, key: str) -> None:
    async def story() -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with socket(stage, key):
                pass
        assert refused.value.response.status_code == 401

    asyncio.run(story())


def test_an_unknown_version_is_refused(stage: Stage) -> None:
    async def story() -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with socket(stage, version="3.0.0"):
                pass
        assert refused.value.response.status_code == 400

    asyncio.run(story())


@pytest.mark.parametrize("frame", ["no json", b"\x07", "[1]", json.dumps("abcde")])
def test_what_is_no_frame_ends_the_socket(stage: Stage, frame: str | bytes) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            await ada.connection.send(frame)
            with pytest.raises(ConnectionClosed) as closed:
                await ada.connection.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1003

    asyncio.run(story())


def test_heartbeats_are_answered(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            assert await ada.call("phoenix", "heartbeat") == {"status": "ok", "response": {}}

    asyncio.run(story())


def test_members_may_join_and_strangers_may_not(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada, socket(stage) as stranger, socket(stage) as visitor:
            joined = await ada.join(topic, mint("authenticated", ADA), private=True)
            assert joined == {"status": "ok", "response": {"postgres_changes": []}}
            refusal = {"status": "error", "response": {"reason": UNAUTHORIZED + topic}}
            assert await stranger.join(topic, mint("authenticated", STRANGER), private=True) == (
                refusal
            )
            assert await visitor.join(topic, private=True) == refusal
            # An opaque key says no more than the socket's key does.
            assert await visitor.join(topic, "sb_publishable_x", private=True) == refusal

    asyncio.run(story())


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("nonsense", "MalformedJWT: The token provided is not a valid JWT"),
        (
            mint("authenticated", ADA, secret="x" * 32),
            "JwtSignatureError: Failed to validate JWT signature",
        ),
        (
            mint("supabase_admin", ADA),
            "InvalidJWTToken: Fields `role` and `exp` are required in JWT",
        ),
    ],
)
def test_a_bad_token_is_named(stage: Stage, token: str, reason: str) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            for private in (True, False):
                refused = await ada.join("t", token, private=private)
                assert refused == {"status": "error", "response": {"reason": reason}}

    asyncio.run(story())


def test_an_expired_token_is_named(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            refused = await ada.join("t", mint("authenticated", ADA, lasts=-30))
            assert refused["response"]["reason"].startswith("InvalidJWTToken: Token has expired 3")

    asyncio.run(story())


@pytest.mark.parametrize("topic", ["", "a\0b", "\ud800"])
def test_a_topic_needs_a_name(stage: Stage, topic: str) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            refused = await ada.join(topic, mint("authenticated", ADA), private=True)
            assert refused["response"]["reason"].startswith("TopicNameRequired")

    asyncio.run(story())


def test_what_this_stack_cannot_do_is_refused_and_not_ignored(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            refused = await ada.join("t", postgres_changes=[{"event": "*", "schema": "public"}])
            assert refused["response"]["reason"].startswith("PostgresChangesUnavailable")

    asyncio.run(story())


def test_a_frame_for_a_topic_not_joined_is_refused(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            refused = await ada.call("realtime:t", "broadcast", {"event": "e", "payload": {}})
            assert refused == {"status": "error", "response": {"reason": "unmatched topic"}}
            refused = await ada.call("elsewhere", "phx_join", {})
            assert refused["status"] == "error"

    asyncio.run(story())


async def hears(client: Phoenix, topic: str, event: str) -> dict[str, object]:
    frame = await client.wait_for(
        lambda f: f["topic"] == f"realtime:{topic}" and f["payload"].get("event") == event
    )
    payload: dict[str, object] = frame["payload"]
    return payload


def test_a_broadcast_reaches_members_only(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with socket(stage) as ada, socket(stage) as ben, socket(stage) as stranger:
            for person, client in ((ADA, ada), (BEN, ben)):
                await client.join(topic, mint("authenticated", person), private=True)
            # The public topic of the same name is another one.
            await stranger.join(topic, mint("authenticated", STRANGER))
            await ada.broadcast(topic, "hello", {"n": 1})
            assert await hears(ben, topic, "hello") == {
                "type": "broadcast",
                "event": "hello",
                "payload": {"n": 1},
            }
            assert await stranger.heard() == []
            assert await ada.heard() == []

    asyncio.run(story())


def test_whoever_may_only_listen_is_not_heard(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        stage.sql("insert into public.room_members values (%s, %s, false)", topic, BEN)
        async with socket(stage) as ada, socket(stage) as ben:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            await ben.join(topic, mint("authenticated", BEN), private=True, broadcast={"ack": True})
            ref = await ben.broadcast(topic, "hello", {})
            assert (await ben.track(topic))["status"] == "error"
            assert await ada.heard() == []
            # As on hosted Supabase the refusal is not answered.
            assert not [f for f in ben._kept if f["ref"] == ref]

    asyncio.run(story())


def test_own_broadcasts_and_acknowledgements_come_on_request(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada:
            await ada.join(topic, broadcast={"self": True, "ack": True})
            ref = await ada.broadcast(topic, "hello", [1])
            assert await ada.reply(ref) == {"status": "ok", "response": {}}
            assert [payload["payload"] for payload in await ada.heard()] == [[1]]

    asyncio.run(story())


def test_a_payload_has_a_limit(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada, socket(stage) as ben:
            await ada.join(topic, broadcast={"ack": True})
            await ben.join(topic)
            fits, too_large = "x" * (256 * 1024 - 2), "x" * (256 * 1024 - 1)
            assert (await ada.reply(await ada.broadcast(topic, "e", fits)))["status"] == "ok"
            refused = await ada.reply(await ada.broadcast(topic, "e", too_large))
            assert refused["response"]["reason"] == "payload_size_exceeded"
            await hears(ben, topic, "e")
            assert await ben.heard() == []

    asyncio.run(story())


def test_a_socket_has_a_hundred_channels(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            for _ in range(100):
                assert (await ada.join(str(uuid4())))["status"] == "ok"
            refused = await ada.join("one more")
            assert refused["response"]["reason"] == "ChannelRateLimitReached: Too many channels"

    asyncio.run(story())


def test_joining_has_a_rate(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            refs = [await ada.send("realtime:t", "phx_join", {}) for _ in range(150)]
            replies = [await ada.reply(ref) for ref in refs]
            reasons = [reply["response"].get("reason") for reply in replies]
            assert "ClientJoinRateLimitReached: Too many joins per second" in reasons
            assert reasons[:100] == [None] * 100

    asyncio.run(story())


def test_joining_again_replaces_the_channel(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada, socket(stage) as ben:
            await ada.join(topic)
            await ben.join(topic)
            await ben.join(topic)
            await ada.broadcast(topic, "hello", {})
            await hears(ben, topic, "hello")
            assert await ben.heard() == []

    asyncio.run(story())


def test_after_leaving_nothing_comes(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada, socket(stage) as ben:
            await ada.join(topic, broadcast={"ack": True})
            await ben.join(topic)
            assert (await ben.call(f"realtime:{topic}", "phx_leave"))["status"] == "ok"
            await ada.reply(await ada.broadcast(topic, "hello", {}))
            assert await ben.heard() == []

    asyncio.run(story())


def test_presence_is_told_and_ends_with_the_socket(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        presence = {"enabled": True}
        async with socket(stage) as ben:
            async with socket(stage) as ada:
                token = mint("authenticated", ADA)
                await ada.join(topic, token, private=True, presence={"key": "ada", "enabled": True})
                assert (await ada.event("presence_state"))["payload"] == {}
                assert (await ada.track(topic, mood="good"))["status"] == "ok"
                await ben.join(topic, mint("authenticated", BEN), private=True, presence=presence)
                state = (await ben.event("presence_state"))["payload"]
                assert state["ada"]["metas"][0]["mood"] == "good"
                await ada.track(topic, mood="better")
                change = (await ben.event("presence_diff"))["payload"]
                assert change["joins"]["ada"]["metas"][0]["mood"] == "better"
            ended = (await ben.event("presence_diff"))["payload"]
            assert ended["joins"] == {}
            assert ended["leaves"]["ada"]["metas"][0]["mood"] == "better"

    asyncio.run(story())


def test_presence_can_be_ended_by_hand(stage: Stage) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada:
            await ada.join(topic, presence={"key": "ada", "enabled": True})
            await ada.track(topic, mood="good")
            await ada.event("presence_diff")
            await ada.call(f"realtime:{topic}", "presence", {"event": "untrack"})
            assert "ada" in (await ada.event("presence_diff"))["payload"]["leaves"]

    asyncio.run(story())


@pytest.mark.parametrize("payload", [{"event": "track", "payload": 7}, {"event": "dance"}, {}])
def test_presence_that_makes_no_sense_is_refused(stage: Stage, payload: object) -> None:
    async def story() -> None:
        topic = str(uuid4())
        async with socket(stage) as ada:
            await ada.join(topic)
            assert (await ada.call(f"realtime:{topic}", "presence", payload))["status"] == "error"

    asyncio.run(story())


def test_a_channel_ends_with_its_token(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada:
            token = mint("authenticated", ADA, lasts=3)
            await ada.join(topic, token, private=True)
            system = (await ada.event("system"))["payload"]
            assert system["status"] == "error"
            assert system["message"].startswith("Token has expired")
            assert (await ada.event("phx_close"))["topic"] == f"realtime:{topic}"

    asyncio.run(story())


def test_a_fresh_token_keeps_the_channel_open(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada:
            expires = time.time() + 3
            await ada.join(topic, mint("authenticated", ADA, lasts=3), private=True)
            fresh = {"access_token": mint("authenticated", ADA)}
            await ada.send(f"realtime:{topic}", "access_token", fresh)
            # Another channel, whose token is not renewed, shows when the first has run out.
            await ada.join("other", mint("authenticated", ADA, lasts=expires - time.time() + 0.1))
            await ada.event("phx_close", "realtime:other")
            assert (await ada.call("phoenix", "heartbeat"))["status"] == "ok"
            assert not [frame for frame in ada._kept if frame["topic"] == f"realtime:{topic}"]

    asyncio.run(story())


def test_a_token_that_may_not_read_ends_the_channel(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            other = {"access_token": mint("authenticated", STRANGER)}
            await ada.send(f"realtime:{topic}", "access_token", other)
            message = (await ada.event("system"))["payload"]["message"]
            assert message == UNAUTHORIZED.removeprefix("Unauthorized: ") + topic
            await ada.event("phx_close")

    asyncio.run(story())


@pytest.mark.parametrize("token", [None, "sb_publishable_x"])
def test_no_token_changes_nothing(stage: Stage, token: str | None) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            await ada.send(f"realtime:{topic}", "access_token", {"access_token": token})
            await ada.call("phoenix", "heartbeat")
            assert ada._kept == []

    asyncio.run(story())


def test_whoever_is_removed_from_the_room_stops_hearing_it(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with socket(stage) as ben:
            await ben.join(topic, mint("authenticated", BEN), private=True)
            stage.sql(
                "delete from public.room_members where user_id = %s and topic = %s", BEN, topic
            )
            async with asyncio.timeout(PATIENCE_SECONDS + RECHECK_SECONDS):
                await ben.event("phx_close")

    asyncio.run(story())


def test_permission_to_speak_is_asked_again(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        stage.sql("insert into public.room_members values (%s, %s, false)", topic, BEN)
        async with socket(stage) as ada, socket(stage) as ben:
            for person, client in ((ADA, ada), (BEN, ben)):
                await client.join(topic, mint("authenticated", person), private=True)
            assert (await ben.track(topic))["status"] == "error"
            stage.sql("update public.room_members set may_speak = true where topic = %s", topic)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await ada.heard():
                    await ben.broadcast(topic, "at last", {})
                    await ben.call("phoenix", "heartbeat")
            assert (await ben.track(topic))["status"] == "ok"

    asyncio.run(story())


def post(stage: Stage, body: object, token: str = SERVICE, path: str = "") -> httpx.Response:
    return httpx.post(
        f"{stage.url}/realtime/v1/api/broadcast{path}",
        headers={"authorization": f"Bearer {token}"},
        json=body,
        trust_env=False,
        timeout=180,
    )


def test_a_broadcast_by_http_reaches_members(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA)
        async with socket(stage) as ada, socket(stage) as visitor:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            await visitor.join(topic)
            message = {"topic": topic, "event": "private", "payload": {"n": 1}, "private": True}
            public = {"topic": topic, "event": "public", "payload": {"n": 2}}
            answer = await asyncio.to_thread(post, stage, {"messages": [message, public]})
            assert (answer.status_code, answer.content) == (202, b"")
            assert (await hears(ada, topic, "private"))["payload"] == {"n": 1}
            assert (await hears(visitor, topic, "public"))["payload"] == {"n": 2}
            assert await ada.heard() == await visitor.heard() == []

    asyncio.run(story())


def test_a_private_broadcast_by_http_obeys_the_policies(stage: Stage) -> None:
    async def story() -> None:
        topic = stage.room(ADA, BEN)
        async with socket(stage) as ada:
            await ada.join(topic, mint("authenticated", ADA), private=True)
            message = {"topic": topic, "event": "e", "payload": {}, "private": True}
            path = f"/{topic}/events/e?private=true"
            for token in (ANON, mint("authenticated", STRANGER)):
                answer = await asyncio.to_thread(post, stage, {"messages": [message]}, token)
                assert answer.status_code == 202
                answer = await asyncio.to_thread(post, stage, {}, token, path)
                assert answer.status_code == 403
            assert await ada.heard() == []
            token = mint("authenticated", BEN)
            answer = await asyncio.to_thread(post, stage, {"one": 1}, token, path)
            assert answer.status_code == 202
            assert (await hears(ada, topic, "e"))["payload"] == {"one": 1}

    asyncio.run(story())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"messages": []}, 422),
        ({"messages": [7]}, 422),
        ({"messages": [{"topic": "t", "event": "e"}]}, 422),
        ({"messages": [{"topic": "t", "event": "e", "payload": [1]}]}, 422),
        ({"messages": [{"topic": "a\0b", "event": "e", "payload": {}}]}, 422),
        ({"messages": [{"topic": "t", "event": "e", "payload": {}, "private": "yes"}]}, 422),
        ({"messages": [{"topic": "t", "event": "e", "payload": {"x": "y" * 256 * 1024}}]}, 422),
        ({"messages": "x" * 5_000_000}, 413),
    ],
)
def test_bad_broadcasts_by_http_are_refused(stage: Stage, body: object, status: int) -> None:
    assert post(stage, body).status_code == status


def test_http_needs_a_good_token(stage: Stage) -> None:
    body = {"messages": [{"topic": "t", "event": "e", "payload": {}}]}
    for token in ("nonsense", mint("anon", lasts=-1), mint("anon", secret="x" * 32)):
        assert post(stage, body, token).status_code == 401
    forged = mint("anon", secret=JWT_SECRET + "!")
    assert post(stage, body, forged).json() == {"message": "Unauthorized"}


def test_keys_and_tokens_do_not_reach_the_log(stage: Stage) -> None:
    async def story() -> None:
        async with socket(stage) as ada:
            await ada.join("t", mint("authenticated", ADA))

    asyncio.run(story())
    assert "eyJ" not in stage.log.read_text()
