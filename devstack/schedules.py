"""Runs functions/schedules.toml by the clock, as Cloud Scheduler does in production.

Configured by FUNCTIONS_URL, CRON_SECRET and, for another file, SCHEDULES_FILE. With names as
arguments it runs those jobs once, now, and exits 1 if one failed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from croniter import croniter

from devstack.schedule_file import SCHEDULES, Schedule, read_schedules

ANSWER_CHARACTERS = 200


@dataclass(frozen=True)
class Clock:
    """The time and how to wait for it."""

    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]


CLOCK = Clock(now=lambda: datetime.now(UTC), sleep=asyncio.sleep)


async def keep(schedule: Schedule, client: httpx.AsyncClient, clock: Clock = CLOCK) -> None:
    """Run one schedule for ever; a run that outlasts its interval delays the next one."""
    while True:
        due = next_run(schedule, clock.now())
        while (wait := (due - clock.now()).total_seconds()) > 0:
            await clock.sleep(wait)
        await run(schedule, client, clock)


async def run(schedule: Schedule, client: httpx.AsyncClient, clock: Clock = CLOCK) -> bool:
    """Call the target once, write one line about it, and return whether it answered 2xx."""
    started = clock.now()
    try:
        response = await client.post(f"/{schedule.target}", timeout=schedule.timeout_seconds)
        answer = " ".join(response.text.split())[:ANSWER_CHARACTERS]
        outcome, is_success = f"{response.status_code} {answer}", response.is_success
    except httpx.HTTPError as error:
        outcome, is_success = f"no answer: {type(error).__name__}", False
    seconds = (clock.now() - started).total_seconds()
    print(f"{started:%Y-%m-%dT%H:%M:%SZ} {schedule.name} {seconds:.1f}s {outcome}", flush=True)
    return is_success


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """Return the first time after `after` that the schedule names, in UTC."""
    due = croniter(schedule.cron, after.astimezone(UTC)).get_next(datetime)
    assert isinstance(due, datetime)
    return due


def connect(functions_url: str, cron_secret: str) -> httpx.AsyncClient:
    """Return a client that calls the functions as the scheduler."""
    return httpx.AsyncClient(
        base_url=functions_url,
        headers={"Authorization": f"Bearer {cron_secret}"},
    )


async def serve(schedules: Sequence[Schedule], client: httpx.AsyncClient) -> None:
    """Run every schedule until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    for schedule in schedules:
        due = next_run(schedule, CLOCK.now())
        print(f"{schedule.name}: {schedule.cron} (next {due:%Y-%m-%dT%H:%M:%SZ})", flush=True)
    jobs = [asyncio.create_task(keep(schedule, client)) for schedule in schedules]
    stopped = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([stopped, *jobs], return_when=asyncio.FIRST_COMPLETED)
    for job in (stopped, *jobs):
        job.cancel()
    await asyncio.gather(stopped, *jobs, return_exceptions=True)
    for job in done - {stopped}:
        job.result()


async def main(names: Sequence[str]) -> int:
    """Serve, or run the named jobs once; return the exit code."""
    schedules = read_schedules(Path(os.environ.get("SCHEDULES_FILE", SCHEDULES)))
    if unknown := set(names) - {schedule.name for schedule in schedules}:
        print(f"no schedule is named {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    async with connect(os.environ["FUNCTIONS_URL"], os.environ["CRON_SECRET"]) as client:
        if not names:
            await serve(schedules, client)
            return 0
        results = [await run(job, client) for job in schedules if job.name in names]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1:])))
