"""Starts the parts, waits for their health, notices the first that dies, and stops them all."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devstack.processes import DevstackError, spawn, stop, tail, wait_until

POLL_SECONDS = 1.0
STOP_PATIENCE = 5.0


@dataclass(frozen=True)
class Part:
    """A program of the stack: how to run it and how to tell that it answers."""

    name: str
    command: Sequence[str | Path]
    is_ready: Callable[[], bool]
    version: str
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    url: str = ""
    patience: float = 300
    stop_signal: signal.Signals = signal.SIGTERM
    stop_patience: float = STOP_PATIENCE


@dataclass
class Supervisor:
    """The running parts, in the order they were started."""

    logs: Path
    running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = field(default_factory=dict)

    def spawn(self, part: Part) -> None:
        """Start a part without waiting for it; its log starts anew."""
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.log(part.name)
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        with path.open("wb") as log:
            process = spawn(
                part.command,
                env=part.environment,
                cwd=part.folder,
                log=log,
                death_signal=part.stop_signal,
            )
        self.running[part.name] = (part, process)

    def wait_ready(self, part: Part) -> None:
        """Wait until a part answers; raises when it, or any other, ends or time is up."""
        try:
            wait_until(part.is_ready, alive=self._all_alive, patience=part.patience, what=part.name)
        except DevstackError as error:
            self.check()
            raise DevstackError(f"{error}\n{self._end_of_log(part.name)}") from error

    def start(self, part: Part) -> None:
        """Start a part and wait until it answers."""
        self.spawn(part)
        self.wait_ready(part)

    def check(self) -> None:
        """Raise, naming the part and showing the end of its log, if one has ended."""
        for name, (_, process) in self.running.items():
            code = process.poll()
            if code is not None:
                raise DevstackError(f"{name} {_fate(code)}\n{self._end_of_log(name)}")

    def watch(self) -> NoReturn:
        """Return never; raise as soon as a part has ended."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def pids(self) -> dict[str, int]:
        """The process of each running part."""
        return {name: process.pid for name, (_, process) in self.running.items()}

    def stop(self) -> None:
        """Stop every part, the last started first, and leave no process of theirs."""
        while self.running:
            _, (part, process) = self.running.popitem()
            stop(process, how=part.stop_signal, patience=part.stop_patience)

    def log(self, name: str) -> Path:
        """The log of one part."""
        return self.logs / f"{name}.log"

    def _all_alive(self) -> bool:
        return all(process.poll() is None for _, process in self.running.values())

    def _end_of_log(self, name: str) -> str:
        return f"The end of {self.log(name)}:\n{tail(self.log(name))}"


class Interrupted(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: the stack has been asked to stop."""


def interrupt_on_signals() -> None:
    """Let the first Ctrl-C, SIGTERM or SIGHUP raise Interrupted, and ignore those that follow."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted

    for each in signals:
        signal.signal(each, interrupt)


def _fate(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}."
    return f"ended with exit code {code}."
