"""Feature flags: a domain that is switched off refuses writes and goes on reading."""

from __future__ import annotations

import re
import uuid
from typing import Any

import psycopg
import pytest

from devstack.processes import ROOT
from devstack.schema import load_schema, source_files
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
# What people may do whatever is switched off: keep others away, see to what they were told, leave.
# Staff run the place in any case.
WHATEVER_IS_OFF = {
    "block", "unblock", "mute", "unmute",
    "mark_read", "mark_seen", "set_quiet_hours", "set_notification_preference",
    "register_push_token", "remove_push_token", "appeal",
    "export_my_data", "delete_my_account", "restore_my_account",
}  # fmt: skip
CASES = [(flag, *write) for flag, writes in WRITES.items() for write in writes]


@pytest.mark.parametrize(("flag", "function", "arguments"), CASES)
def test_a_write_of_a_switched_off_domain_is_refused(
    ben: Actor, admiral: Actor, flag: str, function: str, arguments: dict[str, Any]
) -> None:
    admiral.call("set_feature", name=flag, is_enabled=False)
    with refused(403, "feature_disabled"):
        ben.call(function, **arguments)


def test_every_write_is_refused_while_the_flag_of_its_domain_is_off_and_by_no_other(
    ben: Actor, admiral: Actor, db: Connection
) -> None:
    rows = db.execute(
        "select proname::text as name, (coalesce(proargnames, '{}'))[1:pronargs] as parameters"
        " from pg_proc where pronamespace = 'public'::regnamespace and provolatile = 'v'"
    ).fetchall()
    flags = [row["name"] for row in db.execute("select name from public.feature_flags").fetchall()]
    refused_by: dict[str, list[str]] = {}
    for_staff = set()
    for off in flags:
        for flag in flags:
            admiral.call("set_feature", name=flag, is_enabled=flag != off)
        for row in rows:
            try:
                ben.rows(row["name"], **dict.fromkeys(row["parameters"]))
            except psycopg.Error as error:
                if error.diag.message_primary == "not_allowed":
                    for_staff.add(row["name"])
                if error.diag.message_primary == "feature_disabled":
                    refused_by.setdefault(row["name"], []).append(off)
    assert {"set_feature", "grant_staff_role", "remove_track"} <= for_staff
    assert {row["name"] for row in rows} - set(refused_by) - for_staff == WHATEVER_IS_OFF
    # The folder that holds an RPC is named as its domain: sql/04_social.
    folders = {
        name: path.relative_to(ROOT / "sql").parts[0].partition("_")[2]
        for path in source_files()
        for name in re.findall(
            r"^create or replace function public\.(\w+)", path.read_text("utf-8"), re.M
        )
    }
    assert refused_by == {name: [folders[name]] for name in refused_by}


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
