"""The platform the stack provides: what hosted Supabase gives a project, and nothing more."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.processes import DevstackError, free_port
from devstack.schema import load_schema, source_files

CLAIMS = {"sub": "00000000-0000-0000-0000-000000000001", "role": "authenticated", "email": "a@b.c"}


@pytest.fixture
def owner(server: PostgresServer) -> psycopg.Connection:
    """A connection to the platform's database as its owner; nothing it does is kept."""
    return server.connect("platform", autocommit=False)


def test_owner_is_no_superuser_but_may_do_what_migrations_do(owner: psycopg.Connection) -> None:
    with owner:
        owner.execute("create extension if not exists vector with schema extensions")
        owner.execute("create policy p on storage.objects for select to authenticated using (true)")
        owner.execute("create policy p on realtime.messages for select to anon using (true)")
        owner.execute("insert into storage.buckets (id, name) values ('b', 'b')")
        owner.execute("create table public.t (id uuid references auth.users on delete cascade)")
        owner.execute(
            "create function public.f() returns trigger language plpgsql as "
            "$$ begin return new; end $$"
        )
        owner.execute(
            "create trigger t after insert on auth.users for each row execute function public.f()"
        )
        row = owner.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
        assert row == (False,)
        owner.rollback()


@pytest.mark.parametrize("way", ["claims", "legacy"])
def test_auth_functions_read_the_caller(owner: psycopg.Connection, way: str) -> None:
    with owner:
        owner.execute("set local role authenticated")
        if way == "claims":
            owner.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(CLAIMS)])
        else:
            for name, value in CLAIMS.items():
                owner.execute(
                    "select set_config(%s, %s, true)", [f"request.jwt.claim.{name}", value]
                )
        row = owner.execute("select auth.uid()::text, auth.role(), auth.email()").fetchone()
        assert row == (CLAIMS["sub"], CLAIMS["role"], CLAIMS["email"])
        owner.rollback()


def test_auth_functions_survive_being_replaced_as_lite_does(server: PostgresServer) -> None:
    with server.connect("platform", "supabase_auth_admin", autocommit=False) as lite:
        lite.execute(
            "create or replace function auth.uid() returns uuid as "
            "$$ select nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$ "
            "language sql stable"
        )
        lite.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(CLAIMS)])
        assert lite.execute("select auth.uid()::text").fetchone() == (CLAIMS["sub"],)
        lite.rollback()


def test_lite_sees_row_level_security_in_storage_only(server: PostgresServer) -> None:
    # It grants everything on every table of each schema in which it sees any.
    query = "select distinct relnamespace::regnamespace::text from pg_class where relrowsecurity"
    with server.connect("platform", "supabase_auth_admin") as lite:
        assert lite.execute(query).fetchall() == [("storage",)]
    with server.connect("platform", SUPERUSER) as superuser:
        assert len(superuser.execute(query).fetchall()) > 1


def test_lite_has_granted_before_anybody_asks_it(server: PostgresServer) -> None:
    # It does so for the first who asks for what is stored; two who are the first fail each other.
    query = (
        "select count(*) from pg_default_acl where defaclrole = 'supabase_auth_admin'::regrole"
        " and defaclnamespace = 'storage'::regnamespace and defaclobjtype = 'r'"
    )
    with server.connect("platform") as owner:
        assert owner.execute(query).fetchone() == (1,)


def test_nothing_is_granted_to_api_roles_by_default(owner: psycopg.Connection) -> None:
    with owner:
        owner.execute("create table public.t (id int)")
        for role in ("anon", "authenticated", "service_role"):
            row = owner.execute(
                "select has_table_privilege(%s, 'public.t', 'select')", [role]
            ).fetchone()
            assert row == (False,)
        owner.rollback()


def test_initdb_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "data.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    running = PostgresServer(tmp_path / "data", free_port(), secret="test", fast=True)
    running.initialise()
    assert not unfinished.exists()
    assert (running.data / "global" / "pg_control").exists()


def test_trace_of_a_dead_server_does_not_stop_the_next(tmp_path: Path) -> None:
    running = PostgresServer(tmp_path / "data", free_port(), secret="test", fast=True)
    running.initialise()
    # Process 1 is alive and is no Postgres: the id was used again.
    (running.data / "postmaster.pid").write_text(f"1\n{running.data}\n")
    running.clear_leftover()
    running.start()
    try:
        running.wait()
    finally:
        running.stop()


def test_sql_loads_by_layer_then_by_domain(tmp_path: Path) -> None:
    for name in ("02_b/tables.sql", "01_a/api.sql", "01_a/functions/y.sql", "01_a/functions/x.sql"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    names = [path.relative_to(tmp_path).as_posix() for path in source_files(tmp_path)]
    assert names == [
        "02_b/tables.sql",
        "01_a/functions/x.sql",
        "01_a/functions/y.sql",
        "01_a/api.sql",
    ]
    (tmp_path / "01_a" / "triggers.sql").touch()
    with pytest.raises(DevstackError, match=r"01_a/triggers\.sql"):
        source_files(tmp_path)


def test_error_in_sql_names_file_and_line(server: PostgresServer, tmp_path: Path) -> None:
    domain = tmp_path / "sql" / "01_a"
    domain.mkdir(parents=True)
    (domain / "tables.sql").write_text("create table public.kept_not (id int);\n")
    (domain / "api.sql").write_text("\nselect 1;\nselect nope;\n")
    with pytest.raises(DevstackError, match=r"sql/01_a/api\.sql:3: ERROR: .*nope"):
        load_schema(server.url("platform"), tmp_path / "sql")
    with server.connect("platform") as owner:
        assert owner.execute("select to_regclass('public.kept_not')").fetchone() == (None,)
