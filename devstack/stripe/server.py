"""The HTTP server around the fake Stripe."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from devstack.serving import in_thread
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


def _handler(stripe: FakeStripe) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_DELETE(self) -> None:
            self._serve(urlsplit(self.path).query)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
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
            self._write(answer.status, raw, {"Content-Type": "application/json", **answer.headers})

        def _write_page(self, page: Page) -> None:
            headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
            if page.location:
                headers["Location"] = page.location
            self._write(page.status, page.html.encode(), headers)

        def _write(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of requests; events are reported by whoever serves."""

    return Handler
