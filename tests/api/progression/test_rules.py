"""Admins tune what earns points, and see before what it would have paid."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, refused
from tests.progression import earned, pay


@pytest.fixture
def admiral(db: Connection) -> Actor:
    return actor(db, "admiral")


def change(admin: Actor, **changes: Any) -> Any:
    return admin.call("set_point_rule", rule_name="post_created", changes=json.dumps(changes))


def preview(admin: Actor, days: int = 30, **changes: Any) -> dict[str, Any]:
    told = admin.call(
        "preview_point_rule", rule_name="post_created", changes=json.dumps(changes), days=days
    )
    assert isinstance(told, dict)
    return told


def test_an_admin_changes_a_rule_from_then_on(db: Connection, ada: Actor, admiral: Actor) -> None:
    ada.post()
    pay(db)
    rule = change(admiral, points=3, daily_cap=None, cooldown_seconds=1, is_active=True)
    assert (rule["points"], rule["daily_cap"], rule["cooldown_seconds"]) == (3, None, 1)
    db.execute("update public.point_rules set cooldown_seconds = 0 where name = 'post_created'")
    ada.post()
    pay(db)
    assert [row[1] for row in earned(ada)] == [10, 3]
    row = db.execute(
        "select details from private.audit_events where action = 'point_rule_changed'"
    ).fetchone()
    assert row is not None
    assert (row["details"]["before"]["points"], row["details"]["after"]["points"]) == (10, 3)
    change(admiral, points=3)
    assert len(db.execute(
        "select from private.audit_events where action = 'point_rule_changed'"
    ).fetchall()) == 1  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "token"),
    [
        ("{}", "changes_missing"),
        ("[]", "changes_missing"),
        ("null", "changes_missing"),
        ('{"name": "mine"}', "change_unknown"),
        ('{"points": 10001}', "value_out_of_range"),
        ('{"points": 1.5}', "value_out_of_range"),
        ('{"points": "9"}', "value_out_of_range"),
        ('{"points": null}', "value_out_of_range"),
        ('{"daily_cap": 0}', "value_out_of_range"),
        ('{"cooldown_seconds": 604801}', "value_out_of_range"),
        ('{"minimum_account_age_days": -1}', "value_out_of_range"),
        ('{"is_active": "yes"}', "value_out_of_range"),
    ],
)
def test_a_change_that_fits_no_rule_is_refused(admiral: Actor, changes: str, token: str) -> None:
    for function, more in (("set_point_rule", {}), ("preview_point_rule", {"days": 1})):
        with refused(422, token):
            admiral.call(function, rule_name="post_created", changes=changes, **more)


def test_rules_are_for_admins(db: Connection, ada: Actor, admiral: Actor) -> None:
    for name in ("ada", "modesty"):
        for function in ("set_point_rule", "preview_point_rule"):
            with refused(403, "not_allowed"):
                actor(db, name).call(function, rule_name="post_created", changes='{"points": 1}')
    with refused(404, "rule_not_found"):
        admiral.call("set_point_rule", rule_name="none_such", changes='{"points": 1}')
    for days in (0, 367, None):
        with refused(422, "days_invalid"):
            admiral.call(
                "preview_point_rule",
                rule_name="post_created",
                changes='{"points": 1}',
                days=days,
            )


def award(db: Connection, somebody: Actor, cause: str, ago: str) -> None:
    db.execute(
        "select private.award(%s, 'post_created', %s, now() - %s::interval)",
        [somebody.id, cause, ago],
    )


def test_a_preview_says_what_the_last_days_would_have_paid(
    db: Connection, ada: Actor, ben: Actor, admiral: Actor
) -> None:
    for number in range(7):
        award(db, ada, f"today:{number}", "0 seconds")
    for number in range(2):
        award(db, ben, f"ben:{number}", "0 seconds")
    award(db, ben, "long ago", "40 days")
    award(db, ben, "undone", "0 seconds")
    db.execute("select private.take_back(%s, 'post_created', 'undone')", [ben.id])
    before = earned(ada)
    told = preview(admiral, points=20, daily_cap=100)
    assert {key: told[key] for key in ("days", "deeds", "people", "paid", "would_pay")} == {
        "days": 30, "deeds": 9, "people": 2, "paid": 70, "would_pay": 140,
    }  # fmt: skip
    assert told["rule"]["points"] == 20
    assert preview(admiral, daily_cap=None)["would_pay"] == 90
    assert preview(admiral, is_active=False)["would_pay"] == 0
    assert preview(admiral, points=-20, daily_cap=50)["would_pay"] == -90
    assert preview(admiral, cooldown_seconds=3600)["would_pay"] == 20
    assert preview(admiral, minimum_account_age_days=1)["would_pay"] == 0
    assert preview(admiral, days=366, daily_cap=None)["would_pay"] == 100
    # What ships, as it was: nothing has changed.
    assert preview(admiral, points=10)["would_pay"] == 70
    assert earned(ada) == before


def test_a_dry_run_keeps_nobody_from_earning(database: Database) -> None:
    with database.connect() as other, database.connect() as db:
        db.execute("update public.feature_flags set is_enabled = true")
        other.execute("begin")
        preview(actor(other, "admiral"), points=3)
        ada = actor(db, "ada")
        db.execute("set lock_timeout = '10s'")
        ada.post()
        assert [row[1] for row in earned(ada)] == [10]
        other.execute("rollback")
