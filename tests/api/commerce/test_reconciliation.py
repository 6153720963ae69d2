"""The ledger is compared with what Stripe says, and every comparison is kept for staff."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.database import Actor, Connection, actor, refused
from tests.ledger import balance
from tests.payouts import sell
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
    coming = shop.place("cleo", product)
    assert shop.paid(coming, payment_status="unpaid") == "applied"
    db.execute("update private.settings set value = 1 where name = 'reconciled_hours'")
    move = "update public.orders set created_at = now() - %s, expires_at = now() - interval '1 day'"
    for age, named in ((3599, {waiting, coming}), (3600, {coming})):
        db.execute(move.encode(), [timedelta(seconds=age)])
        told = service.call("backend.open_sessions")
        assert set(told) == {f"cs_{order}" for order in named}
    # However long it takes: nobody but Stripe knows when it is over.
    db.execute("update public.orders set created_at = now() - interval '30 days'")
    assert service.call("backend.open_sessions") == [f"cs_{coming}"]
    assert service.call("backend.expire_orders", size=10) == 1
    assert (shop.row(coming)["status"], shop.row(waiting)["status"]) == ("pending", "expired")
    never = shop.session(coming, payment_status="unpaid")
    assert shop.event("checkout.session.async_payment_failed", never) == "applied"
    assert (shop.row(coming)["status"], service.call("backend.open_sessions")) == ("failed", [])


def test_how_far_back_it_looks_is_one_setting(db: Connection) -> None:
    service = actor(db, "service")
    for hours in (72, 5):
        db.execute(
            "update private.settings set value = %s where name = 'reconciled_hours'", [hours]
        )
        row = db.execute("select now() - make_interval(hours => %s) as at", [hours]).fetchone()
        assert row is not None
        assert service.call("backend.reconciled_since") == row["at"]


def test_what_was_written_from_the_first_moment_to_before_the_last_is_compared(
    db: Connection,
) -> None:
    for days, amount in ((8, 100), (7, 30)):
        sell(db, amount, days_ago=days)
    (row,) = db.execute("select now() as at").fetchall()
    span = {f"{end}_at": row["at"] - timedelta(days=days) for end, days in (("from", 8), ("to", 7))}
    assert report(db, [], **span)["currencies"]["USD"]["ledger_minor"] == 100


def test_what_was_given_up_while_stripe_was_away_is_tried_again(db: Connection) -> None:
    shop = Shop(db)
    refund = shop.approve("ben", "ada", shop.lines(shop.buy("ben", shop.offer("ada")))[0])
    db.execute("select private.enqueue('remove_object', '{}')")
    db.execute("update private.outbox set attempts = 8, dead_at = now()")
    claim = {"topic": "stripe_refund", "size": 10}
    assert shop.service.rows("backend.claim_outbox", **claim) == []
    report(db, [])
    (message,) = shop.service.rows("backend.claim_outbox", **claim)
    assert (message["payload"], message["attempts"]) == ({"refund_id": str(refund)}, 1)
    told = shop.service.call("backend.refund_to_make", refund_id=refund)
    assert (told["status"], told["amount_minor"]) == ("approved", 1150)
    # Of what is no money somebody decides.
    assert len(shop.service.rows("backend.dead_letters", topic="remove_object")) == 1


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
