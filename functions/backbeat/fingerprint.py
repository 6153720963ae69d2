"""fingerprint-tracks: how uploads sound, by Chromaprint's fpcalc, for the database to compare."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.batches import claims
from backbeat.database import Database
from backbeat.errors import BackbeatError, DatabaseRefusedError, StorageUnavailableError
from backbeat.fpcalc import ALGORITHM, FORMATS, Fpcalc, UnreadableError
from backbeat.logs import logger
from backbeat.settings import Settings
from backbeat.storage import Storage

URL_SECONDS = 600
CHUNK_BYTES = 256 * 1024


class Upload(BaseModel):
    """A track whose fingerprint is waited for, and where its file lies."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    track_id: UUID
    bucket: str
    path: str


class Recorded(BaseModel):
    """What the database made of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    status: str
    matches: tuple[dict[str, Any], ...]


UPLOADS = TypeAdapter(list[Upload])
RECORDED = TypeAdapter(Recorded)


def fingerprint_tracks(
    database: Database,
    storage: Storage,
    fpcalc: Fpcalc | None,
    download: Callable[[str, IO[bytes]], None],
) -> dict[str, object]:
    """Take the fingerprints that are waited for; `{fingerprints, matches, failed}`: how many.

    Without fpcalc nothing is claimed, and `skipped` says so: the tracks wait until it is there.
    What fails is tried again later; while the storage is away nothing more is begun.
    """
    counts = {"fingerprints": 0, "matches": 0, "failed": 0}
    if fpcalc is None:
        return {**counts, "skipped": "fpcalc is not installed"}
    for upload in claims(database, "claim_fingerprints", UPLOADS):
        error, words = None, None
        try:
            words = _words(upload, storage, fpcalc, download)
        except UnreadableError as failure:
            error = str(failure)
        except BackbeatError as failure:
            error = failure.token
        matches = _record(database, upload, words, error)
        counts["failed" if error else "fingerprints"] += 1
        counts["matches"] += bool(matches)
        if error == StorageUnavailableError.token:
            break
    return {**counts}


def download_to(settings: Settings) -> Callable[[str, IO[bytes]], None]:
    """Return a function that writes the file at an address of our storage to another."""

    def download(url: str, file: IO[bytes]) -> None:
        timeout = httpx.Timeout(
            settings.storage_timeout_seconds, connect=settings.connect_timeout_seconds
        )
        size = 0
        try:
            with httpx.stream("GET", url, timeout=timeout, trust_env=False) as answer:
                answer.raise_for_status()
                for chunk in answer.iter_bytes(CHUNK_BYTES):
                    size += len(chunk)
                    if size > settings.fingerprint_file_bytes:
                        raise UnreadableError("file_too_large")
                    file.write(chunk)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in (400, 404):
                raise UnreadableError("file_gone") from None
            raise StorageUnavailableError(reason=f"{error.response.status_code}") from None
        except httpx.HTTPError as error:
            raise StorageUnavailableError(reason=type(error).__name__) from None

    return download


def _words(
    upload: Upload,
    storage: Storage,
    fpcalc: Fpcalc,
    download: Callable[[str, IO[bytes]], None],
) -> list[int]:
    ending = upload.path.rpartition(".")[2]
    if ending not in FORMATS:
        raise UnreadableError("format_unknown")
    url = storage.sign(upload.bucket, upload.path, URL_SECONDS)
    with tempfile.NamedTemporaryFile(suffix=f".{ending}") as file:
        download(url, file)
        file.flush()
        return fpcalc.hear(Path(file.name))


def _record(
    database: Database, upload: Upload, words: list[int] | None, error: str | None
) -> tuple[dict[str, Any], ...]:
    arguments: dict[str, object] = {
        "track_id": str(upload.track_id),
        "algorithm": ALGORITHM,
        "hash": words,
        "error": error,
    }
    try:
        recorded = database.call("record_fingerprint", arguments, RECORDED, is_idempotent=True)
    except DatabaseRefusedError as refusal:
        # A fingerprint goes with its track, even while it is taken.
        if refusal.token != "fingerprint_not_found":
            raise
        return ()
    logger().info(
        "fingerprinted",
        track_id=str(upload.track_id),
        status=recorded.status,
        matches=len(recorded.matches),
        token=error,
    )
    return recorded.matches
