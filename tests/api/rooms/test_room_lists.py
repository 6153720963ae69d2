"""Finding rooms: new ones, by name, one's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Actor, Connection, Row, forbidden, refused
from tests.rooms import enter_room, make_room


def pages(reader: Actor, function: str, page_size: int = 2, **arguments: Any) -> list[Row]:
    """The rooms of a list over all its pages."""
    found: list[Row] = []
    after = None
    while page := reader.rows(function, **arguments, after=after, page_size=page_size):
        found += page
        after = page[-1]["cursor"]
    return found


def names(rows: list[Row]) -> list[str]:
    """The names of rooms."""
    return [row["name"] for row in rows]


def test_new_rooms_come_first_of_a_genre_or_of_all(db: Connection, visitor: Actor) -> None:
    for number in range(5):
        make_room(db, "ada", name=f"room {number}", genre="techno" if number % 2 else None)
    listed = pages(visitor, "discover_rooms")
    assert names(listed) == ["room 4", "room 3", "room 2", "room 1", "room 0"]
    assert listed[0]["owner"]["username"] == "ada"
    assert names(pages(visitor, "discover_rooms", 1, genre="techno")) == ["room 3", "room 1"]
    assert pages(visitor, "discover_rooms", genre="house") == []


def test_rooms_are_found_by_their_names(db: Connection, ben: Actor) -> None:
    for name in ("Techno", "Techno Bunker", "Deep techno", "Jazz", "100% te_hno"):
        make_room(db, "ada", name=name, genre="techno" if name != "Techno" else None)
    assert names(pages(ben, "discover_rooms", 1, query="TECHNO")) == [
        "Techno", "Techno Bunker", "Deep techno",
    ]  # fmt: skip
    assert names(pages(ben, "discover_rooms", query="techno", genre="techno")) == [
        "Techno Bunker", "Deep techno",
    ]  # fmt: skip
    assert names(pages(ben, "discover_rooms", query="0% te_")) == ["100% te_hno"]
    assert names(pages(ben, "discover_rooms", query="ja")) == ["Jazz"]
    assert pages(ben, "discover_rooms", query="zz") == []
    with refused(422, "query_too_short"):
        ben.rows("discover_rooms", query="t")


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_only_public_rooms_are_listed_or_found(
    visibility: str, db: Connection, ada: Actor, ben: Actor
) -> None:
    make_room(db, "ada", visibility, name="Hideout", genre="techno")
    for reader in (ada, ben):
        assert reader.rows("discover_rooms") == []
        for query in ("hideout", "hi"):
            assert reader.rows("discover_rooms", query=query) == []
        assert reader.rows("discover_rooms", genre="techno") == []
    assert names(ada.rows("my_rooms")) == ["Hideout"]


def test_an_unlisted_room_is_read_by_its_id(db: Connection, ben: Actor, visitor: Actor) -> None:
    room = make_room(db, "ada", "unlisted", name="Hideout")
    for reader in (ben, visitor):
        state = reader.call("room_state", room_id=room)
        assert (state["name"], state["can_read"]) == ("Hideout", reader is ben)
        assert reader.run("select id from public.rooms") == []


def test_ones_own_rooms_are_those_one_is_in(db: Connection, ben: Actor, visitor: Actor) -> None:
    for number in range(3):
        room = make_room(db, "ada", "private", name=f"room {number}")
        enter_room(db, room, "ben", "moderator" if number else "member")
        db.execute(
            "update public.room_members set joined_at = now() + make_interval(hours => %s)"
            " where room_id = %s",
            [number, room],
        )
    mine = pages(ben, "my_rooms")
    assert [(row["name"], row["my_role"]) for row in mine] == [
        ("room 2", "moderator"), ("room 1", "moderator"), ("room 0", "member"),
    ]  # fmt: skip
    with forbidden():
        visitor.rows("my_rooms")


def test_an_owner_whom_one_cannot_see_is_not_named(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ada.call("block", username="ben")
    assert ben.call("room_state", room_id=room)["owner"] is None
    (mine,) = ben.rows("my_rooms")
    assert mine["owner"] is None


@pytest.mark.parametrize("function", ["discover_rooms", "trending_rooms", "my_rooms"])
def test_a_cursor_of_another_list_is_refused(function: str, db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    ada.call("heartbeat", room_id=room)
    with refused(422, "bad_cursor"):
        ada.rows(function, after="abcdef")
    (member,) = ada.rows("room_members", room_id=room)
    with refused(422, "bad_cursor"):
        ada.rows(function, after=member["cursor"])


def test_a_cursor_of_another_search_is_refused(db: Connection, ada: Actor) -> None:
    make_room(db, "ada", name="techno")
    (row,) = ada.rows("discover_rooms", query="techno")
    with refused(422, "bad_cursor"):
        ada.rows("discover_rooms", query="house", after=row["cursor"])
