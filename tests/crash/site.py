"""A server that keeps what it has acknowledged, and the ways to lose it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from devstack.parts.postgres import (
    SUPERUSER,
    UNPRIVILEGED,
    PostgresServer,
    bin_folder,
    unprivileged,
)
from devstack.processes import DevstackError, free_port, wait_until
from tests.database import Database

# What the tests have for sale stands in this database.
NAME = "market"
PATIENCE = 300.0


@dataclass
class Site:
    """Where clients find the database: on whichever server it is at the moment."""

    server: PostgresServer
    standby: PostgresServer | None = None
    _pids: list[int] = field(default_factory=list)

    def database(self) -> Database:
        """The database of the server in charge."""
        return Database(self.server, NAME)

    def hold(self) -> None:
        """Let the server in charge start no more processes; those that it has work on."""
        process = self.server.process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        _wait(lambda: _stat(process.pid)[0] == "T", "SIGSTOP")
        self._pids = [process.pid, *_children(process.pid)]

    def kill(self) -> None:
        """End every process of the server in charge, which is held, as a power cut would."""
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def recover(self) -> None:
        """Go on after a kill: on the standby where there is one, else on what the disk has."""
        assert self.server.process is not None
        self.server.process.wait()
        self.server.process = None
        # As long as one of them lives, so does the memory they share.
        _wait(lambda: all(_stat(pid)[0] in "XZ" for pid in self._pids), "SIGKILL")
        if self.standby is None:
            start(self.server)
            return
        with self.standby.connect("postgres", SUPERUSER) as connection:
            row = connection.execute("select pg_promote(true, 300)").fetchone()
        assert row == (True,)
        self.server, self.standby = self.standby, None

    def stop(self) -> None:
        """Stop whatever runs."""
        for server in (self.standby, self.server):
            if server is not None:
                server.stop()

    def add_standby(self, data: Path) -> None:
        """Run a copy that has everything before it is acknowledged."""
        primary = self.server
        self.standby = PostgresServer(data, free_port(), primary.secret, log=primary.log)
        _copy(primary, data)
        start(self.standby)
        with primary.connect("postgres", SUPERUSER) as connection:
            connection.execute("alter system set synchronous_standby_names = '*'")
            connection.execute("select pg_reload_conf()")
            follows = "select from pg_stat_replication where sync_state = 'sync'"
            _wait(lambda: connection.execute(follows).fetchone() is not None, "the standby")


def start(server: PostgresServer) -> None:
    """Start a server on what its data folder has, and wait until it has recovered."""
    server.clear_leftover()
    server.start()
    server.wait(PATIENCE)


def _copy(primary: PostgresServer, data: Path) -> None:
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(data, UNPRIVILEGED, UNPRIVILEGED)
    command: list[str | Path] = [
        bin_folder() / "pg_basebackup",
        "--pgdata", data,
        "--dbname", primary.url("postgres", SUPERUSER),
        "--write-recovery-conf",
        "--checkpoint", "fast",
        "--no-sync",
    ]  # fmt: skip
    done = subprocess.run(
        unprivileged(command), capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode != 0:
        raise DevstackError(f"pg_basebackup failed:\n{done.stderr}")


def _wait(is_so: Callable[[], bool], what: str) -> None:
    wait_until(is_so, alive=lambda: True, patience=PATIENCE, what=what)


def _children(parent: int) -> list[int]:
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [pid for pid in pids if _stat(pid)[1] == parent]


def _stat(pid: int) -> tuple[str, int]:
    """The state of a process and its parent; X for one that is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    return words[0], int(words[1])
