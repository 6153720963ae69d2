"""The functions' door to Stripe, by the official SDK, against a real server in Stripe's place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from backbeat.connect_onboarding import Artist, account_values
from backbeat.create_checkout import (
    MARGIN_SECONDS,
    ChargeLine,
    CheckoutRequest,
    Order,
    create_checkout,
    session_values,
)
from backbeat.database import Database
from backbeat.errors import (
    StripeConflictError,
    StripeNotConfiguredError,
    StripeRefusedError,
    StripeUnavailableError,
)
from backbeat.process_payouts import StripePayer, Transfer
from backbeat.process_refunds import process_refunds
from backbeat.reconcile_stripe import OVER, event_of, movement
from backbeat.settings import Settings
from backbeat.stripe_client import Stripe, connect_stripe, page_url
from tests.functions.server import NOWHERE
from tests.functions.stripe import KEY, SECRET, MoodyStripe, moody_stripe
from tests.patience import PATIENCE_SECONDS

T = TypeVar("T")
RETURNS = {"success_url": "https://app.example/thanks", "cancel_url": "https://app.example/"}


@pytest.fixture
def service() -> Iterator[tuple[MoodyStripe, str]]:
    """Stripe, as a server."""
    with moody_stripe() as served:
        yield served


@pytest.fixture
def moody(service: tuple[MoodyStripe, str]) -> MoodyStripe:
    """How it is in."""
    return service[0]


@pytest.fixture
def stripe(service: tuple[MoodyStripe, str]) -> Iterator[Stripe]:
    """The door to it."""
    yield connect_stripe(settings(STRIPE_API_BASE=service[1]))
    connect_stripe.cache_clear()


def settings(**values: str) -> Settings:
    """Settings of the functions."""
    own = {"SUPABASE_URL": NOWHERE, "SUPABASE_SECRET_KEY": "x", "STRIPE_SECRET_KEY": KEY}
    given = {name: value for name, value in {**own, **values}.items() if value}
    lowered: dict[str, Any] = {name.lower(): value for name, value in given.items()}
    return Settings(**lowered)


def order(**changes: Any) -> Order:
    """An order of two lines."""
    values = {
        "order_id": uuid.uuid4(),
        "status": "pending",
        "currency": "USD",
        "total_minor": 2600,
        "expires_at": datetime.now(UTC) + timedelta(minutes=30),
        "charge_lines": [
            ChargeLine(name="Harbour at Four", unit_minor=1000, quantity=2),
            ChargeLine(name="Fees", unit_minor=600, quantity=1),
        ],
        "email": "ben@example.com",
        **changes,
    }
    return Order.model_validate(values)


def press(url: str, do: str = "pay") -> None:
    """The buyer presses a button on Stripe's page."""
    answer = httpx.post(url, data={"do": do}, trust_env=False, timeout=PATIENCE_SECONDS)
    assert answer.status_code == 303


class Told(Database):
    """A database that answers as laid down: of a list what is next, else the same each time."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, function: str, arguments: Any, returns: TypeAdapter[T], **_: bool) -> T:
        """Answer."""
        self.asked.append((function, dict(arguments)))
        found = self.answers[function]
        return returns.validate_python(found.pop(0) if isinstance(found, list) else found)


def days_ago(number: int) -> str:
    """A moment, as the database tells it."""
    return (datetime.now(UTC) - timedelta(days=number)).isoformat()


def test_a_checkout_charges_the_orders_total_and_names_the_order(
    stripe: Stripe, moody: MoodyStripe
) -> None:
    one = order()
    name = str(one.order_id)
    values = session_values(one, RETURNS)
    session = stripe.create("checkout.sessions", values, f"order:{name}")
    assert (session["amount_total"], session["currency"]) == (one.total_minor, "usd")
    assert session["metadata"] == {"order_id": name}
    assert session["customer_email"] == "ben@example.com"
    assert one.expires_at is not None
    assert session["expires_at"] == int(one.expires_at.timestamp()) + MARGIN_SECONDS
    # Asked again, it is the same checkout; asked otherwise, none.
    assert stripe.create("checkout.sessions", values, f"order:{name}")["id"] == session["id"]
    other = {**values, "success_url": "https://b.example"}
    with pytest.raises(StripeConflictError):
        stripe.create("checkout.sessions", other, f"order:{name}")
    press(session["url"])
    paid = stripe.retrieve("checkout.sessions", session["id"])
    intent = stripe.retrieve("payment_intents", paid["payment_intent"])
    assert (intent["metadata"], intent["transfer_group"]) == ({"order_id": name}, name)
    assert event_of(paid, OVER["complete"])["id"] == f"reconcile_{session['id']}_complete_paid"
    assert moody.made("checkout/sessions") == 3


def test_a_request_that_fails_on_the_way_is_repeated_and_done_once(
    stripe: Stripe, moody: MoodyStripe
) -> None:
    moody.script += [500, 503]
    moody.answers_late = True
    made = stripe.create("customers", {"email": "ben@example.com"}, "customer:7")
    assert moody.made("customers") == 3
    assert [one["id"] for one in moody.store.all("customer")] == [made["id"]]


def test_what_stripe_says_no_to_is_told_from_what_it_does_not_answer(
    stripe: Stripe, moody: MoodyStripe
) -> None:
    sticker = order(charge_lines=[ChargeLine(name="A sticker", unit_minor=10, quantity=1)])
    with pytest.raises(StripeRefusedError) as refused:
        stripe.create("checkout.sessions", session_values(sticker, RETURNS), "order:x")
    assert refused.value.code == "amount_too_small"
    moody.script += [500] * 3
    with pytest.raises(StripeUnavailableError):
        stripe.create("customers", {}, "customer:8")
    moody.script += [429] * 3
    with pytest.raises(StripeUnavailableError):
        stripe.retrieve("checkout.sessions", "cs_x")
    connect_stripe.cache_clear()
    wrong = settings(STRIPE_SECRET_KEY="sk_test_of_another", STRIPE_API_BASE=moody.store.public_url)
    with pytest.raises(StripeUnavailableError):
        connect_stripe(wrong).retrieve("checkout.sessions", "cs_x")
    connect_stripe.cache_clear()
    with pytest.raises(StripeUnavailableError):
        connect_stripe(settings(STRIPE_API_BASE=NOWHERE)).retrieve("checkout.sessions", "cs_x")


def test_an_artist_is_onboarded_paid_and_pays_back(stripe: Stripe, moody: MoodyStripe) -> None:
    press(stripe.create("checkout.sessions", session_values(order(), RETURNS), "order:1")["url"])
    artist = Artist(email="ada@example.com", country="GB")
    account = stripe.create("accounts", account_values(uuid.uuid4(), artist), "account:1")
    transfer = {"amount": 900, "currency": "usd", "destination": account["id"]}
    with pytest.raises(StripeRefusedError) as refused:
        stripe.create("transfers", transfer, "transfer:1")
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    pages = {"return_url": "https://app.example/", "refresh_url": "https://app.example/again"}
    link = {"account": account["id"], "type": "account_onboarding", **pages}
    url = stripe.create("account_links", link, "link:1")["url"]
    press(url, "finish")
    made = stripe.create("transfers", transfer, "transfer:2")
    reversal = stripe.create("transfers.reversals", {"amount": 100}, "reversal:1", made["id"])
    assert (reversal["transfer"], reversal["amount"]) == (made["id"], 100)
    kinds = {movement(each)["type"] for each in stripe.all("balance_transactions", {})}
    assert kinds == {"charge", "transfer", "transfer_refund"}
    # A reconciliation sees what happened to us and to every account, however many pages it takes.
    for number in range(120):
        stripe.create("customers", {"name": str(number)}, f"customer:{number}")
    # Stripe names an account in what it reports of one, and not in the account's own list.
    for event in moody.store.all("event"):
        event.pop("account", None)
    told = list(stripe.events(datetime.now(UTC) - timedelta(hours=1)))
    assert {event["account"] for event in told if event["type"] == "account.updated"} == {
        account["id"]
    }
    assert all("account" not in event for event in told if event["type"] == "customer.created")
    seen = [event["type"] for event in told]
    assert seen.count("customer.created") == 120
    assert {"account.updated", "transfer.reversed", "checkout.session.completed"} <= set(seen)
    assert len(seen) == len(list(moody.store.all("event")))
    assert list(stripe.events(datetime.now(UTC) + timedelta(hours=1))) == []


def test_what_was_made_is_found_when_its_key_is_forgotten(
    stripe: Stripe, moody: MoodyStripe
) -> None:
    session = stripe.create("checkout.sessions", session_values(order(), RETURNS), "order:1")
    press(session["url"])
    paid = stripe.retrieve("checkout.sessions", session["id"])["payment_intent"]

    def give_back(refund: uuid.UUID) -> dict[str, Any]:
        """See to a refund that was approved two days ago; what is recorded of it."""
        asked = {
            "payment_intent_id": paid, "amount_minor": 500, "order_id": str(uuid.UUID(int=7)),
            "status": "approved", "approved_at": days_ago(2),
        }  # fmt: skip
        message = {"id": 7, "payload": {"refund_id": str(refund)}}
        database = Told(
            claim_outbox=[[message], [], [], []], refund_to_make=asked, record_refund=None,
            finish_outbox="delivered",
        )  # fmt: skip
        process_refunds(database, stripe)
        (recorded,) = [arguments for name, arguments in database.asked if name == "record_refund"]
        return recorded

    first, second = uuid.uuid4(), uuid.uuid4()
    # It is looked for, then made, and the answer is lost each time.
    moody.answers_late = True
    moody.script += [None, 500, 500, 500]
    with pytest.raises(StripeUnavailableError):
        give_back(first)
    (made,) = moody.store.all("refund")
    # Stripe forgets keys after a day.
    moody.store.answered.clear()
    assert give_back(first)["stripe_refund_id"] == made["id"]
    # As much of the same payment that is another refund is made.
    other = give_back(second)
    assert other["stripe_refund_id"] != made["id"]
    assert len(list(moody.store.all("refund"))) == 2

    artist = Artist(email="ada@example.com", country="GB")
    account = stripe.create("accounts", account_values(uuid.uuid4(), artist), "account:1")
    pages = {"return_url": "https://app.example/", "refresh_url": "https://app.example/again"}
    link = {"account": account["id"], "type": "account_onboarding", **pages}
    press(stripe.create("account_links", link, "link:1")["url"], "finish")
    transfer = Transfer.model_validate(
        {
            "transfer_id": 7, "payout_id": str(uuid.uuid4()), "account_id": account["id"],
            "amount_minor": 300, "currency": "USD", "transfer_group": "an order",
            "key": "transfer:7", "created_at": days_ago(2),
        }
    )  # fmt: skip
    sent = StripePayer(stripe).send(transfer)
    moody.store.answered.clear()
    assert StripePayer(stripe).send(transfer) == sent
    # Its seller's part of the same order in another payout is another transfer.
    later = transfer.model_copy(update={"transfer_id": 8, "key": "transfer:8"})
    assert StripePayer(stripe).send(later) != sent


@pytest.mark.parametrize("status", ["pending", "expired", "paid"])
def test_nobody_is_given_a_page_of_an_order_that_is_over(
    stripe: Stripe, moody: MoodyStripe, status: str
) -> None:
    """It may end while Stripe makes the page."""
    placed = order().model_dump(mode="json")
    database = Told(place_order=placed, attach_session={"status": status})
    told = create_checkout(
        database,
        stripe,
        settings(FRONTEND_URL="https://app.example"),
        uuid.uuid4(),
        CheckoutRequest.model_validate(
            {
                "items": [{"product_id": str(uuid.uuid4())}], "client_id": str(uuid.uuid4()),
                "success_path": "/thanks", "cancel_path": "/",
            }
        ),
    )  # fmt: skip
    (session,) = moody.store.all("checkout.session")
    assert told["status"] == status
    assert told["url"] == (session["url"] if status == "pending" else None)


def test_paths_lead_nowhere_but_to_the_app() -> None:
    own = settings(FRONTEND_URL="https://app.example/")
    assert page_url(own, "/thanks?order=1") == "https://app.example/thanks?order=1"
    with pytest.raises(StripeNotConfiguredError):
        page_url(settings(), "/")
    body = {"items": [{"product_id": str(uuid.uuid4())}], "client_id": str(uuid.uuid4())}
    fine = ["/", "/thanks", "/a/b?c=d#e", "/thanks?session={CHECKOUT_SESSION_ID}"]
    bad = ["", "thanks", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\n",
           "/\x00", "@evil.example", ".evil.example", "/" + "a" * 1001]  # fmt: skip
    for path in fine:
        CheckoutRequest.model_validate({**body, "success_path": path, "cancel_path": "/"})
    for path in bad:
        with pytest.raises(ValidationError):
            CheckoutRequest.model_validate({**body, "success_path": path, "cancel_path": "/"})


def test_without_a_key_nothing_is_asked_of_stripe() -> None:
    connect_stripe.cache_clear()
    with pytest.raises(StripeNotConfiguredError):
        connect_stripe(settings(STRIPE_SECRET_KEY=""))
    assert SECRET not in repr(settings(STRIPE_WEBHOOK_SECRET=SECRET))
