"""What was acknowledged stays, and orders end as they must, however often the database is killed.

`make crash` runs the long form.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devstack.parts.postgres import SUPERUSER, PostgresServer
from devstack.platform import prepare_platform
from devstack.processes import free_port
from devstack.schema import load_schema
from tests.crash.market import expected, found, open_market, stock_left
from tests.crash.site import NAME, Site, start
from tests.crash.storm import Storm
from tests.crash.trade import DELIVERIES, Trade, do_chore, missing_orders, ordering
from tests.database import Connection, Database, make_cast
from tests.schema.counters import counter_laws

ORDERS = int(os.environ.get("CRASH_ORDERS") or 60)
KILLS = int(os.environ.get("CRASH_KILLS") or 2)
WORKERS = 8

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of a server in /proc"),
    pytest.mark.timeout(600 + 10 * ORDERS),
]
Remark = Callable[[str, object], None]


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that was stopped, with the schema and the cast."""
    home = tmp_path_factory.mktemp("stocked")
    server = PostgresServer(home / "data", free_port(), "test", fast=True, log=home / "log")
    server.initialise()
    try:
        start(server)
        prepare_platform(server, NAME)
        database = Database(server, NAME)
        load_schema(database.url())
        with database.connect() as connection:
            make_cast(connection)
        with server.connect("postgres", SUPERUSER) as connection:
            # The machine goes on: what the file system holds need not be written file by file.
            connection.execute("alter system set recovery_init_sync_method = 'syncfs'")
    finally:
        server.stop()
    return server.data


@pytest.fixture
def site(stocked: Path, tmp_path: Path) -> Iterator[Site]:
    """A server of one's own that waits for the disk before it answers."""
    # With its owner, who is not the one that copies where that is root.
    subprocess.run(["cp", "-a", stocked, tmp_path / "data"], check=True)
    made = Site(PostgresServer(tmp_path / "data", free_port(), "test", log=tmp_path / "log"))
    try:
        start(made.server)
        yield made
    finally:
        made.stop()


def test_every_order_is_paid_once_or_rightly_not_at_all_however_often_the_database_is_killed(
    site: Site, record_property: Remark
) -> None:
    """It is killed once while orders are placed, and then while Stripe tells of them."""
    record_property("remark", trade(site, ORDERS, kills=KILLS, kills_before=1))


def test_nothing_acknowledged_is_lost_when_the_standby_takes_over(
    site: Site, tmp_path: Path, record_property: Remark
) -> None:
    first = site.server
    site.add_standby(tmp_path / "standby")
    record_property("remark", trade(site, max(ORDERS // 5, 30), kills=1))
    assert site.server is not first
    assert first.process is None


def test_a_database_that_answers_before_it_has_written_is_found_out(site: Site) -> None:
    chance = random.Random(1)
    with site.server.connect("postgres", SUPERUSER) as connection:
        connection.execute("alter system set wal_writer_delay = '10s'")
        connection.execute("select pg_reload_conf()")
    told = Trade()
    with site.database().connect() as connection:
        market = open_market(connection, 6, chance)
        placed = [(basket, market.place(connection, basket)) for basket in market.baskets]
        ordered = [(basket, order) for basket, order in placed if order is not None]
        told.tell(connection, ordered, chance)
        jobs = told.deliveries(chance)
        connection.execute("set synchronous_commit = off")
        answers = {number: job(connection) for number, job in enumerate(jobs)}
        assert told.missing(connection, answers) == []
        site.hold()
        site.kill()
    site.recover()
    with site.database().connect() as connection:
        assert told.missing(connection, answers)


def trade(site: Site, orders: int, *, kills: int, kills_before: int = 0) -> str:
    """Place orders and let Stripe tell of them, with kills; what happened, in a sentence."""
    seed = int(os.environ.get("CRASH_SEED") or random.randrange(2**32))
    say(f"\nCRASH_SEED={seed}: {orders} orders, {kills_before} + {kills} kills")
    chance = random.Random(seed)
    began = time.monotonic()
    with site.database().connect() as connection:
        market = open_market(connection, orders, chance)
    placing = Storm(site, ordering(market), WORKERS, chance, say)
    placing.run(kills_before, missing_orders)
    ordered = [
        (market.baskets[number], order)
        for number, order in placing.answers.items()
        if order is not None
    ]
    assert len(ordered) == orders
    told = Trade()
    with site.database().connect() as connection:
        told.tell(connection, ordered, chance)
    webhooks = Storm(site, told.deliveries(chance), WORKERS, chance, say)
    webhooks.run(kills, told.missing)

    # Whoever hears twice that an event is new has heard of one that was lost.
    heard = told.heard(webhooks.answers)
    assert max(heard.values()) == 1
    assert set(told.acknowledged(webhooks.answers).values()) == {DELIVERIES}
    kills_made = [*placing.kills, *webhooks.kills]
    assert len(kills_made) == kills_before + kills
    # Each of them broke what was under way.
    assert all(kill.unanswered > 0 for kill in kills_made)
    early = told.openings(webhooks.answers)["charge.refunded"]
    assert early > 0
    with site.database().connect() as connection:
        judge(connection, told, market.scarce)
    return (
        f"{orders} orders, {len(told.events)} events delivered {DELIVERIES} times each by {WORKERS}"
        f" workers, {early} refunds before anything else; {len(kills_made)} kills with"
        f" {sum(kill.in_flight for kill in kills_made)} in flight, of which"
        f" {sum(kill.unanswered for kill in kills_made)} were never answered;"
        f" {len(told.events) - len(heard)} events stored without an answer that said so;"
        f" {time.monotonic() - began:.0f} s"
    )


def judge(connection: Connection, told: Trade, scarce: int) -> None:
    """Compare all that is stored with what the stories say."""
    while do_chore(connection, "backend.expire_orders"):
        pass
    do_chore(connection, "backend.checkpoint_balances")
    rows = connection.execute("select id from private.stripe_events").fetchall()
    assert {row["id"] for row in rows} == set(told.events)
    meant = {order: expected(order, *each) for order, each in told.orders.items()}
    facts = found(connection)
    assert facts.keys() == meant.keys()
    wrong = {order: (facts[order], meant[order]) for order in meant if facts[order] != meant[order]}
    assert wrong == {}
    shelves = connection.execute("select name, stock, sold_count from public.products").fetchall()
    left = {row["name"]: (row["stock"], row["sold_count"]) for row in shelves}
    assert left == stock_left([*told.orders.values()], scarce)
    totals = connection.execute(
        "select account.currency, sum(posting.amount_minor) as minor"
        " from private.ledger_postings as posting"
        " join private.ledger_accounts as account on account.id = posting.account_id"
        " group by 1"
    ).fetchall()
    assert {row["currency"]: row["minor"] for row in totals} == {"EUR": 0, "USD": 0}
    counted = connection.execute(
        "select from private.ledger_accounts where counted_to > '0' and counted_minor <> 0"
    ).fetchall()
    assert counted != []
    # Each entry by itself as well, and the balances from their checkpoint.
    assert counter_laws(connection) == []


def say(line: str) -> None:
    """Show how far it is, to who has asked to see it."""
    print(line, flush=True)
