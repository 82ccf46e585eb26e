"""Which runs load a choice of days. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MOST_RUNS = 20
MOST_DAYS = 400
_ONE_DAY = timedelta(days=1)


class ChoiceError(ValueError):
    """The choice cannot be loaded; `key` names the text that says why."""

    def __init__(self, key: str) -> None:
        """Keep the key of the text, below `refused.`."""
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Planned:
    """One run to start.

    Attributes:
        date_from: first local day, inclusive.
        date_to: last local day, inclusive.
        sources: source tables, in the order of the registry.
    """

    date_from: date
    date_to: date
    sources: tuple[str, ...]

    @property
    def day_count(self) -> int:
        """How many days it loads."""
        return (self.date_to - self.date_from).days + 1

    @property
    def conf(self) -> dict[str, Any]:
        """The params of the run: exactly these days, and no late or corrected rows of others."""
        return {
            "date_from": self.date_from.isoformat(),
            "date_to": self.date_to.isoformat(),
            "sources": list(self.sources),
            "incremental": False,
        }


def plan(choice: Iterable[str], known: Collection[str], today: date) -> list[Planned]:
    """Join chosen days into ranges: one run for each range and the sources that share it.

    Args:
        choice: `source:YYYY-MM-DD`, in any order, doubles allowed.
        known: source tables, in the order of the registry.
        today: local day; none after it can be chosen.

    Returns:
        The runs, the earliest first. Together they load the chosen days and no other.

    Raises:
        ChoiceError: nothing is chosen, something unknown is, or too much.
    """
    days: dict[str, set[date]] = defaultdict(set)
    for item in choice:
        source, _, written = item.partition(":")
        if source not in known:
            raise ChoiceError("unknown_source")
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise ChoiceError("no_date") from None
        if day > today:
            raise ChoiceError("future")
        days[source].add(day)
    if not days:
        raise ChoiceError("nothing")
    if sum(map(len, days.values())) > MOST_DAYS:
        raise ChoiceError("too_much")
    shared: dict[tuple[date, date], list[str]] = defaultdict(list)
    for source in known:
        for ends in _ranges(days.get(source, set())):
            shared[ends].append(source)
    planned = [
        Planned(first, last, tuple(names)) for (first, last), names in sorted(shared.items())
    ]
    if len(planned) > MOST_RUNS:
        raise ChoiceError("too_much")
    return planned


def _ranges(days: Collection[date]) -> list[tuple[date, date]]:
    """Days as ranges without a gap, both ends inclusive."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(days):
        if ranges and day - ranges[-1][1] == _ONE_DAY:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
