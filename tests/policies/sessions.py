"""Checks of the sessions' access matrix."""

from __future__ import annotations

import uuid

from tests.database import actor, forbidden, person_id
from tests.policies.checks import Stage, check
from tests.rooms import be_seen, enter_room
from tests.sessions import advance, make_party, queue, wind

READERS = ("ada", "cleo", "stranger", "eve", "modesty")


def play(stage: Stage, visibility: str = "public") -> tuple[uuid.UUID, uuid.UUID]:
    """A session in ada's room in which something has played, plays and is queued.

    cleo and finn are members and have voted; eve is banned; stranger is nobody here.
    """
    room, session = make_party(stage.connection, "public", ("cleo", "finn"), visibility=visibility)
    queue(stage.finn, session, 3)
    advance(stage.connection, session)
    wind(stage.connection, session, 60)
    for row in stage.connection.execute(
        "select id, status from public.queue_items where session_id = %s and status <> 'played'",
        [session],
    ).fetchall():
        stage.cleo.call("vote_track", item_id=row["id"], value=1)
        if row["status"] == "playing":
            stage.cleo.call("vote_skip", item_id=row["id"])
    stage.owner(
        "insert into public.room_bans (room_id, user_id) values (%s, %s)", room, person_id("eve")
    )
    # As nobody hears a room through what is theirs alone.
    stage.owner(
        "insert into public.rotation_slots (session_id, user_id, position) values (%s, %s, 1)",
        session, person_id("finn"),
    )  # fmt: skip
    stage.owner(
        "insert into public.session_contributors (session_id, user_id) values (%s, %s)",
        session, person_id("finn"),
    )  # fmt: skip
    return room, session


def shown(stage: Stage, table: str) -> dict[str, set[str]]:
    """Who reads rows of a room in a table: the visibilities of the rooms by person."""
    rooms = {visibility: play(stage, visibility)[0] for visibility in ("public", "private")}
    enter_room(stage.connection, rooms["private"], "eve")
    be_seen(stage.connection, rooms["private"], "eve")
    with forbidden():
        stage.visitor.run(f"select room_id from {table}")
    return {
        name: {
            visibility
            for visibility, room in rooms.items()
            if actor(stage.connection, name).run(
                f"select room_id from {table} where room_id = %s", room
            )
        }
        for name in READERS
    }


EXPECTED = {
    "ada": {"public", "private"},
    "cleo": {"public", "private"},
    "stranger": {"public"},
    "eve": set(),
    "modesty": {"public", "private"},
}


@check("public.dj_sessions")
def sessions_are_read_by_who_reads_the_room(stage: Stage) -> None:
    assert shown(stage, "public.dj_sessions") == EXPECTED
    with forbidden():
        stage.ada.run("select host_id from public.dj_sessions")


@check("public.queue_items")
def queues_are_read_by_who_reads_the_room(stage: Stage) -> None:
    assert shown(stage, "public.queue_items") == EXPECTED
    with forbidden():
        stage.ada.run("select added_by from public.queue_items")


@check("public.room_history")
def history_is_read_by_who_reads_the_room(stage: Stage) -> None:
    assert shown(stage, "public.room_history") == EXPECTED
    with forbidden():
        stage.ada.run("select dj_id from public.room_history")


def owners(stage: Stage, table: str, whose: str) -> None:
    """Rows of a table are read by whose they are alone."""
    play(stage)
    for name in (*READERS, "finn"):
        rows = stage.actor(name).run(f"select user_id from {table}")
        assert {row["user_id"] for row in rows} == ({person_id(name)} if name == whose else set())
    with forbidden():
        stage.visitor.run(f"select user_id from {table}")


@check("public.rotation_slots")
def places_in_the_rotation_are_ones_own(stage: Stage) -> None:
    owners(stage, "public.rotation_slots", "finn")


@check("public.session_contributors")
def who_may_add_tracks_reads_so(stage: Stage) -> None:
    owners(stage, "public.session_contributors", "finn")


@check("public.queue_votes")
def votes_are_ones_own(stage: Stage) -> None:
    owners(stage, "public.queue_votes", "cleo")


@check("public.skip_votes")
def votes_to_skip_are_ones_own(stage: Stage) -> None:
    owners(stage, "public.skip_votes", "cleo")
