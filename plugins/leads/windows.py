"""Which stretch of time a run covers. Pure: the clock and the coverage are arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from zoneinfo import ZoneInfo

UTC = timezone.utc


class WindowError(ValueError):
    """The run gives no usable scope; the message says what to give instead."""


class WindowKind(str, Enum):
    """Where a window comes from."""

    INTERVAL = "interval"  # the data interval of a scheduled or backfill run
    DATES = "dates"  # whole local days chosen by a person
    CONTINUED = "continued"  # from the last covered window to now


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time.

    Attributes:
        start: first instant, aware, UTC.
        end: first instant after it, aware, UTC; later than `start`.
        kind: where it comes from.
    """

    start: datetime
    end: datetime
    kind: WindowKind

    def dates(self, zone: ZoneInfo) -> tuple[date, date]:
        """First and last local date of the window, both inclusive."""
        last = self.end - timedelta(microseconds=1)
        return self.start.astimezone(zone).date(), last.astimezone(zone).date()


def resolve_window(
    *,
    has_own_interval: bool,
    interval: tuple[datetime, datetime] | None,
    date_from: date | None,
    date_to: date | None,
    last_covered: datetime | None,
    now: datetime,
    zone: ZoneInfo,
) -> Window:
    """Decide the window of a run of any kind.

    Args:
        has_own_interval: whether the run exists for its data interval: scheduled and backfill
            runs. Manual and asset-triggered runs may carry an interval that says nothing.
        interval: the DAG run's data interval, aware, `[start, end)`; None where it has none.
        date_from: first chosen local date, or None.
        date_to: last chosen local date, inclusive, or None.
        last_covered: end of the latest covered window of the source, aware, or None.
        now: the clock, aware.
        zone: local time zone of the chosen dates.

    Returns:
        The window.

    Raises:
        WindowError: dates given to a run with an interval, only one date, dates the wrong way
            round, an empty interval, or nothing to continue from.
    """
    if has_own_interval:
        if date_from is not None or date_to is not None:
            raise WindowError(
                "date_from and date_to are for manual runs; a scheduled or backfill run covers "
                "its own data interval. Trigger a manual run with the dates instead."
            )
        if interval is None or interval[0] >= interval[1]:
            raise WindowError(
                "This run's data interval is missing or empty. Trigger a manual run with "
                "date_from and date_to instead."
            )
        return Window(interval[0].astimezone(UTC), interval[1].astimezone(UTC), WindowKind.INTERVAL)
    if (date_from is None) != (date_to is None):
        given, other = ("date_from", "date_to") if date_to is None else ("date_to", "date_from")
        raise WindowError(f"{given} is given without {other}. Give both dates or neither.")
    if date_from is not None and date_to is not None:
        if date_from > date_to:
            raise WindowError(
                f"date_from {date_from} is after date_to {date_to}. Swap them: both are inclusive."
            )
        try:
            after_last = date_to + timedelta(days=1)
        except OverflowError:
            raise WindowError(f"date_to {date_to} is beyond the calendar.") from None
        return Window(
            local_midnight(date_from, zone), local_midnight(after_last, zone), WindowKind.DATES
        )
    if last_covered is None:
        raise WindowError(
            "Nothing is covered yet, so there is nothing to continue from. Give the run a scope: "
            'date_from and date_to, as in {"date_from": "2026-01-01", "date_to": "2026-01-31"}.'
        )
    if last_covered >= now:
        raise WindowError(f"Everything up to {last_covered.isoformat()} is covered already.")
    return Window(last_covered.astimezone(UTC), now.astimezone(UTC), WindowKind.CONTINUED)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant a local day begins, in UTC."""
    try:
        return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise WindowError(f"{day} is beyond the calendar.") from None
