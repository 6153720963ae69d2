"""create-subscription: the page of Stripe's where somebody subscribes to a plan."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database
from backbeat.errors import StripeNotConfiguredError
from backbeat.settings import Settings
from backbeat.stripe_client import Path, Stripe, page_url


class SubscriptionRequest(RequestModel):
    """Which plan, and where to come back to; the same client_id is the same page."""

    plan: Literal["pro", "studio"]
    client_id: UUID
    success_path: Path
    cancel_path: Path


class Subscriber(BaseModel):
    """Who subscribes; for the service alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stripe_customer_id: str | None = None
    email: str | None = None


SUBSCRIBER = TypeAdapter(Subscriber)
CUSTOMER = TypeAdapter(str)
COUNT = TypeAdapter(int)


def create_subscription(
    database: Database,
    stripe: Stripe,
    settings: Settings,
    user_id: UUID,
    request: SubscriptionRequest,
) -> dict[str, object]:
    """Return `{url}`, where to subscribe.

    The plan begins when Stripe reports that it is paid. Errors besides the database's
    (plan_not_found 404, already_subscribed 409): stripe_unavailable, stripe_refused (502),
    stripe_not_configured (503).
    """
    prices = {"pro": settings.stripe_price_pro, "studio": settings.stripe_price_studio}
    price = prices[request.plan]
    if price is None:
        raise StripeNotConfiguredError(reason=f"STRIPE_PRICE_{request.plan.upper()} is not set")
    returns = {
        "success_url": page_url(settings, request.success_path),
        "cancel_url": page_url(settings, request.cancel_path),
    }
    # All of them: in the billing portal another plan can be chosen than the one they begin with.
    known = {plan: name for plan, name in prices.items() if name}
    database.call("know_plan_prices", {"prices": known}, COUNT, is_idempotent=True)
    arguments = {"user_id": str(user_id), "plan": request.plan, "price_id": price}
    subscriber = database.call("begin_subscription", arguments, SUBSCRIBER, is_idempotent=True)
    customer = subscriber.stripe_customer_id or _customer(
        database, stripe, user_id, subscriber.email
    )
    values = {
        "mode": "subscription",
        "customer": customer,
        "line_items": [{"price": price, "quantity": 1}],
        "subscription_data": {"metadata": {"user_id": str(user_id), "plan": request.plan}},
        **returns,
    }
    session = stripe.create(
        "checkout.sessions", values, f"subscription:{user_id}:{request.client_id}"
    )
    return {"url": session["url"]}


def _customer(database: Database, stripe: Stripe, user_id: UUID, email: str | None) -> str:
    """Make somebody a customer; of two at once, the one that the database keeps counts."""
    values = {"metadata": {"user_id": str(user_id)}} | ({"email": email} if email else {})
    made = stripe.create("customers", values, f"customer:{user_id}")
    arguments = {"user_id": str(user_id), "customer_id": made["id"]}
    return database.call("attach_customer", arguments, CUSTOMER, is_idempotent=True)
