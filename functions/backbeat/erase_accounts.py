"""erase-accounts: ends the accounts whose time to be restored is over."""

import time
from collections import defaultdict
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import (
    BackbeatError,
    DatabaseRefusedError,
    DatabaseUnavailableError,
    InternalError,
    ServerFailedError,
    StorageUnavailableError,
)
from backbeat.logs import logger
from backbeat.storage import Storage

BATCH = 20
# Well inside the schedule's timeout and the ten minutes a claim is ours.
BUDGET_SECONDS = 240.0


class StoredObject(BaseModel):
    """One stored file: its bucket and full name."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str
    name: str


class Erasure(BaseModel):
    """One account to erase and the files that lie in its folders."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    user_id: UUID
    objects: tuple[StoredObject, ...] = ()


ERASURES = TypeAdapter(list[Erasure])
IS_ERASED = TypeAdapter(bool)


def erase_due_accounts(database: Database, storage: Storage) -> dict[str, int]:
    """Erase what is due and return `{claimed, erased, failed}`.

    Files go first, through the Storage API, then all rows in one transaction: killed anywhere, the
    next run begins where this one ended, once the claim has lapsed. An account that fails does not
    stop the others; then the answer is 502 storage_unavailable, or 500 internal_error where it was
    not the storage's fault, with the same counts.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    counts = {"claimed": 0, "erased": 0, "failed": 0}
    failures: list[BackbeatError] = []
    while time.monotonic() < deadline:
        # Not idempotent: a claim whose answer is lost is claimed again when it lapses.
        claimed = database.call("claim_erasures", {"size": BATCH}, ERASURES)
        counts["claimed"] += len(claimed)
        for erasure in claimed:
            try:
                counts["erased"] += _erase(erasure, database, storage)
            except DatabaseUnavailableError:
                raise
            except BackbeatError as error:
                counts["failed"] += 1
                failures.append(error)
                reason = error.reason or error.token
                logger().warning("erasure_failed", user_id=str(erasure.user_id), reason=reason)
        if len(claimed) < BATCH:
            break
    if failures:
        raise _verdict(failures, counts)
    return counts


def _erase(erasure: Erasure, database: Database, storage: Storage) -> bool:
    names_by_bucket = defaultdict(list)
    for stored in erasure.objects:
        names_by_bucket[stored.bucket].append(stored.name)
    for bucket, names in names_by_bucket.items():
        storage.remove(bucket, names)
    return database.call(
        "erase_account", {"user_id": str(erasure.user_id)}, IS_ERASED, is_idempotent=True
    )


def _verdict(failures: list[BackbeatError], counts: dict[str, int]) -> ServerFailedError:
    # A refusal (objects_remain) means that the storage kept a file it was asked to remove.
    is_storage = any(
        isinstance(error, StorageUnavailableError | DatabaseRefusedError) for error in failures
    )
    kind = StorageUnavailableError if is_storage else InternalError
    return kind("Some accounts could not be erased; the next run tries again.", extra=counts)
