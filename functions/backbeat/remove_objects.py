"""remove-objects: removes the stored files that nobody shows any more."""

from backbeat.database import Database
from backbeat.errors import InternalError, StorageUnavailableError
from backbeat.outbox import deliver
from backbeat.storage import Storage, StoredFiles

TOPIC = "remove_objects"


def remove_queued_objects(database: Database, storage: Storage) -> dict[str, int]:
    """Remove what the outbox names and return `{claimed, removed, failed}`, counts of messages.

    The payload of a message is `{bucket, names: [...]}`. Messages that fail are tried again later;
    the answer then is 502 storage_unavailable when files could not be removed, 500 otherwise, with
    the same counts.
    """
    deliveries = deliver(database, TOPIC, StoredFiles, storage.remove)
    counts = {
        "claimed": deliveries.claimed,
        "removed": deliveries.delivered,
        "failed": len(deliveries.failures),
    }
    if deliveries.failures:
        kinds = [type(failure) for failure in deliveries.failures]
        kind = StorageUnavailableError if StorageUnavailableError in kinds else InternalError
        raise kind("Some files could not be removed; they wait for their next try.", extra=counts)
    return counts
