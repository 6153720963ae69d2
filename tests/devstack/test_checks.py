"""make check: what CI runs, each step to its end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from devstack import checks
from devstack.checks import STEPS, run_all
from devstack.processes import ROOT


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_is_format_lint_types_what_is_generated_and_all_tests() -> None:
    assert list(STEPS) == [
        "npm", "types", "format", "lint", "baseline", "api types", "docs", "tests",
    ]  # fmt: skip
    # Laws, advisors and pgrls are among the tests; nothing that is generated is written.
    assert STEPS["tests"][-1] == "test"
    for name in ("format", "baseline", "api types", "docs"):
        assert "--check" in STEPS[name]
    ci = (ROOT / ".github" / "workflows" / "check.yml").read_text("utf-8")
    assert "run: bash .ci/run\n" in ci
    assert "make --no-print-directory check\n" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("broken", ["first", "tests"])
def test_a_step_that_fails_is_named_and_stops_no_other(
    broken: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps = {
        name: python(f"open({str(tmp_path / name)!r}, 'w'); raise SystemExit({name == broken:d})")
        for name in ("first", "second", "tests")
    }
    said: list[str] = []
    assert run_all(said.append, steps) == 1
    assert {path.name for path in tmp_path.iterdir()} == set(steps)
    assert any(line.startswith("== second: ok") for line in said)
    if broken == "first":
        assert any(line.startswith("== first: failed") for line in said)
        assert "failed: first" in capfd.readouterr().err
    assert run_all(said.append, {"first": python("pass")}) == 0


def test_what_needs_the_npm_packages_waits_for_them(tmp_path: Path) -> None:
    there = tmp_path / "there"
    steps = {
        "npm": python(f"import time; time.sleep(1); open({str(there)!r}, 'w')"),
        "docs": python(f"open({str(there)!r})"),
    }
    assert run_all(print, steps) == 0


def test_what_is_written_lies_in_memory_only_where_there_is_plenty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "import os, pathlib; pathlib.Path({!r}).write_text(os.environ['TMPDIR'])"
    noted = tmp_path / "noted"
    for bytes_wanted, is_there in ((0, True), (2**62, False)):
        monkeypatch.setattr(checks, "MEMORY", tmp_path / "memory")
        monkeypatch.setattr(checks, "MEMORY_BYTES", bytes_wanted)
        (tmp_path / "memory").mkdir(exist_ok=True)
        assert run_all(print, {"tests": python(where.format(str(noted)))}) == 0
        folder = Path(noted.read_text())
        assert (folder.parent == tmp_path / "memory") == is_there
        assert not folder.exists()
    assert checks.free_bytes(tmp_path / "nowhere") == 0
