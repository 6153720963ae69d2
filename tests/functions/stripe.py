"""The fake Stripe as a real server, with a say in how it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from devstack.stripe.api import Answer, FakeStripe, Request
from devstack.stripe.catalogue import stock_plans
from devstack.stripe.server import serving
from devstack.stripe.webhooks import Webhooks

KEY, SECRET = "sk_test_of_this_shop", "whsec_of_this_shop"


@dataclass
class MoodyStripe(FakeStripe):
    """Stripe, with the answers of the next requests laid down."""

    # Instead of the next requests' own answers; None: as it is.
    script: list[int | None] = field(default_factory=list)
    # Whether a request whose answer is laid down is carried out before.
    answers_late: bool = False
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Answer as laid down, or as Stripe does."""
        self.requests.append(request)
        status = self.script.pop(0) if self.script else None
        if status is None:
            return super().answer(request)
        if self.answers_late:
            super().answer(request)
        return Answer(status, {"error": {"type": "api_error", "message": "It is not to be."}})

    def made(self, path: str) -> int:
        """How many requests to create something came."""
        return sum((one.method, one.path) == ("POST", f"/v1/{path}") for one in self.requests)


@contextmanager
def moody_stripe(webhook_url: str | None = None) -> Iterator[tuple[MoodyStripe, str]]:
    """Serve a MoodyStripe; gives it and its URL."""
    stripe = MoodyStripe(KEY, Webhooks(webhook_url, SECRET, first_pause=0.05))
    stock_plans(stripe.store)
    with serving(stripe) as url:
        yield stripe, url
