"""Somebody who takes webhooks, and answers as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from devstack.serving import in_thread

Json = dict[str, Any]


@dataclass
class Inbox:
    """What came, in the order in which it came."""

    url: str = ""
    came: list[tuple[bytes, str]] = field(default_factory=list)
    # How the next deliveries are answered; 200 once there is none.
    script: list[int] = field(default_factory=list)

    @property
    def events(self) -> list[Json]:
        """The events that came."""
        return [json.loads(body) for body, _ in self.came]

    @property
    def types(self) -> list[str]:
        """Their types."""
        return [event["type"] for event in self.events]


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """Take webhooks for the length of the block."""
    inbox = Inbox()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                inbox.came.append((body, self.headers["Stripe-Signature"]))
                status = inbox.script.pop(0) if inbox.script else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with in_thread(Handler) as url:
        inbox.url = f"{url}/webhook"
        yield inbox
