"""A hostile client at every table: thousands of attempts at what is somebody else's."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database import BECOME, Actor, Connection, Database, actor, person_id
from tests.hostile import SEED, Table, chance, settle_community
from tests.oracle import Row
from tests.policies.attacker import (
    ACTORS,
    OWNERS,
    Attacker,
    Scene,
    attempt,
    become,
    digest,
    is_at,
    is_owned,
    judge,
    named,
    read_scene,
    seen_openly,
)
from tests.shop import Shop

Remark = Callable[[str, object], None]
ATTEMPTS = 10_000


@pytest.fixture(scope="module")
def community(clone: Callable[[str], Database], template: str) -> Iterator[Connection]:
    """A database of one's own with a row of every kind in it."""
    database = clone(template)
    with database.connect() as connection:
        settle_community(connection)
        connection.execute("vacuum analyze")
    with database.connect(autocommit=False) as connection:
        yield connection
    database.drop()


@pytest.fixture
def scene(community: Connection) -> Iterator[Scene]:
    """The community, to be left as it was."""
    yield read_scene(community)
    community.rollback()


@dataclass
class Report:
    """What became of attempts."""

    outcomes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    aimed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def attack(scene: Scene, attempts: int, tables: set[str] | None = None) -> Report:
    """Let everybody in turn try what chance says."""
    db, report, dice = scene.connection, Report(), chance("tables")
    for place, name in enumerate(ACTORS):
        somebody = actor(db, name)
        attacker = Attacker(scene, somebody, dice, tables)
        if not attacker.targets:
            continue
        become(somebody)
        for _ in range(place, attempts, len(ACTORS)):
            tried = attacker.choose()
            answer = attempt(db, tried.statement, tried.parameters)
            outcome, fault = judge(scene, somebody, tried, answer)
            kind = tried.kind.split("_")[0]
            report.kinds[kind] += 1
            report.outcomes[f"{kind} {outcome}"] += 1
            report.aimed.append(named(scene.tables[tried.table], tried.row))
            if fault:
                text = tried.statement.as_string(db)
                report.wrong.append(f"{name}, {tried.kind}: {fault}\n{text} {tried.parameters}")
        db.execute(BECOME, ["", "", "", "none"])
    return report


@pytest.mark.timeout(600)
def test_ten_thousand_attempts_at_what_is_anothers(scene: Scene, record_property: Remark) -> None:
    assert sorted(name for name in scene.tables if not scene.world.knows(name)) == []
    assert [name for name, rows in scene.world.rows.items() if not rows] == []
    theirs, services = seen_openly(scene)
    before = digest(scene.connection)
    report = attack(scene, ATTEMPTS)
    by_owners = sum(row in theirs for row in report.aimed)
    by_service = sum(row in services for row in report.aimed)
    words = ", ".join(f"{count} {what}" for what, count in sorted(report.outcomes.items()))
    record_property(
        "remark",
        f"{len(report.aimed)} attempts at rows of others in {len(scene.tables)} tables"
        f" (HOSTILE_SEED={SEED}), {by_owners} of them at rows that those they are for see,"
        f" {by_service} that the service sees: {words}; {len(report.wrong)} leaks",
    )
    assert report.wrong == [], "\n".join(report.wrong[:10])
    assert digest(scene.connection) == before
    # Not vacuous.
    assert len(report.aimed) == ATTEMPTS
    assert by_owners > 0.8 * ATTEMPTS
    assert by_service > 0.8 * ATTEMPTS
    assert min(report.kinds.values()) > 1000
    for what in ("read shown", "read nothing there", "update nothing there", "delete refused"):
        assert report.outcomes[what] > 100, what


@pytest.mark.parametrize(
    ("table", "hole"),
    [
        ("likes", "alter policy select_own on public.likes using (true)"),
        ("messages", "alter policy select_of_room on public.messages using (true)"),
        ("reports", "alter policy select_own_or_staff on public.reports using (true)"),
        ("products", "alter policy update_own on public.products using (true)"),
        ("products", "grant insert (seller_id) on public.products to authenticated"),
        ("follows", "alter policy delete_own on public.follows using (true)"),
        ("crates", "alter table public.crates disable row level security"),
    ],
)
def test_a_hole_is_found(table: str, hole: str, scene: Scene) -> None:
    scene.connection.execute(hole.encode())
    assert attack(scene, 1500, {table}).wrong


# Mass assignment: column by column.


def own_row(scene: Scene, table: Table, owner: str) -> Row | None:
    """A row of somebody's."""
    somebody = actor(scene.connection, owner)
    rows = scene.world.rows[table.name]
    return next((row for row in rows if is_owned(scene, somebody, table.name, row)), None)


def foreign_values(scene: Scene, table: Table, column: str, mine: Row) -> list[Any]:
    """What a column holds in other rows, and the ids of others where it holds an id."""
    found = [row[column] for row in scene.world.rows[table.name] if row[column] != mine[column]]
    if table.types[column] == "uuid":
        found = [str(person_id(name)) for name in ("ada", "cleo", "rooty")] + found
    return found[:4] or [mine[column]]


def owners_of(scene: Scene, table: Table, where: Any, parameters: list[Any]) -> list[Any]:
    """Whose the rows are that a condition finds, as the owner of the database sees it."""
    whose = (
        sql.SQL("t.{}").format(sql.Identifier(OWNERS[table.name]))
        if table.name in OWNERS
        else sql.SQL("(select seller_id from public.products where id = t.product_id)")
    )
    query = sql.SQL("select {}::text as whose from public.{} as t where {}").format(
        whose, sql.Identifier(table.name), where
    )
    return [row["whose"] for row in scene.connection.execute(query, parameters).fetchall()]


@pytest.mark.parametrize("name", ["ben", "ada", "rooty"])
def test_no_column_is_written_that_is_not_granted_and_none_gives_a_row_away(
    name: str, scene: Scene, record_property: Remark
) -> None:
    db, somebody = scene.connection, actor(scene.connection, name)
    before = digest(db)
    count: Counter[str] = Counter()
    for table in scene.tables.values():
        mine = own_row(scene, table, name)
        row = mine or scene.world.rows[table.name][0]
        where, parameters = is_at(table, row)
        theirs = owners_of(scene, table, where, parameters) if table.is_writable else []
        for column in table.columns:
            for value in foreign_values(scene, table, column, row):
                for command in ("update", "insert"):
                    db.execute("savepoint assigning")
                    written = assign(somebody, table, command, column, value, row)
                    may = column in table.writable[command]
                    count[f"{command}s {'granted' if may else 'refused'}"] += 1
                    if not may:
                        assert written in ("42501", "428C9"), (command, table.name, column)
                    elif not written:
                        is_new = command == "insert" and table.name != "follows"
                        at = sql.SQL("t.id = %s") if is_new else where
                        given = [_new_id(table, row)] if is_new else parameters
                        allowed = {str(somebody.id)} if mine or is_new else set(theirs)
                        found = set(owners_of(scene, table, at, given))
                        assert found <= allowed, (command, table.name, column)
                        count["taken, the row still theirs"] += 1
                    db.execute("rollback to savepoint assigning")
    assert digest(db) == before
    assert count["updates granted"] > 20
    assert count["taken, the row still theirs"] > 5
    words = ", ".join(f"{number} {what}" for what, number in sorted(count.items()))
    record_property("remark", f"every column of {len(scene.tables)} tables as {name}: {words}")


def _new_id(table: Table, row: Row) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{table.name} {row.get('id')}"))


def assign(somebody: Actor, table: Table, command: str, column: str, value: Any, row: Row) -> str:
    """Write a value into a column of somebody's own row, or of a new one; "" or the SQLSTATE."""
    db = somebody.connection
    if command == "update":
        where, parameters = is_at(table, row)
        statement = sql.SQL(
            "update public.{} as t set {} ="
            " (jsonb_populate_record(null::public.{}, %s)).{} where {}"
        ).format(*map(sql.Identifier, (table.name, column, table.name, column)), where)
        given = [json.dumps({column: value}), *parameters]
    else:
        values = {key: row[key] for key in table.writable["insert"]} | {column: value}
        if "id" in values and column != "id":
            values["id"] = _new_id(table, row)
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        statement = sql.SQL(
            "insert into public.{} ({}) select {} from jsonb_populate_record(null::public.{}, %s)"
        ).format(sql.Identifier(table.name), names, names, sql.Identifier(table.name))
        given = [json.dumps(values)]
    try:
        somebody.run(statement.as_string(db), *given)
    except psycopg.Error as error:
        assert not (error.sqlstate or "XX").startswith("XX"), (table.name, column)
        return error.sqlstate or ""
    return ""


def every_column(scene: Scene) -> list[str]:
    """The name of every column there is, and what people call power."""
    names = {column for table in scene.tables.values() for column in table.columns}
    return sorted(names | {"role", "sub", "is_admin", "granted_by", "__proto__"})


def test_json_for_an_rpc_sets_nothing_but_what_it_is_for(scene: Scene) -> None:
    """Each RPC of people that takes JSON, with every column's name as a key."""
    db = scene.connection
    takers = db.execute(
        "select proname as name from pg_proc where pronamespace = 'public'::regnamespace"
        " and 'jsonb'::regtype = any (proargtypes::oid[]) order by 1"
    ).fetchall()
    # A new one belongs in this test.
    assert [row["name"] for row in takers] == [
        "preview_point_rule", "set_point_rule", "set_revenue_split",
    ]  # fmt: skip
    rooty, ben = actor(db, "rooty"), actor(db, "ben")
    rule = {"points", "daily_cap", "cooldown_seconds", "minimum_account_age_days", "is_active"}
    for name in every_column(scene):
        value = True if name == "is_active" else 1
        for function in ("set_point_rule", "preview_point_rule"):
            days = {"days": 7} if function == "preview_point_rule" else {}
            with db.transaction(force_rollback=True):
                try:
                    rooty.rows(
                        function,
                        rule_name="post_created",
                        changes=json.dumps({name: value}),
                        **days,
                    )
                    taken = True
                except psycopg.Error as error:
                    assert error.sqlstate == "PT422", (function, name)
                    taken = False
            assert taken == (name in rule), (function, name)
    product = Shop(db).offer("ben")
    for name in every_column(scene):
        if name in ("username", "bps"):
            continue
        share = {"username": "stranger", "bps": 10_000, name: str(ben.id)}
        with db.transaction(force_rollback=True):
            try:
                ben.rows(
                    "set_revenue_split",
                    shares=json.dumps([share]),
                    product_id=product,
                    track_id=None,
                )
            except psycopg.Error as error:
                assert error.sqlstate == "PT422", name
                continue
            rows = db.execute(
                "select split.owner_id, share.payee_id, share.bps, share.accepted_at"
                " from private.revenue_splits as split"
                " join private.split_shares as share on share.split_id = split.id"
                " where split.product_id = %s",
                [product],
            ).fetchall()
            stranger = person_id("stranger")
            kept = {"owner_id": ben.id, "payee_id": stranger, "bps": 10_000, "accepted_at": None}
            assert rows == [kept], name
