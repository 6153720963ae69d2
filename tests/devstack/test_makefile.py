"""The commands: those the documents name are there, and `make up DETACH=1` is `up --detach`."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from devstack.processes import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
DOCUMENTS = [*ROOT.glob("*.md"), ROOT / ".env.example", *(ROOT / "docs").rglob("*.md")]


def make(*arguments: str) -> str:
    """What make says, not as a part of the make that runs the tests."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=outside, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_every_target_that_a_document_names_is_there() -> None:
    named = {
        (target, path.name)
        for path in DOCUMENTS
        for target in re.findall(r"(?:^|`)make ([a-z0-9-]+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {target for target, _ in named} >= {"up", "demo", "test", "check", "baseline"}
    assert {pair for pair in named if pair[0] not in TARGETS} == set()


def test_make_alone_prints_every_target() -> None:
    assert set(re.findall(r"^  make ([a-z0-9-]+) ", make(), re.MULTILINE)) == TARGETS


@pytest.mark.parametrize(
    ("given", "detached"),
    [((), False), (("DETACH=1",), True), (("DETACH=yes",), True), (("DETACH=0",), False)],
)
def test_up_stays_unless_it_is_told_not_to(given: tuple[str, ...], detached: bool) -> None:
    said = make("--dry-run", "up", *given).splitlines()
    (command,) = [line for line in said if "-m devstack up" in line]
    assert ("--detach" in command) == detached


def test_the_command_line_has_what_make_has() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "devstack", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for command in ("up", "down", "reset", "status", "demo", "migrate", "types", "check"):
        assert re.search(rf"\b{command}\b", done.stdout), command
