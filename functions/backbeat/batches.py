"""Work that the database does batch by batch, each in a transaction of its own."""

import time
from collections.abc import Iterator

from pydantic import TypeAdapter

from backbeat.database import Database

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
