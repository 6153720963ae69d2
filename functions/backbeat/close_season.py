"""close-season: closes the season that is over, and tells people how it ended for them."""

import time

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.batches import batches
from backbeat.database import Database
from backbeat.errors import DatabaseRefusedError
from backbeat.logs import logger

BATCH = 1000
BOARD_BATCH = 10_000
BUDGET_SECONDS = 240.0

CODES = TypeAdapter(list[str])


class Closed(BaseModel):
    """What became of a season."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str
    people: int
    next: str


CLOSED = TypeAdapter(Closed)


def close_seasons(database: Database) -> dict[str, int]:
    """Close what is over and return `{closed, waiting, told}`: seasons, seasons, people.

    What was done in a season is paid and counted before it is closed; while somebody else is
    just paying it, the season waits for the next run. Closing is one transaction, and again
    changes nothing; people are told afterwards, each once. Killed anywhere, the next run goes on
    from there.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    counts = {"closed": 0, "waiting": 0, "told": 0}
    # One opens the next, which may be over too when nothing ran for months.
    while time.monotonic() < deadline:
        codes = database.call("seasons_to_close", {}, CODES, is_idempotent=True)
        if not codes:
            break
        for function, size in (("settle_deeds", BATCH), ("roll_up_leaderboards", BOARD_BATCH)):
            for _ in batches(database, function, size, deadline):
                pass
        try:
            closed = database.call("close_season", {"code": codes[0]}, CLOSED, is_idempotent=True)
        except DatabaseRefusedError as error:
            if error.token != "season_not_settled":
                raise
            counts["waiting"] += 1
            break
        logger().info("season_closed", season=closed.code, people=closed.people, next=closed.next)
        counts["closed"] += 1
    counts["told"] = sum(batches(database, "tell_season_results", BATCH, deadline))
    return counts
