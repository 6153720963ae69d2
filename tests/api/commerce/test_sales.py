"""What sellers see of what they sold, and what becomes of an order as they send it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Actor, Connection
from tests.shop import Shop


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


def test_a_seller_asks_for_the_sales_of_a_time(shop: Shop, ada: Actor, cleo: Actor) -> None:
    moments = {
        "May": "2026-05-31 23:59:59.999999+00",
        "June": "2026-06-01 00:00+00",
        "July": "2026-07-01 00:00+00",
    }
    for name, moment in moments.items():
        order = shop.buy("ben", shop.offer("ada", name=name))
        shop.connection.execute(
            "update public.order_lines set paid_at = %s where order_id = %s", [moment, order]
        )
    shop.place("ben", shop.offer("ada", name="Not paid"))

    def sold(**asked: Any) -> list[str]:
        return [row["name"] for row in ada.rows("my_sales", **asked)]

    assert sold() == ["July", "June", "May"]
    # From the first moment on, and before the last.
    june = {"from_at": moments["June"], "to_at": moments["July"]}
    assert sold(**june) == ["June"]
    assert sold(to_at=moments["June"]) == ["May"]
    assert sold(from_at=moments["June"]) == ["July", "June"]
    assert sold(from_at=moments["July"], to_at=moments["June"]) == []
    (first,) = ada.rows("my_sales", from_at=moments["June"], page_size=1)
    assert sold(from_at=moments["June"], after=first["cursor"]) == ["June"]
    assert cleo.rows("my_sales") == []


def test_a_seller_is_told_of_each_thing_that_is_sold_once_and_by_name(
    shop: Shop, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    ada.call("register_push_token", token="ExponentPushToken[ada]", platform="ios")
    order = shop.buy(
        "ben", shop.track("ada", name="Dawn"), shop.offer("ada", name="Shirt"), shop.offer("cleo")
    )
    assert shop.paid(order) == "stale"

    def sales(seller: Actor) -> list[Any]:
        return [row for row in seller.rows("my_notifications") if row["kind"] == "sale"]

    lines = {line["name"]: str(line["id"]) for line in shop.lines(order)}
    told = {row["data"]["name"]: row for row in sales(ada)}
    assert (set(told), len(sales(ada)), len(sales(cleo))) == ({"Dawn", "Shirt"}, 2, 1)
    for name, row in told.items():
        assert [card["username"] for card in row["actors"]] == ["ben"]
        assert row["data"] == {"order_line_id": lines[name], "name": name, "quantity": 1}
    assert sales(ben) == []
    pushes = shop.service.rows(
        "backend.push_messages", notification_ids=[row["id"] for row in sales(ada)]
    )
    assert {(push["title"], push["body"]) for push in pushes} == {
        ("You made a sale", "You sold Dawn"),
        ("You made a sale", "You sold Shirt"),
    }


def test_an_order_is_under_way_while_one_of_its_sellers_has_not_sent_theirs(
    shop: Shop, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    shirts = [shop.offer(name, shipping_required=True) for name in ("ada", "cleo")]
    order = shop.buy("ben", *shirts)
    first, second = (line["id"] for line in shop.lines(order))
    assert ben.call("order", order_id=order)["status"] == "paid"
    assert ada.call("mark_shipped", order_line_id=first)["status"] == "processing"
    assert ben.call("order", order_id=order)["status"] == "processing"
    # What is not all sent is not done with, however long ago it was paid.
    shop.connection.execute("update public.orders set paid_at = now() - interval '30 days'")
    assert shop.service.call("backend.complete_orders", size=10) == 0
    assert cleo.call("mark_shipped", order_line_id=second)["status"] == "shipped"
