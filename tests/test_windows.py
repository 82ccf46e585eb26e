"""The window of every kind of run, from nothing but arguments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leads.windows import (
    UTC,
    Window,
    WindowError,
    WindowKind,
    local_midnight,
    resolve_window,
)

LIMA = ZoneInfo("America/Lima")
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
START = datetime(2026, 11, 20, 5, tzinfo=UTC)  # midnight in Lima
SIX_HOURS = (START, START + timedelta(hours=6))


def resolve(**given: Any) -> Window:
    arguments: dict[str, Any] = {
        "has_own_interval": False,
        "interval": None,
        "date_from": None,
        "date_to": None,
        "last_covered": None,
        "now": NOW,
        "zone": LIMA,
    }
    return resolve_window(**(arguments | given))


def test_a_scheduled_or_backfill_run_takes_its_data_interval() -> None:
    window = resolve(has_own_interval=True, interval=SIX_HOURS, last_covered=NOW)
    assert window == Window(*SIX_HOURS, WindowKind.INTERVAL)


def test_an_interval_in_any_zone_comes_out_in_utc() -> None:
    local = (SIX_HOURS[0].astimezone(LIMA), SIX_HOURS[1].astimezone(LIMA))
    window = resolve(has_own_interval=True, interval=local)
    assert (window.start, window.end) == SIX_HOURS
    assert window.start.utcoffset() == window.end.utcoffset() == timedelta(0)


@pytest.mark.parametrize("interval", [None, (START, START), (SIX_HOURS[1], START)])
def test_a_missing_or_empty_interval_is_refused_with_the_way_out(interval: Any) -> None:
    with pytest.raises(WindowError, match="date_from and date_to"):
        resolve(has_own_interval=True, interval=interval)


@pytest.mark.parametrize(
    "given", [{"date_from": date(2026, 11, 1)}, {"date_to": date(2026, 11, 1)}]
)
def test_dates_cannot_overrule_an_interval(given: dict[str, date]) -> None:
    with pytest.raises(WindowError, match="manual run"):
        resolve(has_own_interval=True, interval=SIX_HOURS, **given)


def test_chosen_dates_are_whole_local_days_and_both_included() -> None:
    window = resolve(date_from=date(2026, 11, 1), date_to=date(2026, 11, 3))
    assert window.start == datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert window.end == datetime(2026, 11, 4, 5, tzinfo=UTC)
    assert window.kind is WindowKind.DATES
    assert window.dates(LIMA) == (date(2026, 11, 1), date(2026, 11, 3))


def test_one_day_may_be_chosen() -> None:
    window = resolve(date_from=date(2026, 12, 31), date_to=date(2026, 12, 31))
    assert window.end - window.start == timedelta(days=1)
    assert window.dates(LIMA) == (date(2026, 12, 31), date(2026, 12, 31))


def test_chosen_dates_win_over_the_interval_and_the_coverage_of_a_manual_run() -> None:
    """The UI's form gives every manual run the last interval, which says nothing."""
    window = resolve(
        interval=SIX_HOURS,
        last_covered=START,
        date_from=date(2026, 1, 1),
        date_to=date(2026, 1, 1),
    )
    assert window.start == datetime(2026, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "interval", [None, SIX_HOURS], ids=["asset-triggered, or null logical date", "from the form"]
)
def test_a_run_without_dates_continues_from_the_coverage_to_now(interval: Any) -> None:
    covered = datetime(2026, 11, 18, 11, tzinfo=UTC)
    window = resolve(interval=interval, last_covered=covered.astimezone(LIMA))
    assert window == Window(covered, NOW, WindowKind.CONTINUED)
    assert window.start.utcoffset() == timedelta(0)


def test_with_nothing_covered_the_error_says_how_to_give_a_scope() -> None:
    with pytest.raises(WindowError, match=r'"date_from": "2026-01-01", "date_to"'):
        resolve()


@pytest.mark.parametrize("covered", [NOW, NOW + timedelta(hours=1)])
def test_with_everything_covered_there_is_no_window(covered: datetime) -> None:
    with pytest.raises(WindowError, match="covered already"):
        resolve(last_covered=covered)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"date_from": date(2026, 11, 1)}, "date_from is given without date_to"),
        ({"date_to": date(2026, 11, 1)}, "date_to is given without date_from"),
        (
            {"date_from": date(2026, 11, 2), "date_to": date(2026, 11, 1)},
            "date_from 2026-11-02 is after date_to 2026-11-01",
        ),
        ({"date_from": date(2026, 11, 1), "date_to": date.max}, "beyond the calendar"),
        ({"date_from": date.min, "date_to": date.max - timedelta(days=1)}, None),
    ],
)
def test_dates_that_make_no_window_are_refused(given: dict[str, date], message: str | None) -> None:
    if message is None:
        assert resolve(**given).start < resolve(**given).end
        return
    with pytest.raises(WindowError, match=message):
        resolve(**given)


@pytest.mark.parametrize(
    ("start_hour", "first", "last"),
    [
        (0, date(2026, 11, 19), date(2026, 11, 20)),  # 19:00 to 01:00 in Lima
        (5, date(2026, 11, 20), date(2026, 11, 20)),  # 00:00 to 06:00
        (23, date(2026, 11, 20), date(2026, 11, 20)),  # 18:00 to 00:00, which is not in it
    ],
)
def test_the_local_dates_of_a_window_leave_out_its_end(
    start_hour: int, first: date, last: date
) -> None:
    start = datetime(2026, 11, 20, start_hour, tzinfo=UTC)
    window = Window(start, start + timedelta(hours=6), WindowKind.INTERVAL)
    assert window.dates(LIMA) == (first, last)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Lima", date(2026, 3, 8), 24),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/Santiago", date(2026, 9, 6), 23),  # its midnight does not exist
        ("Asia/Kathmandu", date(2026, 11, 20), 24),
        ("UTC", date(2026, 11, 20), 24),
    ],
)
def test_a_local_day_lasts_as_long_as_the_zone_says(zone: str, day: date, hours: int) -> None:
    place = ZoneInfo(zone)
    window = resolve(date_from=day, date_to=day, zone=place)
    assert window.end - window.start == timedelta(hours=hours)
    assert window.dates(place) == (day, day)


@pytest.mark.parametrize("zone", ["America/Lima", "America/New_York", "America/Santiago"])
def test_the_days_of_a_year_neither_overlap_nor_leave_a_gap(zone: str) -> None:
    place = ZoneInfo(zone)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(366)]
    for one, following in pairwise(days):
        window = resolve(date_from=one, date_to=one, zone=place)
        assert window.end == local_midnight(following, place)
        assert window.start.astimezone(place).date() == one
