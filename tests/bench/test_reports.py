"""What `make bench` writes: each number with its goal, met or missed, as a table and as a plot."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.generate import DEGREES
from bench.goals import Result, table, write
from bench.reports import REPORTS, Report
from devstack.processes import ROOT

PAGES = ROOT / "docs" / "bench"
SVG = "{http://www.w3.org/2000/svg}"
RESULTS = [
    Result("feed", "page 1", 3, 3, "P"),
    Result("feed", "page 2", 3.01, 3, "P"),
    Result("buffers", "page 1 & on", 1600.4, 1600, "buffers"),
    Result("rate", "16 clients", 0.5, 0.5, "× bare", is_floor=True),
    Result("rate", "8 clients", 0.49, 0.5, "× bare", is_floor=True),
    Result("growth", "far beyond", 9, 1.25, "×"),
]
IS_MET = [True, False, False, True, False, False]
# Of the words on speed in what is specified of the feed: a group of the report, and its goals.
FEED_GOALS = {
    "home_feed": {"≤ 3", "≤ 6"},
    "growth": {"≤ 1.25"},
    "buffers": {"≤ 1,600"},
    "depth 200,000": {"≤ 1.2"},
    "brute force": {"≤ 0.5"},
    "set_like": {"≤ 2", "≥ 0.5"},
    "PostgREST": {"≥ 0.45"},
}
SANCTIONS_GOALS = {"set_like": "≤ 1.1", "send_message": "≤ 1.1"}


def rows(text: str) -> list[list[str]]:
    """The cells of a table in Markdown, below its head."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_a_goal_is_met_at_its_limit_and_missed_beyond_it() -> None:
    assert [result.is_met for result in RESULTS] == IS_MET
    found = rows(table(RESULTS))
    assert [cells[0] for cells in found] == [f"{each.group}: {each.name}" for each in RESULTS]
    assert [cells[3] == "met" for cells in found] == IS_MET
    assert {cells[3] for cells in found} == {"met", "**missed**"}
    assert found[4][1:3] == ["0.49 × bare", "≥ 0.5"]


def test_a_report_is_a_table_and_a_plot_with_a_bar_for_each_number(tmp_path: Path) -> None:
    write(tmp_path, "some", "# Intro", RESULTS, "Notes.")
    text = (tmp_path / "some.md").read_text("utf-8")
    assert text.startswith("# Intro\n")
    assert table(RESULTS) in text
    assert "(some.svg)" in text
    plot = ElementTree.parse(tmp_path / "some.svg").getroot()
    bars = plot.findall(f"{SVG}rect")
    assert [bar.get("class") == "met" for bar in bars] == IS_MET
    assert [float(bar.get("width") or 0) for bar in bars][5] < 400
    words = [text.text or "" for text in plot.findall(f"{SVG}text")]
    assert "buffers: page 1 & on" in words
    assert sum(word.endswith("»") for word in words) == 1


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_what_was_measured_last_is_committed(report: Report) -> None:
    text = (PAGES / f"{report.name}.md").read_text("utf-8")
    plot = ElementTree.parse(PAGES / f"{report.name}.svg").getroot()
    least = len(SANCTIONS_GOALS) if report.name == "sanctions" else 6
    assert len(rows(text)) == len(plot.findall(f"{SVG}rect")) >= least


def test_what_sanctions_cost_is_held_to_what_is_specified() -> None:
    text = (PAGES / "sanctions.md").read_text("utf-8")
    found = rows(text)
    assert {what.partition(": ")[0]: goal for what, _, goal, _ in found} == SANCTIONS_GOALS
    assert {cells[3] for cells in found} == {"met"}
    assert re.search(r"^At scale [0-9.]+: [0-9,]+ rooms of [0-9,]+ people\.$", text, re.MULTILINE)


def test_the_feed_is_held_to_what_is_specified() -> None:
    text = (PAGES / "feed.md").read_text("utf-8")
    found = rows(text)
    goals: dict[str, set[str]] = {}
    for what, _, goal, _ in found:
        goals.setdefault(what.partition(": ")[0], set()).add(goal)
    assert goals == FEED_GOALS
    first = [what for what, _, goal, _ in found if goal == "≤ 3"]
    assert first == [f"home_feed: {degree:,} follows, page 1" for degree in DEGREES]
    assert DEGREES == (10, 200, 2_000, 10_000)
    (feed,) = (report for report in REPORTS if report.name == "feed")
    assert (feed.size.people, feed.size.posts) == (100_000, 2_000_000)
    assert feed.size.part(feed.small).posts == 200_000
    assert feed.size.depth > 200_000
    assert re.search(r"^100,000 people with power-law follows, 2,000,000 posts", text, re.MULTILINE)
