"""Mass assignment: every column of every table and every key, set by who may not set it.

What may be set stands in tests/oracle.py, which asks no grant.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database import actor, person_id
from tests.hostile import Table
from tests.oracle import INSERTABLE, UPDATABLE, Row
from tests.policies.attacker import REFUSED, Scene, is_at, named, seen_openly
from tests.shop import Shop

Remark = Callable[[str, object], None]
# A seller, an artist, staff, and who is nobody.
PEOPLE = ("ben", "ada", "rooty", "visitor")
LISTED = {"update": UPDATABLE, "insert": INSERTABLE}
# What moves in a row with what its owner sets.
FOLLOWING = {"updated_at"}
# What a rule ties to other columns, or to words and files that nobody here has: not set by itself.
TIED = {
    "avatar_path", "currency", "event_at", "external_url", "minimum_minor", "pricing",
    "shipping_minor", "time_zone", "track_ids", "venue",
}  # fmt: skip
# What a missing grant says, and a column that follows from others.
CLOSED = ("42501", "428C9")


@dataclass
class Report:
    """What became of values that were written into columns."""

    outcomes: Counter[str] = field(default_factory=Counter)
    # Command, table and column.
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    aimed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def values_for(scene: Scene, table: Table, column: str, row: Row) -> list[Any]:
    """What a column does not hold in a row: what it holds in others, and ids of people."""
    found = [other[column] for other in scene.world.rows[table.name]]
    if table.types[column] == "uuid":
        found = [str(person_id(name)) for name in ("ada", "cleo", "rooty")] + found
    others = [value for value in found if value != row[column] and value is not None]
    return others or [changed(row[column], table.types[column])]


def changed(value: Any, kind: str) -> Any:
    """Another value of a type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list | dict):
        return value[:-1] if isinstance(value, list) else {**value, "more": 1}
    if kind.startswith(("timestamp", "date")):
        return "2027-01-01T00:00:00Z"
    return {"boolean": True, "integer": 1, "bigint": 1, "jsonb": {}}.get(kind, f"{value} and more")


def assign(
    scene: Scene, name: str, table: Table, command: str, column: str, value: Any, row: Row
) -> tuple[str, int]:
    """Write a value into a column of a row, or of a new one: the SQLSTATE or "", and how many."""
    names = {"table": sql.Identifier(table.name), "column": sql.Identifier(column)}
    if command == "update":
        where, parameters = is_at(table, row)
        statement = sql.SQL(
            "update public.{table} as t set {column} ="
            " (jsonb_populate_record(null::public.{table}, %s)).{column} where {where}"
        ).format(**names, where=where)
        given = [json.dumps({column: value}), *parameters]
    else:
        values = {key: row[key] for key in INSERTABLE.get(table.name, ())} | {column: value}
        if "id" in values and column != "id":
            values["id"] = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{table.name} {row['id']}"))
        listed = sql.SQL(", ").join(map(sql.Identifier, values))
        statement = sql.SQL(
            "insert into public.{table} ({listed})"
            " select {listed} from jsonb_populate_record(null::public.{table}, %s)"
        ).format(**names, listed=listed)
        given = [json.dumps(values)]
    try:
        somebody = actor(scene.connection, name)
        return "", somebody.count(statement.as_string(scene.connection), *given)
    except psycopg.Error as error:
        return error.sqlstate or "XX000", 0


def rows_of(scene: Scene, table: Table) -> dict[str, Row]:
    """Every row by its key, as the owner of the database sees it now."""
    query = sql.SQL("select to_jsonb(t) as row from public.{} as t").format(
        sql.Identifier(table.name)
    )
    return {
        named(table, each["row"]): each["row"]
        for each in scene.connection.execute(query).fetchall()
    }


def judge_change(scene: Scene, me: str, table: Table, column: str) -> list[str]:
    """What is wrong with what has become of a table since the beginning."""
    before = {named(table, row): row for row in scene.world.rows[table.name]}
    after = rows_of(scene, table)
    wrong = [f"{key} is gone" for key in before.keys() - after.keys()]
    for key, now in after.items():
        was = before.get(key)
        if was == now:
            continue
        if not scene.world.owns(me, table.name, now):
            wrong.append(f"{key} has changed and is not theirs: {was}, then {now}")
        moved = {each for each in now if was and was[each] != now[each]} - FOLLOWING
        if moved - {column}:
            wrong.append(f"{key} has changed in {sorted(moved)}")
    return wrong


def assign_all(scene: Scene, tables: set[str] | None = None) -> Report:
    """Let people write into every column of a row of theirs, or else of somebody's."""
    db, report = scene.connection, Report()
    for name in PEOPLE:
        me = str(actor(db, name).id)
        for table in scene.tables.values():
            if tables is not None and table.name not in tables:
                continue
            rows = scene.world.rows[table.name]
            row = next((row for row in rows if scene.world.owns(me, table.name, row)), rows[0])
            for column in table.columns:
                for command, listed in LISTED.items():
                    is_listed = name != "visitor" and column in listed.get(table.name, ())
                    # What is closed is closed to every value.
                    for value in values_for(scene, table, column, row)[: 3 if is_listed else 1]:
                        db.execute("savepoint assigning")
                        code, count = assign(scene, name, table, command, column, value, row)
                        report.aimed.append(named(table, row))
                        what = f"{name}, {command} of {table.name}.{column} = {value!r}"
                        if not is_listed and code not in CLOSED:
                            report.wrong.append(f"{what}: {code or f'{count} rows'}")
                        elif code and not REFUSED.fullmatch(code):
                            report.wrong.append(f"{what}: fault {code}")
                        elif count:
                            report.taken.add((command, table.name, column))
                            report.wrong += [
                                f"{what}: {fault}"
                                for fault in judge_change(scene, me, table, column)
                            ]
                        word = "taken" if count else "no row" if not code else "refused by a rule"
                        report.outcomes["closed" if code in CLOSED else word] += 1
                        db.execute("rollback to savepoint assigning")
    return report


@pytest.mark.timeout(600)
def test_no_column_is_set_but_those_that_are_listed_in_rows_of_ones_own(
    scene: Scene, record_property: Remark
) -> None:
    theirs, services = seen_openly(scene)
    report = assign_all(scene)
    columns = sum(len(table.columns) for table in scene.tables.values())
    words = ", ".join(f"{count} {what}" for what, count in sorted(report.outcomes.items()))
    record_property(
        "remark",
        f"{len(report.aimed)} values written into {columns} columns of {len(scene.tables)} tables"
        f" by {len(PEOPLE)} people,"
        f" {sum(row in theirs for row in report.aimed)} of them at rows that those they are for"
        f" see, {sum(row in services for row in report.aimed)} that the service sees: {words};"
        f" {len(report.wrong)} leaks",
    )
    assert report.wrong == [], "\n".join(report.wrong[:10])
    # Not vacuous: what may be set was set.
    updated = {(table, column) for command, table, column in report.taken if command == "update"}
    assert updated == {
        (table, column) for table, names in UPDATABLE.items() for column in names - TIED
    }
    assert {table for command, table, _ in report.taken if command == "insert"} == set(INSERTABLE)
    open_to = sum(len(names) for listed in LISTED.values() for names in listed.values())
    tried = len(LISTED) * columns * len(PEOPLE)
    assert report.outcomes["closed"] >= tried - open_to * (len(PEOPLE) - 1)
    assert sum(row in theirs for row in report.aimed) > 0.8 * len(report.aimed)


@pytest.mark.parametrize(
    ("table", "hole"),
    [
        (
            "artist_profiles",
            "grant update (is_verified) on public.artist_profiles to authenticated",
        ),
        ("profiles", "grant update (follower_count) on public.profiles to authenticated"),
        ("orders", "grant update (status) on public.orders to authenticated"),
        ("products", "grant insert (seller_id) on public.products to authenticated"),
        ("products", "alter policy update_own on public.products using (true) with check (true)"),
        (
            "profiles",
            """
            create function private.tg_hole() returns trigger language plpgsql
            set search_path = '' as $$
            begin
              new.follower_count := length(new.bio);
              return new;
            end;
            $$;
            create trigger _100_hole before update of bio on public.profiles
            for each row execute function private.tg_hole()
            """,
        ),
    ],
)
def test_a_column_that_can_be_set_is_found(table: str, hole: str, scene: Scene) -> None:
    assert assign_all(scene, {table}).wrong == []
    scene.connection.execute(hole.encode())
    assert assign_all(scene, {table}).wrong


def every_column(scene: Scene) -> list[str]:
    """The name of every column there is, and what people call power."""
    names = {column for table in scene.tables.values() for column in table.columns}
    return sorted(names | {"role", "sub", "is_admin", "granted_by", "__proto__"})


def test_json_for_an_rpc_sets_nothing_but_what_it_is_for(
    scene: Scene, record_property: Remark
) -> None:
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
    taken: Counter[str] = Counter()
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
                    is_taken = True
                except psycopg.Error as error:
                    assert error.sqlstate == "PT422", (function, name)
                    is_taken = False
            assert is_taken == (name in rule), (function, name)
            taken[function] += is_taken
    product = Shop(db).offer("ben")
    for name in every_column(scene):
        if name in ("username", "bps"):
            continue
        shares = [{"username": "stranger", "bps": 10_000, name: str(ben.id)}]
        given = {"shares": json.dumps(shares), "product_id": product, "track_id": None}
        with db.transaction(force_rollback=True):
            ben.rows("set_revenue_split", **given)
            rows = db.execute(
                "select split.owner_id, share.payee_id, share.bps, share.accepted_at"
                " from private.revenue_splits as split"
                " join private.split_shares as share on share.split_id = split.id"
                " where split.product_id = %s",
                [product],
            ).fetchall()
        kept = {"payee_id": person_id("stranger"), "bps": 10_000, "accepted_at": None}
        assert rows == [{"owner_id": ben.id, **kept}], name
        taken["set_revenue_split, without the key"] += 1
    words = ", ".join(f"{count} by {name}" for name, count in sorted(taken.items()))
    record_property(
        "remark", f"{len(every_column(scene))} keys of JSON for {len(takers)} RPCs, taken: {words}"
    )
