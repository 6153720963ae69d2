"""Checks of the access matrix of the shop: what is sold, bought and owed."""

from __future__ import annotations

from typing import Any

from tests.database import forbidden, person_id, refused
from tests.policies.checks import Stage, check
from tests.shop import Shop

MERCH = "insert into public.products (kind, name, pricing) values ('merch', 'x', 'free')"


@check("public.currencies")
@check("public.fee_policies")
def everybody_reads_what_money_there_is_and_what_is_taken(stage: Stage) -> None:
    for name in ("visitor", "ben", "modesty", "service"):
        enabled = stage.actor(name).run("select code from public.currencies where is_enabled")
        assert enabled == [{"code": "USD"}]
        assert len(stage.actor(name).run("select code from public.currencies")) > 130
        assert stage.actor(name).run("select platform_bps from public.fee_policies") == [
            {"platform_bps": 1000}
        ]


def _seen(stage: Stage, name: str, table: str = "public.products") -> list[Any]:
    rows = stage.actor(name).run(f"select name from {table} where name like 'shelf%%' order by 1")
    return [row["name"] for row in rows]


def _shelves(stage: Stage) -> Shop:
    shop = Shop(stage.connection)
    shop.offer("ada", name="shelf of ada")
    shop.offer("ada", name="shelf of ada, off", is_active=False)
    shop.offer("eve", name="shelf of eve")
    for thing in stage.connection.execute("select id, name from public.products").fetchall():
        stage.owner(
            "insert into public.product_variants (product_id, name) values (%s, %s)",
            thing["id"],
            thing["name"],
        )
    return shop


@check("public.products")
@check("public.product_variants")
def everybody_reads_what_is_on_the_shelf_of_whom_they_can_see(stage: Stage) -> None:
    _shelves(stage)
    stage.hide("eve")
    seen = {
        "visitor": ["shelf of ada"],
        "stranger": ["shelf of ada"],
        # Across ada's block.
        "dan": [],
        "eve": ["shelf of ada", "shelf of eve"],
        "ada": ["shelf of ada", "shelf of ada, off"],
    }
    for name, expected in seen.items():
        for table in ("public.products", "public.product_variants"):
            assert _seen(stage, name, table) == expected, (name, table)


@check("public.products")
def artists_keep_their_own_shelf(stage: Stage) -> None:
    _shelves(stage)
    stage.ada.run(MERCH)
    with refused(403, "not_an_artist"):
        stage.stranger.run(MERCH)
    for name, count in (("ada", 3), ("eve", 1), ("stranger", 0)):
        with stage.connection.transaction(force_rollback=True):
            assert stage.actor(name).count("update public.products set description = 'x'") == count
            assert stage.actor(name).count("delete from public.products") == count
    with forbidden():
        stage.ada.run(
            "insert into public.products (kind, name, pricing, seller_id)"
            " values ('merch', 'x', 'free', %s)",
            person_id("eve"),
        )


@check("public.product_variants")
def artists_keep_the_variants_of_their_own(stage: Stage) -> None:
    _shelves(stage)
    insert = (
        "insert into public.product_variants (product_id, name)"
        " select id, 'more' from public.products where name = 'shelf of ada'"
    )
    stage.ada.run(insert)
    with forbidden():
        stage.eve.run(insert)
    for name, count in (("ada", 3), ("eve", 1), ("stranger", 0)):
        with stage.connection.transaction(force_rollback=True):
            each = stage.actor(name)
            assert each.count("update public.product_variants set stock = 5") == count
            assert each.count("delete from public.product_variants") == count


@check("public.products")
def nobody_fills_a_shelf_while_it_is_switched_off(stage: Stage) -> None:
    _shelves(stage)
    for statement in (
        MERCH,
        "update public.products set description = 'x'",
        "delete from public.products",
    ):
        with (
            stage.connection.transaction(force_rollback=True),
            stage.switched_off("commerce"),
        ):
            stage.ada.run(statement)


@check("public.product_variants")
def nobody_fills_variants_while_it_is_switched_off(stage: Stage) -> None:
    _shelves(stage)
    for statement in (
        "insert into public.product_variants (product_id, name)"
        " select id, 'more' from public.products where name = 'shelf of ada'",
        "update public.product_variants set stock = 5",
        "delete from public.product_variants",
    ):
        with (
            stage.connection.transaction(force_rollback=True),
            stage.switched_off("commerce"),
        ):
            stage.ada.run(statement)


@check("public.orders")
@check("public.order_lines")
@check("public.refunds")
@check("public.download_grants")
def who_buys_and_who_sells_read_what_is_theirs(stage: Stage) -> None:
    shop = Shop(stage.connection)
    bought = shop.buy("ben", shop.track("ada"), shop.offer("eve"))
    shop.buy("cleo", shop.offer("eve"))
    shop.place("ben", shop.offer("ada"))
    line = shop.lines(bought)[0]["id"]
    stage.ben.call("request_refund", order_line_id=line, reason="x")
    counts = {
        "ben": (2, 3, 1, 1),
        "cleo": (1, 1, 0, 0),
        # What is not paid is nothing sold.
        "ada": (0, 1, 1, 0),
        "eve": (0, 2, 0, 0),
        "stranger": (0, 0, 0, 0),
        "rooty": (0, 0, 0, 0),
    }
    tables = ("orders", "order_lines", "refunds", "download_grants")
    for name, expected in counts.items():
        found = tuple(
            len(stage.actor(name).run(f"select id from public.{table}")) for table in tables
        )
        assert found == expected, name
    for table in tables:
        with forbidden():
            stage.visitor.run(f"select id from public.{table}")
