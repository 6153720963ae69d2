"""The API as any client reaches it: through the gateway, with any token one cares to mint."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import jwt
import psycopg
from psycopg.rows import dict_row

from tests.database import Connection, digest, sign_up
from tests.http.bad_input import Rpc, rpcs
from tests.plugins.stack import RunningStack

# Everything that a refused request must leave as it was.
DIGESTED = ("public", "private", "storage")
PERSON = {"ada": "http_ada", "ben": "http_ben", "cleo": "http_cleo", "boss": "http_boss"}


@dataclass(frozen=True)
class Api:
    """A running stack with some people in it, a client, and a connection as the owner."""

    stack: RunningStack
    client: httpx.Client
    people: dict[str, uuid.UUID]
    watcher: Connection

    def token(self, name: str, secret: str | None = None, **claims: Any) -> str:
        """An access token of one of the people; claims of one's own win, None removes one."""
        payload: dict[str, Any] = {
            "sub": str(self.people[name]),
            "role": "authenticated",
            "aud": "authenticated",
            "exp": int(time.time()) + 3600,
            **claims,
        }
        kept = {key: value for key, value in payload.items() if value is not None}
        return jwt.encode(kept, secret or self.stack.jwt_secret, "HS256")

    def headers(self, name: str) -> dict[str, str]:
        """Key and token of one of the people, of visitor, or of service."""
        if name == "service":
            return {"apikey": self.stack.secret_key}
        key = {"apikey": self.stack.publishable_key}
        return key if name == "visitor" else {**key, "Authorization": f"Bearer {self.token(name)}"}

    def rpc(self, name: str, function: str, arguments: Any) -> httpx.Response:
        """Call an RPC; backend functions by their schema."""
        schema, _, short = function.rpartition(".")
        headers = {**self.headers(name), "Content-Type": "application/json"}
        if schema:
            headers["Content-Profile"] = schema
        # Escaped, so that half a surrogate pair can be sent too.
        body = json.dumps(arguments)
        return self.client.post(f"/rest/v1/rpc/{short}", content=body, headers=headers)

    def database(self) -> Connection:
        """A connection as the owner."""
        return psycopg.connect(self.stack.database_url, autocommit=True, row_factory=dict_row)

    def digest(self) -> dict[str, str]:
        """A digest of every table, to see what a request has changed.

        Whatever ends a transaction that could have written moves the log of what is written, also
        where it wrote to tables that are not logged: until then the last digest stands.
        """
        row = self.watcher.execute(
            "select pg_current_wal_insert_lsn()::text as place", prepare=True
        ).fetchone()
        assert row is not None
        if self._last.get("place") != row["place"]:
            self._last["digest"] = digest(self.watcher, DIGESTED)
            self._last["place"] = row["place"]
        return dict(self._last["digest"])

    @cached_property
    def _last(self) -> dict[str, Any]:
        return {}

    @cached_property
    def rpcs(self) -> dict[str, Rpc]:
        """Every RPC by its name; those of backend with their schema."""
        return {rpc.name: rpc for rpc in rpcs(self.watcher)}


def settle(database_url: str) -> dict[str, uuid.UUID]:
    """Sign people up, make the boss a super admin, and switch the social domain on."""
    people = {name: uuid.uuid4() for name in PERSON}
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("update public.feature_flags set is_enabled = true")
        for name, identity in people.items():
            metadata = {"username": PERSON[name], "display_name": name, "kind": "artist"}
            sign_up(connection, identity, f"{PERSON[name]}@x.test", metadata)
        connection.execute(
            "insert into private.staff (user_id, role) values (%s, 'super_admin')", [people["boss"]]
        )
    return people
