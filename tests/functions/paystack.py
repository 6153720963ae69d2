"""Another provider that pays sellers: an adapter for Paystack's transfers, and a Paystack.

The fields, and which of them must be there, are those of Paystack's published description of
`POST /transfer` and `GET /transfer/verify/{reference}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx

from backbeat.process_payouts import Transfer, TransferRefusedError, TransferUnknownError
from devstack.serving import in_thread

KEY = "sk_test_of_this_paystack"
CURRENCIES = {"NGN", "ZAR", "KES", "GHS"}
REFERENCE = re.compile(r"[a-z0-9_-]{16,}")
SENT = {"success", "pending", "processing", "received"}


@dataclass(frozen=True)
class PaystackPayer:
    """Sends by transfers to recipients, whose codes are the sellers' accounts.

    Paystack refuses a reference it knows, so what may have been sent before is looked up first.
    """

    client: httpx.Client

    def send(self, transfer: Transfer) -> str:
        """Make the transfer of Paystack's, unless there is one."""
        reference = f"backbeat-{transfer.key.replace(':', '-')}"
        known = self._ask("GET", f"/transfer/verify/{reference}")
        if known.status_code == 404:
            values = {
                "source": "balance",
                "amount": transfer.amount_minor,
                "currency": transfer.currency,
                "recipient": transfer.account_id,
                "reference": reference,
                "reason": f"Payout {transfer.payout_id}",
            }
            known = self._ask("POST", "/transfer", values)
        if known.is_client_error:
            raise TransferRefusedError(known.json()["code"])
        data = known.json()["data"]
        if data["status"] not in SENT:
            raise TransferRefusedError(data["status"])
        return str(data["transfer_code"])

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            answer = self.client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise TransferUnknownError from error
        if answer.is_server_error:
            raise TransferUnknownError
        return answer


@dataclass
class Paystack:
    """What was sent, and who may be sent something."""

    recipients: set[str] = field(default_factory=set)
    transfers: dict[str, dict[str, Any]] = field(default_factory=dict)
    # How many requests to send something were taken or refused.
    asked: int = 0
    # Whether what is asked is done, and its answer lost.
    loses_answers: bool = False

    def send(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer a request to send something: status and body."""
        self.asked += 1
        for name in ("source", "amount", "recipient", "reference"):
            if not isinstance(body.get(name), int if name == "amount" else str):
                return refusal(400, "invalid_params", f"{name} is required")
        if body.get("currency", "NGN") not in CURRENCIES or body["source"] != "balance":
            return refusal(400, "invalid_params", "This cannot be sent.")
        if not REFERENCE.fullmatch(body["reference"]):
            return refusal(400, "invalid_params", "This is no reference.")
        if body["reference"] in self.transfers:
            return refusal(400, "duplicate_reference", "There is such a transfer.")
        if body["recipient"] not in self.recipients:
            return refusal(404, "resource_not_found", "There is no such recipient.")
        number = len(self.transfers) + 1
        made = {
            "id": number,
            "transfer_code": f"TRF_{number}",
            "status": "pending",
            "currency": body["currency"],
            **{name: body[name] for name in ("amount", "reference", "source", "reason")},
            "domain": "test", "integration": 1, "source_details": None, "failures": None,
            "titan_code": None, "transferred_at": None, "createdAt": "", "updatedAt": "",
        }  # fmt: skip
        recipient = {"recipient_code": body["recipient"]}
        self.transfers[body["reference"]] = made | {"recipient": recipient}
        return 200, {"status": True, "message": "Transfer has been queued", "data": made}

    def verify(self, reference: str) -> tuple[int, dict[str, Any]]:
        """Answer what has become of a transfer: status and body."""
        if reference not in self.transfers:
            return refusal(404, "transfer_not_found", "There is no such transfer.")
        found = self.transfers[reference]
        return 200, {"status": True, "message": "Transfer retrieved", "data": found}


def refusal(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    """An answer that says no."""
    return status, {"status": False, "message": message, "code": code, "type": "api_error"}


@contextmanager
def running_paystack() -> Iterator[tuple[Paystack, str]]:
    """Serve a Paystack; gives it and its URL."""
    paystack = Paystack()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(*paystack.verify(self.path.removeprefix("/transfer/verify/")))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = paystack.send(body)
            if paystack.loses_answers:
                status, told = refusal(500, "unknown", "Something went wrong.")
            self._answer(status, told)

        def _answer(self, status: int, told: dict[str, Any]) -> None:
            if self.headers["Authorization"] != f"Bearer {KEY}":
                status, told = refusal(401, "invalid_Key", "Invalid key")
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with in_thread(Handler) as url:
        yield paystack, url
