"""What the fake Stripe knows: objects, balances and events, and lists of them by pages."""

from __future__ import annotations

import copy
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devstack.stripe.faults import missing
from devstack.stripe.parameters import Listing, Span

API_VERSION = "2026-10-28.endive"
PLATFORM = "platform"

Json = dict[str, Any]
Emit = Callable[[Json], None]


@dataclass
class Store:
    """Objects by id in the order they were made, each of the platform or a connected account."""

    public_url: str = ""
    emit: Emit = lambda _: None
    clock: Callable[[], float] = time.time
    # By how much the clock was put forward.
    ahead: float = 0.0
    objects: dict[str, Json] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)
    # What belongs to an object and is no field of it, such as the lines of a checkout.
    beside: dict[str, Json] = field(default_factory=dict)
    # By key: the request it came with, and what was answered.
    answered: dict[str, Json] = field(default_factory=dict)

    def now(self) -> int:
        """The second it is."""
        return int(self.clock() + self.ahead)

    def add(self, thing: Json, account: str = PLATFORM) -> Json:
        """Keep a new object."""
        self.objects[thing["id"]] = thing
        self.owners[thing["id"]] = account
        return thing

    def get(self, kind: str, identity: str | None, param: str = "id") -> Json:
        """An object of a kind; raises resource_missing."""
        thing = self.objects.get(identity or "")
        if thing is None or thing["object"] != kind:
            raise missing(kind.rpartition(".")[2], str(identity), param)
        return thing

    def all(self, kind: str, account: str | None = None) -> Iterator[Json]:
        """The objects of a kind, newest first."""
        for identity in reversed(list(self.objects)):
            thing = self.objects[identity]
            if thing["object"] == kind and account in (None, self.owners[identity]):
                yield thing

    def happened(self, kind: str, thing: Json, account: str = PLATFORM) -> Json:
        """Tell of something that happened, with the object as it is now."""
        event = {
            "id": identity("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": copy.deepcopy(thing)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        if account != PLATFORM:
            event["account"] = account
        self.add(event, account)
        self.emit(event)
        return event

    def book(
        self, kind: str, source: Json, amount: int, account: str = PLATFORM, *,
        fee: int = 0, category: str | None = None,
    ) -> Json:  # fmt: skip
        """Move an account's balance, by a balance transaction."""
        key = f"{account} {source['currency']}"
        self.balances[key] = self.balances.get(key, 0) + amount - fee
        details = {
            "amount": fee,
            "application": None,
            "currency": source["currency"],
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        }
        return self.add(
            {
                "id": identity("txn_"),
                "object": "balance_transaction",
                "amount": amount,
                "available_on": self.now(),
                "balance_type": "payments",
                "created": self.now(),
                "currency": source["currency"],
                "description": source.get("description"),
                "exchange_rate": None,
                "fee": fee,
                "fee_details": [details] if fee else [],
                "net": amount - fee,
                "reporting_category": category or kind,
                "source": source["id"],
                "status": "available",
                "type": kind,
            },
            account,
        )

    def balance(self, account: str, currency: str) -> int:
        """What an account has."""
        return self.balances.get(f"{account} {currency}", 0)

    def page(self, kind: str, asked: Listing, url: str, account: str, narrows: set[str]) -> Json:
        """A page of a list, as Stripe gives it."""
        found = [thing for thing in self.all(kind, account) if _fits(thing, asked, narrows)]
        names = [thing["id"] for thing in found]
        for name in (asked.starting_after, asked.ending_before):
            if name is not None and name not in names:
                raise missing(kind, name, "starting_after")
        if asked.starting_after:
            found = found[names.index(asked.starting_after) + 1 :]
        elif asked.ending_before:
            found = found[: names.index(asked.ending_before)]
            chosen = found[-asked.limit :]
            return listed(chosen, url, has_more=len(found) > asked.limit)
        return listed(found[: asked.limit], url, has_more=len(found) > asked.limit)

    def write(self, path: Path) -> None:
        """Keep everything in a file, readable by its owner only."""
        kept = ("ahead", "objects", "owners", "balances", "beside", "answered")
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps({name: getattr(self, name) for name in kept}))
        unfinished.rename(path)

    def read(self, path: Path) -> None:
        """Know again what was kept in a file, if there is one."""
        if path.exists():
            for name, value in json.loads(path.read_text()).items():
                setattr(self, name, value)


def identity(prefix: str) -> str:
    """A new id."""
    return prefix + secrets.token_hex(12)


def listed(things: list[Json], url: str, *, has_more: bool = False) -> Json:
    """A list object."""
    return {"object": "list", "data": things, "has_more": has_more, "url": url}


def _fits(thing: Json, asked: Listing, narrows: set[str]) -> bool:
    if asked.types and thing.get("type") not in asked.types:
        return False
    if any(thing.get(name) != getattr(asked, name) for name in narrows):
        return False
    span = (
        Span(gte=asked.created, lte=asked.created)
        if isinstance(asked.created, int)
        else asked.created
    )
    if span is None:
        return True
    created = thing["created"]
    return (
        (span.gt is None or created > span.gt)
        and (span.gte is None or created >= span.gte)
        and (span.lt is None or created < span.lt)
        and (span.lte is None or created <= span.lte)
    )
