"""What CI runs, in the order in which a mistake is cheapest to find; every step runs to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from devstack.processes import ROOT, inherited

Outcome = tuple[str, float, bool]
PYTHON = [sys.executable, "-m"]
STEPS: dict[str, list[str]] = {
    "npm": [*PYTHON, "devstack.install"],
    "types": [*PYTHON, "mypy"],
    "format": [*PYTHON, "ruff", "format", "--check", "."],
    "lint": [*PYTHON, "ruff", "check", "."],
    "baseline": [*PYTHON, "devstack", "baseline", "--check"],
    "api types": [*PYTHON, "devstack.types", "--check"],
    "docs": [*PYTHON, "devstack.docs", "--check"],
    "tests": ["make", "--no-print-directory", "test"],
}
# What the first step installs; the steps between need Python alone.
NEED_NPM = {"baseline", "api types", "docs"}
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 12 * 2**30


def run_all(say: Callable[[str], None], steps: Mapping[str, list[str]] = STEPS) -> int:
    """Run every step, as many at once as there are cores; return the exit code.

    The tests come alone and last, so that pytest's summary ends the output.
    """
    failed = []
    with scratch_folder() as folder:
        environment = {**inherited(), "TMPDIR": folder}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            checks: dict[str, Future[Outcome]] = {}
            for name, command in steps.items():
                if name != "tests":
                    earlier = checks.get("npm") if name in NEED_NPM else None
                    checks[name] = pool.submit(_run, command, environment, earlier)
            for name, check in checks.items():
                output, seconds, is_ok = check.result()
                say(f"== {name}: {'ok' if is_ok else 'failed'} ({seconds:.0f} s)")
                if output:
                    say(output.rstrip())
                if not is_ok:
                    failed.append(name)
        if "tests" in steps:
            say("== tests")
            if subprocess.run(steps["tests"], cwd=ROOT, env=environment).returncode != 0:
                failed.append("tests")
    if failed and failed != ["tests"]:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A folder for what the checks write, gone at the end: in memory, where there is plenty."""
    with tempfile.TemporaryDirectory(
        prefix="backbeat-",
        dir=MEMORY if free_bytes(MEMORY) >= MEMORY_BYTES else None,
        ignore_cleanup_errors=True,
    ) as folder:
        # Postgres runs as somebody else when root starts it.
        Path(folder).chmod(0o755)
        yield folder


def free_bytes(folder: Path) -> int:
    """How much can be written to a folder from which programs can be run; 0 if there is none."""
    try:
        state = os.statvfs(folder)
    except OSError:
        return 0
    is_usable = os.access(folder, os.W_OK) and not state.f_flag & os.ST_NOEXEC
    return state.f_bavail * state.f_frsize if is_usable else 0


def _run(
    command: list[str], environment: Mapping[str, str], earlier: Future[Outcome] | None = None
) -> Outcome:
    """What a command says, how many seconds it takes, and whether it succeeds.

    It begins when the earlier one, which began before it, has ended.
    """
    if earlier:
        wait([earlier])
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout, time.monotonic() - started, done.returncode == 0
