"""Expo's push service by a server of ours, which logs what it is sent and delivers none of it."""

from __future__ import annotations

import sys

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def expo(*, port: int) -> Part:
    """`GET /pushes` lists what came; the log has a line for each."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="expo",
        command=[sys.executable, "-m", "devstack.expo"],
        folder=ROOT,
        environment={**inherited(), "PORT": str(port)},
        url=url,
        is_ready=lambda: answers(f"{url}/pushes"),
        version="ours",
    )
