"""advance-sessions: music goes on in every room, also where no client is there to say so."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from backbeat.batches import batches
from backbeat.database import Database

# A scheduler counts in minutes: each run looks every second, until after its last fifth one.
BUDGET_SECONDS = 56.0
STEP_SECONDS = 1.0
SIZE = 1000
# What is counted, the RPC, and at how many looks it is called once.
CHORES = (("advanced", "advance_due_sessions", 5), ("told", "tell_votes", 1))


@dataclass(frozen=True)
class Clock:
    """The time and how to wait for it."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def advance_sessions(database: Database, clock: Clock | None = None) -> dict[str, int]:
    """Move on what is over every five seconds and tell of votes every second, for a minute.

    The counts: `advanced` sessions, `told` items whose votes were told, `looks`. A session
    that fails is the database's matter, which leaves it for a minute; when the database itself does
    not answer the run ends with its error, and the next one takes up what is due.
    """
    watch = clock or Clock()
    deadline = watch.now() + BUDGET_SECONDS
    counts = dict.fromkeys((*(count for count, _, _ in CHORES), "looks"), 0)
    while True:
        began = watch.now()
        for count, function, every in CHORES:
            if counts["looks"] % every == 0:
                counts[count] += _due(database, function)
        counts["looks"] += 1
        if began + STEP_SECONDS > deadline:
            return counts
        watch.sleep(max(0.0, began + STEP_SECONDS - watch.now()))


def _due(database: Database, function: str) -> int:
    """Do one full batch after the other; what a batch leaves that is not full is others'."""
    count = 0
    for done in batches(database, function, SIZE):
        count += done
        if done < SIZE:
            break
    return count
