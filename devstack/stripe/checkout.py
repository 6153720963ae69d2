"""Checkout sessions: opened by us, paid by a person on the hosted page, or left to expire."""

from __future__ import annotations

from devstack.stripe import billing, payments
from devstack.stripe.catalogue import create_customer, create_price
from devstack.stripe.faults import refused
from devstack.stripe.parameters import CustomerWrite, LineItem, SessionCreate
from devstack.stripe.store import Json, Store, identity

# How long a session may stay open.
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60


def create_session(store: Store, asked: SessionCreate) -> Json:
    """A checkout that waits for its buyer."""
    _check(store, asked)
    lines = [_line(store, each) for each in asked.line_items]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise refused("All line items must have the same currency.", param="line_items")
    kinds = {line["price"]["type"] for line in lines}
    if asked.mode == "payment" and "recurring" in kinds:
        raise refused("Recurring prices need mode subscription.", param="mode")
    if asked.mode == "subscription" and (kinds != {"recurring"} or len(lines) > 1):
        raise refused("This server takes one recurring price in mode subscription.", param="mode")
    total = sum(line["amount_total"] for line in lines)
    currency = lines[0]["currency"]
    payments.check_amount(total, currency)
    name = identity("cs_test_")
    store.beside[name] = {
        "line_items": lines,
        "payment_intent_data": (
            asked.payment_intent_data.model_dump() if asked.payment_intent_data else {}
        ),
        "subscription_data": (
            asked.subscription_data.model_dump() if asked.subscription_data else {}
        ),
    }
    return store.add(_session(store, asked, name, total, currency))


def _check(store: Store, asked: SessionCreate) -> None:
    if asked.customer and asked.customer_email:
        raise refused("You may only specify one of customer and customer_email.", param="customer")
    if asked.customer:
        store.get("customer", asked.customer, "customer")
    if asked.payment_intent_data and asked.mode != "payment":
        raise refused("payment_intent_data is for mode payment.", param="payment_intent_data")
    if asked.subscription_data and asked.mode != "subscription":
        raise refused("subscription_data is for mode subscription.", param="subscription_data")
    if asked.expires_at is not None:
        life = asked.expires_at - store.now()
        if not SHORTEST <= life <= LONGEST:
            raise refused(
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
                "Session creation.",
                param="expires_at",
            )


def _line(store: Store, asked: LineItem) -> Json:
    if (asked.price is None) == (asked.price_data is None):
        raise refused("Specify one of price and price_data.", "parameter_missing", "line_items")
    price = (
        store.get("price", asked.price, "line_items")
        if asked.price_data is None
        else create_price(store, asked.price_data)
    )
    amount = price["unit_amount"] * asked.quantity
    return {
        "id": identity("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": store.get("product", price["product"])["name"],
        "metadata": {},
        "price": price,
        "quantity": asked.quantity,
    }


def _session(store: Store, asked: SessionCreate, name: str, total: int, currency: str) -> Json:
    return {
        "id": name,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": asked.cancel_url,
        "client_reference_id": asked.client_reference_id,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": store.now(),
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": asked.customer,
        "customer_creation": "if_required" if asked.mode == "payment" else None,
        "customer_details": None,
        "customer_email": asked.customer_email,
        "discounts": [],
        "expires_at": asked.expires_at or store.now() + LONGEST,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": None,
        "metadata": dict(asked.metadata),
        "mode": asked.mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always" if asked.mode == "subscription" else "if_required",
        "payment_method_options": {},
        "payment_method_types": asked.payment_method_types or ["card"],
        "payment_status": "unpaid" if total else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": asked.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{store.public_url}/pay/{name}",
        "wallet_options": None,
    }


def expire(store: Store, session: Json) -> Json:
    """Nobody can pay it any more."""
    if session["status"] != "open":
        raise refused("Only Checkout Sessions with a status in ['open'] can be expired.")
    session |= {"status": "expired", "url": None}
    if session["payment_intent"]:
        intent = store.get("payment_intent", session["payment_intent"])
        reason = {"cancellation_reason": "automatic", "canceled_at": store.now()}
        intent |= {"status": "canceled", **reason}
        store.happened("payment_intent.canceled", intent)
    store.happened("checkout.session.expired", session)
    return session


def pay(store: Store, session: Json) -> None:
    """The buyer pays at once."""
    _require_open(session)
    if session["mode"] == "subscription":
        _subscribe(store, session)
    else:
        if session["amount_total"]:
            payments.succeed(store, _intent(store, session))
            session["payment_status"] = "paid"
    _complete(store, session)


def decline(store: Store, session: Json) -> None:
    """The buyer's card is refused; they may try again."""
    _require_open(session)
    payments.fail(store, _intent(store, session))


def pay_later(store: Store, session: Json, *, arrives: bool, settles_at: float | None) -> None:
    """The buyer pays in a way that takes days; whether the money arrives, only they know."""
    _require_open(session)
    if session["mode"] == "subscription":
        raise refused("This server starts subscriptions with a card only.")
    payments.process(store, _intent(store, session))
    store.beside[session["id"]]["later"] = {"arrives": arrives, "settles_at": settles_at}
    _complete(store, session)


def settle(store: Store, session: Json, arrives: bool | None = None) -> Json:
    """What was to be paid later arrives, or does not; as the buyer knew, unless it is said."""
    later = store.beside[session["id"]].pop("later", None)
    if later is None:
        raise refused("Nothing is on its way for this session.")
    intent = store.get("payment_intent", session["payment_intent"])
    if later["arrives"] if arrives is None else arrives:
        payments.succeed(store, intent)
        session["payment_status"] = "paid"
        store.happened("checkout.session.async_payment_succeeded", session)
    else:
        payments.fail(store, intent)
        store.happened("checkout.session.async_payment_failed", session)
    return session


def keep_time(store: Store) -> None:
    """Expire and settle what is due."""
    for session in list(store.all("checkout.session")):
        later = store.beside[session["id"]].get("later")
        if session["status"] == "open" and session["expires_at"] <= store.now():
            expire(store, session)
        elif later and later["settles_at"] is not None and later["settles_at"] <= store.now():
            settle(store, session)


def _require_open(session: Json) -> None:
    if session["status"] != "open":
        raise refused(f"This Checkout Session is {session['status']}.")


def _complete(store: Store, session: Json) -> None:
    session |= {
        "status": "complete",
        "url": None,
        "customer_details": {
            "address": None,
            "email": session["customer_email"] or "buyer@example.com",
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    }
    store.happened("checkout.session.completed", session)


def _intent(store: Store, session: Json) -> Json:
    """The payment intent of a session; Stripe makes it when somebody first tries to pay."""
    if session["payment_intent"]:
        return store.get("payment_intent", session["payment_intent"])
    intent = payments.open_intent(
        store,
        session["amount_total"],
        session["currency"],
        customer=session["customer"],
        **store.beside[session["id"]]["payment_intent_data"],
    )
    session["payment_intent"] = intent["id"]
    return intent


def _subscribe(store: Store, session: Json) -> None:
    if session["customer"] is None:
        made = create_customer(store, CustomerWrite(email=session["customer_email"]))
        session["customer"] = made["id"]
    beside = store.beside[session["id"]]
    (line,) = beside["line_items"]
    subscription = billing.subscribe(
        store, session["customer"], line["price"], line["quantity"], **beside["subscription_data"]
    )
    session |= {
        "subscription": subscription["id"],
        "invoice": subscription["latest_invoice"],
        "payment_status": "paid",
    }
