"""What can be offered: every limit, by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.database import Connection, person_id
from tests.shop import Shop

SOON = datetime.now(UTC) + timedelta(days=9)
LIMITS: list[tuple[str, dict[str, Any]]] = [
    ("products_kind_known", {"kind": "car"}),
    ("products_name_length", {"name": ""}),
    ("products_name_length", {"name": " x"}),
    ("products_name_length", {"name": "x" * 121}),
    ("products_description_length", {"description": "x" * 5001}),
    ("products_pricing_known", {"pricing": "auction"}),
    ("products_price_fits", {"price_minor": None}),
    ("products_price_fits", {"price_minor": 0}),
    ("products_price_fits", {"pricing": "free", "price_minor": 5}),
    ("products_price_limit", {"price_minor": 100_000_001}),
    ("products_external_url_has_no_price", {"external_url": "https://shop.test/x"}),
    ("products_external_url_https",
     {"external_url": "http://shop.test/x", "pricing": None, "price_minor": None}),
    ("products_tracks_fit", {"kind": "album"}),
    ("products_stock_not_negative", {"stock": -1}),
    ("products_max_per_order_range", {"max_per_order": 0}),
    ("products_max_per_order_range", {"max_per_order": 101}),
    ("products_shipping_fits", {"kind": "digital", "shipping_required": True}),
    ("products_shipping_fits", {"shipping_minor": 5}),
    ("products_event_fits", {"event_at": SOON}),
    ("products_event_fits", {"venue": "The Cave"}),
    ("products_venue_length", {"kind": "concert", "event_at": SOON, "venue": "x" * 201}),
    ("products_image_paths_own", {"image_paths": ["somebody/else.png"]}),
]  # fmt: skip


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


@pytest.mark.parametrize(("rule", "values"), LIMITS)
def test_what_is_beyond_a_limit_is_not_offered(
    rule: str, values: dict[str, Any], shop: Shop
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught, shop.connection.transaction():
        shop.offer("ada", **values)
    assert caught.value.diag.constraint_name == rule


def test_at_its_limits_a_product_is_offered(shop: Shop) -> None:
    picture = f"{person_id('ada')}/{'a' * 20}.png"
    for values in (
        {"name": "x"},
        {"name": "x" * 120, "description": "x" * 5000, "max_per_order": 100, "stock": 0},
        {"price_minor": 1, "max_per_order": 1},
        {"price_minor": 100_000_000, "shipping_required": True, "shipping_minor": 0},
        {"kind": "concert", "event_at": SOON, "venue": "x" * 200},
        {"external_url": "https://shop.test/x", "pricing": None, "price_minor": None},
        {"image_paths": [picture]},
    ):
        assert shop.offer("ada", **values)
