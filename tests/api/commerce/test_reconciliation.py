"""The ledger is compared with what Stripe says, and every comparison is kept for staff."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.database import Actor, Connection, actor, refused
from tests.ledger import balance
from tests.schema.counters import counter_laws
from tests.shop import Shop

SPAN = {"from_at": "2000-01-01", "to_at": "2200-01-01", "repaired": 0}


def report(db: Connection, transactions: Any, **values: Any) -> dict[str, Any]:
    """What becomes of a comparison."""
    given = {**SPAN, "transactions": json.dumps(transactions), **values}
    told = actor(db, "service").call("backend.record_reconciliation", **given)
    assert isinstance(told, dict)
    return told


def charge(amount: int, number: int = 1, kind: str = "charge", fee: int = 59) -> dict[str, Any]:
    """A balance transaction of Stripe's."""
    return {
        "id": f"txn_{number}", "type": kind, "amount_minor": amount, "fee_minor": fee,
        "currency": "usd",
    }  # fmt: skip


def test_what_agrees_is_even_and_fees_are_costs_once(db: Connection) -> None:
    shop = Shop(db)
    order = shop.buy("ben", shop.offer("ada"))
    total = shop.row(order)["total_minor"]
    for _ in range(2):
        told = report(db, [charge(total), charge(-99, 2, "payout", 0)], repaired=3)
        assert told["is_even"] is True
        assert told["currencies"] == {
            "USD": {
                "ledger_minor": total, "stripe_minor": total, "difference_minor": 0,
                "fees_minor": 59,
            }
        }  # fmt: skip
    assert balance(db, "processing_costs") == 59
    assert balance(db, "stripe_clearing") == total - 59
    assert counter_laws(db) == []


def test_what_differs_is_told(db: Connection, admiral: Actor, ada: Actor) -> None:
    told = report(db, [charge(500)])
    assert told["is_even"] is False
    assert told["currencies"]["USD"]["difference_minor"] == -500
    report(db, [])
    newest, older = admiral.rows("reconciliations")
    assert (newest["is_even"], older["is_even"]) == (True, False)
    (again,) = admiral.rows("reconciliations", after=newest["cursor"])
    assert again["id"] == told["id"]
    with refused(403, "not_allowed"):
        ada.rows("reconciliations")


def test_events_that_have_not_come_are_named(db: Connection) -> None:
    shop = Shop(db)
    shop.event("customer.created", {"id": "cus_1"}, "evt_here")
    service = actor(db, "service")
    asked = {"ids": ["evt_x", "evt_here", "evt_a", None]}
    assert service.call("backend.missing_stripe_events", **asked) == ["evt_x", "evt_a"]
    assert service.call("backend.missing_stripe_events", ids=None) == []


def test_sessions_that_wait_are_named(db: Connection) -> None:
    shop = Shop(db)
    product = shop.offer("ada")
    waiting, paid = shop.place("ben", product), shop.buy("ben", product)
    assert waiting != paid
    service = actor(db, "service")
    assert service.call("backend.open_sessions") == [f"cs_{waiting}"]
    db.execute("update private.settings set value = 1 where name = 'reconciled_hours'")
    db.execute(
        "update public.orders set created_at = now() - interval '61 minutes' where id = %s",
        [waiting],
    )
    assert service.call("backend.open_sessions") == []


def test_how_far_back_it_looks_is_one_setting(db: Connection) -> None:
    service = actor(db, "service")
    for hours in (72, 5):
        db.execute(
            "update private.settings set value = %s where name = 'reconciled_hours'", [hours]
        )
        row = db.execute("select now() - make_interval(hours => %s) as at", [hours]).fetchone()
        assert row is not None
        assert service.call("backend.reconciled_since") == row["at"]


@pytest.mark.parametrize(
    "given",
    [
        {"from_at": None}, {"to_at": "2000-01-01"}, {"to_at": "infinity"}, {"repaired": -1},
        {"transactions": "{}"}, {"transactions": '["x"]'},
        {"transactions": json.dumps([{**charge(1), "currency": "xxx"}])},
        {"transactions": json.dumps([{**charge(1), "amount_minor": 0.5}])},
        {"transactions": json.dumps([{**charge(1), "fee_minor": None}])},
        {"transactions": json.dumps([{**charge(1), "id": ""}])},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_report_is_refused(given: dict[str, Any], db: Connection) -> None:
    with refused(422, "report_invalid"):
        actor(db, "service").call(
            "backend.record_reconciliation", **{**SPAN, "transactions": "[]", **given}
        )
    assert db.execute("select from private.reconciliations").rowcount == 0
