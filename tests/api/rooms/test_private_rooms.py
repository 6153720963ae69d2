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
from tests.rooms import ban_from_room, be_seen, enter_room, make_invite, make_room

OUTSIDE = ("stranger", "visitor", "banned", "left")
# Who has the id may knock: the answer says no more than that the room is there (decision 0070).
MAY_KNOCK = {"request_to_join"}
# A client says where something was heard: the answer is the same of any room whatever.
HEARS_OF = {"record_play"}
# About one's own requests, wherever they were made.
OWN_ROWS = {"join_requests", "room_bans"}
# A value that fits, for parameters which are looked at before the room is.
FIT: dict[str, Any] = {
    "username": "cleo", "role": "member", "query": "techno", "message": "hello", "reason": "why",
    "body": "hello", "name": "Mine", "minutes": 5, "ban_minutes": 5, "mode": "public",
    "title": "Live", "source": "room", "ms_played": 1, "emoji": "🔥", "present": True,
    "text": "hello",
}  # fmt: skip


@dataclass
class Scene:
    """Ada's private room with cleo in it; eve is banned, dan has left, nobody else knows it."""

    db: Connection
    room: uuid.UUID

    def somebody(self, name: str) -> Actor:
        """Who stands outside for this reason."""
        return actor(self.db, {"banned": "eve", "left": "dan"}.get(name, name))


@pytest.fixture
def scene(db: Connection) -> Scene:
    """The room, with a row in every table of ours that speaks of it."""
    room = make_room(db, "ada", "private", name="Backstage")
    enter_room(db, room, "cleo", "moderator")
    for name in ("ada", "cleo"):
        be_seen(db, room, name)
    make_invite(db, room)
    make_invite(db, room, "finn")
    ban_from_room(db, room, "finn")
    ban_from_room(db, room, "eve")
    actor(db, "ben").call("request_to_join", room_id=room)
    db.execute("select private.log_moderation(%s, 'tried', null)", [room])
    enter_room(db, room, "dan")
    actor(db, "dan").call("leave_room", room_id=room)
    return Scene(db, room)


def tables_of_rooms(db: Connection) -> list[tuple[str, str]]:
    """Every table and view in public with a room's id, and the column."""
    rows = db.execute(
        "select class.relname::text as name, attribute.attname::text as column"
        " from pg_class as class join pg_attribute as attribute on attrelid = class.oid"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
        " and (attname = 'room_id' or (relname = 'rooms' and attname = 'id'))"
        " and not attisdropped order by 1"
    ).fetchall()
    return [(row["name"], row["column"]) for row in rows]


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


def fit(name: str, kind: str) -> Any:
    """A value a parameter takes."""
    if name in FIT:
        return FIT[name]
    return {"uuid": uuid.uuid4(), "integer": 1, "text": "word", "boolean": True}.get(kind)


def test_the_room_is_in_the_tables_that_are_looked_at(scene: Scene) -> None:
    tables = dict(tables_of_rooms(scene.db))
    assert set(tables) >= {
        "rooms", "room_members", "room_bans", "join_requests", "room_invites", "room_presence",
        "moderation_log",
    }  # fmt: skip
    for table in ("room_members", "room_bans", "join_requests", "room_invites", "room_presence"):
        rows = scene.db.execute(f"select from public.{table} where room_id = %s", [scene.room])
        assert rows.fetchall(), table
    assert {name for name, _ in functions_of_rooms(scene.db)} >= {
        "room_state", "room_members", "join_room", "heartbeat", "invite_to_room", "pin_track",
    }  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_those_outside_see_no_row_of_any_table(name: str, scene: Scene) -> None:
    somebody = scene.somebody(name)
    for table, column in tables_of_rooms(scene.db):
        try:
            rows = somebody.run(
                f"select to_jsonb(row) as row from (select {column} from public.{table}) as row"
            )
        except psycopg.errors.InsufficientPrivilege:
            continue
        about = [row for row in rows if row["row"][column] == str(scene.room)]
        if about:
            assert table in OWN_ROWS, table
            columns = "room_id, user_id"
            (own,) = somebody.run(f"select {columns} from public.{table}")
            assert own == {"room_id": scene.room, "user_id": somebody.id}


@pytest.mark.parametrize("name", ["stranger", "banned", "left"])
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
        ("discover_rooms", {"query": "backstage"}),
        ("trending_rooms", {}),
        ("my_rooms", {}),
        ("activity_feed", {}),
    ):
        assert somebody.rows(function, **arguments) == []
    assert somebody.call("my_room_invites") == []
