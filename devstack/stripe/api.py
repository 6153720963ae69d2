"""The API: who is let in, what a request asks for, and that asking twice does it once.

Below `/v1/` it is Stripe's. Below `/fake/`, without a key, it is what only this server has:
GET and POST `/fake/chaos` (see webhooks.Chaos), GET `/fake/webhooks`, POST `/fake/clock`
{advance_seconds}, and what only the world outside does: routes.WORLD.
"""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.stripe import checkout, forms
from devstack.stripe.faults import Json, StripeError, missing
from devstack.stripe.routes import ROUTES, WORLD, Advance, Call, read
from devstack.stripe.store import API_VERSION, PLATFORM, Store, identity, listed
from devstack.stripe.webhooks import Chaos, Webhooks


@dataclass(frozen=True)
class Request:
    """A request, apart from HTTP."""

    method: str
    path: str
    parameters: str = ""
    key: str = ""
    account: str | None = None
    idempotency_key: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class Answer:
    """What it is answered."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeStripe:
    """The service: its store, its webhooks, and the door to both."""

    secret_key: str
    webhooks: Webhooks
    store: Store = field(default_factory=Store)
    # After how long a payment "later" arrives or fails by itself; None: when it is told to.
    settle_seconds: float | None = None
    state: Path | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.store.emit = self.webhooks.take
        if self.state:
            self.store.read(self.state)

    def answer(self, request: Request) -> Answer:
        """Do what a request asks."""
        headers = {"Request-Id": identity("req_"), "Stripe-Version": API_VERSION}
        try:
            with self.lock:
                checkout.keep_time(self.store)
                status, body, is_old = self._once(request)
                if self.state and request.method != "GET":
                    self.store.write(self.state)
        except StripeError as fault:
            return Answer(fault.status, fault.body, headers)
        return Answer(status, body, headers | ({"Idempotent-Replayed": "true"} if is_old else {}))

    def _once(self, request: Request) -> tuple[int, Json, bool]:
        """Carry a request out, or answer again what its idempotency key was answered."""
        if request.path.startswith("/fake/"):
            return 200, self._world(request), False
        self._admit(request)
        if request.method != "POST" or not request.idempotency_key:
            return 200, self._carry_out(request), False
        name = f"{request.account} {request.idempotency_key}"
        said = f"{request.path}\n{request.parameters}".encode()
        digest = hashlib.sha256(said).hexdigest()
        if before := self.store.answered.get(name):
            if before["digest"] != digest:
                raise StripeError(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they "
                    f"were first used with. Try using a key other than '{request.idempotency_key}' "
                    "if you meant to execute a different request.",
                    kind="idempotency_error",
                )
            return before["status"], before["body"], True
        try:
            status, body = 200, self._carry_out(request)
        except StripeError as fault:
            if not fault.is_kept:
                raise
            status, body = fault.status, fault.body
        self.store.answered[name] = {"digest": digest, "status": status, "body": body}
        return status, body, False

    def _admit(self, request: Request) -> None:
        if request.key != self.secret_key:
            raise StripeError(401, "Invalid API Key provided.", is_kept=False)
        if request.version not in (None, API_VERSION):
            raise StripeError(400, f"Invalid Stripe API version: {request.version}", is_kept=False)
        if request.account and request.account not in self.store.objects:
            message = f"The provided key does not have access to account '{request.account}'"
            raise StripeError(403, message, code="account_invalid", is_kept=False)

    def _carry_out(self, request: Request) -> Json:
        for (method, path), (model, act) in ROUTES.items():
            match = path.fullmatch(request.path)
            if method == request.method and match:
                asked = read(model, forms.decode(request.parameters))
                account = request.account or PLATFORM
                name = "".join(match.groups())
                return self._expand(act(Call(self.store, asked, account, name)), asked)
        raise StripeError(
            404, f"Unrecognized request URL ({request.method}: {request.path}).", is_kept=False
        )

    def _expand(self, body: Json, asked: Any) -> Json:
        """Put objects in place of the ids that the request names."""
        for path in asked.expand:
            is_list = path.startswith("data.")
            name = path.removeprefix("data.")
            members = [dict(member) for member in body["data"]] if is_list else [dict(body)]
            for member in members:
                if name == "line_items" and member["object"] == "checkout.session":
                    lines = self.store.beside[member["id"]]["line_items"]
                    member[name] = listed(lines, f"/v1/checkout/sessions/{member['id']}/line_items")
                elif member.get(name) in self.store.objects:
                    member[name] = self.store.objects[member[name]]
                elif name not in member:
                    raise StripeError(400, f"This property cannot be expanded ({path}).")
            body = {**body, "data": members} if is_list else members[0]
        return body

    def _world(self, request: Request) -> Json:
        """What is not Stripe's API."""
        asked = forms.decode(request.parameters)
        if (request.method, request.path) == ("GET", "/fake/webhooks"):
            return {"pending": self.webhooks.pending, **self.webhooks.counts}
        if request.path == "/fake/chaos":
            if request.method == "POST":
                self.webhooks.chaos = read(Chaos, asked)
            return self.webhooks.chaos.model_dump()
        if (request.method, request.path) == ("POST", "/fake/clock"):
            self.store.ahead += read(Advance, asked).advance_seconds
            checkout.keep_time(self.store)
            return {"now": self.store.now()}
        for path, (model, act) in WORLD.items():
            match = re.fullmatch(path, request.path)
            if request.method == "POST" and match:
                name = "".join(match.groups())
                return act(Call(self.store, read(model, asked), PLATFORM, name))
        raise missing("part of the world", request.path)
