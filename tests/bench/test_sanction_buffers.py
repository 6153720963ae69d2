"""What it costs a write that the banned and the muted are refused, in buffers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from statistics import fmean

import psycopg

from bench.rooms import HALL, Rooms
from bench.sanctions import LIKE, POSTS, SEND, UNLIKE, disarm
from devstack.parts.postgres import SUPERUSER, PostgresServer
from tests.bench.conftest import ROOMS_SIZE, generated_rooms
from tests.database import Database

# An index of those who are banned or muted, two or three pages deep; a message asks it twice.
MOST = 6
BAN = """
insert into public.sanctions (user_id, kind)
select id, 'ban' from public.profiles where username like 'person\\_%'
"""


def touched(rooms: Rooms) -> dict[str, float]:
    """How much a like and a message touch, on average: a page that fills up costs one call more."""
    hall = rooms.room(HALL)
    post = str(next(iter(rooms.owner.connection.execute(POSTS.encode())))[0])
    found = {}
    for name, call, undo, asked in (
        ("set_like", LIKE, UNLIKE, post),
        ("send_message", SEND, None, hall),
    ):
        touches = []
        for person in rooms.people * 8:
            rooms.reader.become(person)
            touches.append(rooms.reader.explain(call, asked))
            if undo:
                rooms.reader.run(undo, asked)
        # The first calls of a session read the catalog too.
        found[name] = fmean(touches[len(rooms.people) :])
    return found


def ban_some(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Ban others, so that there is something to look through."""
    banned = connection.execute(BAN.encode())
    assert banned.rowcount > 20
    connection.execute(b"vacuum (analyze) public.sanctions")


def test_a_write_touches_hardly_more_for_it(
    server: PostgresServer, clone: Callable[[str], Database]
) -> None:
    database = generated_rooms(server, clone, ROOMS_SIZE.part(0.05))
    found = []
    for change in (ban_some, disarm):
        with psycopg.connect(database.url(SUPERUSER), autocommit=True) as owner:
            change(owner)
        with closing(Rooms(database.url(), database.url(SUPERUSER))) as rooms:
            found.append(touched(rooms))
    asked, free = found
    more = {name: asked[name] - free[name] for name in asked}
    # A like asks a row that it reads anyway.
    assert abs(more["set_like"]) < 0.5
    assert 0.5 < more["send_message"] <= MOST
