"""How the stack starts and stops programs: none outlives the process that started it."""

from __future__ import annotations

import ctypes
import http.client
import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
PR_SET_PDEATHSIG = 1
# Not that of the module: tests seed it alike in every process.
CHANCE = random.SystemRandom()
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class DevstackError(Exception):
    """Something the person at the terminal has to know; the message says what to do about it."""


def wheel(name: str) -> Path:
    """The folder of an installed Python package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise DevstackError(f"The Python package {name} is missing: run `make setup`.")
    return Path(spec.origin).parent


def inherited() -> dict[str, str]:
    """Our environment for a part, without what would redirect it: libpq's settings and proxies."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    local = "127.0.0.1,localhost"
    return {**ours, "NO_PROXY": local, "no_proxy": local, "PYTHONUNBUFFERED": "1"}


def die_with_parent(how: signal.Signals = signal.SIGTERM) -> None:
    """Ask Linux to send `how` to this process when its parent dies, even by SIGKILL."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: IO[bytes] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only the supervisor."""
    return subprocess.Popen(
        [os.fspath(word) for word in command],
        env=dict(os.environ if env is None else env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=log or subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(death_signal),
    )


def stop(
    process: subprocess.Popen[bytes],
    *,
    how: signal.Signals = signal.SIGTERM,
    patience: float = 10,
) -> None:
    """End a program and everything in its process group: politely first, then with SIGKILL."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port(preferred: int | None = None) -> int:
    """`preferred` if nobody listens there, else any other, both on 127.0.0.1.

    Any other is one that the system gives to no outgoing connection: a port of those could be taken
    again before whoever asked listens there.
    """
    first, beyond = 10_240, _first_outgoing_port()
    others = CHANCE.sample(range(first, beyond), 100) if beyond - first > 100 else []
    for port in (*((preferred,) if preferred else ()), *others, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DevstackError("No free port on 127.0.0.1.")


def _first_outgoing_port() -> int:
    """Where the ports begin that outgoing connections are given."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768


def wait_until(
    ready: Callable[[], bool], *, alive: Callable[[], bool], patience: float, what: str
) -> None:
    """Poll until `ready`; raise when the program has ended or `patience` seconds have passed."""
    began = time.monotonic()
    while True:
        if not alive():
            raise DevstackError(f"{what} ended while starting.")
        if ready():
            return
        waited = time.monotonic() - began
        if waited > patience:
            raise DevstackError(f"{what} did not answer within {patience:.0f} s.")
        # What is slow is not slowed by being asked.
        time.sleep(min(max(waited / 10, 0.03), 1.0))


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether an HTTP server at `url` answers with success."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=2)
    try:
        connection.request("GET", parts.path or "/", headers=dict(headers or {}))
        return connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether something accepts connections on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, or a remark that there are none."""
    try:
        text = path.read_text(errors="replace").strip()
    except OSError:
        text = ""
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
