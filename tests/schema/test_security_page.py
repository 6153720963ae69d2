"""docs/security.md names tests that are there, and answers to each of the ten risks."""

from __future__ import annotations

import re

import pytest

from devstack.processes import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`((?:\w+/)+test_\w+\.py(?:::\w+)?)`", PAGE)))


@pytest.mark.parametrize("named", NAMED)
def test_a_named_test_is_there(named: str) -> None:
    path, _, name = named.partition("::")
    text = (ROOT / "tests" / path).read_text("utf-8")
    assert re.search(rf"^(?:async )?def {name or 'test_'}", text, re.MULTILINE)


def test_every_line_names_a_test() -> None:
    promises = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    heads = {"at", "promised", "chapter"}
    without = [
        line
        for line in promises
        if line.split("|")[1].strip() not in heads and not any(name in line for name in NAMED)
    ]
    assert without == []
    assert len(promises) > 50


def test_each_of_the_ten_risks_is_answered() -> None:
    risks = re.findall(r"^### API(\d+) ", PAGE, re.MULTILINE)
    assert risks == [str(number) for number in range(1, 11)]
    assert len(NAMED) > 60
