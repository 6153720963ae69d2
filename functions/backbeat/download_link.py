"""download-link: an address at which a buyer gets a file, as often as they have bought it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database
from backbeat.storage import Storage


class DownloadRequest(RequestModel):
    """Which right to a download is used."""

    grant_id: UUID


class Download(BaseModel):
    """Where the file lies; for the service alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: str
    path: str
    file_name: str
    seconds: int
    left: int


DOWNLOAD = TypeAdapter(Download)


def sign_download(
    database: Database, storage: Storage, user_id: UUID, request: DownloadRequest
) -> dict[str, object]:
    """Return `{url, file_name, expires_at, left}`; the address opens the file to whoever has it.

    The count moves before the address is made, and is asked for once: ten calls at once give no
    more links than were bought. Errors are the database's and storage_unavailable (502).
    """
    arguments = {"user_id": str(user_id), "grant_id": str(request.grant_id)}
    # Before signing, so that it is never later than the truth.
    now = datetime.now(UTC)
    download = database.call("claim_download", arguments, DOWNLOAD)
    return {
        "url": storage.sign(download.bucket, download.path, download.seconds),
        "file_name": download.file_name,
        "expires_at": (now + timedelta(seconds=download.seconds)).isoformat(timespec="seconds"),
        "left": download.left,
    }
