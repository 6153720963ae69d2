"""The development stack's detector: asked twice it looks once, and signs what it calls back."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

from devstack.detector import DetectorServer, serving
from devstack.processes import ROOT, die_with_parent
from devstack.serving import in_thread

KEY, SECRET = "a-key-of-these-tests", "a-secret-that-only-these-tests-know"


@pytest.fixture
def detector() -> DetectorServer:
    """The service."""
    return DetectorServer(KEY, SECRET)


@pytest.fixture
def url(detector: DetectorServer) -> Iterator[str]:
    """Where it is served."""
    with serving(detector) as url:
        yield url


@pytest.fixture
def heard() -> queue.Queue[tuple[str, bytes]]:
    """What was called back: its signature and its body."""
    return queue.Queue()


@pytest.fixture
def shelf(heard: queue.Queue[tuple[str, bytes]]) -> Iterator[str]:
    """A server whose files say what is in their path, and that takes callbacks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/none" else 200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((self.headers["X-Detector-Signature"], raw))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with in_thread(Handler) as url:
        yield url


def ask(url: str, file: str, key: str = "k1", token: str = KEY, **more: Any) -> httpx.Response:
    """Ask for a check."""
    return httpx.post(
        f"{url}/checks",
        json={"url": file, "reference": f"ref of {key}", "file_format": "mp3", **more},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        trust_env=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("path", "score"),
    [("/song", 0.05), ("/detector:0", 0.0), ("/detector:85", 0.85), ("/detector:999", 1.0)],
)
def test_a_file_says_what_it_scores(url: str, shelf: str, path: str, score: float) -> None:
    answer = ask(url, shelf + path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["reference"], body["score"]) == ("ref of k1", score)


def test_the_same_key_is_the_same_check(url: str, shelf: str) -> None:
    first = ask(url, f"{shelf}/detector:10").json()
    assert ask(url, f"{shelf}/detector:90").json() == first
    assert ask(url, f"{shelf}/detector:90", key="k2").json()["score"] == 0.9
    looked_up = httpx.get(
        f"{url}/checks/k1", headers={"Authorization": f"Bearer {KEY}"}, trust_env=False
    )
    assert looked_up.json() == first
    listed = httpx.get(f"{url}/checks", trust_env=False).json()
    assert [one["key"] for one in listed["checks"]] == ["k1", "k2"]


def test_what_it_is_not_asked_well_it_refuses(url: str, shelf: str) -> None:
    assert ask(url, f"{shelf}/song", token="another").status_code == 401
    assert ask(url, f"{shelf}/song", key="").status_code == 400
    assert ask(url, f"{shelf}/none").status_code == 422
    assert ask(url, "no address").status_code == 422
    headers = {"Authorization": f"Bearer {KEY}"}
    for path, status in (("/checks/unknown", 404), ("/elsewhere", 404)):
        answer = httpx.get(url + path, headers=headers, trust_env=False)
        assert answer.status_code == status
    answer = httpx.post(f"{url}/checks", content=b"[]", headers=headers, trust_env=False)
    assert answer.status_code == 422


def test_what_it_answers_later_is_signed(
    url: str, shelf: str, heard: queue.Queue[tuple[str, bytes]]
) -> None:
    answer = ask(url, f"{shelf}/detector:later:40", callback_url=f"{shelf}/callback")
    assert answer.status_code == 202
    signature, raw = heard.get(timeout=60)
    body = json.loads(raw)
    assert (body["reference"], body["score"]) == ("ref of k1", 0.4)
    moment = signature.partition(",")[0].removeprefix("t=")
    assert abs(int(moment) - time.time()) < 60
    digest = hmac.new(SECRET.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    assert signature == f"t={moment},v1={digest}"


def test_it_runs_by_itself_until_it_is_told_to_stop() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "devstack.detector"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DETECTOR_API_KEY": KEY,
            "DETECTOR_CALLBACK_SECRET": SECRET,
        },
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    with process.stdout:
        listening = json.loads(process.stdout.readline())
        assert httpx.get(f"{listening['url']}/checks", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
