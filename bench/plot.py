"""One picture: each ratio against its bar, and the cost of a window against the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure, Result

MET, MISSED = "#2a7f62", "#c0392b"


def save_plot(results: Sequence[Result], file: Path) -> None:
    """Draw what was measured.

    Args:
        results: the results; those without ratios or series leave their half out.
        file: PNG to write.
    """
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot

    ratios = [
        figure
        for result in results
        for figure in result.figures
        if figure.bar is not None and figure.unit == "×"
    ]
    series = {name: points for result in results for name, points in result.series.items()}
    halves: list[Callable[[Any], None]] = []
    if ratios:
        halves.append(partial(_draw_ratios, ratios))
    if series:
        halves.append(partial(_draw_series, series))
    if not halves:
        return
    picture, axes = pyplot.subplots(1, len(halves), figsize=(7.2 * len(halves), 4.2), squeeze=False)
    for axis, draw in zip(axes[0], halves, strict=True):
        draw(axis)
    picture.tight_layout()
    picture.savefig(file, dpi=110)
    pyplot.close(picture)


def _draw_ratios(ratios: list[Figure], axis: Any) -> None:
    for place, figure in enumerate(ratios):
        axis.barh(place, figure.value, color=MET if figure.is_met else MISSED, height=0.55)
        axis.text(0, place, f"  {figure.value:.2f}", va="center", fontsize=9, color="white")
        if figure.bar is not None:
            axis.plot([figure.bar] * 2, [place - 0.4, place + 0.4], color="black", linewidth=2)
    axis.set_yticks(range(len(ratios)), [figure.name for figure in ratios], fontsize=9)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set_title("Ratios; the black line is the most allowed", fontsize=10, loc="left")
    axis.spines[["top", "right"]].set_visible(False)


def _draw_series(series: dict[str, list[tuple[float, float]]], axis: Any) -> None:
    for name, points in series.items():
        across, up = zip(*points, strict=True)
        axis.plot(across, up, marker="o", label=name)
    axis.set_xscale("log")
    axis.set_ylim(bottom=0)
    axis.set_xlabel("rows of history")
    axis.set_ylabel("seconds")
    axis.set_title("One six-hour window of 300 rows (median)", fontsize=10, loc="left")
    axis.legend(frameon=False, fontsize=9)
    axis.spines[["top", "right"]].set_visible(False)
