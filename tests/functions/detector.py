"""A detector as a real server, with a say in how it answers, and artists who hand music in."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from devstack.detector import Answer, Check, CutError, DetectorServer, serving
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions
from tests.patience import PATIENCE_SECONDS

KEY, SECRET = "a-key-of-the-laboratory", "a-secret-that-only-this-laboratory-knows"
TIMEOUT = 2.0
AUDIO = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac"}
# It has surely not taken the file.
REFUSED = {
    "busy": Answer(429, {"error": "busy"}, {"Retry-After": "1800"}),
    "broken": Answer(500, b"Internal Server Error"),
    "away": Answer(503, b"<html>away</html>"),
    "locked": Answer(401, {"error": "unauthorized"}),
    "moved": Answer(301, b"", {"Location": "http://127.0.0.1:9/"}),
}
# It has taken the file, and what it says is of no use.
USELESS = {
    "garbage": b"<html>well done</html>",
    "nothing": b"",
    "a list": b"[]",
    "no score": b'{"id": "chk_1"}',
    "a word": b'{"score": "very"}',
    "too much": b'{"score": 7}',
    "less than nothing": b'{"score": -0.1}',
    "no number": b'{"score": NaN}',
    "endless": b'{"score": 1e999}',
    "true": b'{"score": true}',
    "too long": b'{"score": 0.1, "x": "' + b"x" * 2**21 + b'"}',
}
# Short as JSON, and of 300 digits each in the database.
SPELLED_OUT = {"numbers": [1e300] * 2500}


def dripping_head() -> Iterator[bytes]:
    """The head of an answer, a byte now and then for as long as somebody reads."""
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    while True:
        time.sleep(TIMEOUT / 20)
        yield b"x"


@dataclass
class MoodyDetector(DetectorServer):
    """The detector, with the moods of the next requests laid down."""

    script: list[str] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    callback_url: str | None = None
    taken: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def answer(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Answer as laid down, or as a good detector does."""
        laid_down = self.script if method == "POST" else self.lookups
        if path == "/checks" and method == "GET":
            return super().answer(method, path, headers, raw)
        with self.lock:
            mood = laid_down.pop(0) if laid_down else "well"
        if mood in REFUSED:
            return REFUSED[mood]
        if mood == "gone before":
            raise CutError
        answer = super().answer(method, path, headers, raw)
        if mood == "slow":
            time.sleep(TIMEOUT + 1)
        elif mood == "cut":
            raise CutError
        elif mood == "drips":
            raise CutError(dripping_head())
        elif mood == "spelled out":
            assert isinstance(answer.body, dict)
            return Answer(200, {**answer.body, **SPELLED_OUT})
        elif mood == "gateway":
            return Answer(504, b"<html>timed out</html>")
        elif mood in USELESS:
            return Answer(200, USELESS[mood])
        return answer

    def check(self, key: str, raw: bytes) -> Answer:
        """Note that it was taken."""
        time.sleep(self.seconds)
        with self.lock:
            self.taken[key] += 1
        return super().check(key, raw)

    def later(self, check: Check) -> None:
        """Call the functions back, wherever they said they are."""
        check.callback_url = self.callback_url
        super().later(check)

    def forget(self) -> None:
        """Know of no check and have nothing laid down."""
        self.script.clear()
        self.lookups.clear()
        self.checks.clear()
        self.calls.clear()
        self.taken.clear()
        self.seconds = 0.0

    @property
    def most_taken(self) -> int:
        """How often it has taken the file that it has taken most often."""
        return max(self.taken.values(), default=0)


@dataclass
class Laboratory:
    """The functions with a detector of their own, and artists."""

    live: LiveStack
    functions: FunctionsServer
    detector: MoodyDetector

    def run(self) -> httpx.Response:
        """Call run-detections as the scheduler does."""
        return httpx.post(
            f"{self.functions.url}/run-detections",
            headers=self.live.scheduler,
            timeout=2 * PATIENCE_SECONDS,
            trust_env=False,
        )

    def hand_in(
        self, artist: uuid.UUID, words: str = "", content: bytes | None = None, kind: str = "mp3"
    ) -> uuid.UUID:
        """Upload a track as an app does, whose file says this, or is this file; its id."""
        live = self.live
        live.sql("delete from private.rate_limit_buckets")
        song = {"title": "Dusk", "genre": "house", "duration_ms": 90_000, "file_format": kind}
        made = live.sends(artist, "POST", "/rpc/create_track", song)
        token = live.token(artist)
        answer = httpx.post(
            f"{live.stack.url}/storage/v1/object/{made['bucket']}/{made['path']}",
            content=content or b"ID3" + uuid.uuid4().bytes + words.encode(),
            headers={
                "apikey": live.stack.publishable_key,
                "content-type": AUDIO[kind],
                **bearer(token),
            },
            timeout=180,
        )
        assert answer.is_success, answer.text
        track = {"track_id": made["track"]["id"]}
        live.sends(artist, "POST", "/rpc/declare_rights", {**track, "kind": "original"})
        live.sends(artist, "POST", "/rpc/submit_track", track)
        return uuid.UUID(track["track_id"])

    def row(self, track: uuid.UUID) -> dict[str, Any]:
        """The detection of a track as it is stored."""
        ((row,),) = self.live.sql(
            "select to_jsonb(detection) from public.detections as detection"
            " where track_id = %s and is_current",
            track,
        )
        found: dict[str, Any] = row
        return found

    def stands(self, track: uuid.UUID) -> tuple[str, str]:
        """The status of a track, and of its detection."""
        ((status,),) = self.live.sql("select status from public.tracks where id = %s", track)
        return status, self.row(track)["status"]

    def make_due(self) -> None:
        """Let every wait and every lease be over."""
        self.live.sql(
            "update public.detections set next_attempt_at = now() - interval '1 minute',"
            " leased_until = case when lease_id is not null then now() - interval '1 minute' end"
        )

    def callbacks(self) -> None:
        """Wait until everything was called back."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.detector.pending:
            assert time.monotonic() < deadline


@contextmanager
def running_laboratory(live: LiveStack, **settings: str) -> Iterator[Laboratory]:
    """Serve the functions and a detector that calls them back."""
    detector = MoodyDetector(KEY, SECRET)
    with serving(detector) as url:
        given = {
            "DETECTOR": "http",
            "DETECTOR_URL": f"{url}/checks",
            "DETECTOR_RESULT_URL": f"{url}/checks/{{key}}",
            "DETECTOR_API_KEY": KEY,
            "DETECTOR_CALLBACK_URL": "http://127.0.0.1:9/detection-callback",
            "DETECTOR_CALLBACK_SECRET": SECRET,
            "DETECTOR_TIMEOUT_SECONDS": str(TIMEOUT),
            **settings,
        }
        wanted = {name: value for name, value in given.items() if value}
        with running_functions(None, **live.settings, **wanted) as functions:
            detector.callback_url = f"{functions.url}/detection-callback"
            yield Laboratory(live, functions, detector)


def begin_afresh(live: LiveStack) -> None:
    """Nothing waits to be looked at, and what is handed in does."""
    live.sql("update private.settings set value = 0 where name = 'publish_without_detection'")
    live.sql("delete from public.detections")
    live.sql("update public.artist_profiles set is_trusted_uploader = false, trusted_since = null")


def artist(live: LiveStack, username: str) -> uuid.UUID:
    """Sign an artist up."""
    identity = live.person(username)
    live.sends(identity, "POST", "/rpc/become_artist", {})
    return identity
