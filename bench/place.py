"""The server and the databases the suites run on: made once, kept under .devstack/bench."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench import generate
from bench.generate import Say, Size
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import ROOT, free_port
from devstack.schema import load_schema, source_files

HOME = ROOT / ".devstack" / "bench"
SETTINGS = {
    "shared_buffers": "4GB",
    "effective_cache_size": "12GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
"""Everything in memory, nothing in the background: what is measured is the work, not the disk."""


@dataclass(frozen=True)
class Place:
    """A running, durable server with the databases of one size."""

    server: PostgresServer
    small: str
    big: str
    deep: str

    def url(self, database: str, role: str = "postgres") -> str:
        """A connection URL."""
        return self.server.url(database, role)


@contextmanager
def place(size: Size, small_posts: int, say: Say, home: Path = HOME) -> Iterator[Place]:
    """Start the server, make what databases are missing, stop it at the end."""
    home.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(home / "data", free_port(), secret="bench", log=home / "log")
    server.initialise()
    server.start()
    try:
        server.wait()
        _prepare(server)
        yield _databases(server, size, small_posts, say)
    finally:
        server.stop()


def _prepare(server: PostgresServer) -> None:
    """Set the server up and make the database `platform`, unless that was done."""
    with server.connect("postgres", SUPERUSER) as connection:
        known = connection.execute("select from pg_database where datname = 'platform'")
        if known.fetchone() is not None:
            return
        connection.execute("drop database if exists unfinished with (force)")
        for name, value in SETTINGS.items():
            connection.execute(f"alter system set {name} = '{value}'".encode())
    server.stop()
    server.start()
    server.wait()
    prepare_platform(server, "unfinished")
    with server.connect("postgres", SUPERUSER) as connection:
        connection.execute("alter database unfinished rename to platform")


def _databases(server: PostgresServer, size: Size, small_posts: int, say: Say) -> Place:
    part = small_posts / size.posts
    small = replace(
        size,
        posts=small_posts,
        reposts=round(size.reposts * part),
        likes=round(size.likes * part),
    )
    mark = _digest(repr((size, small_posts)))
    names = [f"{what}_{mark}" for what in ("people", "small", "big", "deep")]
    people, small_name, big_name, deep_name = names
    with server.connect("postgres", SUPERUSER) as connection:
        for (name,) in connection.execute("select datname from pg_database").fetchall():
            if name.split("_")[0] in ("people", "small", "big", "deep") and name not in names:
                connection.execute(f'drop database "{name}" with (force)'.encode())

    def make(name: str, template: str, fill: Callable[[str], None]) -> None:
        with server.connect("postgres", SUPERUSER) as connection:
            known = connection.execute("select from pg_database where datname = %s", [name])
            if known.fetchone() is not None:
                return
            say(f"making {name}")
            connection.execute("drop database if exists unfinished with (force)")
            connection.execute(
                f'create database unfinished template "{template}" owner postgres'.encode()
            )
        fill("unfinished")
        with server.connect("postgres", SUPERUSER) as connection:
            connection.execute(f'alter database unfinished rename to "{name}"'.encode())

    def fill_people(name: str) -> None:
        load_schema(server.url(name))
        generate.make_people(server, name, size, say)

    def fill_deep(name: str) -> None:
        load_schema(server.url(name))
        generate.make_deep_lists(server, name, size, say)

    make(people, "platform", fill_people)
    make(small_name, people, lambda name: generate.make_posts(server, name, small, say))
    make(big_name, people, lambda name: generate.make_posts(server, name, size, say))
    make(deep_name, "platform", fill_deep)
    return Place(server, small_name, big_name, deep_name)


def _digest(size: str) -> str:
    """Names databases by all that made them: other SQL, other databases."""
    digest = hashlib.sha256(size.encode())
    for path in [*source_files(), *sorted(generate.SQL.glob("*.sql"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
