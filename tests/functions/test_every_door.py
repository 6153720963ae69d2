"""Every function that is not for anybody refuses every bad token, before it does anything else."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.functions_router import load_targets
from tests.functions.server import (
    CRON_SECRET,
    JWT_SECRET,
    NOWHERE,
    ROOT,
    SECRET_KEY,
    FunctionsServer,
    Issuer,
    bearer,
    google_claims,
    person_claims,
    running_functions,
)
from tests.functions.test_auth import BAD, shared

FOR_PEOPLE = {
    "billing-portal", "connect-onboarding", "create-checkout", "create-subscription",
    "download-link", "live-end", "live-start", "live-token", "stream-url",
}  # fmt: skip
OPEN = {"health", "rights-claim"}
# Opened by a signature over the body: test_livekit_webhook.py, test_stripe_webhook.py,
# test_detection_callback.py.
SIGNED = {"detection-callback", "livekit-webhook", "stripe-webhook"}
SOME_ID = person_claims()["sub"]
BODIES = {
    "stream-url": {"track_id": SOME_ID},
    "billing-portal": {"return_path": "/me"},
    "connect-onboarding": {"return_path": "/me", "refresh_path": "/again"},
    "create-checkout": {
        "items": [{"product_id": SOME_ID}],
        "client_id": SOME_ID,
        "success_path": "/thanks",
        "cancel_path": "/",
    },
    "create-subscription": {
        "plan": "pro", "client_id": SOME_ID, "success_path": "/thanks", "cancel_path": "/",
    },
    "download-link": {"grant_id": SOME_ID},
    "live-start": {"room_id": SOME_ID, "title": "On air"},
    "live-end": {"stream_id": SOME_ID},
    "live-token": {"room_id": SOME_ID},
}  # fmt: skip
# Tidy does chore after chore regardless.
ELSEWHERE = {"tidy": (500, "internal_error")}
FUNCTIONS = set(load_targets(Path(ROOT / "functions" / "main.py"))) - OPEN


@pytest.fixture(scope="module")
def functions(issuer: Issuer) -> Iterator[FunctionsServer]:
    """The real functions, with nothing behind them: who is let in fails otherwise."""
    with running_functions(
        None,
        **issuer.settings,
        S3_ACCESS_KEY="x",
        S3_SECRET_KEY="x",
        S3_ENDPOINT_URL=NOWHERE,
        EXPO_API_BASE=NOWHERE,
        SMTP_HOST="127.0.0.1",
        EMAIL_FROM="hello@example.com",
        LIVEKIT_URL=NOWHERE,
        LIVEKIT_API_KEY="APIkey",
        LIVEKIT_API_SECRET=JWT_SECRET[::-1],
        STRIPE_API_BASE=NOWHERE,
        STRIPE_SECRET_KEY="sk_test_nowhere",
        STRIPE_WEBHOOK_SECRET="whsec_nowhere",
        STRIPE_PRICE_PRO="price_x",
        FRONTEND_URL="https://app.example.com",
        DETECTOR_CALLBACK_SECRET="the-detector-signs-with-this",
        # Whatever is there: nothing gets as far as to call it.
        FPCALC=sys.executable,
    ) as server:
        yield server


def tokens(function: str, issuer: Issuer) -> dict[str, dict[str, str]]:
    """What is wrong with a token for this function, and the header that carries it."""
    bad = {name: make(issuer) for name, (make, _) in BAD.items()}
    bad["the project's secret key"] = bearer(SECRET_KEY)
    bad["the project's public key"] = bearer("sb_publishable_x")
    if function in FOR_PEOPLE:
        bad["the scheduler's secret"] = bearer(CRON_SECRET)
        bad["Google's token for the scheduler"] = bearer(issuer.sign(google_claims()))
    else:
        bad["a person"] = bearer(shared())
        bad["a person, published key"] = bearer(issuer.sign(person_claims()))
        stranger = google_claims(email="stranger@project.iam.gserviceaccount.com")
        bad["another account of Google's"] = bearer(issuer.sign(stranger, "rsa"))
        bad["half the secret"] = bearer(CRON_SECRET[:-1])
    return bad


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_bad_tokens_open_nothing(function: str, functions: FunctionsServer, issuer: Issuer) -> None:
    body = BODIES.get(function, {})
    bad = tokens(function, issuer)
    assert len(bad) > 25
    for name, headers in bad.items():
        raw = {key.encode(): value.encode() for key, value in headers.items()}
        answer = functions.client.post(f"/{function}", json=body, headers=raw)
        assert answer.status_code == 401, name
        assert set(answer.json()) == {"error", "message"}, name


@pytest.mark.parametrize("function", sorted(FUNCTIONS - SIGNED))
def test_good_token_opens(function: str, functions: FunctionsServer) -> None:
    good = bearer(shared()) if function in FOR_PEOPLE else bearer(CRON_SECRET)
    body = BODIES.get(function, {})
    answer = functions.client.post(f"/{function}", json=body, headers=good)
    # It gets as far as the database, which is not there.
    expected = ELSEWHERE.get(function, (503, "database_unavailable"))
    assert (answer.status_code, answer.json()["error"]) == expected


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_only_post_is_answered(function: str, functions: FunctionsServer) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = functions.client.request(method, f"/{function}", headers=bearer(CRON_SECRET))
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
