"""The one door to stored files: the Storage API, called with the secret key."""

from functools import lru_cache
from typing import Annotated

import httpx
import stamina
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from storage3 import SyncStorageClient
from storage3.exceptions import StorageApiError

from backbeat.errors import StorageUnavailableError
from backbeat.settings import Settings

BATCH = 100
ATTEMPTS = 3


class StoredFiles(BaseModel):
    """Files in one bucket, by their full names."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    bucket: Annotated[str, StringConstraints(pattern=r"^[^/.][^/]*$")]
    names: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class Storage:
    """Removes, signs and reads stored objects by a connection that all calls of a process share."""

    def __init__(self, client: SyncStorageClient) -> None:
        self._client = client

    def remove(self, files: StoredFiles) -> None:
        """Remove files; one that is gone already is no error. Raises StorageUnavailableError."""
        for start in range(0, len(files.names), BATCH):
            for attempt in stamina.retry_context(
                on=StorageUnavailableError, attempts=ATTEMPTS, wait_initial=0.1, wait_max=1
            ):
                with attempt:
                    self._remove(files.bucket, list(files.names[start : start + BATCH]))

    def sign(self, bucket: str, name: str, seconds: int) -> str:
        """Return an address that anybody may read the file at, for so many seconds."""
        for attempt in stamina.retry_context(
            on=StorageUnavailableError, attempts=ATTEMPTS, wait_initial=0.1, wait_max=1
        ):
            with attempt:
                return self._sign(bucket, name, seconds)
        raise AssertionError  # stamina raises what the last attempt did

    def read(self, bucket: str, name: str) -> bytes:
        """Return a file, all of it in memory. Raises StorageUnavailableError."""
        for attempt in stamina.retry_context(
            on=StorageUnavailableError, attempts=ATTEMPTS, wait_initial=0.1, wait_max=1
        ):
            with attempt:
                return self._read(bucket, name)
        raise AssertionError  # stamina raises what the last attempt did

    def _read(self, bucket: str, name: str) -> bytes:
        try:
            return bytes(self._client.from_(bucket).download(name))
        except (StorageApiError, httpx.HTTPError, ValueError) as error:
            code = getattr(error, "status", "no answer")
            reason = f"reading in {bucket}: {type(error).__name__}, {code}"
            raise StorageUnavailableError(reason=reason) from None

    def _sign(self, bucket: str, name: str, seconds: int) -> str:
        try:
            url = self._client.from_(bucket).create_signed_url(name, seconds)["signedURL"]
            if not url:
                raise ValueError("no address")
            return url
        except (StorageApiError, httpx.HTTPError, ValueError, KeyError) as error:
            code = getattr(error, "status", "no answer")
            reason = f"signing in {bucket}: {type(error).__name__}, {code}"
            raise StorageUnavailableError(reason=reason) from None

    def _remove(self, bucket: str, names: list[str]) -> None:
        try:
            self._client.from_(bucket).remove(names)
        except (StorageApiError, httpx.HTTPError, ValueError) as error:
            code = getattr(error, "status", "no answer")
            reason = f"removing from {bucket}: {type(error).__name__}, {code}"
            raise StorageUnavailableError(reason=reason) from None


@lru_cache(maxsize=1)
def connect_storage(settings: Settings) -> Storage:
    """Return this process's Storage, made when first asked for."""
    stamina.instrumentation.set_on_retry_hooks([])
    key = settings.supabase_secret_key.get_secret_value()
    return Storage(
        SyncStorageClient(
            f"{settings.supabase_url}/storage/v1/",
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
            http_client=httpx.Client(
                timeout=httpx.Timeout(
                    settings.storage_timeout_seconds, connect=settings.connect_timeout_seconds
                )
            ),
        )
    )
