"""The whole development stack for tests: started as a person would, in a folder with a space."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devstack.home import Home
from devstack.processes import ROOT, spawn, stop, tail
from devstack.stack import open_stack
from tests.patience import PATIENCE_SECONDS

START_PATIENCE = 1800.0
# The output of `backbeat up`, in the stack's home.
OUTPUT = "up.log"
# What it says last, a moment after everything answers: a request to try.
LAST_WORDS = "    curl '"


@dataclass(frozen=True)
class RunningStack:
    """A stack that answers, and the process that keeps it up."""

    home: Path
    process: subprocess.Popen[bytes]
    url: str
    publishable_key: str
    secret_key: str
    jwt_secret: str
    database_url: str
    functions_url: str
    cron_secret: str

    def pids(self) -> dict[str, int]:
        """The process of each part."""
        state = json.loads((self.home / "state.json").read_text())
        return {name: part["pid"] for name, part in state["parts"].items()}

    def output(self) -> str:
        """What `backbeat up` has printed so far."""
        return (self.home / OUTPUT).read_text()


def shared_stack(*, seed: bool = False) -> Any:
    """A fixture for a conftest.py: the stack that all tests of a folder share, until the last.

    It has the migrations applied and nobody in it, or with `seed` the community of `make up`.
    """

    @pytest.fixture(scope="package")
    def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
        with running_stack(tmp_path_factory.mktemp("stack") / "a home", seed=seed) as running:
            yield running

    return stack


@contextmanager
def running_stack(
    home: Path, *, seed: bool = False, has_clock: bool = False
) -> Iterator[RunningStack]:
    """Run a stack in `home` until the block ends; it dies with the test run, too.

    Without a clock nothing happens in it but what the test does.
    """
    process = launch(home, seed=seed, has_clock=has_clock)
    try:
        yield wait_healthy(home, process)
    finally:
        stop(process, how=signal.SIGINT, patience=90)


def launch(home: Path, *, seed: bool = False, has_clock: bool = False) -> subprocess.Popen[bytes]:
    """Start `backbeat up` without waiting for anything."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / OUTPUT).open("wb") as output:
        return spawn(
            backbeat_command("up", *([] if seed else ["--no-seed"])),
            env={**environment(home), "BACKBEAT_SCHEDULES": "on" if has_clock else "off"},
            cwd=ROOT,
            log=output,
        )


def wait_healthy(home: Path, process: subprocess.Popen[bytes]) -> RunningStack:
    """Wait until every part answers and `up` has said so to its end; raises with the output."""
    deadline = time.monotonic() + START_PATIENCE
    while not (_is_healthy(home, process.pid) and LAST_WORDS in (home / OUTPUT).read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"The stack did not start:\n{tail(home / OUTPUT, 60)}")
        time.sleep(0.2)
    values = open_stack(Home(home)).values()
    return RunningStack(
        home=home,
        process=process,
        url=values["SUPABASE_URL"],
        publishable_key=values["SUPABASE_PUBLISHABLE_KEY"],
        secret_key=values["SUPABASE_SECRET_KEY"],
        jwt_secret=values["JWT_SECRET"],
        database_url=values["DATABASE_URL"],
        functions_url=values["FUNCTIONS_URL"],
        cron_secret=values["CRON_SECRET"],
    )


def backbeat(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a `backbeat` command on the stack in `home` to its end."""
    return subprocess.run(
        backbeat_command(*arguments),
        env=environment(home),
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )


def backbeat_command(*arguments: str) -> list[str]:
    """The command line of `backbeat`."""
    return [sys.executable, "-m", "devstack", *arguments]


def environment(home: Path) -> dict[str, str]:
    """The environment of a stack that need not survive a power cut; its `.env` lies in its home."""
    return {
        **os.environ,
        "BACKBEAT_HOME": os.fspath(home),
        "BACKBEAT_ENV_FILE": os.fspath(home / ".env"),
        "BACKBEAT_FAST_POSTGRES": "1",
        "DATABASE_TIMEOUT_SECONDS": f"{PATIENCE_SECONDS:.0f}",
    }


def _is_healthy(home: Path, pid: int) -> bool:
    try:
        state = json.loads((home / "state.json").read_text())
    except FileNotFoundError:
        return False
    return bool(state["pid"] == pid and state["status"] == "healthy")
