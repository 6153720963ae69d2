"""S3 by moto, in memory: for what is archived outside Supabase."""

from __future__ import annotations

import sys
from importlib.metadata import version

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def s3(*, port: int) -> Part:
    """Any key is accepted."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="s3",
        command=[sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        folder=ROOT,
        environment={**inherited(), "PYTHONWARNINGS": "ignore"},
        url=url,
        is_ready=lambda: answers(f"{url}/moto-api/"),
        version=f"moto {version('moto')}",
    )
