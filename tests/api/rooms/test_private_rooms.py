"""A private room does not exist for those outside, by whatever way they look.

The tables, functions, topics and files are found in the catalog: what is made later is asked too.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, forbidden
from tests.policies.checks import Stage
from tests.policies.messages import hears, speak
from tests.rooms import (
    ban_from_room,
    be_seen,
    enter_room,
    furnish_room,
    make_room,
)

NAME = "Backstage of those who are in"
OUTSIDE = ("stranger", "visitor", "banned", "left")
# Who has the id may knock: the answer says no more than that the room is there (decision 0070).
MAY_KNOCK = {"request_to_join"}
# A client says where something was heard: the answer is the same of any room whatever.
HEARS_OF = {"record_play"}
# About one's own requests, wherever they were made.
OWN_ROWS = {"join_requests", "room_bans"}
# A value that fits, for parameters which are looked at before the room is.
FIT: dict[str, Any] = {
    "username": "cleo", "role": "member", "query": "techno", "message": "hello", "reason": "spam",
    "body": "hello", "name": "Mine", "minutes": 5, "ban_minutes": 5, "mode": "public",
    "title": "Live", "source": "room", "ms_played": 1, "emoji": "🔥", "present": True,
    "text": "hello", "target_kind": "profile",
}  # fmt: skip


@dataclass
class Scene:
    """Ada's private room with cleo in it; eve is banned, dan has left, nobody else knows it."""

    db: Connection
    room: uuid.UUID

    def somebody(self, name: str) -> Actor:
        """Who stands outside for this reason; withheld: who moderates it, while it is."""
        if name == "withheld":
            self.db.execute("update public.rooms set is_withheld = true")
        outside = {"banned": "eve", "left": "dan", "withheld": "cleo"}
        return actor(self.db, outside.get(name, name))


@pytest.fixture
def scene(db: Connection) -> Scene:
    """The room, with a row in every table of ours that speaks of it."""
    room = make_room(db, "ada", "private", name=NAME)
    enter_room(db, room, "cleo", "moderator")
    for name in ("ada", "cleo"):
        be_seen(db, room, name)
    furnish_room(db, room)
    ban_from_room(db, room, "eve")
    enter_room(db, room, "dan")
    actor(db, "dan").call("leave_room", room_id=room)
    return Scene(db, room)


UUIDS = """
    select class.relname::text as name, attribute.attname::text as column,
      exists (
        select from pg_attribute as own
        where own.attrelid = class.oid and own.attname = 'id' and own.atttypid = 'uuid'::regtype
      ) as has_id
    from pg_class as class join pg_attribute as attribute on attrelid = class.oid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
      and not relispartition and atttypid = 'uuid'::regtype and attnum > 0 and not attisdropped
    order by 1, 2"""
REFERRING = """
    with recursive reached as (
      select 'public.rooms'::regclass::oid as id
      union
      select key.conrelid from reached join pg_constraint as key on confrelid = reached.id
      where contype = 'f'
    )
    select class.relname::text as name
    from pg_class as class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
      and not relispartition and (
        oid in (select id from reached)
        or exists (select from pg_attribute where attrelid = oid and attname = 'room_id')
      )"""


@dataclass(frozen=True)
class Reach:
    """All that speaks of the room: which (table, column) hold one of these ids."""

    places: set[tuple[str, str]]
    ids: list[uuid.UUID]


def reach_of(db: Connection, room: uuid.UUID) -> Reach:
    """Whatever row names the room by its id, or names a row that does, and so on."""
    places: set[tuple[str, str]] = set()
    ids = {room}
    columns = db.execute(UUIDS).fetchall()
    while True:
        before = len(places), len(ids)
        for row in columns:
            name, column = row["name"], row["column"]
            own = "id" if row["has_id"] else "null::uuid"
            found = db.execute(
                f"select {own} as id from public.{name} where {column} = any(%s)", [list(ids)]
            ).fetchall()
            if found:
                places.add((name, column))
                ids |= {one["id"] for one in found if one["id"] is not None}
        if before == (len(places), len(ids)):
            return Reach(places, sorted(ids))


def functions_of_rooms(db: Connection) -> list[tuple[str, dict[str, str]]]:
    """Every RPC that is told a room's id, with the types of what it must be told."""
    rows = db.execute(
        "select proname::text as name, proargnames[1:pronargs] as names,"
        " proargtypes::regtype[]::text[] as types, pronargdefaults as defaults"
        " from pg_proc where pronamespace = 'public'::regnamespace"
        " and 'room_id' = any (proargnames[1:pronargs]) order by 1"
    ).fetchall()
    found = []
    for row in rows:
        parameters = dict(zip(row["names"], row["types"], strict=True))
        needed = list(parameters)[: len(parameters) - row["defaults"]]
        found.append((row["name"], {name: parameters[name] for name in needed}))
    return found


def functions_told_ids(db: Connection) -> list[tuple[str, str, dict[str, str]]]:
    """Every RPC that is told an id, with that parameter and the types of what it must be told."""
    rows = db.execute(
        "select proname::text as name, proargnames[1:pronargs] as names,"
        " proargtypes::regtype[]::text[] as types, pronargdefaults as defaults"
        " from pg_proc where pronamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    found = []
    for row in rows:
        parameters = dict(zip(row["names"] or [], row["types"], strict=True))
        needed = list(parameters)[: len(parameters) - row["defaults"]]
        for told, kind in parameters.items():
            if kind == "uuid":
                found.append((row["name"], told, {name: parameters[name] for name in needed}))
    return found


def fit(name: str, kind: str) -> Any:
    """A value a parameter takes."""
    if name in FIT:
        return FIT[name]
    return {"uuid": uuid.uuid4(), "integer": 1, "text": "word", "boolean": True}.get(kind)


def test_every_table_that_speaks_of_rooms_has_a_row_of_this_one(scene: Scene) -> None:
    """For a table that is missing here, tests.rooms.furnish_room makes a row."""
    names = {name for name, _ in reach_of(scene.db, scene.room).places}
    assert names >= {row["name"] for row in scene.db.execute(REFERRING).fetchall()}
    assert names >= {"rooms", "room_members", "join_requests", "room_presence", "moderation_log"}


@pytest.mark.parametrize("name", OUTSIDE)
def test_those_outside_see_no_row_of_any_table(name: str, scene: Scene) -> None:
    somebody = scene.somebody(name)
    reach = reach_of(scene.db, scene.room)
    for table, column in reach.places:
        others = " and user_id is distinct from %s" if table in OWN_ROWS else ""
        try:
            rows = somebody.run(
                f"select {column} from public.{table} where {column} = any(%s){others}",
                reach.ids,
                *([somebody.id] if others else []),
            )
        except psycopg.errors.InsufficientPrivilege:
            continue
        assert rows == [], table


@pytest.mark.parametrize("name", ["stranger", "banned", "left"])
def test_no_rpc_tells_an_id_of_the_room_from_one_that_has_never_been(
    name: str, scene: Scene
) -> None:
    somebody = scene.somebody(name)
    ids = reach_of(scene.db, scene.room).ids
    assert len(ids) > 3
    for function, told, parameters in functions_told_ids(scene.db):
        if function in MAY_KNOCK:
            continue
        arguments = {key: fit(key, kind) for key, kind in parameters.items()}
        never = outcome(somebody, function, {**arguments, told: uuid.uuid4()})
        for identity in ids:
            heard = outcome(somebody, function, {**arguments, told: identity})
            assert heard == never, (function, told)
            assert NAME not in heard[1], (function, told)


def outcome(somebody: Actor, function: str, arguments: dict[str, Any]) -> tuple[str, str]:
    """What an RPC answers: that it succeeds, and whether it names the room; or its refusal."""
    try:
        with somebody.connection.transaction(force_rollback=True):
            rows = str(somebody.rows(function, **arguments))
    except psycopg.Error as error:
        return str(error.sqlstate), str(error.diag.message_primary)
    return "200", NAME if NAME in rows else ""


@pytest.mark.parametrize("name", ["stranger", "banned", "left", "withheld"])
def test_every_rpc_says_there_is_no_such_room(name: str, scene: Scene) -> None:
    somebody, song = scene.somebody(name), make_song(scene.db)
    for function, parameters in functions_of_rooms(scene.db):
        if function in MAY_KNOCK:
            continue
        arguments = {key: fit(key, kind) for key, kind in parameters.items()}
        if "track_id" in parameters:
            arguments["track_id"] = song
        heard: list[tuple[str | None, str | None]] = []
        for room in (scene.room, uuid.uuid4()):
            arguments["room_id"] = room
            try:
                heard.append(("200", str(somebody.rows(function, **arguments))))
            except psycopg.Error as error:
                heard.append((error.sqlstate, error.diag.message_primary))
        # The same as of a room that has never been.
        assert heard[0] == heard[1], function
        assert function in HEARS_OF or heard[0][0] == "PT404", (function, heard)


def test_a_visitor_is_told_nothing_by_any_rpc(scene: Scene) -> None:
    visitor = actor(scene.db, "visitor")
    for function, parameters in functions_of_rooms(scene.db):
        arguments = {key: fit(key, kind) for key, kind in parameters.items()}
        arguments["room_id"] = scene.room
        with pytest.raises(psycopg.Error) as caught:
            visitor.rows(function, **arguments)
        assert caught.value.sqlstate in {"PT404", "42501"}, function


def test_knocking_tells_no_more_than_that_the_room_is_there(scene: Scene) -> None:
    stranger = actor(scene.db, "stranger")
    answer = stranger.call("request_to_join", room_id=scene.room)
    assert set(answer) == {"id", "status", "created_at"}
    assert stranger.run("select id from public.rooms") == []


@pytest.mark.parametrize("name", OUTSIDE)
def test_those_outside_neither_hear_nor_speak_on_its_topics(name: str, scene: Scene) -> None:
    stage = Stage(scene.db)
    who = {"banned": "eve", "left": "dan"}.get(name, name)
    topic = f"room:{scene.room}"
    scene.db.execute("select private.broadcast_room(%s, 'note', '{}')", [scene.room])
    assert hears(stage, "cleo", topic)
    assert not hears(stage, who, topic)
    with forbidden():
        speak(stage, who, topic)


@pytest.mark.parametrize("name", OUTSIDE)
def test_those_outside_reach_none_of_its_files(name: str, scene: Scene) -> None:
    somebody = scene.somebody(name)
    buckets = scene.db.execute("select id, public from storage.buckets").fetchall()
    assert {"id": "room-avatars", "public": False} in buckets
    path = f"{scene.room}/a-name-nobody-guesses.png"
    insert = "insert into storage.objects (bucket_id, name) values (%s, %s)"
    scene.db.execute(insert, ["room-avatars", path])
    scene.db.execute("update public.rooms set avatar_path = %s where id = %s", [path, scene.room])
    assert actor(scene.db, "cleo").run("select name from storage.objects") == [{"name": path}]
    assert somebody.run("select name from storage.objects") == []
    for bucket in buckets:
        with forbidden():
            somebody.run(insert, bucket["id"], f"{scene.room}/a-name-nobody-guesses-2.png")


@pytest.mark.parametrize("name", ["stranger", "banned", "left"])
def test_no_list_shows_the_room(name: str, scene: Scene) -> None:
    somebody = scene.somebody(name)
    scene.db.execute("select private.refresh_room_pulse(%s)", [scene.room])
    for function, arguments in (
        ("discover_rooms", {}),
        ("discover_rooms", {"query": NAME.lower()}),
        ("trending_rooms", {}),
        ("my_rooms", {}),
        ("activity_feed", {}),
    ):
        assert somebody.rows(function, **arguments) == []
    assert somebody.call("my_room_invites") == []
