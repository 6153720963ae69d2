"""A detector on one machine: it is asked as run-detections asks, and knows nothing of music.

`POST /checks` {url, reference, file_format, callback_url} with the header Idempotency-Key and a
bearer key fetches the file and answers {id, reference, score, model}: 0.05, unless the file says
otherwise somewhere. `detector:85` scores 0.85; `detector:later` is answered 202, and the score
(`detector:later:85` for another than 0.05) goes to callback_url, signed. The same key again is
the same check. `GET /checks/<key>` looks one up, and `GET /checks` lists all.

Configured by PORT (0 picks a free one), DETECTOR_API_KEY and DETECTOR_CALLBACK_SECRET.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import queue
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from devstack.serving import Handler, in_thread, serve_until_stopped

MARK = re.compile(rb"detector:(later)?:?(\d{1,3})?")
HUMAN = 0.05
KEPT = 1000
ATTEMPTS = 3
FILE_PATIENCE = 20.0

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a request is answered."""

    status: int
    body: Json | bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class CutError(Exception):
    """The connection ends without an answer, or after these pieces of one."""

    def __init__(self, said: Iterable[bytes] = ()) -> None:
        super().__init__()
        self.said = said


@dataclass
class Check:
    """A file that was looked at, once."""

    id: str
    key: str
    reference: str
    score: float
    callback_url: str | None
    is_done: bool

    def result(self) -> Json:
        """What is told of it."""
        known = {"id": self.id, "reference": self.reference}
        if not self.is_done:
            return {**known, "state": "running"}
        return {**known, "state": "done", "score": self.score, "model": "stand-in-1"}


@dataclass
class DetectorServer:
    """The service: the checks it has made, by their keys, and what it was asked."""

    api_key: str
    callback_secret: str
    checks: dict[str, Check] = field(default_factory=dict)
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    report: Callable[[Json], None] = lambda _: None
    lock: threading.RLock = field(default_factory=threading.RLock)
    callbacks: queue.Queue[Check | None] = field(default_factory=queue.Queue)

    @property
    def pending(self) -> bool:
        """Whether something is still to be called back, or just being so."""
        return self.callbacks.unfinished_tasks > 0

    def answer(self, method: str, path: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Answer a request; raises CutError to answer nothing, or no more."""
        if (method, path) == ("GET", "/checks"):
            with self.lock:
                listed = [{"key": one.key, **one.result()} for one in self.checks.values()]
                return Answer(200, {"checks": listed, "calls": list(self.calls)})
        key = headers.get("Idempotency-Key", "")
        call = {"method": method, "path": path, "key": key}
        with self.lock:
            self.calls.append(call)
            self.report(call)
        if not hmac.compare_digest(headers.get("Authorization", ""), f"Bearer {self.api_key}"):
            return Answer(401, {"error": "unauthorized"})
        if method == "GET" and path.startswith("/checks/"):
            return self._told(self.checks.get(path.removeprefix("/checks/")))
        if (method, path) != ("POST", "/checks"):
            return Answer(404, {"error": "not_found"})
        return self.check(key, raw)

    def check(self, key: str, raw: bytes) -> Answer:
        """Look at a file, unless that was done under this key."""
        try:
            body = json.loads(raw)
            url, reference = str(body["url"]), str(body["reference"])
            callback_url = body.get("callback_url")
        except (ValueError, TypeError, KeyError, AttributeError):
            return Answer(422, {"error": "invalid"})
        if not key:
            return Answer(400, {"error": "no_idempotency_key"})
        with self.lock:
            known = self.checks.get(key)
        if known:
            return self._told(known)
        try:
            with httpx.Client(trust_env=False, timeout=FILE_PATIENCE) as client:
                content = client.get(url).raise_for_status().content
        except (httpx.HTTPError, httpx.InvalidURL):
            return Answer(422, {"error": "file_not_read"})
        mark = MARK.search(content)
        is_later = bool(mark and mark[1])
        score = min(int(mark[2]), 100) / 100 if mark and mark[2] else HUMAN
        made = Check(f"chk_{uuid.uuid4().hex}", key, reference, score, callback_url, not is_later)
        with self.lock:
            made = self.checks.setdefault(key, made)
        if is_later:
            self.later(made)
        return self._told(made)

    def later(self, check: Check) -> None:
        """Come to the end of a check after its request was answered."""
        self.callbacks.put(check)

    def send_callbacks(self) -> None:
        """Send what is to be called back, until None is; what nobody takes is sent three times."""
        while (check := self.callbacks.get()) is not None:
            check.is_done = True
            for _ in range(ATTEMPTS if check.callback_url else 0):
                with suppress(httpx.HTTPError):
                    if self.call_back(check).status_code < 500:
                        break
            self.callbacks.task_done()

    def call_back(self, check: Check, **changes: Any) -> httpx.Response:
        """Send one report, signed."""
        raw = json.dumps({**check.result(), **changes}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Detector-Signature": self.signature(raw, int(time.time())),
        }
        assert check.callback_url is not None
        with httpx.Client(trust_env=False, timeout=FILE_PATIENCE) as client:
            return client.post(check.callback_url, content=raw, headers=headers)

    def signature(self, raw: bytes, moment: int) -> str:
        """What a report of this body is signed with."""
        signed = f"{moment}.".encode() + raw
        digest = hmac.new(self.callback_secret.encode(), signed, hashlib.sha256)
        return f"t={moment},v1={digest.hexdigest()}"

    def _told(self, check: Check | None) -> Answer:
        if check is None:
            return Answer(404, {"error": "not_found"})
        return Answer(200 if check.is_done else 202, check.result())


@contextmanager
def serving(detector: DetectorServer, port: int = 0) -> Iterator[str]:
    """Serve in a thread for the length of the block; gives the URL."""
    sender = threading.Thread(target=detector.send_callbacks, daemon=True)
    sender.start()
    try:
        with in_thread(_handler(detector), port) as url:
            yield url
    finally:
        detector.callbacks.put(None)
        sender.join()


def _handler(detector: DetectorServer) -> type[Handler]:
    class Answering(Handler):
        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def _serve(self, method: str) -> None:
            raw = self.read()
            headers = {name.title(): value for name, value in self.headers.items()}
            try:
                answer = detector.answer(method, self.path, headers, raw)
            except CutError as cut:
                self.close_connection = True
                with suppress(OSError):
                    for piece in cut.said:
                        self.wfile.write(piece)
                return
            body = answer.body
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            with suppress(OSError):
                # Whoever asked may have gone, as it took too long.
                self.write(answer.status, content, answer.headers)

    return Answering


def main() -> None:
    """Serve until SIGTERM or SIGINT, a line for each request."""
    detector = DetectorServer(
        os.environ["DETECTOR_API_KEY"],
        os.environ["DETECTOR_CALLBACK_SECRET"],
        report=lambda call: print(json.dumps({"message": "asked", **call}), flush=True),
    )
    serve_until_stopped(partial(serving, detector))


if __name__ == "__main__":
    main()
