"""Payment intents, charges, refunds and disputes, and what they move at the balance."""

from __future__ import annotations

from devstack.stripe.faults import missing, refused
from devstack.stripe.parameters import RefundCreate
from devstack.stripe.store import Json, Store, identity

DISPUTE_FEE = 1500
# The least that is charged, of the currencies with one of their own here.
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
    "type": "card_error",
}


def check_amount(amount: int, currency: str) -> None:
    """Refuse what Stripe does not charge."""
    if 0 < amount < LEAST.get(currency, 1):
        raise refused("The amount is below the least that is charged.", "amount_too_small")
    if currency in THREE_DECIMALS and amount % 10:
        raise refused("Amounts of this currency end with 0.", "invalid_charge_amount")


def open_intent(
    store: Store,
    amount: int,
    currency: str,
    *,
    customer: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
    transfer_group: str | None = None,
) -> Json:
    """A payment intent that waits for a way to pay."""
    name = identity("pi_")
    intent = store.add(
        {
            "id": name,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{name}_secret_{identity('')}",
            "confirmation_method": "automatic",
            "created": store.now(),
            "currency": currency,
            "customer": customer,
            "description": description,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": metadata or {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_types": ["card"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "statement_descriptor": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": transfer_group,
        }
    )
    store.happened("payment_intent.created", intent)
    return intent


def succeed(store: Store, intent: Json) -> Json:
    """The money has come; returns the charge."""
    charge = _charge(store, intent, is_paid=True)
    fee = intent["amount"] * 29 // 1000 + 30
    booked = store.book("charge", charge, charge["amount"], fee=fee)
    charge["balance_transaction"] = booked["id"]
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
    }
    store.happened("charge.succeeded", charge)
    store.happened("payment_intent.succeeded", intent)
    return charge


def process(store: Store, intent: Json) -> None:
    """The money is on its way, as with a bank debit."""
    intent |= {"status": "processing", "payment_method": identity("pm_")}
    store.happened("payment_intent.processing", intent)


def fail(store: Store, intent: Json) -> None:
    """The money does not come; another try may follow."""
    charge = _charge(store, intent, is_paid=False)
    intent |= {
        "status": "requires_payment_method",
        "last_payment_error": {**DECLINED, "charge": charge["id"]},
        "latest_charge": charge["id"],
        "payment_method": None,
    }
    store.happened("charge.failed", charge)
    store.happened("payment_intent.payment_failed", intent)


def _charge(store: Store, intent: Json, *, is_paid: bool) -> Json:
    card = {
        "brand": "visa",
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "last4": "4242" if is_paid else "0002",
        "checks": None,
        "installments": None,
        "mandate": None,
        "network": "visa",
        "three_d_secure": None,
        "wallet": None,
    }
    return store.add(
        {
            "id": identity("ch_"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_paid else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": {
                "address": None, "email": None, "name": None, "phone": None, "tax_id": None,
            },
            "calculated_statement_descriptor": "BACKBEAT",
            "captured": is_paid,
            "created": store.now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None if is_paid else DECLINED["code"],
            "failure_message": None if is_paid else DECLINED["message"],
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": None,
            "paid": is_paid,
            "payment_intent": intent["id"],
            "payment_method": intent["payment_method"] or identity("pm_"),
            "payment_method_details": {"type": "card", "card": card},
            "receipt_email": None,
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "succeeded" if is_paid else "failed",
            "transfer_data": None,
            "transfer_group": intent["transfer_group"],
        }
    )  # fmt: skip


def refund(store: Store, asked: RefundCreate) -> Json:
    """Give a charge back, whole or in part."""
    charge = _charge_of(store, asked)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        raise refused("This charge is disputed and cannot be refunded.", "charge_disputed")
    if not charge["paid"] or not left:
        raise refused(
            f"Charge {charge['id']} has already been refunded.", "charge_already_refunded"
        )
    amount = asked.amount or left
    if amount > left:
        raise refused("Refund amount is greater than unrefunded amount on charge.", param="amount")
    made = store.add(
        {
            "id": identity("re_"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": store.now(),
            "currency": charge["currency"],
            "customer": charge["customer"],
            "destination_details": {"type": "card", "card": {"type": "refund"}},
            "metadata": dict(asked.metadata),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": asked.reason,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        }
    )
    made["balance_transaction"] = store.book("refund", made, -amount)["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    store.happened("refund.created", made)
    store.happened("charge.refunded", charge)
    return made


def return_refund(store: Store, refund_id: str) -> Json:
    """The buyer's bank sends a refund back; what only the world outside does."""
    made = store.get("refund", refund_id)
    if made["status"] == "failed":
        raise missing("refund", refund_id)
    charge = store.get("charge", made["charge"])
    back = store.book("refund_failure", made, made["amount"])
    made |= {
        "status": "failed",
        "failure_reason": "lost_or_stolen_card",
        "failure_balance_transaction": back["id"],
    }
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    store.happened("refund.failed", made)
    return made


def _charge_of(store: Store, asked: RefundCreate) -> Json:
    if asked.charge:
        return store.get("charge", asked.charge, "charge")
    if not asked.payment_intent:
        raise refused("One of charge and payment_intent is needed.", "parameter_missing")
    intent = store.get("payment_intent", asked.payment_intent, "payment_intent")
    if not intent["latest_charge"]:
        raise refused("This PaymentIntent does not have a successful charge to refund.")
    return store.get("charge", intent["latest_charge"], "payment_intent")


def dispute(store: Store, charge_id: str, amount: int | None = None) -> Json:
    """The buyer's bank takes the money back; what only the world outside does."""
    charge = store.get("charge", charge_id, "charge")
    if charge["disputed"]:
        raise refused("This charge is disputed already.", "charge_disputed")
    made = store.add(
        {
            "id": identity("du_"),
            "object": "dispute",
            "amount": amount or charge["amount"] - charge["amount_refunded"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": store.now(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": store.now() + 7 * 86_400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
        }
    )
    charge["disputed"] = True
    taken = store.book("adjustment", made, -made["amount"], fee=DISPUTE_FEE, category="dispute")
    made["balance_transactions"].append(taken)
    store.happened("charge.dispute.created", made)
    store.happened("charge.dispute.funds_withdrawn", made)
    return made


def close_dispute(store: Store, dispute_id: str, *, is_won: bool) -> Json:
    """The bank has decided; won, the money comes back and the fee does not."""
    made = store.get("dispute", dispute_id)
    if made["status"] in ("won", "lost"):
        raise missing("open dispute", dispute_id)
    made["status"] = "won" if is_won else "lost"
    if is_won:
        back = store.book("adjustment", made, made["amount"], category="dispute_reversal")
        made["balance_transactions"].append(back)
        store.happened("charge.dispute.funds_reinstated", made)
    store.happened("charge.dispute.closed", made)
    return made


EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy",
    "cancellation_policy_disclosure", "cancellation_rebuttal", "customer_communication",
    "customer_email_address", "customer_name", "customer_purchase_ip", "customer_signature",
    "duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id",
    "product_description", "receipt", "refund_policy", "refund_policy_disclosure",
    "refund_refusal_explanation", "service_date", "service_documentation", "shipping_address",
    "shipping_carrier", "shipping_date", "shipping_documentation", "shipping_tracking_number",
    "uncategorized_file", "uncategorized_text",
)  # fmt: skip
