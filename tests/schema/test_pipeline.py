"""sql/ and supabase/migrations/ build the same database, on whatever platform it is given."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from devstack import migrate
from devstack.parts.postgres import SUPERUSER, PostgresServer, bin_folder
from devstack.platform import BOOTSTRAP
from devstack.schema import BASELINE, baseline, load_schema
from tests.database import Connection, Database
from tests.schema.privileges import difference, snapshot

OURS = ("public", "private", "backend")
PLATFORM = ("auth", "storage", "realtime")


@pytest.fixture(scope="module")
def built(clone: Callable[[str], Database]) -> Database:
    """A database built from sql/."""
    database = clone("platform")
    load_schema(database.url())
    return database


@pytest.fixture(scope="module")
def pushed(clone: Callable[[str], Database]) -> Database:
    """A database built by the Supabase CLI from supabase/migrations/."""
    database = clone("platform")
    migrate.push(database.url())
    return database


def dump(database: Database, schemas: tuple[str, ...]) -> str:
    """pg_dump -s without what differs from run to run: comments, settings, the key of restrict."""
    done = subprocess.run(
        [
            bin_folder() / "pg_dump", "--schema-only", "--no-owner",
            *(f"--schema={schema}" for schema in schemas),
            database.url("supabase_admin"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    kept = re.sub(
        r"(?m)^(?:--.*|\\(?:un)?restrict .*|SET .*|SELECT pg_catalog.*)\n", "", done.stdout
    )
    return re.sub(r"\n{2,}", "\n\n", kept)


def rows(database: Database) -> dict[str, str]:
    """A digest of the rows of every table of ours: the reference data a migration brings."""
    with database.connect() as connection:
        names = connection.execute(
            "select class.oid::regclass::text as name from pg_class as class"
            " where class.relkind = 'r' and class.relnamespace = any (%s::regnamespace[])",
            [list(OURS)],
        ).fetchall()
        digests = {}
        for row in names:
            found = connection.execute(
                "select md5(coalesce(string_agg(item::text, '|' order by item::text), ''))"
                f" as digest from {row['name']} as item"
            ).fetchone()
            digests[row["name"]] = found["digest"] if found else ""
        return digests


def catalog(connection: Connection) -> dict[str, set[str]]:
    """Everything in the platform's schemas, by what kind of thing it is."""
    spaces = [list(PLATFORM)]
    queries = {
        "relations": "select oid::regclass || ' ' || relkind::text || coalesce(relacl::text, '')"
        " from pg_class where relnamespace = any (%s::regnamespace[])",
        "columns": "select attrelid::regclass || '.' || attname || ' ' || atttypid::regtype"
        " || coalesce(attacl::text, '') from pg_attribute where attrelid in"
        " (select oid from pg_class where relnamespace = any (%s::regnamespace[]))",
        "functions": "select oid::regprocedure || ' ' || md5(prosrc) || coalesce(proacl::text, '')"
        " from pg_proc where pronamespace = any (%s::regnamespace[])",
        "types": "select oid::regtype::text from pg_type"
        " where typnamespace = any (%s::regnamespace[])",
        "constraints": "select conrelid::regclass || '.' || conname from pg_constraint"
        " where connamespace = any (%s::regnamespace[]) and contype <> 't'",
        "schemas": "select nspname || coalesce(nspacl::text, '') from pg_namespace"
        " where oid = any (%s::regnamespace[])",
        "policies": "select polrelid::regclass || '.' || polname from pg_policy where polrelid in"
        " (select oid from pg_class where relnamespace = any (%s::regnamespace[]))",
        "triggers": "select tgrelid::regclass || '.' || tgname from pg_trigger"
        " where not tgisinternal and tgrelid in"
        " (select oid from pg_class where relnamespace = any (%s::regnamespace[]))",
    }
    return {
        kind: {next(iter(row.values())) for row in connection.execute(query, spaces).fetchall()}
        for kind, query in queries.items()
    }


def test_the_baseline_is_what_sql_gives() -> None:
    assert BASELINE.read_text("utf-8") == baseline(), "run `make baseline`"


def test_migrations_and_sql_build_the_same_schema(built: Database, pushed: Database) -> None:
    schemas = (*OURS, *PLATFORM)
    assert migrate.diff(built.url(), pushed.url(), schemas) == ""
    assert dump(built, schemas) == dump(pushed, schemas)


def test_the_differ_sees_what_differs(built: Database, clone: Callable[[str], Database]) -> None:
    changed = clone(built.name)
    with changed.connect() as connection:
        connection.execute("alter policy select_own on public.likes using (true)")
    assert "select_own" in migrate.diff(built.url(), changed.url(), OURS)
    assert dump(built, OURS) != dump(changed, OURS)


def test_migrations_and_sql_bring_the_same_rows(built: Database, pushed: Database) -> None:
    assert rows(built) == rows(pushed)


def test_pushing_again_changes_nothing(pushed: Database) -> None:
    before = dump(pushed, (*OURS, *PLATFORM)), rows(pushed)
    assert "up to date" in migrate.push(pushed.url())
    assert (dump(pushed, (*OURS, *PLATFORM)), rows(pushed)) == before


def test_migrations_run_as_an_owner_who_is_no_superuser(pushed: Database) -> None:
    with pushed.connect() as connection:
        owner = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
        assert owner == {"current_user": "postgres", "rolsuper": False}
        foreign = connection.execute(
            "select oid::regclass::text from pg_class"
            " where relnamespace = any (%s::regnamespace[]) and relowner <> 'postgres'::regrole",
            [list(OURS)],
        ).fetchall()
        assert foreign == []


def test_grants_are_the_same_with_open_default_privileges(
    built: Database, server: PostgresServer, clone: Callable[[str], Database]
) -> None:
    opened = clone("platform")
    with server.connect(opened.name, SUPERUSER) as connection:
        connection.execute((BOOTSTRAP / "4_open_default_privileges.sql").read_bytes())
    with opened.connect() as owner:
        owner.execute("create table public.newer (id int)")
        newer = owner.execute("select has_table_privilege('anon', 'public.newer', 'select') as may")
        assert newer.fetchone() == {"may": True}
        owner.execute("drop table public.newer")
    load_schema(opened.url())
    with built.connect() as closed, opened.connect() as owner:
        assert difference(snapshot(closed), snapshot(owner)) == ""


def test_a_table_made_later_is_closed_on_both(
    server: PostgresServer, clone: Callable[[str], Database]
) -> None:
    opened = clone("platform")
    with server.connect(opened.name, SUPERUSER) as connection:
        connection.execute((BOOTSTRAP / "4_open_default_privileges.sql").read_bytes())
    load_schema(opened.url())
    with opened.connect() as owner:
        owner.execute("create table public.later (id int)")
        owner.execute("create function public.later() returns int language sql return 1")
        for role in ("anon", "authenticated", "service_role"):
            may = owner.execute(
                "select has_table_privilege(%(role)s, 'public.later', 'select') as read,"
                " has_function_privilege(%(role)s, 'public.later()', 'execute') as execute",
                {"role": role},
            ).fetchone()
            assert may == {"read": False, "execute": False}, role


def test_the_platform_gets_triggers_and_policies_and_nothing_else(
    server: PostgresServer, built: Database
) -> None:
    with Database(server, "platform").connect() as before, built.connect() as after:
        was, now = catalog(before), catalog(after)
    added = {kind: now[kind] - was[kind] for kind in now if now[kind] != was[kind]}
    assert set(added) <= {"policies", "triggers"}
    assert added["triggers"] == {
        "auth.users._100_queue",
        "auth.users._500_erase",
        "auth.users._500_make_profile",
        "storage.objects._300_keep_track_file",
    }
    assert all(was[kind] <= now[kind] for kind in now)


def test_every_migration_is_of_the_project() -> None:
    names = [path.name for path in sorted(Path(BASELINE).parent.iterdir())]
    assert [name for name in names if not re.fullmatch(r"\d{14}_[a-z0-9_]+\.sql", name)] == []
    assert names[0] == BASELINE.name
