"""Workers that go on after each crash, as those who send webhooks do, and what they were told."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.crash.site import PATIENCE, Site
from tests.database import Connection

Job = Callable[[Connection], Any]
# What of the answers, by the number of their job, the database does not know any more.
Missing = Callable[[Connection, dict[int, Any]], list[Any]]


@dataclass
class Kill:
    """One crash: what was under way, how much of that was never answered, and for how long."""

    acknowledged: int
    in_flight: int
    unanswered: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"killed after {self.acknowledged} answers with {self.in_flight} in flight,"
            f" {self.unanswered} of them never answered; back after {self.seconds:.1f} s"
        )


class Storm:
    """Jobs, each done until its answer has come: a job is acknowledged by that and nothing else.

    One whose connection breaks is put behind all the others. A connection breaks by a kill alone,
    and any other error of the database, a deadlock too, is the storm's.
    """

    def __init__(
        self,
        site: Site,
        jobs: Sequence[Job],
        workers: int,
        chance: random.Random,
        say: Callable[[str], None],
    ) -> None:
        self.answers: dict[int, Any] = {}
        self.kills: list[Kill] = []
        self._site = site
        self._jobs = jobs
        self._workers = workers
        self._chance = chance
        self._say = say
        self._due = deque(range(len(jobs)))
        self._busy = 0
        self._is_up = True
        self._error: BaseException | None = None
        # Guards all of the above; by default its lock is one that a thread can take again.
        self._changed = threading.Condition()

    def run(self, kills: int, missing: Missing) -> None:
        """Do all jobs, with so many kills on the way; nothing may be missing after any of them."""
        with ThreadPoolExecutor(self._workers) as pool:
            working = [pool.submit(self._work) for _ in range(self._workers)]
            try:
                for number in range(kills):
                    share = (number + self._chance.uniform(0.2, 0.8)) / (kills + 1)
                    self._crash(int(len(self._jobs) * share), missing)
            except BaseException as error:
                self._end(error)
                raise
            for each in working:
                each.result()
        self._say(f"  all {len(self._jobs)} answered")

    def _crash(self, answers: int, missing: Missing) -> None:
        """Kill the server after so many answers, while no less than half of the workers wait."""
        self._wait_for(lambda: len(self.answers) >= answers)
        self._site.hold()
        with self._changed:
            self._wait_for(lambda: self._busy * 2 >= self._workers or not self._due)
            kill = Kill(len(self.answers), self._busy)
            self.kills.append(kill)
            self._is_up = False
            self._site.kill()
        began = time.monotonic()
        self._site.recover()
        # Before anything is delivered again: that would make good what was lost.
        with closing(self._site.database().connect()) as connection:
            with self._changed:
                known = dict(self.answers)
            assert missing(connection, known) == []
        kill.seconds = time.monotonic() - began
        with self._changed:
            self._is_up = True
            self._changed.notify_all()
        self._say(f"  {kill}")

    def _wait_for(self, is_time: Callable[[], bool]) -> None:
        with self._changed:
            while self._error is None and not is_time():
                if not self._changed.wait(PATIENCE):
                    raise AssertionError(f"{PATIENCE:.0f} s after {len(self.answers)} answers")
            if self._error is not None:
                raise self._error

    def _work(self) -> None:
        try:
            while self._due and self._error is None:
                with closing(self._connect()) as connection:
                    self._go_on(connection)
        except BaseException as error:
            self._end(error)
            raise

    def _connect(self) -> Connection:
        """Connect, however long the server is down, ever more patiently."""
        pause = 0.01
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._site.database().connect()
            except psycopg.OperationalError:
                if self._error is not None or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 0.5)

    def _go_on(self, connection: Connection) -> None:
        """Do what is due by a connection, for as long as it holds."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_up or self._error is not None)
            era = len(self.kills)
        # Perhaps it was made just before what is over now.
        if not _holds(connection):
            return
        while True:
            with self._changed:
                if not self._due or self._error is not None or len(self.kills) > era:
                    return
                number = self._due.popleft()
                self._busy += 1
                self._changed.notify_all()
            try:
                answer = self._jobs[number](connection)
            except psycopg.OperationalError:
                with self._changed:
                    self._busy -= 1
                    if len(self.kills) == era or not connection.closed:
                        raise
                    self.kills[era].unanswered += 1
                    self._due.append(number)
                return
            with self._changed:
                self._busy -= 1
                self.answers[number] = answer
                self._changed.notify_all()

    def _end(self, error: BaseException) -> None:
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()


def _holds(connection: Connection) -> bool:
    try:
        connection.execute("select")
    except psycopg.OperationalError:
        return False
    return True
