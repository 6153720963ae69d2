"""Ratios that hold on a noisy machine: prepared calls, interleaved rounds, medians."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psycopg

Call = Callable[[int], None]


@dataclass
class Session:
    """One connection that executes prepared statements and decodes nothing.

    With a role, it is what PostgREST's connection is inside a request: that role, and the claims
    of a person, here set for the session, so that a call is timed without what stands around it.
    """

    url: str
    role: str | None = None
    connection: psycopg.Connection[tuple[object, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.url, autocommit=True)
        if self.role is not None:
            self.connection.execute(f"set role {self.role}")
        self.connection.execute("set statement_timeout = 0")
        self._names: dict[str, bytes] = {}

    def become(self, person: str) -> None:
        """Take the claims of a person."""
        claims = json.dumps({"sub": person, "role": self.role, "aud": "authenticated"})
        self.run("select set_config('request.jwt.claims', $1, false)", claims)

    def run(self, statement: str, *parameters: str | None) -> psycopg.pq.abc.PGresult:
        """Execute a statement with text parameters, prepared at its first use."""
        pgconn = self.connection.pgconn
        name = self._names.get(statement)
        if name is None:
            name = self._names[statement] = f"s{len(self._names)}".encode()
            _checked(pgconn.prepare(name, statement.encode()))
        values = [None if value is None else value.encode() for value in parameters]
        return _checked(pgconn.exec_prepared(name, values))  # type: ignore[arg-type]  # None is null

    @property
    def backend(self) -> int:
        """The process that serves this connection."""
        return self.connection.info.backend_pid

    def explain(self, statement: str, *parameters: str | None) -> int:
        """Shared buffers one execution touches, nested statements included, planning not."""
        result = self.run("explain (analyze, buffers, format json) " + statement, *parameters)
        (plan,) = json.loads(result.get_value(0, 0) or b"[]")
        root = plan["Plan"]
        return int(root["Shared Hit Blocks"]) + int(root["Shared Read Blocks"])

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


@dataclass(frozen=True)
class Case:
    """Something to time: `call(i)`, not what `prepare(i)` and `undo(i)` do; i counts the calls.

    backend: the process that serves it, whose CPU can be counted.
    """

    name: str
    call: Call
    prepare: Call | None = None
    undo: Call | None = None
    backend: int | None = None


def rounds(
    cases: Sequence[Case],
    *,
    number: int = 7,
    calls: int = 32,
    seed: int = 1,
    by_cpu: bool = False,
) -> dict[str, list[float]]:
    """For each case, its median milliseconds in each round, as its client waits for them.

    Every round runs all cases in a new random order, so that the machine's noise falls on all.
    by_cpu counts what the CPU of each backend did instead: less of other work on the machine is in
    it, and nothing of what a call costs besides (the client, the way there, the disk).
    """
    chance = random.Random(seed)
    for case in cases:  # plans, caches
        for i in range(12):
            _timed(case, i, by_cpu)
    medians: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(number):
        for case in chance.sample(cases, len(cases)):
            _timed(case, 0, by_cpu)
            times = [_timed(case, i, by_cpu) for i in range(calls)]
            medians[case.name].append(statistics.median(times))
    return medians


def ratio(times: dict[str, list[float]], what: str, floor: str) -> float:
    """The median over the rounds of one case's time by another's in the same round."""
    return statistics.median(a / b for a, b in zip(times[what], times[floor], strict=True))


def _timed(case: Case, i: int, by_cpu: bool) -> float:
    if case.prepare is not None:
        case.prepare(i)
    clock = partial(_cpu, case.backend) if by_cpu else time.perf_counter
    began = clock()
    case.call(i)
    taken = clock() - began
    if case.undo is not None:
        case.undo(i)
    return taken * 1000


def _cpu(backend: int | None) -> float:
    """Seconds: of the CPU of a backend where the system tells them (Linux), else of the wall."""
    told = Path(f"/proc/{backend}/schedstat")
    if backend is None or not told.exists():
        return time.perf_counter()
    return int(told.read_text().split()[0]) / 1e9


def _checked(result: psycopg.pq.abc.PGresult) -> psycopg.pq.abc.PGresult:
    if result.status not in (psycopg.pq.ExecStatus.COMMAND_OK, psycopg.pq.ExecStatus.TUPLES_OK):
        raise psycopg.DatabaseError(result.error_message.decode())
    return result
