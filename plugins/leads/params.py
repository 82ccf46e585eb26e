"""What a person may ask of a run: the params of the DAG, checked. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


class ParamsError(ValueError):
    """The run asks for something that cannot be; the message names the param and the fix."""


NAMES = ("date_from", "date_to", "sources", "incremental", "dry_run")


@dataclass(frozen=True, slots=True)
class Request:
    """A checked request.

    Attributes:
        date_from: first local date, inclusive; None without a chosen scope.
        date_to: last local date, inclusive; None without a chosen scope.
        sources: source tables to load; empty means all.
        incremental: whether late and corrected rows are taken too.
        dry_run: whether to report only.
    """

    date_from: date | None = None
    date_to: date | None = None
    sources: frozenset[str] = frozenset()
    incremental: bool = True
    dry_run: bool = False

    def asks_for(self, source_table: str) -> bool:
        """Whether the run is to load a source."""
        return not self.sources or source_table in self.sources


def parse_request(conf: Mapping[str, Any] | None, known_sources: Collection[str]) -> Request:
    """Check a DAG run's conf.

    Args:
        conf: what was asked, by param; None or missing params mean the defaults.
        known_sources: source tables of the registry.

    Returns:
        The request.

    Raises:
        ParamsError: an unknown key, a bad value, one date without the other, or the wrong order.
    """
    given = dict(conf or {})
    if unknown := sorted(set(given) - set(NAMES)):
        raise ParamsError(
            f"Unknown param {', '.join(map(repr, unknown))}. Known: {', '.join(NAMES)}."
        )
    date_from = _date("date_from", given.get("date_from"))
    date_to = _date("date_to", given.get("date_to"))
    if (date_from is None) != (date_to is None):
        lone, other = ("date_from", "date_to") if date_to is None else ("date_to", "date_from")
        raise ParamsError(f"{lone} is given without {other}. Give both dates or neither.")
    if date_from is not None and date_to is not None and date_from > date_to:
        raise ParamsError(
            f"date_from {date_from} is after date_to {date_to}. Swap them: both are inclusive."
        )
    return Request(
        date_from=date_from,
        date_to=date_to,
        sources=_sources(given.get("sources"), known_sources),
        incremental=_flag("incremental", given.get("incremental"), default=True),
        dry_run=_flag("dry_run", given.get("dry_run"), default=False),
    )


def _date(name: str, value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ParamsError(f"{name} {value!r} is no date. Write it as in 2026-11-01.") from None


def _sources(value: Any, known: Collection[str]) -> frozenset[str]:
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ParamsError('sources must be a list of tables, as in ["module_ct_migrations"].')
    if unknown := sorted(set(value) - set(known)):
        raise ParamsError(
            f"Unknown source {', '.join(map(repr, unknown))}. Known: {', '.join(known)}."
        )
    return frozenset(value)


def _flag(name: str, value: Any, *, default: bool) -> bool:
    if value is None:
        return default
    if not isinstance(value, bool):
        raise ParamsError(f"{name} must be true or false, not {value!r}.")
    return value
