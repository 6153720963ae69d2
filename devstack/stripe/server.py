"""The HTTP server around the fake Stripe."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from devstack.serving import Handler, in_thread
from devstack.stripe import checkout, forms
from devstack.stripe.api import Answer, FakeStripe, Request
from devstack.stripe.pages import Page, show
from devstack.stripe.webhooks import WORKERS

TICK_SECONDS = 0.5


@contextmanager
def serving(stripe: FakeStripe, port: int = 0) -> Iterator[str]:
    """Serve in threads for the length of the block; gives the URL."""
    stop = threading.Event()

    def keep_time() -> None:
        while not stop.wait(TICK_SECONDS):
            with stripe.lock:
                checkout.keep_time(stripe.store)

    threads = [threading.Thread(target=stripe.webhooks.run, daemon=True) for _ in range(WORKERS)]
    threads.append(threading.Thread(target=keep_time, daemon=True))
    with in_thread(_handler(stripe), port) as url:
        stripe.store.public_url = stripe.store.public_url or url
        for thread in threads:
            thread.start()
        try:
            yield url
        finally:
            stop.set()
            stripe.webhooks.end()
            for thread in threads:
                thread.join()


def _handler(stripe: FakeStripe) -> type[Handler]:
    class Answering(Handler):
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_DELETE(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            raw = self.read()
            self._serve(raw.decode("utf-8", "replace"))

        def _serve(self, parameters: str) -> None:
            path = urlsplit(self.path).path
            if path.startswith(("/v1/", "/fake/")):
                self._write_answer(stripe.answer(self._request(path, parameters)))
            else:
                form = forms.decode(parameters) if self.command == "POST" else None
                self._write_page(show(stripe, path, form))

        def _request(self, path: str, parameters: str) -> Request:
            return Request(
                self.command,
                path,
                parameters,
                key=self.headers.get("Authorization", "").removeprefix("Bearer "),
                account=self.headers.get("Stripe-Account"),
                idempotency_key=self.headers.get("Idempotency-Key"),
                version=self.headers.get("Stripe-Version"),
            )

        def _write_answer(self, answer: Answer) -> None:
            raw = json.dumps(answer.body).encode()
            self.write(answer.status, raw, answer.headers)

        def _write_page(self, page: Page) -> None:
            headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
            if page.location:
                headers["Location"] = page.location
            self.write(page.status, page.html.encode(), headers)

    return Answering
