"""A generated community of 20 000 posts, made once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from bench.generate import Size, make_people, make_posts, readers
from devstack.parts.postgres import PostgresServer
from devstack.schema import load_schema
from tests.database import Connection, Database

SIZE = Size(
    people=5_000,
    posts=20_000,
    reposts=10_000,
    likes=20_000,
    degrees=(10, 200, 2_000),
    readers_each=4,
)


@pytest.fixture(scope="session")
def generated(server: PostgresServer, clone: Callable[[str], Database]) -> Database:
    """The community, vacuumed; read only."""
    database = clone("platform")
    load_schema(database.url())
    make_people(server, database.name, SIZE, say=lambda _: None)
    make_posts(server, database.name, SIZE, say=lambda _: None)
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
