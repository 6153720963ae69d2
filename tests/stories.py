"""What Stripe tells of an order: its objects, and what may become of one, told in turn."""

from __future__ import annotations

from typing import Any

from tests.database import Row

Telling = tuple[str, dict[str, Any]]

# What becomes of an order of which this is told.
EXPECTED = {
    "paid": "paid", "later": "paid", "never": "failed", "expired": "expired",
    "refunded": "refunded", "in part": "partially_refunded", "won": "paid", "lost": "disputed",
    "won in part": "partially_refunded", "lost in part": "disputed", "too little": "pending",
}  # fmt: skip
DISPUTE_FEE = 1500


def session_of(order: Row, **values: Any) -> dict[str, Any]:
    """The Checkout Session of an order, paid in full unless said otherwise."""
    return {
        "id": f"cs_{order['id']}",
        "mode": "payment",
        "payment_status": "paid",
        "payment_intent": f"pi_{order['id']}",
        "amount_total": order["total_minor"],
        "currency": order["currency"].lower(),
        "metadata": {"order_id": str(order["id"])},
        **values,
    }


def intent_of(order: Row, **values: Any) -> dict[str, Any]:
    """The payment of an order, made in full unless said otherwise."""
    return {
        "id": f"pi_{order['id']}",
        "amount": order["total_minor"],
        "amount_received": order["total_minor"],
        "currency": order["currency"].lower(),
        "metadata": {"order_id": str(order["id"])},
        **values,
    }


def charge_of(order: Row, refunded: int, **values: Any) -> dict[str, Any]:
    """The charge of an order, of which so much was given back."""
    return {
        "id": f"ch_{order['id']}",
        "payment_intent": f"pi_{order['id']}",
        "amount": order["total_minor"],
        "amount_refunded": refunded,
        "currency": order["currency"].lower(),
        "metadata": {},
        **values,
    }


def returned_of(order: Row, amount: int, **values: Any) -> dict[str, Any]:
    """A refund of so much of an order that the buyer's bank has sent back."""
    return {
        "id": f"re_{order['id']}",
        "payment_intent": f"pi_{order['id']}",
        "amount": amount,
        "currency": order["currency"].lower(),
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "metadata": {},
        **values,
    }


def dispute_of(
    order: Row, status: str = "needs_response", amount: int | None = None, **values: Any
) -> dict[str, Any]:
    """A dispute about so much of an order, the whole unless said otherwise.

    Stripe may tell of it before it has booked what was taken, and its fee.
    """
    disputed = order["total_minor"] if amount is None else amount
    taken = {"id": f"txn_{order['id']}", "amount": -disputed, "fee": DISPUTE_FEE}
    back = {"id": f"txn_back_{order['id']}", "amount": disputed, "fee": 0}
    booked = {"needs_response": [], "lost": [taken], "won": [taken, back]}
    return {
        "id": f"dp_{order['id']}",
        "payment_intent": f"pi_{order['id']}",
        "amount": disputed,
        "currency": order["currency"].lower(),
        "status": status,
        "balance_transactions": booked[status],
        **values,
    }


def stories(order: Row, parts: tuple[int, int] = (100, 777)) -> dict[str, list[Telling]]:
    """What may be reported of an order, in the order in which it happens.

    parts: how much is given back of an order at first, and then in all, where it is not the whole.
    """
    total = order["total_minor"]
    session = "checkout.session"
    declined = ("payment_intent.payment_failed", intent_of(order, amount_received=0))
    paid = [
        (f"{session}.completed", session_of(order)),
        ("payment_intent.succeeded", intent_of(order)),
    ]
    unpaid = (f"{session}.completed", session_of(order, payment_status="unpaid"))
    first, then = (("charge.refunded", charge_of(order, part)) for part in parts)
    whole = ("charge.refunded", charge_of(order, total))

    def disputed(how: str, amount: int) -> list[Telling]:
        asked, closed = (dispute_of(order, each, amount) for each in ("needs_response", how))
        return [("charge.dispute.created", asked), ("charge.dispute.closed", closed)]

    gone = session_of(order, payment_status="unpaid", payment_intent=None)
    return {
        "paid": [declined, *paid],
        "later": [unpaid, (f"{session}.async_payment_succeeded", session_of(order)), paid[1]],
        "never": [unpaid, (f"{session}.async_payment_failed", session_of(order)), declined],
        "expired": [(f"{session}.expired", gone)],
        "refunded": [*paid, then, whole],
        "in part": [*paid, first, then],
        "won": [*paid, *disputed("won", total)],
        # Of what is left: banks fetch nothing that was given back.
        "lost": [*paid, then, *disputed("lost", total - parts[1])],
        "won in part": [*paid, first, *disputed("won", parts[1] - parts[0])],
        "lost in part": [*paid, first, *disputed("lost", parts[1] - parts[0])],
        "too little": [
            (f"{session}.completed", session_of(order, amount_total=total - 1)),
            ("payment_intent.succeeded", intent_of(order, amount_received=total - 1)),
        ],
    }
