"""schema_version: what the function health compares with."""

from __future__ import annotations

from tests.database import Actor, Connection, forbidden


def test_a_database_without_migrations_has_no_version(service: Actor) -> None:
    assert service.call("backend.schema_version") is None


def test_the_newest_migration_is_the_version(db: Connection, service: Actor) -> None:
    db.execute("create schema if not exists supabase_migrations")
    db.execute(
        "create table if not exists supabase_migrations.schema_migrations"
        " (version text primary key)"
    )
    assert service.call("backend.schema_version") is None
    db.execute(
        "insert into supabase_migrations.schema_migrations (version)"
        " values ('20261121000000'), ('20270101000000'), ('20261231235959')"
    )
    assert service.call("backend.schema_version") == "20270101000000"


def test_only_functions_may_ask(rooty: Actor, visitor: Actor) -> None:
    for somebody in (rooty, visitor):
        with forbidden():
            somebody.call("backend.schema_version")
