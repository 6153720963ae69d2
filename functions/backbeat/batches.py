"""Work that is due in the database: what it does itself, batch by batch, and what it hands out."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter

from backbeat.database import Database

T = TypeVar("T")

# Leaves the last that is claimed room within its lease, and within the schedule's time limit.
BUDGET_SECONDS = 180.0

COUNT = TypeAdapter(int)


def batches(
    database: Database, function: str, size: int, deadline: float | None = None
) -> Iterator[int]:
    """Call `backend.<function>(size)` until it finds nothing to do, and yield how many it did.

    It begins no batch after the deadline, a time of `time.monotonic()`.
    """
    while deadline is None or time.monotonic() < deadline:
        done = database.call(function, {"size": size}, COUNT)
        if not done:
            return
        yield done


def claims(
    database: Database,
    function: str,
    returns: TypeAdapter[list[T]],
    arguments: Mapping[str, Any] | None = None,
    budget_seconds: float = BUDGET_SECONDS,
) -> Iterator[T]:
    """Claim by `backend.<function>` what is due, and yield it, until there is nothing.

    One at a time, as the lease and the attempt of a claimed one count while it waits behind a slow
    one. Nothing is claimed once the budget is used up.
    """
    deadline = time.monotonic() + budget_seconds
    while time.monotonic() < deadline:
        claimed = database.call(function, {**(arguments or {}), "size": 1}, returns)
        if not claimed:
            return
        yield from claimed
