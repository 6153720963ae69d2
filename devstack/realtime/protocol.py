"""The frames of the Phoenix protocol, as the Supabase clients speak it.

Version 1.0.0 (supabase-py) is a JSON object {topic, event, payload, ref, join_ref}.
Version 2.0.0 (supabase-js) is a JSON array [join_ref, ref, topic, event, payload], and broadcasts
are binary: from the client kind 3, to the client kind 4. Either is a byte for the kind, one for
the length of every header field, a byte for the encoding of the body, the fields, and the body.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

_USER_BROADCAST_PUSH = 3
_USER_BROADCAST = 4
_BINARY = 0
_JSON = 1


class Version(StrEnum):
    """A version of the protocol, as clients name it in `vsn`."""

    V1 = "1.0.0"
    V2 = "2.0.0"


class ProtocolError(ValueError):
    """A frame that is none."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One message to the members of a topic.

    The body is JSON as text, or bytes, which only clients of version 2.0.0 can receive.
    """

    event: str
    body: str | bytes
    meta: dict[str, Any] | None = None

    @classmethod
    def of(cls, event: Any, payload: Any) -> Self:
        """Make a broadcast of parsed JSON. Raises ProtocolError."""
        if not is_text(event):
            raise ProtocolError("event is not text")
        body = json.dumps(payload, ensure_ascii=False)
        if not is_text(body):
            raise ProtocolError("payload is not text")
        return cls(event, body)

    @property
    def size(self) -> int:
        """The size of the body in bytes."""
        return len(self.body if isinstance(self.body, bytes) else self.body.encode())


@dataclass(frozen=True, slots=True)
class Message:
    """One frame of either version."""

    topic: str
    event: str
    payload: dict[str, Any] = field(default_factory=dict)
    ref: str | None = None
    join_ref: str | None = None
    # Set instead of the payload when a client sent its broadcast in binary.
    broadcast: Broadcast | None = None


def decode(frame: str | bytes, version: Version) -> Message:
    """Read a client's frame. Raises ProtocolError."""
    try:
        if isinstance(frame, bytes):
            return _decode_binary(frame)
        return _decode_text(frame, version)
    except (KeyError, IndexError, TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(f"not a frame of version {version}") from error


def encode(message: Message, version: Version) -> str:
    """Write a frame that is not a broadcast."""
    if version is Version.V1:
        return json.dumps(
            {
                "topic": message.topic,
                "event": message.event,
                "payload": message.payload,
                "ref": message.ref,
                "join_ref": message.join_ref,
            }
        )
    return json.dumps(
        [message.join_ref, message.ref, message.topic, message.event, message.payload]
    )


def encode_broadcast(topic: str, broadcast: Broadcast, version: Version) -> str | bytes | None:
    """Write a broadcast to a topic, or nothing if this version cannot carry it."""
    binary = _encode_binary(topic, broadcast) if version is Version.V2 else None
    if binary is not None or isinstance(broadcast.body, bytes):
        return binary
    payload = (
        f'{{"type": "broadcast", "event": {json.dumps(broadcast.event)}'
        f', "payload": {broadcast.body}'
        + (f', "meta": {json.dumps(broadcast.meta)}' if broadcast.meta else "")
        + "}"
    )
    if version is Version.V1:
        return (
            f'{{"topic": {json.dumps(topic)}, "event": "broadcast", "payload": {payload}'
            ', "ref": null, "join_ref": null}'
        )
    # Its names are too long for the binary header.
    return f'[null, null, {json.dumps(topic)}, "broadcast", {payload}]'


def parse_json(text: str | bytes) -> Any:
    """Parse JSON strictly: NaN and Infinity, which Python lets pass, would break other clients."""
    return json.loads(text, parse_constant=_refuse_constant)


def is_text(value: Any) -> bool:
    """Whether a value is text that UTF-8 and Postgres can hold: no lone surrogates, no NUL."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _decode_text(frame: str, version: Version) -> Message:
    data = parse_json(frame)
    if version is Version.V1 and isinstance(data, dict):
        join_ref, ref, payload = data.get("join_ref"), data.get("ref"), data.get("payload")
        topic, event = data["topic"], data["event"]
    elif version is Version.V2 and isinstance(data, list):
        join_ref, ref, topic, event, payload = data[:5]
    else:
        raise TypeError("not the shape of this version")
    if not isinstance(topic, str) or not isinstance(event, str):
        raise TypeError("topic and event are text")
    return Message(
        topic=topic,
        event=event,
        payload=payload if isinstance(payload, dict) else {},
        ref=_reference(ref),
        join_ref=_reference(join_ref),
    )


def _reference(value: Any) -> str | None:
    return None if value is None else str(value)


def _decode_binary(frame: bytes) -> Message:
    if frame[0] != _USER_BROADCAST_PUSH:
        raise ValueError("unknown kind")
    lengths, encoding, rest = frame[1:6], frame[6], frame[7:]
    if len(rest) < sum(lengths):
        raise ValueError("cut short")
    fields = []
    for length in lengths:
        fields.append(rest[:length].decode())
        rest = rest[length:]
    # The last field is metadata; hosted Supabase reads no more than wishes about persistence there.
    join_ref, ref, topic, event, _metadata = fields
    body: str | bytes = rest
    if encoding == _JSON:
        body = rest.decode()
        parse_json(body)
    return Message(
        topic=topic,
        event="broadcast",
        ref=ref or None,
        join_ref=join_ref or None,
        broadcast=Broadcast(event=event, body=body),
    )


def _encode_binary(topic: str, broadcast: Broadcast) -> bytes | None:
    is_json = isinstance(broadcast.body, str)
    body = broadcast.body.encode() if isinstance(broadcast.body, str) else broadcast.body
    metadata = json.dumps(broadcast.meta) if broadcast.meta else ""
    fields = [topic.encode(), broadcast.event.encode(), metadata.encode()]
    if any(len(item) > 255 for item in fields):
        return None
    header = bytes([_USER_BROADCAST, *map(len, fields), _JSON if is_json else _BINARY])
    return header + b"".join(fields) + body
