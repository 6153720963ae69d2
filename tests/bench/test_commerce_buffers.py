"""The suite of orders at a small size, and the gate on what they touch among ten thousand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from bench.commerce import APPLY, BALANCE, BUFFERS, LISTS, PLACE, Market, commerce
from bench.generate import Size, make_people, make_posts
from bench.place import Place
from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.schema import load_schema
from tests.bench.conftest import explaining
from tests.database import Database
from tests.schema.counters.commerce_orders import LAWS

SIZE = Size(
    people=1_000, posts=100, reposts=0, likes=0, orders=10_000, degrees=(20,), readers_each=8,
    depth=0,
)  # fmt: skip
# Tables that a call must never read whole. The others are small.
LARGE = (
    "orders", "order_lines", "line_payees", "payments", "stripe_events", "download_grants",
    "download_files", "ledger_transactions", "ledger_postings", "products", "profiles",
)  # fmt: skip


@pytest.fixture(scope="module")
def many(server: PostgresServer, clone: Callable[[str], Database]) -> Database:
    """Ten thousand orders."""
    database = clone("platform")
    load_schema(database.url())
    make_people(server, database.name, SIZE, say=lambda _: None)
    make_posts(server, database.name, SIZE, say=lambda _: None)
    return database


@pytest.fixture
def market(many: Database) -> Iterator[Market]:
    """Who buys and sells there."""
    found = Market(many.url(), many.url(SUPERUSER))
    yield found
    found.close()


def test_what_orders_payments_and_balances_touch_is_bounded(market: Market) -> None:
    found = market.buffers()
    assert found.keys() == BUFFERS.keys()
    assert all(found.values()), found
    assert {name: most for name, most in found.items() if most > BUFFERS[name]} == {}


def test_a_balance_is_read_from_what_came_after_the_checkpoint(market: Market) -> None:
    seller = market.sellers[0]
    assert seller.postings > 200

    def touched() -> int:
        market.writer.run(BALANCE, seller.id)
        return market.writer.explain(BALANCE, seller.id)

    counted = touched()
    forget = "update private.ledger_accounts set counted_minor = 0, counted_to = '0' where id = %s"
    market.superuser.execute(forget, [int(seller.account_id)])
    assert touched() > counted
    market.superuser.execute("select private.checkpoint_balances(10000)")
    assert touched() <= counted


def test_no_plan_of_an_order_reads_a_large_table_whole(many: Database, market: Market) -> None:
    with explaining(many.url(SUPERUSER)) as (connection, plans):
        asked = psycopg.RawCursor(connection)

        def said(statement: str, *parameters: str) -> str:
            plans.clear()
            asked.execute(statement, parameters)
            return "\n".join(plans)

        market.fill()
        placed = said(PLACE, *market.basket)
        market.fill()
        market.order()
        applied = said(APPLY, market.event)
        listed = []
        for person in (market.sellers[0].id, market.basket[0]):
            claims = json.dumps({"sub": person, "role": "authenticated"})
            connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
            listed += [said(call) for call in LISTS.values()]
    for plan in (placed, applied, *listed):
        assert re.findall(rf"Seq Scan on ({'|'.join(LARGE)})\b.*", plan) == []
        assert "Index" in plan


@pytest.mark.parametrize("law", LAWS)
def test_what_is_generated_and_bought_keeps_the_laws(law: str, market: Market) -> None:
    assert market.superuser.execute(LAWS[law].encode()).fetchall() == []


def test_orders_are_compared_with_what_they_write(
    many: Database, clone: Callable[[str], Database]
) -> None:
    small = clone(many.name).name
    found = commerce(Place(many.server, small, many.name, many.name), number=1)
    assert [result.name for result in found if result.value <= 0] == []
