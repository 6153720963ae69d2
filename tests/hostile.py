"""What a hostile client aims at: a community with everything in it, and every table there is."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass

from tests.catalogue import CRATE_VISIBILITIES, join_crate, make_crate, make_song, make_upload
from tests.database import CAST, Connection, actor, person_id
from tests.journeys.leaving import leave_traces
from tests.oracle import Row, World
from tests.rooms import ROOM_VISIBILITIES, ban_from_room, enter_room, make_room
from tests.shop import Shop

# Set it to repeat a run: HOSTILE_SEED=7 make test ARGS=tests/policies/test_hostile.py
SEED = int(os.environ.get("HOSTILE_SEED") or 20_261_123)
PEOPLE = tuple(CAST)
# Who carries secrets that others guess at: not staff, so that staff see them by right alone.
OWNERS = ("ben", "cleo", "stranger", "dan")


def chance(what: str) -> random.Random:
    """Chance by the seed, another for each test, so that they do not depend on their order."""
    return random.Random(f"{SEED} {what}")


def settle_community(db: Connection) -> None:
    """A row of every kind, of several people, for every audience."""
    leave_traces(db)
    # Who left the traces should see what is theirs because it is theirs.
    db.execute("delete from private.staff where user_id = %s", [person_id("ada")])
    song = make_song(db)
    go_private = "update public.profiles set is_private = %s where id = %s"
    db.execute(go_private, [False, person_id("dan")])
    for name in OWNERS:
        somebody = actor(db, name)
        for audience in ("public", "followers", "mutuals", "private"):
            somebody.post(f"{audience} of {name}", visibility=audience)
        for status in ("draft", "published", "hidden"):
            make_upload(db, name, status)
        for visibility in CRATE_VISIBILITIES:
            crate = make_crate(db, name, visibility, (song,))
        join_crate(db, crate, "finn", "viewer")
        for visibility in ROOM_VISIBILITIES:
            room = make_room(db, name, visibility)
            for other in ("finn", "eve"):
                enter_room(db, room, other)
            actor(db, "eve").call("send_message", room_id=room, body=f"{visibility} of {name}")
            ban_from_room(db, room, "rooty")
        somebody.call("set_dm_permission", permission="everyone")
        somebody.call("set_quiet_hours", starts="22:00", ends="07:00")
        somebody.call("register_push_token", token=f"ExponentPushToken[{name}]", platform="ios")
    for one, other in (("ben", "stranger"), ("cleo", "dan"), ("dan", "ben")):
        talk = actor(db, one).call("start_conversation", usernames=[other])["id"]
        for name in (one, other):
            actor(db, name).call("send_direct_message", conversation_id=talk, body=f"{name} here")
    shop = Shop(db)
    for name in ("ben", "eve", "stranger"):
        shop.vary(name, shop.offer(name, is_active=name != "eve"))
    actor(db, "eve").post("of who leaves")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id("eve")],
    )
    db.execute(go_private, [True, person_id("dan")])
    db.execute(
        "update public.posts set is_withheld = true where author_id = %s and audience = 'public'",
        [person_id("stranger")],
    )


@dataclass(frozen=True)
class Reference:
    """How rows of a table lead to those of another."""

    columns: tuple[str, ...]
    table: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A public table by the catalog, and what each role may do to it."""

    name: str
    columns: tuple[str, ...]
    types: dict[str, str]
    key: tuple[str, ...]
    references: tuple[Reference, ...]
    # By role.
    readable: dict[str, tuple[str, ...]]
    # By command: columns.
    writable: dict[str, frozenset[str]]

    @property
    def people(self) -> tuple[str, ...]:
        """The columns that refer to a person."""
        return tuple(
            each.columns[0]
            for each in self.references
            if each.table == "profiles" and len(each.columns) == 1
        ) or (("id",) if self.name == "profiles" else ())

    @property
    def is_writable(self) -> bool:
        """Whether clients may write to it at all."""
        return any(self.writable.values())


def is_mine(world: World, table: Table, row: Row, me: str | None) -> bool:
    """Whether a row names somebody, or what it belongs to is theirs."""
    if me is None:
        return False
    return me in {row[column] for column in table.people} or world.owns(me, table.name, row)


COLUMNS = """
  select relation.relname as table_name, attribute.attname::text as name,
    format_type(attribute.atttypid, null) as type,
    array(
      select role from unnest('{anon,authenticated,service_role}'::text[]) as role
      where has_column_privilege(role, relation.oid, attribute.attnum, 'select')
    ) as readers,
    array(
      select command from unnest('{insert,update}'::text[]) as command
      where has_column_privilege('authenticated', relation.oid, attribute.attnum, command)
    ) as writes,
    has_table_privilege('authenticated', relation.oid, 'delete') as is_deletable,
    coalesce(attribute.attnum = any (key.conkey), false) as is_key
  from pg_class as relation
  join pg_attribute as attribute on attribute.attrelid = relation.oid
  left join pg_constraint as key on key.conrelid = relation.oid and key.contype = 'p'
  where relation.relnamespace = 'public'::regnamespace and relation.relkind in ('r', 'p')
    and not relation.relispartition and attribute.attnum > 0 and not attribute.attisdropped
  order by 1, attribute.attnum
"""
REFERENCES = """
  select relation.relname as table_name, other.relname as other,
    array(
      select attname::text from unnest(reference.conkey) with ordinality as part (number, place)
      join pg_attribute on attrelid = relation.oid and attnum = part.number order by place
    ) as columns,
    array(
      select attname::text from unnest(reference.confkey) with ordinality as part (number, place)
      join pg_attribute on attrelid = other.oid and attnum = part.number order by place
    ) as others
  from pg_constraint as reference
  join pg_class as relation on relation.oid = reference.conrelid
  join pg_class as other on other.oid = reference.confrelid
  where reference.contype = 'f' and not relation.relispartition
    and relation.relnamespace = 'public'::regnamespace
    and other.relnamespace = 'public'::regnamespace
  order by 1, 2, 3
"""


def read_tables(connection: Connection) -> dict[str, Table]:
    """Every public table by its name."""
    columns = connection.execute(COLUMNS).fetchall()
    references = connection.execute(REFERENCES).fetchall()
    tables: dict[str, Table] = {}
    for name in sorted({row["table_name"] for row in columns}):
        mine = [row for row in columns if row["table_name"] == name]

        def granted(what: str, word: str, rows: list[dict[str, object]] = mine) -> list[str]:
            return [str(row["name"]) for row in rows if word in row[what]]  # type: ignore[operator]

        tables[name] = Table(
            name,
            tuple(row["name"] for row in mine),
            {row["name"]: row["type"] for row in mine},
            tuple(row["name"] for row in mine if row["is_key"]),
            tuple(
                Reference(tuple(row["columns"]), row["other"], tuple(row["others"]))
                for row in references
                if row["table_name"] == name
            ),
            {
                role: tuple(granted("readers", role))
                for role in ("anon", "authenticated", "service_role")
            },
            {
                **{
                    command: frozenset(granted("writes", command))
                    for command in ("insert", "update")
                },
                "delete": frozenset(["*"] if mine[0]["is_deletable"] else []),
            },
        )
    assert len(tables) > 70
    return tables
