"""The router of the development stack: the real functions, each under its own path."""

import signal
from pathlib import Path

import pytest

from devstack.functions_router import SOURCE, load_targets
from devstack.schedule_file import read_schedules
from tests.functions.server import NOWHERE, running_functions

SETTINGS = {"SUPABASE_URL": NOWHERE, "SUPABASE_SECRET_KEY": "sb_secret_x"}


def test_every_function_is_served_under_its_name() -> None:
    with running_functions(None, **SETTINGS) as server:
        names = server.client.get("/").json()["functions"]
        assert names == [
            "accrue-royalties", "advance-sessions", "archive-plays", "billing-portal",
            "close-season", "connect-onboarding", "create-checkout", "create-subscription",
            "detection-callback", "download-link", "erase-accounts", "fingerprint-tracks",
            "health", "housekeeping", "live-end", "live-start", "live-token", "livekit-webhook",
            "process-payouts", "process-refunds", "reconcile-stripe", "remove-objects",
            "rights-claim", "roll-up-leaderboards", "run-detections", "send-email", "send-push",
            "stream-url", "stripe-webhook", "tidy", "verify-artists", "watch-live",
        ]  # fmt: skip
        for name in names:
            for path in (f"/{name}", f"/{name}/", f"/{name}/more"):
                answer = server.client.request("BREW", path)
                assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        for path in ("/nothing", "/health-", "/main", "/erase_accounts", "/%2e%2e"):
            answer = server.client.get(path)
            assert (answer.status_code, answer.json()["error"]) == (404, "unknown_function")


def test_database_that_is_away_is_said_so() -> None:
    cron = "only-the-scheduler-knows-this"
    with running_functions(None, **SETTINGS, CRON_SECRET=cron) as server:
        health = server.client.get("/health")
        assert health.status_code == 503
        assert health.json()["database"] == "unreachable"
        assert health.json()["migrations"]["current"] is False
        answer = server.client.post("/erase-accounts", headers={"authorization": f"Bearer {cron}"})
        assert (answer.status_code, answer.json()["error"]) == (503, "database_unavailable")
        # It knows no secret of ours, nor does the answer.
        assert "sb_secret" not in answer.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_when_told(number: signal.Signals) -> None:
    with running_functions(None, **SETTINGS) as server:
        assert server.client.get("/").is_success
        server.process.send_signal(number)
        assert server.process.wait(timeout=180) == 0


def test_every_schedule_has_its_function_and_every_function_says_what_it_does() -> None:
    targets = load_targets(SOURCE)
    assert {schedule.target for schedule in read_schedules()} <= set(targets)
    assert all(target.__doc__ for target in targets.values())


def test_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no functions at .*main\.py"):
        load_targets(tmp_path / "main.py")
