"""The count of due windows is the scheduler's own grid."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from leads.local.schedule import due_windows

LIMA = ZoneInfo("America/Lima")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LIMA)


def test_windows_end_at_the_local_six_hour_grid() -> None:
    windows = due_windows(date(2026, 11, 1), local("2026-11-02T11:59"), LIMA)
    assert len(windows) == 5
    assert windows[0] == (
        datetime(2026, 11, 1, 5, tzinfo=timezone.utc),
        datetime(2026, 11, 1, 11, tzinfo=timezone.utc),
    )
    assert all(end - start == timedelta(hours=6) for start, end in windows)


@pytest.mark.parametrize(("now", "due"), [("05:59:59", 0), ("06:00:00", 1)])
def test_a_window_is_due_when_it_has_ended(now: str, due: int) -> None:
    assert len(due_windows(date(2026, 11, 1), local(f"2026-11-01T{now}"), LIMA)) == due


def test_a_start_in_the_future_has_no_window() -> None:
    assert due_windows(date(2026, 11, 3), local("2026-11-01T12:00"), LIMA) == []
