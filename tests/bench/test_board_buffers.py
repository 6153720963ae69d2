"""The suites of leaderboards at a small size, and the gate on what a page and a rank touch."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from bench.boards import ASKED, BUFFERS, Boards, against_redis, counting
from bench.generate import Size, make_people, make_posts
from bench.place import Place
from devstack.parts.postgres import PostgresServer
from devstack.schema import load_schema
from tests.database import Database
from tests.schema.counters.boards import LAWS

SIZE = Size(people=300, posts=50, reposts=0, likes=0, scored=4_000, degrees=(20,), depth=0)


@pytest.fixture(scope="module")
def place(server: PostgresServer, clone: Callable[[str], Database]) -> Place:
    """Four thousand people on a board, and four hundred."""
    names = []
    for share in (0.1, 1.0):
        database = clone("platform")
        load_schema(database.url())
        size = SIZE.part(share)
        make_people(server, database.name, size, say=lambda _: None)
        make_posts(server, database.name, size, say=lambda _: None)
        names.append(database.name)
    small, big = names
    return Place(server, small, big, big)


@pytest.mark.parametrize("name", ASKED)
def test_a_board_touches_few_buffers_however_many_stand_on_it(name: str, place: Place) -> None:
    found = []
    for database in (place.small, place.big):
        boards = Boards.of(place, database)
        found.append(boards.buffers(ASKED[name]))
        boards.community.close()
    assert found[1] <= BUFFERS[name]
    assert found[1] <= 1.3 * found[0] + 20


def test_what_is_generated_is_what_the_roll_up_would_have_made(place: Place) -> None:
    boards = Boards.of(place, place.big)
    for law, query in LAWS.items():
        if "ledger" not in law:
            assert boards.community.owner.connection.execute(query.encode()).fetchall() == []
    rows = boards.community.reader.run("select * from public.leaderboard('djs')")
    assert rows.ntuples == 50
    boards.community.close()


def test_boards_are_counted_and_compared(place: Place) -> None:
    assert all(result.value > 0 for result in counting(place, number=1))
    compared = against_redis(place, number=1)
    assert len(compared) == (shutil.which("redis-server") is not None)
    assert all(result.value > 0 for result in compared)
