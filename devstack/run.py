"""What `up`, `down` and `reset` do: bring a stack up, keep it up, follow one, stop one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from devstack import install
from devstack.home import Home
from devstack.processes import ROOT, DevstackError
from devstack.settings import Settings
from devstack.stack import Stack, open_stack
from devstack.supervisor import Interrupted, Supervisor, interrupt_on_signals

DATA = (
    "data",
    "data.unfinished",
    "data.unfinished.password",
    "lite",
    "migrations.json",
    "seeded.json",
    "stripe.json",
)
STOP_PATIENCE = 60.0
Say = Callable[[str], None]


def keep_up(home: Home, say: Say, show: Callable[[Stack], None], *, seed: bool = True) -> int:
    """Run a stack in this process until it is interrupted (0) or a part dies (1)."""
    with home.lock() as is_ours:
        if not is_ours:
            return _show_running(home, say, show)
        supervisor = Supervisor(home.logs)
        interrupt_on_signals()
        try:
            install.install()
            stack = Stack(
                home=home,
                ports=home.choose_ports(),
                secrets=home.secrets(),
                fast_postgres=os.environ.get("BACKBEAT_FAST_POSTGRES") == "1",
                has_clock=os.environ.get("BACKBEAT_SCHEDULES") != "off",
                settings=Settings.read(),
            )
            home.forget("failure.txt")
            stack.up(supervisor, say, seed=seed)
            show(stack)
            supervisor.watch()
        except Interrupted:
            say("stopping")
            return 0
        except DevstackError as error:
            (home.folder / "failure.txt").write_text(f"{error}\n")
            say(f"[failed] {error}")
            return 1
        finally:
            supervisor.stop()
            home.forget("state.json")
            say("stopped: no process of the stack is left")


def start_detached(
    home: Home, say: Say, show: Callable[[Stack], None], *, seed: bool = True
) -> int:
    """Start a stack that outlives this process; return once it is healthy (0) or has failed (1)."""
    if home.holder() is not None:
        return _show_running(home, say, show)
    home.logs.mkdir(parents=True, exist_ok=True)
    log = home.log("stack")
    command = [sys.executable, "-m", "devstack", "up", *([] if seed else ["--no-seed"])]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "BACKBEAT_HOME": os.fspath(home.folder), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _follow(home, process, log, say, show)
    except KeyboardInterrupt:
        process.terminate()
        process.wait(STOP_PATIENCE)
        return 130


def stop_running(home: Home, say: Say) -> bool:
    """Stop the stack that runs in `home`; whether there was one."""
    pid = home.holder()
    if pid is None:
        home.forget("state.json")
        return False
    say(f"stopping the stack in {home.folder}")
    deadline = time.monotonic() + STOP_PATIENCE
    os.kill(pid, 15)
    while home.holder() == pid or _is_alive(pid):
        if time.monotonic() > deadline:
            raise DevstackError(f"Process {pid} has not stopped within {STOP_PATIENCE:.0f} s.")
        time.sleep(0.1)
    return True


def remove_data(home: Home) -> None:
    """Remove what the stack has stored; secrets and ports stay, so that clients go on working."""
    with home.lock() as is_ours:
        if not is_ours:
            raise DevstackError("A stack is running on this data: make down stops it.")
        home.forget(*DATA)


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def _follow(
    home: Home,
    process: subprocess.Popen[bytes],
    log: Path,
    say: Say,
    show: Callable[[Stack], None],
) -> int:
    shown = 0
    while True:
        code = process.poll()
        state = home.state()
        is_healthy = bool(state and state["pid"] == process.pid and state["status"] == "healthy")
        if not is_healthy:
            lines = log.read_text(errors="replace").splitlines()
            for line in lines[shown:]:
                say(line)
            shown = len(lines)
        if is_healthy:
            show(open_stack(home))
            return 0
        if code is not None:
            return code or 1
        time.sleep(0.1)


def _show_running(home: Home, say: Say, show: Callable[[Stack], None]) -> int:
    state = home.state()
    pid = home.holder()
    if state is None or state["status"] != "healthy":
        say(f"A stack is already being started in {home.folder} (process {pid}).")
        return 1
    say(f"A stack is already running in {home.folder} (process {pid}); make down stops it.")
    show(open_stack(home))
    return 0
