"""stripe-webhook: who may report anything, and that nothing is taken before it is stored."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from devstack.stripe.webhooks import signature
from tests.functions.server import (
    JWT_SECRET,
    NOWHERE,
    SECRET_KEY,
    FunctionsServer,
    bearer,
    running_functions,
)
from tests.functions.stripe import KEY, SECRET, moody_stripe

LIMIT = 1024 * 1024
SETTINGS = {
    "SUPABASE_URL": NOWHERE,
    "SUPABASE_SECRET_KEY": SECRET_KEY,
    "SUPABASE_JWT_SECRET": JWT_SECRET,
    "STRIPE_SECRET_KEY": KEY,
    "STRIPE_WEBHOOK_SECRET": SECRET,
}


@pytest.fixture(scope="module")
def functions() -> Iterator[FunctionsServer]:
    """The functions, with no database behind them: what reaches it is answered 503."""
    with running_functions(None, **SETTINGS, MAX_BODY_BYTES=str(4 * LIMIT)) as server:
        yield server


@pytest.fixture(scope="module")
def event() -> dict[str, Any]:
    """An event as the fake Stripe makes them."""
    with moody_stripe() as (stripe, _):
        return stripe.store.happened("customer.created", {"id": "cus_x", "object": "customer"})


def report(
    server: FunctionsServer, body: bytes, header: str | None, **more: str
) -> tuple[int, str | None]:
    """Send an event; status and token."""
    headers = {"Content-Type": "application/json", **more}
    if header is not None:
        headers["Stripe-Signature"] = header
    answer = server.client.post("/stripe-webhook", content=body, headers=headers)
    return answer.status_code, answer.json().get("error")


def written(event: dict[str, Any], **changes: Any) -> bytes:
    """An event as it is sent."""
    return json.dumps({**event, **changes}, indent=2).encode()


def test_a_good_report_that_is_not_stored_is_not_taken(
    functions: FunctionsServer, event: dict[str, Any]
) -> None:
    body = written(event)
    for moment in (0, -240, 240):
        header = signature(body, SECRET, int(time.time()) + moment)
        assert report(functions, body, header) == (503, "database_unavailable")


def test_hostile_reports_never_reach_the_database(
    functions: FunctionsServer, event: dict[str, Any]
) -> None:
    body, now = written(event), int(time.time())
    good = signature(body, SECRET)
    other = written(event, type="account.updated")
    invalid = (401, "invalid_signature")
    said = {
        "unsigned": report(functions, body, None),
        "an empty signature": report(functions, body, ""),
        "no signature at all": report(functions, body, "please"),
        "no time": report(functions, body, good.partition(",")[2]),
        "a time that is none": report(functions, body, "t=soon,v1=00"),
        "forged": report(functions, body, signature(body, "whsec_of_another")),
        "by an empty secret": report(functions, body, signature(body, "")),
        "by our key": report(functions, body, signature(body, KEY)),
        "another body": report(functions, other, good),
        "one byte more": report(functions, body + b" ", good),
        "an older scheme": report(functions, body, good.replace("v1=", "v0=")),
        "replayed, stale": report(functions, body, signature(body, SECRET, now - 320)),
        "from the future": report(functions, body, signature(body, SECRET, now + 600)),
        "far from the future": report(functions, body, signature(body, SECRET, now + 10**9)),
        "no text": report(functions, b"\xff\xfe", signature(b"\xff\xfe", SECRET)),
    }
    missing = ("unsigned", "an empty signature")
    expected = {name: (401, "missing_signature") if name in missing else invalid for name in said}
    assert said == expected
    bearing = {"Authorization": bearer(SECRET_KEY)["Authorization"]}
    assert report(functions, body, None, **bearing) == (401, "missing_signature")


def test_what_is_signed_and_no_event_of_this_mode_is_refused(
    functions: FunctionsServer, event: dict[str, Any]
) -> None:
    for body in (b"[]", b"{", b'"x"', written({**event, "data": None})):
        assert report(functions, body, signature(body, SECRET)) == (400, "invalid_json")
    for livemode in (True, "false", 0, None):
        body = written(event, livemode=livemode)
        status, token = report(functions, body, signature(body, SECRET))
        assert (status, token in ("livemode_differs", "invalid_json")) == (400, True), livemode
    body = written(event, livemode=True)
    assert report(functions, body, signature(body, SECRET)) == (400, "livemode_differs")


def test_a_report_of_a_mebibyte_is_taken_and_no_longer_one(
    functions: FunctionsServer, event: dict[str, Any]
) -> None:
    short = written(event, padding="")
    taken, refused = (503, "database_unavailable"), (413, "body_too_large")
    for length, said in ((LIMIT, taken), (LIMIT + 1, refused)):
        body = written(event, padding="x" * (length - len(short)))
        assert len(body) == length
        assert report(functions, body, signature(body, SECRET)) == said


def test_each_of_several_secrets_opens_and_a_live_key_takes_live_events(
    event: dict[str, Any],
) -> None:
    both = f"{SECRET}, whsec_of_accounts"
    two = {"STRIPE_WEBHOOK_SECRET": both, "STRIPE_SECRET_KEY": "sk_live_x1"}
    with running_functions(None, **{**SETTINGS, **two}) as server:
        live = written(event, livemode=True)
        for secret in (SECRET, "whsec_of_accounts"):
            assert report(server, live, signature(live, secret))[0] == 503
        assert report(server, live, signature(live, both)) == (401, "invalid_signature")
        test = written(event)
        assert report(server, test, signature(test, SECRET)) == (400, "livemode_differs")


@pytest.mark.parametrize(
    "lacking",
    [{"STRIPE_WEBHOOK_SECRET": ""}, {"STRIPE_SECRET_KEY": ""}, {"STRIPE_WEBHOOK_SECRET": "  "}],
)
def test_without_a_secret_nothing_is_taken(lacking: dict[str, str], event: dict[str, Any]) -> None:
    body = written(event)
    with running_functions(None, **{**SETTINGS, **lacking}) as server:
        for secret in ("", "  ", SECRET):
            status, token = report(server, body, signature(body, secret))
            assert status in (500, 503)
            assert token in ("stripe_not_configured", "not_configured")
