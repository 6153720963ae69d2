"""make check: what CI runs, each step to its end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from devstack.checks import STEPS, run_all
from devstack.processes import ROOT


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_is_format_lint_types_what_is_generated_and_all_tests() -> None:
    assert list(STEPS) == ["format", "lint", "types", "baseline", "api types", "docs", "tests"]
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
