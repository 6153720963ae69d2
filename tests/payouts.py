"""Sellers who can be paid, what they have earned, and what is sent to them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from tests.database import Connection, actor, person_id
from tests.ledger import balance, post

ALWAYS = {"from_day": date(2020, 1, 1), "to_day": date(2199, 1, 1)}


def ready(db: Connection, name: str = "ada") -> None:
    """Somebody's account at the provider, which may be paid to."""
    db.execute(
        "insert into private.artist_accounts (profile_id, stripe_account_id, payouts_enabled)"
        " values (%s, %s, true)",
        [person_id(name), f"acct_{name}"],
    )


def sell(
    db: Connection, amount: int, days_ago: int = 8, name: str = "ada", currency: str = "USD"
) -> uuid.UUID:
    """An order that somebody earned an amount by, some days ago; its id."""
    order = uuid.uuid4()
    post(db, "sale", str(order), {"provider": amount, f"seller {name}": -amount}, currency)
    db.execute("set constraints all immediate")
    db.execute("alter table private.ledger_transactions disable trigger user")
    db.execute(
        "update private.ledger_transactions set created_at = now() - %s where cause = %s",
        [timedelta(days=days_ago), str(order)],
    )
    db.execute("alter table private.ledger_transactions enable trigger user")
    db.execute("set constraints all deferred")
    return order


def claim(db: Connection) -> list[dict[str, Any]]:
    """The transfers that are to be made."""
    found = actor(db, "service").call("backend.claim_transfers")
    assert isinstance(found, list)
    return found


def record(db: Connection, transfer: dict[str, Any], status: str = "sent") -> str:
    """Say how a transfer went."""
    number = transfer["transfer_id"]
    return str(
        actor(db, "service").call(
            "backend.record_transfer",
            transfer_id=number,
            stripe_transfer_id=f"tr_{number}" if status == "sent" else None,
            status=status,
        )
    )


def standing(db: Connection, name: str = "ada") -> tuple[int, int]:
    """What is owed to somebody, and what is on its way to them."""
    return -balance(db, "payable", name), -balance(db, "in_transit", name)
