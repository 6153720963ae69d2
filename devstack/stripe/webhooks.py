"""Events on their way to our webhook: signed, tried again until taken, and a dial for chaos."""

from __future__ import annotations

import hashlib
import heapq
import hmac
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field

Json = dict[str, Any]
Share = Annotated[float, Field(ge=0, le=1)]
Pause = Annotated[float, Field(ge=0, le=600)]
WORKERS = 4
ATTEMPTS = 12
LONGEST_PAUSE = 30.0


class Chaos(BaseModel):
    """How badly events travel: shares of them that come twice, late and out of turn, or never."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    duplicate: Share = 0
    reorder: Share = 0
    drop: Share = 0
    # Every event waits so long; one that is out of turn, up to `reorder_seconds` longer.
    delay_seconds: Pause = 0
    reorder_seconds: Pause = 1


@dataclass
class Webhooks:
    """What is to be delivered, and the threads that do it."""

    url: str | None
    secret: str
    first_pause: float = 0.5
    chaos: Chaos = field(default_factory=Chaos)
    chance: random.Random = field(default_factory=random.Random)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("delivered", "dropped", "given_up"), 0)
    )
    _due: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    _turn: Any = field(default_factory=itertools.count)
    _under_way: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _is_over: bool = False

    @property
    def pending(self) -> int:
        """How many deliveries are still to be made, or just being so."""
        with self._changed:
            return len(self._due) + self._under_way

    def take(self, event: Json) -> None:
        """Deliver an event, as well as the dial lets it."""
        if self.url is None:
            return
        with self._changed:
            if self.chance.random() < self.chaos.drop:
                self.counts["dropped"] += 1
                return
            body = json.dumps(event, indent=2).encode()
            for _ in range(1 + (self.chance.random() < self.chaos.duplicate)):
                wait = self.chaos.delay_seconds
                if self.chance.random() < self.chaos.reorder:
                    wait += self.chance.uniform(0, self.chaos.reorder_seconds)
                heapq.heappush(self._due, (time.monotonic() + wait, next(self._turn), 0, body))
            self._changed.notify_all()

    def run(self) -> None:
        """Deliver what is due until it is over; several threads may."""
        # Without certificates: what it delivers to is on this machine.
        with httpx.Client(trust_env=False, timeout=30, verify=False) as client:
            while (entry := self._next()) is not None:
                _, _, attempt, body = entry
                is_taken = self._send(client, body)
                with self._changed:
                    self._under_way -= 1
                    if is_taken:
                        self.counts["delivered"] += 1
                    elif attempt + 1 == ATTEMPTS:
                        self.counts["given_up"] += 1
                    else:
                        pause = min(self.first_pause * 2**attempt, LONGEST_PAUSE)
                        again = (time.monotonic() + pause, next(self._turn), attempt + 1, body)
                        heapq.heappush(self._due, again)
                    self._changed.notify_all()

    def end(self) -> None:
        """Let the threads end; what is not delivered is not."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _next(self) -> tuple[float, int, int, bytes] | None:
        with self._changed:
            while not self._is_over:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._under_way += 1
                    return heapq.heappop(self._due)
                self._changed.wait(wait)
            return None

    def _send(self, client: httpx.Client, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(body, self.secret),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            return client.post(self.url or "", content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False


def signature(body: bytes, secret: str, moment: int | None = None) -> str:
    """The header by which Stripe signs a webhook: HMAC-SHA256 of `<seconds>.<body>`."""
    moment = int(time.time()) if moment is None else moment
    digest = hmac.new(secret.encode(), b"%d.%s" % (moment, body), hashlib.sha256)
    return f"t={moment},v1={digest.hexdigest()}"
