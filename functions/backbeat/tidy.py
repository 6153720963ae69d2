"""tidy: what the database has to do by the clock and no provider has a part in."""

import time

from backbeat.batches import batches
from backbeat.database import Database
from backbeat.errors import BackbeatError, InternalError
from backbeat.logs import logger

# Each takes the size of a batch and returns how many rows it did; none, when there is nothing left.
CHORES = (
    "notify_likes",
    "settle_deeds",
    "remind_of_streaks",
    "end_streaks",
    "expire_credits",
    "fill_badges",
    "forget_old_notifications",
    "forget_old_activity",
    "forget_old_drafts",
    "forget_old_room_pulses",
    "forget_old_sessions",
    "forget_old_live",
    "forget_old_messages",
    "forget_old_broadcasts",
    "forget_full_buckets",
    "expire_orders",
    "complete_orders",
    "checkpoint_balances",
    "forget_stripe_payloads",
)
BATCH = 1000
# All of them fit into the minute until the next run.
BUDGET_SECONDS = 50.0


def tidy_up(database: Database) -> dict[str, int]:
    """Do every chore to its end and return `{<chore>: rows}`.

    What is left when the time is over waits for the next run. A chore that fails does not stop the
    others; the answer then is 500 internal_error with the same counts.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    counts = dict.fromkeys(CHORES, 0)
    has_failed = False
    for chore in CHORES:
        try:
            for done in batches(database, chore, BATCH, deadline):
                counts[chore] += done
                logger().info("tidied", chore=chore, rows=counts[chore])
        except BackbeatError as error:
            has_failed = True
            logger().warning("chore_failed", chore=chore, token=error.token, reason=str(error))
    if has_failed:
        raise InternalError("Some chores failed; the next run tries again.", extra=counts)
    return counts
