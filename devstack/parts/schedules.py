"""The schedule runner, which calls the functions as functions/schedules.toml says."""

from __future__ import annotations

import sys
from importlib.metadata import version

from devstack.processes import ROOT, inherited
from devstack.supervisor import Part


def schedules(*, functions_url: str, cron_secret: str) -> Part:
    """Has no port: it is ready when it runs."""
    return Part(
        name="schedules",
        command=[sys.executable, "-m", "devstack.schedules"],
        folder=ROOT,
        environment={**inherited(), "FUNCTIONS_URL": functions_url, "CRON_SECRET": cron_secret},
        is_ready=lambda: True,
        version=f"croniter {version('croniter')}",
    )
