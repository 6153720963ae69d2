"""The real Supabase CLI on any Postgres: push migrations, compare, advise, generate types."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Literal

from devstack.nodejs import node, package
from devstack.processes import ROOT, DevstackError, die_with_parent

MIGRATIONS = ROOT / "supabase" / "migrations"
SCHEMA_VERSION = ROOT / "functions" / "backbeat" / "schema_version.txt"
EXPOSED_SCHEMAS = ("public", "backend")
QUIET = {
    "DO_NOT_TRACK": "1",
    "SUPABASE_TELEMETRY_DISABLED": "1",
    "SUPABASE_NO_UPDATE_NOTIFIER": "1",
    "SUPABASE_HOME": os.fspath(ROOT / ".cache" / "supabase"),
}


def supabase(*arguments: str, workdir: Path = ROOT) -> str:
    """Run the CLI without prompts, telemetry or Docker; its standard output."""
    command: list[str | Path] = [
        node(), package("supabase") / "dist" / "supabase.js",
        "--workdir", workdir, "--agent", "no", "--yes", *arguments,
    ]  # fmt: skip
    done = subprocess.run(
        [os.fspath(word) for word in command],
        env={**os.environ, **QUIET},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        preexec_fn=die_with_parent,
    )
    if done.returncode != 0:
        said = "\n".join(part.strip() for part in (done.stdout, done.stderr) if part.strip())
        raise DevstackError(f"supabase {' '.join(arguments[:2])} failed:\n{said}")
    return done.stdout


def _remote(database_url: str) -> str:
    """The option that names a database; on a busy machine the CLI's ten seconds are too few."""
    separator = "&" if "?" in database_url else "?"
    return f"--remote={database_url}{separator}connect_timeout=120"


def push(database_url: str, *, include_seed: bool = False, workdir: Path = ROOT) -> str:
    """Apply the migrations that are pending; what the CLI says about it."""
    seed = ["--include-seed"] if include_seed else []
    return supabase("db", "push", _remote(database_url), *seed, workdir=workdir)


def pending(database_url: str) -> str:
    """What a push would do, without doing it."""
    return supabase("db", "push", _remote(database_url), "--dry-run")


def diff(from_url: str, to_url: str, schemas: tuple[str, ...] = ()) -> str:
    """The schema difference of two databases as SQL; empty when they are equal."""
    chosen = ["--schema", ",".join(schemas)] if schemas else []
    return supabase("db", "diff", f"--from={from_url}", f"--to={to_url}", *chosen).strip()


def advisors(database_url: str) -> list[dict[str, Any]]:
    """Supabase's own security and performance lints: the findings from level warn on."""
    said = supabase(
        "db", "advisors", _remote(database_url), "--level", "warn",
        "--fail-on", "none", "--output-format", "json",
    )  # fmt: skip
    return list(json.loads(said)["results"])


def generate_types(
    database_url: str,
    language: Literal["typescript", "python"],
    schemas: tuple[str, ...] = EXPOSED_SCHEMAS,
) -> str:
    """Types of the exposed schemas."""
    return supabase(
        "gen", "types", _remote(database_url), "--lang", language,
        "--schema", ",".join(schemas),
    )  # fmt: skip


def tell_functions() -> None:
    """Write the newest migration's version where the function health looks for it."""
    newest = max(path.name.partition("_")[0] for path in MIGRATIONS.glob("*.sql"))
    SCHEMA_VERSION.write_text(f"{newest}\n")
