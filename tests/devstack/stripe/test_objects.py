"""Every object of the fake Stripe is what Stripe's own OpenAPI description says, and no more."""

from __future__ import annotations

from typing import Any

from devstack.stripe.routes import ACTIONS, LISTS, WORLD
from tests.devstack.stripe.conftest import Shop
from tests.devstack.stripe.description import faults

KINDS = {kind for kind, _ in LISTS.values()} | {
    "account_link", "balance", "billing_portal.session", "list", "transfer_reversal",
}  # fmt: skip


def sell(shop: Shop) -> Any:
    """Somebody buys, gets some of it back, and their bank takes the rest."""
    v1 = shop.client.v1
    customer = v1.customers.create({"email": "ben@example.com", "metadata": {"user_id": "7"}})
    v1.customers.update(customer.id, {"name": "Ben"})
    sold = shop.sold(
        customer=customer.id,
        metadata={"order_id": "9"},
        payment_intent_data={"metadata": {"order_id": "9"}, "transfer_group": "9"},
    )
    v1.checkout.sessions.retrieve(sold.id, {"expand": ["line_items", "payment_intent"]})
    v1.checkout.sessions.line_items.list(sold.id)
    v1.refunds.create({"payment_intent": sold.payment_intent, "amount": 300})
    returned = v1.refunds.create({"payment_intent": sold.payment_intent, "amount": 200})
    shop.world(f"refunds/{returned.id}/return")
    charge = v1.payment_intents.retrieve(sold.payment_intent).latest_charge
    for won in ("true", "false"):
        dispute = shop.world("disputes", charge=charge)
        shop.world(f"disputes/{dispute['id']}/close", won=won)
        charge = v1.payment_intents.retrieve(shop.sold().payment_intent).latest_charge
    declined = shop.session()
    shop.presses(declined.url, do="decline")
    v1.checkout.sessions.expire(declined.id)
    for choice, arrives in (("arrives", "true"), ("fails", "false")):
        later = shop.session()
        shop.presses(later.url, do=choice)
        shop.world(f"sessions/{later.id}/settle", arrives=arrives)


def subscribe(shop: Shop) -> None:
    """Somebody subscribes, is late, pays, ends it, and does not."""
    v1 = shop.client.v1
    product = v1.products.create({"name": "Pro"})
    price = v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 999,
            "recurring": {"interval": "month"},
        }
    )
    given: Any = {
        "mode": "subscription",
        "line_items": [{"price": price.id, "quantity": 1}],
        "subscription_data": {"metadata": {"plan": "pro"}},
    }
    sold = shop.sold(**given)
    name = sold.subscription
    shop.world(f"subscriptions/{name}/renew", paid="false")
    shop.world(f"subscriptions/{name}/recover")
    v1.subscriptions.update(name, {"cancel_at_period_end": True})
    portal = v1.billing_portal.sessions.create({"customer": sold.customer})
    assert shop.browser.get(portal.url).is_success
    v1.subscriptions.cancel(name)
    leaver = shop.sold(**given)
    v1.customers.delete(leaver.customer)
    ended = v1.subscriptions.retrieve(leaver.subscription)
    assert ended.status == "canceled"


def pay_artists(shop: Shop) -> None:
    """An artist is onboarded, paid, paid out, and some of it comes back."""
    v1 = shop.client.v1
    account = shop.account(onboarded=False)
    v1.account_links.create(
        {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "https://shop.example/again",
            "return_url": "https://shop.example/done",
        }
    )
    shop.world(f"accounts/{account.id}/onboard")
    v1.accounts.update(account.id, {"metadata": {"user_id": "1"}})
    made = v1.transfers.create(
        {"amount": 900, "currency": "usd", "destination": account.id, "transfer_group": "9"}
    )
    v1.transfers.reversals.create(made.id, {"amount": 100})
    v1.transfers.reversals.list(made.id)
    v1.payouts.create({"amount": 200, "currency": "usd"}, options={"stripe_account": account.id})
    shop.world(f"accounts/{account.id}/empty", arrives="false")
    v1.payouts.list(options={"stripe_account": account.id})
    shop.world(f"accounts/{account.id}/restrict")
    v1.balance.retrieve()


def test_every_object_is_as_stripe_describes_it(shop: Shop) -> None:
    sell(shop)
    subscribe(shop)
    pay_artists(shop)
    for collection, (kind, _) in LISTS.items():
        for thing in list(shop.stripe.store.all(kind))[:1]:
            owner = shop.stripe.store.owners[thing["id"]]
            options: Any = {} if owner == "platform" else {"stripe_account": owner}
            shop.client.raw_request("get", f"/v1/{collection}/{thing['id']}", **options)
        shop.client.raw_request("get", f"/v1/{collection}?limit=100")
    said = [answer.body for _, answer in shop.stripe.answers if answer.status == 200]
    said = [body for body in said if "object" in body] + list(shop.stripe.store.objects.values())
    assert [fault for body in said for fault in faults(body)] == []
    assert {body["object"] for body in said} == KINDS
    # Nothing that the service does was left out.
    asked = {request.path for request, _ in shop.stripe.answers}
    for path in [path for method, path in ACTIONS if method != "GET" or "{}" not in path]:
        pattern = f"/v1/{path}".split("{}")
        assert any(all(part in done for part in pattern) for done in asked), path
    assert len([path for path in asked if path.startswith("/fake/")]) >= len(WORLD)


def test_an_object_that_stripe_does_not_know_is_found_out(shop: Shop) -> None:
    session = dict(shop.stripe.store.objects[shop.session().id])
    assert faults(session) == []
    assert faults({**session, "surprise": 1})
    assert faults({**session, "payment_status": "maybe"})
    assert faults({**session, "automatic_tax": {"enabled": "no"}})
    assert faults({**session, "automatic_tax": {**session["automatic_tax"], "more": 1}})
    assert faults({name: value for name, value in session.items() if name != "expires_at"})
