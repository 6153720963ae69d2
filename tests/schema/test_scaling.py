"""The families that docs/scaling.md says may be spread by owner are fit for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from devstack.processes import ROOT
from tests.database import Connection

PAGE = ROOT / "docs" / "scaling.md"


@dataclass(frozen=True)
class Family:
    """One row of the register."""

    table: str
    owner: str
    key: str
    foreign_keys: frozenset[str]


def register() -> list[Family]:
    """The table between the marks of docs/scaling.md."""
    found = re.search(r"<!-- register -->\n(.*?)<!-- end", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    families = []
    for line in found[1].strip().splitlines()[2:]:
        table, owner, key, keys = (cell.strip() for cell in line.strip("|").split("|"))
        listed = frozenset() if keys == "none" else frozenset(keys.split(", "))
        families.append(Family(table, owner, key, listed))
    return families


def unfit(connection: Connection, family: Family) -> list[str]:
    """What keeps a family from being spread by its owner."""
    rows = connection.execute(
        """
        select index.indisunique as is_unique, index.indisprimary as is_primary,
          (
            select attribute.attname from pg_attribute as attribute
            where attribute.attrelid = index.indrelid and attribute.attnum = index.indkey[0]
          ) as leads,
          (
            select array_agg(attribute.attname::text) from pg_attribute as attribute
            where attribute.attrelid = index.indrelid
              and attribute.attnum = any ((index.indkey::int2[])[0:index.indnkeyatts - 1])
          ) as columns
        from pg_index as index
        where index.indrelid = %s::regclass
        """,
        [family.table],
    ).fetchall()
    (primary,) = [row for row in rows if row["is_primary"]]
    wrong = []
    if family.key == "owner leads":
        if primary["leads"] != family.owner:
            wrong.append(f"{family.table}: the primary key leads with {primary['leads']}")
    else:
        default = connection.execute(
            "select pg_get_expr(adbin, adrelid) as text from pg_attrdef"
            " join pg_attribute on attrelid = adrelid and attnum = adnum"
            " where adrelid = %s::regclass and attname = 'id'",
            [family.table],
        ).fetchone()
        if default is None or default["text"] != "private.uuid_v7()":
            wrong.append(f"{family.table}: the id is not time-ordered")
        if not any(row["leads"] == family.owner for row in rows):
            wrong.append(f"{family.table}: no index leads with {family.owner}")
    wrong += [
        f"{family.table}: unique over all owners by {', '.join(row['columns'])}"
        for row in rows
        if row["is_unique"] and family.owner not in row["columns"] and row["columns"] != ["id"]
    ]
    keys = connection.execute(
        "select conname::text as name from pg_constraint where contype = 'f'"
        " and (conrelid = %(table)s::regclass or confrelid = %(table)s::regclass)",
        {"table": family.table},
    ).fetchall()
    actual = {row["name"] for row in keys}
    return wrong + [f"{family.table}: {name}" for name in sorted(actual ^ family.foreign_keys)]


FAMILIES = register()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.table)
def test_the_family_can_be_spread_by_its_owner(family: Family, db: Connection) -> None:
    assert unfit(db, family) == []


def test_the_register_names_the_families_that_grow() -> None:
    assert {family.table for family in FAMILIES} >= {
        "public.likes", "public.reposts", "public.follows", "public.posts",
        "private.feed_entries", "private.activity_clocks", "public.direct_messages",
        "public.messages", "public.dj_sessions", "public.queue_items", "public.queue_votes",
        "public.live_streams", "public.room_members",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        (
            "alter table public.likes add constraint likes_user_id_fkey"
            " foreign key (user_id) references public.profiles (id) on delete cascade",
            "public.likes: likes_user_id_fkey",
        ),
        (
            "alter table public.reposts drop constraint reposts_pkey;"
            " alter table public.reposts add primary key (post_id, user_id)",
            "public.reposts: the primary key leads with post_id",
        ),
        (
            "alter table public.posts alter column id set default gen_random_uuid()",
            "public.posts: the id is not time-ordered",
        ),
        (
            "drop index public.posts_client_id; drop index public.posts_author_id",
            "public.posts: no index leads with author_id",
        ),
        (
            "create unique index on private.feed_entries (id)",
            None,
        ),
        (
            "create unique index on private.feed_entries (post_id, id)",
            "private.feed_entries: unique over all owners by id, post_id",
        ),
    ],
)
def test_what_would_keep_a_family_together_is_found(
    statement: str, wrong: str | None, db: Connection
) -> None:
    db.execute(statement.encode())
    found = [fault for family in FAMILIES for fault in unfit(db, family)]
    assert found == ([] if wrong is None else [wrong])
