"""housekeeping: what the catalogue does by itself, but for somebody to start it now and then."""

import time
from collections.abc import Callable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import BackbeatError
from backbeat.logs import logger

SIZE = 1000
# What is left of the crates is the next run's.
BUDGET_SECONDS = 45.0


class Kept(BaseModel):
    """What was done about the partitions of plays."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    partitions_made: int
    claims_forgotten: int


KEPT = TypeAdapter(Kept)
PLACE = TypeAdapter(UUID | None)


def keep_house(database: Database) -> dict[str, int]:
    """Do each chore and return what was done.

    The counts: `partitions_made` for plays to come, `claims_forgotten` of old plays,
    `pages_weighed` of crates that trend (1000 a page). A chore that fails does not keep the others
    from being done; the answer then is the first one's error, with the counts of the others.
    """
    chores: dict[str, Callable[[Database], dict[str, int]]] = {
        "plays": _keep_plays,
        "trending": lambda door: {"pages_weighed": _weigh_crates(door)},
    }
    counts: dict[str, int] = {}
    failure: BackbeatError | None = None
    for name, chore in chores.items():
        try:
            counts |= chore(database)
        except BackbeatError as error:
            failure = failure or error
            logger().warning("chore_failed", chore=name, token=error.token, reason=error.reason)
    if failure:
        failure.extra = {**failure.extra, **counts}
        raise failure
    return counts


def _keep_plays(database: Database) -> dict[str, int]:
    return database.call("keep_play_partitions", {}, KEPT, is_idempotent=True).model_dump()


def _weigh_crates(database: Database) -> int:
    after: UUID | None = None
    pages, deadline = 0, time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < deadline:
        arguments = {"after": str(after) if after else None, "size": SIZE}
        after = database.call("refresh_trending", arguments, PLACE, is_idempotent=True)
        if after is None:
            break
        pages += 1
    return pages
