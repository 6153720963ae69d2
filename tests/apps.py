"""Apps in JavaScript: a script in Node.js, with the official client at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devstack import nodejs
from devstack.processes import ROOT, die_with_parent
from tests.plugins.stack import RunningStack, environment


def play(
    script: Path, *words: str, seconds: float = 180, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a script to its end; it finds its packages in NODE_MODULES."""
    return subprocess.run(
        [nodejs.node(), script, *words],
        env={**os.environ, "NODE_MODULES": str(nodejs.MODULES), **env},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        preexec_fn=die_with_parent,
    )


def told_by(
    script: Path, url: str, publishable_key: str, *, seconds: float = 800, **env: str
) -> Any:
    """What an app of a project has seen, as it says in JSON at its end."""
    done = play(script, seconds=seconds, SUPABASE_URL=url, SUPABASE_KEY=publishable_key, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def served_example(stack: RunningStack, *name: str) -> Iterator[str]:
    """An example as `make example` serves it, on a stack, for the length of the block; its URL."""
    with subprocess.Popen(
        [sys.executable, "-m", "devstack.example", *name],
        cwd=ROOT,
        env={**environment(stack.home), "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip() + "/"
        server.terminate()
