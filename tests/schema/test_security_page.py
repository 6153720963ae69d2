"""docs/security.md names tests that are there, and answers to each of the ten risks."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from devstack.processes import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
# The lines of its tables, without their heads: what stands in each column.
LINES = [
    tuple(cell.strip() for cell in line.strip("| ").split(" | "))
    for line in PAGE.splitlines()
    if line.startswith("| ") and "---" not in line and line.split("|")[-2].strip() != "test"
]
NAMED = sorted({name for line in LINES for name in re.findall(r"`([^`]+)`", line[-1])})


@cache
def written_in(path: str) -> set[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {each.name for each in tree.body if isinstance(each, kinds)}


@pytest.mark.parametrize("named", NAMED)
def test_a_named_test_is_there(named: str) -> None:
    path, name = named.split("::")
    assert re.fullmatch(r"test_\w+", name)
    assert name in written_in(path)


def test_every_line_names_tests_and_nothing_else() -> None:
    for line in LINES:
        names = line[-1].split(", ")
        assert all(re.fullmatch(r"`(?:\w+/)+test_\w+\.py::test_\w+`", name) for name in names), line
    assert len(LINES) > 50


def test_each_of_the_ten_risks_is_answered() -> None:
    risks = re.findall(r"^### API(\d+) ", PAGE, re.MULTILINE)
    assert risks == [str(number) for number in range(1, 11)]
    assert len(NAMED) > 60
