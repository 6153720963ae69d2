"""health: which version runs, whether the database answers, whether its migrations are current."""

from functools import cache
from importlib import resources

from pydantic import TypeAdapter

from backbeat.database import Database
from backbeat.endpoint import Reply
from backbeat.errors import DatabaseFaultError, DatabaseUnavailableError

VERSION = TypeAdapter(str | None)
# PostgREST knows no function of that name, or no schema: it is up, our migrations are not in.
NOT_MIGRATED = ("PGRST106", "PGRST202")


def report_health(database: Database, version: str) -> Reply:
    """Answer `{version, database, migrations: {applied, expected, current}}`, 200 or 503.

    `database` is `reachable` or `unreachable`; migrations are named by their version, such as
    `20261121000000`. A database that is ahead of the functions counts as current, as migrations
    are deployed first.
    """
    expected = expected_migration()
    applied: str | None = None
    reason: str | None = None
    is_reachable = True
    try:
        applied = database.call("schema_version", {}, VERSION)
    except (DatabaseUnavailableError, DatabaseFaultError) as error:
        is_reachable = isinstance(error, DatabaseFaultError) and error.code in NOT_MIGRATED
        reason = error.reason
    is_current = applied is not None and applied >= expected
    return Reply(
        {
            "version": version,
            "database": "reachable" if is_reachable else "unreachable",
            "migrations": {"applied": applied, "expected": expected, "current": is_current},
        },
        status=200 if is_current else 503,
        reason=reason,
    )


@cache
def expected_migration() -> str:
    """Return the newest migration these functions were written for."""
    return resources.files("backbeat").joinpath("schema_version.txt").read_text("utf-8").strip()
