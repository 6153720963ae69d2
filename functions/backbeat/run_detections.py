"""run-detections: has uploads looked at by a provider, each once; what it cannot say people do."""

from functools import lru_cache
from typing import Any

import httpx
from pydantic import TypeAdapter

from backbeat.batches import claims
from backbeat.database import Database
from backbeat.detector_answers import Reading, Verdict
from backbeat.detectors import CheckFailedError, Claimed, Detector, Files, Later, NoDetector
from backbeat.errors import (
    DatabaseRefusedError,
    DetectorUnavailableError,
    NotConfiguredError,
    StorageUnavailableError,
)
from backbeat.http_detector import HttpDetector
from backbeat.logs import logger
from backbeat.settings import Settings
from backbeat.timed_transport import TimedTransport

CLAIMED = TypeAdapter(list[Claimed])
MAY_ASK = TypeAdapter(bool)
STATUS = TypeAdapter(str)


def run_detections(database: Database, detector: Detector, files: Files) -> dict[str, int]:
    """Have what is due looked at and return `{decided, under_review, waiting, failed}`.

    decided: by the provider and the bands, under_review among them where it is not sure; waiting:
    the provider answers later; failed: tried again later, or under_review after the last try. A
    provider that is away is 502 detector_unavailable, with the same counts.
    """
    counts = {"decided": 0, "under_review": 0, "waiting": 0, "failed": 0}
    errors: list[str] = []
    provider = {"provider": detector.name, "provider_version": detector.version}
    for one in claims(database, "claim_detections", CLAIMED, provider):
        try:
            outcome = _attempt(database, detector, files, one, errors)
        except DatabaseRefusedError as error:
            outcome = _refused(one, error)
        if outcome:
            counts[outcome] += 1
    if errors and detector.name != "none":
        raise DetectorUnavailableError(reason=errors[0], extra=counts)
    return counts


def _attempt(
    database: Database, detector: Detector, files: Files, one: Claimed, errors: list[str]
) -> str | None:
    try:
        return _look(database, detector, files, one)
    except CheckFailedError as failure:
        errors.append(failure.error)
        return _fail(database, one, failure)


def _look(database: Database, detector: Detector, files: Files, one: Claimed) -> str | None:
    """Return under which count it falls, None where it is somebody else's now."""
    if one.called_at is not None:
        # It was asked for before, and what came of it did not reach the database.
        found = detector.find(one)
        if found is not None:
            return _record(database, one, found)
    try:
        ask = detector.prepare(one, files)
    except StorageUnavailableError as error:
        raise CheckFailedError("not_made", error.token) from error
    lease = {"detection_id": str(one.detection_id), "lease_id": str(one.lease_id)}
    before = one.called_at.isoformat() if one.called_at else None
    if not database.call("begin_detection_call", {**lease, "called_at": before}, MAY_ASK):
        return None
    return _record(database, one, ask())


def _record(database: Database, one: Claimed, found: Verdict | Later) -> str:
    arguments: dict[str, Any] = {"detection_id": str(one.detection_id)}
    if isinstance(found, Later):
        arguments |= {"lease_id": str(one.lease_id), "provider_ref": found.provider_ref}
        database.call("await_detection", arguments, STATUS, is_idempotent=True)
        return "waiting"
    arguments |= {"risk_score": found.risk_score, "evidence": found.evidence}
    database.call("record_detection", arguments, STATUS, is_idempotent=True)
    return "decided"


def _refused(one: Claimed, error: DatabaseRefusedError) -> str | None:
    """Go on with the others: after so many attempts people decide about this one."""
    if error.token == "detection_not_found":
        # The track went meanwhile, with its artist.
        return None
    logger().error("not_recorded", detection_id=str(one.detection_id), token=error.token)
    return "failed"


def _fail(database: Database, one: Claimed, failure: CheckFailedError) -> str:
    logger().warning(
        "check_failed",
        detection_id=str(one.detection_id),
        outcome=failure.outcome,
        token=failure.error,
    )
    arguments = {
        "detection_id": str(one.detection_id),
        "lease_id": str(one.lease_id),
        "outcome": failure.outcome,
        "error": failure.error,
        "retry_after_seconds": failure.retry_after,
    }
    status = database.call("fail_detection", arguments, STATUS, is_idempotent=True)
    return "under_review" if status == "under_review" else "failed"


@lru_cache(maxsize=1)
def connect_detector(settings: Settings) -> Detector:
    """Return this process's provider, the one that the settings name, made when first asked for."""
    if settings.detector == "none":
        return NoDetector()
    if settings.detector == "local":
        # Only here: librosa is not installed where nobody asks for it.
        from backbeat.local_detector import LocalDetector

        return LocalDetector()
    if settings.detector_url is None:
        raise NotConfiguredError(reason="DETECTOR_URL is not set")
    timeout = settings.detector_timeout_seconds
    return HttpDetector(
        client=httpx.Client(
            transport=TimedTransport(),
            timeout=httpx.Timeout(timeout, connect=settings.connect_timeout_seconds),
            follow_redirects=False,
        ),
        url=settings.detector_url,
        version=settings.detector_version,
        reading=Reading.of(settings),
        timeout_seconds=timeout,
        url_field=settings.detector_url_field,
        result_url=settings.detector_result_url,
        callback_url=settings.detector_callback_url,
        headers=_key_headers(settings),
    )


def _key_headers(settings: Settings) -> dict[str, str]:
    if settings.detector_api_key is None:
        return {}
    name, key = settings.detector_api_key_header, settings.detector_api_key.get_secret_value()
    return {name: f"Bearer {key}" if name.lower() == "authorization" else key}
