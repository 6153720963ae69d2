"""Connected accounts: their onboarding, transfers to them, and payouts to their banks."""

from __future__ import annotations

from devstack.stripe.faults import refused
from devstack.stripe.parameters import (
    AccountCreate,
    AccountLinkCreate,
    AccountUpdate,
    PayoutCreate,
    ReversalCreate,
    TransferCreate,
)
from devstack.stripe.store import PLATFORM, Json, Store, identity, listed

LINK_SECONDS = 300
WANTED = ["business_profile.url", "external_account", "tos_acceptance.date"]
CURRENCIES = {"US": "usd", "GB": "gbp", "JP": "jpy"}


def create_account(store: Store, asked: AccountCreate) -> Json:
    """An account that can do nothing yet."""
    if asked.controller and asked.type:
        raise refused("Specify one of controller and type.", param="type")
    controller: Json = (
        asked.controller.model_dump()
        if asked.controller
        else {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": asked.type or "express"},
        }
    )
    requested = asked.capabilities.model_dump(exclude_none=True)
    name = identity("acct_")
    return store.add(
        {
            "id": name,
            "object": "account",
            "business_profile": None,
            "business_type": asked.business_type,
            "capabilities": {
                capability: "inactive"
                for capability, said in requested.items()
                if said["requested"]
            },
            "charges_enabled": False,
            "controller": {"is_controller": True, "type": "application", **controller},
            "country": asked.country,
            "created": store.now(),
            "default_currency": CURRENCIES.get(asked.country, "eur"),
            "details_submitted": False,
            "email": asked.email,
            "external_accounts": listed([], f"/v1/accounts/{name}/external_accounts"),
            "metadata": dict(asked.metadata),
            "payouts_enabled": False,
            "requirements": _requirements(WANTED),
            "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
            "type": "express" if asked.type in (None, "express") else asked.type,
        }
    )


def update_account(store: Store, account: Json, asked: AccountUpdate) -> Json:
    """Change what is said of an account."""
    if asked.email is not None:
        account["email"] = asked.email
    account["metadata"] |= asked.metadata or {}
    return _updated(store, account)


def open_link(store: Store, asked: AccountLinkCreate) -> Json:
    """A way to the onboarding, good once and for a few minutes."""
    store.get("account", asked.account, "account")
    token = identity("")
    link = {
        "object": "account_link",
        "created": store.now(),
        "expires_at": store.now() + LINK_SECONDS,
        "url": f"{store.public_url}/connect/{token}",
    }
    store.beside[token] = asked.model_dump() | {"expires_at": link["expires_at"]}
    return link


def onboard(store: Store, account: Json) -> Json:
    """Everything wanted was given: the account can take money and pay it out."""
    account |= {
        "capabilities": dict.fromkeys(account["capabilities"], "active"),
        "charges_enabled": "card_payments" in account["capabilities"],
        "details_submitted": True,
        "payouts_enabled": True,
        "requirements": _requirements([]),
    }
    return _updated(store, account)


def restrict(store: Store, account: Json) -> Json:
    """Stripe wants to know more; until then the account can do nothing."""
    account |= {
        "capabilities": dict.fromkeys(account["capabilities"], "inactive"),
        "charges_enabled": False,
        "payouts_enabled": False,
        "requirements": _requirements(["individual.verification.document"]),
    }
    return _updated(store, account)


def _updated(store: Store, account: Json) -> Json:
    store.happened("account.updated", account, account["id"])
    return account


def _requirements(wanted: list[str]) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": wanted,
        "disabled_reason": "requirements.past_due" if wanted else None,
        "errors": [],
        "eventually_due": wanted,
        "past_due": wanted,
        "pending_verification": [],
    }


def transfer(store: Store, asked: TransferCreate) -> Json:
    """Give a connected account money of ours."""
    account = store.get("account", asked.destination, "destination")
    if account["capabilities"].get("transfers") != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            "insufficient_capabilities_for_transfer",
        )
    if asked.source_transaction:
        store.get("charge", asked.source_transaction, "source_transaction")
    elif store.balance(PLATFORM, asked.currency) < asked.amount:
        raise refused("You have insufficient available funds.", "balance_insufficient")
    name = identity("tr_")
    made = store.add(
        {
            "id": name,
            "object": "transfer",
            "amount": asked.amount,
            "amount_reversed": 0,
            "balance_transaction": None,
            "created": store.now(),
            "currency": asked.currency,
            "description": asked.description,
            "destination": account["id"],
            "destination_payment": identity("py_"),
            "livemode": False,
            "metadata": dict(asked.metadata),
            "reversals": listed([], f"/v1/transfers/{name}/reversals"),
            "reversed": False,
            "source_transaction": asked.source_transaction,
            "source_type": "card",
            "transfer_group": asked.transfer_group,
        }
    )
    made["balance_transaction"] = store.book("transfer", made, -asked.amount)["id"]
    received = {**made, "id": made["destination_payment"]}
    store.book("payment", received, asked.amount, account["id"], category="charge")
    store.happened("transfer.created", made)
    return made


def reverse(store: Store, made: Json, asked: ReversalCreate) -> Json:
    """Take back some of a transfer, as far as the account has it."""
    left = made["amount"] - made["amount_reversed"]
    amount = asked.amount or left
    if not left or amount > left:
        raise refused("The transfer has less left than is to be reversed.", param="amount")
    if store.balance(made["destination"], made["currency"]) < amount:
        raise refused("The account has insufficient available funds.", "balance_insufficient")
    reversal = store.add(
        {
            "id": identity("trr_"),
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": None,
            "created": store.now(),
            "currency": made["currency"],
            "destination_payment_refund": identity("pyr_"),
            "metadata": dict(asked.metadata),
            "source_refund": None,
            "transfer": made["id"],
        }
    )
    booked = store.book("transfer_refund", reversal, amount, category="transfer_reversal")
    reversal["balance_transaction"] = booked["id"]
    given = {**reversal, "id": reversal["destination_payment_refund"]}
    store.book("payment_refund", given, -amount, made["destination"], category="refund")
    made["amount_reversed"] += amount
    made["reversed"] = made["amount_reversed"] == made["amount"]
    made["reversals"]["data"].insert(0, reversal)
    store.happened("transfer.reversed", made)
    return reversal


def pay_out(
    store: Store,
    account: str,
    asked: PayoutCreate,
    *,
    arrives: bool = True,
    automatic: bool = False,
) -> Json:
    """Send an account's money to its bank, which takes it, or sends it back."""
    if store.balance(account, asked.currency) < asked.amount:
        raise refused("You have insufficient available funds.", "balance_insufficient")
    made = store.add(
        {
            "id": identity("po_"),
            "object": "payout",
            "amount": asked.amount,
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": store.now() + 2 * 86_400,
            "automatic": automatic,
            "balance_transaction": None,
            "created": store.now(),
            "currency": asked.currency,
            "description": asked.description,
            "destination": identity("ba_"),
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "livemode": False,
            "metadata": dict(asked.metadata),
            "method": "standard",
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "not_applicable",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": None,
            "status": "pending",
            "trace_id": None,
            "type": "bank_account",
        },
        account,
    )
    made["balance_transaction"] = store.book("payout", made, -asked.amount, account)["id"]
    store.happened("payout.created", made, account)
    if arrives:
        made["status"] = "paid"
        store.happened("payout.paid", made, account)
    else:
        back = store.book("payout_failure", made, asked.amount, account)
        made |= {
            "status": "failed",
            "failure_balance_transaction": back["id"],
            "failure_code": "account_closed",
            "failure_message": "The bank account has been closed",
        }
        store.happened("payout.failed", made, account)
    return made


def empty(store: Store, account: str, *, arrives: bool) -> list[Json]:
    """What Stripe does by itself every day: send all an account has to its bank."""
    store.get("account", account, "account")
    found = [
        (key.partition(" ")[2], amount)
        for key, amount in store.balances.items()
        if key.startswith(f"{account} ") and amount > 0
    ]
    return [
        pay_out(
            store,
            account,
            PayoutCreate(amount=amount, currency=currency),
            arrives=arrives,
            automatic=True,
        )
        for currency, amount in found
    ]
