"""The log of moderation: appended by what moderators do, changed by nobody."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, person_id
from tests.rooms import enter_room, make_room


@pytest.fixture
def room(db: Connection, ada: Actor) -> uuid.UUID:
    """A room of ada's, out of which she has put ben, with a reason."""
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ada.call("remove_member", room_id=room, username="ben", reason="too loud")
    return room


def logged(db: Connection) -> list[dict[str, Any]]:
    """The whole log."""
    return db.execute("select * from public.moderation_log order by id").fetchall()


def leave(db: Connection, name: str, hours: int) -> None:
    """Have somebody's account be due to be erased in so many hours."""
    db.execute(
        "insert into private.account_deletions (user_id, erase_after)"
        " values (%s, now() + make_interval(hours => %s))",
        [person_id(name), hours],
    )


CHANGES = [
    "update public.moderation_log set action = 'nothing_happened'",
    "update public.moderation_log set data = data",
    "update public.moderation_log set reason = null",
    "update public.moderation_log set actor_id = null, reason = null",
    "update public.moderation_log set subject_id = null, reason = null",
    "update public.moderation_log set actor_id = subject_id, reason = null",
    "delete from public.moderation_log",
    "truncate public.moderation_log",
]


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_changes_it(db: Connection, statement: str) -> None:
    # Who leaves may still come back: their name stays until they are erased.
    leave(db, "ada", 1)
    leave(db, "ben", 1)
    before = logged(db)
    assert len(before) == 1
    with pytest.raises(psycopg.errors.RestrictViolation), db.transaction():
        db.execute(statement.encode())
    assert logged(db) == before


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("statement", CHANGES)
def test_people_and_the_service_hold_no_right_to(
    ada: Actor, rooty: Actor, visitor: Actor, service: Actor, statement: str
) -> None:
    for somebody in (ada, rooty, visitor, service):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            somebody.run(statement)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("statement", [each for each in CHANGES if "subject_id = null" not in each])
def test_an_erasure_changes_no_more_than_the_data_map_says(db: Connection, statement: str) -> None:
    leave(db, "ben", -1)
    before = logged(db)
    with pytest.raises(psycopg.errors.RestrictViolation), db.transaction():
        db.execute(statement.encode())
    assert logged(db) == before


@pytest.mark.usefixtures("room")
def test_whose_account_is_erased_is_taken_off_it_and_what_was_done_stays(
    db: Connection, service: Actor
) -> None:
    (before,) = logged(db)
    assert (before["actor_id"], before["subject_id"]) == (person_id("ada"), person_id("ben"))
    leave(db, "ben", -1)
    assert [row["is_erased"] for row in service.rows("backend.erase_due_accounts")] == [True]
    assert logged(db) == [{**before, "subject_id": None, "reason": None}]


def test_a_room_with_a_log_is_not_taken_out_of_the_database(
    db: Connection, room: uuid.UUID
) -> None:
    with pytest.raises(psycopg.IntegrityError), db.transaction():
        db.execute("delete from public.rooms where id = %s", [room])
    assert len(logged(db)) == 1
