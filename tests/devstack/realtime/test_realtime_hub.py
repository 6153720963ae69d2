"""Fan-out and presence, without a network."""

from collections.abc import Callable
from typing import Any

import pytest

from devstack.realtime.authorization import Permissions
from devstack.realtime.hub import Channel, Hub
from devstack.realtime.limits import Rate
from devstack.realtime.protocol import Broadcast, Message, Version
from devstack.realtime.tokens import Identity


class Recorder:
    """A peer that keeps what it is sent."""

    def __init__(self, version: Version = Version.V1) -> None:
        self.version = version
        self.messages: list[Message] = []
        self.frames: list[str | bytes] = []

    def push(self, message: Message) -> None:
        self.messages.append(message)

    def push_frame(self, frame: str | bytes) -> None:
        self.frames.append(frame)

    def close(self, channel: Channel, reason: str) -> None:
        raise AssertionError(channel, reason)

    async def recheck(self, channel: Channel) -> None:
        raise AssertionError(channel)


Join = Callable[..., tuple[Channel, Recorder]]


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def join(hub: Hub) -> Join:
    def join(key: str = "k", version: Version = Version.V1, **options: Any) -> Any:
        peer = Recorder(version)
        defaults: dict[str, Any] = {
            "topic": "t",
            "private": False,
            "receives_own": False,
            "presence_enabled": True,
        }
        channel = Channel(
            peer=peer,
            join_ref="1",
            identity=Identity("anon", "", {}, 0),
            token=None,
            acknowledges=False,
            presence_key=key,
            broadcasts=Rate(1, 1),
            presence_calls=Rate(1, 1),
            **(defaults | options),
        )
        hub.enter(channel)
        return channel, peer

    return join


def diffs(peer: Recorder) -> list[dict[str, Any]]:
    return [message.payload for message in peer.messages if message.event == "presence_diff"]


def keys(presences: dict[str, Any]) -> dict[str, list[Any]]:
    return {key: [meta["at"] for meta in entry["metas"]] for key, entry in presences.items()}


def test_only_members_of_the_topic_hear_it(hub: Hub, join: Join) -> None:
    _, ben = join()
    _, elsewhere = join(topic="other")
    _, private = join(private=True)
    hub.broadcast("t", False, Broadcast("e", "{}"))
    assert len(ben.frames) == 1
    assert elsewhere.frames == private.frames == []


def test_a_member_who_may_not_hear_broadcasts_does_not(hub: Hub, join: Join) -> None:
    _, ben = join(private=True, reads=Permissions(broadcast=False, presence=True))
    hub.broadcast("t", True, Broadcast("e", "{}"))
    assert ben.frames == []


def test_what_was_told_again_does_not_come_a_second_time(hub: Hub, join: Join) -> None:
    _, ada = join(replayed=frozenset({"old"}))
    hub.broadcast("t", False, Broadcast("e", "{}", {"id": "old"}))
    hub.broadcast("t", False, Broadcast("e", "{}", {"id": "new"}))
    hub.broadcast("t", False, Broadcast("e", "{}"))
    assert len(ada.frames) == 2


@pytest.mark.parametrize("wants", [True, False])
def test_a_sender_hears_itself_only_if_it_wants(hub: Hub, join: Join, wants: bool) -> None:
    channel, ada = join(receives_own=wants)
    hub.broadcast("t", False, Broadcast("e", "{}"), channel)
    assert len(ada.frames) == wants


def test_bytes_go_to_those_who_can_read_them(hub: Hub, join: Join) -> None:
    _, python = join()
    _, javascript = join(version=Version.V2)
    hub.broadcast("t", False, Broadcast("e", b"\x01"))
    assert python.frames == []
    assert len(javascript.frames) == 1


def test_everybody_learns_who_comes_and_goes(hub: Hub, join: Join) -> None:
    ada, _ = join("ada")
    _, ben = join("ben")
    hub.track(ada, {"at": "home"})
    hub.leave(ada)
    came, went = diffs(ben)
    assert (keys(came["joins"]), came["leaves"]) == ({"ada": ["home"]}, {})
    assert (went["joins"], keys(went["leaves"])) == ({}, {"ada": ["home"]})


def test_a_change_names_what_it_replaces(hub: Hub, join: Join) -> None:
    ada, peer = join("ada")
    hub.track(ada, {"at": "home"})
    hub.track(ada, {"at": "work"})
    change = diffs(peer)[1]
    (new,), (old,) = change["joins"]["ada"]["metas"], change["leaves"]["ada"]["metas"]
    assert (old["at"], new["at"]) == ("home", "work")
    assert new["phx_ref_prev"] == old["phx_ref"] != new["phx_ref"]


def test_saying_the_same_again_tells_nobody(hub: Hub, join: Join) -> None:
    ada, peer = join("ada")
    for _ in range(2):
        hub.track(ada, {"at": "home", "phx_ref": "made up"})
    assert len(diffs(peer)) == 1


def test_one_person_on_two_devices_is_one_key(hub: Hub, join: Join) -> None:
    for place in ("phone", "desk"):
        channel, _ = join("ada")
        hub.track(channel, {"at": place})
    assert keys(hub.presence_state("t", False)) == {"ada": ["phone", "desk"]}


def test_private_presence_is_for_those_who_may_see_it(hub: Hub, join: Join) -> None:
    ada, _ = join("ada", private=True)
    _, blind = join(private=True, reads=Permissions(broadcast=True, presence=False))
    _, unasked = join(private=True, presence_enabled=False)
    hub.track(ada, {"at": "home"})
    assert diffs(blind) == diffs(unasked) == []


def test_nothing_is_kept_of_an_empty_topic(hub: Hub, join: Join) -> None:
    ada, _ = join()
    hub.track(ada, {})
    hub.leave(ada)
    assert hub.channels() == []
    assert hub.presence_state("t", False) == {}
    assert not hub.has(ada)
