"""erase-accounts: ends the accounts whose time to be restored is over."""

import time
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import InternalError, ServerFailedError, StorageUnavailableError
from backbeat.logs import logger
from backbeat.storage import Storage

BATCH = 20
MOST = 100
# Leaves the last files room to be removed within the schedule's time limit.
BUDGET_SECONDS = 180.0


class StoredFiles(BaseModel):
    """Files of one person in one bucket, by their full names."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str
    names: tuple[str, ...]


class Erasure(BaseModel):
    """What became of one due account: erased, in the way of stored files, or an SQL error."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    user_id: UUID
    is_erased: bool
    objects: tuple[StoredFiles, ...]
    error: str | None


ERASURES = TypeAdapter(list[Erasure])


def erase_due_accounts(database: Database, storage: Storage) -> dict[str, int]:
    """Erase what is due and return `{claimed, erased, failed}`: accounts seen, gone, still there.

    The database erases an account once it has no files; those that have some are named, their files
    removed through the Storage API, and the database asked again. Killed anywhere, the next run
    goes on from there. An account that fails does not stop the others; the answer then is 502
    storage_unavailable when files could not be removed, 500 internal_error otherwise, with the
    same counts.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    erased: set[UUID] = set()
    emptied: set[UUID] = set()
    failures: dict[UUID, type[ServerFailedError]] = {}
    is_moving = True
    while is_moving and time.monotonic() < deadline:
        is_moving = False
        # Accounts that stay in the way must not keep those behind them from their turn.
        size = min(BATCH + len(failures), MOST)
        for due in database.call(
            "erase_due_accounts", {"size": size}, ERASURES, is_idempotent=True
        ):
            if due.is_erased:
                erased.add(due.user_id)
                failures.pop(due.user_id, None)
                is_moving = True
            elif due.user_id in failures or time.monotonic() > deadline:
                continue
            elif due.error is not None:
                # Only the SQLSTATE: the message may quote a row.
                _fail(failures, due.user_id, InternalError, due.error[:5])
            elif due.user_id in emptied:
                _fail(failures, due.user_id, StorageUnavailableError, "its files are still there")
            else:
                try:
                    _remove_files(due, storage)
                    emptied.add(due.user_id)
                    is_moving = True
                except StorageUnavailableError as error:
                    _fail(failures, due.user_id, StorageUnavailableError, str(error))
    counts = {
        "claimed": len(erased | emptied | set(failures)),
        "erased": len(erased),
        "failed": len(failures),
    }
    if failures:
        kinds = failures.values()
        kind = StorageUnavailableError if StorageUnavailableError in kinds else InternalError
        raise kind("Some accounts could not be erased; the next run tries again.", extra=counts)
    return counts


def _remove_files(due: Erasure, storage: Storage) -> None:
    for files in due.objects:
        storage.remove(files.bucket, files.names)


def _fail(
    failures: dict[UUID, type[ServerFailedError]],
    user_id: UUID,
    kind: type[ServerFailedError],
    reason: str,
) -> None:
    failures[user_id] = kind
    logger().warning("erasure_failed", user_id=str(user_id), token=kind.token, reason=reason)
