"""Attempts at what is somebody else's, made up by chance, and what became of them.

What may be seen is decided by tests/oracle.py, which asks no policy.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.database import Actor, Connection, actor
from tests.hostile import PEOPLE, Table, is_mine, read_tables
from tests.oracle import Row, World, read_world

ACTORS = ("visitor", *PEOPLE)
COMMANDS = ("select", "insert", "update", "delete")
# What an attacker can do to a table, by the name of its method, and elsewhere.
KINDS = (
    "read_one", "read_of_somebody", "read_all", "read_through", "read_what_is_closed",
    "read_by_error", "read_and_lock", "read_counted", "update_one", "update_all_of_others",
    "update_all", "delete_one", "delete_all_of_others", "delete_all", "insert_for_somebody",
    "insert_over",
)  # fmt: skip
ELSEWHERE = "read_elsewhere"
# How a refusal may sound: a grant, a rule of ours, a bad value, a column that follows from others.
REFUSED = re.compile(r"42501|PT4\d\d|23\w{3}|22\w{3}|428C9")


@dataclass(frozen=True)
class Scene:
    """The community, and what the catalog and the owner say of it."""

    connection: Connection
    tables: dict[str, Table]
    world: World
    # By table and by what a role sees of a row: the rows.
    shown: dict[tuple[str, str], dict[str, list[Row]]]

    def leaks(self, reader: Actor, table: str, seen: list[str]) -> list[str]:
        """Of what somebody was shown, what is not theirs to see."""
        who = str(reader.id) if reader.id else None
        known = self.shown[reader.role, table]
        return [
            text
            for text in seen
            if not any(self.world.sees(who, table, row) for row in known[text])
        ]


def _listed(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in columns)


def _shown(db: Connection, table: Table, columns: tuple[str, ...]) -> dict[str, list[Row]]:
    """The rows by what is seen of them in these columns."""
    found: dict[str, list[Row]] = {}
    if columns:
        query = sql.SQL(
            "select (select to_jsonb(part)::text from (select {}) as part) as seen,"
            " to_jsonb(t) as row from public.{} as t"
        ).format(_listed(columns), sql.Identifier(table.name))
        for row in db.execute(query).fetchall():
            found.setdefault(row["seen"], []).append(row["row"])
    return found


def attempt(
    db: Connection, statement: sql.Composed, parameters: list[Any]
) -> tuple[str, int, list[Row], str]:
    """The SQLSTATE of a refusal or "", rows touched, rows returned, the words of the refusal."""
    db.execute("savepoint attempt")
    try:
        cursor = db.execute(statement, parameters)
        rows = cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        db.execute("rollback to savepoint attempt")
        return error.sqlstate or "XX000", 0, [], str(error)
    # What was written is told, and taken back.
    db.execute(
        f"{'rollback to' if not rows and cursor.rowcount > 0 else 'release'} savepoint attempt"
    )
    return "", cursor.rowcount, rows, ""


def command_of(kind: str) -> str:
    """The command of a kind of attempt."""
    word = kind.split("_")[0]
    return "select" if word == "read" else word


@dataclass(frozen=True)
class Attempt:
    """One thing to try, at one row."""

    kind: str
    table: str
    row: Row
    statement: sql.Composed
    parameters: list[Any]


def is_at(table: Table, row: Row) -> tuple[sql.Composable, list[Any]]:
    """A condition that finds a row by its key."""
    terms = [
        sql.SQL("t.{} = %s::text::{}").format(sql.Identifier(name), sql.SQL(table.types[name]))
        for name in table.key
    ]
    return sql.SQL(" and ").join(terms), [_text(row[name]) for name in table.key]


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def reading(
    table: Table, role: str, where: sql.Composable, joined: sql.Composable | str = ""
) -> Any:
    """A query for all that a role may be shown of the rows of a table."""
    columns = table.readable[role] or table.columns
    return sql.SQL(
        "select to_jsonb(part)::text as seen"
        " from (select {} from public.{} as t {} where {}) as part"
    ).format(
        _listed(columns),
        sql.Identifier(table.name),
        sql.SQL(joined) if isinstance(joined, str) else joined,
        where,
    )


class Attacker:
    """Makes up attempts of one person at the rows of others."""

    def __init__(
        self, scene: Scene, somebody: Actor, dice: random.Random, tables: set[str] | None = None
    ) -> None:
        self.scene, self.somebody, self.dice = scene, somebody, dice
        self.me = str(somebody.id) if somebody.id else None
        world = scene.world
        self.targets = {
            name: others
            for name, table in scene.tables.items()
            if (tables is None or name in tables)
            and (
                others := [
                    row for row in world.rows[name] if not is_mine(world, table, row, self.me)
                ]
            )
        }
        self.to_write = [name for name in self.targets if scene.tables[name].is_writable]
        self.due = [(name, command) for name in self.targets for command in COMMANDS]
        dice.shuffle(self.due)

    def choose(self) -> Attempt:
        """Each command at each table once, then any kind of attempt at any row of any table."""
        if self.due:
            name, command = self.due.pop()
            kind = self.dice.choice([kind for kind in KINDS if command_of(kind) == command])
        else:
            kind = self.dice.choice((*KINDS, ELSEWHERE))
            names = list(self.targets)
            if command_of(kind) != "select" and self.to_write and self.dice.random() < 0.6:
                names = self.to_write
            name = self.dice.choice(names)
        row = self.dice.choice(self.targets[name])
        statement, parameters = getattr(self, kind)(self.scene.tables[name], row)
        return Attempt(kind, name, row, statement, parameters)

    def read_one(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        where, parameters = is_at(table, row)
        return reading(table, self.somebody.role, where), parameters

    def read_of_somebody(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        if not table.people:
            return self.read_one(table, row)
        column = self.dice.choice(table.people)
        where = sql.SQL("t.{} = %s or t.{} is distinct from %s").format(
            *[sql.Identifier(column)] * 2
        )
        return reading(table, self.somebody.role, where), [row[column], self.me]

    def read_all(self, table: Table, _: Row) -> tuple[Any, list[Any]]:
        where = self.dice.choice(
            ("true", "not false or t.* is null", "t.ctid is not null", "t::text ~ 'marker|of|hi'")
        )
        return reading(table, self.somebody.role, sql.SQL(where)), []

    def read_through(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        """By what it refers to, or by what refers to it, as embeds are read."""
        references = [(each, False) for each in table.references] + [
            (reference, True)
            for other in self.scene.tables.values()
            for reference in other.references
            if reference.table == table.name
        ]
        if not references:
            return self.read_all(table, row)
        reference, is_back = self.dice.choice(references)
        other = next(
            (each for each in self.scene.tables.values() if reference in each.references), table
        )
        target = other.name if is_back else reference.table
        pairs = zip(reference.columns, reference.others, strict=True)
        condition = sql.SQL(" and ").join(
            sql.SQL("t.{} = o.{}").format(*map(sql.Identifier, (b, a) if is_back else (a, b)))
            for a, b in pairs
        )
        joined = sql.SQL("{} public.{} as o on {}").format(
            sql.SQL(self.dice.choice(("join", "left join"))), sql.Identifier(target), condition
        )
        where, parameters = is_at(table, row)
        return reading(table, self.somebody.role, where, joined), parameters

    def read_what_is_closed(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        """A column that is not granted."""
        closed = set(table.columns) - set(table.readable[self.somebody.role])
        if not closed:
            return self.read_one(table, row)
        where, parameters = is_at(table, row)
        column = sql.Identifier(self.dice.choice(sorted(closed)))
        return sql.SQL("select t.{}::text as closed from public.{} as t where {}").format(
            column, sql.Identifier(table.name), where
        ), parameters

    def read_elsewhere(self, _: Table, __: Row) -> tuple[Any, list[Any]]:
        """A table of another schema."""
        name = self.dice.choice(
            ("private.settings", "private.staff", "private.outbox", "private.audit_events",
             "auth.users", "private.data_map", "private.artist_accounts")
        )  # fmt: skip
        return sql.SQL("select to_jsonb(t)::text as closed from {} as t").format(sql.SQL(name)), []

    def read_by_error(self, table: Table, _: Row) -> tuple[Any, list[Any]]:
        """A cast that fails tells what it was asked to cast: of rows that are not shown, too?"""
        columns = table.readable[self.somebody.role] or table.columns
        column = sql.Identifier(self.dice.choice(columns))
        return sql.SQL(
            "select 1 as told from public.{} as t where (to_jsonb(t.{})::text || '|')::int > 0"
        ).format(sql.Identifier(table.name), column), []

    def read_and_lock(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        where, parameters = is_at(table, row)
        query = reading(table, self.somebody.role, where)
        return sql.SQL(
            "select * from ({}) as p"
            " cross join (select t.ctid from public.{} as t where {} for update) as l"
        ).format(query, sql.Identifier(table.name), where), [*parameters, *parameters]

    def read_counted(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        where, parameters = is_at(table, row)
        query = reading(table, self.somebody.role, where)
        return sql.SQL("select seen from ({}) as p group by 1 having count(*) > 0").format(
            query
        ), parameters

    def update_one(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        where, parameters = is_at(table, row)
        return self._update(table, where, parameters)

    def update_all_of_others(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        if not table.people or self.me is None:
            return self.update_one(table, row)
        where = sql.SQL("t.{} <> %s").format(sql.Identifier(table.people[0]))
        return self._update(table, where, [self.me])

    def update_all(self, table: Table, _: Row) -> tuple[Any, list[Any]]:
        """What reads nothing is judged by the policy for update alone."""
        column = self.dice.choice(sorted(table.writable["update"]) or table.columns)
        return sql.SQL("update public.{} set {} = default").format(
            sql.Identifier(table.name), sql.Identifier(column)
        ), []

    def delete_all(self, table: Table, _: Row) -> tuple[Any, list[Any]]:
        return sql.SQL("delete from public.{}").format(sql.Identifier(table.name)), []

    def _update(self, table: Table, where: Any, parameters: list[Any]) -> tuple[Any, list[Any]]:
        granted = sorted(table.writable["update"]) or list(table.columns)
        is_granted = self.dice.random() < 0.5
        column = self.dice.choice(granted if is_granted else list(table.columns))
        value: Any = sql.Identifier(column)
        if column in table.people and self.me:
            value = sql.Literal(self.me)
        return sql.SQL("update public.{} as t set {} = {} where {}").format(
            sql.Identifier(table.name), sql.Identifier(column), value, where
        ), parameters

    def delete_one(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        where, parameters = is_at(table, row)
        return sql.SQL("delete from public.{} as t where {}").format(
            sql.Identifier(table.name), where
        ), parameters

    def delete_all_of_others(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        if not table.people or self.me is None:
            return self.delete_one(table, row)
        where = sql.SQL(" and ").join(
            sql.SQL("t.{} is distinct from {}").format(sql.Identifier(name), sql.Literal(self.me))
            for name in table.people
        )
        return sql.SQL("delete from public.{} as t where {}").format(
            sql.Identifier(table.name), where
        ), []

    def _values(self, table: Table, row: Row) -> dict[str, Any]:
        """A row like somebody's, still theirs, by what may be inserted and whose it is."""
        if table.writable["insert"] and self.dice.random() < 0.5:
            columns = sorted(table.writable["insert"] | set(table.people))
        else:
            columns = list(table.columns)
        values = {name: row[name] for name in columns if name in row}
        if "id" in values and table.types["id"] == "uuid" and table.name != "profiles":
            values["id"] = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        return values

    def _insert(self, table: Table, values: dict[str, Any], end: Any) -> tuple[Any, list[Any]]:
        return sql.SQL(
            "insert into public.{} ({}) select {}"
            " from jsonb_populate_record(null::public.{}, %s) as t {}"
        ).format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            _listed(tuple(values)),
            sql.Identifier(table.name),
            end,
        ), [json.dumps(values)]

    def insert_for_somebody(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        return self._insert(table, self._values(table, row), sql.SQL(""))

    def insert_over(self, table: Table, row: Row) -> tuple[Any, list[Any]]:
        """An upsert over somebody's row."""
        values = {**self._values(table, row), **{name: row[name] for name in table.key}}
        column = sql.Identifier(self.dice.choice(sorted(table.writable["update"]) or list(values)))
        end = sql.SQL("on conflict ({}) do update set {} = excluded.{}").format(
            sql.SQL(", ").join(map(sql.Identifier, table.key)), column, column
        )
        return self._insert(table, values, end)


def judge(scene: Scene, somebody: Actor, tried: Attempt, outcome: Any) -> tuple[str, str | None]:
    """What became of an attempt in a word, and what is wrong with that."""
    code, touched, rows, words = outcome
    if code:
        if not REFUSED.fullmatch(code):
            return "fault", f"{code} {words}"
        told = re.search(r'type integer: "(.*)\|"$', words, re.DOTALL)
        if told and tried.kind == "read_by_error":
            who, value = str(somebody.id) if somebody.id else None, json.loads(told[1])
            if not any(
                value in row.values() and scene.world.sees(who, tried.table, row)
                for row in scene.world.rows[tried.table]
            ):
                return "told", f"an error tells {value}"
            return "told", None
        return "refused", None
    if not tried.kind.startswith("read"):
        if not tried.kind.endswith("_all"):
            return ("wrote", f"{touched} rows") if touched else ("nothing there", None)
        me = str(somebody.id)
        own = sum(scene.world.owns(me, tried.table, row) for row in scene.world.rows[tried.table])
        return "their own alone", f"{touched} rows, {own} are theirs" if touched > own else None
    if rows and "seen" not in rows[0]:
        return "shown", f"{len(rows)} rows of what is closed"
    wrong = scene.leaks(somebody, tried.table, [row["seen"] for row in rows])
    return "shown" if rows else "nothing there", f"sees {wrong[:2]}" if wrong else None


def seen_openly(scene: Scene) -> tuple[set[str], set[str]]:
    """Which rows people see who may, and which the service does, as `named` names them."""
    db = scene.connection
    owners: set[str] = set()
    services: set[str] = set()
    for name in (*ACTORS, "service"):
        somebody = actor(db, name)
        db.execute("savepoint looking")
        somebody.become()
        for table in scene.tables.values():
            if not table.readable[somebody.role]:
                continue
            found = db.execute(reading(table, somebody.role, sql.SQL("true"))).fetchall()
            seen = [row["seen"] for row in found]
            if name != "service":
                assert scene.leaks(somebody, table.name, seen) == [], (name, table.name)
            (services if name == "service" else owners).update(
                named(table, row)
                for text in seen
                for row in scene.shown[somebody.role, table.name][text]
            )
        db.execute("rollback to savepoint looking")
    return owners, services


def named(table: Table, row: Row) -> str:
    """A row by its table and key."""
    return json.dumps([table.name, *[row[part] for part in table.key]])


def read_scene(db: Connection) -> Scene:
    """The community as it is now."""
    tables, world = read_tables(db), read_world(db)
    shown = {
        (role, table.name): _shown(db, table, table.readable[role])
        for table in tables.values()
        for role in ("anon", "authenticated", "service_role")
    }
    return Scene(db, tables, world, shown)
