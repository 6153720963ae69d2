"""Other people's linters agree, but for what we read and keep (reviewed.toml)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from devstack import migrate
from devstack.schema import BASELINE
from tests.database import Database

REVIEWED: dict[str, list[dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("reviewed.toml").read_text("utf-8")
)
BIN = Path(sys.executable).parent
MIGRATIONS = sorted(BASELINE.parent.glob("*.sql"))


def unreviewed(kind: str, findings: set[tuple[str, str]]) -> list[str]:
    """Findings (rule, place) that no entry keeps, and entries that keep nothing."""
    entries = REVIEWED.get(kind, [])
    used: set[int] = set()
    said = []
    for rule, place in sorted(findings):
        keeping = [
            number
            for number, entry in enumerate(entries)
            if entry["rule"] == rule and re.fullmatch(entry["where"], place)
        ]
        used.update(keeping)
        if not keeping:
            said.append(f"{rule} at {place}")
    return said + [
        f"no longer said: {entry['rule']} at {entry['where']}"
        for number, entry in enumerate(entries)
        if number not in used
    ]


def advised(database: Database) -> set[tuple[str, str]]:
    """What Supabase's advisors say, as (rule, place)."""
    return {
        (finding["name"], str(finding.get("cacheKey") or finding.get("detail")))
        for finding in migrate.advisors(database.url())
    }


def pgrls(database: Database) -> set[tuple[str, str]]:
    """What pgrls says of our schemas, as (rule, place)."""
    done = subprocess.run(
        [
            BIN / "pgrls", "lint", "--database-url", database.url(),
            "--schemas", "public,private,backend", "--format", "json",
        ],
        capture_output=True,
        text=True,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)
    return {(finding["rule_id"], finding["location"]) for finding in said["violations"]}


def squawk(path: Path) -> set[str]:
    """The rules of squawk that a migration breaks."""
    done = subprocess.run(
        [BIN / "squawk", "--reporter", "json", "--pg-version", "17.0", path],
        capture_output=True,
        text=True,
    )
    return {finding["rule_name"] for finding in json.loads(done.stdout)}


def test_supabase_advisors_have_nothing_to_say(shared_database: Database) -> None:
    assert unreviewed("advisors", advised(shared_database)) == []


def test_supabase_advisors_see_an_open_table(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("create table public.open_to_all (id int primary key)")
        connection.execute("grant select on public.open_to_all to anon")
    assert unreviewed("advisors", advised(database)) != []


def test_pgrls_says_nothing_we_have_not_read(shared_database: Database) -> None:
    assert unreviewed("pgrls", pgrls(shared_database)) == []


def test_pgrls_sees_an_open_table(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("create table public.open_to_all (id int primary key)")
        connection.execute("alter policy select_own on public.likes using (true)")
        connection.execute("alter policy select_own on public.likes to anon")
    said = unreviewed("pgrls", pgrls(database))
    assert "SEC001 at public.open_to_all" in said
    assert "SEC038 at public.likes.select_own" in said


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_squawk_says_nothing_of_a_migration_we_have_not_read(path: Path) -> None:
    entries = [entry for entry in REVIEWED["squawk"] if entry["migration"] == path.name]
    assert squawk(path) == {entry["rule"] for entry in entries}


def test_every_reviewed_finding_has_a_reason() -> None:
    entries = [entry for listed in REVIEWED.values() for entry in listed]
    assert all(len(entry["reason"]) > 5 for entry in entries)
