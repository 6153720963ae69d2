"""LiveKit by a server of ours, which knows who is in which room and carries no audio."""

from __future__ import annotations

import sys

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def livekit(*, port: int, api_key: str, api_secret: str, webhook_url: str) -> Part:
    """`GET /rooms` lists rooms and what was asked; the log has a line for each request."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="livekit",
        command=[sys.executable, "-m", "devstack.livekit"],
        folder=ROOT,
        environment={
            **inherited(),
            "PORT": str(port),
            "LIVEKIT_API_KEY": api_key,
            "LIVEKIT_API_SECRET": api_secret,
            "WEBHOOK_URL": webhook_url,
        },
        url=url,
        is_ready=lambda: answers(f"{url}/rooms"),
        version="ours",
    )
