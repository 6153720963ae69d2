"""The provider `http`: any HTTP API that the settings DETECTOR_* can describe."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx

from backbeat.detector_answers import Reading, Verdict
from backbeat.detectors import Ask, CheckFailedError, Claimed, Files, Later, Outcome

LIMIT_BYTES = 1024 * 1024
# The provider says that it will not take this file, however often.
REFUSALS = (400, 410, 413, 415, 422)
# Somebody between us and the provider, who does not know what has become of it.
BETWEEN = (502, 504)


@dataclass(frozen=True)
class HttpDetector:
    """A provider with an HTTP API, as the settings DETECTOR_* describe it.

    It is sent {<DETECTOR_URL_FIELD>, reference, file_format, callback_url} with the header
    Idempotency-Key, and answers 200 with a score or 202 and calls back (detection_callback.py).
    What may have been heard and was not answered is looked up at DETECTOR_RESULT_URL by the same
    key; without one, people decide.
    """

    client: httpx.Client
    url: str
    version: str
    reading: Reading
    timeout_seconds: float
    url_field: str = "url"
    result_url: str | None = None
    callback_url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = "http"

    def prepare(self, claimed: Claimed, files: Files) -> Ask:
        """Sign an address of the file."""
        body: dict[str, str] = {
            self.url_field: files.address(claimed),
            "reference": str(claimed.detection_id),
            "file_format": claimed.file_format,
        }
        if self.callback_url:
            body["callback_url"] = self.callback_url
        return lambda: self._check(claimed, body)

    def find(self, claimed: Claimed) -> Verdict | Later | None:
        """Look it up by its key."""
        if self.result_url is None:
            raise CheckFailedError("final", "lost")
        url = self.result_url.replace("{key}", claimed.key)
        try:
            status, headers, raw = self._send("GET", url, claimed.key, None)
        except httpx.HTTPError as error:
            raise CheckFailedError("unknown", type(error).__name__) from None
        if status == 404:
            return None
        if status not in (200, 202):
            raise CheckFailedError("unknown", f"http_{status}", retry_after(headers))
        return self._read(status, raw)

    def _check(self, claimed: Claimed, body: Mapping[str, str]) -> Verdict | Later:
        try:
            status, headers, raw = self._send("POST", self.url, claimed.key, body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise CheckFailedError("not_made", type(error).__name__) from None
        except httpx.HTTPError as error:
            raise CheckFailedError(self._unanswered, type(error).__name__) from None
        if status in (200, 201, 202):
            return self._read(status, raw)
        if status in BETWEEN or status < 300:
            raise CheckFailedError(self._unanswered, f"http_{status}", retry_after(headers))
        outcome: Outcome = "final" if status in REFUSALS else "not_made"
        raise CheckFailedError(outcome, f"http_{status}", retry_after(headers))

    @property
    def _unanswered(self) -> Outcome:
        return "unknown" if self.result_url else "final"

    def _read(self, status: int, raw: bytes) -> Verdict | Later:
        try:
            answer = self.reading.parse(raw)
            if status == 202:
                return Later(self.reading.provider_ref(answer))
            return self.reading.verdict(answer)
        except ValueError:
            if status == 202:
                # It has taken the file, whatever else it says.
                return Later()
            raise CheckFailedError(self._unanswered, "garbled") from None

    def _send(
        self, method: str, url: str, key: str, body: Mapping[str, str] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        """Send a request; all of the answer has to be there in time."""
        deadline = time.monotonic() + self.timeout_seconds
        headers = {**self.headers, "Idempotency-Key": key, "Accept": "application/json"}
        # The client's TimedTransport holds all of it to that, however slowly a server drips.
        timed = {"deadline": deadline}
        with self.client.stream(
            method, url, json=body, headers=headers, extensions=timed
        ) as response:
            raw = bytearray()
            for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > LIMIT_BYTES:
                    raise httpx.DecodingError("the answer is too long", request=response.request)
            return response.status_code, response.headers, bytes(raw)


def retry_after(headers: httpx.Headers) -> int | None:
    """Return how many seconds the provider asks to be left alone, by Retry-After; None: none."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), 10**6)
    try:
        moment = parsedate_to_datetime(value)
        return min(max(0, round(moment.timestamp() - time.time())), 10**6)
    except (ValueError, OverflowError, OSError):
        return None
