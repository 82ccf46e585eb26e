"""Which scheduled windows are due: the DAG's own grid, for telling how far catch-up is. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

HOURS = (0, 6, 12, 18)  # `0 */6 * * *`, in local time


def due_windows(start_date: date, now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """All windows of the schedule that have ended.

    Args:
        start_date: local date of the first window.
        now: aware.
        zone: whose midnights the grid follows.

    Returns:
        [from, to) in UTC, oldest first.
    """
    windows: list[tuple[datetime, datetime]] = []
    edges = _edges(start_date, zone)
    begin = next(edges)
    for end in edges:
        if end > now:
            return windows
        windows.append((begin, end))
        begin = end
    return windows


def _edges(start_date: date, zone: ZoneInfo) -> Iterator[datetime]:
    day = start_date
    while True:
        for hour in HOURS:
            yield datetime.combine(day, time(hour), zone).astimezone(timezone.utc)
        day += timedelta(days=1)
