"""Races that really run: one connection and one thread a job, released together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from tests.database import Connection, Database

# Whoever looks all the time takes the time of those who are waited for.
LOOK_SECONDS = 0.01


def race(database: Database, jobs: Sequence[Callable[[Connection], Any]]) -> list[Any]:
    """What each job returned, or the error the database gave it, in the order of the jobs."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[Connection], Any]) -> Any:
        with database.connect() as connection:
            barrier.wait(timeout=120)
            try:
                return job(connection)
            except psycopg.Error as error:
                return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def refusals(outcomes: Sequence[object]) -> list[tuple[str | None, str | None]]:
    """SQLSTATE and message of the jobs that failed, sorted."""
    return sorted(
        (error.sqlstate, error.diag.message_primary)
        for error in outcomes
        if isinstance(error, psycopg.Error)
    )


def wait_until_blocked(watcher: Connection, waiting: Connection) -> None:
    """Look until one connection waits for a lock, for two minutes at most."""
    pid = waiting.info.backend_pid
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        row = watcher.execute("select pg_blocking_pids(%s) <> '{}' as is_blocked", [pid]).fetchone()
        if row and row["is_blocked"]:
            return
        time.sleep(LOOK_SECONDS)
    raise AssertionError("nobody is in the way")


def wait_until_blocked_or_done(
    watcher: Connection, waiting: Connection, thread: threading.Thread
) -> None:
    """Look until one connection waits for a lock or has nothing more to do, for half a minute."""
    pid = waiting.info.backend_pid
    deadline = time.monotonic() + 30
    while thread.is_alive() and time.monotonic() < deadline:
        row = watcher.execute("select pg_blocking_pids(%s) <> '{}' as is_blocked", [pid]).fetchone()
        if row and row["is_blocked"]:
            return
        thread.join(LOOK_SECONDS)
    assert not thread.is_alive(), "nobody is in the way, and it does not end"
