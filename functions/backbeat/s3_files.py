"""Objects of S3 as files: written in parts and read in ranges, so that none is ever held whole.

A cloud function's disk is its memory.
"""

import io
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

# S3 takes no smaller part but the last, and 10 000 of them.
PART_BYTES = 5 * 1024 * 1024


class ObjectWriter(io.RawIOBase):
    """Writes one object; nothing of it is to be seen before `finish`."""

    def __init__(self, client: Any, bucket: str, name: str, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._client = client
        self._place = {"Bucket": bucket, "Key": name}
        self._labels = dict(labels)
        self._buffer = bytearray()
        self._sent = 0
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []

    def writable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return how much was written."""
        return self._sent + len(self._buffer)

    def write(self, data: Any) -> int:
        """Take bytes, and send on what makes whole parts."""
        self._buffer += data
        while len(self._buffer) >= PART_BYTES:
            self._send_part(PART_BYTES)
        return len(data)

    def finish(self) -> None:
        """Make the object: by one request when it is small, else by its parts."""
        if self._upload_id is None:
            self._client.put_object(**self._place, Body=bytes(self._buffer), Metadata=self._labels)
            return
        if self._buffer:
            self._send_part(len(self._buffer))
        self._client.complete_multipart_upload(
            **self._place, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
        )
        self._upload_id = None

    def give_up(self) -> None:
        """Have the parts removed, if the store still listens."""
        if self._upload_id is not None:
            with suppress(Exception):
                self._client.abort_multipart_upload(**self._place, UploadId=self._upload_id)

    def _send_part(self, size: int) -> None:
        if self._upload_id is None:
            begun = self._client.create_multipart_upload(**self._place, Metadata=self._labels)
            self._upload_id = begun["UploadId"]
        number = len(self._parts) + 1
        stored = self._client.upload_part(
            **self._place,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=bytes(self._buffer[:size]),
        )
        self._parts.append({"ETag": stored["ETag"], "PartNumber": number})
        del self._buffer[:size]
        self._sent += size


class ObjectReader(io.RawIOBase):
    """Reads one object, a request for each read."""

    def __init__(self, client: Any, bucket: str, name: str) -> None:
        super().__init__()
        self._client = client
        self._place = {"Bucket": bucket, "Key": name}
        self._size = int(client.head_object(**self._place)["ContentLength"])
        self._at = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def size(self) -> int:
        """Return how many bytes the object has."""
        return self._size

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; fewer at the end."""
        end = self._size if size < 0 else min(self._at + size, self._size)
        if end <= self._at:
            return b""
        answer = self._client.get_object(**self._place, Range=f"bytes={self._at}-{end - 1}")
        data = bytes(answer["Body"].read())
        self._at += len(data)
        return data
