"""BACKBEAT_HOME: the folder of one stack, with its data, logs, secrets, ports, lock and state."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devstack.processes import ROOT, DevstackError, free_port

DEFAULT_PORTS = {
    "gateway": 54321,
    "postgres": 54322,
    "lite": 54331,
    "postgrest": 54332,
    "postgrest_admin": 54333,
    "functions": 54334,
    "realtime": 54335,
    "s3": 54336,
    "expo": 54337,
    "livekit": 54338,
    "stripe": 54339,
    "detector": 54340,
}
# A port that another stack has chosen is held by a name in Linux's abstract socket namespace from
# before its server listens, so that two stacks starting at once never choose the same.


@dataclass(frozen=True)
class Secrets:
    """Made once for each home and kept in secrets.json, which only its owner may read."""

    jwt_secret: str
    publishable_key: str
    secret_key: str
    cron_secret: str
    postgres_secret: str
    s3_access_key: str
    s3_secret_key: str
    livekit_api_key: str
    livekit_api_secret: str
    stripe_secret_key: str
    stripe_webhook_secret: str
    detector_api_key: str
    detector_callback_secret: str

    @classmethod
    def generate(cls) -> Secrets:
        """Fresh secrets."""
        return cls(
            jwt_secret=secrets.token_urlsafe(48),
            publishable_key="sb_publishable_" + secrets.token_urlsafe(24),
            secret_key="sb_secret_" + secrets.token_urlsafe(24),
            cron_secret=secrets.token_urlsafe(32),
            postgres_secret=secrets.token_urlsafe(32),
            s3_access_key=secrets.token_hex(10),
            s3_secret_key=secrets.token_urlsafe(32),
            livekit_api_key="API" + secrets.token_hex(6),
            livekit_api_secret=secrets.token_urlsafe(32),
            stripe_secret_key="sk_test_" + secrets.token_hex(24),
            stripe_webhook_secret="whsec_" + secrets.token_hex(24),
            detector_api_key=secrets.token_urlsafe(24),
            detector_callback_secret=secrets.token_urlsafe(32),
        )


@dataclass(frozen=True)
class Home:
    """The folder of one stack."""

    folder: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The folder BACKBEAT_HOME names, else .devstack in the checkout."""
        return cls(Path(os.environ.get("BACKBEAT_HOME") or ROOT / ".devstack").absolute())

    @property
    def data(self) -> Path:
        """Postgres' data folder."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """One log a part, and stack.log when the stack is detached."""
        return self.folder / "logs"

    def log(self, part: str) -> Path:
        """The log of one part."""
        return self.logs / f"{part}.log"

    def secrets(self) -> Secrets:
        """The secrets of this home, made at the first call; those new since then are added."""
        path = self.folder / "secrets.json"
        try:
            known = json.loads(path.read_text()) if path.exists() else {}
            made = Secrets(**{**asdict(Secrets.generate()), **known})
        except (ValueError, TypeError) as error:
            raise DevstackError(f"{path} cannot be read: {error}") from error
        if asdict(made) != known:
            self.write("secrets.json", asdict(made))
        return made

    def choose_ports(self) -> dict[str, int]:
        """A port for each server: the one it had, else its usual one, else any that is free."""
        before = self.read("ports.json") or {}
        ports = {
            name: _reserve(int(before.get(name, usual)), usual)
            for name, usual in DEFAULT_PORTS.items()
        }
        self.write("ports.json", ports)
        return ports

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Hold the home for the length of the block; False when another process holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield True
            file.truncate(0)

    def holder(self) -> int | None:
        """The process that holds the lock, if one does. A crash leaves a file but no lock."""
        try:
            file = (self.folder / "lock").open("r+")
        except FileNotFoundError:
            return None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
            return None

    def state(self) -> dict[str, Any] | None:
        """What the running stack wrote about itself; None when none is running."""
        holder = self.holder()
        state = self.read("state.json")
        return state if holder is not None and state and state["pid"] == holder else None

    def read(self, name: str) -> dict[str, Any] | None:
        """A JSON file of this home; None when it is missing or was cut off while being written."""
        try:
            value = json.loads((self.folder / name).read_text())
        except (FileNotFoundError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def write(self, name: str, value: dict[str, Any]) -> None:
        """Replace a JSON file of this home, readable by its owner only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{name}.unfinished"
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(value, indent=2) + "\n")
        unfinished.rename(self.folder / name)

    def forget(self, *names: str) -> None:
        """Remove files and folders of this home."""
        for name in names:
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def _reserve(*preferred: int) -> int:
    for wish in (*preferred, *[0] * 20):
        port = free_port(wish or None)
        if wish and port != wish:
            continue
        if _hold(port):
            return port
    raise DevstackError("No free port on 127.0.0.1.")


def _hold(port: int) -> bool:
    if not hasattr(socket, "AF_UNIX") or os.uname().sysname != "Linux":
        return True
    reservation = socket.socket(socket.AF_UNIX)
    try:
        reservation.bind(f"\0backbeat-port-{port}")
    except OSError:
        reservation.close()
        return False
    # Held by the process, not by an object that Python would close.
    reservation.detach()
    return True
