"""The cloud functions, each target of functions/main.py behind one router."""

from __future__ import annotations

import sys
from importlib.metadata import version

from devstack.processes import ROOT, answers, inherited
from devstack.supervisor import Part


def functions(*, port: int, settings: dict[str, str]) -> Part:
    """They read their settings from the environment, as they do when deployed."""
    url = f"http://127.0.0.1:{port}"
    return Part(
        name="functions",
        command=[sys.executable, "-m", "devstack.functions_router"],
        folder=ROOT,
        environment={
            **inherited(),
            **settings,
            "PORT": str(port),
        },
        url=url,
        is_ready=lambda: answers(url),
        version=version("functions-framework"),
    )
