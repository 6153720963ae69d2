"""process-refunds: gives money back, takes it back from who had it, and forgets who has left."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import StripeRefusedError, StripeUnavailableError
from backbeat.outbox import deliver
from backbeat.stripe_client import Json, Stripe


class RefundMessage(BaseModel):
    """A refund that somebody has approved."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    refund_id: UUID


class ReversalMessage(BaseModel):
    """A transfer of which some is to come back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    reversal_id: int


class CustomerMessage(BaseModel):
    """A customer whose account is gone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stripe_customer_id: str


class Refund(BaseModel):
    """What to give back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    payment_intent_id: str
    amount_minor: int
    order_id: UUID
    status: str
    approved_at: datetime


class Reversal(BaseModel):
    """What to take back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    transfer_id: str | None = None
    amount_minor: int
    status: str


REFUND = TypeAdapter(Refund)
REVERSAL = TypeAdapter(Reversal)
NOTHING: TypeAdapter[Any] = TypeAdapter(Any)


def process_refunds(database: Database, stripe: Stripe) -> dict[str, int]:
    """Do what the outbox asks and return `{refunds, reversals, customers, failed}`: how many.

    A customer who has left is deleted, which ends their subscriptions. What Stripe refuses of the
    others is recorded as failed. While Stripe is away messages wait for their next
    try, with the same key: 502 stripe_unavailable, with the same counts.
    """

    def refund(message: RefundMessage) -> None:
        arguments: dict[str, object] = {"refund_id": str(message.refund_id)}
        asked = database.call("refund_to_make", arguments, REFUND, is_idempotent=True)
        if asked.status == "approved":
            values = {
                "payment_intent": asked.payment_intent_id,
                "amount": asked.amount_minor,
                "metadata": {"refund_id": str(message.refund_id), "order_id": str(asked.order_id)},
            }
            among = {"payment_intent": asked.payment_intent_id}
            key = f"refund:{message.refund_id}"
            outcome = _outcome(
                lambda: stripe.create_once("refunds", values, key, asked.approved_at, among)
            )
            arguments |= {"stripe_refund_id": outcome.pop("id"), **outcome}
            database.call("record_refund", arguments, NOTHING, is_idempotent=True)

    def reverse(message: ReversalMessage) -> None:
        arguments: dict[str, object] = {"reversal_id": message.reversal_id}
        asked = database.call("reversal_to_make", arguments, REVERSAL, is_idempotent=True)
        if asked.status == "due" and asked.transfer_id:
            key = f"reversal:{message.reversal_id}"
            values = {"amount": asked.amount_minor}
            path = asked.transfer_id
            outcome = _outcome(lambda: stripe.create("transfers.reversals", values, key, path))
            arguments |= {"stripe_reversal_id": outcome.pop("id"), **outcome}
            database.call("record_reversal", arguments, NOTHING, is_idempotent=True)

    def forget(message: CustomerMessage) -> None:
        stripe.delete("customers", message.stripe_customer_id)

    done = {
        "refunds": deliver(database, "stripe_refund", RefundMessage, refund),
        "reversals": deliver(database, "stripe_reversal", ReversalMessage, reverse),
        "customers": deliver(database, "stripe_customer", CustomerMessage, forget),
    }
    failures = [failure for deliveries in done.values() for failure in deliveries.failures]
    counts = {name: deliveries.delivered for name, deliveries in done.items()}
    counts["failed"] = len(failures)
    if failures:
        raise StripeUnavailableError(reason=failures[0].token, extra=counts)
    return counts


def _outcome(create: Callable[[], Json]) -> dict[str, object]:
    try:
        made = create()
    except StripeRefusedError as error:
        return {"id": None, "status": "failed", "failure": error.code}
    # A reversal has no status: it is made at once.
    return {"id": made["id"], "status": made.get("status", "succeeded"), "failure": None}
