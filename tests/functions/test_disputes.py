"""Disputes as Stripe reports them: a bank fetches money back, and may have to return it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from devstack.stripe.webhooks import Chaos
from tests.functions.market import Market
from tests.functions.test_reconcile_stripe import difference, reconcile


@pytest.fixture(scope="module")
def ben(open_market: Market) -> uuid.UUID:
    """Who buys."""
    return open_market.live.person("disputing_ben")


@pytest.fixture(scope="module")
def ada(open_market: Market) -> uuid.UUID:
    """Who sells."""
    return open_market.seller("disputed_ada")


@pytest.fixture(scope="module")
def cyd(open_market: Market) -> uuid.UUID:
    """Who sells, too."""
    return open_market.seller("disputed_cyd")


def buy(market: Market, buyer: uuid.UUID, *products: str) -> tuple[str, dict[str, Any]]:
    """Somebody buys one of each; the order, and its charge at Stripe."""
    made = market.checkout(buyer, *products)
    assert made.status_code == 200, made.text
    order = str(made.json()["order_id"])
    market.press(made.json()["url"])
    market.wait()
    (session,) = market.of_order("checkout.session", order)
    (charge,) = [
        each
        for each in market.stripe.store.all("charge")
        if each["payment_intent"] == session["payment_intent"]
    ]
    return order, charge


def give_back_there(market: Market, charge: dict[str, Any], amount: int) -> None:
    """Staff give something back in the dashboard of Stripe."""
    market.at_stripe("refunds", charge=charge["id"], amount=amount)


def give_back_here(market: Market, buyer: uuid.UUID, seller: uuid.UUID, order: str) -> None:
    """A buyer asks for what they bought of a seller, who approves; and Stripe makes it."""
    ((line,),) = market.live.sql(
        "select id from public.order_lines where order_id = %s and seller_id = %s", order, seller
    )
    asked = {"order_line_id": str(line), "reason": "It does not open."}
    refund = market.live.sends(buyer, "POST", "/rpc/request_refund", asked)
    decided = {"refund_id": refund["id"], "approve": True}
    market.live.sends(seller, "POST", "/rpc/decide_refund", decided)
    assert market.run("process-refunds").status_code == 200
    market.wait()


def cost(market: Market) -> int:
    """What disputes have cost the platform."""
    ((minor,),) = market.live.sql("select private.balance('platform', null, 'disputes', 'USD')")
    return int(minor or 0)


@pytest.mark.parametrize("is_won", [True, False])
def test_a_bank_takes_from_who_has_something_left_and_may_have_to_return_it(
    market: Market, ada: uuid.UUID, cyd: uuid.UUID, ben: uuid.UUID, is_won: bool
) -> None:
    market.stripe.webhooks.chaos = Chaos(duplicate=1, reorder=0.7, reorder_seconds=0.3)
    before, cost_before = (market.payable(ada), market.payable(cyd)), cost(market)
    order, charge = buy(market, ben, market.offer(ada, 1000), market.offer(cyd, 1000))

    def owed() -> tuple[int, int]:
        return market.payable(ada) - before[0], market.payable(cyd) - before[1]

    assert owed() == (1000, 1000)
    give_back_there(market, charge, 230)
    assert owed() == (900, 900)
    give_back_here(market, ben, ada, order)
    assert owed() == (0, 900)
    # The bank asks for all that is left, which is cyd's.
    dispute = market.happens("disputes", charge=charge["id"])
    assert dispute["amount"] == 2300 - 230 - 1035
    market.wait()
    assert (market.status(order), owed()) == ("disputed", (0, 0))
    holding = (
        "select given.revoked_at is null from public.download_grants as given"
        " join public.order_lines as line on line.id = given.order_line_id"
        " where line.order_id = %s order by line.place"
    )
    assert market.live.sql(holding, order) == [(False,), (False,)]
    market.happens(f"disputes/{dispute['id']}/close", won=is_won)
    market.wait()
    assert market.status(order) == ("partially_refunded" if is_won else "disputed")
    assert owed() == (0, 900 if is_won else 0)
    assert market.live.sql(holding, order) == [(False,), (is_won,)]
    assert cost(market) - cost_before == 1500
    assert market.live.sql("select sum(amount_minor) from private.ledger_postings") == [(0,)]


def test_what_a_bank_sends_back_is_given_again(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    order, charge = buy(market, ben, market.offer(ada, 1000))
    held = "select coalesce(private.balance('buyer', %s, 'held', 'USD'), 0)"
    even = difference(reconcile(market))
    give_back_here(market, ben, ada, order)
    (made,) = market.of_order("refund", order)
    market.happens(f"refunds/{made['id']}/return")
    market.wait()
    assert market.live.sql(held, ben) == [(-charge["amount"],)]
    assert market.status(order) == "refunded"
    assert difference(reconcile(market)) == even
    admiral = market.live.person("disputed_admiral")
    market.live.sql("select private.set_staff_role(%s, 'admin', null)", admiral)
    asked = {"payment_intent_id": charge["payment_intent"], "note": "Another card"}
    market.live.sends(admiral, "POST", "/rpc/refund_held", asked)
    assert market.run("process-refunds").status_code == 200
    market.wait()
    assert market.live.sql(held, ben) == [(0,)]
    refunds = market.of_order("refund", order)
    assert sorted(each["status"] for each in refunds) == ["failed", "succeeded"]
    assert difference(reconcile(market)) == even


def test_whoever_had_their_bank_fetch_it_may_buy_it_again(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    product = market.offer(ada, 1000)
    _, charge = buy(market, ben, product)
    dispute = market.happens("disputes", charge=charge["id"])
    market.wait()
    answer = market.checkout(ben, product)
    assert (answer.status_code, answer.json()["error"]) == (409, "already_owned")
    market.happens(f"disputes/{dispute['id']}/close", won=False)
    market.wait()
    again, _ = buy(market, ben, product)
    assert market.status(again) == "paid"
