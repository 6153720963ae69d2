"""What CI runs, in the order in which a mistake is cheapest to find; every step runs to its end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from devstack.processes import ROOT, inherited

PYTHON = [sys.executable, "-m"]
STEPS: dict[str, list[str]] = {
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "lint": [*PYTHON, "ruff", "check", "."],
    "types": [*PYTHON, "mypy"],
    "baseline": [*PYTHON, "devstack", "baseline", "--check"],
    "api types": [*PYTHON, "devstack.types", "--check"],
    "docs": [*PYTHON, "devstack.docs", "--check"],
    "tests": ["make", "--no-print-directory", "test"],
}


def run_all(say: Callable[[str], None], steps: Mapping[str, list[str]] = STEPS) -> int:
    """Run every step; the tests come last, so that pytest's summary ends the output."""
    failed = []
    for name, command in steps.items():
        say(f"== {name}")
        started = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=inherited()).returncode != 0:
            failed.append(name)
        if name != "tests":
            outcome = "failed" if name in failed else "ok"
            say(f"== {name}: {outcome} ({time.monotonic() - started:.0f} s)")
    if failed and failed != ["tests"]:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0
