"""What Stripe reported and nobody heard is found, applied once, and the money compared."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from devstack.stripe.webhooks import Chaos
from tests.functions.market import Market

ORDERS = 40


def reconcile(market: Market) -> dict[str, Any]:
    """Compare with Stripe; what came of it."""
    answer = market.run("reconcile-stripe")
    lines = market.functions.lines_of(answer.headers["x-request-id"])
    assert answer.status_code == 200, lines[-3:]
    found = answer.json()
    assert isinstance(found, dict)
    return found


def difference(told: dict[str, Any]) -> int:
    """By how much the ledger and Stripe differ, in cents."""
    dollars = told["report"]["currencies"].get("USD", {"difference_minor": 0})
    return int(dollars["difference_minor"])


def test_one_look_at_stripe_repairs_what_was_lost_and_a_second_changes_nothing(
    market: Market,
) -> None:
    ada, ben = market.seller("lost_ada"), market.live.person("lost_ben")
    # Other tests have moved the dates of their sales: what counts is that nothing is added.
    before = difference(reconcile(market))
    earned = market.payable(ada)
    merch = market.offer(ada, 1000, kind="merch")
    market.stripe.webhooks.chance = random.Random(20)
    dropped = market.stripe.webhooks.counts["dropped"]

    def buy(do: str = "pay") -> str:
        made = market.checkout(ben, merch)
        assert made.status_code == 200, made.text
        market.press(made.json()["url"], do)
        return str(made.json()["order_id"])

    market.stripe.webhooks.chaos = Chaos(drop=0.05)
    orders = [buy() for _ in range(ORDERS)]
    market.wait()
    assert market.stripe.webhooks.counts["dropped"] > dropped
    # And some of which nothing at all is heard, one of them paid later.
    market.stripe.webhooks.chaos = Chaos(drop=1)
    orders += [buy(), buy("arrives")]
    (session,) = market.of_order("checkout.session", orders[-1])
    market.happens(f"sessions/{session['id']}/settle", arrives=True)
    market.wait()
    assert [market.status(order) for order in orders[-2:]] == ["pending", "pending"]
    missing = {event["id"] for event in market.stripe.store.all("event")} - {
        name for (name,) in market.live.sql("select id from private.stripe_events")
    }
    assert len(missing) > 2

    told = reconcile(market)
    assert told["repaired"] >= 2
    assert {market.status(order) for order in orders} == {"paid"}
    assert market.payable(ada) - earned == 1000 * len(orders)
    assert difference(told) == before
    assert (
        market.live.sql(
            "select id from unnest(%s::text[]) as id"
            " where id not in (select id from private.stripe_events)",
            sorted(missing),
        )
        == []
    )

    entries = market.live.sql("select count(*) from private.ledger_transactions")
    again = reconcile(market)
    assert (again["repaired"], difference(again)) == (0, before)
    assert market.live.sql("select count(*) from private.ledger_transactions") == entries


def test_a_checkout_whose_end_is_older_than_stripes_events_is_asked_for(market: Market) -> None:
    ada, ben = market.seller("old_ada"), market.live.person("old_ben")

    def buy(do: str = "pay") -> str:
        made = market.checkout(ben, market.offer(ada, 700)).json()
        market.press(made["url"], do)
        return str(made["order_id"])

    # What is on its way may be for weeks.
    late, coming = buy("fails"), buy("fails")
    market.wait()
    market.stripe.webhooks.chaos = Chaos(drop=1)
    paid = buy()
    (session,) = market.of_order("checkout.session", late)
    market.happens(f"sessions/{session['id']}/settle", arrives=False)
    market.wait()
    market.live.sql(
        "update public.orders set created_at = now() - interval '20 days' where id = any (%s)",
        [uuid.UUID(late), uuid.UUID(coming)],
    )
    # Stripe lists events for a while only.
    store = market.stripe.store
    for event in list(store.all("event")):
        del store.objects[event["id"]]
    orders = (paid, late, coming)
    assert [market.status(order) for order in orders] == ["pending"] * 3
    assert reconcile(market)["repaired"] == 2
    assert [market.status(order) for order in orders] == ["paid", "failed", "pending"]
    assert reconcile(market)["repaired"] == 0


def test_one_event_that_cannot_be_applied_keeps_none_of_the_others_back(market: Market) -> None:
    ada, ben = market.seller("odd_ada"), market.live.person("odd_ben")
    market.stripe.webhooks.chaos = Chaos(drop=1)
    odd = market.stripe.store.happened("customer.created", {"id": "cus_odd", "object": "customer"})
    # None of Stripe's, as far as the database can tell.
    market.stripe.store.objects[odd["id"]]["type"] = "Odd"
    made = market.checkout(ben, market.offer(ada, 900)).json()
    market.press(made["url"])
    market.wait()
    reports = market.live.sql("select count(*) from private.reconciliations")
    answer = market.run("reconcile-stripe")
    told = answer.json()
    assert (answer.status_code, told["error"], told["failed"]) == (422, "event_invalid", 1)
    assert told["repaired"] >= 1
    assert market.status(made["order_id"]) == "paid"
    assert market.live.sql("select count(*) from private.reconciliations") == [(reports[0][0] + 1,)]
    del market.stripe.store.objects[odd["id"]]
    assert reconcile(market)["failed"] == 0


def test_it_looks_as_far_back_as_the_setting_says(market: Market) -> None:
    setting = "update private.settings set value = %s where name = 'reconciled_hours'"
    market.live.sql(setting, 5)
    asked = len(market.stripe.requests)
    report = reconcile(market)["report"]
    market.live.sql(setting, 72)
    from_at, to_at = (datetime.fromisoformat(report[name]) for name in ("from_at", "to_at"))
    assert timedelta(hours=5) <= to_at - from_at < timedelta(hours=6)
    looked = {
        parse_qs(one.parameters).get("created[gte]", ["none"])[0]
        for one in market.stripe.requests[asked:]
        if one.path == "/v1/events"
    }
    assert looked == {str(int(from_at.timestamp()))}


def test_while_stripe_is_away_nothing_is_written(market: Market) -> None:
    reports = market.live.sql("select count(*) from private.reconciliations")
    market.stripe.script += [503] * 3
    answer = market.run("reconcile-stripe")
    assert (answer.status_code, answer.json()["error"]) == (502, "stripe_unavailable")
    assert market.live.sql("select count(*) from private.reconciliations") == reports
