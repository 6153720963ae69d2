"""The server and the databases the suites run on: made once, kept under .devstack/bench."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from bench import generate
from bench.generate import Say, Size
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import ROOT, free_port
from devstack.schema import load_schema, source_files


class Closes(Protocol):
    """What holds connections."""

    def close(self) -> None:
        """Close them."""


Opened = TypeVar("Opened", bound=Closes)
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
    """The databases of one size on a running, durable server.

    deep: where lists of `size.depth` rows are; the big one, for a size that asks for none.
    """

    server: PostgresServer
    small: str
    big: str
    deep: str

    def url(self, database: str, role: str = "postgres") -> str:
        """A connection URL."""
        return self.server.url(database, role)

    @contextmanager
    def both(self, connect: Callable[[str, str], Opened]) -> Iterator[tuple[Opened, Opened]]:
        """The databases with many rows and with few, by their URLs as owner and as superuser."""
        with ExitStack() as opened:
            big, small = (
                opened.enter_context(closing(connect(self.url(name), self.url(name, SUPERUSER))))
                for name in (self.big, self.small)
            )
            yield big, small


@contextmanager
def running(home: Path = HOME) -> Iterator[PostgresServer]:
    """Start the server, and stop it at the end."""
    home.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(home / "data", free_port(), secret="bench", log=home / "log")
    server.initialise()
    server.start()
    try:
        server.wait()
        _prepare(server)
        yield server
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


def place(server: PostgresServer, size: Size, small: Size, say: Say) -> Place:
    """The databases of a size and of a smaller one, made where they are missing.

    They are named by all that made them: other SQL, other databases, and the former ones go.
    """
    schema = _digest([path.read_bytes() for path in (*source_files(), *generate.SQL.glob("*.sql"))])
    with server.connect("postgres", SUPERUSER) as connection:
        found = connection.execute(
            "select datname from pg_database where datname ~ '^(people|posts|deep)_'"
        ).fetchall()
        for (name,) in found:
            if name.split("_")[1] != schema:
                connection.execute(f'drop database "{name}" with (force)'.encode())

    def make(what: str, like: Size, template: str, fill: Callable[[str], None]) -> str:
        name = f"{what}_{schema}_{_digest([repr(like).encode()])}"
        with server.connect("postgres", SUPERUSER) as connection:
            known = connection.execute("select from pg_database where datname = %s", [name])
            if known.fetchone() is not None:
                return name
            say(f"making {name}")
            connection.execute("drop database if exists unfinished with (force)")
            connection.execute(
                f'create database unfinished template "{template}" owner postgres'.encode()
            )
        fill("unfinished")
        with server.connect("postgres", SUPERUSER) as connection:
            connection.execute(f'alter database unfinished rename to "{name}"'.encode())
        return name

    def fill_people(name: str) -> None:
        load_schema(server.url(name))
        generate.make_people(server, name, size, say)

    def fill_deep(name: str) -> None:
        load_schema(server.url(name))
        generate.make_deep_lists(server, name, size, say)

    people = make("people", size.part(0), "platform", fill_people)
    few = make("posts", small, people, lambda name: generate.make_posts(server, name, small, say))
    many = make("posts", size, people, lambda name: generate.make_posts(server, name, size, say))
    deep = make("deep", size.part(0), "platform", fill_deep) if size.depth else many
    return Place(server, few, many, deep)


def _digest(parts: Sequence[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(parts))).hexdigest()[:8]
