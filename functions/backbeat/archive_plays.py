"""archive-plays: months of plays that are old enough go to S3 as Parquet, and then only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import ArchiveDiffersError, DatabaseRefusedError, ServerFailedError
from backbeat.logs import logger
from backbeat.play_file import Contents, Play, read_contents, write_plays
from backbeat.s3 import ObjectStore

PAGE = 10_000
LOG_EVERY = 100_000
FIRST = UUID(int=0)
# A month that is begun by then has the rest of the schedule's time limit.
BUDGET_SECONDS = 600.0


class DueMonth(BaseModel):
    """A month that is to be archived and dropped."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    month: date


MONTHS = TypeAdapter(list[DueMonth])
PLAYS = TypeAdapter(list[Play])
# A function that returns nothing.
NOTHING = TypeAdapter(object)
DROPPED = TypeAdapter(bool)


@dataclass(frozen=True)
class Archive:
    """Where the months go, and who writes them there."""

    store: ObjectStore
    bucket: str
    # The project's URL: an object with another label is somebody else's.
    origin: str


def archive_old_plays(database: Database, archive: Archive) -> dict[str, int]:
    """Archive and drop what is old enough and return `{months, rows, failed}`.

    A month is paged out of the database into `plays/year=YYYY/month=MM/plays.parquet`, read back
    from the store, registered, which the database does only when its own count and checksum are the
    same, and dropped. Killed anywhere, the next run goes on from what is there. An object that
    differs is replaced, with a line in the log, if it bears the label of this project; else
    nothing is done and the answer is 500 archive_differs. A month that fails does not stop the
    others; the answer is its error, with the same counts.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    counts = {"months": 0, "rows": 0, "failed": 0}
    failure: ServerFailedError | None = None
    for due in database.call("months_to_archive", {}, MONTHS, is_idempotent=True):
        if time.monotonic() > deadline:
            break
        try:
            rows = _archive(database, archive, due.month)
        except ServerFailedError as error:
            failure = failure or error
            counts["failed"] += 1
            logger().warning(
                "archive_failed", month=f"{due.month:%Y-%m}", token=error.token, reason=error.reason
            )
        else:
            counts["months"] += 1
            counts["rows"] += rows
    if failure:
        failure.extra = counts
        raise failure
    return counts


def _archive(database: Database, archive: Archive, month: date) -> int:
    name = f"plays/year={month:%Y}/month={month:%m}/plays.parquet"
    contents = _left_there(database, archive, month, name)
    if contents is None:
        labels = {"origin": archive.origin}
        with archive.store.writing(archive.bucket, name, labels) as sink:
            write_plays(_pages(database, month), sink)
        contents = _read_back(archive, name)
        if not _register(database, month, name, contents):
            raise ArchiveDiffersError(reason=f"{name} has {contents}")
    arguments = {
        "month": month.isoformat(),
        "row_count": contents.row_count,
        "checksum": contents.checksum,
    }
    database.call("drop_archived_plays", arguments, DROPPED, is_idempotent=True)
    logger().info("month_archived", object=name, rows=contents.row_count)
    return contents.row_count


def _left_there(database: Database, archive: Archive, month: date, name: str) -> Contents | None:
    """Return what an earlier run has left and the database has registered, if anything."""
    found = archive.store.find(archive.bucket, name)
    if found is None:
        return None
    try:
        contents = _read_back(archive, name)
    except ArchiveDiffersError:
        contents = None
    if contents and _register(database, month, name, contents):
        return contents
    if found.labels.get("origin") != archive.origin:
        raise ArchiveDiffersError(reason=f"{name} is there, is another's and differs")
    logger().warning("archive_replaced", object=name, bytes=found.size)
    return None


def _read_back(archive: Archive, name: str) -> Contents:
    with archive.store.reading(archive.bucket, name) as source:
        try:
            return read_contents(source)
        except (ValueError, OSError) as error:
            raise ArchiveDiffersError(reason=f"{name} cannot be read: {error}") from None


def _register(database: Database, month: date, name: str, contents: Contents) -> bool:
    """Have the database compare; False when it has other plays than these."""
    arguments = {
        "month": month.isoformat(),
        "object_key": name,
        "row_count": contents.row_count,
        "checksum": contents.checksum,
    }
    try:
        database.call("register_play_archive", arguments, NOTHING, is_idempotent=True)
    except DatabaseRefusedError as error:
        if error.token != "archive_not_verified":
            raise
        return False
    return True


def _pages(database: Database, month: date) -> Iterator[list[Play]]:
    after, rows = str(FIRST), 0
    while True:
        arguments = {"month": month.isoformat(), "after": after, "size": PAGE}
        page = database.call("plays_of_month", arguments, PLAYS, is_idempotent=True)
        if page:
            yield page
            after, rows = page[-1].id, rows + len(page)
            if rows % LOG_EVERY == 0:
                logger().info("archive_progress", month=f"{month:%Y-%m}", rows=rows)
        if len(page) < PAGE:
            return
