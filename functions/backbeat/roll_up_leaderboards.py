"""roll-up-leaderboards: counts on the boards what has happened since the last time."""

import time

from backbeat.batches import batches
from backbeat.database import Database

BATCH = 10_000
# What is left is the next run's; a batch takes seconds at most.
BUDGET_SECONDS = 240.0


def roll_up_leaderboards(database: Database) -> dict[str, int]:
    """Count batch by batch to the end and return `{changes, batches}`.

    Each batch is a transaction of its own: killed anywhere, the next run goes on from there, and
    two runs at once take turns.
    """
    counts = {"changes": 0, "batches": 0}
    deadline = time.monotonic() + BUDGET_SECONDS
    for done in batches(database, "roll_up_leaderboards", BATCH, deadline):
        counts["changes"] += done
        counts["batches"] += 1
    return counts
