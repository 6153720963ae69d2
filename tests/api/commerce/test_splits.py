"""Fees and refunds are split to the unit: parts sum exactly, and none is below zero."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.database import Connection


def split(db: Connection, total: int, weights: list[int], step: int = 1) -> list[int]:
    """What the database makes of it."""
    row = db.execute(
        "select private.split_amount(%s, %s::bigint[], %s) as parts", [total, weights, step]
    ).fetchone()
    assert row is not None
    return list(row["parts"])


@pytest.mark.parametrize(
    ("total", "weights", "step", "parts"),
    [
        (10, [1, 1, 1], 1, [4, 3, 3]),
        (100, [1, 2, 3], 1, [17, 33, 50]),
        (1, [1, 1], 1, [1, 0]),
        (0, [5, 7], 1, [0, 0]),
        (7, [0, 1, 0], 1, [0, 7, 0]),
        (0, [0, 0], 1, [0, 0]),
        (100, [10, 20, 30], 10, [20, 30, 50]),
        (5, [], 1, []),
        (2**62, [2**61, 2**61], 1, [2**61, 2**61]),
    ],
)
def test_the_largest_remainders_are_rounded_up(
    db: Connection, total: int, weights: list[int], step: int, parts: list[int]
) -> None:
    assert split(db, total, weights, step) == parts


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    total=st.integers(0, 10**12),
    weights=st.lists(st.integers(0, 10**10), min_size=1, max_size=8).filter(any),
)
def test_each_part_is_its_share_rounded_down_or_up(
    db: Connection, total: int, weights: list[int]
) -> None:
    parts = split(db, total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part - Fraction(total * weight, sum(weights)).__floor__() <= 1


def first(db: Connection, total: int, weights: list[int], step: int = 1) -> list[int]:
    """How many of the first units are of each line, as the database counts them."""
    row = db.execute(
        "select private.first_minor(%s, %s::bigint[], %s) as parts", [total, weights, step]
    ).fetchone()
    assert row is not None
    return list(row["parts"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), step=st.sampled_from([1, 10]))
def test_what_is_given_back_are_the_first_units_of_all_lines(
    db: Connection, data: st.DataObject, step: int
) -> None:
    sizes = data.draw(st.lists(st.integers(0, 12), min_size=1, max_size=6))
    total = data.draw(st.integers(0, sum(sizes) * step))
    # All of them in one row: the k-th of a line of n at k / n.
    row = sorted(
        (Fraction(number, size), place)
        for place, size in enumerate(sizes)
        for number in range(1, size + 1)
    )
    units = [place for _, place in row for _ in range(step)]
    parts = first(db, total, [size * step for size in sizes], step)
    assert parts == [units[:total].count(place) for place in range(len(sizes))]


def test_the_first_units_are_found_in_orders_of_any_size(db: Connection) -> None:
    weights = [99_999_999, 1, 99_999_998, 33_333_333]
    parts = [first(db, total, weights) for total in (0, 99_999_998, 99_999_999, sum(weights))]
    assert (parts[0], parts[3]) == ([0] * 4, weights)
    assert [sum(part) for part in parts[1:3]] == [99_999_998, 99_999_999]
    assert sum(b - a for a, b in zip(parts[1], parts[2], strict=True)) == 1
    assert all(a <= b for a, b in zip(parts[1], parts[2], strict=True))
    assert first(db, 5, []) == []


# Decimals of a currency, and the step in which Stripe charges it.
STEPS = {0: 1, 2: 1, 3: 10}


BYTES = 52


def cart(drawn: bytes) -> dict[str, Any]:
    """Lines of sellers, sending, basis points, who pays them, a currency: made of some bytes."""
    place = iter(drawn)

    def pick(*choices: int) -> int:
        return choices[next(place) % len(choices)]

    def number(most: int) -> int:
        return (next(place) << 16 | next(place) << 8 | next(place)) % (most + 1)

    step = STEPS[pick(*STEPS)]
    most = pick(3, 100, 10_000, 10_000_000)
    platform = pick(0, 1, 1000, 5000, 9999, 10_000, number(10_000))
    processing = pick(0, 10_000 - platform, number(10_000 - platform))
    payer = ("buyer", "seller")[pick(0, 1)]
    size = 1 + pick(*range(8))
    lines = [(pick(*range(4)), number(most), pick(0, 1, 7, 50)) for _ in range(size)]
    return {
        "sellers": [seller for seller, _, _ in lines],
        "lines": [units * step for _, units, _ in lines],
        "shipping": [0 if units == 1 else units * step for _, _, units in lines],
        "platform": platform,
        "processing": processing,
        "payer": payer,
        "step": step,
    }


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.large_base_example],
)
@given(st.lists(st.binary(min_size=BYTES, max_size=BYTES), min_size=100, max_size=100))
def test_of_ten_thousand_carts_the_parts_sum_to_the_unit(
    db: Connection, drawn: list[bytes]
) -> None:
    """A hundred carts a query, by the function that orders are made with."""
    many = [cart(each) for each in drawn]
    rows = db.execute(
        """
        select cart.place, array_agg(part.platform_fee_minor order by part.ordinality) as platform,
          array_agg(part.processing_fee_minor order by part.ordinality) as processing,
          array_agg(part.seller_net_minor order by part.ordinality) as net,
          array_agg(part.charged_minor order by part.ordinality) as charged
        from jsonb_array_elements(%s::jsonb) with ordinality as cart (value, place)
        cross join lateral private.split_order(
          array(select part::bigint from jsonb_array_elements_text(cart.value -> 'lines') as part),
          array(
            select part::bigint from jsonb_array_elements_text(cart.value -> 'shipping') as part
          ),
          (cart.value ->> 'platform')::int, (cart.value ->> 'processing')::int,
          cart.value ->> 'payer', (cart.value ->> 'step')::bigint
        ) with ordinality as part
        group by cart.place order by cart.place
        """,
        [json.dumps(many)],
    ).fetchall()
    assert len(rows) == len(many)
    for given_cart, row in zip(many, rows, strict=True):
        check_cart(given_cart, row)


def check_cart(given_cart: dict[str, Any], row: dict[str, Any]) -> None:
    """What must be true of every cart."""
    lines, shipping, step = given_cart["lines"], given_cart["shipping"], given_cart["step"]
    subtotal = sum(lines)
    for bps, parts in (("platform", row["platform"]), ("processing", row["processing"])):
        assert sum(parts) == subtotal * given_cart[bps] // (10_000 * step) * step, given_cart
    fees = sum(row["platform"]) + sum(row["processing"])
    is_buyers = given_cart["payer"] == "buyer"
    assert sum(row["charged"]) == subtotal + sum(shipping) + (fees if is_buyers else 0)
    assert sum(row["net"]) == subtotal + sum(shipping) - (0 if is_buyers else fees)
    nets = Counter[int]()
    for seller, net in zip(given_cart["sellers"], row["net"], strict=True):
        nets[seller] += net
    assert sum(nets.values()) + fees == sum(row["charged"])
    for place, line in enumerate(lines):
        parts = [row[name][place] for name in ("platform", "processing", "net", "charged")]
        assert min(parts) >= 0, given_cart
        assert all(part % step == 0 for part in parts), given_cart
        assert parts[0] + parts[1] + parts[2] == parts[3], given_cart
        assert parts[3] - shipping[place] - line == (parts[0] + parts[1] if is_buyers else 0)
