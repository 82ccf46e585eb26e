"""Results for people, on the screen and in a file, and for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rich.table import Table

from bench.figures import Result
from leads.cli.progress import Display

SLOWEST = 6


@dataclass(frozen=True, slots=True)
class Surroundings:
    """When and on what it was measured.

    Attributes:
        measured_at: aware; the beginning.
        processors: how many the benchmark could use.
        busy: load average of the last minute at the beginning; the benchmark's own work is not
            in it, so much above 0 means that others were working too.
        is_quick: whether small row counts were used.
    """

    measured_at: datetime
    processors: int
    busy: float
    is_quick: bool

    @classmethod
    def now(cls, measured_at: datetime, *, is_quick: bool) -> Surroundings:
        """Look at the machine."""
        return cls(measured_at, len(os.sched_getaffinity(0)), os.getloadavg()[0], is_quick)

    def __str__(self) -> str:
        size = "small row counts, for trying" if self.is_quick else "full size"
        return (
            f"{self.measured_at:%Y-%m-%d %H:%M} UTC, {size}, {self.processors} processors, "
            f"Python {platform.python_version()}, load average at the start {self.busy:.1f}"
        )


def show(results: Sequence[Result], surroundings: Surroundings, display: Display) -> None:
    """Print the table; where a bar is missed, also where the time went."""
    for result in results:
        table = Table(title=result.title, title_justify="left")
        table.add_column("figure")
        for heading in ("measured", "bar"):
            table.add_column(heading, justify="right")
        table.add_column("ok")
        table.add_column("how", overflow="fold")
        for figure in result.figures:
            verdict = "" if figure.bar is None else "yes" if figure.is_met else "NO"
            table.add_row(figure.name, figure.shown, figure.shown_bar, verdict, figure.note)
        display.print(table)
        if not result.is_met:
            for phase, seconds in result.statements.items():
                display.print(f"{phase}: {_slowest(seconds)}")
    display.print(str(surroundings))


def save(results: Sequence[Result], surroundings: Surroundings, folder: Path) -> None:
    """Write `results.json` and `results.md`."""
    document = {
        "surroundings": asdict(surroundings),
        "results": [asdict(result) for result in results],
    }
    text = json.dumps(document, indent=1, default=str, ensure_ascii=False)
    (folder / "results.json").write_text(text + "\n", encoding="utf-8")
    (folder / "results.md").write_text(_markdown(results, surroundings), encoding="utf-8")


def _markdown(results: Sequence[Result], surroundings: Surroundings) -> str:
    lines = [
        "# Measured by `./leads bench`",
        "",
        f"{surroundings}. How to read it: bench/README.md.",
    ]
    lines += ["", "![Ratios and windows](results.png)"]
    for result in results:
        lines += ["", f"## {result.title}", "", "| figure | measured | bar | ok | how |"]
        lines.append("|---|---:|---:|---|---|")
        for figure in result.figures:
            verdict = "" if figure.bar is None else "yes" if figure.is_met else "**no**"
            cells = (figure.name, figure.shown, figure.shown_bar, verdict, figure.note)
            lines.append(f"| {' | '.join(cells)} |")
        if result.statements:
            lines += ["", "Where the time goes, slowest first, in seconds:", ""]
            for phase, seconds in result.statements.items():
                lines.append(f"- {phase}: {_slowest(seconds)}")
    return "\n".join(lines) + "\n"


def _slowest(seconds: dict[str, float]) -> str:
    first = sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]
    return ", ".join(f"{name} {value:.2f}" for name, value in first)
