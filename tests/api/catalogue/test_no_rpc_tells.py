"""A track or crate one may not see is to every RPC what one is that there is not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.api.social.talking import start
from tests.catalogue import make_crate, make_song, make_upload, put
from tests.database import Actor, Connection, actor
from tests.http.bad_input import Rpc, rpcs
from tests.rooms import make_room

THINGS = ("track_id", "crate_id", "target_id")
CALLERS = ("stranger", "dan", "visitor")
UNKNOWN = uuid.UUID(int=7)
# What any of these is told beside the thing; what of somebody's own is in `own`.
FITTING: dict[str, Any] = {
    "body": "hi", "ms_played": 60_000, "client_event_id": uuid.UUID(int=8), "liked": True,
    "title": "mine", "is_featured": True, "reason": "spam", "username": "cleo", "role": "viewer",
    "terms": "Ask me", "name": "Any use", "price_minor": 500, "currency": "USD",
    "shares": json.dumps([{"username": "cleo", "bps": 10_000}]), "source": "app",
    "visibility": "private", "media_paths": [], "sources": [], "sort": "newest",
}  # fmt: skip
# These say something of a thing to its owner, or to staff.
WHO_KNOWS = ("ada", "modesty", "admiral")


def about(rpc: Rpc) -> list[tuple[str, str]]:
    """The parameters that name a track or a crate, and which: what target_id is, is asked twice."""
    names = {parameter.name for parameter in rpc.parameters}
    return [
        (name, kind)
        for name in THINGS
        if name in names
        for kind in (["track", "crate"] if name == "target_id" else [name.removesuffix("_id")])
    ]


def own_of(somebody: Actor) -> dict[str, Any]:
    """A crate, a conversation, a room and a session of somebody's own."""
    if somebody.id is None:
        return dict.fromkeys(("room_id", "session_id", "conversation_id"), UNKNOWN)
    room = make_room(somebody.connection, somebody.name)
    started = somebody.call("start_session", room_id=room, mode="artist")
    return {
        "crate_id": make_crate(somebody.connection, somebody.name),
        "track_id": make_song(somebody.connection),
        "conversation_id": start(somebody, "finn"),
        "room_id": room,
        "session_id": started["id"],
    }


def answer(somebody: Actor, rpc: Rpc, own: dict[str, Any], **named: Any) -> Any:
    """What somebody is told: rows, or a refusal with all its words."""
    given = {}
    for parameter in rpc.parameters:
        name = parameter.name
        value = named.get(name, FITTING.get(name))
        if name == "room_id" and rpc.name in ("record_play", "report"):
            value = None
        elif name not in named and name in own and (name not in THINGS or "add_to" in rpc.name):
            value = own[name]
        elif name == "kind" and rpc.name == "create_post":
            value = "track" if named.get("track_id") else "crate"
        elif name == "kind":
            value = "original"
        given[name] = (value, parameter.type)
    listed = ", ".join(f"{name} => %s::{kind}" for name, (_, kind) in given.items())
    try:
        with somebody.connection.transaction(force_rollback=True):
            rows = somebody.run(
                f"select * from public.{rpc.name}({listed})",
                *(value for value, _ in given.values()),
            )
    except psycopg.Error as error:
        told = error.diag
        return error.sqlstate, told.message_primary, told.message_detail, told.message_hint
    return rows


@pytest.fixture
def scene(cast: Callable[[str], Actor], db: Connection) -> dict[str, list[uuid.UUID]]:
    """Ada's tracks and crates: the first of each is kept from dan alone, whom she has blocked."""
    db.execute("update private.rate_limit_rules set capacity = 100000")
    cast("finn").call("set_dm_permission", permission="everyone")
    tracks = [make_upload(db, "ada")]
    tracks += [
        make_upload(db, "ada", kind) for kind in ("draft", "processing", "hidden", "removed")
    ]
    crates = [make_crate(db, "ada", kind) for kind in ("public", "followers", "private")]
    for place, track in enumerate(tracks):
        put(db, crates[2], track, place)
    shares = FITTING["shares"]
    cast("ada").call("set_revenue_split", shares=shares, track_id=tracks[1], product_id=None)
    cast("ada").call("block", username="dan")
    return {"track": tracks, "crate": crates}


def test_no_rpc_tells_of_a_draft_or_a_private_crate(
    cast: Callable[[str], Actor], scene: dict[str, list[uuid.UUID]], db: Connection
) -> None:
    asking = [rpc for rpc in rpcs(db) if "." not in rpc.name and about(rpc)]
    assert len(asking) > 30
    people = {name: cast(name) for name in (*CALLERS, *WHO_KNOWS)}
    own = {name: own_of(person) for name, person in people.items()}
    wrong, silent = [], []

    def told(name: str, rpc: Rpc, parameter: str, kind: str, thing: uuid.UUID) -> Any:
        target = {"target_kind": kind} if parameter == "target_id" else {}
        return answer(people[name], rpc, own[name], **{parameter: thing}, **target)

    for rpc in asking:
        for parameter, kind in about(rpc):
            question = rpc, parameter, kind
            for name in CALLERS:
                unknown = told(name, *question, UNKNOWN)
                things = scene[kind] if name == "dan" else scene[kind][1:]
                wrong += [
                    f"{rpc.name} by {name}: {found} instead of {unknown}"
                    for thing in things
                    if (found := told(name, *question, thing)) != unknown
                ]
            # Not vacuous: what it asks of the thing is reached by who may know of it.
            if all(
                told(name, *question, thing) == told(name, *question, UNKNOWN)
                for name in WHO_KNOWS
                for thing in scene[kind]
            ):
                silent.append((rpc.name, parameter, kind))
    assert not wrong, "\n".join(wrong)
    assert silent == []


def test_what_is_told_is_found(
    cast: Callable[[str], Actor], scene: dict[str, list[uuid.UUID]], db: Connection
) -> None:
    """An RPC that says of a draft that it is none."""
    (rpc,) = [rpc for rpc in rpcs(db) if rpc.name == "record_play"]
    ada, stranger = actor(db, "ada"), cast("stranger")
    draft = scene["track"][1]
    assert answer(ada, rpc, {}, track_id=draft)[1] == "track_not_published"
    assert answer(stranger, rpc, {}, track_id=draft) == answer(stranger, rpc, {}, track_id=UNKNOWN)
