"""Who is in a room, for who may read it."""

from __future__ import annotations

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import ban_from_room, be_seen, enter_room, make_invite, make_room


def names(reader: Actor, room: object) -> list[str]:
    """The usernames in the list of members, over all its pages."""
    found: list[str] = []
    after = None
    while page := reader.rows("room_members", room_id=room, after=after, page_size=2):
        found += [row["username"] for row in page]
        after = page[-1]["cursor"]
    return found


def test_the_owner_comes_first_then_moderators_then_the_newest(db: Connection, eve: Actor) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo", "dan"):
        enter_room(db, room, name, "moderator" if name == "cleo" else "member")
    db.execute(
        "update public.room_members set joined_at = now() - interval '1 day' where user_id = %s",
        [person_id("ben")],
    )
    assert names(eve, room) == ["ada", "cleo", "dan", "ben"]


def test_who_was_seen_just_now_is_active(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    be_seen(db, room, "ada", 10)
    be_seen(db, room, "ben", 90)
    active = {row["username"]: row["is_active"] for row in ada.rows("room_members", room_id=room)}
    assert active == {"ada": True, "ben": False}


def test_who_is_leaving_or_across_a_block_is_not_listed(
    db: Connection, ada: Actor, ben: Actor, dan: Actor, modesty: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo", "dan"):
        enter_room(db, room, name)
    dan.call("block", username="ada")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id("cleo")],
    )
    assert set(names(ada, room)) == {"ada", "ben"}
    assert set(names(dan, room)) == {"ben", "dan"}
    assert set(names(ben, room)) == {"ada", "ben", "dan"}
    assert set(names(modesty, room)) == {"ada", "ben", "cleo", "dan"}


def test_a_private_room_has_no_members_for_those_outside(db: Connection) -> None:
    room = make_room(db, "ada", "private")
    for name in ("stranger", "admiral"):
        listed = actor(db, name)
        if name == "admiral":
            assert names(listed, room) == ["ada"]
        else:
            with refused(404, "room_not_found"):
                listed.rows("room_members", room_id=room)
    make_invite(db, room, "ben")
    with refused(403, "not_a_member"):
        actor(db, "ben").rows("room_members", room_id=room)


def test_who_is_banned_reads_nothing_until_it_ends(db: Connection, ben: Actor, cleo: Actor) -> None:
    room = make_room(db, "ada")
    ban_from_room(db, room, "ben", 5)
    ban_from_room(db, room, "cleo", -5)
    with refused(403, "banned_from_room"):
        ben.rows("room_members", room_id=room)
    assert names(cleo, room) == ["ada"]


@pytest.mark.parametrize("after", ["abc", "nonsense"])
def test_cursors_of_other_lists_are_refused(after: str, db: Connection, ada: Actor) -> None:
    room, other = make_room(db, "ada"), make_room(db, "ada")
    with refused(422, "bad_cursor"):
        ada.rows("room_members", room_id=room, after=after)
    (row,) = ada.rows("room_members", room_id=other)
    with refused(422, "bad_cursor"):
        ada.rows("room_members", room_id=room, after=row["cursor"])
