"""The pages of the fake Stripe: what a person reads there, and what their buttons do."""

from __future__ import annotations

from typing import Any

import pytest

from devstack.stripe.pages import money
from tests.devstack.stripe.conftest import Shop


def test_a_buyer_is_declined_tries_again_and_goes_back_to_the_shop(shop: Shop) -> None:
    line: Any = {"currency": "usd", "unit_amount": 1250, "product_data": {"name": "<b>A & B</b>"}}
    session = shop.session(line_items=[{"price_data": line, "quantity": 2}])
    page = shop.browser.get(session.url)
    assert "2 × &lt;b&gt;A &amp; B&lt;/b&gt;" in page.text
    assert "Pay USD 25.00" in page.text
    assert "declined" in shop.presses(session.url, do="decline").text
    paid = shop.presses(session.url, do="pay")
    thanks = f"https://shop.example/thanks?session={session.id}"
    assert (paid.status_code, paid.headers["Location"]) == (303, thanks)
    # Going back and pressing again pays nothing again.
    assert shop.presses(session.url, do="pay").headers["Location"] == thanks
    assert shop.events().count("payment_intent.succeeded") == 1
    found = shop.client.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)


@pytest.mark.parametrize(("choice", "status"), [("arrives", "paid"), ("fails", "unpaid")])
def test_what_is_paid_later_arrives_or_not_by_itself(shop: Shop, choice: str, status: str) -> None:
    shop.stripe.settle_seconds = 60
    session = shop.session()
    assert shop.presses(session.url, do=choice).status_code == 303
    sessions = shop.client.v1.checkout.sessions
    assert sessions.retrieve(session.id).payment_status == "unpaid"
    shop.world("clock", advance_seconds=61)
    assert sessions.retrieve(session.id).payment_status == status


def test_a_page_that_is_none_and_a_checkout_that_is_over(shop: Shop) -> None:
    session = shop.session()
    shop.client.v1.checkout.sessions.expire(session.id)
    assert shop.browser.get(session.url).status_code == 410
    assert shop.browser.get(f"{shop.url}/pay/cs_none").status_code == 404
    assert shop.browser.get(f"{shop.url}/nowhere").status_code == 404


def test_an_artist_is_onboarded_by_a_link_that_is_good_once(shop: Shop) -> None:
    account = shop.account(onboarded=False)

    def link() -> Any:
        return shop.client.v1.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "refresh_url": "https://shop.example/again",
                "return_url": "https://shop.example/done",
            }
        )

    first = link()
    assert account.id in shop.browser.get(first.url).text
    assert shop.presses(first.url, do="later").headers["Location"].endswith("/done")
    assert not shop.client.v1.accounts.retrieve(account.id).charges_enabled
    assert shop.presses(first.url, do="finish").headers["Location"].endswith("/done")
    found = shop.client.v1.accounts.retrieve(account.id)
    assert (found.charges_enabled, found.payouts_enabled) == (True, True)
    assert shop.browser.get(first.url).headers["Location"].endswith("/again")
    late = link()
    shop.world("clock", advance_seconds=301)
    assert shop.browser.get(late.url).headers["Location"].endswith("/again")


def test_a_subscriber_ends_it_and_thinks_better_of_it(shop: Shop) -> None:
    recurring = {"interval": "month"}
    line: Any = {
        "currency": "usd", "unit_amount": 999, "product_data": {"name": "Pro"},
        "recurring": recurring,
    }  # fmt: skip
    sold = shop.sold(mode="subscription", line_items=[{"price_data": line, "quantity": 1}])
    portal = shop.client.v1.billing_portal.sessions.create({"customer": sold.customer})
    subscriptions = shop.client.v1.subscriptions
    for choice, ends in (("end", True), ("resume", False)):
        page = shop.presses(portal.url, subscription=sold.subscription, do=choice)
        assert page.is_success
        assert subscriptions.retrieve(sold.subscription).cancel_at_period_end is ends
    # Nobody ends what is another's.
    other = shop.sold(mode="subscription", line_items=[{"price_data": line, "quantity": 1}])
    shop.presses(portal.url, subscription=other.subscription, do="end")
    assert not subscriptions.retrieve(other.subscription).cancel_at_period_end


def test_money_is_written_with_the_decimals_of_its_currency() -> None:
    written = [money(1234, currency) for currency in ("usd", "jpy", "kwd")]
    assert written == ["USD 12.34", "JPY 1234", "KWD 1.234"]
