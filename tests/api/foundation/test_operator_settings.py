"""What admins tune: flags, numbers and rate limits, within their ranges and on record."""

from __future__ import annotations

import decimal
from typing import Any

import pytest

from tests.database import Actor, Connection, refused

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("set_feature", {"name": "social", "is_enabled": False}),
    ("set_setting", {"name": "follow_limit", "value": 5}),
    ("set_rate_limit", {"action": "follow", "capacity": 5, "refill_seconds": 5}),
]
ALL_CALLS = [*CALLS, ("operator_settings", {})]


def trail(db: Connection) -> list[tuple[str, Any]]:
    rows = db.execute("select action, details from private.audit_events order by id").fetchall()
    return [(row["action"], row["details"]) for row in rows]


def state(db: Connection) -> list[dict[str, Any]]:
    return [
        row
        for table in ("public.feature_flags", "private.settings", "private.rate_limit_rules")
        for row in db.execute(f"select * from {table} order by 1").fetchall()
    ]


@pytest.mark.parametrize(("function", "arguments"), ALL_CALLS)
def test_only_admins_and_super_admins_may(
    cast: Any, db: Connection, function: str, arguments: dict[str, Any]
) -> None:
    before = state(db)
    for name in ("stranger", "ada", "modesty"):
        with refused(403, "not_allowed"):
            cast(name).call(function, **arguments)
    with pytest.raises(Exception, match="permission denied"):
        cast("visitor").call(function, **arguments)
    assert (state(db), trail(db)) == (before, [])
    for name in ("admiral", "rooty"):
        cast(name).call(function, **arguments)


def test_each_change_is_audited_with_before_and_after(admiral: Actor, db: Connection) -> None:
    for function, arguments in CALLS:
        admiral.call(function, **arguments)
    assert trail(db) == [
        ("feature_changed", {"before": True, "after": False}),
        ("setting_changed", {"before": 10_000, "after": 5}),
        ("rate_limit_changed", {"before": [60, 1], "after": [5, 5]}),
    ]


def test_setting_what_is_already_so_changes_nothing(admiral: Actor, db: Connection) -> None:
    for function, arguments in CALLS:
        admiral.call(function, **arguments)
    before = (state(db), trail(db))
    for function, arguments in CALLS:
        admiral.call(function, **arguments)
    assert (state(db), trail(db)) == before


def test_each_returns_what_is_now_in_force(admiral: Actor) -> None:
    assert admiral.call("set_feature", name="social", is_enabled=False)["is_enabled"] is False
    setting = admiral.call("set_setting", name="follow_limit", value=5)
    assert (setting["value"], setting["minimum"], setting["unit"]) == (5, 1, "profiles")
    rule = admiral.call(
        "set_rate_limit", action="follow", capacity=5, refill_seconds=decimal.Decimal("0.5")
    )
    assert (rule["capacity"], rule["refill_seconds"]) == (5, 0.5)


def test_what_does_not_exist_is_not_found(admiral: Actor, db: Connection) -> None:
    for name in ("no_such_thing", "", None, "x" * 10_000, "'; drop table profiles; --"):
        with refused(404, "feature_not_found"):
            admiral.call("set_feature", name=name, is_enabled=True)
        with refused(404, "setting_not_found"):
            admiral.call("set_setting", name=name, value=1)
        with refused(404, "rate_limit_not_found"):
            admiral.call("set_rate_limit", action=name, capacity=1, refill_seconds=1)
    assert trail(db) == []


def test_a_value_must_be_given(admiral: Actor) -> None:
    with refused(422, "value_missing"):
        admiral.call("set_feature", name="social", is_enabled=None)
    with refused(422, "value_missing"):
        admiral.call("set_setting", name="follow_limit", value=None)
    for capacity, refill_seconds in ((None, 1), (1, None), (None, None)):
        with refused(422, "value_missing"):
            admiral.call(
                "set_rate_limit", action="follow", capacity=capacity, refill_seconds=refill_seconds
            )


def test_every_setting_keeps_its_range(admiral: Actor, db: Connection) -> None:
    before = state(db)
    for setting in db.execute("select * from private.settings").fetchall():
        low, high = setting["minimum"], setting["maximum"]
        assert low <= setting["value"] <= high
        for value in (low - 1, high + 1, -(2**63), 2**63 - 1):
            with refused(422, "value_out_of_range") as caught:
                admiral.call("set_setting", name=setting["name"], value=value)
            assert caught.value.diag.message_hint == f"{low} to {high} {setting['unit']}"
    assert state(db) == before
    for setting in db.execute("select * from private.settings").fetchall():
        for value in (setting["minimum"], setting["maximum"]):
            changed = admiral.call("set_setting", name=setting["name"], value=value)
            assert changed["value"] == value


@pytest.mark.parametrize(
    ("capacity", "refill_seconds"),
    [
        (0, 1),
        (-1, 1),
        (100_001, 1),
        (2**31 - 1, 1),
        (1, 0),
        (1, -1),
        (1, decimal.Decimal("86400.000001")),
        (1, decimal.Decimal("NaN")),
        (1, decimal.Decimal("Infinity")),
        (1, decimal.Decimal("-Infinity")),
    ],
)
def test_a_rate_limit_keeps_its_range(
    admiral: Actor, db: Connection, capacity: int, refill_seconds: decimal.Decimal
) -> None:
    before = state(db)
    with refused(422, "value_out_of_range"):
        admiral.call(
            "set_rate_limit", action="follow", capacity=capacity, refill_seconds=refill_seconds
        )
    assert (state(db), trail(db)) == (before, [])


def test_the_ends_of_the_range_of_a_rate_limit_are_in_it(admiral: Actor) -> None:
    for capacity, refill_seconds in ((1, 86_400), (100_000, decimal.Decimal("0.001"))):
        rule = admiral.call(
            "set_rate_limit", action="follow", capacity=capacity, refill_seconds=refill_seconds
        )
        assert rule["capacity"] == capacity


def test_a_changed_limit_binds_at_once(admiral: Actor, ben: Actor) -> None:
    admiral.call("set_rate_limit", action="create_post", capacity=1, refill_seconds=100)
    ben.post()
    with refused(429, "rate_limited"):
        ben.post()
    admiral.call("set_setting", name="follow_limit", value=1)
    ben.call("follow", username="ada")
    with refused(409, "follow_limit") as caught:
        ben.call("follow", username="cleo")
    assert caught.value.diag.message_hint == "1"


def test_an_admin_sees_everything_that_can_be_tuned(admiral: Actor, db: Connection) -> None:
    shown = admiral.call("operator_settings")
    for key, table in {
        "features": "public.feature_flags",
        "settings": "private.settings",
        "rate_limits": "private.rate_limit_rules",
    }.items():
        row = db.execute(f"select count(*) as number from {table}").fetchone()
        assert row is not None
        assert len(shown[key]) == row["number"] > 0
        assert all(each["description"] for each in shown[key])


def test_an_admin_whose_account_is_going_may_not(admiral: Actor, db: Connection) -> None:
    admiral.call("delete_my_account", confirm_username="admiral")
    for function, arguments in ALL_CALLS:
        with refused(403, "account_deactivated"):
            admiral.call(function, **arguments)
    assert trail(db) == []
