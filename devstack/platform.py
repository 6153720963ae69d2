"""What hosted Supabase has before any migration: roles, schemas, extensions, auth, storage."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

import psycopg
from psycopg import sql

from devstack.parts.lite import ROLE as LITE_ROLE
from devstack.parts.lite import Lite
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.processes import DevstackError, free_port, spawn, stop, tail, wait_until

BOOTSTRAP = Path(__file__).parent / "bootstrap"
LOGIN_ROLES = ("postgres", "authenticator", "supabase_auth_admin", "supabase_storage_admin")


def prepare_platform(
    server: PostgresServer, database: str, *, open_default_privileges: bool = False
) -> None:
    """Make `database` what the platform hands to a project: ready for our migrations.

    Creates the roles and the database where they are missing, and leaves nothing connected, so that
    the database can be a template. Runs Lite once for the tables of auth and storage.
    """
    create_database(server, database)
    before_lite(server, database, open_default_privileges=open_default_privileges)
    _run_lite_once(server, database)
    after_lite(server, database)


def create_database(server: PostgresServer, database: str) -> None:
    """Create the roles and the database, owned by postgres, unless they exist."""
    with server.connect("postgres", SUPERUSER) as connection:
        _run_file(connection, "1_roles.sql")
        if server.fast:
            # On a machine that is busy with tests a statement may stand still for seconds.
            for role in ("anon", "authenticated", "authenticator"):
                connection.execute(f"alter role {role} set statement_timeout = '120s'".encode())
        for role in LOGIN_ROLES:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), server.password(role)
                )
            )
        name = sql.Identifier(database)
        query = "select from pg_database where datname = %s"
        if connection.execute(query, [database]).fetchone() is None:
            connection.execute(sql.SQL("create database {} owner postgres").format(name))
        connection.execute(sql.SQL("alter database {} owner to postgres").format(name))
        connection.execute(
            sql.SQL("grant create on database {} to {}").format(name, sql.Identifier(LITE_ROLE))
        )


def before_lite(
    server: PostgresServer, database: str, *, open_default_privileges: bool = False
) -> None:
    """Everything that must be there when Lite starts."""
    with server.connect(database, SUPERUSER) as connection:
        _run_file(connection, "2_schemas.sql")
        if (BOOTSTRAP / "realtime.sql").exists():
            _run_file(connection, "realtime.sql")
        if open_default_privileges:
            _run_file(connection, "4_open_default_privileges.sql")


def after_lite(server: PostgresServer, database: str) -> None:
    """Owners and grants of what Lite has created."""
    with server.connect(database, SUPERUSER) as connection:
        _run_file(connection, "3_grants.sql")


def _run_file(connection: psycopg.Connection, name: str) -> None:
    try:
        with connection.transaction():
            connection.execute((BOOTSTRAP / name).read_bytes())
    except psycopg.Error as error:
        raise DevstackError(f"devstack/bootstrap/{name}: {error}") from error


def _run_lite_once(server: PostgresServer, database: str) -> None:
    with tempfile.TemporaryDirectory(prefix="backbeat-lite-") as folder:
        lite = Lite(
            folder=Path(folder),
            port=free_port(),
            database_url=server.url(database, LITE_ROLE),
            jwt_secret=secrets.token_urlsafe(32),
            publishable_key="sb_publishable_" + secrets.token_urlsafe(24),
            secret_key="sb_secret_" + secrets.token_urlsafe(24),
        )
        lite.configure()
        log = Path(folder) / "lite.log"
        with log.open("wb") as output:
            process = spawn(lite.command(), env=lite.environment(), cwd=lite.folder, log=output)
        try:
            wait_until(
                lite.is_ready, alive=lambda: process.poll() is None, patience=300, what="lite"
            )
        except DevstackError as error:
            raise DevstackError(f"{error}\n{tail(log)}") from error
        finally:
            stop(process)
