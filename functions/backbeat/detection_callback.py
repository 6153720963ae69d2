"""detection-callback: what a provider that answers later reports, signed with a shared secret.

The header X-Detector-Signature is `t=<seconds since 1970>,v1=<hex>`: the HMAC-SHA256, by the
secret, of the same seconds, a dot and the body.
"""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from uuid import UUID

from flask import Request
from pydantic import TypeAdapter

from backbeat.database import Database
from backbeat.detector_answers import Reading, Verdict
from backbeat.errors import (
    DatabaseRefusedError,
    DetectorNotConfiguredError,
    InvalidJsonError,
    InvalidSignatureError,
    MissingSignatureError,
)
from backbeat.settings import Settings

HEADER = "X-Detector-Signature"
SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)
TOLERANCE_SECONDS = 300

STATUS = TypeAdapter(str)


@dataclass(frozen=True)
class Report:
    """What a provider says of one check; verdict None: nothing yet."""

    detection_id: UUID | None
    provider_ref: str | None
    verdict: Verdict | None


def detector_server(request: Request, settings: Settings) -> Report:
    """Admit the provider: it signs the body and the time.

    Nothing is read of a body before its signature is found to be good.
    """
    secret = settings.detector_callback_secret
    if secret is None:
        raise DetectorNotConfiguredError(reason="DETECTOR_CALLBACK_SECRET is not set")
    header = request.headers.get(HEADER, "").strip()
    if not header:
        raise MissingSignatureError
    raw = request.get_data(cache=True)
    _verify(raw, header, secret.get_secret_value().encode())
    return _report(raw, Reading.of(settings))


def take_report(database: Database, report: Report, provider: str) -> dict[str, object]:
    """Hand a report to the database and return `{outcome}`.

    verified_human, under_review or flagged_ai: what was decided by it. repeated: it was decided
    before, unknown: there is no such check (any more), ignored: the report has no score; these are
    answered 200, too, as sending them again would change nothing. While the database is away the
    answer is 503, and the provider sends it again.
    """
    if report.verdict is None or (report.detection_id is None and report.provider_ref is None):
        return {"outcome": "ignored"}
    arguments = {
        "detection_id": str(report.detection_id) if report.detection_id else None,
        "risk_score": report.verdict.risk_score,
        "evidence": report.verdict.evidence,
        "provider": provider,
        "provider_ref": report.provider_ref,
    }
    try:
        outcome = database.call("record_detection", arguments, STATUS, is_idempotent=True)
    except DatabaseRefusedError as error:
        if error.token != "detection_not_found":
            raise
        return {"outcome": "unknown"}
    return {"outcome": outcome}


def sign(raw: bytes, secret: bytes, moment: int) -> str:
    """Return the header that goes with a body."""
    digest = hmac.new(secret, f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _verify(raw: bytes, header: str, secret: bytes) -> None:
    found = SIGNATURE.fullmatch(header)
    if found is None:
        raise InvalidSignatureError(reason="not of the form t=...,v1=...")
    moment = int(found[1])
    if not hmac.compare_digest(sign(raw, secret, moment).encode(), header.encode()):
        raise InvalidSignatureError(reason="another signature")
    if abs(time.time() - moment) > TOLERANCE_SECONDS:
        raise InvalidSignatureError(reason="not of this time")


def _report(raw: bytes, reading: Reading) -> Report:
    try:
        answer = reading.parse(raw)
        verdict = reading.verdict(answer) if reading.has_score(answer) else None
        return Report(reading.reference(answer), reading.provider_ref(answer), verdict)
    except ValueError:
        raise InvalidJsonError("This is no report of a check.") from None
