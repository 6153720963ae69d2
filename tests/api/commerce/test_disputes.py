"""Disputes: what a bank fetches back comes from those who have it, and from nobody twice."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Actor, Connection, refused
from tests.ledger import balance
from tests.progression import pay
from tests.schema.counters import counter_laws
from tests.shop import Shop
from tests.stories import DISPUTE_FEE


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


def owed(shop: Shop) -> tuple[int, int]:
    """What ada and cleo are owed."""
    return -balance(shop.connection, "payable", "ada"), -balance(shop.connection, "payable", "cleo")


def test_a_bank_takes_nothing_from_who_has_given_everything_back(shop: Shop) -> None:
    order = shop.buy("ben", shop.offer("ada"), shop.offer("cleo"))
    assert shop.made(shop.approve("ben", "ada", shop.lines(order)[0])) == "succeeded"
    shop.event("charge.dispute.created", shop.dispute(order, amount=1150))
    assert shop.row(order)["status"] == "disputed"
    assert shop.given(order) == [(1150, 0, True), (0, 1150, False)]
    assert owed(shop) == (0, 0)
    assert counter_laws(shop.connection) == []
    shop.event("charge.dispute.closed", shop.dispute(order, "won", 1150))
    assert shop.row(order)["status"] == "partially_refunded"
    assert owed(shop) == (0, 1000)
    assert balance(shop.connection, "stripe_clearing") == 1150 - DISPUTE_FEE
    assert counter_laws(shop.connection) == []


@pytest.mark.parametrize("is_lost", [False, True])
def test_what_was_given_back_at_stripe_is_not_fetched_again(shop: Shop, is_lost: bool) -> None:
    order = shop.buy("ben", shop.offer("ada"), shop.offer("cleo"))
    shop.event("charge.refunded", shop.charge(order, 460))
    assert owed(shop) == (800, 800)
    shop.event("charge.dispute.created", shop.dispute(order, amount=1840))
    assert owed(shop) == (0, 0)
    shop.event("charge.dispute.closed", shop.dispute(order, "lost" if is_lost else "won", 1840))
    assert owed(shop) == ((0, 0) if is_lost else (800, 800))
    assert counter_laws(shop.connection) == []


@pytest.mark.parametrize("is_refund_first", [False, True])
def test_whoever_gives_a_line_back_meanwhile_pays_for_that_line_alone(
    shop: Shop, is_refund_first: bool
) -> None:
    order = shop.buy("ben", shop.offer("ada"), shop.offer("cleo"))
    refund = shop.approve("ben", "ada", shop.lines(order)[0])
    if is_refund_first:
        shop.made(refund)
    shop.event("charge.dispute.created", shop.dispute(order, amount=1150))
    assert owed(shop) == ((0, 0) if is_refund_first else (500, 500))
    shop.made(refund)
    assert shop.given(order) == [(1150, 0, True), (0, 1150, False)]
    assert owed(shop) == (0, 0)
    shop.event("charge.dispute.closed", shop.dispute(order, "won", 1150))
    assert owed(shop) == (0, 1000)
    assert counter_laws(shop.connection) == []


def test_what_a_bank_fetches_beyond_what_is_left_is_the_platforms_loss(shop: Shop) -> None:
    db = shop.connection
    order = shop.buy("ben", shop.offer("ada"), shop.offer("cleo"))
    shop.event("charge.refunded", shop.charge(order, 1150))
    shop.event("charge.dispute.closed", shop.dispute(order, "lost"))
    assert owed(shop) == (0, 0)
    assert balance(db, "disputes") == 1150 + DISPUTE_FEE
    assert balance(db, "stripe_clearing") == 2300 - 1150 - 2300 - DISPUTE_FEE
    shop.event("charge.dispute.closed", shop.dispute(order, "won"))
    assert owed(shop) == (500, 500)
    assert balance(db, "disputes") == DISPUTE_FEE
    assert counter_laws(db) == []


def test_whoever_had_their_bank_fetch_it_may_buy_it_again(shop: Shop, ben: Actor) -> None:
    song = shop.track("ada")
    order = shop.buy("ben", song)
    shop.event("charge.dispute.created", shop.dispute(order))
    # It may be theirs again.
    with refused(409, "already_owned"):
        shop.place("ben", song)
    shop.event("charge.dispute.closed", shop.dispute(order, "lost"))
    assert shop.paid(shop.place("ben", song)) == "applied"
    assert [row["is_revoked"] for row in ben.rows("my_downloads")] == [False, True]
    with refused(409, "already_owned"):
        shop.place("ben", song)


@pytest.mark.parametrize("turns", [*itertools.permutations(range(3))], ids=str)
def test_what_a_dispute_costs_is_known_by_whatever_comes_first(
    shop: Shop, turns: tuple[int, ...]
) -> None:
    order = shop.buy("ben", shop.offer("ada"))
    booked = [{"id": "txn_1", "fee": 1500}, {"id": "txn_2", "fee": 700}, {"id": "txn_3", "fee": -9}]
    told = [
        ("created", shop.dispute(order, balance_transactions=[])),
        ("created", shop.dispute(order, balance_transactions=booked[:1])),
        ("closed", shop.dispute(order, "won", balance_transactions=booked)),
    ]
    for turn in turns:
        how, thing = told[turn]
        shop.event(f"charge.dispute.{how}", thing)
    assert balance(shop.connection, "disputes") == 1500 + 700 - 9
    assert balance(shop.connection, "stripe_clearing") == 1150 - (1500 + 700 - 9)
    assert counter_laws(shop.connection) == []


@pytest.mark.parametrize("status", ["succeeded", "failed"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whenever_a_refund_of_ours_is_made_or_fails_all_ends_the_same(
    db: Connection, status: str, data: st.DataObject
) -> None:
    with db.transaction(force_rollback=True):
        shop = Shop(db)
        prices = data.draw(st.lists(st.integers(1, 999), min_size=3, max_size=3))
        sold = zip(("ada", "cleo", "ada"), prices, strict=True)
        things = [
            shop.offer(seller, name=f"Thing {turn}", price_minor=price, stock=9)
            for turn, (seller, price) in enumerate(sold)
        ]
        order = shop.buy("ben", shop.track("ada", name="Song"), *things)
        (song, *_) = lines = shop.lines(order)
        left = sum(line["charged_minor"] for line in lines[1:])
        # Some was given back before; then a line here, and at Stripe, and a bank asks for some.
        early = data.draw(st.integers(0, song["charged_minor"]))
        shop.event("charge.refunded", shop.charge(order, early))
        refund = shop.approve("ben", "ada", shop.lines(order)[0])
        ours = song["charged_minor"] - shop.lines(order)[0]["refunded_minor"]
        reported = early + (ours if status == "succeeded" else 0)
        late = data.draw(st.integers(0, shop.row(order)["total_minor"] - reported))
        disputed = data.draw(st.integers(1, 2 * left))
        end = data.draw(st.sampled_from(["won", "lost"]))
        told: list[tuple[str, Any]] = [
            ("charge.refunded", shop.charge(order, reported + late // 2)),
            ("charge.refunded", shop.charge(order, reported + late)),
            ("charge.dispute.created", shop.dispute(order, amount=disputed)),
            ("charge.dispute.closed", shop.dispute(order, end, disputed)),
        ]

        def run(turns: list[int]) -> dict[str, Any]:
            given_back = [refunded for refunded, _, _ in shop.given(order)]
            for turn in turns:
                if turn == len(told):
                    shop.made(refund, status)
                else:
                    shop.event(*told[turn], f"evt_{turn}")
                now = [refunded for refunded, _, _ in shop.given(order)]
                # What was given back of a line never becomes less.
                assert all(a <= b for a, b in zip(given_back, now, strict=True))
                given_back = now
            pay(db)
            assert counter_laws(db) == []
            return shop.came_to(order)

        with db.transaction(force_rollback=True):
            expected = run([len(told), *range(len(told))])
        every = [*range(len(told)), *range(len(told)), len(told)]
        assert run(data.draw(st.permutations(every))) == expected
