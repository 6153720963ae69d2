"""stripe-webhook: what Stripe reports, signed, handed to the database, answered once it is in."""

import json
import time
from typing import Any

from flask import Request
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from backbeat.database import Database
from backbeat.errors import (
    BodyTooLargeError,
    InvalidJsonError,
    InvalidSignatureError,
    LivemodeDiffersError,
    MissingSignatureError,
    StripeNotConfiguredError,
)
from backbeat.settings import Settings

TOLERANCE_SECONDS = 300
LIMIT_BYTES = 1024 * 1024

OUTCOME = TypeAdapter(str)


class Event(BaseModel):
    """What has to be right about an event before the database sees it."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    id: str
    type: str
    created: int
    livemode: bool
    data: dict[str, Any]


def stripe_server(request: Request, settings: Settings) -> dict[str, Any]:
    """Admit Stripe: it signs the body and the time with a secret of the webhook's own.

    Nothing is read of a body before its signature is found to be good.
    """
    secrets = settings.stripe_webhook_secrets
    if not secrets or settings.stripe_secret_key is None:
        raise StripeNotConfiguredError(
            reason="STRIPE_SECRET_KEY or STRIPE_WEBHOOK_SECRET is not set"
        )
    raw = request.get_data(cache=True)
    if len(raw) > LIMIT_BYTES:
        raise BodyTooLargeError(f"The body may have {LIMIT_BYTES} bytes at most.")
    header = request.headers.get("Stripe-Signature", "").strip()
    if not header:
        raise MissingSignatureError
    _verify(raw, header, secrets)
    return _event(raw, settings.stripe_livemode)


def take_stripe_event(database: Database, event: dict[str, Any]) -> dict[str, object]:
    """Hand an event to the database and return `{outcome}`.

    applied, duplicate, stale, ignored or quarantined: all are committed, and sending the event
    again would change nothing. While the database is away the answer is 503, and Stripe sends the
    event again.
    """
    arguments = {"event": event}
    outcome = database.call("apply_stripe_event", arguments, OUTCOME, is_idempotent=True)
    return {"outcome": outcome}


def _verify(raw: bytes, header: str, secrets: tuple[str, ...]) -> None:
    # Only here: most functions have no use for it.
    from stripe import SignatureVerificationError, WebhookSignature

    for secret in secrets:
        try:
            WebhookSignature.verify_header(raw, header, secret, TOLERANCE_SECONDS)
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
        # The SDK believes the future, however far.
        if _moment(header) <= time.time() + TOLERANCE_SECONDS:
            return
    raise InvalidSignatureError


def _moment(header: str) -> int:
    # As the SDK, which has found it good: the first of them.
    return int(next(part for part in header.split(",") if part.startswith("t="))[2:])


def _event(raw: bytes, livemode: bool) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(raw)
        event = Event.model_validate(found)
    except (ValueError, ValidationError):
        raise InvalidJsonError("This is no event of Stripe's.") from None
    if event.livemode is not livemode:
        raise LivemodeDiffersError(reason=f"{event.id} has livemode {event.livemode}")
    return found
