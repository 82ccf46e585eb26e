"""The threshold curve as an SVG, drawn by hand: nothing to install, readable on light and dark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from leads.evaluation.measures import Threshold

WIDTH, LEFT, RIGHT = 760, 64, 32
#: Thresholds of the pipeline, and what links get from there on.
MARKS = ((0.9, "review"), (0.99, "MEDIUM"), (0.999, "HIGH"))
#: Thresholds with a label of their own below the curves.
TICKS = (0.5, 0.8, 0.9, 0.98, 0.99, 0.998, 0.999, 0.9998, 0.9999, 0.99999)

_STYLE = """\
svg { --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --bad: #b3261e; \
--good: #1a7f5a; font: 12px system-ui, sans-serif }
@media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; \
--paper: #0d1117; --bad: #ff8f87; --good: #56d4a0 } }
.paper { fill: var(--paper) } text { fill: var(--ink) } .soft { fill: var(--soft) }
.grid { stroke: var(--line) } .mark { stroke: var(--soft); stroke-dasharray: 3 4 }
.bad { stroke: var(--bad); fill: none; stroke-width: 2 } .bad-dot { fill: var(--bad) }
.good { stroke: var(--good); fill: none; stroke-width: 2 } .good-dot { fill: var(--good) }"""


@dataclass(frozen=True, slots=True)
class _Panel:
    """One curve: where it stands, from and to which value, and how it looks."""

    title: str
    top: int
    bottom: int
    least: float
    greatest: float
    show: Callable[[float], str]
    look: str

    def y(self, value: float) -> float:
        share = (value - self.least) / (self.greatest - self.least)
        return self.bottom - share * (self.bottom - self.top)


def curve(thresholds: Sequence[Threshold], title: str) -> str:
    """Draw wrong links and recall against the threshold.

    Args:
        thresholds: the curve's points.
        title: what was measured, in one line.

    Returns:
        The text of an SVG file.
    """
    title = escape(title)
    wrong = [10_000 * one.wrong / max(one.linked, 1) for one in thresholds]
    recall = [one.recall for one in thresholds]
    panels = (
        (
            _Panel("Wrong links in 10,000", 76, 216, 0, _ceiling(wrong), "{:g}".format, "bad"),
            wrong,
        ),
        (
            _Panel(
                "Recall: leads of drivers that are linked rightly",
                *(274, 414),
                # Not from 1, where nothing is missing: a curve needs some height.
                *(min(math.floor(5 * min(recall, default=0)) / 5, 0.8), 1),
                "{:.0%}".format,
                "good",
            ),
            recall,
        ),
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} 480" role="img" '
        f'aria-label="{title}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="480" rx="6"/>',
        f'<text x="{LEFT}" y="26" font-size="14" font-weight="600">{title}</text>',
    ]
    for panel, values in panels:
        parts += _panel(panel, [one.threshold for one in thresholds], values)
    for tick in TICKS:
        parts.append(
            f'<text class="soft" x="{_x(tick):.1f}" y="434" text-anchor="middle">'
            f"{f'{tick:g}'.removeprefix('0')}</text>"
        )
    parts.append(
        f'<text class="soft" x="{LEFT}" y="462">Posterior from which a link is accepted; '
        "towards the right ever closer to certainty</text>"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: _Panel, thresholds: Sequence[float], values: Sequence[float]) -> list[str]:
    parts = [f'<text x="{LEFT}" y="{panel.top - 22}">{panel.title}</text>']
    for step in range(5):
        value = panel.least + (panel.greatest - panel.least) * step / 4
        y = panel.y(value)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
            f"{panel.show(value)}</text>"
        )
    for threshold, name in MARKS:
        x = _x(threshold)
        parts.append(
            f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{panel.top}" y2="{panel.bottom}"/>'
            f'<text class="soft" x="{x:.1f}" y="{panel.top - 6}" text-anchor="middle">{name}</text>'
        )
    points = [(_x(across), panel.y(up)) for across, up in zip(thresholds, values, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline class="{panel.look}" points="{line}"/>')
    parts += [
        f'<circle class="{panel.look}-dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points
    ]
    return parts


def _x(threshold: float) -> float:
    """Each further nine takes as much room as the one before."""
    nines = -math.log10(1 - threshold)
    first, last = -math.log10(1 - TICKS[0]), -math.log10(1 - TICKS[-1])
    return LEFT + (nines - first) / (last - first) * (WIDTH - LEFT - RIGHT)


def _ceiling(values: Sequence[float]) -> float:
    """A round number that no value is above."""
    greatest = max(values, default=0)
    return next(
        (float(top) for top in (4, 8, 20, 40, 80, 200, 400, 800) if top >= greatest), 4000.0
    )
