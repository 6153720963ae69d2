"""Checks of the rooms' access matrix."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import psycopg
import pytest

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check
from tests.policies.messages import hears, speak
from tests.rooms import ban_from_room, be_seen, enter_room, make_invite, make_room

INSERT = "insert into storage.objects (bucket_id, name) values ('room-avatars', %s)"
EVERYBODY = ("visitor", "stranger", "ben", "dan", "eve", "finn", "cleo", "ada", "modesty")


@dataclass
class Rooms:
    """Ada's rooms by visibility, `deleted` too.

    cleo moderates and finn is a member of each; ben is invited and has asked to be let in; eve is
    banned; dan, whom ada has blocked, is a member of the public one; modesty works here.
    """

    ids: dict[str, uuid.UUID]

    def names(self, found: set[uuid.UUID]) -> set[str]:
        """Which of the rooms these are."""
        return {name for name, identity in self.ids.items() if identity in found}


def furnish(stage: Stage) -> Rooms:
    """Ada's rooms with everybody in their place."""
    connection = stage.connection
    ids = {}
    for visibility in ("public", "unlisted", "private", "deleted"):
        room = make_room(connection, "ada", "public" if visibility == "deleted" else visibility)
        ids[visibility] = room
        enter_room(connection, room, "cleo", "moderator")
        enter_room(connection, room, "finn")
        # One that has ended is none.
        ban_from_room(connection, room, "finn", -1)
        ban_from_room(connection, room, "eve")
        make_invite(connection, room, "ben")
        make_invite(connection, room)
        stage.owner(
            "insert into public.join_requests (room_id, user_id) values (%s, %s)",
            room, person_id("ben"),
        )  # fmt: skip
        stage.owner(
            "insert into public.moderation_log"
            " (room_id, actor_id, action, subject_id, before, after)"
            " values (%s, %s, 'member_banned', %s, '{}', '{}')",
            room, person_id("ada"), person_id("eve"),
        )  # fmt: skip
        for name in ("ada", "cleo", "finn"):
            be_seen(connection, room, name)
        for file in ("shown", "kept"):
            stage.owner(INSERT, f"{room}/a-name-nobody-guesses-{file}.png")
        stage.owner(
            "update public.rooms set avatar_path = %s where id = %s",
            f"{room}/a-name-nobody-guesses-shown.png", room,
        )  # fmt: skip
    enter_room(connection, ids["public"], "dan")
    be_seen(connection, ids["public"], "dan")
    stage.owner(
        "update public.rooms set deleted_at = now(), name = null, avatar_path = null where id = %s",
        ids["deleted"],
    )
    return Rooms(ids)


def rooms_in(
    stage: Stage, name: str, rooms: Rooms, table: str, column: str = "room_id"
) -> set[str]:
    """The rooms of which somebody sees rows of a table."""
    rows = stage.actor(name).run(f"select {column} as room_id from {table}")
    return rooms.names({row["room_id"] for row in rows})


def people_in(stage: Stage, name: str, room: uuid.UUID, table: str) -> set[str]:
    """Whose rows of a room somebody sees."""
    rows = stage.actor(name).run(f"select user_id from {table} where room_id = %s", room)
    ids = {row["user_id"] for row in rows}
    return {one for one in EVERYBODY if one != "visitor" and person_id(one) in ids}


@check("public.rooms")
def rooms_are_seen_by_whom_they_are_for(stage: Stage) -> None:
    rooms = furnish(stage)
    for name in EVERYBODY:
        expected = {"public"}
        if name in ("finn", "cleo", "ada", "modesty"):
            expected |= {"unlisted", "private"}
        assert rooms_in(stage, name, rooms, "public.rooms", "id") == expected, name


@check("public.room_members")
def members_are_shown_to_who_reads_the_room(stage: Stage) -> None:
    rooms = furnish(stage)
    stage.hide("finn")
    everybody = {"ada", "cleo", "dan", "finn"}
    shown: dict[str, dict[str, set[str]]] = {
        "public": {
            "stranger": everybody - {"finn"},
            "ben": everybody - {"finn"},
            "eve": set(),
            "dan": {"cleo", "dan"},
            "ada": {"ada", "cleo"},
            "finn": everybody,
            "modesty": everybody,
        },
        "private": {
            "stranger": set(), "ben": set(), "eve": set(), "dan": set(), "cleo": {"ada", "cleo"},
            "finn": {"ada", "cleo", "finn"}, "modesty": {"ada", "cleo", "finn"},
        },
        "deleted": {"ada": set(), "finn": set(), "modesty": set()},
    }  # fmt: skip
    for room, readers in shown.items():
        for name, people in readers.items():
            found = people_in(stage, name, rooms.ids[room], "public.room_members")
            assert found == people, (room, name)
    with forbidden():
        stage.visitor.run("select user_id from public.room_members")


@check("public.room_presence")
def presence_is_shown_to_who_reads_the_room(stage: Stage) -> None:
    rooms = furnish(stage)
    stage.hide("finn")
    seen: dict[str, dict[str, set[str]]] = {
        "public": {
            "stranger": {"ada", "cleo", "dan"}, "eve": set(), "dan": {"cleo", "dan"},
            "ada": {"ada", "cleo"}, "modesty": {"ada", "cleo", "dan", "finn"},
        },
        "private": {"stranger": set(), "ben": set(), "eve": set(), "cleo": {"ada", "cleo"}},
        "deleted": {"ada": set(), "modesty": set()},
    }  # fmt: skip
    for room, readers in seen.items():
        for name, people in readers.items():
            found = people_in(stage, name, rooms.ids[room], "public.room_presence")
            assert found == people, (room, name)
    with forbidden():
        stage.visitor.run("select user_id from public.room_presence")


@check("public.room_bans")
def bans_are_shown_to_moderators_and_to_whom_they_are_about(stage: Stage) -> None:
    rooms = furnish(stage)
    columns = "select room_id, user_id, until, reason, created_at from public.room_bans"
    seen = {
        name: {person_id(one) for one in people}
        for name, people in {
            "stranger": (), "ben": (), "dan": (), "finn": ("finn",), "eve": ("eve",),
            "ada": ("eve", "finn"), "cleo": ("eve", "finn"), "modesty": ("eve", "finn"),
        }.items()
    }  # fmt: skip
    for name, people in seen.items():
        assert {row["user_id"] for row in stage.actor(name).run(columns)} == people, name
    live = {"public", "unlisted", "private"}
    assert {row["room_id"] for row in stage.cleo.run(columns)} == {rooms.ids[one] for one in live}
    for name in ("eve", "ada"):
        with forbidden():
            stage.actor(name).run("select banned_by from public.room_bans")


@check("public.join_requests")
def requests_are_shown_to_moderators_and_to_who_asked(stage: Stage) -> None:
    rooms = furnish(stage)
    live = {"public", "unlisted", "private"}
    for name in ("stranger", "dan", "eve", "finn"):
        assert rooms_in(stage, name, rooms, "public.join_requests") == set(), name
    for name in ("cleo", "ada"):
        assert rooms_in(stage, name, rooms, "public.join_requests") == live, name
    for name in ("ben", "modesty"):
        assert rooms_in(stage, name, rooms, "public.join_requests") == {*live, "deleted"}, name
    stage.hide("ben")
    assert rooms_in(stage, "ada", rooms, "public.join_requests") == set()


@check("public.room_invites")
def invitations_are_shown_to_moderators_and_to_whom_they_are_for(stage: Stage) -> None:
    rooms = furnish(stage)
    everybody = {
        name: {row["user_id"] for row in stage.actor(name).run("select * from public.room_invites")}
        for name in EVERYBODY
        if name != "visitor"
    }
    invited, nobody = {person_id("ben")}, set[uuid.UUID]()
    assert everybody == {
        "stranger": nobody, "dan": nobody, "eve": nobody, "finn": nobody, "modesty": nobody,
        "ben": invited, "ada": {None, *invited}, "cleo": {None, *invited},
    }  # fmt: skip
    assert rooms_in(stage, "cleo", rooms, "public.room_invites") == {
        "public", "unlisted", "private",
    }  # fmt: skip
    # A code that makes moderators is the owner's alone; an invitation in person is not.
    code = make_invite(stage.connection, rooms.ids["private"], role="moderator")
    make_invite(stage.connection, rooms.ids["private"], "dan", role="moderator")
    asked = "select code, user_id from public.room_invites where role = 'moderator'"
    shown = {row["user_id"] for row in stage.actor("cleo").run(asked)}
    assert shown == {person_id("dan")}
    assert code in {row["code"] for row in stage.actor("ada").run(asked)}
    stage.hide("ada")
    assert stage.ben.run("select id from public.room_invites") == []


@check("public.moderation_log")
def the_log_is_shown_to_moderators(stage: Stage) -> None:
    rooms = furnish(stage)
    live = {"public", "unlisted", "private"}
    for name in ("stranger", "ben", "dan", "eve", "finn"):
        assert rooms_in(stage, name, rooms, "public.moderation_log") == set(), name
    for name in ("cleo", "ada"):
        assert rooms_in(stage, name, rooms, "public.moderation_log") == live, name
    assert rooms_in(stage, "modesty", rooms, "public.moderation_log") == {*live, "deleted"}


@check("realtime.messages")
def who_reads_a_room_hears_its_topic_and_members_speak(stage: Stage) -> None:
    rooms = furnish(stage)
    for room, identity in rooms.ids.items():
        topic = f"room:{identity}"
        stage.owner(
            "insert into realtime.messages (topic, extension, event, payload, private)"
            " values (%s, 'broadcast', 'note', '{}', true)",
            topic,
        )
        members = {"ada", "cleo", "finn", *({"dan"} if room == "public" else ())}
        for name in EVERYBODY:
            may_hear = room != "deleted" and (
                name in {*members, "modesty"}
                or (room != "private" and name not in ("visitor", "eve"))
            )
            may_speak = room != "deleted" and name in members
            assert hears(stage, name, topic) == may_hear, (room, name)
            if may_speak:
                speak(stage, name, topic)
            else:
                with forbidden():
                    speak(stage, name, topic)
    for topic in ("room:", f"room:{rooms.ids['public']}x", f"room:{uuid.UUID(int=7)}"):
        assert not hears(stage, "ada", topic)
        with forbidden():
            speak(stage, "ada", topic)


@check("realtime.messages")
def who_may_not_write_does_not_speak_in_rooms(stage: Stage) -> None:
    rooms = furnish(stage)
    topic = f"room:{rooms.ids['public']}"
    stage.hide("finn")
    with forbidden():
        speak(stage, "finn", topic)
    stage.owner("update public.feature_flags set is_enabled = false where name = 'rooms'")
    with forbidden():
        speak(stage, "ada", topic)


def files_seen(stage: Stage, name: str, rooms: Rooms) -> set[str]:
    """The pictures of rooms somebody sees: `private shown`."""
    rows = stage.actor(name).run(
        "select name from storage.objects where bucket_id = 'room-avatars'"
    )
    found = {row["name"] for row in rows}
    return {
        f"{room} {file}"
        for room, identity in rooms.ids.items()
        for file in ("shown", "kept")
        if f"{identity}/a-name-nobody-guesses-{file}.png" in found
    }


@check("storage.objects")
def pictures_of_rooms_are_seen_as_the_rooms_are(stage: Stage) -> None:
    rooms = furnish(stage)
    shown = {"public shown", "unlisted shown", "private shown"}
    for name in ("visitor", "stranger", "ben", "eve", "dan"):
        assert files_seen(stage, name, rooms) == {"public shown"}, name
    for name in ("finn", "modesty"):
        assert files_seen(stage, name, rooms) == shown, name
    for name in ("ada", "cleo"):
        kept = {"public kept", "unlisted kept", "private kept"}
        assert files_seen(stage, name, rooms) == shown | kept, name
    # Of another bucket nothing is shown because a room's picture is named so.
    stage.owner(
        "insert into storage.objects (bucket_id, name) values ('elsewhere', %s)",
        f"{rooms.ids['public']}/a-name-nobody-guesses-shown.png",
    )
    for name in ("visitor", "ada"):
        elsewhere = "select name from storage.objects where bucket_id = 'elsewhere'"
        assert stage.actor(name).run(elsewhere) == []


@check("storage.objects")
def pictures_of_unlisted_rooms_are_read_by_link_and_not_listed(stage: Stage) -> None:
    rooms = furnish(stage)
    set_operation = "select set_config('storage.operation', %s, true)"
    try:
        for operation, is_linked in (
            ("storage.object.get_authenticated", True),
            ("storage.object.sign", True),
            ("storage.object.list", False),
            ("storage.object.list_v2", False),
            ("storage.object.copy", False),
            ("", False),
        ):
            stage.owner(set_operation, operation)
            linked = {"unlisted shown"} if is_linked else set()
            for name in ("visitor", "stranger", "ben", "eve", "dan"):
                assert files_seen(stage, name, rooms) == {"public shown", *linked}, operation
        stage.owner(set_operation, "storage.object.get_authenticated")
        # Of another bucket nothing is shown because an unlisted room's picture is named so.
        stage.owner(
            "insert into storage.objects (bucket_id, name) values ('elsewhere', %s)",
            f"{rooms.ids['unlisted']}/a-name-nobody-guesses-shown.png",
        )
        elsewhere = "select name from storage.objects where bucket_id = 'elsewhere'"
        assert stage.visitor.run(elsewhere) == []
    finally:
        stage.owner(set_operation, "")


@check("storage.objects")
def moderators_fill_the_folders_of_their_rooms_alone(stage: Stage) -> None:
    rooms = furnish(stage)
    file = "a-name-nobody-guesses-new.png"
    for kind, identity in rooms.ids.items():
        for name in EVERYBODY:
            path = f"{identity}/{name}-{file}"
            if name in ("ada", "cleo") and kind != "deleted":
                assert stage.actor(name).count(INSERT, path) == 1
            else:
                with forbidden():
                    stage.actor(name).run(INSERT, path)
    room = rooms.ids["public"]
    for bad in (
        file,
        f"{room}/short.png",
        f"{room}/sub/{file}",
        f"{room}/{file}.html",
        f"x/{file}",
    ):
        with forbidden():
            stage.ada.run(INSERT, bad)
    with forbidden():
        stage.ada.run(
            "insert into storage.objects (bucket_id, name) values ('elsewhere', %s)",
            f"{room}/{file}",
        )
    for number in range(6):
        stage.ada.run(INSERT, f"{room}/{number}-{file}")
    with forbidden():
        stage.ada.run(INSERT, f"{room}/one-too-many-{file}")


@check("storage.objects")
def nobody_uploads_a_picture_of_a_room_while_they_may_not_write(stage: Stage) -> None:
    room = furnish(stage).ids["public"]
    with stage.leaving("cleo", in_storage=True):
        stage.cleo.run(INSERT, f"{room}/a-name-nobody-guesses-new.png")
    with stage.switched_off("rooms", in_storage=True):
        stage.ada.run(INSERT, f"{room}/a-name-nobody-guesses-new.png")


@check("storage.objects")
def moderators_alone_delete_pictures_of_rooms(stage: Stage) -> None:
    room = furnish(stage).ids["public"]
    delete = "delete from storage.objects where bucket_id = 'room-avatars' and name = %s"
    path = f"{room}/a-name-nobody-guesses-kept.png"
    for name in ("visitor", "stranger", "finn", "dan", "modesty"):
        try:
            assert stage.actor(name).count(delete, path) == 0
        except psycopg.errors.InsufficientPrivilege:
            assert name == "visitor"
    assert stage.cleo.count(delete, path) == 1
    # A deletion that reads nothing is judged by the policy for deletions alone.
    stage.owner("insert into storage.objects (bucket_id, name) values ('elsewhere', %s)", path)
    left = "select count(*) from storage.objects where bucket_id = 'elsewhere'"
    before = stage.value(left)
    stage.cleo.count("delete from storage.objects")
    assert stage.value(left) == before
    assert stage.value("select count(*) from storage.objects where bucket_id = 'avatars'") > 0
    if stage.value("select count(*) from storage.objects where bucket_id = 'room-avatars'") != 2:
        pytest.fail("of the deleted room the pictures stay")
