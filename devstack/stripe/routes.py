"""Which request asks for what: Stripe's API, and what only the world outside does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from devstack.stripe import billing, catalogue, checkout, connect, payments
from devstack.stripe import parameters as asks
from devstack.stripe.faults import Json, StripeError, unfit
from devstack.stripe.store import Store, listed


@dataclass(frozen=True)
class Call:
    """What a request asks, of whose objects, and the id in its path."""

    store: Store
    asked: Any
    account: str
    name: str

    def get(self, kind: str) -> Json:
        """The object that the path names."""
        return self.store.get(kind, self.name)


Act = Callable[[Call], Json]


def read(model: type[Any], asked: Json) -> Any:
    """Parameters as their model; raises what Stripe answers to unfit ones."""
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        raise unfit(error) from None


# Collections: the kind of their objects, and the fields that narrow their lists down.
LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "accounts": ("account", ()),
    "balance_transactions": ("balance_transaction", ("currency", "source", "type")),
    "charges": ("charge", ("customer", "payment_intent", "transfer_group")),
    "checkout/sessions": (
        "checkout.session", ("customer", "payment_intent", "status", "subscription"),
    ),
    "customers": ("customer", ("email",)),
    "disputes": ("dispute", ("charge", "payment_intent")),
    "events": ("event", ("type", "types")),
    "invoices": ("invoice", ("customer", "status")),
    "payment_intents": ("payment_intent", ("customer",)),
    "payouts": ("payout", ("destination", "status")),
    "prices": ("price", ("active", "currency", "product", "type")),
    "products": ("product", ("active",)),
    "refunds": ("refund", ("charge", "payment_intent")),
    "subscriptions": ("subscription", ("customer", "status")),
    "transfers": ("transfer", ("currency", "destination", "transfer_group")),
}  # fmt: skip
PAGING = {"limit", "starting_after", "ending_before", "created", "expand"}


def _list_of(collection: str, kind: str, filters: tuple[str, ...]) -> Act:
    def give(call: Call) -> Json:
        narrows = call.asked.model_fields_set - PAGING
        for name in narrows - set(filters):
            message = f"Received unknown parameter: {name}"
            raise StripeError(400, message, code="parameter_unknown", param=name)
        return call.store.page(
            kind, call.asked, f"/v1/{collection}", call.account, narrows - {"types"}
        )

    return give


def _one_of(kind: str) -> Act:
    return lambda call: call.get(kind)


def _create(act: Callable[[Store, Any], Json]) -> Act:
    return lambda call: act(call.store, call.asked)


def _change(kind: str, act: Callable[[Store, Json, Any], Json]) -> Act:
    return lambda call: act(call.store, call.get(kind), call.asked)


def _balance(call: Call) -> Json:
    found = [
        {"amount": amount, "currency": key.partition(" ")[2], "source_types": {"card": amount}}
        for key, amount in call.store.balances.items()
        if key.startswith(f"{call.account} ")
    ]
    usd = {"amount": 0, "currency": "usd", "source_types": {"card": 0}}
    return {"object": "balance", "available": found or [usd], "livemode": False, "pending": [usd]}


def _lines(call: Call) -> Json:
    session = call.get("checkout.session")
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return listed(call.store.beside[session["id"]]["line_items"], url)


SESSIONS = "checkout/sessions"
ACTIONS: dict[tuple[str, str], tuple[type[asks.Expanding], Act]] = {
    ("GET", "balance"): (asks.Nothing, _balance),
    ("POST", "customers"): (asks.CustomerWrite, _create(catalogue.create_customer)),
    ("POST", "customers/{}"): (
        asks.CustomerWrite, _change("customer", catalogue.update_customer),
    ),
    ("DELETE", "customers/{}"): (
        asks.Nothing, lambda call: catalogue.delete_customer(call.store, call.get("customer")),
    ),
    ("POST", "products"): (asks.ProductCreate, _create(catalogue.create_product)),
    ("POST", "prices"): (asks.PriceCreate, _create(catalogue.create_price)),
    ("POST", SESSIONS): (asks.SessionCreate, _create(checkout.create_session)),
    ("POST", f"{SESSIONS}/{{}}/expire"): (
        asks.Nothing, lambda call: checkout.expire(call.store, call.get("checkout.session")),
    ),
    ("GET", f"{SESSIONS}/{{}}/line_items"): (asks.Listing, _lines),
    ("POST", "refunds"): (asks.RefundCreate, _create(payments.refund)),
    ("POST", "subscriptions/{}"): (
        asks.SubscriptionUpdate, _change("subscription", billing.update),
    ),
    ("DELETE", "subscriptions/{}"): (
        asks.Nothing, lambda call: billing.cancel(call.store, call.get("subscription")),
    ),
    ("POST", "billing_portal/sessions"): (asks.PortalCreate, _create(billing.open_portal)),
    ("POST", "accounts"): (asks.AccountCreate, _create(connect.create_account)),
    ("POST", "accounts/{}"): (asks.AccountUpdate, _change("account", connect.update_account)),
    ("POST", "account_links"): (asks.AccountLinkCreate, _create(connect.open_link)),
    ("POST", "transfers"): (asks.TransferCreate, _create(connect.transfer)),
    ("POST", "transfers/{}/reversals"): (
        asks.ReversalCreate, _change("transfer", connect.reverse),
    ),
    ("GET", "transfers/{}/reversals"): (
        asks.Listing, lambda call: dict(call.get("transfer")["reversals"]),
    ),
    ("POST", "payouts"): (
        asks.PayoutCreate, lambda call: connect.pay_out(call.store, call.account, call.asked),
    ),
    **{
        ("GET", collection): (asks.Listing, _list_of(collection, kind, filters))
        for collection, (kind, filters) in LISTS.items()
    },
    **{
        ("GET", f"{collection}/{{}}"): (asks.Nothing, _one_of(kind))
        for collection, (kind, _) in LISTS.items()
    },
}  # fmt: skip
ROUTES = {
    (method, re.compile(f"/v1/{path.replace('{}', '([A-Za-z0-9_]+)')}")): route
    for (method, path), route in ACTIONS.items()
}


class _World(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Advance(_World):
    """By how much the clock is put forward."""

    advance_seconds: float = Field(ge=0)


class NothingSaid(_World):
    """Nothing to say."""


class Arrives(_World):
    """Whether the money arrives."""

    arrives: bool = True


class Paid(_World):
    """Whether the invoice is paid."""

    paid: bool = True


class Won(_World):
    """Whether the dispute is won."""

    won: bool


class Disputed(_World):
    """What is disputed."""

    charge: str
    amount: int | None = None


# POST these, with the form their model says.
WORLD: dict[str, tuple[type[_World], Act]] = {
    r"/fake/disputes": (
        Disputed,
        lambda call: payments.dispute(call.store, call.asked.charge, call.asked.amount),
    ),
    r"/fake/disputes/(\w+)/close": (
        Won, lambda call: payments.close_dispute(call.store, call.name, is_won=call.asked.won),
    ),
    r"/fake/refunds/(\w+)/return": (
        NothingSaid, lambda call: payments.return_refund(call.store, call.name),
    ),
    r"/fake/sessions/(\w+)/settle": (
        Arrives,
        lambda call: checkout.settle(
            call.store, call.get("checkout.session"), call.asked.arrives
        ),
    ),
    r"/fake/subscriptions/(\w+)/renew": (
        Paid,
        lambda call: billing.renew(
            call.store, call.get("subscription"), is_paid=call.asked.paid
        ),
    ),
    r"/fake/subscriptions/(\w+)/recover": (
        NothingSaid, lambda call: billing.recover(call.store, call.get("subscription")),
    ),
    r"/fake/accounts/(\w+)/onboard": (
        NothingSaid, lambda call: connect.onboard(call.store, call.get("account")),
    ),
    r"/fake/accounts/(\w+)/restrict": (
        NothingSaid, lambda call: connect.restrict(call.store, call.get("account")),
    ),
    r"/fake/accounts/(\w+)/empty": (
        Arrives,
        lambda call: {"data": connect.empty(call.store, call.name, arrives=call.asked.arrives)},
    ),
}  # fmt: skip
