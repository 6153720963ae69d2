"""Webhooks of the fake Stripe: signed, tried again, and as unruly as the dial says."""

from __future__ import annotations

import random

import pytest
import stripe

from devstack.stripe.webhooks import signature
from tests.devstack.stripe.conftest import SECRET, Shop
from tests.devstack.stripe.inbox import Inbox


def test_the_sdk_believes_the_signature_and_no_other(shop: Shop, inbox: Inbox) -> None:
    shop.sold()
    shop.wait()
    for body, header in inbox.came:
        event = shop.client.construct_event(body, header, SECRET)
        assert event.id in shop.stripe.store.objects
        with pytest.raises(stripe.SignatureVerificationError):
            shop.client.construct_event(body, header, "whsec_other")
        with pytest.raises(stripe.SignatureVerificationError):
            shop.client.construct_event(body + b" ", header, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        shop.client.construct_event(body, signature(body, SECRET, 1_700_000_000), SECRET)


def test_what_is_not_taken_comes_again(shop: Shop, inbox: Inbox) -> None:
    inbox.script += [500, 503, 400]
    session = shop.session()
    shop.presses(session.url, do="pay")
    shop.wait()
    happened = shop.events()
    assert sorted(set(inbox.types)) == sorted(set(happened))
    assert len(inbox.types) == len(happened) + 3
    assert shop.stripe.webhooks.counts["delivered"] == len(happened)


def test_events_come_in_the_order_in_which_checkout_sends_them(shop: Shop) -> None:
    session = shop.session()
    shop.presses(session.url, do="decline")
    shop.presses(session.url, do="arrives")
    shop.world(f"sessions/{session.id}/settle")
    assert shop.events()[2:] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    (completed,) = [
        event
        for event in shop.stripe.store.all("event")
        if event["type"] == "checkout.session.completed"
    ]
    assert completed["data"]["object"]["payment_status"] == "unpaid"


def test_the_dial_drops_doubles_and_shuffles(shop: Shop, inbox: Inbox) -> None:
    shop.stripe.webhooks.chance = random.Random(7)
    shop.world("chaos", drop="1")
    for _ in range(3):
        shop.sold()
    shop.wait()
    assert inbox.came == []
    dropped = shop.stripe.webhooks.counts["dropped"]
    assert dropped == len(shop.events())

    shop.world("chaos", duplicate="1", reorder="0.5", reorder_seconds="0.2")
    for _ in range(5):
        shop.sold()
    shop.wait()
    happened = [event["id"] for event in shop.stripe.store.all("event")][::-1][dropped:]
    came = [event["id"] for event in inbox.events]
    assert sorted(came) == sorted(happened * 2)
    assert came[::2] != happened
    assert shop.browser.get(f"{shop.url}/fake/chaos").json()["duplicate"] == 1
    assert shop.browser.post(f"{shop.url}/fake/chaos", data={"drop": "2"}).status_code == 400


def test_events_of_an_account_name_it_and_are_listed_as_its_own(shop: Shop, inbox: Inbox) -> None:
    shop.sold(5000)
    account = shop.account()
    transfer = {"amount": 1000, "currency": "usd", "destination": account.id}
    shop.client.v1.transfers.create(transfer)
    shop.world(f"accounts/{account.id}/empty", arrives="true")
    shop.wait()
    of_account = {event["type"] for event in inbox.events if event.get("account") == account.id}
    assert of_account == {"account.updated", "payout.created", "payout.paid"}
    events = shop.client.v1.events
    own = {event.type for event in events.list({"limit": 100}).data}
    theirs = events.list({"limit": 100}, options={"stripe_account": account.id})
    assert own.isdisjoint(of_account)
    assert {event.type for event in theirs.data} == of_account
