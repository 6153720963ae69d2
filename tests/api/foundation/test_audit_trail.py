"""The audit trail: appended by what staff do, changed by nobody."""

from __future__ import annotations

import psycopg
import pytest

from tests.database import Actor, Connection, person_id

CHANGES = [
    "update private.audit_events set action = 'nothing_happened'",
    "update private.audit_events set details = '{}' where false or id > 0",
    "delete from private.audit_events",
    "truncate private.audit_events",
    "truncate private.audit_events cascade",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_not_even_the_owner_changes_it(db: Connection, admiral: Actor, statement: str) -> None:
    admiral.call("set_feature", name="social", is_enabled=False)
    before = db.execute("select * from private.audit_events").fetchall()
    assert before
    with pytest.raises(psycopg.errors.RestrictViolation), db.transaction():
        db.execute(statement)
    assert db.execute("select * from private.audit_events").fetchall() == before


@pytest.mark.parametrize(
    "statement",
    [
        *CHANGES,
        "select * from private.audit_events",
        "insert into private.audit_events (action) values ('forged')",
        "select private.audit('forged', 'x', 'x')",
    ],
)
def test_nobody_reaches_it(
    rooty: Actor, stranger: Actor, visitor: Actor, service: Actor, statement: str
) -> None:
    for somebody in (rooty, stranger, visitor, service):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            somebody.run(statement)


def test_it_says_who_did_what_to_what(db: Connection, admiral: Actor) -> None:
    admiral.call("set_setting", name="follow_limit", value=5)
    rows = db.execute(
        "select actor_id, action, target_kind, target_id, details from private.audit_events"
    ).fetchall()
    assert rows == [
        {
            "actor_id": person_id("admiral"),
            "action": "setting_changed",
            "target_kind": "setting",
            "target_id": "follow_limit",
            "details": {"before": 10_000, "after": 5},
        }
    ]


def test_what_fails_leaves_no_trace_and_no_change(db: Connection, admiral: Actor) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        admiral.run("select public.set_setting('follow_limit', 5), 1 / (random() * 0)::int")
    assert db.execute("select * from private.audit_events").fetchall() == []
