"""One picture: each figure against its bar, and how costs grow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure, Result

COLUMNS = 2
MET, MISSED = "#7fc4a8", "#e58a7d"


def save_plot(results: Sequence[Result], file: Path) -> None:
    """Draw what was measured.

    Args:
        results: the results; those without bars or series leave their part out.
        file: PNG to write.
    """
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot

    barred = [figure for result in results for figure in result.figures if figure.bar]
    parts: list[Callable[[Any], None]] = []
    if barred:
        parts.append(partial(_draw_bars, barred))
    parts += [partial(_draw_series, result) for result in results if result.series]
    if not parts:
        return
    rows, columns = -(-len(parts) // COLUMNS), min(len(parts), COLUMNS)
    picture, axes = pyplot.subplots(
        rows, columns, figsize=(7.6 * columns, 4.6 * rows), squeeze=False
    )
    for axis in axes.flat[len(parts) :]:
        axis.set_axis_off()
    for axis, draw in zip(axes.flat, parts, strict=False):
        draw(axis)
    picture.tight_layout()
    picture.savefig(file, dpi=110)
    pyplot.close(picture)


def _draw_bars(figures: list[Figure], axis: Any) -> None:
    for place, figure in enumerate(figures):
        share = figure.value / (figure.bar or 1)
        axis.barh(place, share, color=MET if figure.is_met else MISSED, height=0.55)
        axis.text(0, place, f"  {figure.shown}", va="center", fontsize=9)
    axis.axvline(1, color="black", linewidth=2)
    names = [f"{figure.name}  {figure.shown_bar}" for figure in figures]
    axis.set_yticks(range(len(figures)), names, fontsize=9)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set_xlabel("share of what is allowed")
    axis.set_title("Bars; the black line is the most allowed", fontsize=10, loc="left")
    axis.spines[["top", "right"]].set_visible(False)


def _draw_series(result: Result, axis: Any) -> None:
    title, across = result.curves
    for name, points in result.series.items():
        axis.plot(*zip(*points, strict=True), marker="o", label=name)
    axis.set_xscale("log")
    axis.set_ylim(bottom=0)
    axis.set_xlabel(across)
    axis.set_ylabel("seconds")
    axis.set_title(title, fontsize=10, loc="left")
    axis.legend(frameon=False, fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
