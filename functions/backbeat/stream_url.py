"""stream-url: an address at which somebody may hear a track for a few minutes."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database


class StreamRequest(RequestModel):
    """Which track to hear."""

    track_id: UUID


class Source(BaseModel):
    """Where the file lies that somebody may hear; for the service alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str
    path: str
    is_preview: bool
    seconds: int


SOURCE = TypeAdapter(Source)


class Signer(Protocol):
    """What signs addresses of stored files: the Storage API or S3."""

    def sign(self, bucket: str, name: str, seconds: int) -> str:
        """Return an address that anybody may read the file at, for so many seconds."""


def sign_stream_url(
    database: Database, signer: Signer, user_id: UUID, track_id: UUID
) -> dict[str, object]:
    """Return `{url, expires_at, is_preview}`; `expires_at` is ISO 8601 in UTC.

    The database decides whether they may hear the track, the whole of it, and for how long
    (setting stream_url_seconds). The address opens the file to whoever has it, until it expires.
    The database's errors: track_not_found (404), track_has_no_file (409), purchase_needed (402),
    account_gone (401), account_deactivated (403).
    """
    arguments = {"track_id": str(track_id), "listener": str(user_id)}
    source = database.call("stream_source", arguments, SOURCE, is_idempotent=True)
    # Before signing, so that it is never later than the truth.
    expires_at = datetime.now(UTC) + timedelta(seconds=source.seconds)
    return {
        "url": signer.sign(source.bucket, source.path, source.seconds),
        "expires_at": expires_at.isoformat(timespec="seconds"),
        "is_preview": source.is_preview,
    }
