"""A bar chart as SVG, legible on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, ROW, TOP = 920, 400, 22, 56
SCALE = 2.0
"""The right edge stands for this multiple of the goal; longer bars are cut there and say so."""
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .small { font-size: 11px; fill: #57606a }
  .met { fill: #2da44e } .missed { fill: #d4662a } .goal { stroke: #57606a; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9da7b1 } .goal { stroke: #9da7b1 }
    .met { fill: #3fb950 } .missed { fill: #f0883e }
  }
"""


@dataclass(frozen=True)
class Bar:
    """One measured value beside its goal."""

    label: str
    value: float
    goal: float
    unit: str
    is_floor: bool = False


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars, each as a share of its goal; the dashed line is the goal."""
    height = TOP + ROW * len(rows) + 16
    room = WIDTH - LABELS - 150
    goal_at = LABELS + room / SCALE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
        '<text class="small" x="12" y="40">dashed line: the goal; left of it is better,'
        " for rates (≥) right of it</text>",
        f'<line class="goal" x1="{goal_at:.0f}" x2="{goal_at:.0f}" y1="{TOP - 8}"'
        f' y2="{height - 10}"/>',
    ]
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        share = row.value / row.goal
        length = min(share, SCALE) * room / SCALE
        is_met = row.value >= row.goal if row.is_floor else row.value <= row.goal
        sign = "≥" if row.is_floor else "≤"
        value = f"{row.value:,.0f}" if row.unit == "buffers" else f"{row.value:.2f}"
        cut = " »" if share > SCALE else ""
        parts += [
            f'<text x="{LABELS - 8}" y="{y + 11}" text-anchor="end">{escape(row.label)}</text>',
            f'<rect class="{"met" if is_met else "missed"}" x="{LABELS}" y="{y}"'
            f' width="{max(length, 1):.1f}" height="14" rx="2"/>',
            f'<text class="small" x="{WIDTH - 146}" y="{y + 11}">'
            f"{value} {escape(row.unit)} ({sign} {row.goal:,g}){cut}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])
