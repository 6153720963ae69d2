"""Subscribing: from the plan to the portal, and what becomes of it when somebody leaves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.functions.live import LiveStack
from tests.functions.market import PATHS, Market
from tests.functions.server import FunctionsServer, bearer
from tests.functions.stripe import KEY


def subscribe(market: Market, who: uuid.UUID, plan: str = "pro", **values: Any) -> httpx.Response:
    """Ask for the page where a plan is had."""
    given = {"plan": plan, "client_id": str(uuid.uuid4()), **PATHS, **values}
    return market.call("create-subscription", who, **given)


def entitled(market: Market, who: uuid.UUID) -> dict[str, Any]:
    """What somebody's app reads of their plan."""
    found = market.live.sends(who, "POST", "/rpc/my_entitlements", {})
    assert isinstance(found, dict)
    return found


def subscription(market: Market, who: uuid.UUID) -> str:
    """Their subscription at Stripe."""
    ((name,),) = market.live.sql("select id from public.subscriptions where user_id = %s", who)
    return str(name)


def customers(market: Market, who: uuid.UUID) -> list[dict[str, Any]]:
    """The customers that somebody is at Stripe."""
    found = market.stripe.store.all("customer")
    return [each for each in found if each["metadata"].get("user_id") == str(who)]


def test_a_plan_is_had_kept_ended_and_never_doubled(market: Market) -> None:
    ben = market.live.person("sub_ben")
    assert entitled(market, ben)["tier"] == "free"
    page = subscribe(market, ben)
    assert page.status_code == 200, page.text
    assert "USD 9.99 each month" in market.open(page.json()["url"]).text
    assert entitled(market, ben)["tier"] == "free"
    market.press(page.json()["url"])
    market.wait()
    told = entitled(market, ben)
    assert (told["tier"], told["source"]) == ("pro", "stripe")
    assert told["limits"]["ai_generations"]["most"] == 60
    (invoice,) = market.live.sends(ben, "POST", "/rpc/my_invoices", {})
    assert (invoice["status"], invoice["paid_minor"], invoice["currency"]) == ("paid", 999, "USD")
    twice = subscribe(market, ben, "studio")
    assert (twice.status_code, twice.json()["error"]) == (409, "already_subscribed")

    # A renewal that is not paid leaves days of grace; paid late, all is well.
    name = subscription(market, ben)
    market.later()
    market.happens(f"subscriptions/{name}/renew", paid=False)
    market.wait()
    assert entitled(market, ben)["tier"] == "pro"
    assert market.live.sends(ben, "POST", "/rpc/my_subscription", {})["status"] == "past_due"
    market.later()
    market.happens(f"subscriptions/{name}/recover")
    market.wait()
    assert market.live.sends(ben, "POST", "/rpc/my_subscription", {})["status"] == "active"

    market.later()
    portal = market.call("billing-portal", ben, return_path="/account")
    assert portal.status_code == 200, portal.text
    ended = market.press(portal.json()["url"], "end", subscription=name)
    assert "ends with its period" in ended.text
    market.wait()
    mine = market.live.sends(ben, "POST", "/rpc/my_subscription", {})
    assert (mine["status"], mine["cancels_at"] is None) == ("active", False)
    market.later()
    market.happens(f"subscriptions/{name}/renew")
    market.wait()
    assert market.live.sql("select status from public.subscriptions where id = %s", name) == [
        ("canceled",)
    ]


def test_who_subscribes_is_one_customer_though_answers_are_lost(market: Market) -> None:
    cyd = market.live.person("sub_cyd")
    client = str(uuid.uuid4())
    market.lose_answers()
    lost = subscribe(market, cyd, client_id=client)
    assert (lost.status_code, lost.json()["error"]) == (502, "stripe_unavailable")
    market.calm()
    first, again = (subscribe(market, cyd, client_id=client).json()["url"] for _ in range(2))
    assert first == again
    (customer,) = customers(market, cyd)
    assert customer["email"] == "sub_cyd@example.com"
    # Nobody's plan is begun by a page that nobody pays on.
    assert entitled(market, cyd)["tier"] == "free"


def test_what_is_no_plan_or_no_path_is_refused(market: Market) -> None:
    dan = market.live.person("sub_dan")
    asked = market.stripe.made("checkout/sessions")
    for values in (
        {"plan": "free"},
        {"plan": "gold"},
        {"client_id": "7"},
        {"success_path": "https://elsewhere.example/"},
        {"cancel_path": "//elsewhere.example"},
        {"price": "price_of_mine"},
    ):
        answer = subscribe(market, dan, **values)
        assert answer.status_code == 422, (values, answer.text)
    none = market.call("billing-portal", dan, return_path="/account")
    assert (none.status_code, none.json()["error"]) == (404, "customer_not_found")
    assert market.call("billing-portal", dan, return_path="account").status_code == 422
    assert market.stripe.made("checkout/sessions") == asked
    assert customers(market, dan) == []


def test_without_a_price_a_plan_cannot_be_had(
    live: LiveStack, serve: Callable[..., FunctionsServer], market: Market
) -> None:
    eve = live.person("sub_eve")
    own = {"STRIPE_SECRET_KEY": KEY, "STRIPE_API_BASE": market.stripe.store.public_url}
    functions = serve(**live.settings, **own, FRONTEND_URL="https://app.example.com")
    bare = Market(live, functions, market.stripe)
    answer = subscribe(bare, eve)
    assert (answer.status_code, answer.json()["error"]) == (503, "stripe_not_configured")


@pytest.mark.parametrize(
    "function", ["create-subscription", "billing-portal", "connect-onboarding"]
)
def test_visitors_are_asked_to_sign_in(market: Market, function: str) -> None:
    assert market.functions.client.post(f"/{function}", json={}).status_code == 401
    forged = market.functions.client.post(f"/{function}", json={}, headers=bearer("a.b.c"))
    assert forged.status_code == 401


def test_who_has_left_pays_no_more_and_is_forgotten_at_stripe(market: Market) -> None:
    fay = market.live.person("sub_fay")
    market.press(subscribe(market, fay).json()["url"])
    market.wait()
    name = subscription(market, fay)
    market.live.leaves(fay, "sub_fay")
    erased = market.run("erase-accounts")
    assert erased.status_code == 200, erased.text
    assert market.stripe.store.get("subscription", name)["status"] == "active"

    # Stripe deletes the customer, and its answer is lost: there is nobody to delete the next time.
    market.lose_answers()
    assert market.run("process-refunds").json()["failed"] == 1
    market.calm()
    done = market.run("process-refunds")
    assert (done.status_code, done.json()["customers"]) == (200, 1)
    market.wait()
    assert customers(market, fay) == []
    assert market.stripe.store.get("subscription", name)["status"] == "canceled"
    assert market.run("process-refunds").json()["customers"] == 0
    # What Stripe reports of it afterwards brings nothing back.
    assert market.live.sql("select from public.subscriptions where id = %s", name) == []
    assert market.live.sql(
        "select user_id, paid_minor from public.invoices where subscription_id = %s", name
    ) == [(None, 999)]
