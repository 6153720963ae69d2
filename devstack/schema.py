"""sql/, the database as it is: in load order, loaded into a database, written as a migration."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from devstack.migrate import tell_functions
from devstack.parts.postgres import bin_folder
from devstack.processes import ROOT, DevstackError

SQL = ROOT / "sql"
LAYERS = ("tables", "functions", "access", "api", "data")
BASELINE = ROOT / "supabase" / "migrations" / "20261121000000_baseline.sql"
HEADER = """\
-- Generated from sql/ by `make baseline`: edit the files named below, not this one.
"""


def source_files(folder: Path = SQL) -> list[Path]:
    """Every SQL file in the order it loads: layer first, then domain, then name."""
    domains = sorted(path for path in folder.iterdir() if path.is_dir())
    files: list[Path] = []
    for layer in LAYERS:
        for domain in domains:
            single = domain / f"{layer}.sql"
            files += [single] if single.exists() else []
            files += sorted((domain / layer).glob("*.sql"))
    forgotten = set(folder.rglob("*.sql")) - set(files)
    if forgotten:
        names = ", ".join(sorted(_name(path, folder) for path in forgotten))
        raise DevstackError(f"These files belong to none of the layers {LAYERS}: {names}")
    return files


def load_schema(database_url: str, folder: Path = SQL) -> None:
    """Load sql/ into an empty database, in one transaction, as the role of the URL.

    Raises DevstackError with the file and line of the statement that fails.
    """
    command: list[str | Path] = [
        bin_folder() / "psql",
        "-X",
        "-q",
        "-1",
        "-v",
        "ON_ERROR_STOP=1",
        database_url,
    ]
    for path in source_files(folder):
        command += ["-f", path.relative_to(folder.parent)]
    done = subprocess.run(
        [os.fspath(word) for word in command],
        env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise DevstackError(re.sub(r"(?m)^psql:", "", done.stderr).strip())


def baseline(folder: Path = SQL) -> str:
    """The text of the one migration that builds the database sql/ describes."""
    parts = [HEADER]
    for path in source_files(folder):
        parts.append(f"-- source: {_name(path, folder)}\n\n{path.read_text().strip()}\n")
    return "\n".join(parts)


def make_baseline() -> bool:
    """Write the baseline migration; whether that changed it."""
    text = baseline()
    if BASELINE.exists() and BASELINE.read_text() == text:
        return False
    BASELINE.parent.mkdir(parents=True, exist_ok=True)
    BASELINE.write_text(text)
    tell_functions()
    return True


def check_baseline() -> None:
    """Raise unless the committed baseline is what sql/ gives."""
    if not BASELINE.exists() or BASELINE.read_text() != baseline():
        raise DevstackError(
            f"{BASELINE.relative_to(ROOT)} is not what sql/ gives: run `make baseline`."
        )


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder.parent).as_posix()
