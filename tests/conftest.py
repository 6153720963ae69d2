"""One Postgres server a session, one template; a clone or a rolled-back transaction a test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devstack.parts.postgres import PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import free_port
from devstack.schema import load_schema
from tests.database import Actor, Connection, Database, actor, make_cast

pytest_plugins = ["tests.plugins.stack"]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A running Postgres without durability, with `platform` as Supabase provides it."""
    home: Path = tmp_path_factory.mktemp("postgres")
    running = PostgresServer(home / "data", free_port(), secret="test", fast=True, log=home / "log")
    running.initialise()
    running.start()
    running.wait()
    try:
        prepare_platform(running, "platform")
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def clone(server: PostgresServer) -> Callable[[str], Database]:
    """A function that clones a database of the server under a new name."""

    def make(template: str) -> Database:
        name = f"test_{next(_numbers)}"
        with Database(server, "postgres").connect() as connection:
            connection.execute(f"create database {name} template {template}")
        return Database(server, name)

    return make


@pytest.fixture(scope="session")
def template(server: PostgresServer, clone: Callable[[str], Database]) -> str:
    """The name of a database with the schema of sql/ and the cast, to be cloned."""
    database = clone("platform")
    load_schema(database.url())
    with database.connect() as connection:
        make_cast(connection)
        connection.execute("vacuum analyze")
    return database.name


@pytest.fixture(scope="session")
def shared_database(clone: Callable[[str], Database], template: str) -> Database:
    """One clone for all tests that roll back."""
    return clone(template)


@pytest.fixture
def database(clone: Callable[[str], Database], template: str) -> Iterator[Database]:
    """A database of one's own, for tests that commit."""
    made = clone(template)
    yield made
    made.drop()


@pytest.fixture
def db(shared_database: Database) -> Iterator[Connection]:
    """A connection as the owner, in a transaction that is rolled back."""
    with shared_database.connect(autocommit=False) as connection:
        # Begins the transaction: psycopg would else commit after the first transaction() block.
        connection.execute("select")
        yield connection
        connection.rollback()


@pytest.fixture
def cast(db: Connection) -> Callable[[str], Actor]:
    """Anybody of the cast, on the rolled-back connection: cast("ada")."""
    return lambda name: actor(db, name)


def _named(name: str) -> Callable[[Connection], Actor]:
    def fixture(db: Connection) -> Actor:
        return actor(db, name)

    fixture.__doc__ = f"{name}, on the rolled-back connection."
    fixture.__name__ = name
    return fixture


for _name in (
    "ada",
    "ben",
    "cleo",
    "dan",
    "eve",
    "finn",
    "stranger",
    "modesty",
    "admiral",
    "rooty",
    "visitor",
    "service",
):
    globals()[_name] = pytest.fixture(_named(_name))
