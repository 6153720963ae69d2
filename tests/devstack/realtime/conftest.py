"""A relay on a database where membership in a room decides who may hear and speak."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import jwt
import psycopg
import pytest

from devstack.parts.postgres import PostgresServer
from devstack.processes import answers, free_port, spawn, stop, tail, wait_until

JWT_SECRET = "a-secret-for-tests-that-is-long-enough"
RECHECK_SECONDS = 0.3

ADA = UUID("00000000-0000-4000-8000-00000000000a")
BEN = UUID("00000000-0000-4000-8000-00000000000b")
STRANGER = UUID("00000000-0000-4000-8000-00000000000c")

ROOMS = """
create table public.room_members (
  topic text not null,
  user_id uuid not null,
  may_speak boolean not null default true,
  primary key (topic, user_id)
);
grant select on public.room_members to authenticated;

create policy select_member on realtime.messages
  for select to authenticated
  using (
    exists (
      select from public.room_members as member
      where member.topic = realtime.topic() and member.user_id = (select auth.uid())
    )
  );

create policy insert_speaker on realtime.messages
  for insert to authenticated
  with check (
    exists (
      select from public.room_members as member
      where member.topic = realtime.topic()
        and member.user_id = (select auth.uid())
        and member.may_speak
    )
  );
"""


def mint(
    role: str, user: UUID | None = None, lasts: float = 86_400, secret: str = JWT_SECRET
) -> str:
    """A token as Auth issues it."""
    claims: dict[str, object] = {"role": role, "aud": "authenticated", "exp": time.time() + lasts}
    if user is not None:
        claims["sub"] = str(user)
    return jwt.encode(claims, secret, "HS256")


ANON = mint("anon")
SERVICE = mint("service_role")


@dataclass(frozen=True)
class Stage:
    """A running relay and its database."""

    url: str
    log: Path
    server: PostgresServer
    database: str

    def sql(self, query: str, *values: object) -> None:
        """Run a statement as postgres, and commit it."""
        with self.server.connect(self.database) as connection:
            connection.execute(query, values)

    def room(self, *members: UUID, mute: bool = False) -> str:
        """The topic of a new room with these members."""
        topic = f"room:{uuid4()}"
        for member in members:
            self.sql("insert into public.room_members values (%s, %s, %s)", topic, member, not mute)
        return topic


@pytest.fixture(scope="session")
def rooms(server: PostgresServer) -> str:
    """The name of a database with rooms, to be cloned."""
    with server.connect() as connection:
        connection.execute("create database rooms template platform")
    with server.connect("rooms") as connection:
        connection.execute(ROOMS)
    return "rooms"


@contextmanager
def running_relay(
    server: PostgresServer, database: str, log: Path, **settings: str
) -> Iterator[Stage]:
    """Start a relay on a copy of the rooms."""
    with server.connect() as connection:
        connection.execute(f"create database {database} template rooms")
    port = free_port()
    environment = {
        **os.environ,
        "REALTIME_PORT": str(port),
        "REALTIME_DATABASE_URL": server.url(database, "supabase_admin"),
        "JWT_SECRET": JWT_SECRET,
        **settings,
    }
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = spawn([sys.executable, "-m", "devstack.realtime"], env=environment, log=output)
    try:
        wait_until(
            lambda: answers(f"{url}/health"),
            alive=lambda: process.poll() is None,
            patience=90,
            what=f"the relay: {tail(log)}",
        )
        yield Stage(url, log, server, database)
    finally:
        stop(process)
        with server.connect() as connection:
            connection.execute(f"drop database {database} with (force)")


@pytest.fixture(scope="package")
def stage(
    server: PostgresServer, rooms: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    assert rooms
    log = tmp_path_factory.mktemp("relay") / "relay.log"
    with running_relay(
        server, "relay", log, REALTIME_RECHECK_SECONDS=str(RECHECK_SECONDS)
    ) as stage:
        yield stage


@pytest.fixture
def transaction(server: PostgresServer, rooms: str) -> Iterator[psycopg.Connection]:
    """A connection as postgres whose work is rolled back."""
    with server.connect(rooms, autocommit=False) as connection:
        yield connection
        connection.rollback()
