"""A generated community of 20 000 of everything, made once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from bench.generate import Size, make_deep_lists, make_people, make_posts, readers
from bench.measure import Session
from bench.rooms import Rooms
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.schema import load_schema
from tests.database import Connection, Database

SIZE = Size(
    people=5_000,
    posts=20_000,
    reposts=10_000,
    likes=20_000,
    rows=20_000,
    degrees=(10, 200, 2_000),
    readers_each=4,
    depth=8_000,
)
ROOMS_SIZE = Size(people=1_000, posts=400, reposts=0, likes=0, rooms=4_000, degrees=(100,), depth=0)


@pytest.fixture(scope="session")
def generated(server: PostgresServer, clone: Callable[[str], Database]) -> Database:
    """The community, vacuumed; read only."""
    database = clone("platform")
    load_schema(database.url())
    make_people(server, database.name, SIZE, say=lambda _: None)
    make_posts(server, database.name, SIZE, say=lambda _: None)
    return database


@pytest.fixture(scope="session")
def deep(server: PostgresServer, clone: Callable[[str], Database]) -> Database:
    """Lists of thousands of rows, all of one person's, vacuumed; read only."""
    database = clone("platform")
    load_schema(database.url())
    make_deep_lists(server, database.name, SIZE, say=lambda _: None)
    return database


@pytest.fixture
def community(generated: Database) -> Iterator[Connection]:
    """A connection as the owner, in a transaction that is rolled back."""
    with generated.connect(autocommit=False) as connection:
        connection.execute("select")
        yield connection
        connection.rollback()


@pytest.fixture(scope="session")
def readers_of(generated: Database) -> dict[int, list[UUID]]:
    """The ids of those who follow exactly so many."""
    with generated.server.connect(generated.name) as connection:
        return {
            degree: [UUID(identity) for identity in readers(connection, degree)]
            for degree in SIZE.degrees
        }


@pytest.fixture
def reader(generated: Database) -> Iterator[Session]:
    """A session as role authenticated; become() whom you like."""
    session = Session(generated.url(), "authenticated")
    yield session
    session.close()


@pytest.fixture
def explained(generated: Database) -> Iterator[tuple[psycopg.Connection, list[str]]]:
    """A connection to the community that notes every plan."""
    with explaining(generated.url(SUPERUSER)) as noted:
        yield noted


@contextmanager
def explaining(url: str) -> Iterator[tuple[psycopg.Connection, list[str]]]:
    """A connection that notes the plan of every statement, also inside functions."""
    plans: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.add_notice_handler(
            lambda notice: plans.append(notice.message_primary or ""),
        )
        connection.execute("load 'auto_explain'")
        for name, value in {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_nested_statements": "on",
            "auto_explain.log_level": "notice",
            "client_min_messages": "notice",
        }.items():
            connection.execute("select set_config(%s, %s, false)", [name, value])
        yield connection, plans


def generated_rooms(
    server: PostgresServer, clone: Callable[[str], Database], size: Size
) -> Database:
    """A database with so many rooms."""
    database = clone("platform")
    load_schema(database.url())
    make_people(server, database.name, size, say=lambda _: None)
    make_posts(server, database.name, size, say=lambda _: None)
    return database


@pytest.fixture(scope="session")
def many(server: PostgresServer, clone: Callable[[str], Database]) -> Iterator[Rooms]:
    """Four thousand rooms."""
    database = generated_rooms(server, clone, ROOMS_SIZE)
    rooms = Rooms(database.url(), database.url(SUPERUSER))
    yield rooms
    rooms.close()


@pytest.fixture(scope="session")
def few(server: PostgresServer, clone: Callable[[str], Database]) -> Iterator[Rooms]:
    """A quarter of them: a common word has more matches than are ranked here too."""
    database = generated_rooms(server, clone, ROOMS_SIZE.part(0.25))
    rooms = Rooms(database.url(), database.url(SUPERUSER))
    yield rooms
    rooms.close()
