"""detection-callback: what is signed and of this time is taken, once; nothing else is."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.functions.detector import (
    SECRET,
    SPELLED_OUT,
    Laboratory,
    MoodyDetector,
    artist,
    begin_afresh,
    running_laboratory,
)
from tests.functions.live import LiveStack
from tests.patience import PATIENCE_SECONDS

OLD = 301


@pytest.fixture(scope="module")
def equipped(live: LiveStack) -> Iterator[Laboratory]:
    """The functions with a detector."""
    with running_laboratory(live) as laboratory:
        yield laboratory


@pytest.fixture
def laboratory(live: LiveStack, equipped: Laboratory) -> Laboratory:
    """The functions with a detector that calls nobody by itself."""
    begin_afresh(live)
    equipped.detector.forget()
    equipped.detector.callback_url = None
    return equipped


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """Who makes music."""
    return artist(live, "callback_ada")


@pytest.fixture
def waiting(laboratory: Laboratory, ada: uuid.UUID) -> tuple[uuid.UUID, dict[str, Any]]:
    """A track whose check the detector has taken, and what it would report of it."""
    track = laboratory.hand_in(ada, "detector:later:90")
    assert laboratory.run().json()["waiting"] == 1
    laboratory.callbacks()
    (check,) = laboratory.detector.checks.values()
    return track, check.result()


def report(
    laboratory: Laboratory,
    body: object,
    *,
    secret: str = SECRET,
    age: int = 0,
    signature: str | None = None,
) -> httpx.Response:
    """Send a report, signed with a secret some time ago, or with this header."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signer = MoodyDetector("", secret)
    header = signer.signature(raw, int(time.time()) - age) if signature is None else signature
    return httpx.post(
        f"{laboratory.functions.url}/detection-callback",
        content=raw,
        headers={"X-Detector-Signature": header} if header else {},
        timeout=2 * PATIENCE_SECONDS,
        trust_env=False,
    )


def test_a_report_decides_once(
    laboratory: Laboratory, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    answer = report(laboratory, body)
    assert (answer.status_code, answer.json()) == (200, {"outcome": "flagged_ai"})
    assert laboratory.stands(track) == ("processing", "flagged_ai")
    # Replayed, or with another score: the first one stands.
    for again in (body, {**body, "score": 0.0}):
        answer = report(laboratory, again)
        assert (answer.status_code, answer.json()) == (200, {"outcome": "repeated"})
    assert laboratory.row(track)["risk_score"] == 90


def test_a_report_that_is_too_large_to_keep_decides(
    laboratory: Laboratory, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    answer = report(laboratory, {**body, **SPELLED_OUT})
    assert (answer.status_code, answer.json()) == (200, {"outcome": "flagged_ai"})
    assert laboratory.row(track)["evidence"] == {"dropped": "too_large"}


def test_the_provider_may_call_a_check_by_its_own_name(
    laboratory: Laboratory, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    del body["reference"]
    assert report(laboratory, body).json() == {"outcome": "flagged_ai"}
    assert laboratory.stands(track)[1] == "flagged_ai"


def test_what_is_not_signed_by_the_provider_lately_changes_nothing(
    laboratory: Laboratory, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    now = int(time.time())
    good = MoodyDetector("", SECRET).signature(json.dumps(body).encode(), now)
    refusals = {
        "none": report(laboratory, body, signature=""),
        "another secret": report(laboratory, body, secret="a-secret-of-somebody-else"),
        "another body": report(laboratory, {**body, "score": 0.0}, signature=good),
        "another time": report(
            laboratory, body, signature=good.replace(f"t={now}", f"t={now + 1}")
        ),
        "too old": report(laboratory, body, age=OLD),
        "from the future": report(laboratory, body, age=-OLD - 60),
        "cut off": report(laboratory, body, signature=good[:-1]),
        "in capitals": report(laboratory, body, signature=good.upper()),
        "nonsense": report(laboratory, body, signature="v1=;t=,"),
    }
    for name, answer in refusals.items():
        expected = "missing_signature" if name == "none" else "invalid_signature"
        assert (answer.status_code, answer.json()["error"]) == (401, expected), name
    assert laboratory.stands(track) == ("processing", "analyzing")


def test_reports_of_nothing_of_ours_are_taken_and_change_nothing(
    laboratory: Laboratory, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    for other, outcome in (
        ({"reference": str(uuid.uuid4()), "score": 0.1}, "unknown"),
        ({"id": "chk_of_somebody_else", "score": 0.1}, "unknown"),
        ({"reference": body["reference"], "state": "running"}, "ignored"),
        ({"score": 0.1}, "ignored"),
    ):
        answer = report(laboratory, other)
        assert (answer.status_code, answer.json()) == (200, {"outcome": outcome})
    assert laboratory.stands(track) == ("processing", "analyzing")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"[]",
        b"\xff",
        b'{"reference": "7", "score": 0.1}',
        b'{"reference": 7, "score": 0.1}',
        b'{"score": 7}',
        b'{"score": "much"}',
        b'{"score": NaN}',
        b"[" * 100_000,
    ],
)
def test_a_signed_report_of_another_shape_is_refused(laboratory: Laboratory, raw: bytes) -> None:
    answer = report(laboratory, raw)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")


def test_what_comes_late_decides_as_long_as_people_have_not_begun(
    laboratory: Laboratory, live: LiveStack, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    live.sql("update public.detections set attempts = 5")
    laboratory.make_due()
    laboratory.run()
    assert laboratory.stands(track) == ("processing", "under_review")
    with live.stack.server.connect(autocommit=False) as connection:
        connection.execute(
            "insert into public.detection_reviews (detection_id, round, verdict)"
            " select id, round, 'rejected' from public.detections"
        )
        connection.commit()
    assert report(laboratory, body).json() == {"outcome": "repeated"}
    live.sql("delete from public.detection_reviews")
    assert report(laboratory, {**body, "score": 0.02}).json() == {"outcome": "verified_human"}
    assert laboratory.stands(track) == ("published", "verified_human")


def test_while_the_database_is_away_a_report_is_sent_again(
    laboratory: Laboratory, live: LiveStack, waiting: tuple[uuid.UUID, dict[str, Any]]
) -> None:
    track, body = waiting
    with live.without("postgrest"):
        answer = report(laboratory, body)
        assert (answer.status_code, answer.json()["error"]) == (503, "database_unavailable")
    assert report(laboratory, body).json() == {"outcome": "flagged_ai"}
    assert laboratory.stands(track)[1] == "flagged_ai"


def test_where_no_secret_is_set_nobody_reports(live: LiveStack) -> None:
    with running_laboratory(live, DETECTOR_CALLBACK_SECRET="") as silent:
        answer = report(silent, {"score": 0.1})
        assert (answer.status_code, answer.json()["error"]) == (503, "detector_not_configured")
