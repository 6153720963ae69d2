"""Nobody sets what is not theirs: tried on every column of every table and with every RPC."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.database import CAST, Actor, Connection, actor, person_id
from tests.oracle import DELETABLE, INSERTABLE, UPDATABLE
from tests.shop import Shop

# Whose a row is.
OWNERS = {
    "profiles": "id",
    "artist_profiles": "profile_id",
    "products": "seller_id",
    "product_variants": "(select seller_id from public.products where id = product_id)",
}

RELATIONS = """
    select schema.nspname as schema, relation.relname as name, relation.relkind::text as kind,
      array_agg(attribute.attname::text order by attribute.attnum) as columns
    from pg_class as relation
    join pg_namespace as schema on schema.oid = relation.relnamespace
    join pg_attribute as attribute on attribute.attrelid = relation.oid
    where schema.nspname in ('public', 'private', 'backend')
      and relation.relkind in ('r', 'p', 'v', 'm', 'f')
      and attribute.attnum > 0 and not attribute.attisdropped
    group by 1, 2, 3 order by 1, 2
"""
PEOPLE = ("visitor", "stranger", "ada", "modesty", "admiral", "rooty", "service")


@pytest.fixture
def scene(db: Connection) -> dict[str, uuid.UUID]:
    """ada has posted, liked, followed, muted and blocked, and others have to do with her."""
    db.execute("update private.rate_limit_rules set capacity = 100000")
    ada, ben = actor(db, "ada"), actor(db, "ben")
    post_id = ada.post("the #original")
    ben.call("follow", username="ada")
    ada.call("follow", username="ben")
    ada.call("repost", post_id=ben.post("hello"))
    ada.call("set_like", target_kind="post", target_id=post_id, liked=True)
    ada.call("mute", username="dan")
    ada.call("block", username="cleo")
    db.execute("insert into public.follow_requests values (%s, %s)", [person_id("dan"), ada.id])
    shop = Shop(db)
    shop.vary("ada", shop.offer("ada"))
    db.execute("select private.enqueue('letters', '{}', %s)", [ada.id])
    return {"post": post_id}


def relations(db: Connection) -> list[dict[str, Any]]:
    found = db.execute(RELATIONS).fetchall()
    assert len(found) > 20
    return found


def everything(db: Connection, but: uuid.UUID | None = None) -> dict[str, list[str]]:
    """Every row of ours as text, without the profile of somebody who may change it."""
    return {
        f"{each['schema']}.{each['name']}": sorted(
            row["text"]
            for row in db.execute(
                sql.SQL("select row::text as text, to_jsonb(row) as fields from {} as row").format(
                    sql.Identifier(each["schema"], each["name"])
                )
            ).fetchall()
            if but is None
            or str(but) not in (row["fields"].get("id"), row["fields"].get("profile_id"))
        )
        for each in relations(db)
        if each["kind"] in ("r", "p")
    }


def attempt(somebody: Actor, statement: sql.Composed) -> bool:
    """Whether the grants let a statement through."""
    try:
        with somebody.connection.transaction(force_rollback=True):
            somebody.run(statement.as_string(somebody.connection))
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return True
    return True


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("name", PEOPLE)
def test_only_the_listed_columns_can_be_written_at_all(db: Connection, name: str) -> None:
    somebody = actor(db, name)
    may_write = somebody.role == "authenticated"
    for relation in relations(db):
        table = sql.Identifier(relation["schema"], relation["name"])
        is_public = relation["schema"] == "public" and may_write
        updatable = UPDATABLE.get(relation["name"], set()) if is_public else set()
        insertable = INSERTABLE.get(relation["name"], set()) if is_public else set()
        for column in relation["columns"]:
            identifier = sql.Identifier(column)
            update = sql.SQL("update {} set {} = default").format(table, identifier)
            assert attempt(somebody, update) == (column in updatable), (relation, column)
            insert = sql.SQL("insert into {} ({}) values (default)").format(table, identifier)
            # Whose it is and when it was made come from defaults: the others pass the grants.
            if column in insertable:
                continue
            assert not attempt(somebody, insert), (relation, column)
        delete = sql.SQL("delete from {}").format(table)
        assert attempt(somebody, delete) == (is_public and relation["name"] in DELETABLE), relation
        assert not attempt(somebody, sql.SQL("truncate {}").format(table)), relation


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("name", ["stranger", "modesty", "admiral", "rooty"])
def test_what_can_be_written_reaches_no_row_of_others(db: Connection, name: str) -> None:
    somebody = actor(db, name)
    before = everything(db, but=somebody.id)
    for table, columns in UPDATABLE.items():
        for column in columns:
            somebody.run(f"update public.{table} set {column} = {column}")
            for other in CAST:
                if other != name:
                    changed = somebody.count(
                        f"update public.{table} set {column} = {column} where {OWNERS[table]} = %s",
                        person_id(other),
                    )
                    assert changed == 0, (table, column, other)
    for table in DELETABLE:
        assert somebody.count(f"delete from public.{table}") == 0
    assert everything(db, but=somebody.id) == before


def test_a_row_cannot_be_given_away(db: Connection, ada: Actor, ben: Actor) -> None:
    for statement in (
        "update public.profiles set id = '{ben}'",
        "update public.artist_profiles set profile_id = '{ben}'",
        "insert into public.follows (follower_id, followee_id) values ('{ben}', '{ada}')",
        "insert into public.follows (followee_id, created_at) values ('{ben}', now())",
        "update public.follows set follower_id = '{ben}'",
        "update public.products set seller_id = '{ben}'",
        "insert into public.products (seller_id, kind, name) values ('{ben}', 'merch', 'x')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ada.run(statement.format(ada=ada.id, ben=ben.id))


def arguments(kind: str, name: str, scene: dict[str, uuid.UUID]) -> list[Any]:
    """Values for a parameter that aim at ada."""
    if name in ("username", "confirm_username"):
        return ["ada"]
    if name in ("post_id", "target_id"):
        return [scene["post"]]
    fixed: dict[str, Any] = {
        "role": "super_admin",
        "kind": "text",
        "target_kind": "post",
        "query": "ada",
        "tag": "original",
        "body": "changed by a stranger",
        "visibility": "public",
        "name": "follow_limit",
        "action": "follow",
        "media_paths": [],
    }
    if name in fixed:
        return [fixed[name]]
    if kind == "boolean":
        return [True, False]
    if kind in ("integer", "bigint", "numeric"):
        return [1]
    return [None]


def calls(db: Connection, scene: dict[str, uuid.UUID]) -> list[tuple[str, dict[str, Any]]]:
    """Every public RPC with arguments that aim at ada."""
    functions = db.execute(
        "select function.proname as name, coalesce(function.proargnames, '{}') as names,"
        " array(select format_type(kind, null) from unnest(function.proargtypes) as kind) as kinds"
        " from pg_proc as function where function.pronamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    assert len(functions) > 30
    made: list[tuple[str, dict[str, Any]]] = []
    for function in functions:
        variants: list[dict[str, Any]] = [{}]
        for name, kind in zip(function["names"], function["kinds"], strict=False):
            variants = [
                {**variant, name: value}
                for variant in variants
                for value in arguments(kind, name, scene)
            ]
        made += [(function["name"], variant) for variant in variants]
    return made


def protected(db: Connection) -> dict[str, Any]:
    """What no act of somebody without a role may change of ada, and who is staff."""
    ada = person_id("ada")
    return {
        name: db.execute(statement, {"ada": ada}).fetchall()
        for name, statement in {
            "profile": "select to_jsonb(profile) - 'follower_count' as row"
            " from public.profiles as profile where id = %(ada)s",
            "artist": "select * from public.artist_profiles where profile_id = %(ada)s"
            " or is_verified or is_trusted_uploader"
            " or greatest(upload_count, verified_upload_count) > 0",
            "account": "select * from private.artist_accounts",
            "staff": "select * from private.staff order by user_id",
            "posts": "select body, visibility, audience, deleted_at from public.posts"
            " where author_id = %(ada)s",
            "products": "select * from public.products",
            "variants": "select * from public.product_variants",
            "claims": "select * from private.username_claims where profile_id = %(ada)s",
            "deletions": "select * from private.account_deletions where user_id = %(ada)s",
            "flags": "select * from public.feature_flags order by name",
            "settings": "select * from private.settings order by name",
            "rules": "select * from private.rate_limit_rules order by action",
            "audit": "select * from private.audit_events",
            "follows": "select * from public.follows where follower_id = %(ada)s",
            "blocks": "select * from public.blocks where blocker_id = %(ada)s",
            "mutes": "select * from public.mutes where muter_id = %(ada)s",
        }.items()
    }


@pytest.mark.parametrize("name", ["visitor", "stranger", "dan", "cleo", "modesty", "service"])
def test_no_rpc_changes_what_is_another_persons(
    db: Connection, scene: dict[str, uuid.UUID], name: str
) -> None:
    somebody = actor(db, name)
    before = protected(db)
    succeeded = set()
    for function, values in calls(db, scene):
        # Decided on, a request of ada's rightly becomes a follow; a block rightly ends ties.
        with db.transaction(force_rollback=True):
            try:
                somebody.rows(function, **values)
                succeeded.add(function)
            except psycopg.Error as error:
                assert not (error.sqlstate or "XX").startswith("XX"), (function, values)
            if function not in ("decide_follow_request", "block"):
                assert protected(db) == before, (function, values)
    if somebody.role == "authenticated":
        assert {"my_account", "create_post", "become_artist"} <= succeeded


@pytest.mark.usefixtures("scene")
def test_no_rpc_of_the_functions_is_open_to_people(db: Connection) -> None:
    functions = db.execute(
        "select function.oid::regprocedure::text as name, schema.nspname as schema"
        " from pg_proc as function join pg_namespace as schema on schema.oid = pronamespace"
        " where schema.nspname = 'backend'"
    ).fetchall()
    assert len(functions) >= 6
    for function in functions:
        for role in ("anon", "authenticated"):
            row = db.execute(
                "select has_function_privilege(%s, %s, 'execute') as may"
                " , has_schema_privilege(%s, %s, 'usage') as enters",
                [role, function["name"], role, function["schema"]],
            ).fetchone()
            assert row == {"may": False, "enters": False}, function
