"""reconcile-stripe: asks Stripe what has happened, applies what was missed, compares the money."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from backbeat.database import Database
from backbeat.errors import (
    BackbeatError,
    DatabaseFaultError,
    DatabaseRefusedError,
    StripeRefusedError,
)
from backbeat.logs import logger
from backbeat.stripe_client import Json, Stripe

BATCH = 500

IDS: TypeAdapter[list[str]] = TypeAdapter(list[str])
MOMENT = TypeAdapter(datetime)
OUTCOME = TypeAdapter(str)
REPORT: TypeAdapter[Any] = TypeAdapter(Any)


def reconcile_stripe(database: Database, stripe: Stripe) -> dict[str, object]:
    """Return `{events, repaired, failed, report}`: what was looked at, missing, and differs.

    Done again at once, nothing is missing. What cannot be applied does not keep the rest from being
    applied and compared; the answer then is the first one's error, with the same values. Raises
    StripeUnavailableError.
    """
    from_at = database.call("reconciled_since", {}, MOMENT, is_idempotent=True)
    failures: list[BackbeatError] = []
    # Stripe counts in whole seconds: both sides are compared from the same moment on.
    from_at = from_at.replace(microsecond=0)
    events = list(stripe.events(from_at))
    repaired = _apply(database, _missing(database, events), failures)
    repaired += _apply(database, _sessions(database, stripe, failures), failures)
    # What was just repaired is in the ledger by now, and compared.
    to_at = datetime.now(UTC)
    values = {"created": {"gte": int(from_at.timestamp()), "lte": int(to_at.timestamp())}}
    arguments = {
        "from_at": from_at.isoformat(),
        "to_at": to_at.isoformat(),
        "repaired": repaired,
        "transactions": [movement(each) for each in stripe.all("balance_transactions", values)],
    }
    report = database.call("record_reconciliation", arguments, REPORT)
    told: dict[str, object] = {
        "events": len(events),
        "repaired": repaired,
        "failed": len(failures),
        "report": report,
    }
    if failures:
        failures[0].extra = {**failures[0].extra, **told}
        raise failures[0]
    return told


def _missing(database: Database, events: list[Json]) -> list[Json]:
    missing: set[str] = set()
    names = [event["id"] for event in events]
    for start in range(0, len(names), BATCH):
        arguments = {"ids": names[start : start + BATCH]}
        found = database.call("missing_stripe_events", arguments, IDS, is_idempotent=True)
        missing |= set(found)
    return [event for event in events if event["id"] in missing]


def _apply(database: Database, events: Iterable[Json], failures: list[BackbeatError]) -> int:
    """Hand events over one by one, as the webhook does; how many of them changed something."""
    count = 0
    for event in events:
        arguments = {"event": event}
        try:
            outcome = database.call("apply_stripe_event", arguments, OUTCOME, is_idempotent=True)
        except (DatabaseRefusedError, DatabaseFaultError) as error:
            _note(failures, event["id"], error)
        else:
            count += outcome in ("applied", "quarantined")
    return count


def _sessions(database: Database, stripe: Stripe, failures: list[BackbeatError]) -> Iterable[Json]:
    """What has become of checkouts whose orders still wait."""
    for name in database.call("open_sessions", {}, IDS, is_idempotent=True):
        try:
            session = stripe.retrieve("checkout.sessions", name)
            has_failed = _has_failed(stripe, session)
        except StripeRefusedError as error:
            _note(failures, name, error)
            continue
        if session["status"] in OVER:
            yield event_of(session, FAILED if has_failed else OVER[session["status"]])


def _has_failed(stripe: Stripe, session: Json) -> bool:
    """Whether what was to come later did not: the session itself does not say so."""
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        return False
    intent = stripe.retrieve("payment_intents", session["payment_intent"])
    return intent["status"] in ("requires_payment_method", "canceled")


def _note(failures: list[BackbeatError], name: str, error: BackbeatError) -> None:
    failures.append(error)
    logger().warning("not_reconciled", about=name, token=error.token, reason=error.reason)


OVER = {"complete": "checkout.session.completed", "expired": "checkout.session.expired"}
FAILED = "checkout.session.async_payment_failed"


def event_of(session: Json, kind: str) -> Json:
    """An event of a kind that says what a session is like now; the same for the same state."""
    state = "failed" if kind == FAILED else session["payment_status"]
    return {
        "id": f"reconcile_{session['id']}_{session['status']}_{state}",
        "object": "event",
        "type": kind,
        "created": session["created"],
        "livemode": session["livemode"],
        "data": {"object": session},
    }


def movement(transaction: Json) -> Json:
    """A balance transaction, as far as the ledger is compared with it."""
    return {
        "id": transaction["id"],
        "type": transaction["type"],
        "source": transaction["source"],
        "amount_minor": transaction["amount"],
        "fee_minor": transaction["fee"],
        "currency": transaction["currency"],
        "created": datetime.fromtimestamp(transaction["created"], UTC).isoformat(),
    }
