"""A detector by a server of ours, which believes what a file says of itself."""

from __future__ import annotations

import sys

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def detector(*, port: int, api_key: str, callback_secret: str) -> Part:
    """`GET /checks` lists what was looked at; the log has a line for each request."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="detector",
        command=[sys.executable, "-m", "devstack.detector"],
        folder=ROOT,
        environment={
            **inherited(),
            "PORT": str(port),
            "DETECTOR_API_KEY": api_key,
            "DETECTOR_CALLBACK_SECRET": callback_secret,
        },
        url=url,
        is_ready=lambda: answers(f"{url}/checks"),
        version="ours",
    )
