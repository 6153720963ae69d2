"""What a call writes, written without it: the floor under an RPC that does a lot.

The rows that one call has left are copied, whatever tables they are in; `bare` inserts as many into
copies of those tables, with their columns, keys and checks, without triggers and foreign keys.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

TOUCHED = """
select schemaname, relname
from pg_stat_xact_user_tables
where n_tup_ins + n_tup_upd > 0 and schemaname <> 'bench'
order by schemaname, relname
"""
# Subtransactions have ids of their own, which are greater.
WRITTEN = "xmin::text::bigint >= pg_current_xact_id()::xid::text::bigint"
# Of each unique key the id, or the last of what is text, is made anew; identities make themselves.
KEYS = """
select distinct on (key.indexrelid) field.attname::text, field.atttypid::regtype::text
from pg_index as key
cross join lateral unnest(key.indkey::int2[]) with ordinality as place (attnum, place)
join pg_attribute as field on field.attrelid = key.indrelid and field.attnum = place.attnum
where key.indrelid = %s::regclass and key.indisunique and field.attidentity = ''
  and field.atttypid in ('uuid'::regtype, 'text'::regtype)
order by key.indexrelid, field.atttypid <> 'uuid'::regtype, place.place desc
"""
COLUMNS = """
select attname::text
from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped
  and attidentity = '' and attgenerated = ''
order by attnum
"""
NEW = {"uuid": "gen_random_uuid()", "text": "gen_random_uuid()::text"}


@dataclass(frozen=True)
class Bare:
    """A statement that inserts what a call wrote: so many rows a table."""

    statement: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """How many rows in all."""
        return sum(self.rows.values())


def bare(
    owner: psycopg.Connection[tuple[object, ...]], name: str, call: str, *parameters: str
) -> Bare:
    """Make a call as the superuser, and a function bench.<name>() that writes its rows again."""
    owner.execute(b"create schema if not exists bench")
    rows: dict[str, int] = {}
    inserts: list[sql.Composed] = []
    with owner.transaction():
        psycopg.RawCursor(owner).execute(call, parameters)
        touched = owner.execute(TOUCHED.encode()).fetchall()
        for schema, table in touched:
            origin = sql.Identifier(str(schema), str(table))
            copy = sql.Identifier("bench", f"{name}_{table}")
            sample = sql.Identifier("bench", f"{name}_{table}_sample")
            said = origin.as_string(owner)
            for query in (
                "drop table if exists {copy}, {sample}",
                "create table {copy} (like {origin} including all)",
                f"create table {{sample}} as select * from {{origin}} where {WRITTEN}",
            ):
                owner.execute(sql.SQL(query).format(copy=copy, sample=sample, origin=origin))
            (count,) = owner.execute(
                sql.SQL("select count(*) from {}").format(sample)
            ).fetchone() or (0,)
            if not count:
                continue
            rows[f"{schema}.{table}"] = int(str(count))
            keys = {str(key): NEW[str(kind)] for key, kind in owner.execute(KEYS, [said])}
            columns = [str(column) for (column,) in owner.execute(COLUMNS, [said])]
            inserts.append(
                sql.SQL("insert into {} ({}) select {} from {};").format(
                    copy,
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.SQL(", ").join(
                        sql.SQL(keys[column]) if column in keys else sql.Identifier(column)
                        for column in columns
                    ),
                    sample,
                )
            )
        owner.execute(
            sql.SQL(
                "create or replace function bench.{}() returns void language plpgsql"
                " as $$ begin {} end $$"
            ).format(sql.Identifier(name), sql.SQL(" ").join(inserts))
        )
    return Bare(f"select bench.{name}()", rows)
