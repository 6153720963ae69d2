"""The frames of both protocol versions."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstack.realtime.protocol import (
    Broadcast,
    Message,
    ProtocolError,
    Version,
    decode,
    encode,
    encode_broadcast,
    is_text,
)

short_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | short_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(short_text, inner, max_size=3),
    max_leaves=10,
)
messages = st.builds(
    Message,
    topic=short_text,
    event=short_text,
    payload=st.dictionaries(short_text, json_values, max_size=4),
    ref=st.none() | short_text,
    join_ref=st.none() | short_text,
)


def push(
    body: bytes, *, encoding: int = 1, fields: tuple[str, ...] = ("1", "7", "t", "e", "")
) -> bytes:
    """A broadcast as supabase-js sends it."""
    encoded = [field.encode() for field in fields]
    return bytes([3, *map(len, encoded), encoding]) + b"".join(encoded) + body


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(message=messages, version=st.sampled_from(Version))
def test_what_is_encoded_decodes_to_the_same(message: Message, version: Version) -> None:
    assert decode(encode(message, version), version) == message


def test_version_one_is_an_object() -> None:
    frame = '{"topic":"realtime:t","event":"phx_join","payload":{"a":1},"ref":"2","join_ref":"1"}'
    assert decode(frame, Version.V1) == Message("realtime:t", "phx_join", {"a": 1}, "2", "1")


def test_version_two_is_an_array() -> None:
    frame = '["1","2","realtime:t","phx_join",{"a":1}]'
    assert decode(frame, Version.V2) == Message("realtime:t", "phx_join", {"a": 1}, "2", "1")


def test_numbers_as_references_are_taken_as_text() -> None:
    assert decode('[1,2,"t","e",{}]', Version.V2).ref == "2"


def test_binary_broadcast_carries_json() -> None:
    message = decode(push(b'{"n":1}', fields=("1", "7", "realtime:ü", "saut", "")), Version.V2)
    assert (message.topic, message.event, message.ref, message.join_ref) == (
        "realtime:ü",
        "broadcast",
        "7",
        "1",
    )
    assert message.broadcast == Broadcast("saut", '{"n":1}')


def test_binary_broadcast_carries_bytes() -> None:
    message = decode(push(b"\x00\xff", encoding=0), Version.V2)
    assert message.broadcast == Broadcast("e", b"\x00\xff")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "7",
        "{}",
        "[]",
        '["1","2","t"]',
        '[null,null,7,"event",{}]',
        '{"topic":"t"}',
        '["1","2","t","e",{"n":NaN}]',
        "[" * 100_000,
        b"",
        b"\x03",
        b"\x09\x00\x00\x00\x00\x00\x00",
        push(b"not json"),
        push(b"NaN"),
        push(b"\xff"),
        push(b"")[:8],
    ],
    ids=lambda frame: repr(frame[:20]),
)
@pytest.mark.parametrize("version", Version)
def test_anything_else_is_refused(frame: str | bytes, version: Version) -> None:
    with pytest.raises(ProtocolError):
        decode(frame, version)


@given(frame=st.binary(max_size=60) | st.text(max_size=60), version=st.sampled_from(Version))
def test_garbage_never_fails_otherwise(frame: str | bytes, version: Version) -> None:
    try:
        decode(frame, version)
    except ProtocolError:
        return


def test_broadcast_to_version_one() -> None:
    frame = encode_broadcast("realtime:t", Broadcast("e", '{"n":1}', {"id": "x"}), Version.V1)
    assert isinstance(frame, str)
    assert json.loads(frame) == {
        "topic": "realtime:t",
        "event": "broadcast",
        "payload": {"type": "broadcast", "event": "e", "payload": {"n": 1}, "meta": {"id": "x"}},
        "ref": None,
        "join_ref": None,
    }


def test_broadcast_to_version_two() -> None:
    frame = encode_broadcast("realtime:t", Broadcast("e", "[1]", {"id": "x"}), Version.V2)
    assert frame == b'\x04\x0a\x01\x0b\x01realtime:te{"id": "x"}[1]'


def test_a_broadcast_whose_names_are_too_long_for_a_header_goes_as_text() -> None:
    topic = "realtime:" + "t" * 250
    frame = encode_broadcast(topic, Broadcast("e", "[]"), Version.V2)
    assert isinstance(frame, str)
    payload = {"type": "broadcast", "event": "e", "payload": []}
    assert json.loads(frame) == [None, None, topic, "broadcast", payload]


def test_bytes_reach_only_version_two() -> None:
    broadcast = Broadcast("ev", b"\x00\xff", {"id": "x"})
    assert encode_broadcast("realtime:t", broadcast, Version.V1) is None
    assert encode_broadcast("realtime:t", broadcast, Version.V2) == (
        b'\x04\x0a\x02\x0b\x00realtime:tev{"id": "x"}\x00\xff'
    )


def test_a_header_that_does_not_fit_is_not_sent() -> None:
    assert encode_broadcast("realtime:" + "t" * 250, Broadcast("e", b""), Version.V2) is None


@pytest.mark.parametrize("value", ["\ud800", "a\0b", 7, None])
def test_what_neither_utf8_nor_postgres_can_hold_is_no_text(value: object) -> None:
    assert not is_text(value)


@pytest.mark.parametrize(("event", "payload"), [(None, {}), ("e", {"a": "\ud800"})])
def test_a_broadcast_that_cannot_be_written_is_refused(event: object, payload: object) -> None:
    with pytest.raises(ProtocolError):
        Broadcast.of(event, payload)
