"""One Postgres server a session, one template; a clone or a rolled-back transaction a test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.pq import TransactionStatus

from devstack.parts.postgres import PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import free_port
from devstack.schema import load_schema
from tests.database import Actor, Connection, Database, actor, make_cast
from tests.policies.checks import Stage, set_stage

pytest_plugins = ["tests.plugins.order", "tests.plugins.stack"]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that every worker has."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


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
            connection.execute(f"create database {name} template {template} strategy file_copy")
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


@contextmanager
def kept(database: Database) -> Iterator[Callable[[], Connection]]:
    """A function that gives the same connection each time, as long as it is fit for use.

    A new one knows no table and no function yet: reading and planning them took half of each test.
    """
    connection = database.connect(autocommit=False)

    def connect() -> Connection:
        nonlocal connection
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
            connection = database.connect(autocommit=False)
        # Begins the transaction: psycopg would else commit after the first transaction() block.
        connection.execute("select")
        return connection

    yield connect
    connection.close()


@pytest.fixture(scope="session")
def connected(shared_database: Database) -> Iterator[Callable[[], Connection]]:
    """A function that gives the connection of the tests that roll back."""
    with kept(shared_database) as connect:
        yield connect


@pytest.fixture
def db(connected: Callable[[], Connection]) -> Iterator[Connection]:
    """A connection as the owner, in a transaction that is rolled back."""
    connection = connected()
    yield connection
    connection.rollback()


@pytest.fixture(scope="session")
def staged(clone: Callable[[str], Database], template: str) -> Iterator[Callable[[], Stage]]:
    """A function that gives the stage of checks.py, set once in a database of its own."""
    database = clone(template)
    with database.connect() as connection:
        made = set_stage(connection)
    with kept(database) as connect:
        yield lambda: made.seen_by(connect())


@pytest.fixture
def stage(staged: Callable[[], Stage]) -> Iterator[Stage]:
    """The cast with something to see; what is done to them is rolled back."""
    given = staged()
    yield given
    given.connection.rollback()


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
