"""The supervisor alone, with parts that misbehave on purpose."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from devstack.processes import DevstackError
from devstack.supervisor import Part, Supervisor


def test_part_that_ends_while_starting_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    part = _python("brittle", "print('my reason'); raise SystemExit(3)")
    with pytest.raises(DevstackError, match=r"(?s)brittle ended with exit code 3.*my reason"):
        supervisor.start(part)
    supervisor.stop()


def test_part_that_never_answers_is_given_up(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    with pytest.raises(DevstackError, match="sleepy did not answer within 0 s"):
        supervisor.start(_python("sleepy", "import time; time.sleep(60)", patience=0.2))
    supervisor.stop()


def test_part_that_dies_while_another_starts_is_the_one_named(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    supervisor.spawn(_python("first", "print('gone')"))
    with pytest.raises(DevstackError, match=r"first ended with exit code 0"):
        supervisor.start(_python("second", "import time; time.sleep(60)"))
    supervisor.stop()


def test_part_that_is_killed_is_named_within_five_seconds(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    for name in ("first", "second", "third"):
        supervisor.spawn(_python(name, "import time; time.sleep(60)"))
    _, victim = supervisor.running["second"]
    killed_at: list[float] = []

    def kill() -> None:
        killed_at.append(time.monotonic())
        victim.kill()

    killer = threading.Timer(0.5, kill)
    killer.start()
    with pytest.raises(DevstackError, match=r"second was killed by SIGKILL"):
        supervisor.watch()
    assert time.monotonic() - killed_at[0] < 5
    supervisor.stop()


def test_part_that_ignores_the_stop_signal_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    deaf = (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf now', flush=True); time.sleep(60)"
    )
    part = _python("deaf", deaf, ready_line="deaf now", folder=tmp_path)
    supervisor.start(part)
    _, process = supervisor.running["deaf"]
    supervisor.stop()
    assert process.returncode == -9


def test_log_of_the_run_before_is_kept_once(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path)
    for word in ("one", "two"):
        supervisor.spawn(_python("talker", f"print('{word}')"))
        supervisor.running["talker"][1].wait()
        supervisor.stop()
    assert (tmp_path / "talker.log").read_text() == "two\n"
    assert (tmp_path / "talker.log.1").read_text() == "one\n"


def _python(
    name: str,
    code: str,
    *,
    patience: float = 10,
    ready_line: str | None = None,
    folder: Path | None = None,
) -> Part:
    def is_ready() -> bool:
        return bool(ready_line and folder and ready_line in (folder / f"{name}.log").read_text())

    return Part(
        name=name,
        command=[sys.executable, "-c", code],
        is_ready=is_ready,
        version="test",
        patience=patience,
        stop_patience=0.3,
    )
