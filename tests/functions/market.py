"""A market for tests: a whole stack, the functions, and a Stripe of their own."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from devstack.stripe.store import PLATFORM
from devstack.stripe.webhooks import Chaos
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions
from tests.functions.stripe import KEY, SECRET, MoodyStripe, moody_stripe
from tests.patience import PATIENCE_SECONDS

SOUND = b"ID3" + bytes(range(256)) * 4
FUNDS = 1_000_000
PATHS = {"success_path": "/thanks", "cancel_path": "/basket"}


@dataclass
class Market:
    """The functions with a Stripe of their own, and what people do there."""

    live: LiveStack
    functions: FunctionsServer
    stripe: MoodyStripe

    def call(self, function: str, who: uuid.UUID, **body: Any) -> httpx.Response:
        """Call a function as somebody's app does."""
        token = self.live.token(who)
        self.live.sql("delete from private.rate_limit_buckets")
        return self.functions.client.post(f"/{function}", json=body, headers=bearer(token))

    def seller(self, name: str) -> uuid.UUID:
        """Somebody who may sell for money."""
        seller = self.live.person(name)
        self.live.sends(seller, "POST", "/rpc/become_artist", {})
        self.live.sql(
            "insert into private.artist_accounts (profile_id, stripe_account_id, charges_enabled)"
            " values (%s, %s, true) on conflict (profile_id) do update set charges_enabled = true",
            seller,
            f"acct_{name}",
        )
        return seller

    def offer(
        self, seller: uuid.UUID, price: int, kind: str = "digital", currency: str = "USD"
    ) -> str:
        """Something of somebody's that can be bought; with a file, where it is digital."""
        pricing = {"pricing": "fixed", "price_minor": price} if price else {"pricing": "free"}
        values = {"kind": kind, "name": "A kit", "currency": currency, **pricing}
        product = str(uuid.uuid4())
        self.live.sends(seller, "POST", "/products", {"id": product, **values})
        if kind != "digital":
            return product
        path = f"{seller}/{uuid.uuid4()}.mp3"
        stored = self.live.api.post(
            f"/storage/v1/object/track-files/{path}",
            content=SOUND,
            headers={"content-type": "audio/mpeg"},
        )
        assert stored.is_success, stored.text
        self.live.sql(
            "insert into private.product_files (product_id, path) values (%s, %s)", product, path
        )
        return product

    def checkout(self, who: uuid.UUID, *products: str, **values: Any) -> httpx.Response:
        """Go to the checkout with one of each."""
        items = [{"product_id": product} for product in products]
        given = {"items": items, "client_id": str(uuid.uuid4()), **PATHS, **values}
        return self.call("create-checkout", who, **given)

    def open(self, url: str) -> httpx.Response:
        """Open a page of Stripe's, or a file of ours."""
        return httpx.get(url, trust_env=False, timeout=PATIENCE_SECONDS)

    def press(self, url: str, do: str = "pay", **form: str) -> httpx.Response:
        """Press a button on Stripe's page."""
        return httpx.post(url, data={"do": do, **form}, trust_env=False, timeout=PATIENCE_SECONDS)

    def wait(self) -> None:
        """Wait until every report was taken."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.stripe.webhooks.pending:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def status(self, order: str) -> str:
        """What has become of an order."""
        ((status,),) = self.live.sql("select status from public.orders where id = %s", order)
        return str(status)

    def of_order(self, kind: str, order: str) -> list[dict[str, Any]]:
        """What Stripe has of a kind and of an order, the newest first."""
        return [
            each
            for each in self.stripe.store.all(kind)
            if each["metadata"].get("order_id") == order
        ]

    def payable(self, seller: uuid.UUID) -> int:
        """What we owe a seller."""
        ((balance,),) = self.live.sql(
            "select private.balance('seller', %s, 'payable', 'USD')", seller
        )
        return -int(balance or 0)

    def events(self) -> int:
        """How many events are stored."""
        return int(self.live.sql("select count(*) from private.stripe_events")[0][0])

    def later(self) -> None:
        """Let a second go by at Stripe: of what is in one second nobody knows what came first."""
        self.stripe.store.ahead += 1

    def calm(self) -> None:
        """Let Stripe answer, and what it reports arrive, as well as they can."""
        self.stripe.script.clear()
        self.stripe.answers_late = False
        self.stripe.webhooks.chaos = Chaos()
        self.stripe.store.ahead = 0
        # There is enough for whatever other tests have left to be sent, and for what disputes cost.
        funds = f"{PLATFORM} usd"
        self.stripe.store.balances[funds] = max(self.stripe.store.balances.get(funds, 0), FUNDS)

    def lose_answers(self) -> None:
        """Let Stripe do what the next call asks, and its answer be lost each time it is asked."""
        self.stripe.script += [500] * 3
        self.stripe.answers_late = True

    def run(self, function: str) -> httpx.Response:
        """Call a function as the schedule does; what waits in the outbox is due."""
        self.live.sql("update private.outbox set next_attempt_at = now()")
        return self.functions.client.post(f"/{function}", headers=self.live.scheduler)

    def happens(self, what: str, **values: Any) -> Any:
        """Let something happen in the world outside, at Stripe or at a bank."""
        form = {name: str(value).lower() for name, value in values.items()}
        return self._tell_stripe(f"fake/{what}", form)

    def at_stripe(self, path: str, **values: Any) -> Any:
        """Let staff do something in the dashboard of Stripe, and its reports arrive."""
        done = self._tell_stripe(f"v1/{path}", values)
        self.wait()
        return done

    def _tell_stripe(self, path: str, form: dict[str, Any]) -> Any:
        answer = httpx.post(
            f"{self.stripe.store.public_url}/{path}",
            data=form,
            headers=bearer(KEY),
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )
        assert answer.is_success, answer.text
        return answer.json()


@contextmanager
def running_market(live: LiveStack) -> Iterator[Market]:
    """Open a market where everything is switched on."""
    live.sql("update public.feature_flags set is_enabled = true where name = 'commerce'")
    live.sql("delete from private.outbox")
    with moody_stripe() as (stripe, url):
        own = {
            "STRIPE_API_BASE": url,
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_PRICE_PRO": "price_backbeat_pro",
            "STRIPE_PRICE_STUDIO": "price_backbeat_studio",
            "FRONTEND_URL": "https://app.example.com",
        }
        with running_functions(None, **live.settings, **own) as functions:
            stripe.webhooks.url = f"{functions.url}/stripe-webhook"
            market = Market(live, functions, stripe)
            market.calm()
            yield market
