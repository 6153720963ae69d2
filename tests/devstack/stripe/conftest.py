"""A fake Stripe, Stripe's own SDK for it, and people with a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from stripe import RequestsClient, StripeClient

from devstack.stripe.api import Answer, FakeStripe, Request
from devstack.stripe.server import serving
from devstack.stripe.webhooks import Webhooks
from tests.devstack.stripe.inbox import Inbox, open_inbox

KEY, SECRET = "sk_test_of_these_tests", "whsec_of_these_tests"
Json = dict[str, Any]


@dataclass
class WatchedStripe(FakeStripe):
    """The service, and everything it has answered."""

    answers: list[tuple[Request, Answer]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Do what a request asks, and keep it in mind."""
        answer = super().answer(request)
        self.answers.append((request, answer))
        return answer


@dataclass
class Shop:
    """What a test does with the service."""

    stripe: WatchedStripe
    url: str
    client: StripeClient
    browser: httpx.Client

    def session(self, amount: int = 1250, **more: Any) -> Any:
        """A checkout of one thing."""
        line = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "A record"}}
        given: Any = {
            "mode": "payment",
            "line_items": [{"price_data": line, "quantity": 1}],
            "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://shop.example/basket",
            **more,
        }
        return self.client.v1.checkout.sessions.create(given)

    def presses(self, url: str, **form: str) -> httpx.Response:
        """Somebody presses a button of a page."""
        return self.browser.post(url, data=form)

    def world(self, path: str, **form: Any) -> Json:
        """What only the world outside does."""
        answer = self.browser.post(f"{self.url}/fake/{path}", data=form)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def sold(self, amount: int = 1250, **more: Any) -> Any:
        """A checkout that somebody has paid."""
        session = self.session(amount, **more)
        assert self.presses(session.url, do="pay").status_code == 303
        return self.client.v1.checkout.sessions.retrieve(session.id)

    def account(self, *, onboarded: bool = True) -> Any:
        """A connected account."""
        account = self.client.v1.accounts.create(
            {
                "country": "US",
                "email": "ada@example.com",
                "controller": {
                    "fees": {"payer": "application"},
                    "losses": {"payments": "application"},
                    "stripe_dashboard": {"type": "express"},
                },
                "capabilities": {
                    "card_payments": {"requested": True},
                    "transfers": {"requested": True},
                },
            }
        )
        if onboarded:
            self.world(f"accounts/{account.id}/onboard")
        return account

    def events(self) -> list[str]:
        """The types of what has happened, oldest first."""
        return [event["type"] for event in reversed(list(self.stripe.store.all("event")))]

    def wait(self) -> None:
        """Wait until every event is delivered."""
        deadline = time.monotonic() + 60
        while self.stripe.webhooks.pending:
            assert time.monotonic() < deadline


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Somebody who takes webhooks."""
    with open_inbox() as inbox:
        yield inbox


@pytest.fixture
def shop(inbox: Inbox) -> Iterator[Shop]:
    """A service of the test's own."""
    service = WatchedStripe(KEY, Webhooks(inbox.url, SECRET, first_pause=0.01))
    with (
        serving(service) as url,
        httpx.Client(trust_env=False, timeout=180, verify=False) as browser,
    ):
        client = StripeClient(
            KEY, base_addresses={"api": url}, http_client=RequestsClient(timeout=180)
        )
        yield Shop(service, url, client, browser)
