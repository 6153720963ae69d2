"""The commerce suite: what an order and its payment cost, and a balance of many postings.

A basket is a file of one seller and a counted thing of another's that is sent: two sellers, stock,
shipping, fees, a download. Each is ordered once, by somebody who has neither; what is paid is the
order that was placed just before, outside the timing. Everything commits durably.
"""

from __future__ import annotations

import json
import statistics
import time
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import psycopg

from bench.bare import Bare, bare
from bench.community import Community, void
from bench.goals import Result
from bench.measure import Case, Session, ratio, rounds
from bench.place import Place

PLACE = "select backend.place_order($1::uuid, $2::jsonb, $3::uuid, $4::jsonb)"
APPLY = "select backend.apply_stripe_event($1::jsonb)"
BALANCE = "select private.balance('seller', $1::uuid, 'payable', 'USD')"
K = "select bench.account($1::bigint)"
ADDRESS = json.dumps(
    {"name": "Ben", "line1": "Street 1", "city": "Aarhus", "postal_code": "8000", "country": "DK"}
)
SETUP = """
update private.rate_limit_rules set capacity = 100000, refill_seconds = 0.001;
create schema if not exists bench;
create or replace function bench.account(id bigint) returns bigint
language sql stable set search_path = '' as $$
  select account.counted_minor from private.ledger_accounts as account where account.id = $1
$$;
"""
BASKETS = """
with shelf as materialized (
  select product.id, product.seller_id, product.kind, row_number() over (partition by product.kind order by product.id) as n
  from public.products as product
  join public.profiles as seller on seller.id = product.seller_id and not seller.is_private
), shelves as materialized (
  select count(*) filter (where kind = 'digital') as files, count(*) filter (where kind = 'merch') as merch from shelf
), buyers as materialized (
  select profile.id, row_number() over (order by hashtextextended(profile.id::text, 1)) as n
  from public.profiles as profile
  where profile.username like 'person\\_%' and profile.id not in (select profile_id from private.hidden_profiles)
  limit 1000
)
select buyer.id::text, file.id::text, merch.id::text
from buyers as buyer
cross join shelves
cross join generate_series(0, 4) as k
join shelf as file on file.kind = 'digital' and file.n = 1 + (buyer.n * 7 + k * 13) % shelves.files
join shelf as merch on merch.kind = 'merch' and merch.n = 1 + (buyer.n * 3 + k) % shelves.merch
where buyer.id not in (file.seller_id, merch.seller_id)
  and file.seller_id <> merch.seller_id
  and not exists (select from public.order_lines as line where line.buyer_id = buyer.id and line.product_id = file.id)
  and not exists (
    select from public.blocks as block
    where (block.blocker_id = buyer.id and block.blocked_id in (file.seller_id, merch.seller_id))
      or (block.blocked_id = buyer.id and block.blocker_id in (file.seller_id, merch.seller_id))
  )
order by k, buyer.n
"""  # noqa: E501 (SQL keeps its own lines)
SELLERS = """
select account.id::text, account.owner_id::text, count(*)
from private.ledger_accounts as account
join private.ledger_postings as posting on posting.account_id = account.id
where account.owner_kind = 'seller'
group by account.id order by count(*) desc, account.id limit 8
"""
READERS = "select id::text from public.profiles where username like 'reader\\_%' order by username"
LISTS = {
    "my_orders": "select * from public.my_orders()",
    "my_sales": "select * from public.my_sales()",
}
BUFFERS = {
    "place_order": 400,
    "apply_stripe_event": 800,
    "balance": 20,
    "my_orders": 600,
    "my_sales": 300,
}
"""The most that a call may touch, however many orders there are."""


@dataclass(frozen=True)
class Seller:
    """One of those who have sold the most."""

    account_id: str
    id: str
    postings: int


class Market(Community):
    """A database with orders; who buys, and the service that asks for them."""

    def __init__(self, url: str, owner_url: str) -> None:
        super().__init__(url)
        self.superuser = psycopg.connect(owner_url, autocommit=True)
        for statement in SETUP.strip().split(";\n"):
            self.superuser.execute(statement.encode())
        self.service = Session(url, "service_role")
        self.writer = Session(owner_url)
        self._baskets = iter(self._rows(BASKETS))
        self.sellers = [Seller(row[0], row[1], int(row[2])) for row in self._rows(SELLERS)]
        self.event = ""
        self.basket: tuple[str, ...] = ()

    def _rows(self, query: str) -> list[tuple[str, ...]]:
        found = self.superuser.execute(query.encode()).fetchall()
        return [tuple(str(value) for value in row) for row in found]

    def fill(self) -> None:
        """Take the next basket."""
        buyer, *products = next(self._baskets)
        items = json.dumps([{"product_id": product} for product in products])
        self.basket = (buyer, items, str(uuid4()), ADDRESS)

    def order(self) -> None:
        """Order what is in the basket."""
        said = self.service.run(PLACE, *self.basket).get_value(0, 0)
        self.event = paid(json.loads(said or b""))

    def pay(self) -> None:
        """Let Stripe say that what was ordered last is paid."""
        said = self.service.run(APPLY, self.event).get_value(0, 0)
        if said != b"applied":
            raise RuntimeError(f"a payment that is not applied: {said!r}")

    def writing(self) -> list[Case]:
        """An order each time, and a payment of one that was just made."""

        def fill(_: int) -> None:
            self.fill()

        def order(_: int) -> None:
            self.fill()
            self.order()

        return [
            Case("place_order", lambda _: self.order(), fill, backend=self.service.backend),
            Case("apply_stripe_event", lambda _: self.pay(), order, backend=self.service.backend),
        ]

    def floors(self) -> dict[str, Bare]:
        """What each of them writes, written by itself."""
        self.fill()
        ordered = bare(self.superuser, "place_order", PLACE, *self.basket)
        self.fill()
        self.order()
        return {
            "place_order": ordered,
            "apply_stripe_event": bare(self.superuser, "apply_stripe_event", APPLY, self.event),
        }

    def written(self, name: str, floor: Bare) -> Case:
        """The floor under one of them."""
        return Case(
            f"bare {name}",
            lambda _: void(self.writer.run(floor.statement)),
            backend=self.writer.backend,
        )

    def balances(self) -> list[Case]:
        """K, and balances of those who have sold the most."""

        def row(i: int) -> None:
            self.writer.run(K, self.sellers[i % len(self.sellers)].account_id)

        def balance(i: int) -> None:
            self.writer.run(BALANCE, self.sellers[i % len(self.sellers)].id)

        return [Case("K", row), Case("balance", balance)]

    def buffers(self) -> dict[str, int]:
        """The most that a call touches: of several orders, sellers and readers."""
        found = dict.fromkeys(BUFFERS, 0)

        def see(name: str, touched: int) -> None:
            found[name] = max(found[name], touched)

        for _ in range(3):  # the first calls of a session read the catalog too
            self.fill()
            self.order()
            self.pay()
        for _ in range(10):
            self.fill()
            see("place_order", self.service.explain(PLACE, *self.basket))
            self.fill()
            self.order()
            see("apply_stripe_event", self.service.explain(APPLY, self.event))
        for seller in self.sellers:
            self.writer.run(BALANCE, seller.id)
            see("balance", self.writer.explain(BALANCE, seller.id))
        see("my_orders", self.list("my_orders")[1])
        see("my_sales", self.list("my_sales")[1])
        return found

    def list(self, name: str) -> tuple[Case, int]:
        """A first page, as each of the readers or of the largest sellers asks for it."""
        people = (
            [row[0] for row in self._rows(READERS)]
            if name == "my_orders"
            else [seller.id for seller in self.sellers]
        )
        return self.page(name, LISTS[name], [(person, []) for person in people])

    def close(self) -> None:
        """Close the connections; of what was made besides orders nothing stays."""
        self.superuser.execute(b"drop schema if exists bench cascade")
        self.superuser.close()
        self.service.close()
        self.writer.close()
        super().close()


def paid(order: dict[str, Any]) -> str:
    """What Stripe sends when an order was paid."""
    session = {
        "id": f"cs_test_{uuid4().hex}",
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": f"pi_{uuid4().hex}",
        "amount_total": order["total_minor"],
        "currency": order["currency"].lower(),
        "metadata": {"order_id": order["order_id"]},
    }
    return json.dumps(
        {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": "checkout.session.completed",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": session},
        }
    )


def commerce(place: Place, number: int) -> list[Result]:
    """What orders, payments and balances cost, how that grows, and the buffers they touch."""
    with place.both(Market) as (big, small):
        buffers = big.buffers()
        floors = big.floors()
        bares = [big.written(name, floor) for name, floor in floors.items()]
        fewer = [replace(case, name=f"{case.name}, small") for case in small.writing()]
        times = rounds([*big.writing(), *bares, *fewer, *big.balances()], number=number)
        by_cpu = rounds([*big.writing(), *bares], number=max(1, number // 2), by_cpu=True)
        postings = [seller.postings for seller in big.sellers]
    for name, floor in floors.items():
        taken = statistics.median(times[f"bare {name}"])
        print(f"{name} writes {floor.total} rows in {len(floor.rows)} tables: {floor.rows}")
        print(f"  by themselves {taken:.2f} ms; of CPU {ratio(by_cpu, name, f'bare {name}'):.2f} ×")
    print(f"K = {statistics.median(times['K']):.3f} ms")
    print(f"the sellers have {min(postings):,} to {max(postings):,} postings")
    return [
        *(Result("time", name, ratio(times, name, f"bare {name}"), 3, "× bare") for name in floors),
        Result("time", "balance", ratio(times, "balance", "K"), 2, "K"),
        *(
            Result("growth", name, ratio(times, name, f"{name}, small"), 1.25, "×")
            for name in floors
        ),
        *(
            Result("buffers", name, buffers[name], most, "buffers")
            for name, most in BUFFERS.items()
        ),
    ]
