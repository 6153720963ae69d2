"""Feature flags: a domain that is switched off refuses writes and goes on reading."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from devstack.schema import load_schema
from tests.database import Actor, Connection, Database, refused

SOME_ID = uuid.UUID(int=7)

WRITES: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "profiles": [
        ("change_username", {"username": "benjamin"}),
        ("become_artist", {}),
    ],
    "social": [
        ("follow", {"username": "ada"}),
        ("unfollow", {"username": "ada"}),
        ("decide_follow_request", {"username": "ada", "approve": True}),
        ("create_post", {"kind": "text", "body": "hello"}),
        ("edit_post", {"post_id": SOME_ID, "body": "hello"}),
        ("delete_post", {"post_id": SOME_ID}),
        ("repost", {"post_id": SOME_ID}),
        ("unrepost", {"post_id": SOME_ID}),
        ("set_like", {"target_kind": "post", "target_id": SOME_ID, "liked": True}),
    ],
}
STATEMENTS = {
    "profiles": ["update public.profiles set bio = 'hello'"],
    "social": [
        "insert into public.follows (followee_id)"
        " select id from public.profiles where username = 'ada'",
        "delete from public.follows",
    ],
}
CASES = [(flag, *write) for flag, writes in WRITES.items() for write in writes]


@pytest.mark.parametrize(("flag", "function", "arguments"), CASES)
def test_a_write_of_a_switched_off_domain_is_refused(
    ben: Actor, admiral: Actor, flag: str, function: str, arguments: dict[str, Any]
) -> None:
    admiral.call("set_feature", name=flag, is_enabled=False)
    with refused(403, "feature_disabled"):
        ben.call(function, **arguments)


@pytest.mark.parametrize(
    ("flag", "statement"), [(flag, each) for flag, list_ in STATEMENTS.items() for each in list_]
)
def test_a_table_of_a_switched_off_domain_is_not_written(
    ben: Actor, cleo: Actor, admiral: Actor, flag: str, statement: str
) -> None:
    ben.call("follow", username="cleo")
    admiral.call("set_feature", name=flag, is_enabled=False)
    with refused(403, "feature_disabled"):
        ben.run(statement)
    assert cleo.call("profile_page", username="ben")["follows_me"]


def test_reading_goes_on(ben: Actor, ada: Actor, admiral: Actor, visitor: Actor) -> None:
    ada.post("hello")
    ben.call("follow", username="ada")
    for flag in WRITES:
        admiral.call("set_feature", name=flag, is_enabled=False)
    assert [row["body"] for row in ben.rows("home_feed")] == ["hello"]
    assert [row["body"] for row in visitor.rows("global_feed")] == ["hello"]
    assert ben.call("my_account")["profile"]["username"] == "ben"


def test_one_domain_does_not_switch_off_another(ben: Actor, admiral: Actor) -> None:
    admiral.call("set_feature", name="profiles", is_enabled=False)
    ben.post("hello")
    admiral.call("set_feature", name="profiles", is_enabled=True)
    admiral.call("set_feature", name="social", is_enabled=False)
    ben.call("become_artist")


def test_blocking_works_whatever_is_switched_off(ben: Actor, admiral: Actor) -> None:
    for flag in WRITES:
        admiral.call("set_feature", name=flag, is_enabled=False)
    assert ben.call("block", username="ada") == {"is_blocked": True}


def test_everybody_reads_the_flags(visitor: Actor, stranger: Actor, service: Actor) -> None:
    for somebody in (visitor, stranger, service):
        rows = somebody.run("select name, is_enabled from public.feature_flags")
        assert {row["name"] for row in rows} >= {"profiles", "social"}


def test_nobody_writes_the_flags(visitor: Actor, admiral: Actor, service: Actor) -> None:
    for somebody in (visitor, admiral, service):
        for statement in (
            "update public.feature_flags set is_enabled = true",
            "insert into public.feature_flags values ('magic', true, 'x')",
            "delete from public.feature_flags",
            "truncate public.feature_flags",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                somebody.run(statement)


def test_social_ships_switched_off_and_the_rest_on(clone: Any) -> None:
    database: Database = clone("platform")
    load_schema(database.url())
    with database.connect() as connection:
        rows = connection.execute("select name, is_enabled from public.feature_flags").fetchall()
    database.drop()
    flags = {row["name"]: row["is_enabled"] for row in rows}
    assert flags.pop("social") is False
    assert all(flags.values())


def test_an_unknown_feature_counts_as_switched_off(db: Connection) -> None:
    with refused(403, "feature_disabled"), db.transaction():
        db.execute("select private.require_feature('no_such_feature')")
