"""The fake Stripe takes requests as Stripe does: by the official SDK, and not everything."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from devstack.stripe.api import FakeStripe, Request
from devstack.stripe.catalogue import PLANS, stock_plans
from devstack.stripe.forms import decode
from devstack.stripe.store import API_VERSION
from devstack.stripe.webhooks import Webhooks
from tests.devstack.stripe.conftest import KEY, SECRET, Shop


def test_forms_are_read_as_the_sdk_writes_them() -> None:
    assert decode("a=1&b[c]=2&b[d][e]=%20&l[0][x]=1&l[1][x]=2&m[]=7&m[]=8&gone=") == {
        "a": "1",
        "b": {"c": "2", "d": {"e": " "}},
        "l": [{"x": "1"}, {"x": "2"}],
        "m": ["7", "8"],
    }


def test_the_version_is_the_one_that_the_sdk_speaks(shop: Shop) -> None:
    assert stripe.api_version == API_VERSION
    shop.session()
    other = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2019-01-01"}
    answer = shop.browser.get(f"{shop.url}/v1/customers", headers=other)
    assert answer.status_code == 400


def test_a_stranger_is_let_in_nowhere(shop: Shop) -> None:
    stranger = stripe.StripeClient("sk_test_x", base_addresses={"api": shop.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.customers.list()
    assert shop.browser.get(f"{shop.url}/v1/customers").status_code == 401


def test_the_same_key_does_a_thing_once_and_nothing_else(shop: Shop) -> None:
    customers = shop.client.v1.customers
    key: Any = {"idempotency_key": "customer:7"}
    first = customers.create({"email": "ben@example.com"}, options=key)
    again = customers.create({"email": "ben@example.com"}, options=key)
    assert (first.id, len(customers.list().data)) == (again.id, 1)
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as caught:
        customers.create({"email": "cyd@example.com"}, options=key)
    assert caught.value.http_status == 400
    # What was refused is refused again; what was never begun leaves the key free.
    key = {"idempotency_key": "refund:7"}
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
            shop.client.v1.refunds.create({"payment_intent": "pi_none"}, options=key)
    key = {"idempotency_key": "customer:8"}
    with pytest.raises(stripe.InvalidRequestError):
        customers.create({"colour": "red"}, options=key)
    assert customers.create({"name": "Cyd"}, options=key).name == "Cyd"


def test_what_is_wrong_with_a_request_is_said_by_code_and_parameter(shop: Shop) -> None:
    said = []
    line = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 10}}
    url = "https://shop.example"
    for form in (
        {"mode": "payment", "success_url": url},
        {"mode": "payment", "success_url": url, "colour": "red", "line_items": [line]},
        {"mode": "gift", "success_url": url, "line_items": [{"price": "x"}]},
        {"mode": "payment", "success_url": url, "line_items": [{"price": "price_none"}]},
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            shop.client.v1.checkout.sessions.create(form)
        said.append((caught.value.http_status, caught.value.code, caught.value.param))
    assert said == [
        (400, "parameter_missing", "line_items"),
        (400, "parameter_missing", "line_items[0][price_data][product_data]"),
        (400, "parameter_invalid", "mode"),
        (400, "resource_missing", "line_items"),
    ]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.client.v1.customers.retrieve("cus_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError):
        shop.client.raw_request("get", "/v1/unicorns")


def test_too_little_is_not_charged_and_a_checkout_lives_half_an_hour_to_a_day(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.session(49)
    assert caught.value.code == "amount_too_small"
    for seconds in (1700, 25 * 3600):
        with pytest.raises(stripe.InvalidRequestError):
            shop.session(expires_at=int(time.time()) + seconds)
    assert shop.session(expires_at=int(time.time()) + 1900).status == "open"


def test_lists_come_newest_first_by_pages_both_ways(shop: Shop) -> None:
    customers = shop.client.v1.customers
    made = [customers.create({"name": str(number)}).id for number in range(7)]
    assert [one.id for one in customers.list({"limit": 3}).auto_paging_iter()] == made[::-1]
    page = customers.list({"limit": 2, "ending_before": made[1]})
    assert [one.id for one in page.data] == [made[3], made[2]]
    assert page.has_more
    since = {"created": {"gte": int(time.time()) - 600}}
    assert len(customers.list({"limit": 100, **since}).data) == 7
    assert customers.list({"created": {"lt": 1000}}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        customers.list({"limit": 101})
    with pytest.raises(stripe.InvalidRequestError):
        customers.list({"charge": "ch_x"})


def test_refunds_never_exceed_the_charge(shop: Shop) -> None:
    sold = shop.sold(1000)
    refunds = shop.client.v1.refunds
    refunds.create({"payment_intent": sold.payment_intent, "amount": 600})
    with pytest.raises(stripe.InvalidRequestError):
        refunds.create({"payment_intent": sold.payment_intent, "amount": 401})
    refunds.create({"payment_intent": sold.payment_intent})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refunds.create({"payment_intent": sold.payment_intent})
    assert caught.value.code == "charge_already_refunded"
    (charge,) = shop.client.v1.charges.list({"payment_intent": sold.payment_intent}).data
    assert (charge.amount_refunded, charge.refunded) == (1000, True)


def test_transfers_need_an_able_account_and_the_money(shop: Shop) -> None:
    transfers = shop.client.v1.transfers
    shop.sold(5000)
    new, able = shop.account(onboarded=False), shop.account()
    codes = []
    for account, amount in ((new, 100), (able, 5000)):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            transfers.create({"amount": amount, "currency": "usd", "destination": account.id})
        codes.append(caught.value.code)
    assert codes == ["insufficient_capabilities_for_transfer", "balance_insufficient"]
    made = transfers.create({"amount": 1000, "currency": "usd", "destination": able.id})
    shop.client.v1.payouts.create(
        {"amount": 700, "currency": "usd"}, options={"stripe_account": able.id}
    )
    with pytest.raises(stripe.InvalidRequestError) as caught:
        transfers.reversals.create(made.id, {"amount": 400})
    assert caught.value.code == "balance_insufficient"
    transfers.reversals.create(made.id, {"amount": 300})
    assert transfers.retrieve(made.id).amount_reversed == 300


def test_the_balance_is_the_sum_of_its_transactions(shop: Shop) -> None:
    sold = shop.sold(10_000)
    shop.client.v1.refunds.create({"payment_intent": sold.payment_intent, "amount": 2500})
    account = shop.account()
    shop.client.v1.transfers.create({"amount": 3000, "currency": "usd", "destination": account.id})
    dispute = shop.world("disputes", charge=sold_charge(shop, shop.sold(4000)))
    shop.world(f"disputes/{dispute['id']}/close", won="true")
    entries = list(shop.client.v1.balance_transactions.list().auto_paging_iter())
    (available,) = shop.client.v1.balance.retrieve().available
    assert available.amount == sum(entry.net for entry in entries)
    assert available.amount == 10_000 - 320 - 2500 - 3000 + 4000 - 146 - 1500
    theirs = shop.client.v1.balance.retrieve(options={"stripe_account": account.id})
    assert theirs.available[0].amount == 3000


def sold_charge(shop: Shop, session: Any) -> str:
    """The charge of a checkout."""
    return str(shop.client.v1.payment_intents.retrieve(session.payment_intent).latest_charge)


def test_what_it_knows_outlives_it(tmp_path: Path) -> None:
    first = FakeStripe(KEY, Webhooks(None, SECRET), state=tmp_path / "stripe.json")
    stock_plans(first.store)
    created = first.answer(
        Request("POST", "/v1/customers", "email=a%40b.example", KEY, idempotency_key="k")
    )
    assert (tmp_path / "stripe.json").stat().st_mode & 0o077 == 0
    second = FakeStripe(KEY, Webhooks(None, SECRET), state=tmp_path / "stripe.json")
    same = second.answer(
        Request("POST", "/v1/customers", "email=a%40b.example", KEY, idempotency_key="k")
    )
    assert (same.status, same.body) == (200, created.body)
    assert {plan.price_id for plan in PLANS.values()} <= set(second.store.objects)


def test_a_time_that_is_put_forward_expires_what_is_open(shop: Shop) -> None:
    session = shop.session(expires_at=int(time.time()) + 2000)
    shop.world("clock", advance_seconds=1900)
    assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "open"
    shop.world("clock", advance_seconds=200)
    assert shop.client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert shop.events()[-1] == "checkout.session.expired"
    with pytest.raises(httpx.HTTPStatusError):
        shop.presses(session.url, do="pay").raise_for_status()
