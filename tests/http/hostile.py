"""The community of tests/hostile.py on a running stack, and people who are up to no good in it."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from tests.database import CAST, make_cast, person_id
from tests.hostile import Table, is_mine, read_tables, settle_community
from tests.http.api import Api
from tests.oracle import Row, World, read_world
from tests.plugins.stack import RunningStack

# bcrypt of PASSWORD, so that everybody signs in as people do.
PASSWORD = "backbeat-demo-1"
HASH = "$2b$10$cWENPmn58zGu.5xoG1pBquiSUd7ggX4LqxklA69VFQD3KIrCxH.uC"
# Tied to nobody and to everybody, blocked, of the staff, without an account.
ATTACKERS = ("visitor", "finn", "stranger", "dan", "ben", "cleo", "modesty")


@dataclass(frozen=True)
class Hostile:
    """A stack with the community in it, and what its owner knows of it."""

    api: Api
    tokens: dict[str, str]
    tables: dict[str, Table]

    @cached_property
    def world(self) -> World:
        """Every row, as it was before anybody tried anything."""
        return read_world(self.api.watcher)

    def headers(self, name: str) -> dict[str, str]:
        """The key, and the token the auth server gave somebody."""
        key = {"apikey": self.api.stack.publishable_key}
        return key if name == "visitor" else {**key, "Authorization": f"Bearer {self.tokens[name]}"}

    def send(self, name: str, method: str, path: str, **more: Any) -> httpx.Response:
        """A request as somebody."""
        headers = {**self.headers(name), **more.pop("headers", {})}
        return self.api.client.request(method, path, headers=headers, **more)


@contextmanager
def hostile(stack: RunningStack) -> Iterator[Hostile]:
    """Settle the community, and sign everybody in."""
    with (
        httpx.Client(base_url=stack.url, timeout=90, trust_env=False) as client,
        psycopg.connect(
            stack.database_url,
            autocommit=True,
            row_factory=dict_row,
            options="-c max_parallel_workers_per_gather=0",
        ) as watcher,
    ):
        make_cast(watcher)
        settle_community(watcher)
        for name in CAST:
            _give_password(watcher, name)
        watcher.execute("vacuum analyze")
        api = Api(stack, client, {name: person_id(name) for name in CAST}, watcher)
        yield Hostile(api, {name: _sign_in(api, name) for name in CAST}, read_tables(watcher))


def _give_password(watcher: psycopg.Connection[Any], name: str) -> None:
    identity = person_id(name)
    watcher.execute(
        "update auth.users set aud = 'authenticated', role = 'authenticated', email = %s,"
        " encrypted_password = %s, email_confirmed_at = now(), confirmation_token = '',"
        " recovery_token = '', email_change = '', email_change_token_new = '',"
        ' raw_app_meta_data = \'{"provider": "email", "providers": ["email"]}\','
        " created_at = now(), updated_at = now() where id = %s",
        [f"{name}@backbeat.test", HASH, identity],
    )
    data = {"sub": str(identity), "email": f"{name}@backbeat.test", "email_verified": True}
    watcher.execute("delete from auth.identities where user_id = %s", [identity])
    watcher.execute(
        "insert into auth.identities (id, user_id, provider, provider_id, identity_data,"
        " last_sign_in_at, created_at, updated_at)"
        " values (gen_random_uuid(), %s, 'email', %s, %s, now(), now(), now())",
        [identity, str(identity), json.dumps(data)],
    )


def _sign_in(api: Api, name: str) -> str:
    answer = api.client.post(
        "/auth/v1/token?grant_type=password",
        json={"email": f"{name}@backbeat.test", "password": PASSWORD},
        headers={"apikey": api.stack.publishable_key},
    )
    assert answer.is_success, answer.text
    return str(answer.json()["access_token"])


@dataclass(frozen=True)
class Try:
    """One request, and the table (or RPC) it is aimed at."""

    kind: str
    target: str
    method: str
    path: str
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()


class Requests:
    """Makes up requests of one person at the rows of others."""

    def __init__(
        self, scene: Hostile, name: str, dice: random.Random, tables: set[str] | None = None
    ) -> None:
        self.scene, self.name, self.dice = scene, name, dice
        self.me = None if name == "visitor" else str(person_id(name))
        self.role = "anon" if name == "visitor" else "authenticated"
        self.targets = {
            table.name: others
            for table in scene.tables.values()
            if (tables is None or table.name in tables)
            and (
                others := [
                    row
                    for row in scene.world.rows[table.name]
                    if not is_mine(scene.world, table, row, self.me)
                ]
            )
        }
        self.writable = [name for name in self.targets if scene.tables[name].is_writable]

    def choose(self) -> Try:
        """Any request at any row of any table."""
        kind = self.dice.choice(
            (self.read, self.read, self.read_of, self.read_all, self.embed, self.embed, self.count,
             self.patch, self.patch, self.delete, self.post, self.upsert, self.put, self.closed)
        )  # fmt: skip
        is_write = kind.__name__ in ("patch", "delete", "post", "upsert", "put")
        names = list(self.targets)
        if is_write and self.writable and self.dice.random() < 0.5:
            names = self.writable
        table = self.scene.tables[self.dice.choice(names)]
        return kind(table, self.dice.choice(self.targets[table.name]))

    def miscounted(self, tried: Try, answer: httpx.Response) -> str | None:
        """Whether a count tells of a row that is not for who asks; a key is of one row."""
        if not answer.is_success or not answer.headers["content-range"].endswith("/1"):
            return None
        table = self.scene.tables[tried.target]
        row = next(
            row for row in self.targets[table.name] if tried.path.endswith(self.at(table, row))
        )
        is_shown = self.scene.world.sees(self.me, table.name, row)
        return None if is_shown else f"counted: {row}"

    def at(self, table: Table, row: Row) -> str:
        """The filter that finds a row by its key."""
        return "&".join(f"{name}=eq.{quoted(row[name])}" for name in table.key)

    def columns(self, table: Table) -> str:
        """What may be read of a table, for `select`."""
        return ",".join(table.readable[self.role]) or "*"

    def read(self, table: Table, row: Row) -> Try:
        select = self.columns(table) if self.dice.random() < 0.8 else "*"
        path = f"{table.name}?select={select}&{self.at(table, row)}"
        return Try("read", table.name, "GET", path)

    def read_of(self, table: Table, row: Row) -> Try:
        if not table.people:
            return self.read(table, row)
        column = self.dice.choice(table.people)
        path = f"{table.name}?select={self.columns(table)}&{column}=eq.{row[column]}"
        return Try("read", table.name, "GET", path)

    def read_all(self, table: Table, _: Row) -> Try:
        ends = ("", "&limit=1000", f"&order={table.key[0]}.desc", "&offset=1")
        path = f"{table.name}?select={self.columns(table)}{self.dice.choice(ends)}"
        return Try("read", table.name, "GET", path)

    def embed(self, table: Table, row: Row) -> Try:
        """What refers to a row, read through what it refers to; and the other way round."""
        ways = [
            (other, reference)
            for other in self.scene.tables.values()
            for reference in other.references
            if table.name in (other.name, reference.table) and other.name != reference.table
        ]
        if not ways:
            return self.read(table, row)
        other, reference = self.dice.choice(ways)
        inner = other.name if reference.table == table.name else reference.table
        hint = ",".join(reference.columns)
        how = self.dice.choice(("", "!inner", "!left"))
        name = f"{inner}!{hint}{how}" if len(reference.columns) == 1 else f"{inner}{how}"
        inside = ",".join(self.scene.tables[inner].readable[self.role]) or "*"
        select = f"{self.columns(table)},{name}({inside})"
        return Try(
            "embed",
            f"{table.name}.{inner}",
            "GET",
            f"{table.name}?select={select}&{self.at(table, row)}",
        )

    def count(self, table: Table, row: Row) -> Try:
        """How many there are, of which nothing is shown."""
        path = f"{table.name}?select={table.key[0]}&{self.at(table, row)}"
        return Try("count", table.name, "HEAD", path, headers=(("Prefer", "count=exact"),))

    def closed(self, table: Table, _: Row) -> Try:
        """What is not granted: a column, a schema, a plan, an aggregate, another role."""
        hidden = sorted(set(table.columns) - set(table.readable[self.role]))
        tricks = [
            Try("closed", table.name, "GET", "settings", headers=(("Accept-Profile", "private"),)),
            Try("closed", table.name, "GET", "users", headers=(("Accept-Profile", "auth"),)),
            Try("closed", table.name, "POST", "rpc/health", {}, (("Content-Profile", "backend"),)),
            Try("closed", table.name, "GET", "pg_authid"),
        ]
        if hidden:
            column = self.dice.choice(hidden)
            tricks += [
                Try("closed", table.name, "GET", f"{table.name}?select={column}"),
                Try(
                    "closed",
                    table.name,
                    "GET",
                    f"{table.name}?select={table.key[0]}&order={column}",
                ),
                Try(
                    "closed",
                    table.name,
                    "GET",
                    f"{table.name}?select={table.key[0]}&{column}=not.is.null",
                ),
            ] * 2
        return self.dice.choice(tricks)

    def value(self, table: Table, row: Row, command: str) -> dict[str, Any]:
        granted = sorted(table.writable[command])
        column = self.dice.choice(
            granted if granted and self.dice.random() < 0.5 else table.columns
        )
        return {column: self.me if column in table.people and self.me else row[column]}

    def patch(self, table: Table, row: Row) -> Try:
        where = self.at(table, row)
        if self.me and len(table.people) == 1 and self.dice.random() < 0.3:
            where = f"{table.people[0]}=neq.{self.me}"
        prefer = self.dice.choice(("return=minimal", "return=representation", "tx=commit"))
        return Try("patch", table.name, "PATCH", f"{table.name}?{where}",
                   self.value(table, row, "update"), (("Prefer", prefer),))  # fmt: skip

    def delete(self, table: Table, row: Row) -> Try:
        where = self.at(table, row)
        if self.me and len(table.people) == 1 and self.dice.random() < 0.3:
            where = f"{table.people[0]}=neq.{self.me}"
        return Try("delete", table.name, "DELETE", f"{table.name}?{where}")

    def body(self, table: Table, row: Row) -> dict[str, Any]:
        names: set[str] = set(table.columns)
        if table.writable["insert"] and self.dice.random() < 0.5:
            names = set(table.writable["insert"]) | set(table.people)
        return {name: row[name] for name in sorted(names)}

    def post(self, table: Table, row: Row) -> Try:
        """A row in somebody's name."""
        body = self.body(table, row)
        if table.types.get("id") == "uuid" and table.name != "profiles" and "id" in body:
            body["id"] = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        many: Any = [body, body] if self.dice.random() < 0.2 else body
        return Try("post", table.name, "POST", table.name, many)

    def upsert(self, table: Table, row: Row) -> Try:
        """Over somebody's row, with what may be inserted of it or with all of it."""
        how = self.dice.choice(("merge-duplicates", "ignore-duplicates"))
        return Try("upsert", table.name, "POST", f"{table.name}?on_conflict={','.join(table.key)}",
                   self.body(table, row), (("Prefer", f"resolution={how}"),))  # fmt: skip

    def put(self, table: Table, row: Row) -> Try:
        body = {name: row[name] for name in table.columns}
        return Try("put", table.name, "PUT", f"{table.name}?{self.at(table, row)}", body)


def quoted(value: Any) -> str:
    """A value in a filter."""
    text = value if isinstance(value, str) else json.dumps(value)
    return str(httpx.QueryParams({"": text}))[1:]


def shown(answer: httpx.Response, embedded: str) -> list[tuple[str, Any]]:
    """What an answer holds: rows, and the rows embedded in them, with the name of their table."""
    content = answer.json() if answer.content else []
    found: list[tuple[str, Any]] = []
    for row in content if isinstance(content, list) else [content]:
        if isinstance(row, dict):
            found.append(("", row))
            inner = row.get(embedded)
            for each in inner if isinstance(inner, list) else [inner]:
                if isinstance(each, dict):
                    found.append((embedded, each))
    return found


def matches(row: Row, part: dict[str, Any]) -> bool:
    """Whether a part of a row, as PostgREST writes it, is of this row."""
    return all(key in row and _same(row[key], value) for key, value in part.items())


def _same(one: Any, other: Any) -> bool:
    return one == other or (
        isinstance(one, str)
        and isinstance(other, str)
        and re.sub(r"\.?0*(\+00:00|Z)$", "", one) == re.sub(r"\.?0*(\+00:00|Z)$", "", other)
    )
