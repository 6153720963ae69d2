"""Subscriptions, their invoices, and the portal where people end or resume them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from devstack.stripe import payments
from devstack.stripe.faults import refused
from devstack.stripe.parameters import PortalCreate, SubscriptionUpdate
from devstack.stripe.store import Json, Store, identity, listed

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def subscribe(
    store: Store,
    customer: str,
    price: Json,
    quantity: int = 1,
    *,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> Json:
    """Begin a subscription whose first invoice is paid."""
    name, now = identity("sub_"), store.now()
    item: Json = {
        "id": identity("si_"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": _next(now, price),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": name,
        "tax_rates": [],
    }
    subscription = store.add(
        {
            "id": name,
            "object": "subscription",
            "application": None,
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_cycle_anchor_config": None,
            "billing_mode": {"flexible": None, "type": "classic"},
            "billing_schedules": [],
            "billing_thresholds": None,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "created": now,
            "currency": price["currency"],
            "customer": customer,
            "days_until_due": None,
            "default_payment_method": identity("pm_"),
            "default_source": None,
            "default_tax_rates": [],
            "description": description,
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
            "items": listed([item], f"/v1/subscription_items?subscription={name}"),
            "latest_invoice": None,
            "livemode": False,
            "metadata": metadata or {},
            "next_pending_invoice_item_invoice": None,
            "on_behalf_of": None,
            "pause_collection": None,
            "payment_settings": None,
            "pending_invoice_item_interval": None,
            "pending_setup_intent": None,
            "pending_update": None,
            "schedule": None,
            "start_date": now,
            "status": "active",
            "test_clock": None,
            "transfer_data": None,
            "trial_end": None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": None,
        }
    )
    invoice = _invoice(store, subscription, "subscription_create")
    store.happened("customer.subscription.created", subscription)
    _pay(store, invoice)
    return subscription


def renew(store: Store, subscription: Json, *, is_paid: bool) -> Json:
    """The next period begins, and its invoice is paid, or not: the subscription is past due."""
    if subscription["status"] == "canceled":
        raise refused("A canceled subscription does not renew.")
    if subscription["cancel_at_period_end"]:
        return cancel(store, subscription)
    (item,) = subscription["items"]["data"]
    begin = item["current_period_end"]
    item |= {"current_period_start": begin, "current_period_end": _next(begin, item["price"])}
    invoice = _invoice(store, subscription, "subscription_cycle")
    subscription["status"] = "active" if is_paid else "past_due"
    store.happened("customer.subscription.updated", subscription)
    if is_paid:
        _pay(store, invoice)
    else:
        _refuse(store, invoice)
    return subscription


def recover(store: Store, subscription: Json) -> Json:
    """What was past due is paid."""
    if subscription["status"] != "past_due":
        raise refused("Nothing of this subscription is past due.")
    _pay(store, store.get("invoice", subscription["latest_invoice"]))
    subscription["status"] = "active"
    store.happened("customer.subscription.updated", subscription)
    return subscription


def update(store: Store, subscription: Json, asked: SubscriptionUpdate) -> Json:
    """Have a subscription end with its period, or go on."""
    _require_alive(subscription)
    if asked.metadata is not None:
        subscription["metadata"] |= asked.metadata
    if asked.cancel_at_period_end is not None:
        (item,) = subscription["items"]["data"]
        ends = asked.cancel_at_period_end
        subscription |= {
            "cancel_at_period_end": ends,
            "cancel_at": item["current_period_end"] if ends else None,
            "canceled_at": store.now() if ends else None,
        }
    store.happened("customer.subscription.updated", subscription)
    return subscription


def cancel(store: Store, subscription: Json) -> Json:
    """End a subscription now."""
    _require_alive(subscription)
    subscription |= {
        "status": "canceled",
        "canceled_at": store.now(),
        "ended_at": store.now(),
    }
    subscription["cancellation_details"]["reason"] = "cancellation_requested"
    store.happened("customer.subscription.deleted", subscription)
    return subscription


def open_portal(store: Store, asked: PortalCreate) -> Json:
    """A visit to the portal."""
    store.get("customer", asked.customer, "customer")
    name = identity("bps_")
    return store.add(
        {
            "id": name,
            "object": "billing_portal.session",
            "configuration": "bpc_backbeat",
            "created": store.now(),
            "customer": asked.customer,
            "flow": None,
            "livemode": False,
            "locale": None,
            "on_behalf_of": None,
            "return_url": asked.return_url,
            "url": f"{store.public_url}/portal/{name}",
        }
    )


def _next(begin: int, price: Json) -> int:
    recurring = price["recurring"]
    days = DAYS[recurring["interval"]] * recurring["interval_count"]
    return int((datetime.fromtimestamp(begin, UTC) + timedelta(days=days)).timestamp())


def _require_alive(subscription: Json) -> None:
    if subscription["status"] == "canceled":
        raise refused("A canceled subscription can only update its cancellation_details.")


def _invoice(store: Store, subscription: Json, reason: str) -> Json:
    (item,) = subscription["items"]["data"]
    amount = item["price"]["unit_amount"] * item["quantity"]
    now, name = store.now(), identity("in_")
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    product = store.get("product", item["price"]["product"])
    line = {
        "id": identity("il_"),
        "object": "line_item",
        "amount": amount,
        "currency": subscription["currency"],
        "description": f"{item['quantity']} × {product['name']}",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": name,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": None,
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": item["price"]["id"], "product": product["id"]},
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": amount,
        "taxes": [],
    }
    customer = store.get("customer", subscription["customer"])
    automatic = {
        "disabled_reason": None, "enabled": False, "liability": None, "provider": None,
        "status": None,
    }  # fmt: skip
    invoice = store.add(
        {
            "id": name,
            "object": "invoice",
            "account_country": "US",
            "account_name": "Backbeat",
            "account_tax_ids": None,
            "amount_due": amount,
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_paid_off_stripe": 0,
            "amount_remaining": amount,
            "amount_shipping": 0,
            "application": None,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": automatic,
            "automatically_finalizes_at": None,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": now,
            "currency": subscription["currency"],
            "custom_fields": None,
            "customer": customer["id"],
            "customer_address": None,
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "customer_phone": None,
            "customer_shipping": None,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": None,
            "default_source": None,
            "default_tax_rates": [],
            "description": None,
            "discounts": [],
            "due_date": None,
            "effective_at": now,
            "ending_balance": 0,
            "footer": None,
            "from_invoice": None,
            "hosted_invoice_url": f"{store.public_url}/invoice/{name}",
            "invoice_pdf": None,
            "issuer": {"type": "self"},
            "last_finalization_error": None,
            "latest_revision": None,
            "lines": listed([line], f"/v1/invoices/{name}/lines"),
            "livemode": False,
            "metadata": {},
            "next_payment_attempt": None,
            "number": f"{customer['invoice_prefix']}-{identity('')[:4].upper()}",
            "on_behalf_of": None,
            "parent": {
                "quote_details": None,
                "subscription_details": {
                    "metadata": dict(subscription["metadata"]),
                    "subscription": subscription["id"],
                },
                "type": "subscription_details",
            },
            "payment_settings": {
                "default_mandate": None,
                "payment_method_options": None,
                "payment_method_types": None,
            },
            "period_end": period["end"],
            "period_start": period["start"],
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": None,
            "rendering": None,
            "shipping_cost": None,
            "shipping_details": None,
            "starting_balance": 0,
            "statement_descriptor": None,
            "status": "open",
            "status_transitions": {
                "finalized_at": now,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": None,
            },
            "subtotal": amount,
            "subtotal_excluding_tax": amount,
            "test_clock": None,
            "total": amount,
            "total_discount_amounts": [],
            "total_excluding_tax": amount,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": now,
        }
    )
    subscription["latest_invoice"] = name
    store.happened("invoice.created", invoice)
    store.happened("invoice.finalized", invoice)
    return invoice


def _pay(store: Store, invoice: Json) -> None:
    payments.succeed(store, _intent(store, invoice))
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempt_count": invoice["attempt_count"] + 1,
        "attempted": True,
    }
    invoice["status_transitions"]["paid_at"] = store.now()
    store.happened("invoice.paid", invoice)
    store.happened("invoice.payment_succeeded", invoice)


def _refuse(store: Store, invoice: Json) -> None:
    payments.fail(store, _intent(store, invoice))
    invoice |= {
        "attempt_count": invoice["attempt_count"] + 1,
        "attempted": True,
        "next_payment_attempt": store.now() + 3 * 86_400,
    }
    store.happened("invoice.payment_failed", invoice)


def _intent(store: Store, invoice: Json) -> Json:
    return payments.open_intent(
        store,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description="Subscription",
    )
