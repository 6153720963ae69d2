"""The laws of the schema: each a sentence and a function that returns who breaks it.

A law reads the catalog, or the catalog beside the files of sql/. test_laws.py shows each of them
failing on a schema that is broken on purpose, and holding on ours.
"""
# ruff: noqa: E501 (SQL keeps its own lines)

from __future__ import annotations

import re

from devstack.sql_functions import functions, source_text
from tests.database import Connection
from tests.schema.catalog import OURS, Law, Offenders, asks, query
from tests.schema.lists import ANON_MAY_EXECUTE, EXTENSIONS, PERSON_COLUMNS, TOO_NEW
from tests.schema.people import unasked_definers, unasked_writers, unmapped


def anon_list(connection: Connection) -> Offenders:
    """The difference between what anon may execute and the list above."""
    actual = set(
        query(
            connection,
            "select name as offender from routine where has_function_privilege('anon', oid, 'execute')",
        )
    )
    return sorted(actual ^ ANON_MAY_EXECUTE)


def unexplained_definers(connection: Connection) -> Offenders:
    """Definer functions without their reason in sql/, and reasons above functions that need none."""
    actual = set(query(connection, "select name as offender from routine where prosecdef"))
    explained = {name for name, one in functions(source_text()).items() if one.reason}
    return sorted(actual ^ explained)


_WRAPPED = re.compile(r"\( ?SELECT (?:auth|realtime|private)\.\w+\([^()]*\) AS \w+\)")
_BARE = re.compile(r"\b(?:auth|realtime|private)\.\w+\(|\bcurrent_setting\(|\bcurrent_user\b")


def per_row_calls(connection: Connection) -> Offenders:
    """Policies with a call that is not the whole of a (select ...)."""
    rows = connection.execute(f"with {OURS} select name, expressions from policy").fetchall()
    return sorted(row["name"] for row in rows if _BARE.search(_WRAPPED.sub("", row["expressions"])))


_IN_SELECT = re.compile(r"\bin\s*\(\s*(?=select\b)", re.I)
_CUT_OFF = re.compile(r"\b(?:limit|offset)\b.*\bfor\s+(?:no\s+key\s+)?update\b", re.I | re.S)


def limits_run_again(connection: Connection) -> Offenders:
    """Functions with `in (select ... limit ... for update)`: its plan may take the next rows anew."""
    rows = connection.execute(f"with {OURS} select name, prosrc from routine").fetchall()
    found = []
    for row in rows:
        for opening in _IN_SELECT.finditer(row["prosrc"]):
            depth, end = 1, opening.end()
            while depth and end < len(row["prosrc"]):
                depth += {"(": 1, ")": -1}.get(row["prosrc"][end], 0)
                end += 1
            if _CUT_OFF.search(row["prosrc"][opening.end() : end]):
                found.append(row["name"])
    return sorted(found)


def too_new(text: str) -> Offenders:
    """What a text of SQL uses that Postgres 17 does not have."""
    plain = re.sub(r"--[^\n]*", "", text)
    return [name for pattern, name in TOO_NEW.items() if re.search(pattern, plain, re.I)]


LAWS = [
    Law("Every definer function that clients may execute looks at who calls", unasked_definers),
    Law("Every RPC that writes asks first whether its caller may write", unasked_writers),
    asks(
        "Every table has row-level security enabled and forced",
        """
        select name as offender from relation
        where relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
        """,
    ),
    asks(
        "Every policy names its roles, and PUBLIC is none",
        "select name as offender from policy where 0 = any (polroles)",
    ),
    asks(
        "Every policy is for one command and named after it",
        """
        select name as offender from policy
        where polcmd = '*'
          or not starts_with(
            polname, case polcmd when 'r' then 'select_' when 'a' then 'insert_' when 'w' then 'update_' else 'delete_' end
          )
        """,
    ),
    asks("Every policy is permissive", "select name as offender from policy where not polpermissive"),
    Law("No policy calls a function once a row", per_row_calls),
    asks(
        "Every foreign key has an index that leads with its columns",
        """
        select reference.conrelid::regclass || '.' || reference.conname as offender
        from pg_constraint as reference
        join relation on relation.oid = reference.conrelid
        where reference.contype = 'f'
          and not exists (
            select from pg_index as index
            where index.indrelid = reference.conrelid
              and index.indpred is null
              and (index.indkey::int2[])[0:cardinality(reference.conkey) - 1] @> reference.conkey
          )
        """,
    ),
    asks(
        "Every foreign key says what happens on delete",
        """
        select reference.conrelid::regclass || '.' || reference.conname as offender
        from pg_constraint as reference
        join relation on relation.oid = reference.conrelid
        where reference.contype = 'f' and reference.confdeltype = 'a'
        """,
    ),
    asks(
        "Every function has an empty search_path, but an invoker's whose names are bound when it is made",
        """
        select signature as offender from routine
        where not coalesce(proconfig @> array['search_path=""'], false)
          and (prosecdef or prosqlbody is null or exists (
            select from unnest(proconfig) as setting where setting like 'search_path=%'
          ))
        """,
    ),
    asks(
        "Security definer functions stand in private alone",
        "select signature as offender from routine where prosecdef and nspname <> 'private'",
    ),
    Law("Every security definer function has its reason directly above it in sql/", unexplained_definers),
    asks(
        "Nobody may execute a private function that no API function or policy of theirs calls",
        """
        , grantee as (
          select routine.oid, routine.signature, role.oid as role_oid, role.rolname
          from routine
          cross join lateral aclexplode(routine.proacl) as entry
          join pg_roles as role on role.oid = entry.grantee
          where routine.nspname = 'private' and entry.grantee <> routine.proowner
        )
        select grantee.rolname || ' on ' || grantee.signature as offender
        from grantee
        where not exists (
            select from pg_depend as use
            join routine as door on door.oid = use.objid
            where use.classid = 'pg_proc'::regclass
              and use.refclassid = 'pg_proc'::regclass
              and use.refobjid = grantee.oid
              and door.nspname in ('public', 'backend')
              and has_function_privilege(grantee.role_oid, door.oid, 'execute')
          )
          and not exists (
            select from pg_depend as use
            join policy on policy.oid = use.objid
            where use.classid = 'pg_policy'::regclass
              and use.refclassid = 'pg_proc'::regclass
              and use.refobjid = grantee.oid
              and grantee.role_oid = any (policy.polroles)
          )
        """,
    ),
    asks(
        "Nothing of ours is open to PUBLIC",
        """
        select 'execute ' || signature as offender from routine
        where proacl is null or exists (select from aclexplode(proacl) where grantee = 0)
        union all
        select lower(entry.privilege_type) || ' on ' || name
        from relation, aclexplode(relacl) as entry where entry.grantee = 0
        union all
        select 'usage on ' || space.nspname
        from pg_namespace as space, aclexplode(space.nspacl) as entry
        where entry.grantee = 0 and space.nspname in ('private', 'backend')
        """,
    ),
    Law("What anon may execute is exactly the committed list", anon_list),
    asks(
        "Only service_role enters backend, and nobody enters private",
        """
        select role.rolname || ' in ' || space.nspname as offender
        from pg_namespace as space, aclexplode(space.nspacl) as entry, pg_roles as role
        where role.oid = entry.grantee and role.oid <> space.nspowner
          and (space.nspname = 'private' or (space.nspname = 'backend' and role.rolname <> 'service_role'))
        """,
    ),
    asks(
        "The API roles hold no truncate, references, trigger or maintain",
        """
        select entry.grantee::regrole || ' ' || lower(entry.privilege_type) || ' on ' || name as offender
        from relation, aclexplode(relacl) as entry
        where entry.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') and entry.grantee <> relowner
        union all
        select entry.grantee::regrole || ' references on ' || name || '.' || attribute.attname
        from relation
        join pg_attribute as attribute on attribute.attrelid = relation.oid
        cross join lateral aclexplode(attribute.attacl) as entry
        where entry.privilege_type = 'REFERENCES'
        """,
    ),
    asks(
        "Insert and update are granted by column alone",
        """
        select entry.grantee::regrole || ' ' || lower(entry.privilege_type) || ' on ' || name as offender
        from relation, aclexplode(relacl) as entry
        where entry.privilege_type in ('INSERT', 'UPDATE') and entry.grantee <> relowner
        """,
    ),
    asks(
        "No client reaches a private table",
        """
        select entry.grantee::regrole || ' on ' || name as offender
        from relation, aclexplode(relacl) as entry
        where nspname = 'private' and entry.grantee <> relowner
        """,
    ),
    asks(
        "Every view runs with its caller's rights",
        """
        select name as offender from relation
        where relkind = 'm' or (relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}', false))
        """,
    ),
    asks(
        "Everything exposed is documented",
        """
        select name as offender from relation
        where nspname in ('public', 'backend') and relkind in ('r', 'p', 'v', 'm')
          and obj_description(oid, 'pg_class') is null
        union all
        select relation.name || '.' || attribute.attname
        from relation
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0
        where nspname in ('public', 'backend') and relkind in ('r', 'p', 'v', 'm')
          and not attribute.attisdropped and col_description(relation.oid, attribute.attnum) is null
        union all
        select signature from routine
        where nspname in ('public', 'backend') and obj_description(oid, 'pg_proc') is null
        union all
        select name from relation
        where nspname in ('public', 'backend') and relkind = 'c' and obj_description(reltype, 'pg_type') is null
        union all
        select ours.nspname || '.' || type.typname from pg_type as type join ours on ours.oid = type.typnamespace
        where ours.nspname in ('public', 'backend') and type.typtype in ('e', 'd') and obj_description(type.oid, 'pg_type') is null
        """,
    ),
    asks(
        "Every private table is documented",
        """
        select name as offender from relation
        where nspname = 'private' and relkind in ('r', 'p') and obj_description(oid, 'pg_class') is null
        """,
    ),
    Law("The data map registers every column that holds a person's id, and nothing else", unmapped),
    asks(
        "No public function is told who its caller is",
        f"""
        select signature || ' ' || parameter as offender
        from routine, unnest(proargnames[1:pronargs], proargtypes::oid[]) as argument (parameter, type)
        where nspname = 'public' and type = 'uuid'::regtype
          and parameter = any ('{{{",".join((*PERSON_COLUMNS, "me", "caller_id", "uid"))}}}')
          -- With its kind beside it, the id is of a thing.
          and not (parameter = 'target_id' and 'target_kind' = any (proargnames))
        """,
    ),
    asks(
        "Every API function is a thin door: one SQL statement with its caller's rights",
        """
        select signature as offender from routine
        where nspname in ('public', 'backend') and (prosqlbody is null or prosecdef)
        """,
    ),
    asks(
        "No API function is overloaded",
        """
        select name as offender from routine where nspname in ('public', 'backend')
        group by name having count(*) > 1
        """,
    ),
    asks(
        "No enum stands in the signature of an API function",
        """
        select signature as offender
        from routine, unnest(proargtypes::oid[] || prorettype || coalesce(proallargtypes, '{}')) as used
        join pg_type as type on type.oid = used
        where nspname in ('public', 'backend') and (
          type.typtype = 'e' or exists (select from pg_type as item where item.oid = type.typelem and item.typtype = 'e')
        )
        """,
    ),
    asks(
        "Triggers are named by their order, and their functions after the table",
        """
        select relation.name || '.' || trigger.tgname as offender
        from pg_trigger as trigger
        join relation on relation.oid = trigger.tgrelid
        join pg_proc as proc on proc.oid = trigger.tgfoid
        where not trigger.tgisinternal
          -- A partition has the triggers of its table, by the same names.
          and not relation.relispartition
          and (
            trigger.tgname !~ '^_[0-9]{3}_[a-z_]+$'
            or proc.pronamespace <> 'private'::regnamespace
            or proc.proname !~ ('^tg(_' || relation.relname || ')?__[a-z_]+$')
          )
        """,
    ),
    asks(
        "A column's name says its type: *_at is timestamptz, is_* boolean, *_minor bigint",
        """
        select relation.name || '.' || attribute.attname as offender
        from relation
        join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0
        where relation.relkind in ('r', 'p', 'v', 'c') and not attribute.attisdropped and (
          (attribute.attname like '%\\_at' and attribute.atttypid <> 'timestamptz'::regtype)
          or (attribute.attname like 'is\\_%' and attribute.atttypid <> 'boolean'::regtype)
          or (attribute.attname like '%\\_minor' and attribute.atttypid <> 'bigint'::regtype)
        )
        """,
    ),
    asks(
        "Every check has a name of its own",
        """
        select relation.name || '.' || rule.conname as offender
        from pg_constraint as rule
        join relation on relation.oid = rule.conrelid
        where rule.contype = 'c' and rule.conname ~ '_check[0-9]*$'
        """,
    ),
    Law(
        "No extension is used but the ones hosted Supabase and the stack share",
        lambda connection: sorted(
            {row["extname"] for row in connection.execute("select extname from pg_extension")} - EXTENSIONS
        ),
    ),
    Law("No limit of rows to lock stands in a subquery that may run again", limits_run_again),
    asks(
        "No list asks whether there is a cursor: a generic plan then reads all that stands before the page",
        """
        select name as offender from routine where prosrc ~* '\\mv_place is null or\\M'
        """,
    ),
    Law("Nothing is newer than Postgres 17", lambda _: too_new(source_text())),
]  # fmt: skip
