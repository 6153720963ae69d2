"""The schedule runner: at the right minute, one run at a time, one line a run."""

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest
from pydantic import ValidationError

from devstack.schedule_file import Schedule, read_schedules
from devstack.schedules import Clock, connect, keep, next_run, run
from tests.functions.server import CRON_SECRET, NOWHERE, PROBE, ROOT, running_functions

HOURLY = Schedule(name="tick", cron="17 * * * *", target="tick", timeout_seconds=5, why="A test.")
START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


class EnoughError(Exception):
    """Ends a runner that would go on for ever."""


class Time:
    """A clock that moves when somebody waits, and ends the test at a given hour."""

    def __init__(self, until: datetime) -> None:
        self.now = START
        self.until = until
        self.clock = Clock(now=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)
        if self.now > self.until:
            raise EnoughError


def starts(run_minutes: int, hours: int) -> list[str]:
    """Keep the hourly schedule whose runs take so long, and return when they began."""
    time, begun = Time(START + timedelta(hours=hours)), []

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/tick")
        begun.append(f"{time.now:%H:%M}")
        time.now += timedelta(minutes=run_minutes)
        return httpx.Response(200, json={})

    async def serve() -> None:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://functions") as client:
            await keep(HOURLY, client, time.clock)

    with pytest.raises(EnoughError):
        asyncio.run(serve())
    return begun


def test_it_runs_at_the_minute() -> None:
    assert starts(run_minutes=1, hours=4) == ["08:17", "09:17", "10:17", "11:17"]


def test_a_long_run_delays_the_next_and_never_overlaps() -> None:
    assert starts(run_minutes=90, hours=6) == ["08:17", "10:17", "12:17"]


def test_next_run_is_in_utc() -> None:
    zone = datetime.fromisoformat("2026-11-21T23:59:00-05:00")
    assert next_run(HOURLY, zone) == datetime(2026, 11, 22, 5, 17, tzinfo=UTC)


def test_it_calls_as_the_scheduler_and_writes_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    async def both(url: str) -> tuple[bool, bool]:
        async with connect(url, CRON_SECRET) as right, connect(url, "not-the-secret") as wrong:
            return await run(HOURLY, right), await run(HOURLY, wrong)

    with running_functions(
        PROBE, SUPABASE_URL=NOWHERE, SUPABASE_SECRET_KEY="sb_secret_x", CRON_SECRET=CRON_SECRET
    ) as server:
        assert asyncio.run(both(server.url)) == (True, False)
    first, second = capfd.readouterr().out.splitlines()
    assert " tick " in first
    assert " 200 " in first
    assert " 401 " in second
    assert "invalid_token" in second
    assert CRON_SECRET not in first + second


def test_it_goes_on_when_the_functions_are_away(capfd: pytest.CaptureFixture[str]) -> None:
    async def once() -> bool:
        async with connect(NOWHERE, CRON_SECRET) as client:
            return await run(HOURLY, client)

    assert asyncio.run(once()) is False
    assert "no answer: ConnectError" in capfd.readouterr().out


def runner(*names: str, **environment: str) -> "subprocess.Popen[str]":
    """Start the real runner."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "devstack.schedules", *names],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "FUNCTIONS_URL": NOWHERE,
            "CRON_SECRET": CRON_SECRET,
            **environment,
        },
        stdout=PIPE,
        stderr=PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_runner_says_what_comes_and_ends_when_told(number: signal.Signals) -> None:
    process = runner()
    assert process.stdout is not None
    assert process.stdout.readline().startswith("erase-accounts: 17 * * * * (next ")
    process.send_signal(number)
    _, errors = process.communicate(timeout=90)
    assert (process.returncode, errors) == (0, "")


def test_a_job_can_be_run_now_by_name() -> None:
    process = runner("erase-accounts")
    output, errors = process.communicate(timeout=90)
    assert (process.returncode, errors) == (1, "")
    assert "no answer" in output
    process = runner("brew-coffee")
    _, errors = process.communicate(timeout=90)
    assert (process.returncode, errors) == (2, "no schedule is named brew-coffee\n")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"cron": "* * * * * *"}, "five fields"),
        ({"cron": "61 * * * *"}, "five fields"),
        ({"cron": "hourly"}, "five fields"),
        ({"name": "Erase Accounts"}, "pattern"),
        ({"target": "erase_accounts"}, "pattern"),
        ({"timeout_seconds": 0}, "greater than 0"),
        ({"why": ""}, "at least 1"),
        ({"when": "now"}, "not permitted"),
    ],
)
def test_unfit_schedule_is_refused(change: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Schedule.model_validate({**HOURLY.model_dump(), **change})


def test_names_are_unique(tmp_path: Path) -> None:
    one = '[[schedule]]\nname="a"\ncron="* * * * *"\ntarget="a"\ntimeout_seconds=1\nwhy="x"\n'
    (tmp_path / "twice.toml").write_text(one * 2)
    with pytest.raises(ValidationError, match="more than one schedule is named a"):
        read_schedules(tmp_path / "twice.toml")
    (tmp_path / "none.toml").write_text("")
    assert read_schedules(tmp_path / "none.toml") == ()
