"""Calls that ask for trouble: every parameter of every RPC with values it is not made for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.database import Connection

LONG = "x" * 100_000
UNKNOWN = str(uuid.UUID(int=7))

# By type: what the value is, and the value.
BAD: dict[str, dict[str, Any]] = {
    "text": {
        "nothing": None, "empty": "", "100 kB": LONG, "a NUL": "a\x00b", "an object": {},
        "a list": [], "a number": 5, "half a pair": "\ud800",
    },
    "uuid": {
        "nothing": None, "no uuid": "not-a-uuid", "100 kB": LONG, "a number": 5, "a list": [],
        "unknown": UNKNOWN, "empty": "",
    },
    "integer": {
        "a word": "abc", "too large": 10**12, "100 digits": 10**100, "a fraction": 1.5,
        "a list": [], "an object": {}, "true": True, "100 kB": LONG,
    },
    "bigint": {
        "nothing": None, "a word": "abc", "100 digits": 10**100, "a fraction": 1.5, "a list": [],
        "unknown": -7, "100 kB": LONG,
    },
    "numeric": {
        "nothing": None, "a word": "abc", "not a number": "NaN", "endless": "Infinity",
        "negative": -1, "100 digits": 10**100, "a list": [],
    },
    "boolean": {"nothing": None, "a word": "perhaps", "a list": [], "seven": 7, "100 kB": LONG},
    "timestamp with time zone": {
        "a word": "abc", "a far day": "294277-01-01", "no day": "2026-02-31", "a number": 5,
        "a list": [], "an object": {}, "100 kB": LONG, "empty": "",
    },
    "date": {
        "nothing": None, "a word": "abc", "no day": "2026-02-31", "a number": 5, "a list": [],
        "an object": {}, "100 kB": LONG, "empty": "", "never": "infinity",
    },
    "time without time zone": {
        "a word": "abc", "no time": "25:61", "a number": 5, "a list": [], "an object": {},
        "100 kB": LONG, "empty": "",
    },
    "uuid[]": {
        "a word": "abc", "of nothing": [None], "of words": ["abc"], "an object": {"a": 1},
        "a number": 5, "100 kB": LONG,
    },
    "jsonb": {
        "nothing": None, "a word": "abc", "a number": 5, "an object": {"a": 1},
        "of nothing": [None], "of words": ["abc"], "of empty objects": [{}], "of lists": [[[]]],
    },
    "integer[]": {
        "a word": "abc", "of nothing": [None], "of words": ["abc"], "of lists": [[[1]]],
        "too large": [10**12], "ten thousand": [1] * 10_000, "an object": {"a": 1}, "a number": 5,
    },
    "text[]": {
        "a word": "abc", "of nothing": [None], "of lists": [["a"], ["b"]], "of 100 kB": [LONG],
        "a thousand": ["x"] * 1000, "an object": {"a": 1}, "a number": 5,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One input parameter of an RPC."""

    name: str
    type: str


@dataclass(frozen=True)
class Rpc:
    """One RPC as the catalog knows it."""

    name: str
    is_reading: bool
    parameters: tuple[Parameter, ...]


def rpcs(connection: Connection) -> list[Rpc]:
    """Every function of public and backend; those of backend with their schema."""
    rows = connection.execute(
        "select case nspname when 'public' then '' else nspname || '.' end || proname as name,"
        " provolatile <> 'v' as is_reading, coalesce(proargnames[1:pronargs], '{}') as names,"
        " array(select format_type(type, null) from unnest(proargtypes::oid[])"
        " with ordinality as argument (type, place) order by place) as types"
        " from pg_proc as proc join pg_namespace on pg_namespace.oid = pronamespace"
        " where nspname in ('public', 'backend') order by 1"
    ).fetchall()
    return [
        Rpc(
            row["name"],
            row["is_reading"],
            tuple(Parameter(*pair) for pair in zip(row["names"], row["types"], strict=True)),
        )
        for row in rows
    ]


def bad_calls(rpc: Rpc, fitting: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is wrong with a call, and its arguments: one bad parameter among fitting ones."""
    fit = {parameter.name: fitting[parameter.name] for parameter in rpc.parameters}
    for parameter in rpc.parameters:
        for kind, value in BAD[parameter.type].items():
            yield f"{parameter.name} is {kind}", {**fit, parameter.name: value}
    yield "a parameter too many", {**fit, "user_id": UNKNOWN}
    if rpc.parameters:
        yield "a word for an object", "word"
        yield "nothing for an object", {}
