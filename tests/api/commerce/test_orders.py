"""Ordering: what is checked, what it costs, what it keeps, and what follows paying."""

from __future__ import annotations

import json
import random
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.ledger import balance
from tests.progression import pay
from tests.races import race, refusals
from tests.schema.counters import counter_laws
from tests.shop import ADDRESS, Shop


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


def one(db: Connection, statement: str, *parameters: Any) -> Any:
    """One value."""
    row = db.execute(statement.encode(), list(parameters)).fetchone()
    assert row is not None
    return next(iter(row.values()))


def test_what_is_charged_is_the_total(shop: Shop) -> None:
    song, shirt = shop.track("ada"), shop.offer("cleo", shipping_required=True, shipping_minor=300)
    told = shop.checkout("ben", song, {"product_id": str(shirt), "quantity": 2}, shirt)
    charged = sum(line["unit_minor"] * line["quantity"] for line in told["charge_lines"])
    # 500 + 3 × 1000, ten and five percent of it, and sending.
    assert (told["subtotal_minor"], told["total_minor"], charged) == (3500, 4325, 4325)
    assert (told["status"], told["is_new"], told["email"]) == ("pending", True, "ben@backbeat.test")
    lines = shop.lines(told["order_id"])
    assert [(line["quantity"], line["seller_net_minor"]) for line in lines] == [(1, 500), (3, 3300)]


def test_the_seller_may_bear_the_fees(shop: Shop, admiral: Actor) -> None:
    admiral.call("set_fee_policy", platform_bps=1000, processing_bps=500, payer="seller")
    later = {"platform_bps": 0, "processing_bps": 0, "effective_from": "2199-01-01"}
    admiral.call("set_fee_policy", **later, payer="buyer")
    order = shop.buy("ben", shop.offer("ada"))
    assert shop.row(order)["total_minor"] == 1000
    assert balance(shop.connection, "payable", "ada") == -850
    for somebody, arguments in (
        (admiral, {"platform_bps": 9000, "processing_bps": 1001, "payer": "buyer"}),
    ):
        with refused(422, "bps_invalid"):
            somebody.call("set_fee_policy", **arguments)
    with refused(422, "payer_unknown"):
        admiral.call("set_fee_policy", platform_bps=1, processing_bps=1, payer="nobody")


def test_the_same_client_id_gives_the_same_order(shop: Shop) -> None:
    shirt, again = shop.offer("ada", stock=5), uuid.uuid4()
    first = shop.checkout("ben", shirt, client_id=again)
    second = shop.checkout("ben", shop.offer("ada"), client_id=again)
    assert (second["order_id"], second["is_new"]) == (first["order_id"], False)
    assert one(shop.connection, "select stock from public.products where id = %s", shirt) == 4


def test_a_free_order_is_paid_at_once(shop: Shop, ben: Actor) -> None:
    told = shop.checkout("ben", shop.track("ada", pricing="free", price_minor=None))
    assert (told["status"], told["total_minor"], told["charge_lines"]) == ("paid", 0, [])
    assert len(ben.rows("my_downloads")) == 1
    assert one(shop.connection, "select count(*) from private.ledger_transactions") == 0
    assert counter_laws(shop.connection) == []


def test_whoever_pays_what_they_want_pays_the_minimum_at_least(shop: Shop) -> None:
    song = shop.track("ada", pricing="pay_what_you_want", price_minor=None, minimum_minor=300)
    with refused(422, "amount_too_low"):
        shop.checkout("ben", {"product_id": str(song), "amount_minor": 299})
    told = shop.checkout("ben", {"product_id": str(song), "amount_minor": 1000})
    assert told["subtotal_minor"] == 1000
    assert shop.checkout("cleo", song)["subtotal_minor"] == 300
    with refused(422, "amount_not_open"):
        shop.checkout("ben", {"product_id": str(shop.offer("ada")), "amount_minor": 1})


@pytest.mark.parametrize(
    ("change", "status", "token"),
    [
        ("is_active = false", 404, "product_not_found"),
        ("stock = 0", 409, "sold_out"),
        ("max_per_order = 1", 422, "quantity_invalid"),
        ("currency = 'EUR'", 422, "currency_disabled"),
        ("pricing = null, price_minor = null, external_url = 'https://a.example/'",
         409, "sold_elsewhere"),
        ("kind = 'concert', event_at = now() - interval '1 hour'", 409, "event_over"),
    ],
)  # fmt: skip
def test_what_cannot_be_bought_is_refused(shop: Shop, change: str, status: int, token: str) -> None:
    thing = shop.offer("ada")
    shop.connection.execute("alter table public.products disable trigger user")
    shop.connection.execute(f"update public.products set {change} where id = %s", [thing])
    with refused(status, token):
        shop.checkout("ben", {"product_id": str(thing), "quantity": 2})


def test_who_sells_and_who_owns_does_not_buy(shop: Shop) -> None:
    song = shop.track("ada")
    with refused(409, "own_product"):
        shop.checkout("ada", song)
    shop.buy("ben", song)
    with refused(409, "already_owned"):
        shop.checkout("ben", song)
    with refused(404, "product_not_found"):
        shop.checkout("ben", uuid.uuid4())
    actor(shop.connection, "ada").call("block", username="dan")
    with refused(404, "product_not_found"):
        shop.checkout("dan", song)


def test_a_seller_who_may_not_charge_sells_nothing_for_money(shop: Shop, ada: Actor) -> None:
    thing = shop.offer("ada")
    shop.connection.execute("update private.artist_accounts set charges_enabled = false")
    with refused(402, "seller_not_ready"):
        shop.checkout("ben", thing)
    insert = "insert into public.products (kind, name, pricing, price_minor) values ('merch', 'x',"
    with refused(402, "seller_not_ready"):
        ada.run(f"{insert} 'fixed', 5)")
    ada.run(f"{insert} 'free', null)")
    # What is switched off then is not switched on.
    ada.run("update public.products set is_active = false where id = %s", thing)
    with refused(402, "seller_not_ready"):
        ada.run("update public.products set is_active = true where id = %s", thing)


@pytest.mark.parametrize(
    "items",
    ["[]", "null", "{}", "[5]", '[{"product_id": "x"}]', '[{"quantity": 1}]',
     '[{"product_id": "00000000-0000-0000-0000-000000000007", "quantity": 1.5}]',
     '[{"product_id": "00000000-0000-0000-0000-000000000007", "quantity": 0}]'],
)  # fmt: skip
def test_what_is_no_list_of_items_is_refused(shop: Shop, items: str) -> None:
    with refused(422, "items_invalid"):
        shop.checkout("ben", items=items)


def test_what_is_sent_needs_an_address(shop: Shop, ada: Actor, ben: Actor) -> None:
    shirt = shop.offer("ada", shipping_required=True)
    for address in (None, "{}", json.dumps({**ADDRESS, "country": "Norway"})):
        with refused(422, "shipping_address_invalid"):
            shop.checkout("ben", shirt, shipping_address=address)
    order = shop.buy("ben", shirt)
    (sale,) = ada.rows("my_sales")
    assert sale["shipping_address"]["city"] == "Bergen"
    told = ada.call("mark_shipped", order_line_id=sale["order_line_id"], tracking="NO1")
    assert told["status"] == "shipped"
    ada.call("mark_shipped", order_line_id=sale["order_line_id"], tracking="NO2")
    shown = ben.call("order", order_id=order)
    assert (shown["status"], shown["lines"][0]["tracking"]) == ("shipped", "NO2")
    kinds = [row["kind"] for row in ben.rows("my_notifications")]
    assert kinds.count("order_shipped") == 1
    with refused(404, "order_line_not_found"):
        ben.call("mark_shipped", order_line_id=sale["order_line_id"])
    shop.connection.execute("update public.orders set paid_at = now() - interval '15 days'")
    assert shop.service.call("backend.complete_orders", size=10) == 0
    shop.connection.execute("update public.order_lines set shipped_at = now() - interval '15 days'")
    assert shop.service.call("backend.complete_orders", size=10) == 1
    assert ben.call("order", order_id=order)["status"] == "completed"


def test_variants_have_their_own_price_and_stock(shop: Shop, ada: Actor) -> None:
    shirt = shop.offer("ada", stock=100)
    small, large = (
        ada.run(
            "insert into public.product_variants (product_id, name, price_minor, stock)"
            " values (%s, %s, %s, 1) returning id", shirt, name, price,
        )[0]["id"]
        for name, price in (("S", None), ("L", 1200))
    )  # fmt: skip
    with refused(404, "variant_not_found"):
        shop.checkout("ben", shirt)
    both = [{"product_id": str(shirt), "variant_id": str(each)} for each in (small, large)]
    # So many of a product in all, whichever of its variants.
    ada.run("update public.products set max_per_order = 1 where id = %s", shirt)
    with refused(422, "quantity_invalid"):
        shop.checkout("ben", *both)
    ada.run("update public.products set max_per_order = 2 where id = %s", shirt)
    told = shop.checkout("ben", *both)
    assert told["subtotal_minor"] == 2200
    with refused(409, "product_sold"):
        ada.run("delete from public.product_variants where id = %s", small)
    with refused(409, "sold_out"):
        shop.checkout("cleo", {"product_id": str(shirt), "variant_id": str(large)})
    assert shop.service.call("backend.abandon_order", order_id=told["order_id"]) == "failed"
    shop.checkout("cleo", {"product_id": str(shirt), "variant_id": str(large)})
    assert one(shop.connection, "select stock from public.products where id = %s", shirt) == 100


def test_one_order_is_in_one_currency(shop: Shop, admiral: Actor) -> None:
    with refused(422, "currency_disabled"):
        shop.offer("ada", currency="EUR")
    for code in ("EUR", "KWD", "JPY"):
        admiral.call("set_currency", code=code, is_enabled=True)
    yen, euro = (shop.offer("ada", currency=code) for code in ("JPY", "EUR"))
    with refused(422, "currency_mixed"):
        shop.checkout("ben", yen, euro)
    assert shop.checkout("ben", yen)["total_minor"] == 1150
    # Stripe takes three decimals in steps of ten.
    with refused(422, "price_step"):
        shop.offer("ada", currency="KWD", price_minor=1001)
    dinar = shop.offer("ada", currency="KWD", price_minor=1010)
    assert shop.checkout("ben", dinar)["total_minor"] == 1010 + 100 + 50


def test_hundreds_of_real_orders_come_to_their_lines(shop: Shop, admiral: Actor) -> None:
    """place_order itself, over currencies, payers and sellers; the laws look at every one."""
    draw, db = random.Random(7), shop.connection
    db.execute("update private.rate_limit_rules set capacity = 100000 where action = 'place_order'")
    for code in ("JPY", "KWD"):
        admiral.call("set_currency", code=code, is_enabled=True)
    shelf = {
        code: [
            shop.offer(
                seller, currency=code, price_minor=draw.randint(1, 5000) * step,
                shipping_required=True, shipping_minor=draw.choice([0, 10, 300]),
            )
            for seller in ("ada", "cleo", "dan", "eve")
            for _ in range(3)
        ]
        for code, step in (("USD", 1), ("JPY", 1), ("KWD", 10))
    }  # fmt: skip
    for number in range(150):
        if number % 10 == 0:
            platform = draw.randint(0, 10_000)
            admiral.call(
                "set_fee_policy", platform_bps=platform,
                processing_bps=draw.randint(0, 10_000 - platform),
                payer=draw.choice(["buyer", "seller"]),
            )  # fmt: skip
        things = draw.sample(shelf[draw.choice(list(shelf))], draw.randint(1, 8))
        items = [{"product_id": str(each), "quantity": draw.randint(1, 3)} for each in things]
        order = shop.place("ben", *items)
        assert shop.paid(order) == "applied"
    pay(db)
    assert counter_laws(db) == []


def test_an_order_moves_only_along_the_table(shop: Shop) -> None:
    db = shop.connection
    statuses = [
        "pending", "paid", "processing", "shipped", "completed", "expired", "failed", "refunded",
        "partially_refunded", "disputed",
    ]  # fmt: skip
    moves = {
        (row["from_status"], row["to_status"])
        for row in db.execute("select * from private.order_moves").fetchall()
    }
    assert len(moves) == 27
    order = shop.place("ben", shop.offer("ada"))
    for before in statuses:
        for after in statuses:
            with db.transaction(force_rollback=True):
                db.execute("alter table public.orders disable trigger _300_move")
                unpaid = {"pending", "expired", "failed"}
                update = (
                    "update public.orders set status = %(status)s, paid_at ="
                    " case when %(unpaid)s then null else now() end where id = %(id)s"
                )
                known = {"id": order, "status": before, "unpaid": before in unpaid}
                db.execute(update, known)
                db.execute("alter table public.orders enable trigger _300_move")
                try:
                    with db.transaction():
                        db.execute(update, {**known, "status": after, "unpaid": after in unpaid})
                    moved = True
                except psycopg.errors.CheckViolation:
                    moved = False
                assert moved == (before == after or (before, after) in moves), (before, after)


def test_what_is_not_paid_in_time_goes_back(shop: Shop) -> None:
    db, shirt = shop.connection, shop.offer("ada", stock=3)
    stock = "select stock from public.products where id = %s"
    waiting = shop.place("ben", shirt)
    row = shop.row(waiting)
    assert row["expires_at"] - row["created_at"] == timedelta(minutes=30)
    on_its_way = shop.place("cleo", shirt)
    shop.paid(on_its_way, payment_status="unpaid")
    without_session = shop.checkout("dan", shirt)["order_id"]
    assert shop.service.call("backend.expire_orders", size=10) == 0
    db.execute("update public.orders set expires_at = now()")
    assert shop.service.call("backend.expire_orders", size=10) == 1
    assert shop.row(without_session)["status"] == "expired"
    db.execute("update public.orders set expires_at = now() - interval '15 minutes'")
    assert shop.service.call("backend.expire_orders", size=10) == 1
    assert (shop.row(waiting)["status"], shop.row(on_its_way)["status"]) == ("expired", "pending")
    assert one(db, stock, shirt) == 2
    # Stripe says it again.
    assert shop.expired(waiting) in ("applied", "stale")
    assert one(db, stock, shirt) == 2


def test_a_buyer_keeps_only_so_much_from_the_stock_unpaid(shop: Shop, ben: Actor) -> None:
    shop.connection.execute(
        "update private.settings set value = 2 where name = 'open_orders_limit'"
    )
    thing = shop.offer("ada", stock=9)
    first, _ = (shop.place("ben", thing) for _ in range(2))
    with refused(409, "open_orders_limit") as caught:
        shop.place("ben", thing)
    assert caught.value.diag.message_hint == "2"
    shop.place("cleo", shop.offer("dan"))
    shop.paid(first)
    shop.place("ben", thing)


def test_two_hundred_buyers_of_ten_copies_are_ten(database: Database) -> None:
    with database.connect() as connection:
        shop = Shop(connection)
        thing = shop.offer("ada", stock=10)
        buyers = [uuid.uuid4() for _ in range(200)]
        for number, buyer in enumerate(buyers):
            connection.execute(
                "insert into auth.users (id, email, raw_user_meta_data) values (%s, %s, %s)",
                [buyer, f"b{number}@backbeat.test",
                 json.dumps({"username": f"buyer{number}", "display_name": "B"})],
            )  # fmt: skip

    def buy(mine: list[uuid.UUID]) -> Any:
        def run(connection: Connection) -> list[Any]:
            told: list[Any] = []
            for buyer in mine:
                try:
                    told.append(Shop(connection).checkout("", thing, buyer_id=buyer)["order_id"])
                except psycopg.Error as error:
                    told.append(error)
            return told

        return run

    outcomes = [
        each for told in race(database, [buy(buyers[n::16]) for n in range(16)]) for each in told
    ]
    assert refusals(outcomes) == [("PT409", "sold_out")] * 190
    sold = [each for each in outcomes if isinstance(each, str)]
    with database.connect() as connection:
        shop = Shop(connection)
        assert one(connection, "select stock from public.products where id = %s", thing) == 0
        for order in sold[:4]:
            shop.expired(order)
        for order in sold[4:]:
            shop.paid(order)
        assert one(connection, "select stock from public.products where id = %s", thing) == 4
        assert one(connection, "select sold_count from public.products where id = %s", thing) == 6
        assert counter_laws(connection) == []
    assert person_id("ada")
