"""Databases for a moment: a Postgres of its own with the platform on it, gone at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.parts.postgres import PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import free_port
from devstack.schema import SQL, load_schema

PLATFORM = "platform"


@contextmanager
def scratch_server() -> Iterator[PostgresServer]:
    """A running server with the database `platform` as Supabase provides it."""
    with tempfile.TemporaryDirectory(prefix="backbeat-") as folder:
        # Postgres runs as somebody else when root starts it.
        Path(folder).chmod(0o755)
        server = PostgresServer(
            Path(folder) / "data",
            free_port(),
            secret="scratch",
            fast=True,
            log=Path(folder) / "log",
        )
        server.initialise()
        server.start()
        try:
            server.wait()
            prepare_platform(server, PLATFORM)
            yield server
        finally:
            server.stop()


def build(server: PostgresServer, name: str, sql: Path | None = SQL) -> str:
    """The URL of a new database with the platform, and with sql/ unless that is None."""
    with server.connect("postgres") as connection:
        connection.execute(f"create database {name} template {PLATFORM}".encode())
    if sql is not None:
        load_schema(server.url(name), sql)
    return server.url(name)
