"""Serves the fake Stripe until SIGTERM or SIGINT, a line of the log for each event.

Configured by PORT (0 picks a free one), STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, WEBHOOK_URL and
STATE (a file that keeps everything, so that what the database knows of Stripe stays true).
"""

import json
import os
from functools import partial
from pathlib import Path

from devstack.serving import serve_until_stopped
from devstack.stripe.api import FakeStripe
from devstack.stripe.catalogue import stock_plans
from devstack.stripe.server import serving
from devstack.stripe.store import Json
from devstack.stripe.webhooks import Webhooks

# A payment "later" is decided soon enough for somebody who watches.
SETTLE_SECONDS = 5.0


def main() -> None:
    """Serve."""
    state = os.environ.get("STATE")
    stripe = FakeStripe(
        os.environ["STRIPE_SECRET_KEY"],
        Webhooks(os.environ.get("WEBHOOK_URL"), os.environ["STRIPE_WEBHOOK_SECRET"]),
        settle_seconds=SETTLE_SECONDS,
        state=Path(state) if state else None,
    )
    take, stripe.store.emit = stripe.store.emit, lambda _: None
    # No news: they are there before anybody listens.
    stock_plans(stripe.store)

    def report(event: Json) -> None:
        thing = event["data"]["object"]
        print(json.dumps({"message": event["type"], "object": thing["id"]}), flush=True)
        take(event)

    stripe.store.emit = report
    serve_until_stopped(partial(serving, stripe))


if __name__ == "__main__":
    main()
