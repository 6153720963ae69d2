"""Who has joined what, and the fan-out of messages and presence to them."""

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from devstack.realtime.authorization import Permissions
from devstack.realtime.limits import Rate
from devstack.realtime.protocol import Broadcast, Message, Version, encode_broadcast
from devstack.realtime.tokens import Identity

PREFIX = "realtime:"

_run = uuid.uuid4().hex[:8]
_references = itertools.count(1)


class Peer(Protocol):
    """The other end of a channel, as far as the hub writes to it."""

    version: Version

    def push(self, message: Message) -> None:
        """Queue a frame for the client."""

    def push_frame(self, frame: str | bytes) -> None:
        """Queue a frame that is encoded already."""

    def close(self, channel: "Channel", reason: str) -> None:
        """End a channel and tell the client why."""

    async def recheck(self, channel: "Channel") -> None:
        """Ask the policies again about a channel."""


@dataclass(eq=False, slots=True)
class Channel:
    """One topic that one socket has joined."""

    peer: Peer
    topic: str
    private: bool
    join_ref: str | None
    identity: Identity
    # The token the client gave, or None when it joined with no more than the key.
    token: str | None
    receives_own: bool
    acknowledges: bool
    presence_key: str
    presence_enabled: bool
    broadcasts: Rate
    presence_calls: Rate
    # The ids of messages sent again when it joined, which may come once more as new ones.
    replayed: frozenset[str] = frozenset()
    # Unused on public channels.
    reads: Permissions = field(default_factory=lambda: Permissions(True, True))
    # Asked when the client first writes.
    writes: Permissions | None = None
    recheck_at: float = 0.0
    presence: dict[str, Any] | None = None

    @property
    def full_topic(self) -> str:
        """The topic as it stands in frames."""
        return PREFIX + self.topic

    @property
    def hears_broadcast(self) -> bool:
        """Whether broadcasts are for this member."""
        return not self.private or self.reads.broadcast

    @property
    def hears_presence(self) -> bool:
        """Whether others' coming and going is for this member."""
        return not self.private or (self.presence_enabled and self.reads.presence)

    def push(self, event: str, payload: dict[str, Any], ref: str | None = None) -> None:
        """Send the client an event of this channel."""
        self.peer.push(Message(self.full_topic, event, payload, ref, self.join_ref))


class Hub:
    """The members of every topic. A private topic and a public one of the same name are two."""

    def __init__(self) -> None:
        self._rooms: dict[tuple[str, bool], dict[Channel, None]] = {}

    def channels(self) -> list[Channel]:
        """Everything that is joined at this moment."""
        return [channel for members in self._rooms.values() for channel in members]

    def has(self, channel: Channel) -> bool:
        """Whether the channel is still joined."""
        return channel in self._rooms.get((channel.topic, channel.private), {})

    def enter(self, channel: Channel) -> None:
        """Let a channel receive what is sent to its topic."""
        self._rooms.setdefault((channel.topic, channel.private), {})[channel] = None

    def leave(self, channel: Channel) -> None:
        """Take a channel out, and tell the others if it was present."""
        self.untrack(channel)
        members = self._rooms.get((channel.topic, channel.private), {})
        members.pop(channel, None)
        if not members:
            self._rooms.pop((channel.topic, channel.private), None)

    def broadcast(
        self, topic: str, private: bool, broadcast: Broadcast, sender: Channel | None = None
    ) -> None:
        """Send a message to a topic's members, but not back to a sender who does not want it."""
        frames = {
            version: encode_broadcast(PREFIX + topic, broadcast, version) for version in Version
        }
        for member in self._members(topic, private):
            frame = frames[member.peer.version]
            if frame is None or not member.hears_broadcast:
                continue
            if member is sender and not sender.receives_own:
                continue
            if member.replayed and (broadcast.meta or {}).get("id") in member.replayed:
                continue
            member.peer.push_frame(frame)

    def presence_state(self, topic: str, private: bool) -> dict[str, Any]:
        """Who is present, by key."""
        return _grouped(
            (member.presence_key, member.presence)
            for member in self._members(topic, private)
            if member.presence is not None
        )

    def track(self, channel: Channel, payload: dict[str, Any]) -> None:
        """Make a member present, or change what it says of itself."""
        before, payload = channel.presence, _without_references(payload)
        if before is not None and payload == _without_references(before):
            return
        after = {**payload, "phx_ref": f"{_run}{next(_references):x}"}
        if before is not None:
            after["phx_ref_prev"] = before["phx_ref"]
        channel.presence = after
        self._tell(channel, joined=after, left=before)

    def untrack(self, channel: Channel) -> None:
        """End a member's presence, if it has one."""
        before, channel.presence = channel.presence, None
        if before is not None:
            self._tell(channel, joined=None, left=before)

    def _tell(
        self, channel: Channel, joined: dict[str, Any] | None, left: dict[str, Any] | None
    ) -> None:
        diff = {
            "joins": _grouped([(channel.presence_key, joined)] if joined else []),
            "leaves": _grouped([(channel.presence_key, left)] if left else []),
        }
        for member in self._members(channel.topic, channel.private):
            if member.hears_presence:
                member.push("presence_diff", diff)

    def _members(self, topic: str, private: bool) -> Iterable[Channel]:
        return list(self._rooms.get((topic, private), ()))


def _grouped(presences: Iterable[tuple[str, dict[str, Any] | None]]) -> dict[str, Any]:
    grouped: dict[str, Any] = {}
    for key, presence in presences:
        grouped.setdefault(key, {"metas": []})["metas"].append(presence)
    return grouped


def _without_references(presence: dict[str, Any]) -> dict[str, Any]:
    return {key: presence[key] for key in presence if key not in ("phx_ref", "phx_ref_prev")}
