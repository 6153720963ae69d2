"""Who may do what, as one readable text: `python -m tests.schema.privileges [--write]`.

privileges.snap is this text for the schema as committed, so that a widened access is a line in a
diff. Roles' own rights as owners are left out.
"""
# ruff: noqa: E501 (SQL keeps its own lines)

from __future__ import annotations

import difflib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.parts.postgres import PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import free_port
from devstack.schema import load_schema
from tests.database import Connection, Database

SNAPSHOT = Path(__file__).with_name("privileges.snap")
HEADER = "# Who may do what, by object: written by `python -m tests.schema.privileges --write`.\n"
RIGHT = "lower(entry.privilege_type) || case when entry.is_grantable then ' with grant option' else '' end"
NAMED = "case entry.grantee when 0 then 'PUBLIC' else entry.grantee::regrole::text end"

SCHEMAS = f"""
  select 'schema ' || space.nspname as head, {NAMED} as who,
    string_agg({RIGHT}, ', ' order by entry.privilege_type) as what
  from pg_namespace as space, aclexplode(space.nspacl) as entry
  where space.nspname in ('public', 'private', 'backend', 'extensions') and entry.grantee <> space.nspowner
  group by 1, 2
"""
TABLES = f"""
  select
    case class.relkind when 'S' then 'sequence ' when 'v' then 'view ' else 'table ' end
      || space.nspname || '.' || class.relname || ' of ' || class.relowner::regrole
      || case
        when class.relkind not in ('r', 'p') then ''
        when not class.relrowsecurity then ', no row security'
        when not class.relforcerowsecurity then ', row security'
        else ', row security forced'
      end as head,
    held.who, held.what
  from pg_class as class
  join pg_namespace as space on space.oid = class.relnamespace
  left join lateral (
    select {NAMED} as who, string_agg({RIGHT}, ', ' order by entry.privilege_type) as what
    from aclexplode(class.relacl) as entry
    where entry.grantee <> class.relowner
    group by 1
    union all
    select {NAMED},
      {RIGHT} || ' (' || string_agg(attribute.attname, ', ' order by attribute.attname) || ')'
    from pg_attribute as attribute, aclexplode(attribute.attacl) as entry
    where attribute.attrelid = class.oid and entry.grantee <> class.relowner
    group by {NAMED}, {RIGHT}
  ) as held on true
  where space.nspname in ('public', 'private', 'backend') and class.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    -- Partitions come and go by the month; that nobody holds a right on one is a law.
    and not class.relispartition
"""
POLICIES = """
  select 'policy ' || schemaname || '.' || tablename || '.' || policyname || ' for ' || lower(cmd)
      || ' to ' || array_to_string(roles, ', ') || case permissive when 'RESTRICTIVE' then ', restrictive' else '' end
      as head,
    clause.who, clause.what
  from pg_policies, lateral (values ('using', qual), ('with check', with_check)) as clause (who, what)
  where schemaname in ('public', 'private', 'backend', 'storage', 'realtime') and clause.what is not null
"""
ROUTINES = f"""
  select 'function ' || space.nspname || '.' || proc.proname || '(' || pg_get_function_identity_arguments(proc.oid) || ')'
      || case when proc.prosecdef then ', security definer of ' || proc.proowner::regrole else '' end as head,
    case when proc.proacl is null then 'PUBLIC' else {NAMED} end as who, coalesce({RIGHT}, 'execute') as what
  from pg_proc as proc
  join pg_namespace as space on space.oid = proc.pronamespace
  left join lateral aclexplode(proc.proacl) as entry on entry.grantee <> proc.proowner
  where space.nspname in ('public', 'private', 'backend')
    and not exists (select from pg_depend where objid = proc.oid and deptype = 'e')
"""
TYPES = f"""
  select 'type ' || space.nspname || '.' || type.typname as head,
    case when type.typacl is null then 'PUBLIC' else {NAMED} end as who, coalesce({RIGHT}, 'usage') as what
  from pg_type as type
  join pg_namespace as space on space.oid = type.typnamespace
  left join pg_class as class on class.oid = type.typrelid
  left join lateral aclexplode(type.typacl) as entry on entry.grantee <> type.typowner
  where space.nspname in ('public', 'private', 'backend')
    and (type.typtype in ('e', 'd', 'r') or class.relkind = 'c')
"""
DEFAULTS = f"""
  select 'what ' || given.defaclrole::regrole || ' creates' || coalesce(' in ' || space.nspname, '') || ': '
      || case given.defaclobjtype
        when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'others'
      end as head,
    {NAMED} as who, string_agg({RIGHT}, ', ' order by entry.privilege_type) as what
  from pg_default_acl as given
  left join pg_namespace as space on space.oid = given.defaclnamespace
  left join lateral aclexplode(given.defaclacl) as entry on entry.grantee <> given.defaclrole
  where given.defaclrole = 'postgres'::regrole
  group by 1, 2
"""
TRIGGERS = """
  select 'trigger ' || trigger.tgname || ' on ' || space.nspname || '.' || class.relname as head,
    'runs' as who, trigger.tgfoid::regproc::text as what
  from pg_trigger as trigger
  join pg_class as class on class.oid = trigger.tgrelid
  join pg_namespace as space on space.oid = class.relnamespace
  where not trigger.tgisinternal and space.nspname in ('auth', 'storage', 'realtime')
    and trigger.tgfoid in (select proc.oid from pg_proc as proc where proc.pronamespace = 'private'::regnamespace)
"""


def snapshot(connection: Connection) -> str:
    """Every right, as text: a head line for each object, below it who holds what, all sorted."""
    blocks = []
    for statement in (SCHEMAS, TABLES, POLICIES, TRIGGERS, ROUTINES, TYPES, DEFAULTS):
        held: dict[str, list[str]] = {}
        for row in connection.execute(statement).fetchall():
            lines = held.setdefault(row["head"], [])
            if row["who"] is not None:
                lines.append(f"  {row['who']}: {row['what']}")
        blocks.append(
            "\n".join("\n".join([head, *sorted(lines)]) for head, lines in sorted(held.items()))
        )
    return HEADER + "\n" + "\n\n".join(blocks) + "\n"


def difference(before: str, after: str) -> str:
    """What changed, as a diff; empty when nothing did."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), "privileges.snap", "sql/", n=1, lineterm=""
    )
    return "\n".join(lines)


@contextmanager
def fresh_database() -> Iterator[Connection]:
    """A connection to a database built from sql/ on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="backbeat-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "data", free_port(), secret="test", fast=True)
        server.initialise()
        server.start()
        try:
            server.wait()
            prepare_platform(server, "platform")
            load_schema(server.url("platform"))
            with Database(server, "platform").connect() as connection:
                yield connection
        finally:
            server.stop()


def main(arguments: list[str]) -> int:
    """Print what would change, or write it."""
    with fresh_database() as connection:
        after = snapshot(connection)
    before = SNAPSHOT.read_text("utf-8") if SNAPSHOT.exists() else ""
    print(difference(before, after) or "privileges.snap is up to date")
    if "--write" in arguments:
        SNAPSHOT.write_text(after, "utf-8")
        return 0
    return int(before != after)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
