"""billing-portal: the page of Stripe's where subscribers see invoices and end what they pay for."""

from uuid import UUID, uuid4

from pydantic import TypeAdapter

from backbeat.body import RequestModel
from backbeat.create_subscription import Subscriber
from backbeat.database import Database
from backbeat.errors import CustomerNotFoundError
from backbeat.settings import Settings
from backbeat.stripe_client import Path, Stripe, page_url


class PortalRequest(RequestModel):
    """Where to come back to."""

    return_path: Path


CUSTOMER = TypeAdapter(Subscriber)


def open_billing_portal(
    database: Database, stripe: Stripe, settings: Settings, user_id: UUID, request: PortalRequest
) -> dict[str, object]:
    """Return `{url}`, good for a few minutes.

    Errors: customer_not_found (404) for who has never subscribed; stripe_unavailable,
    stripe_refused (502), stripe_not_configured (503), and the database's.
    """
    back = page_url(settings, request.return_path)
    arguments = {"user_id": str(user_id)}
    customer = database.call("stripe_customer", arguments, CUSTOMER, is_idempotent=True)
    if customer.stripe_customer_id is None:
        raise CustomerNotFoundError
    values = {"customer": customer.stripe_customer_id, "return_url": back}
    # Each visit is one of its own; the key is for the SDK's repeats.
    session = stripe.create("billing_portal.sessions", values, f"portal:{uuid4()}")
    return {"url": session["url"]}
