"""Goals as data, and the report: a table, a plot, whether all were met."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.plot import Bar, bars


@dataclass(frozen=True)
class Result:
    """One measured number and what it shall be: at most `goal`, or at least when `is_floor`."""

    group: str
    name: str
    value: float
    goal: float
    unit: str
    is_floor: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.value >= self.goal if self.is_floor else self.value <= self.goal


def table(results: Sequence[Result]) -> str:
    """The results as Markdown."""
    lines = ["| what | measured | goal | |", "| --- | ---: | ---: | --- |"]
    for result in results:
        sign = "≥" if result.is_floor else "≤"
        digits = 0 if result.unit == "buffers" else 2
        lines.append(
            f"| {result.group}: {result.name} | {result.value:,.{digits}f} {result.unit}"
            f" | {sign} {result.goal:,g} | {'met' if result.is_met else '**missed**'} |"
        )
    return "\n".join(lines)


def machine(postgres: str) -> str:
    """What the numbers were measured on, without naming it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB,"
        f" Postgres {postgres}, everything in memory; clients and server share the cores."
    )


def write(folder: Path, name: str, intro: str, results: Sequence[Result], notes: str) -> None:
    """Write name.md and name.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    text = f"{intro}\n\n{table(results)}\n\n![Measured against the goals]({name}.svg)\n\n{notes}\n"
    (folder / f"{name}.md").write_text(text)
    drawn = [
        Bar(
            f"{result.group}: {result.name}",
            result.value,
            result.goal,
            result.unit,
            result.is_floor,
        )
        for result in results
    ]
    (folder / f"{name}.svg").write_text(bars("Measured, as a share of the goal", drawn))
