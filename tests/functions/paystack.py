"""Another provider that pays sellers: an adapter for Paystack's transfers, and a Paystack.

The fields are those that Paystack's published description requires of `POST /transfer` and
`GET /transfer/verify/{reference}`; they were read there, and no schema file checks them here.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx

from backbeat.process_payouts import Transfer, TransferRefusedError, TransferUnknownError
from devstack.serving import in_thread

KEY = "sk_test_of_this_paystack"
CURRENCIES = {"NGN", "ZAR", "KES", "GHS"}
REFERENCE = re.compile(r"[a-z0-9_-]{16,}")
SENT = {"success", "pending", "processing", "received"}
NEVER_SENT = {"failed", "reversed", "rejected", "blocked", "abandoned"}
# What is refused for what was asked; all else (a key, too many requests) says nothing of it.
REFUSALS = {400, 404, 422}
# What one names by them is named by no other.
NUMBERS = itertools.count(1)


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
            code = _code(known)
            if known.status_code in REFUSALS and code != "duplicate_reference":
                raise TransferRefusedError(code)
        if not known.is_success:
            raise TransferUnknownError
        data = known.json()["data"]
        if data["status"] in NEVER_SENT:
            raise TransferRefusedError(data["status"])
        if data["status"] not in SENT:
            raise TransferUnknownError
        return str(data["transfer_code"])

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        try:
            return self.client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise TransferUnknownError from error


def _code(answer: httpx.Response) -> str:
    """Why something was refused, in Paystack's own word."""
    return str(answer.json().get("code", answer.status_code)) if answer.is_client_error else ""


@dataclass
class Paystack:
    """What was sent, and who may be sent something."""

    recipients: set[str] = field(default_factory=set)
    transfers: dict[str, dict[str, Any]] = field(default_factory=dict)
    # How many requests to send something were taken or refused.
    asked: int = 0
    # Whether what is asked is done, and its answer lost.
    loses_answers: bool = False
    # What all is answered with, and nothing done.
    answers_only: int | None = None

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
        number = next(NUMBERS)
        now = datetime.now(UTC).isoformat()
        made = {
            "id": number,
            "transfer_code": f"TRF_{number}",
            "status": "pending",
            "currency": "NGN",
            "reason": None,
            **body,
            "recipient": number,
            "request": number,
            "domain": "test",
            "integration": 1,
            "source_details": None,
            "failures": None,
            "titan_code": None,
            "transferred_at": None,
            "transfersessionid": [],
            "transfertrials": [],
            "createdAt": now,
            "updatedAt": now,
        }
        recipient = {
            "id": number,
            "recipient_code": body["recipient"],
            "name": "A seller",
            "type": "nuban",
            "currency": made["currency"],
            "active": True,
            "is_deleted": False,
            "domain": "test",
            "integration": 1,
            "description": None,
            "email": None,
            "metadata": None,
            "details": {
                "authorization_code": None,
                "account_number": "0000000000",
                "account_name": None,
                "bank_code": "057",
                "bank_name": "A bank",
            },
            "createdAt": now,
            "updatedAt": now,
        }
        session = {"provider": None, "id": None}
        told = {"recipient": recipient, "session": session, "gateway_response": None}
        self.transfers[body["reference"]] = made | told
        return 200, {"status": True, "message": "Transfer has been queued", "data": made}

    def turned_away(self) -> tuple[int, dict[str, Any]] | None:
        """An answer that says nothing of what was asked, if that is how all is answered."""
        if self.answers_only is None:
            return None
        return refusal(self.answers_only, "turned_away", "Not now.")

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
            asked = self.path.removeprefix("/transfer/verify/")
            self._answer(*paystack.turned_away() or paystack.verify(asked))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = paystack.turned_away() or paystack.send(body)
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
