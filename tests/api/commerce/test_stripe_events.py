"""What Stripe reports ends the same, in whatever order and however often it is delivered."""

from __future__ import annotations

import json
import re
import threading
import uuid
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstack.processes import ROOT
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.ledger import balance
from tests.payouts import claim, sell
from tests.progression import pay
from tests.races import race, wait_until_blocked
from tests.schema.counters import counter_laws
from tests.shop import Shop
from tests.stories import EXPECTED, intent_of, returned_of, stories


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


@pytest.mark.parametrize("name", EXPECTED)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_order_of_deliveries_ends_the_same(
    db: Connection, name: str, data: st.DataObject
) -> None:
    with db.transaction(force_rollback=True):
        shop = Shop(db)
        shirt = shop.offer("cleo", name="Shirt", stock=9, price_minor=1234)
        order = shop.place("ben", shop.track("ada", name="Song"), shirt)
        story = stories(shop.row(order))[name]
        with db.transaction(force_rollback=True):
            for number, (kind, thing) in enumerate(story):
                shop.event(kind, thing, f"evt_in_turn_{number}")
            expected = shop.came_to(order)
            assert expected["status"] == EXPECTED[name]
            assert counter_laws(db) == []
        deliveries = data.draw(st.permutations([*enumerate(story), *enumerate(story)]))
        for number, (kind, thing) in deliveries:
            shop.event(kind, thing, f"evt_shuffled_{number}")
        assert shop.came_to(order) == expected
        pay(db)
        assert counter_laws(db) == []


def test_a_paid_order_moves_money_stock_and_rights(shop: Shop, ben: Actor, ada: Actor) -> None:
    order = shop.buy("ben", shop.track("ada"), shop.offer("cleo", stock=9))
    assert shop.row(order)["status"] == "paid"
    total = shop.row(order)["total_minor"]
    db = shop.connection
    assert (balance(db, "stripe_clearing"), balance(db, "fees")) == (total, -150)
    assert (balance(db, "payable", "ada"), balance(db, "payable", "cleo")) == (-500, -1000)
    assert len(ben.rows("my_downloads")) == 1
    assert [row["seller_net_minor"] for row in ada.rows("my_sales")] == [500]
    assert ada.rows("my_notifications")[0]["kind"] == "sale"


def test_a_delivery_that_comes_again_is_a_duplicate(shop: Shop) -> None:
    order = shop.place("ben", shop.offer("ada"))
    session = shop.session(order)
    told = [shop.event("checkout.session.completed", session, "evt_same") for _ in range(3)]
    assert told == ["applied", "duplicate", "duplicate"]
    assert shop.paid(order) == "stale"


@pytest.mark.parametrize(
    "difference", [{"amount_total": 1}, {"currency": "eur"}, {"amount_total": 10**9}]
)
def test_another_amount_or_currency_is_held_for_its_buyer(
    shop: Shop, admiral: Actor, ben: Actor, difference: dict[str, Any]
) -> None:
    order = shop.place("ben", shop.track("ada"))
    assert shop.paid(order, **difference) == "quarantined"
    assert shop.row(order)["status"] == "pending"
    assert ben.rows("my_downloads") == []
    (listed,) = admiral.rows("quarantined_events")
    assert (str(listed["order_id"]), listed["payment_intent_id"]) == (order, f"pi_{order}")
    with refused(403, "not_allowed"):
        ben.rows("quarantined_events")
    assert counter_laws(shop.connection) == []


def test_a_copy_that_is_paid_for_twice_is_bought_once_and_the_rest_is_held(
    shop: Shop, admiral: Actor, ben: Actor
) -> None:
    song, thing = shop.track("ada"), shop.offer("ada")
    first, second = (shop.place("ben", song, thing) for _ in range(2))
    assert [shop.paid(order) for order in (first, second)] == ["applied", "quarantined"]
    assert shop.row(second)["status"] == "pending"
    assert balance(shop.connection, "held", "ben") == -shop.row(second)["total_minor"]
    assert len(ben.rows("my_downloads")) == 1
    refund = admiral.call("refund_held", payment_intent_id=f"pi_{second}", note="paid twice")
    assert refund["amount_minor"] == shop.row(second)["total_minor"]
    # What is sent may be bought as often as one likes; what was given back, again.
    third, fourth = (shop.place("ben", thing) for _ in range(2))
    assert [shop.paid(order) for order in (third, fourth)] == ["applied", "applied"]
    shop.event("charge.refunded", shop.charge(first, shop.row(first)["total_minor"]))
    assert shop.paid(shop.place("ben", song)) == "applied"
    assert counter_laws(shop.connection) == []


def test_of_two_payments_at_once_for_one_copy_one_is_held(database: Database) -> None:
    with database.connect() as connection:
        shop = Shop(connection)
        songs = [shop.track("ada") for _ in range(6)]
        pairs = [[shop.place("ben", song) for _ in range(2)] for song in songs]

    def pay(which: int) -> Any:
        return lambda connection: [Shop(connection).paid(pair[which]) for pair in pairs]

    outcomes = race(database, [pay(0), pay(1)])
    assert [each for each in outcomes if not isinstance(each, list)] == []
    assert [sorted(both) for both in zip(*outcomes, strict=True)] == [
        ["applied", "quarantined"] for _ in pairs
    ]
    with database.connect() as connection:
        assert counter_laws(connection) == []


def test_a_payment_of_an_order_that_was_over_is_given_back_by_staff(
    shop: Shop, admiral: Actor
) -> None:
    db = shop.connection
    order = shop.place("ben", shop.offer("ada", stock=1))
    shop.expired(order)
    assert shop.paid(order) == "quarantined"
    assert shop.row(order)["status"] == "expired"
    assert balance(db, "held", "ben") == -1150
    refund = admiral.call("refund_held", payment_intent_id=f"pi_{order}", note="too late")
    with refused(409, "already_refunded"):
        admiral.call("refund_held", payment_intent_id=f"pi_{order}", note="again")
    told = shop.service.call("backend.refund_to_make", refund_id=refund["id"])
    assert (told["amount_minor"], told["status"]) == (1150, "approved")
    shop.service.call(
        "backend.record_refund", refund_id=refund["id"], stripe_refund_id="re_1", status="succeeded"
    )
    # What Stripe reports of it is that one.
    shop.event("charge.refunded", shop.charge(order, 1150))
    assert (balance(db, "held", "ben"), balance(db, "stripe_clearing")) == (0, 0)
    with refused(404, "payment_not_found"):
        admiral.call("refund_held", payment_intent_id="pi_none", note="x")


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("customer.created", {"id": "cus_1"}),
        ("checkout.session.completed", {"id": "cs_1", "metadata": {}, "payment_status": "paid"}),
        ("checkout.session.completed",
         {"id": "cs_1", "metadata": {"order_id": str(uuid.UUID(int=7))}, "payment_status": "paid"}),
        ("payment_intent.succeeded", {"id": "pi_1", "amount": 5, "currency": "usd"}),
        ("charge.refunded", {"id": "ch_1", "amount": 5, "amount_refunded": 5, "currency": "usd"}),
        ("charge.dispute.created", {"id": "dp_1", "status": "warning_needs_response"}),
    ],
)  # fmt: skip
def test_what_is_not_ours_is_ignored(shop: Shop, kind: str, thing: dict[str, Any]) -> None:
    assert shop.event(kind, thing) == "ignored"


def test_what_happens_in_an_account_of_a_sellers_pays_for_nothing(shop: Shop) -> None:
    order = shop.place("ben", shop.track("ada"))

    def told(kind: str, thing: dict[str, Any]) -> str:
        return shop.deliver({**shop.report(kind, thing), "account": "acct_ada"})

    row = shop.row(order)
    reports = [
        ("checkout.session.completed", shop.session(order)),
        ("payment_intent.succeeded", intent_of(row)),
        ("charge.refunded", shop.charge(order, 5)),
        ("charge.dispute.created", shop.dispute(order)),
        ("checkout.session.expired", shop.session(order, payment_intent=None)),
    ]
    assert [told(*report) for report in reports] == ["ignored"] * len(reports)
    assert shop.row(order) == row
    able = {"id": "acct_ada", "charges_enabled": True, "payouts_enabled": True}
    assert told("account.updated", able) == "applied"
    assert shop.paid(order) == "applied"


def test_less_than_was_asked_pays_for_nothing_whatever_was_said_before(shop: Shop) -> None:
    for is_declined_first in (True, False):
        order = shop.place("ben", shop.offer("ada"))
        row = shop.row(order)
        told = [
            ("payment_intent.payment_failed", intent_of(row, amount_received=0)),
            ("payment_intent.succeeded", intent_of(row, amount_received=row["total_minor"] - 1)),
        ]
        for report in told if is_declined_first else reversed(told):
            shop.event(*report)
        assert shop.row(order)["status"] == "pending"
    assert balance(shop.connection, "held", "ben") == -2 * (row["total_minor"] - 1)
    assert counter_laws(shop.connection) == []


def test_what_is_paid_in_no_currency_of_ours_is_for_staff(shop: Shop, admiral: Actor) -> None:
    order = shop.place("ben", shop.offer("ada"))
    assert shop.paid(order, currency="zzz") == "quarantined"
    assert shop.row(order)["status"] == "pending"
    assert [each["order_id"] for each in admiral.rows("quarantined_events")] == [uuid.UUID(order)]
    assert counter_laws(shop.connection) == []


def test_what_goes_back_of_no_order_is_for_staff(shop: Shop, ada: Actor, admiral: Actor) -> None:
    shop.service.call("backend.attach_customer", user_id=ada.id, customer_id="cus_ada")
    thing = {"id": "ch_1", "payment_intent": "pi_1", "amount": 999, "amount_refunded": 999}
    told = {**thing, "currency": "usd", "customer": "cus_ada"}
    assert shop.event("charge.refunded", told) == "quarantined"
    (listed,) = admiral.rows("quarantined_events")
    assert (listed["payment_intent_id"], listed["order_id"]) == ("pi_1", None)


@pytest.mark.parametrize(
    "kind",
    [
        "charge.dispute.closed", "charge.dispute.created", "charge.refunded", "refund.failed",
        "checkout.session.async_payment_failed", "checkout.session.async_payment_succeeded",
        "checkout.session.completed", "checkout.session.expired", "customer.subscription.created",
        "customer.subscription.deleted", "customer.subscription.updated", "invoice.paid",
        "invoice.payment_failed", "payment_intent.payment_failed", "payment_intent.succeeded",
        "payout.failed", "payout.paid", "transfer.created", "transfer.reversed", "account.updated",
    ],
)  # fmt: skip
def test_every_kind_of_event_reaches_what_it_is_about(shop: Shop, ada: Actor, kind: str) -> None:
    """And the page of a deployment asks Stripe for each of them."""
    order = shop.place("ben", shop.offer("ada"))
    shop.service.call("backend.attach_customer", user_id=ada.id, customer_id="cus_ada")
    shop.connection.execute("update private.artist_accounts set payouts_enabled = true")
    row, family = shop.row(order), kind.split(".")[0]
    things: dict[str, dict[str, Any]] = {
        "charge": shop.dispute(order) if "dispute" in kind else shop.charge(order, 5),
        "refund": returned_of(row, 5),
        "checkout": shop.session(
            order,
            payment_status="paid" if kind.endswith(("completed", "succeeded")) else "unpaid",
        ),
        "customer": {"id": "sub_1", "customer": "cus_ada", "status": "active"},
        "invoice": {
            "id": "in_1", "customer": "cus_ada", "status": "void", "currency": "zzz",
            "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {}}},
        },
        "payment_intent": intent_of(row),
        "payout": {"id": "po_1", "status": "paid", "amount": "x", "currency": "usd"},
        "transfer": {"id": "tr_1", "amount": 2000, "currency": "usd", "amount_reversed": 0},
        "account": {"id": "acct_ada", "charges_enabled": True, "payouts_enabled": True},
    }  # fmt: skip
    sell(shop.connection, 2000)
    ada.call("request_payout", currency="USD")
    (transfer,) = claim(shop.connection)
    metadata = {"order_id": order, "transfer_id": str(transfer["transfer_id"])}
    event = shop.report(kind, {**things[family], "metadata": metadata})
    if family in ("payout", "account"):
        event |= {"account": "acct_ada"}
    assert shop.deliver(event) in ("applied", "quarantined")
    page = (ROOT / "docs" / "deploy.md").read_text()
    asked = set(re.findall(r"`([a-z_]+\.[a-z_.*]+)`", page))
    assert any(fnmatchcase(kind, each) for each in asked), kind


@pytest.mark.parametrize("event", ["null", "{}", "[]", '{"id": "evt_1", "type": "x"}'])
def test_what_is_no_event_is_refused(shop: Shop, event: str) -> None:
    with refused(422, "event_invalid"):
        shop.service.call("backend.apply_stripe_event", event=event)


def test_a_session_is_of_one_order(shop: Shop) -> None:
    first, second = (shop.place("ben", shop.offer("ada")) for _ in range(2))
    attach = {"order_id": first, "session_id": f"cs_{first}"}
    told = shop.service.call("backend.attach_session", **attach)
    assert told["stripe_session_id"] == f"cs_{first}"
    for order, session in ((first, "cs_other"), (first, f"cs_{second}")):
        with refused(409, "session_differs"):
            shop.service.call("backend.attach_session", order_id=order, session_id=session)
    with refused(404, "order_not_found"):
        shop.service.call("backend.attach_session", order_id=uuid.uuid4(), session_id="cs_x")
    assert shop.service.call("backend.abandon_order", order_id=first) == "pending"


def test_a_session_brings_no_order_back_that_is_over(shop: Shop) -> None:
    thing = shop.offer("ada", stock=1)
    order = shop.checkout("ben", thing)["order_id"]
    assert shop.service.call("backend.abandon_order", order_id=order) == "failed"
    told = shop.service.call("backend.attach_session", order_id=order, session_id="cs_late")
    # create-checkout gives nobody its page then.
    assert (told["status"], told["stripe_session_id"]) == ("failed", "cs_late")
    assert shop.paid(order, id="cs_late") == "quarantined"
    assert shop.row(order)["status"] == "failed"
    assert balance(shop.connection, "held", "ben") == -1150
    (row,) = shop.connection.execute("select stock from public.products").fetchall()
    assert row["stock"] == 1


def test_texts_of_events_are_forgotten(shop: Shop) -> None:
    shop.buy("ben", shop.offer("ada"))
    forget = "backend.forget_stripe_payloads"
    assert shop.service.call(forget, size=10) == 0
    shop.connection.execute("update private.stripe_events set received_at = now() - interval '31d'")
    assert shop.service.call(forget, size=10) == 1
    assert shop.service.call(forget, size=10) == 0


def test_what_is_held_is_found_for_as_long_as_it_is(shop: Shop, admiral: Actor) -> None:
    db = shop.connection
    order = shop.place("ben", shop.offer("ada"))
    assert shop.paid(order, amount_total=1) == "quarantined"
    strange = {"id": "sub_9", "customer": "cus_9", "metadata": {"user_id": str(person_id("ben"))}}
    assert shop.event("customer.subscription.updated", strange) == "quarantined"
    db.execute("update private.stripe_events set received_at = now() - interval '31d'")
    assert shop.service.call("backend.forget_stripe_payloads", size=10) == 2
    assert db.execute("select from private.stripe_events where payload is not null").rowcount == 0
    by_type = {row["type"]: row for row in admiral.rows("quarantined_events")}
    held = by_type["checkout.session.completed"]
    other = by_type["customer.subscription.updated"]
    assert (str(held["order_id"]), held["payment_intent_id"]) == (order, f"pi_{order}")
    assert (other["order_id"], other["payment_intent_id"]) == (None, "sub_9")
    # Staff are told of each why.
    assert None not in (held["error"], other["error"])
    assert held["error"] != other["error"]
    refund = admiral.call("refund_held", payment_intent_id=held["payment_intent_id"], note="x")
    assert refund["amount_minor"] == 1


def test_eight_at_once_deliver_everything_thrice_and_each_is_paid_once(database: Database) -> None:
    with database.connect() as connection:
        shop = Shop(connection)
        thing = shop.offer("ada", stock=1000)
        rate = "update private.rate_limit_rules set capacity = 1000 where action = 'place_order'"
        connection.execute(rate.encode())
        orders = [shop.place("ben", thing) for _ in range(12)]
        events = [event for order in orders for event in stories(shop.row(order))["refunded"]]

    def deliver(shift: int) -> Any:
        def run(connection: Connection) -> list[str]:
            told = Shop(connection)
            turned = [*enumerate(events)][shift * 6 :] + [*enumerate(events)][: shift * 6]
            return [told.event(kind, thing, f"evt_{n}") for n, (kind, thing) in turned]

        return run

    outcomes = race(database, [deliver(shift) for shift in range(8)])
    assert [each for each in outcomes if not isinstance(each, list)] == []
    flat = [each for told in outcomes for each in told]
    assert flat.count("duplicate") == 7 * len(events)
    with database.connect() as connection:
        shop = Shop(connection)
        assert {shop.row(order)["status"] for order in orders} == {"refunded"}
        assert balance(connection, "stripe_clearing") == 0
        assert balance(connection, "payable", "ada") == 0
        assert counter_laws(connection) == []


@pytest.mark.parametrize("way", ["given back", "expired"])
def test_who_waits_for_one_product_holds_none_that_comes_after_it(
    database: Database, way: str
) -> None:
    with database.connect() as connection:
        shop = Shop(connection)
        first, second = sorted(shop.offer("ada", stock=9) for _ in range(2))
        if way == "given back":
            order = shop.buy("ben", second, first)
            total = shop.row(order)["total_minor"]
            told = shop.report("charge.refunded", shop.charge(order, total))
        else:
            for product in (second, first):
                shop.checkout("ben", product)
            connection.execute("update public.orders set expires_at = now()")

    def give_back() -> None:
        if way == "given back":
            Shop(waiting).deliver(told)
        else:
            actor(waiting, "service").call("backend.expire_orders", size=10)

    lock = "select from public.products where id = %s for no key update nowait"
    with (
        database.connect() as waiting,
        database.connect() as watcher,
        database.connect(autocommit=False) as holder,
    ):
        holder.execute(lock, [first])
        thread = threading.Thread(target=give_back)
        thread.start()
        try:
            wait_until_blocked(watcher, waiting)
            holder.execute(lock, [second])
        finally:
            holder.rollback()
            thread.join()
        assert watcher.execute("select from public.products where stock = 9").rowcount == 2


def test_ten_at_once_download_three_times(database: Database) -> None:
    with database.connect() as connection:
        shop = Shop(connection)
        shop.buy("ben", shop.track("ada"))
        grant = actor(connection, "ben").rows("my_downloads")[0]["grant_id"]

    def download(connection: Connection) -> Any:
        return actor(connection, "service").call(
            "backend.claim_download", user_id=person_id("ben"), grant_id=grant
        )

    outcomes = race(database, [download] * 10)
    links = [each for each in outcomes if isinstance(each, dict)]
    assert sorted(link["left"] for link in links) == [0, 1, 2]
    assert json.dumps(links[0])
