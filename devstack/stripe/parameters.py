"""The parameters of the requests that are taken, by Stripe's names; any other is refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Metadata = Annotated[
    dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]],
    Field(max_length=50),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$", to_lower=True)]
Amount = Annotated[int, Field(ge=0, le=99_999_999)]
Paid = Annotated[int, Field(ge=1, le=99_999_999)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://", max_length=5000)]


class Parameters(BaseModel):
    """Parameters of one request."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Expanding(Parameters):
    """What every request may ask for."""

    expand: list[str] = []


class Nothing(Expanding):
    """A request without parameters."""


class Span(Parameters):
    """A span of moments, in seconds since 1970."""

    gt: int | None = None
    gte: int | None = None
    lt: int | None = None
    lte: int | None = None


class Listing(Expanding):
    """How a list is read: newest first, a page at a time, and what narrows it down."""

    limit: Annotated[int, Field(ge=1, le=100)] = 10
    starting_after: str | None = None
    ending_before: str | None = None
    created: Span | int | None = None
    # Each of these is a field of the objects of some list; api.py says of which.
    active: bool | None = None
    charge: str | None = None
    currency: Currency | None = None
    customer: str | None = None
    destination: str | None = None
    email: str | None = None
    payment_intent: str | None = None
    product: str | None = None
    source: str | None = None
    status: str | None = None
    subscription: str | None = None
    transfer_group: str | None = None
    type: str | None = None
    types: Annotated[list[str], Field(max_length=20)] | None = None


class CustomerWrite(Expanding):
    """A customer, new or changed."""

    email: Annotated[str, Field(max_length=512)] | None = None
    name: Annotated[str, Field(max_length=256)] | None = None
    description: str | None = None
    metadata: Metadata = {}


class ProductCreate(Expanding):
    """What is sold."""

    name: str
    description: str | None = None
    images: list[Url] = []
    metadata: Metadata = {}


class Recurring(Parameters):
    """How often a price is charged."""

    interval: Literal["day", "week", "month", "year"]
    interval_count: Annotated[int, Field(ge=1, le=36)] = 1


class ProductData(Parameters):
    """What is sold, within a price or a line."""

    name: Annotated[str, Field(min_length=1, max_length=250)]
    description: str | None = None
    images: list[Url] = []
    metadata: Metadata = {}


class PriceCreate(Expanding):
    """What something costs."""

    currency: Currency
    unit_amount: Amount
    product: str | None = None
    product_data: ProductData | None = None
    recurring: Recurring | None = None
    lookup_key: str | None = None
    nickname: str | None = None
    metadata: Metadata = {}


class PriceData(Parameters):
    """What one line costs."""

    currency: Currency
    unit_amount: Amount
    product_data: ProductData
    recurring: Recurring | None = None


class LineItem(Parameters):
    """A line of a checkout: a price that stands, or one of its own."""

    price: str | None = None
    price_data: PriceData | None = None
    quantity: Annotated[int, Field(ge=1, le=999_999)] = 1


class PaymentIntentData(Parameters):
    """What the payment of a checkout carries."""

    description: str | None = None
    metadata: Metadata = {}
    transfer_group: str | None = None


class SubscriptionData(Parameters):
    """What the subscription of a checkout carries."""

    description: str | None = None
    metadata: Metadata = {}


class SessionCreate(Expanding):
    """A checkout."""

    mode: Literal["payment", "subscription"]
    line_items: Annotated[list[LineItem], Field(min_length=1, max_length=100)]
    success_url: Url
    cancel_url: Url | None = None
    client_reference_id: Annotated[str, Field(max_length=200)] | None = None
    customer: str | None = None
    customer_email: Annotated[str, Field(max_length=800)] | None = None
    expires_at: int | None = None
    metadata: Metadata = {}
    payment_intent_data: PaymentIntentData | None = None
    payment_method_types: list[str] | None = None
    subscription_data: SubscriptionData | None = None


class RefundCreate(Expanding):
    """Money back, of a charge or of its payment intent."""

    payment_intent: str | None = None
    charge: str | None = None
    amount: Paid | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None
    metadata: Metadata = {}


class SubscriptionUpdate(Expanding):
    """What may change about a subscription."""

    cancel_at_period_end: bool | None = None
    metadata: Metadata | None = None


class PortalCreate(Expanding):
    """A visit to the portal."""

    customer: str
    return_url: Url | None = None


class Requested(Parameters):
    """Whether a capability is asked for."""

    requested: bool


class Capabilities(Parameters):
    """What an account is to be able to do."""

    card_payments: Requested | None = None
    transfers: Requested | None = None


class ControllerFees(Parameters):
    """Who pays Stripe."""

    payer: Literal["account", "application"]


class ControllerLosses(Parameters):
    """Who bears losses."""

    payments: Literal["application", "stripe"]


class ControllerDashboard(Parameters):
    """Which dashboard the account sees."""

    type: Literal["express", "full", "none"]


class Controller(Parameters):
    """Who is in charge of an account."""

    fees: ControllerFees
    losses: ControllerLosses
    requirement_collection: Literal["application", "stripe"] = "stripe"
    stripe_dashboard: ControllerDashboard


class AccountCreate(Expanding):
    """A connected account."""

    controller: Controller | None = None
    type: Literal["express", "standard", "custom"] | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "US"
    email: str | None = None
    business_type: Literal["company", "individual", "non_profit"] | None = None
    capabilities: Capabilities = Capabilities()
    metadata: Metadata = {}


class AccountUpdate(Expanding):
    """What may change about an account."""

    email: str | None = None
    metadata: Metadata | None = None


class AccountLinkCreate(Expanding):
    """A way to the onboarding of an account."""

    account: str
    type: Literal["account_onboarding", "account_update"]
    refresh_url: Url
    return_url: Url


class TransferCreate(Expanding):
    """Money for a connected account."""

    amount: Paid
    currency: Currency
    destination: str
    description: str | None = None
    source_transaction: str | None = None
    transfer_group: str | None = None
    metadata: Metadata = {}


class ReversalCreate(Expanding):
    """Money back from a connected account; without an amount, all that is left."""

    amount: Paid | None = None
    description: str | None = None
    metadata: Metadata = {}


class PayoutCreate(Expanding):
    """Money for the bank of an account."""

    amount: Paid
    currency: Currency
    description: str | None = None
    metadata: Metadata = {}
