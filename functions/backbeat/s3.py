"""The one door to S3: signed addresses of tracks, and the objects of the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backbeat.errors import ArchiveUnavailableError, NotConfiguredError
from backbeat.s3_files import ObjectReader, ObjectWriter
from backbeat.settings import Settings

ATTEMPTS = 3


@dataclass(frozen=True)
class StoredObject:
    """What the store knows of an object."""

    size: int
    labels: Mapping[str, str]


class ObjectStore:
    """An object store; an open connection is shared by all calls of a process."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def sign(self, bucket: str, name: str, seconds: int) -> str:
        """Return an address that anybody may read the object at, for so many seconds.

        Nothing is asked of the store: that there is such an object is the caller's word.
        """
        parameters = {"Bucket": bucket, "Key": name}
        return str(self._client.generate_presigned_url("get_object", parameters, ExpiresIn=seconds))

    def find(self, bucket: str, name: str) -> StoredObject | None:
        """Return what is known of an object, or None when there is none."""
        from botocore.exceptions import ClientError

        with _translated(f"looking for an object in {bucket}"):
            try:
                head = self._client.head_object(Bucket=bucket, Key=name)
            except ClientError as error:
                # A missing bucket is 404, too, and a mistake of ours.
                if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                    raise
                self._client.head_bucket(Bucket=bucket)
                return None
        return StoredObject(head["ContentLength"], head.get("Metadata", {}))

    @contextmanager
    def writing(self, bucket: str, name: str, labels: Mapping[str, str]) -> Iterator[ObjectWriter]:
        """Write an object as a file, in parts; it exists once the block has ended well."""
        with _translated(f"storing an object in {bucket}"):
            writer = ObjectWriter(self._client, bucket, name, labels)
            try:
                yield writer
                writer.finish()
            except BaseException:
                writer.give_up()
                raise

    @contextmanager
    def reading(self, bucket: str, name: str) -> Iterator[ObjectReader]:
        """Read an object as a file, range by range."""
        with _translated(f"reading an object of {bucket}"):
            yield ObjectReader(self._client, bucket, name)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "no code")
        raise ArchiveUnavailableError(reason=f"{what}: {code}") from None
    except BotoCoreError as error:
        raise ArchiveUnavailableError(reason=f"{what}: {type(error).__name__}") from None


@lru_cache(maxsize=1)
def connect_s3(settings: Settings) -> ObjectStore:
    """Return this process's ObjectStore, made when first asked for.

    Raises NotConfiguredError when a key is missing.
    """
    # Only here: boto3 takes a while to import, and most functions have no use for it.
    import boto3
    from botocore.config import Config

    access_key, secret_key = settings.s3_access_key, settings.s3_secret_key
    if access_key is None or secret_key is None:
        names = {"S3_ACCESS_KEY": access_key, "S3_SECRET_KEY": secret_key}
        missing = [f"{name} is not set" for name, value in names.items() if value is None]
        raise NotConfiguredError(reason="; ".join(missing))
    return ObjectStore(
        boto3.client(
            "s3",
            endpoint_url=settings.s3_endpoint_url,
            region_name=settings.s3_region,
            aws_access_key_id=access_key.get_secret_value(),
            aws_secret_access_key=secret_key.get_secret_value(),
            config=Config(
                signature_version="s3v4",
                # Supabase has its buckets in the path, and checks no trailing checksums.
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                connect_timeout=settings.connect_timeout_seconds,
                read_timeout=settings.s3_timeout_seconds,
                retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            ),
        )
    )
