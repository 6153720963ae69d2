"""Real databases for tests: cloned from a template, used as the people of a cast would."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from devstack.parts.postgres import SUPERUSER

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


def person_id(name: str) -> uuid.UUID:
    """The fixed id of somebody of the cast, the same in every database."""
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.backbeat.test")


# Who plays in the tests. visitor is nobody: the anonymous key.
CAST = {
    "ada": {"display_name": "Ada Lovelace", "kind": "artist"},
    "ben": {"display_name": "Ben"},
    "cleo": {"display_name": "Cleo"},
    "dan": {"display_name": "Dan"},
    "eve": {"display_name": "Eve"},
    "finn": {"display_name": "Finn"},
    "stranger": {"display_name": "Stranger"},
    "modesty": {"display_name": "Modesty (moderator)"},
    "admiral": {"display_name": "Admiral (admin)"},
    "rooty": {"display_name": "Rooty (super admin)"},
}
# In one statement, as tests run it tens of thousands of times.
BECOME = """
  select set_config('request.jwt.claims', %s, true),
    set_config('request.jwt.claim.sub', %s, true),
    set_config('request.jwt.claim.role', %s, true),
    set_config('role', %s, true)
"""
STAFF = {"modesty": "moderator", "admiral": "admin", "rooty": "super_admin"}


@dataclass(frozen=True)
class Actor:
    """Somebody who talks to the database as PostgREST would let them.

    Each call runs with the transaction-local role and claims PostgREST sets: in a transaction of
    its own, or in a savepoint when the connection is inside one.
    """

    connection: Connection
    name: str
    id: uuid.UUID | None
    role: str

    def become(self) -> None:
        """Be this person until `leave`, or until the transaction or savepoint is rolled back."""
        claims = {"role": self.role, "aud": "authenticated"}
        if self.id is not None:
            claims["sub"] = str(self.id)
        self.connection.execute(BECOME, [json.dumps(claims), str(self.id or ""), *[self.role] * 2])

    def leave(self) -> None:
        """Be the owner of the database again."""
        self.connection.execute(BECOME, ["", "", "", "none"])

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A (nested) transaction as this person."""
        with self.connection.transaction():
            self.become()
            yield self.connection
            # A refused statement rolls the role back by itself; a successful one must do it here.
            self.leave()

    def run(self, statement: str, *parameters: Any) -> list[Row]:
        """The rows of one statement (none for one that returns nothing)."""
        with self.session() as connection:
            cursor = connection.execute(statement, list(parameters))
            return cursor.fetchall() if cursor.description else []

    def count(self, statement: str, *parameters: Any) -> int:
        """How many rows one statement touched."""
        with self.session() as connection:
            return connection.execute(statement, list(parameters)).rowcount

    def rows(self, function: str, **arguments: Any) -> list[Row]:
        """The rows an RPC returns; function is public unless a schema is named."""
        name = function if "." in function else f"public.{function}"
        listed = ", ".join(f"{key} => %s" for key in arguments)
        return self.run(f"select * from {name}({listed})", *arguments.values())

    def call(self, function: str, **arguments: Any) -> Any:
        """The one value (or row) an RPC returns."""
        (row,) = self.rows(function, **arguments)
        short = function.rsplit(".", 1)[-1]
        return row[short] if list(row) == [short] else row

    def post(self, body: str = "hello", **arguments: Any) -> uuid.UUID:
        """Post a text and return its id."""
        identity = self.call("create_post", kind="text", body=body, **arguments)["id"]
        assert isinstance(identity, uuid.UUID)
        return identity


@dataclass(frozen=True)
class Database:
    """One database of the test server."""

    server: Any
    name: str

    def url(self, role: str = "postgres") -> str:
        """A connection URL for a role."""
        return str(self.server.url(self.name, role))

    def connect(self, role: str = "postgres", *, autocommit: bool = True) -> Connection:
        """A new connection, rows as dictionaries."""
        return psycopg.connect(self.url(role), autocommit=autocommit, row_factory=dict_row)

    def drop(self) -> None:
        """Drop it, whoever is connected: the superuser may end a vacuum of the server's own."""
        with self.server.connect("postgres", SUPERUSER) as connection:
            connection.execute(f"drop database {self.name} with (force)")


def actor(connection: Connection, name: str) -> Actor:
    """Somebody of the cast, visitor (anon) or service (service_role) on this connection."""
    if name == "visitor":
        return Actor(connection, name, None, "anon")
    if name == "service":
        return Actor(connection, name, None, "service_role")
    return Actor(connection, name, person_id(name), "authenticated")


def sign_up(connection: Connection, identity: uuid.UUID, email: str, metadata: Any) -> None:
    """What the auth server does for a new account."""
    connection.execute(
        "insert into auth.users (id, email, raw_user_meta_data) values (%s, %s, %s::jsonb)",
        [identity, email, metadata if isinstance(metadata, str) else json.dumps(metadata)],
    )


def make_cast(connection: Connection) -> None:
    """Everybody of the cast, with the social domain switched on."""
    connection.execute("update public.feature_flags set is_enabled = true")
    for name, metadata in CAST.items():
        sign_up(
            connection, person_id(name), f"{name}@backbeat.test", {"username": name, **metadata}
        )
    for name, role in STAFF.items():
        connection.execute(
            "insert into private.staff (user_id, role) values (%s, %s)", [person_id(name), role]
        )


def digest(connection: Connection, schemas: tuple[str, ...]) -> dict[str, str]:
    """A digest of every table of some schemas."""
    row = connection.execute(
        "select string_agg(format($$select %%L as name,"
        " md5(string_agg(item::text, '|' order by item::text)) as digest from %%s as item$$,"
        " class.oid::regclass, class.oid::regclass), ' union all ' order by class.oid) as text"
        " from pg_class as class"
        " where class.relkind = 'r' and class.relnamespace::regnamespace::text = any (%s)",
        [list(schemas)],
        prepare=True,
    ).fetchone()
    assert row is not None
    # Hundreds of tables take longer to plan than to read.
    found = connection.execute(row["text"].encode(), prepare=True).fetchall()
    return {each["name"]: each["digest"] for each in found}


@contextmanager
def refused(status: int, token: str) -> Iterator[pytest.ExceptionInfo[psycopg.Error]]:
    """Expect one of Backbeat's own refusals: the HTTP status and the token."""
    with pytest.raises(psycopg.Error) as caught:
        yield caught
    assert (caught.value.sqlstate, caught.value.diag.message_primary) == (f"PT{status}", token)


@contextmanager
def forbidden() -> Iterator[None]:
    """Expect that a grant or a policy's check is missing."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        yield
