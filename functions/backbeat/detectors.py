"""Providers that say whether a machine made a track: what they are asked, and how it may fail.

A check is paid for and may be asked for once: what went wrong says whether it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from backbeat.detector_answers import Verdict
from backbeat.storage import Storage
from backbeat.stream_url import Signer

Outcome = Literal["not_made", "unknown", "final"]


class Claimed(BaseModel):
    """An upload that is to be looked at, and ours alone for a while."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    detection_id: UUID
    lease_id: UUID
    bucket: str
    path: str | None
    file_format: str
    file_bytes: int | None
    url_seconds: int
    key: str
    # As it came: it is compared with what the database has.
    called_at: AwareDatetime | None
    provider_ref: str | None


@dataclass(frozen=True)
class Later:
    """The provider has taken it, and answers later; what it calls it."""

    provider_ref: str | None = None


class CheckFailedError(Exception):
    """There is no answer.

    outcome: not_made (it may be asked for again), unknown (perhaps it was made: it is looked up) or
    final (people decide). error: a word for the log.
    """

    def __init__(self, outcome: Outcome, error: str, retry_after: int | None = None) -> None:
        super().__init__(error)
        self.outcome: Outcome = outcome
        self.error = error
        self.retry_after = retry_after


@dataclass(frozen=True)
class Files:
    """How the file of a track reaches a provider: by an address, or as it is."""

    signer: Signer
    storage: Storage

    def address(self, claimed: Claimed) -> str:
        """Return an address of the file that is good for a while."""
        return self.signer.sign(claimed.bucket, claimed.path or "", claimed.url_seconds)

    def content(self, claimed: Claimed) -> bytes:
        """Return the file."""
        return self.storage.read(claimed.bucket, claimed.path or "")


Ask = Callable[[], "Verdict | Later"]


class Detector(Protocol):
    """A provider; another one is another of these."""

    @property
    def name(self) -> str:
        """What it is called in detections."""
        ...

    @property
    def version(self) -> str:
        """Which version of it; each looks at a file once."""
        ...

    def prepare(self, claimed: Claimed, files: Files) -> Ask:
        """Make everything ready, and return what asks: that alone may reach the provider."""
        ...

    def find(self, claimed: Claimed) -> Verdict | Later | None:
        """Say what has become of a check that was asked for; None: it was surely never made."""
        ...


@dataclass(frozen=True)
class NoDetector:
    """Where no provider is named, people decide."""

    name: str = "none"
    version: str = "1"

    def prepare(self, claimed: Claimed, files: Files) -> Ask:
        """Refuse."""
        del claimed, files
        raise CheckFailedError("final", "no_detector")

    def find(self, claimed: Claimed) -> Verdict | Later | None:
        """Refuse."""
        del claimed
        raise CheckFailedError("final", "no_detector")
