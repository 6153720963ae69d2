"""create-checkout: an order, and the page of Stripe's where it is paid."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database
from backbeat.errors import StripeRefusedError
from backbeat.settings import Settings
from backbeat.stripe_client import Json, Path, Stripe, page_url


class Item(RequestModel):
    """So many of a product; the amount only where the buyer says it."""

    product_id: UUID
    variant_id: UUID | None = None
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    amount_minor: Annotated[int, Field(ge=0, le=99_999_999)] | None = None


class CheckoutRequest(RequestModel):
    """What to buy, and where in the app to come back to; the same client_id is the same order."""

    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    client_id: UUID
    success_path: Path
    cancel_path: Path
    shipping_address: dict[str, Any] | None = None


class ChargeLine(BaseModel):
    """What the buyer reads on the bill."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    unit_minor: int
    quantity: int


class Order(BaseModel):
    """An order as the database has placed it; for the service alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    order_id: UUID
    status: str
    currency: str
    total_minor: int
    expires_at: datetime | None = None
    charge_lines: tuple[ChargeLine, ...] = ()
    email: str | None = None
    stripe_customer_id: str | None = None
    stripe_session_id: str | None = None


# Stripe opens no page for less than half an hour, which is how long an order keeps its stock. Who
# was cut off has ten minutes to ask again; the order waits longer than that for Stripe's word.
MARGIN_SECONDS = 600


class Attached(BaseModel):
    """What an order is when its page is noted: it may have ended while Stripe made the page."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: str


ORDER = TypeAdapter(Order)
ATTACHED = TypeAdapter(Attached)
NOTHING: TypeAdapter[Any] = TypeAdapter(Any)


def create_checkout(
    database: Database,
    stripe: Stripe,
    settings: Settings,
    user_id: UUID,
    request: CheckoutRequest,
) -> dict[str, object]:
    """Return `{order_id, status, total_minor, currency, url, expires_at}`.

    `url` is where to pay, null when there is nothing to pay (any more). Killed anywhere and asked
    again with the same client_id, it goes on with the same order and the same page. What Stripe
    will not take for good is abandoned, and its stock is free again: 502 stripe_refused. Errors
    besides the database's: stripe_unavailable (502), stripe_conflict (409), stripe_not_configured
    (503).
    """
    returns = {
        "success_url": page_url(settings, request.success_path),
        "cancel_url": page_url(settings, request.cancel_path),
    }
    arguments = {
        "buyer_id": str(user_id),
        "items": [item.model_dump(mode="json", exclude_none=True) for item in request.items],
        "client_id": str(request.client_id),
        "shipping_address": request.shipping_address,
    }
    order = database.call("place_order", arguments, ORDER, is_idempotent=True)
    status = order.status
    session: Json = {}
    if status == "pending":
        status, session = _session(database, stripe, order, returns)
    expires_at = datetime.fromtimestamp(session["expires_at"], UTC) if session else None
    return {
        "order_id": str(order.order_id),
        "status": status,
        "total_minor": order.total_minor,
        "currency": order.currency,
        "url": session.get("url"),
        "expires_at": expires_at.isoformat() if expires_at else None,
    }


def _session(
    database: Database, stripe: Stripe, order: Order, returns: dict[str, str]
) -> tuple[str, Json]:
    """What an order is by then, and its page; none where nobody is to pay for it any more."""
    if order.stripe_session_id:
        return order.status, stripe.retrieve("checkout.sessions", order.stripe_session_id)
    try:
        session = stripe.create(
            "checkout.sessions", session_values(order, returns), f"order:{order.order_id}"
        )
    except StripeRefusedError:
        abandoned = {"order_id": str(order.order_id)}
        database.call("abandon_order", abandoned, NOTHING, is_idempotent=True)
        raise
    attached = {
        "order_id": str(order.order_id),
        "session_id": session["id"],
        "payment_intent_id": session["payment_intent"],
    }
    status = database.call("attach_session", attached, ATTACHED, is_idempotent=True).status
    return status, session if status == "pending" else {}


def session_values(order: Order, returns: dict[str, str]) -> dict[str, Any]:
    """What Stripe is asked for: follows from the order alone, as its key may be used again."""
    metadata = {"order_id": str(order.order_id)}
    values: dict[str, Any] = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": line.quantity,
                "price_data": {
                    "currency": order.currency.lower(),
                    "unit_amount": line.unit_minor,
                    "product_data": {"name": line.name},
                },
            }
            for line in order.charge_lines
        ],
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "transfer_group": str(order.order_id)},
        **returns,
    }
    if order.expires_at:
        values["expires_at"] = int(order.expires_at.timestamp()) + MARGIN_SECONDS
    if order.stripe_customer_id:
        values["customer"] = order.stripe_customer_id
    elif order.email:
        values["customer_email"] = order.email
    return values
