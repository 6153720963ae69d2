"""The realtime relay, which serves /realtime/v1."""

from __future__ import annotations

import sys

from devstack.processes import ROOT, inherited, listens
from devstack.supervisor import Part


def realtime(*, port: int, database_url: str, jwt_secret: str) -> Part:
    """Logs in as the superuser: it tries the policies as whoever joins."""
    return Part(
        name="realtime",
        command=[sys.executable, "-m", "devstack.realtime"],
        folder=ROOT,
        environment={
            **inherited(),
            "REALTIME_PORT": str(port),
            "REALTIME_DATABASE_URL": database_url,
            "JWT_SECRET": jwt_secret,
        },
        url=f"http://127.0.0.1:{port}",
        is_ready=lambda: listens(port),
        version="ours",
    )
