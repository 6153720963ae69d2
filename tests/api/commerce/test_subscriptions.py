"""Subscriptions are as Stripe says, in whatever order and however often it says it."""

from __future__ import annotations

import itertools
import json
import random
import threading
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import race, wait_until_blocked_or_done
from tests.schema.counters import counter_laws

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def epoch(at: datetime) -> int:
    return int(at.timestamp())


def subscription(
    status: str, starts: datetime = NOW - 10 * DAY, price: str = "price_pro", **more: Any
) -> dict[str, Any]:
    """A subscription as Stripe's API of 2026-10-28 shows it: the period is its item's."""
    period = {
        "current_period_start": epoch(starts),
        "current_period_end": epoch(starts + 30 * DAY),
    }
    return {
        "id": "sub_1",
        "customer": "cus_ada",
        "status": status,
        "start_date": epoch(NOW - 40 * DAY),
        "cancel_at_period_end": False,
        "cancel_at": None,
        "ended_at": None,
        "metadata": {},
        "items": {"data": [{"price": {"id": price}, **period}]},
        **more,
    }


def invoice(status: str, until: datetime, paid: int = 999, **more: Any) -> dict[str, Any]:
    """An invoice of that subscription."""
    return {
        "id": "in_1",
        "customer": "cus_ada",
        "status": status,
        "amount_due": 999,
        "amount_paid": paid if status == "paid" else 0,
        "currency": "usd",
        "created": epoch(NOW),
        "hosted_invoice_url": "https://invoice.stripe.test/i/1",
        "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {}}},
        "lines": {"data": [{"period": {"end": epoch(until)}}]},
        **more,
    }


def tell(db: Connection, what: str, thing: dict[str, Any], at: datetime = NOW) -> str:
    """What becomes of a report of Stripe's."""
    row = db.execute(f"select private.mirror_{what}(%s, %s) as it", [Jsonb(thing), at]).fetchone()
    assert row is not None
    return str(row["it"])


def tell_report(report: tuple[Any, ...], db: Connection) -> str:
    """What becomes of one of several reports, on a connection of its own."""
    return tell(db, *report)


@pytest.fixture
def customer(db: Connection, ada: Actor) -> Actor:
    """ada, who has begun to subscribe to pro."""
    service = actor(db, "service")
    begun = service.call(
        "backend.begin_subscription", user_id=ada.id, plan="pro", price_id="price_pro"
    )
    assert begun == {
        "stripe_customer_id": None, "email": "ada@backbeat.test", "plan": "pro",
        "price_id": "price_pro",
    }  # fmt: skip
    assert service.call("backend.attach_customer", user_id=ada.id, customer_id="cus_ada")
    return ada


def tier(somebody: Actor) -> str:
    return str(somebody.call("my_entitlements")["tier"])


@pytest.mark.parametrize(
    ("status", "has"),
    [
        ("incomplete", "free"), ("trialing", "pro"), ("active", "pro"), ("unpaid", "free"),
        ("paused", "free"), ("incomplete_expired", "free"), ("canceled", "free"),
    ],
)  # fmt: skip
def test_a_subscription_entitles_while_it_is_paid(
    status: str, has: str, db: Connection, customer: Actor
) -> None:
    ended = epoch(NOW - DAY) if status in ("canceled", "incomplete_expired") else None
    assert tell(db, "subscription", subscription(status, ended_at=ended)) == "applied"
    assert tier(customer) == has
    assert customer.call("my_subscription")["status"] == status
    account = customer.call("my_account")
    assert (account["tier"], account["is_subscribed"]) == (has, has == "pro")


def test_what_is_past_due_goes_on_for_three_days(db: Connection, customer: Actor) -> None:
    """Stripe has begun the next period by then: the days are after what is paid for."""
    tell(db, "subscription", subscription("past_due", NOW - 3 * DAY + timedelta(hours=6)))
    assert tier(customer) == "pro"
    db.execute("delete from public.subscriptions")
    tell(db, "subscription", subscription("past_due", NOW - 3 * DAY - timedelta(hours=6)))
    assert tier(customer) == "free"
    # Paid for longer than that, it runs on.
    assert tell(db, "invoice", invoice("paid", NOW + DAY)) == "applied"
    assert customer.call("my_entitlements")["ends_at"] == (NOW + 4 * DAY).isoformat()


def test_any_order_and_number_of_reports_ends_the_same(db: Connection, customer: Actor) -> None:
    at = [NOW + timedelta(seconds=each) for each in (0, 0, 5, 9, 9)]
    story = [
        ("subscription", subscription("incomplete"), at[0]),
        ("subscription", subscription("active"), at[1]),
        ("invoice", invoice("open", NOW + 20 * DAY), at[0]),
        ("invoice", invoice("paid", NOW + 20 * DAY), at[1]),
        ("subscription", subscription("past_due", NOW - DAY), at[2]),
        ("subscription", subscription("canceled", NOW - DAY, ended_at=epoch(NOW)), at[3]),
    ]
    stories = list(itertools.permutations(story))
    ends = set()
    for told in random.Random(7).sample(stories, 60):
        with db.transaction(force_rollback=True):
            for report in (*told, *told[:3]):
                tell(db, *report)
            row = db.execute(
                "select (select to_jsonb(s) from public.subscriptions as s) as subscription,"
                " (select to_jsonb(i) from public.invoices as i) as invoice,"
                " (select jsonb_agg(to_jsonb(g) - '{id,created_at}'::text[])"
                "   from public.entitlement_grants as g) as entitled,"
                " private.balance('platform', null, 'subscriptions', 'USD') as income"
            ).fetchone()
            assert row is not None
            ends.add(repr(row))
            assert (row["income"], row["subscription"]["status"]) == (-999, "canceled")
            assert counter_laws(db) == []
    assert len(ends) == 1


def test_a_report_that_comes_again_is_stale(db: Connection, customer: Actor) -> None:
    thing = subscription("active")
    assert [tell(db, "subscription", thing) for _ in range(3)] == ["applied", "stale", "stale"]
    assert tell(db, "subscription", subscription("past_due"), NOW - DAY) == "stale"
    assert customer.call("my_subscription")["status"] == "active"


def test_another_plan_in_the_same_period_counts_from_then_on(
    db: Connection, customer: Actor
) -> None:
    tell(db, "subscription", subscription("active"))
    db.execute("insert into private.plan_prices (price_id, plan) values ('price_studio', 'studio')")
    changed = subscription("active", price="price_studio")
    tell(db, "subscription", changed, NOW + timedelta(seconds=1))
    assert tier(customer) == "studio"
    assert db.execute("select from public.entitlement_grants").rowcount == 1


def test_within_a_second_what_is_to_end_counts(db: Connection, customer: Actor) -> None:
    reports = [subscription("active"), subscription("active", cancel_at_period_end=True)]
    for first, second in itertools.permutations(reports):
        with db.transaction(force_rollback=True):
            tell(db, "subscription", first)
            tell(db, "subscription", second)
            mine = customer.call("my_subscription")
            assert (mine["status"], mine["cancels_at"] is None) == ("active", False)


def test_an_ended_subscription_does_not_come_back(db: Connection, customer: Actor) -> None:
    tell(db, "subscription", subscription("canceled", ended_at=epoch(NOW)))
    late = subscription("active", NOW + 5 * DAY)
    assert tell(db, "subscription", late, NOW + 9 * DAY) == "stale"
    assert tier(customer) == "free"


def test_one_that_will_end_says_when(db: Connection, customer: Actor) -> None:
    tell(db, "subscription", subscription("active", cancel_at_period_end=True))
    told = customer.call("my_subscription")
    assert told["cancels_at"] == told["period_end"] == told["entitled_until"]
    assert tier(customer) == "pro"


def test_what_names_nobody_of_ours_is_ignored_and_what_cannot_be_is_kept_for_staff(
    db: Connection, customer: Actor
) -> None:
    stranger: dict[str, Any] = {"customer": "cus_nobody"}
    assert tell(db, "subscription", subscription("active", **stranger)) == "ignored"
    assert tell(db, "invoice", invoice("paid", NOW, **stranger)) == "ignored"
    assert tell(db, "invoice", invoice("paid", NOW, parent=None)) == "ignored"
    gone: dict[str, Any] = {"customer": "cus_x", "metadata": {"user_id": str(uuid.uuid4())}}
    assert tell(db, "subscription", subscription("active", **gone)) == "ignored"
    assert tell(db, "subscription", subscription("active", price="price_x")) == "quarantined"
    assert tell(db, "subscription", subscription("nonsense")) == "quarantined"
    assert tell(db, "subscription", subscription("active", items={"data": []})) == "quarantined"
    for odd in ({"currency": "xxx"}, {"amount_paid": -1}, {"amount_paid": 0.5}, {"status": "x"}):
        assert tell(db, "invoice", {**invoice("paid", NOW), **odd}) == "quarantined"
    for table in ("subscriptions", "invoices", "entitlement_grants"):
        assert db.execute(f"select from public.{table}").rowcount == 0


def test_metadata_say_whose_it_is_and_what_is_paid_says_which_plan(
    db: Connection, ben: Actor
) -> None:
    """In the billing portal they choose another; what they began with is what metadata say."""
    named = {"user_id": str(ben.id), "plan": "studio"}
    known = json.dumps({"pro": "price_x", "studio": "price_y"})
    assert actor(db, "service").call("backend.know_plan_prices", prices=known) == 2
    for price, plan, at in (("price_y", "studio", NOW), ("price_x", "pro", NOW + DAY)):
        told = subscription("active", price=price, metadata=named)
        assert (tell(db, "subscription", told, at), tier(ben)) == ("applied", plan)
    unknown = subscription("active", price="price_z", metadata=named)
    assert tell(db, "subscription", unknown, NOW + 2 * DAY) == "quarantined"
    assert tier(ben) == "pro"


@pytest.mark.parametrize(
    ("prices", "status", "token"),
    [
        ("[]", 422, "value_missing"),
        ("{}", 422, "value_missing"),
        (None, 422, "value_missing"),
        ('{"gold": "price_g"}', 404, "plan_not_found"),
        ('{"free": "price_f"}', 404, "plan_not_found"),
        ('{"pro": "no price"}', 422, "provider_id_invalid"),
        ('{"pro": null}', 422, "provider_id_invalid"),
        ('{"pro": "price_7", "studio": "price_7"}', 409, "price_of_another_plan"),
    ],
)
def test_prices_are_of_plans(db: Connection, prices: str | None, status: int, token: str) -> None:
    with refused(status, token):
        actor(db, "service").call("backend.know_plan_prices", prices=prices)


def test_who_has_two_subscriptions_is_listed_for_staff(db: Connection, customer: Actor) -> None:
    assert tell(db, "subscription", subscription("active")) == "applied"
    second = subscription("active", id="sub_2")
    assert tell(db, "subscription", second) == "quarantined"
    assert tell(db, "subscription", second) == "stale"
    ended = subscription("canceled", ended_at=epoch(NOW))
    assert tell(db, "subscription", ended, NOW + DAY) == "applied"
    assert tier(customer) == "pro"


def test_invoices_are_told_to_whose_they_are(db: Connection, customer: Actor, ben: Actor) -> None:
    tell(db, "subscription", subscription("active"))
    tell(db, "invoice", invoice("paid", NOW + DAY))
    earlier: dict[str, Any] = {"id": "in_0", "created": epoch(NOW - 30 * DAY)}
    tell(db, "invoice", invoice("open", NOW, **earlier))
    first, second = customer.rows("my_invoices")
    assert (first["id"], first["plan"], first["paid_minor"], first["currency"]) == (
        "in_1", "pro", 999, "USD",
    )  # fmt: skip
    assert (second["id"], second["status"], second["paid_minor"]) == ("in_0", "open", 0)
    (alone,) = customer.rows("my_invoices", after=first["cursor"], page_size=1)
    assert alone["id"] == "in_0"
    assert (ben.rows("my_invoices"), ben.call("my_subscription")) == ([], None)


def test_an_invoice_is_in_the_ledger_once(db: Connection, customer: Actor) -> None:
    for _ in range(3):
        tell(db, "invoice", invoice("paid", NOW))
    tell(db, "invoice", invoice("open", NOW), NOW + DAY)
    assert customer.rows("my_invoices")[0]["status"] == "paid"
    rows = db.execute(
        "select private.balance('provider', null, 'stripe_clearing', 'USD') as there,"
        " private.balance('platform', null, 'subscriptions', 'USD') as earned"
    ).fetchone()
    assert rows == {"there": 999, "earned": -999}


def test_what_was_paid_by_somebody_who_is_gone_is_in_the_ledger_and_names_nobody(
    db: Connection, customer: Actor
) -> None:
    tell(db, "subscription", subscription("active"))
    tell(db, "invoice", invoice("open", NOW + DAY))
    db.execute("select private.erase_account(%s)", [customer.id])
    # Known by what was open when they left, or by what Stripe was told when they subscribed.
    assert tell(db, "invoice", invoice("paid", NOW + DAY), NOW + DAY) == "applied"
    whose = {"subscription": "sub_2", "metadata": {"user_id": str(customer.id)}}
    another: dict[str, Any] = {"id": "in_2", "parent": {"subscription_details": whose}}
    assert tell(db, "invoice", invoice("paid", NOW + DAY, **another)) == "applied"
    rows = db.execute("select user_id, url, status from public.invoices").fetchall()
    assert rows == [{"user_id": None, "url": None, "status": "paid"}] * 2
    earned = db.execute(
        "select private.balance('platform', null, 'subscriptions', 'USD') as minor"
    ).fetchone()
    assert earned == {"minor": -2 * 999}
    assert tell(db, "subscription", subscription("active"), NOW + DAY) == "ignored"
    assert counter_laws(db) == []


def test_a_report_waits_for_who_is_just_leaving_and_is_there_when_they_come_back(
    database: Database,
) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into private.stripe_customers (user_id, stripe_customer_id)"
            " values (%s, 'cus_ada')",
            [person_id("ada")],
        )
        connection.execute(
            "insert into private.plan_prices (price_id, plan) values ('price_pro', 'pro')"
        )
    outcomes: list[str] = []

    def report() -> None:
        outcomes.append(tell(waiting, "subscription", subscription("active")))
        outcomes.append(tell(waiting, "invoice", invoice("paid", NOW + DAY)))

    with (
        database.connect() as waiting,
        database.connect() as watcher,
        database.connect(autocommit=False) as leaving,
    ):
        leaving.execute("select private.lock_leaving(array[%s::uuid])", [person_id("ada")])
        thread = threading.Thread(target=report)
        thread.start()
        try:
            wait_until_blocked_or_done(watcher, waiting, thread)
        finally:
            leaving.rollback()
            thread.join()
        assert outcomes == ["applied", "applied"]
        assert tier(actor(watcher, "ada")) == "pro"


def test_who_subscribes_already_does_not_again(db: Connection, customer: Actor) -> None:
    service = actor(db, "service")
    tell(db, "subscription", subscription("past_due"))
    given = {"user_id": customer.id, "plan": "studio", "price_id": "price_studio"}
    with refused(409, "already_subscribed"):
        service.call("backend.begin_subscription", **given)
    tell(db, "subscription", subscription("canceled", ended_at=epoch(NOW)))
    assert service.call("backend.begin_subscription", **given)["stripe_customer_id"] == "cus_ada"
    for odd, status, token in (
        ({"plan": "free"}, 404, "plan_not_found"),
        ({"plan": "gold"}, 404, "plan_not_found"),
        ({"user_id": uuid.uuid4()}, 404, "profile_not_found"),
        ({"price_id": "price_pro"}, 409, "price_of_another_plan"),
        ({"price_id": ""}, 422, "provider_id_invalid"),
    ):
        with refused(status, token):
            service.call("backend.begin_subscription", **{**given, **odd})


def test_a_person_is_one_customer(db: Connection, ada: Actor, ben: Actor) -> None:
    service = actor(db, "service")
    for offered in ("cus_1", "cus_2"):
        told = service.call("backend.attach_customer", user_id=ada.id, customer_id=offered)
        assert told == "cus_1"
    # One customer is one person.
    told = service.call("backend.attach_customer", user_id=ben.id, customer_id="cus_1")
    assert told is None
    found = service.call("backend.stripe_customer", user_id=ada.id)
    assert found == {"stripe_customer_id": "cus_1", "email": "ada@backbeat.test"}
    with refused(404, "profile_not_found"):
        service.call("backend.stripe_customer", user_id=uuid.uuid4())


def test_reports_at_once_end_as_one_after_the_other(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into private.stripe_customers (user_id, stripe_customer_id)"
            " values (%s, 'cus_ada')",
            [person_id("ada")],
        )
        connection.execute(
            "insert into private.plan_prices (price_id, plan) values ('price_pro', 'pro')"
        )
    reports: list[tuple[Any, ...]] = [
        ("subscription", subscription("past_due", NOW - 8 * DAY)),
        ("invoice", invoice("paid", NOW + DAY)),
        ("subscription", subscription("active", NOW - 38 * DAY), NOW - 8 * DAY),
        ("invoice", invoice("open", NOW + DAY), NOW - DAY),
    ] * 2
    outcomes = race(
        database,
        [partial(tell_report, report) for report in reports],
    )
    assert [each for each in outcomes if isinstance(each, psycopg.Error)] == []
    with database.connect() as connection:
        ends = actor(connection, "ada").call("my_entitlements")["ends_at"]
        assert datetime.fromisoformat(ends) == NOW + 4 * DAY


def test_months_for_credits_follow_a_subscription_that_is_renewed_or_ends(
    db: Connection, customer: Actor
) -> None:
    tell(db, "subscription", subscription("active"))
    db.execute(
        "insert into public.credit_entries (user_id, kind, amount, cause, expires_at)"
        " values (%s, 'earned_quest', 200, 'a', now() + interval '1 year')",
        [customer.id],
    )

    def months() -> list[tuple[str, datetime, datetime]]:
        rows = customer.run(
            "select source, starts_at, ends_at from public.entitlement_grants order by starts_at"
        )
        return [(row["source"], row["starts_at"], row["ends_at"]) for row in rows]

    for _ in range(2):
        customer.call("redeem_credits", months=1)
    lasts = [ends - starts for _, starts, ends in months()[1:]]
    for report, at, ends in (
        (subscription("active", NOW + 20 * DAY), NOW + DAY, NOW + 50 * DAY),
        (subscription("active", NOW + 20 * DAY), NOW + DAY, NOW + 50 * DAY),
        (
            subscription("canceled", NOW + 20 * DAY, ended_at=epoch(NOW + 5 * DAY)),
            NOW + 2 * DAY,
            NOW + 5 * DAY,
        ),
    ):
        tell(db, "subscription", report, at)
        paid, first, second = months()
        assert [paid[0], first[0], second[0]] == ["stripe", "credits", "credits"]
        assert paid[2] == first[1] == ends
        assert first[2] == second[1]
        assert [first[2] - first[1], second[2] - second[1]] == lasts
