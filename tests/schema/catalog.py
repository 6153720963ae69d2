"""What is ours in the catalog, and laws as queries over it."""
# ruff: noqa: E501 (SQL keeps its own lines)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.database import Connection

Offenders = list[str]


@dataclass(frozen=True)
class Law:
    """A sentence that holds, and the function that finds what breaks it."""

    sentence: str
    offenders: Callable[[Connection], Offenders]

    def __str__(self) -> str:
        return self.sentence


OURS = """
  ours as (select oid, nspname from pg_namespace where nspname in ('public', 'private', 'backend')),
  relation as (
    select class.*, ours.nspname, ours.nspname || '.' || class.relname as name
    from pg_class as class
    join ours on ours.oid = class.relnamespace
    where not exists (select from pg_depend where objid = class.oid and deptype = 'e')
  ),
  routine as (
    select proc.*, ours.nspname, ours.nspname || '.' || proc.proname as name,
      ours.nspname || '.' || proc.proname || '(' || pg_get_function_identity_arguments(proc.oid) || ')' as signature
    from pg_proc as proc
    join ours on ours.oid = proc.pronamespace
    where not exists (select from pg_depend where objid = proc.oid and deptype = 'e')
  ),
  policy as (
    select policy.*, class.relname, space.nspname,
      space.nspname || '.' || class.relname || '.' || policy.polname as name,
      coalesce(pg_get_expr(policy.polqual, policy.polrelid), '') || ' '
        || coalesce(pg_get_expr(policy.polwithcheck, policy.polrelid), '') as expressions
    from pg_policy as policy
    join pg_class as class on class.oid = policy.polrelid
    join pg_namespace as space on space.oid = class.relnamespace
    where space.nspname in ('public', 'private', 'backend', 'storage', 'realtime')
  )
"""


def query(connection: Connection, statement: str, *parameters: object) -> Offenders:
    """The one column `offender` of a query over the relations, routines and policies of ours."""
    rows = connection.execute(f"with {OURS} {statement}", list(parameters) or None).fetchall()
    return sorted({str(row["offender"]) for row in rows})


def asks(sentence: str, statement: str) -> Law:
    """A law that is one query."""
    return Law(sentence, lambda connection: query(connection, statement))
