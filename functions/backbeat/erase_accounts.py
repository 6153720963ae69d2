"""erase-accounts: ends the accounts whose time to be restored is over."""

import time
from collections import Counter
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import InternalError, ServerFailedError, StorageUnavailableError
from backbeat.logs import logger
from backbeat.storage import Storage, StoredFiles

BATCH = 20
# The database lists who is left in turns: once to remove the files, once to erase the account. Who
# comes a third time comes after everybody else had both.
TURNS = 2
# Leaves the last files room to be removed within the schedule's time limit.
BUDGET_SECONDS = 180.0


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
    turns: Counter[UUID] = Counter()
    erased: set[UUID] = set()
    failures: dict[UUID, type[ServerFailedError]] = {}
    while time.monotonic() < deadline and max(turns.values(), default=0) <= TURNS:
        listed = database.call("erase_due_accounts", {"size": BATCH}, ERASURES, is_idempotent=True)
        if not listed:
            break
        for due in listed:
            turns[due.user_id] += 1
            if due.is_erased:
                erased.add(due.user_id)
                failures.pop(due.user_id, None)
            elif due.user_id in failures or time.monotonic() > deadline:
                continue
            elif due.error is not None:
                # Only the SQLSTATE: the message may quote a row.
                _fail(failures, due.user_id, InternalError, due.error[:5])
            elif turns[due.user_id] > 1:
                _fail(failures, due.user_id, StorageUnavailableError, "its files are still there")
            else:
                try:
                    _remove_files(due, storage)
                except StorageUnavailableError as error:
                    _fail(failures, due.user_id, StorageUnavailableError, str(error))
    counts = {
        "claimed": len(turns),
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
        storage.remove(files)


def _fail(
    failures: dict[UUID, type[ServerFailedError]],
    user_id: UUID,
    kind: type[ServerFailedError],
    reason: str,
) -> None:
    failures[user_id] = kind
    logger().warning("erasure_failed", user_id=str(user_id), token=kind.token, reason=reason)
