"""Who sees which track and which crate where: the written tables, cell by cell."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest

from tests.catalogue import (
    CRATE_VISIBILITIES,
    TRACK_STATUSES,
    join_crate,
    make_crate,
    make_song,
    make_upload,
)
from tests.database import Actor, Connection

# y: sees it. -: does not. All are ada's: blocked is blocked by ada, blocker blocks ada, muter mutes
# her, viewer and editor collaborate on each of her crates.
PLAYS = {
    "self": "ada",
    "follower": "ben",
    "stranger": "stranger",
    "viewer": "cleo",
    "editor": "admiral",
    "blocked": "dan",
    "blocker": "eve",
    "muter": "finn",
    "anon": "visitor",
    "staff": "modesty",
}
TRACKS = """
place       status      self follower stranger blocked blocker muter anon staff
can_see     draft       y    -        -        -       -       -     -    y
can_see     processing  y    -        -        -       -       -     -    y
can_see     published   y    y        y        -       -       y     y    y
can_see     hidden      y    -        -        -       -       -     -    y
can_see     removed     y    -        -        -       -       -     -    y
card        draft       y    -        -        -       -       -     -    y
card        processing  y    -        -        -       -       -     -    y
card        published   y    y        y        -       -       y     y    y
card        hidden      y    -        -        -       -       -     -    y
card        removed     y    -        -        -       -       -     -    y
table       draft       y    -        -        -       -       -     -    y
table       processing  y    -        -        -       -       -     -    y
table       published   y    y        y        -       -       y     y    y
table       hidden      y    -        -        -       -       -     -    y
table       removed     y    -        -        -       -       -     -    y
"""
CRATES = """
place       audience    self follower stranger viewer blocked blocker muter anon staff
can_see     public      y    y        y        y      -       -       y     y    y
can_see     unlisted    y    y        y        y      -       -       y     y    y
can_see     followers   y    y        -        y      -       -       y     -    y
can_see     private     y    -        -        y      -       -       -     -    y
can_see     deleted     -    -        -        -      -       -       -     -    -
card        public      y    y        y        y      -       -       y     y    y
card        unlisted    y    y        y        y      -       -       y     y    y
card        followers   y    y        -        y      -       -       y     -    y
card        private     y    -        -        y      -       -       -     -    y
card        deleted     -    -        -        -      -       -       -     -    -
table       public      y    y        y        y      -       -       y     y    y
table       unlisted    y    -        -        y      -       -       -     -    y
table       followers   y    y        -        y      -       -       y     -    y
table       private     y    -        -        y      -       -       -     -    y
table       deleted     -    -        -        -      -       -       -     -    -
items       public      y    y        y        y      -       -       y     y    y
items       unlisted    y    -        -        y      -       -       -     -    y
items       followers   y    y        -        y      -       -       y     -    y
items       private     y    -        -        y      -       -       -     -    y
items       deleted     -    -        -        -      -       -       -     -    -
"""
Things = dict[str, uuid.UUID]


def written(table: str) -> list[tuple[str, str, str, str]]:
    """(place, kind, person, mark) of each cell."""
    header, *lines = table.strip().splitlines()
    people = header.split()[2:]
    return [
        (place, kind, person, mark)
        for place, kind, *marks in (line.split() for line in lines)
        for person, mark in zip(people, marks, strict=True)
    ]


@pytest.fixture
def ties(cast: Callable[[str], Actor]) -> None:
    """Everybody stands to ada as the tables say, but for the collaborators."""
    for follower in ("ben", "finn"):
        cast(follower).call("follow", username="ada")
    cast("finn").call("mute", username="ada")
    cast("ada").call("block", username="dan")
    cast("eve").call("block", username="ada")


@pytest.fixture
def uploads(ties: None, db: Connection) -> Things:
    """An upload of ada's in each state."""
    return {status: make_upload(db, "ada", status) for status in TRACK_STATUSES}


@pytest.fixture
def crates(ties: None, db: Connection) -> Things:
    """A crate of ada's for each audience, each with a song; one of them deleted."""
    song = make_song(db)
    made = {kind: make_crate(db, "ada", kind, (song,)) for kind in CRATE_VISIBILITIES}
    for crate in made.values():
        join_crate(db, crate, "cleo", "viewer")
        join_crate(db, crate, "admiral", "editor")
    made["deleted"] = make_crate(
        db, "ada", title=None, deleted_at="2026-01-01T00:00:00Z", visibility="public"
    )
    return made


def asked(person: Actor, statement: str, thing: uuid.UUID) -> bool:
    """A private function's answer for this caller."""
    with person.session() as connection:
        connection.execute("reset role")
        row = connection.execute(statement, [thing]).fetchone()
    assert row is not None
    return bool(row["seen"])


def observe(kind: str, place: str, person: Actor, thing: uuid.UUID) -> str:
    """What really happens: y or -."""
    try:
        if place == "can_see":
            seen = asked(person, f"select private.can_see_{kind}(%s) as seen", thing)
        elif place == "card":
            statement = f"select private.{kind}_card(%s) is not null as seen"
            seen = asked(person, statement, thing)
        elif place == "items":
            seen = bool(person.run("select id from public.crate_items where crate_id = %s", thing))
        else:
            seen = bool(person.run(f"select id from public.{kind}s where id = %s", thing))
    except psycopg.Error as error:
        assert error.sqlstate == "PT404", error
        return "-"
    return "y" if seen else "-"


def wrong_cells(table: str, kind: str, cast: Callable[[str], Actor], things: Things) -> list[str]:
    """The cells that are not as they are written."""
    return [
        f"{place} of a {kind} ({state}) by {person}: {seen} instead of {mark}"
        for place, state, person, mark in written(table)
        if (seen := observe(kind, place, cast(PLAYS[person]), things[state])) != mark
    ]


def test_tracks_equal_the_written_table(cast: Callable[[str], Actor], uploads: Things) -> None:
    wrong = wrong_cells(TRACKS, "track", cast, uploads)
    assert not wrong, "\n".join(wrong)


def test_crates_equal_the_written_table(cast: Callable[[str], Actor], crates: Things) -> None:
    wrong = wrong_cells(CRATES, "crate", cast, crates)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("is_private", [False, True])
def test_the_policies_say_what_the_views_say(
    cast: Callable[[str], Actor],
    uploads: Things,
    crates: Things,
    db: Connection,
    is_private: bool,
) -> None:
    """The array form of each rule and its row form agree for everybody over everything."""
    make_song(db)
    make_upload(db, "dan")
    make_crate(db, "dan")
    if is_private:
        cast("ada").run("update public.profiles set is_private = true where username = 'ada'")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason)"
        " select id, 'deletion' from public.profiles where username = 'finn'"
    )
    make_upload(db, "finn")
    join_crate(db, make_crate(db, "finn"), "ben")
    for name in PLAYS.values():
        person = cast(name)
        for table, is_listed in (("tracks", "is_visible"), ("crates", "is_listed")):
            by_policy = {row["id"] for row in person.run(f"select id from public.{table}")}
            staff = "true" if table == "tracks" else "deleted_at is null"
            with person.session() as connection:
                connection.execute("reset role")
                by_view = {
                    row["id"]
                    for row in connection.execute(
                        f"select id from private.reader_{table}"
                        f" where {is_listed} or (private.is_staff() and {staff})"
                    )
                }
            assert by_policy == by_view, (name, table)


def test_a_private_profiles_crates_reach_at_most_their_followers(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, crates: Things
) -> None:
    ada.run("update public.profiles set is_private = true where username = 'ada'")
    for kind in CRATE_VISIBILITIES:
        expected = "-" if kind == "private" else "y"
        assert observe("crate", "can_see", ben, crates[kind]) == expected
        for other in (stranger, visitor):
            assert observe("crate", "can_see", other, crates[kind]) == "-"
    ada.run("update public.profiles set is_private = false where username = 'ada'")
    assert observe("crate", "can_see", visitor, crates["unlisted"]) == "y"


def test_a_block_ends_a_collaboration_from_either_side(
    ada: Actor, cleo: Actor, admiral: Actor, crates: Things, db: Connection
) -> None:
    ada.call("block", username="cleo")
    admiral.call("block", username="ada")
    assert db.execute("select from public.crate_collaborators").fetchall() == []
    ada.call("unblock", username="cleo")
    assert observe("crate", "can_see", cleo, crates["private"]) == "-"
