"""Results for people, on the screen and in a file, and for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from rich.table import Table

from bench.figures import Grid, Result, read_result
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
        python: its version.
    """

    measured_at: datetime
    processors: int
    busy: float
    is_quick: bool
    python: str

    @classmethod
    def now(cls, measured_at: datetime, *, is_quick: bool) -> Surroundings:
        """Look at the machine."""
        processors, busy = len(os.sched_getaffinity(0)), os.getloadavg()[0]
        return cls(measured_at, processors, busy, is_quick, platform.python_version())

    def __str__(self) -> str:
        size = "small row counts, for trying" if self.is_quick else "full size"
        return (
            f"{self.measured_at:%Y-%m-%d %H:%M} UTC, {size}, {self.processors} processors, "
            f"Python {self.python}, load average at the start {self.busy:.1f}"
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A result with its place among the others.

    Attributes:
        section: the measurement that found it, as the command names it.
        surroundings: when and on what.
        result: what was found.
    """

    section: str
    surroundings: Surroundings
    result: Result


def show(entries: Sequence[Entry], display: Display) -> None:
    """Print the tables; where a bar is missed, also where the time went."""
    for result in (entry.result for entry in entries):
        if result.figures:
            display.print(_table(result))
        if result.grid:
            display.print(_grid(result.grid, "" if result.figures else result.title))
        if result.remark:
            display.print(f"{result.title}: {result.remark}")
        if not result.is_met:
            for phase, seconds in result.statements.items():
                display.print(f"{phase}: {_slowest(seconds)}")
    for surroundings in dict.fromkeys(str(entry.surroundings) for entry in entries):
        display.print(surroundings)


def _table(result: Result) -> Table:
    table = Table(title=result.title, title_justify="left")
    table.add_column("figure")
    for heading in ("measured", "bar"):
        table.add_column(heading, justify="right")
    table.add_column("ok")
    table.add_column("how", overflow="fold")
    for figure in result.figures:
        verdict = "" if figure.bar is None else "yes" if figure.is_met else "NO"
        table.add_row(figure.name, figure.shown, figure.shown_bar, verdict, figure.note)
    return table


def _grid(grid: Grid, title: str) -> Table:
    table = Table(title=title or None, title_justify="left")
    for place, heading in enumerate(grid.headings):
        table.add_column(heading, justify="right" if place else "left", overflow="fold")
    for row in grid.rows:
        table.add_row(*row)
    return table


def save(entries: Sequence[Entry], folder: Path) -> list[Entry]:
    """Write `results.json` and `results.md`; what other sections found earlier stays.

    Returns:
        All that is saved there now.
    """
    file = folder / "results.json"
    sections: dict[str, list[Entry]] = {}
    for found in (_read(file), entries):
        # A section that was there keeps its place.
        sections |= {name: list(part) for name, part in groupby(found, key=attrgetter("section"))}
    everything = [entry for part in sections.values() for entry in part]
    document = {"results": [asdict(entry) for entry in everything]}
    text = json.dumps(document, indent=1, default=str, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8")
    (folder / "results.md").write_text(_markdown(everything), encoding="utf-8")
    return everything


def _read(file: Path) -> list[Entry]:
    """What was saved before; nothing when it is in a form of earlier versions."""
    if not file.exists():
        return []
    entries = []
    for saved in json.loads(file.read_text(encoding="utf-8"))["results"]:
        if "section" in saved:
            facts = saved["surroundings"]
            facts["measured_at"] = datetime.fromisoformat(facts["measured_at"])
            result = read_result(saved["result"])
            entries.append(Entry(saved["section"], Surroundings(**facts), result))
    return entries


def _markdown(entries: Sequence[Entry]) -> str:
    lines = [
        "# Measured by `./leads bench`",
        "",
        "How to read it: bench/README.md. Sections may have been measured one by one.",
        "",
        "![Bars and curves](results.png)",
    ]
    for entry in entries:
        result = entry.result
        lines += ["", f"## {result.title}", "", f"{entry.surroundings}."]
        if result.remark:
            lines += ["", result.remark]
        if result.figures:
            lines += ["", "| figure | measured | bar | ok | how |", "|---|---:|---:|---|---|"]
        for figure in result.figures:
            verdict = "" if figure.bar is None else "yes" if figure.is_met else "**no**"
            cells = (figure.name, figure.shown, figure.shown_bar, verdict, figure.note)
            lines.append(f"| {' | '.join(cells)} |")
        if result.grid:
            lines += ["", f"| {' | '.join(result.grid.headings)} |"]
            lines.append("|---|" + "---:|" * (len(result.grid.headings) - 1))
            lines += [f"| {' | '.join(row)} |" for row in result.grid.rows]
        if result.statements:
            lines += ["", "Where the time goes, slowest first, in seconds:", ""]
            for phase, seconds in result.statements.items():
                lines.append(f"- {phase}: {_slowest(seconds)}")
    return "\n".join(lines) + "\n"


def _slowest(seconds: dict[str, float]) -> str:
    first = sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]
    return ", ".join(f"{name} {value:.2f}" for name, value in first)
