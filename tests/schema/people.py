"""Laws about people: where their ids lie, and who is asked before something is done."""
# ruff: noqa: E501 (SQL keeps its own lines)

from __future__ import annotations

import re

from devstack.sql_functions import reach
from tests.database import Connection
from tests.schema.catalog import OURS, Offenders
from tests.schema.lists import NOT_PERSONS, PERSON_COLUMNS, WRITES_ANYWAY

PERSON_IDS = f"""
  , recursive_person (relid, attnum) as (
    select 'auth.users'::regclass::oid, attribute.attnum
    from pg_attribute as attribute
    where attribute.attrelid = 'auth.users'::regclass and attribute.attname = 'id'
    union
    select reference.conrelid, reference.conkey[place]
    from pg_constraint as reference
    cross join lateral generate_subscripts(reference.conkey, 1) as place
    join recursive_person as person
      on person.relid = reference.confrelid and person.attnum = reference.confkey[place]
    where reference.contype = 'f'
      and reference.connamespace in (select oid from ours)
  ),
  person as (
    select relation.name || '.' || attribute.attname as column_name
    from relation
    join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0
    where relation.relkind in ('r', 'p')
      and not relation.relispartition
      and not attribute.attisdropped
      and (
        (relation.oid, attribute.attnum) in (select relid, attnum from recursive_person)
        or (
          attribute.atttypid = 'uuid'::regtype
          and attribute.attname = any ('{{{",".join(PERSON_COLUMNS)}}}')
          and relation.name || '.' || attribute.attname <> all ('{{{",".join(sorted(NOT_PERSONS))}}}')
        )
      )
    union all
    -- Of the platform's tables, those that go with no foreign key.
    select unnest(array['auth.users.id', 'auth.flow_state.user_id'])
  )
"""


def unmapped(connection: Connection) -> Offenders:
    """Person columns that private.data_map does not know, and entries of it that name none."""
    statement = f"""
      with recursive {OURS} {PERSON_IDS},
      mapped as (select entry.table_name || '.' || entry.person_column as column_name from private.data_map as entry)
      select 'not registered: ' || column_name as offender from person
      where column_name not in (select column_name from mapped)
      union all
      select 'not a person''s id: ' || column_name from mapped
      where column_name not in (select column_name from person)
      union all
      select 'not there: ' || entry.table_name || '.' || cleared
      from private.data_map as entry, unnest(entry.cleared_columns) as cleared
      where not exists (
        select from pg_attribute as attribute
        where attribute.attrelid = to_regclass(entry.table_name)
          and attribute.attname = cleared
          and not attribute.attnotnull
      )
      order by 1
    """
    return [str(row["offender"]) for row in connection.execute(statement).fetchall()]


def bodies(connection: Connection) -> dict[str, str]:
    """The text of every function and view of ours, by name."""
    rows = connection.execute(
        f"""
        with {OURS}
        select name, coalesce(pg_get_function_sqlbody(oid), prosrc) as body from routine
        union all
        select name, pg_get_viewdef(oid) from relation where relkind = 'v'
        """
    ).fetchall()
    return {row["name"]: re.sub(r"--[^\n]*", "", row["body"]) for row in rows}


def asking(connection: Connection, whom: str) -> set[str]:
    """The functions that ask something of the caller, themselves or through what they call."""
    known = bodies(connection)
    graph = {
        name: {
            used for used in re.findall(r"\b(?:public|private|backend)\.\w+", body) if used in known
        }
        for name, body in known.items()
    }
    return {
        name for name in known if any(whom in known[reached] for reached in reach(graph, {name}))
    }


def unasked_definers(connection: Connection) -> Offenders:
    """Definer functions that clients may execute and that never look at who calls."""
    rows = connection.execute(
        f"""
        with {OURS}
        select name from routine
        where prosecdef
          and (has_function_privilege('anon', oid, 'execute') or has_function_privilege('authenticated', oid, 'execute'))
        """
    ).fetchall()
    return sorted({row["name"] for row in rows} - asking(connection, "auth.uid()"))


def unasked_writers(connection: Connection) -> Offenders:
    """Writing RPCs of clients that do not ask whether the caller may write, and needless exceptions."""
    rows = connection.execute(
        f"""
        with {OURS}
        select name from routine
        where nspname = 'public' and provolatile = 'v' and has_function_privilege('authenticated', oid, 'execute')
        """
    ).fetchall()
    unasked = {row["name"] for row in rows} - asking(connection, "private.acting_user(")
    return sorted(unasked ^ WRITES_ANYWAY)
