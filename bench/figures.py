"""What a measurement found, and whether that is good enough. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any


class MeasurementError(RuntimeError):
    """The measured work was not the work that was meant, so its time says nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured, for people.
        value: the number, in `unit`.
        unit: such as "×" for a ratio, "s", "B per 1,000 rows".
        bar: the greatest value that is good enough; None for a number that is only shown.
        note: how it came about, in a few words.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the number is good enough; True when there is no bar."""
        return self.bar is None or self.value <= self.bar

    @property
    def shown(self) -> str:
        """The number with its unit, as people write it."""
        digits = 2 if self.value < 100 else 0
        return f"{self.value:,.{digits}f} {self.unit}".replace(" ×", "×")

    @property
    def shown_bar(self) -> str:
        """The bar with its unit; empty when there is none."""
        return "" if self.bar is None else f"≤ {self.bar:,g} {self.unit}".replace(" ×", "×")


@dataclass(frozen=True, slots=True)
class Grid:
    """Numbers that are read side by side.

    Attributes:
        headings: of the columns; the first one names the row.
        rows: as people write them.
    """

    headings: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """What one measurement found.

    Attributes:
        title: the measurement.
        figures: the numbers.
        statements: phase -> SQL file, or task -> seconds: where the time went.
        series: name -> points (x, y) for the plot, y in seconds.
        samples: name -> all the single measurements behind a figure, in seconds.
        curves: what the series are, above the plot, and what x is, below it.
        grid: numbers to read side by side.
        remark: what to know before reading the numbers.
    """

    title: str
    figures: list[Figure]
    statements: dict[str, dict[str, float]] = field(default_factory=dict)
    series: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    samples: dict[str, list[float]] = field(default_factory=dict)
    curves: tuple[str, str] = ("", "")
    grid: Grid | None = None
    remark: str = ""

    @property
    def is_met(self) -> bool:
        """Whether every bar is met."""
        return all(figure.is_met for figure in self.figures)


def read_result(document: dict[str, Any]) -> Result:
    """A result from what `dataclasses.asdict` and JSON made of it."""
    fields = dict(document)
    title, across = document.get("curves", ("", ""))
    fields["curves"] = (title, across)
    fields["series"] = {
        name: [(x, y) for x, y in points] for name, points in document.get("series", {}).items()
    }
    fields["figures"] = [Figure(**figure) for figure in document["figures"]]
    fields["grid"] = Grid(**document["grid"]) if document.get("grid") else None
    return Result(**fields)


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    """The middle of the ratios first / second of pairs that were measured side by side."""
    return median(first / second for first, second in pairs)


def spread(values: list[float]) -> str:
    """Least to greatest, in seconds, to show how quiet the machine was."""
    return f"{min(values):.2f} to {max(values):.2f} s"
