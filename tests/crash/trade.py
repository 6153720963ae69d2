"""The orders of a market, what Stripe tells of them, and what of all that was acknowledged."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.crash.market import PARTS, STATUS, Basket, Market
from tests.crash.storm import Job
from tests.database import Connection, Row
from tests.shop import Shop
from tests.stories import stories

DELIVERIES = 3
# The schedule comes once among so many of them.
CHORE_EVERY = 25
CHORES = ("backend.checkpoint_balances", "backend.expire_orders")


@dataclass
class Trade:
    """Orders with a story each, and every event of these stories."""

    orders: dict[str, tuple[Basket, str]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    # By the number of a delivery the id of its event; a chore has none.
    delivered: dict[int, str] = field(default_factory=dict)

    def tell(
        self, connection: Connection, ordered: list[tuple[Basket, Row]], chance: random.Random
    ) -> None:
        """Give each order a story; one that Stripe says nothing of is long due to expire."""
        names = ([*STATUS] * len(ordered))[: len(ordered)]
        chance.shuffle(names)
        shop = Shop(connection)
        for (basket, order), name in zip(ordered, names, strict=True):
            identity = str(order["id"])
            self.orders[identity] = (basket, name)
            first, then = (int(order["total_minor"] * part) for part in PARTS)
            told = [] if name == "forgotten" else stories(order, (first, then))[name]
            for turn, (kind, thing) in enumerate(told):
                event_id = f"{_opening(identity)}_{turn}"
                self.events[event_id] = shop.report(kind, thing, event_id)
        connection.execute(
            "update public.orders set expires_at = now() - interval '1 day'"
            " where id = any (%s::uuid[])",
            [[order for order, (_, name) in self.orders.items() if name == "forgotten"]],
        )

    def deliveries(self, chance: random.Random) -> list[Job]:
        """A job for each event, three times over, and shuffled; the schedule in between.

        Half of the stories are told from their end, however the others fall.
        """
        names: list[str | None] = [*self.events] * DELIVERIES
        names += [None] * (len(names) // CHORE_EVERY)
        chance.shuffle(names)
        self._turn_around(names)
        self.delivered = {number: name for number, name in enumerate(names) if name is not None}
        return [
            partial(do_chore, name=chance.choice(CHORES))
            if name is None
            else partial(_deliver, event=self.events[name])
            for name in names
        ]

    def missing(self, connection: Connection, answers: dict[int, Any]) -> list[Any]:
        """The events that were acknowledged and that the database does not know."""
        told = {self.delivered[number] for number in answers if number in self.delivered}
        return connection.execute(
            "select id from unnest(%s::text[]) as told (id)"
            " except select id from private.stripe_events",
            [[*told]],
        ).fetchall()

    def acknowledged(self, answers: dict[int, Any]) -> Counter[str]:
        """How often the delivery of each event was acknowledged."""
        return Counter(self.delivered[number] for number in answers if number in self.delivered)

    def heard(self, answers: dict[int, Any]) -> Counter[str]:
        """How often it was said of each event that it is new."""
        return Counter(
            self.delivered[number]
            for number, answer in answers.items()
            if number in self.delivered and answer != "duplicate"
        )

    def openings(self, answers: dict[int, Any]) -> Counter[str]:
        """With which kinds of events the stories of how many orders began, as they were heard."""
        first: dict[str, str] = {}
        for number in answers:
            if number in self.delivered:
                name = self.delivered[number]
                first.setdefault(_story_of(name), self.events[name]["type"])
        return Counter(first.values())

    def _turn_around(self, names: list[str | None]) -> None:
        """Tell every second order of each story from its end: what was given back, then paid."""
        places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            if name is not None:
                places.setdefault(_story_of(name), []).append(place)
        alike: dict[str, list[list[int]]] = {}
        for order, (_, story) in self.orders.items():
            alike.setdefault(story, []).append(places.get(_opening(order), []))
        for turned in (each for group in alike.values() for each in group[::2]):
            told = sorted((names[place] or "" for place in turned), reverse=True)
            for place, name in zip(turned, told, strict=True):
                names[place] = name


def missing_orders(connection: Connection, answers: dict[int, Row | None]) -> list[Any]:
    """The orders that were placed and whose session was opened, and that are not so stored."""
    return connection.execute(
        "select id from unnest(%s::uuid[]) as told (id)"
        " except select id from public.orders where stripe_session_id = 'cs_' || id",
        [[order["id"] for order in answers.values() if order is not None]],
    ).fetchall()


def ordering(market: Market) -> list[Job]:
    """A job for each basket: the order it becomes, or None where it is sold out."""
    return [partial(market.place, basket=basket) for basket in market.baskets]


def do_chore(connection: Connection, name: str) -> int:
    """What the schedule does, a little of it at once."""
    done = Shop(connection).service.call(name, size=20)
    assert isinstance(done, int)
    return done


def _deliver(connection: Connection, event: dict[str, Any]) -> str:
    return Shop(connection).deliver(event)


def _opening(order: str) -> str:
    """What the ids of an order's events begin with."""
    return f"evt_{order.replace('-', '')}"


def _story_of(event_id: str) -> str:
    return event_id.rpartition("_")[0]
