"""What is for sale, who orders it, and what each order must come to by its story alone."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import psycopg

from tests.database import Connection, Row, person_id, sign_up
from tests.shop import Shop
from tests.stories import DISPUTE_FEE, EXPECTED

PLENTY = 100_000
BUYERS = 20


@dataclass(frozen=True)
class Thing:
    """Something for sale. Its price is hundreds, so that every share of it below is whole."""

    seller: str
    price: int
    currency: str = "USD"
    is_song: bool = False


SHELF = {
    "song": Thing("ada", 500, is_song=True),
    "poster": Thing("ada", 800),
    "shirt": Thing("cleo", 1200),
    # Of these there are less than are asked for.
    "vinyl": Thing("cleo", 2000, "EUR"),
}


@dataclass(frozen=True)
class Basket:
    """What somebody orders: names and numbers, in the order in which they were chosen."""

    buyer: str
    client_id: uuid.UUID
    things: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """What is charged: the prices, and 10 and 5 percent of them for the platform."""
        return sum(SHELF[name].price * number for name, number in self.things) * 115 // 100


@dataclass(frozen=True)
class Fate:
    """What an order has come to once its story is told, as shares of its price."""

    payment: tuple[str, str | None] | None = ("succeeded", "sale")
    given_back: Fraction = Fraction(0)
    taken: Fraction = Fraction(0)
    is_disputed: bool = False

    @property
    def is_sold(self) -> bool:
        """Whether it was ever paid."""
        return self.payment == ("succeeded", "sale")


# Of what is given back in parts, the first one and then both.
PARTS = Fraction(1, 5), Fraction(3, 5)
STATUS = {**EXPECTED, "forgotten": "expired"}
FATES = {
    "paid": Fate(),
    "later": Fate(),
    "never": Fate(payment=("failed", None)),
    "expired": Fate(payment=None),
    "forgotten": Fate(payment=None),
    "refunded": Fate(given_back=Fraction(1)),
    "in part": Fate(given_back=PARTS[1]),
    "won": Fate(is_disputed=True),
    "lost": Fate(given_back=PARTS[1], taken=1 - PARTS[1], is_disputed=True),
    "won in part": Fate(given_back=PARTS[0], is_disputed=True),
    "lost in part": Fate(given_back=PARTS[0], taken=PARTS[1] - PARTS[0], is_disputed=True),
    "too little": Fate(payment=("succeeded", "held")),
}


@dataclass(frozen=True)
class Market:
    """The things for sale, and the baskets that are wanted."""

    products: dict[str, uuid.UUID]
    baskets: list[Basket]
    scarce: int

    def place(self, connection: Connection, basket: Basket) -> Row | None:
        """Order a basket and open its session, as create-checkout does; None where it is gone."""
        shop = Shop(connection)
        items = [
            {"product_id": str(self.products[name]), "quantity": number}
            for name, number in basket.things
        ]
        try:
            return shop.row(shop.place(basket.buyer, *items, client_id=basket.client_id))
        except psycopg.Error as error:
            if error.diag.message_primary == "sold_out":
                return None
            raise


def open_market(connection: Connection, orders: int, chance: random.Random) -> Market:
    """Put everything on the shelves, for so many orders; of the vinyl twice as many are wanted."""
    for statement in (
        "update private.rate_limit_rules set capacity = 10000 where action = 'place_order'",
        # Nothing expires because the machine is slow.
        "update private.settings set value = 1429 where name = 'order_reserved_minutes'",
        "update public.currencies set is_enabled = true where code = 'EUR'",
    ):
        connection.execute(statement.encode())
    shop = Shop(connection)
    scarce = max(orders // 10, 1)
    products = {}
    for name, thing in SHELF.items():
        stock = scarce if name == "vinyl" else PLENTY
        given = {"name": name, "price_minor": thing.price, "currency": thing.currency}
        offer = shop.track if thing.is_song else shop.offer
        products[name] = offer(thing.seller, stock=stock, **given)
    wanted: list[tuple[tuple[str, int], ...]] = [(("vinyl", 1),)] * (2 * scarce)
    wanted += [_choose(chance) for _ in range(orders - scarce)]
    chance.shuffle(wanted)
    baskets = [
        Basket(_buyer(number, things, chance), uuid.UUID(int=chance.getrandbits(128)), things)
        for number, things in enumerate(wanted)
    ]
    for name in sorted({basket.buyer for basket in baskets}):
        sign_up(connection, person_id(name), f"{name}@backbeat.test", {"username": name})
    return Market(products, baskets, scarce)


def expected(order: str, basket: Basket, story: str) -> dict[str, Any]:
    """What an order must have come to, by its basket and its story."""
    fate = FATES[story]
    return {
        "status": STATUS[story],
        "total": basket.total,
        "payments": [_payment(order, basket, fate)] if fate.payment else [],
        "sales": int(fate.is_sold),
        "ledger": {account: sum_ for account, sum_ in _ledger(basket, fate).items() if sum_},
        "downloads": [
            STATUS[story] not in ("refunded", "disputed")
            for name, _ in basket.things
            if SHELF[name].is_song and fate.is_sold
        ],
    }


def stock_left(told: Sequence[tuple[Basket, str]], scarce: int) -> dict[str, tuple[int, int]]:
    """Of each thing how many are left and how many were sold, by the stories of all orders."""
    kept: Counter[str] = Counter()
    sold: Counter[str] = Counter()
    for basket, story in told:
        for name, number in basket.things:
            kept[name] += number * (STATUS[story] not in ("failed", "expired", "refunded"))
            sold[name] += number * FATES[story].is_sold
    return {
        name: ((scarce if name == "vinyl" else PLENTY) - kept[name], sold[name]) for name in SHELF
    }


def found(connection: Connection) -> dict[str, dict[str, Any]]:
    """What each order has come to, in the form of `expected`."""
    orders: dict[str, dict[str, Any]] = {}
    for row in connection.execute("select id, status, total_minor from public.orders"):
        orders[str(row["id"])] = {
            "status": row["status"], "total": row["total_minor"], "payments": [], "sales": 0,
            "ledger": {}, "downloads": [],
        }  # fmt: skip
    for row in connection.execute("select * from private.payments"):
        orders[str(row["order_id"])]["payments"].append(
            {
                "payment": row["payment_intent_id"],
                "became": (row["status"], row["settled_as"]),
                "amount": row["amount_minor"],
                "refunded": row["refunded_minor"],
            }
        )
    sales = "select cause from private.ledger_transactions where kind = 'sale'"
    for row in connection.execute(sales.encode()):
        orders[row["cause"]]["sales"] += 1
    # Every id of ours that a cause begins with, and those we had Stripe use, have the order's.
    postings = """
      select substring(entry.cause from '[0-9a-f]{8}-[0-9a-f-]{27}') as order_id, account.purpose,
        account.owner_id, sum(posting.amount_minor)::bigint as minor
      from private.ledger_transactions as entry
      join private.ledger_postings as posting on posting.transaction_id = entry.id
      join private.ledger_accounts as account on account.id = posting.account_id
      group by 1, 2, 3
      having sum(posting.amount_minor) <> 0
    """
    for row in connection.execute(postings):
        account = (row["purpose"], row["owner_id"])
        orders[row["order_id"]]["ledger"][account] = row["minor"]
    downloads = """
      select line.order_id, held.revoked_at is null as holds
      from public.download_grants as held
      join public.order_lines as line on line.id = held.order_line_id
    """
    for row in connection.execute(downloads):
        orders[str(row["order_id"])]["downloads"].append(row["holds"])
    return orders


def _payment(order: str, basket: Basket, fate: Fate) -> dict[str, Any]:
    is_held = fate.payment == ("succeeded", "held")
    return {
        "payment": f"pi_{order}",
        "became": fate.payment,
        "amount": basket.total - is_held,
        "refunded": basket.total * fate.given_back,
    }


def _ledger(basket: Basket, fate: Fate) -> dict[tuple[str, uuid.UUID | None], Fraction]:
    """What an order moves in all, by purpose and owner: above 0 what is had, below what is owed."""
    if fate.payment == ("succeeded", "held"):
        paid = Fraction(basket.total - 1)
        return {("stripe_clearing", None): paid, ("held", person_id(basket.buyer)): -paid}
    if not fate.is_sold:
        return {}
    stays = 1 - fate.given_back - fate.taken
    fee = DISPUTE_FEE * fate.is_disputed
    price: Counter[str] = Counter()
    for name, number in basket.things:
        price[SHELF[name].seller] += SHELF[name].price * number
    whole = price.total()
    return {
        ("stripe_clearing", None): basket.total * stays - fee,
        ("disputes", None): Fraction(fee),
        ("fees", None): -whole * stays / 10,
        ("processing_fees", None): -whole * stays / 20,
        **{("payable", person_id(seller)): -each * stays for seller, each in price.items()},
    }


def _buyer(number: int, things: tuple[tuple[str, int], ...], chance: random.Random) -> str:
    """One of a few, for a song somebody of its own: who pays for a second copy has it held."""
    if any(SHELF[name].is_song for name, _ in things):
        return f"fan{number}"
    return f"buyer{chance.randrange(BUYERS)}"


def _choose(chance: random.Random) -> tuple[tuple[str, int], ...]:
    """One to three different things, in any order; of a song there is one."""
    names = chance.sample(["song", "poster", "shirt"], chance.randint(1, 3))
    return tuple((name, 1 if SHELF[name].is_song else chance.randint(1, 3)) for name in names)
