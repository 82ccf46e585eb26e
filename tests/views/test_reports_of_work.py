"""Which day a report is of, and which of several reports counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg import Connection

from views.facts import read_day
from views.outcome import conversion, refresh
from views.reading import check
from views.world import ANA, account, at, day, lead, rows, work

#: How a day may be spelled, and which day it is; None for none.
SPELLED = {
    "01-10-2026": day(0),
    "2026-10-01": day(0),
    "1-10-2026": day(0),
    "2026-10-1": day(0),
    " 01-10-2026 ": day(0),
    "\t2026-10-01\r\n": day(0),
    "29-02-2028": date(2028, 2, 29),
    "2028-02-29": date(2028, 2, 29),
    "29-02-2027": None,
    "31-02-2028": None,
    "00-10-2026": None,
    "01-13-2026": None,
    "01/10/2026": None,
    "01-10-26": None,
    "2026-10-01 08:00": None,
    "20261001": None,
    "٠١-١٠-٢٠٢٦": None,
    "ayer": None,
    "": None,
}


@pytest.fixture(autouse=True)
def ana(connection: Connection[Any]) -> None:
    """Ana, with one account and a lead on the first of October."""
    account(connection, "d1", ANA, name="Ana Rey")
    lead(connection, ANA, "1", 0)


@pytest.mark.parametrize("text", SPELLED)
def test_a_day_is_read_in_both_spellings_and_never_guessed(
    connection: Connection[Any], text: str
) -> None:
    assert rows(connection, "SELECT ops.read_date(%s)", text) == [(SPELLED[text],)]
    assert read_day(text) == SPELLED[text], "the oracle is wrong"


def test_junk_among_reports_of_work_is_counted_and_never_fatal(connection: Connection[Any]) -> None:
    for number, text in enumerate([None, *SPELLED, *SPELLED]):
        work(connection, "d1", text, number)
    work(connection, None, 0, 1)
    work(connection, " ", "ayer", 1)
    refresh(connection)
    check(connection)
    junk = sum(on is None for on in SPELLED.values())
    assert rows(
        connection, "SELECT reason_code, sum(raw_count) FROM ops.unread_work GROUP BY 1 ORDER BY 1"
    ) == [
        ("IMPOSSIBLE_DATE", 2 * 4),
        ("MISSING_DATE", 1 + 2),
        ("MISSING_DRIVER", 2),
        ("UNREADABLE_DATE", 2 * (junk - 5)),
    ]


def test_leap_day_is_a_day_of_leap_years_only(connection: Connection[Any]) -> None:
    lead(connection, ANA, "1", (date(2023, 1, 1) - day(0)).days)
    work(connection, "d1", "29-02-2023", 3)
    work(connection, "d1", "2024-02-29", 2)
    refresh(connection)
    check(connection)
    line = conversion(connection)
    assert line is not None
    assert line["first_trip_date"] == date(2024, 2, 29)


@pytest.mark.parametrize("apart", [False, True])
def test_of_several_reports_of_a_day_the_last_counts_then_the_larger(
    connection: Connection[Any], apart: bool
) -> None:
    """Trips, seconds and when they landed; at the end, what counts."""
    reports = [
        ((9, 60, at(40)), (4, 60, at(41)), (4, 60)),
        ((4, 60, at(41)), (9, 60, at(40)), (4, 60)),
        ((9, 60, None), (4, 60, at(40)), (4, 60)),
        ((4, 60, at(40)), (9, 60, None), (4, 60)),
        ((4, 60, at(40)), (9, 60, at(40)), (9, 60)),
        ((9, 0, at(40)), (4, 60, at(40)), (9, 0)),
        ((4, 0, at(40)), (4, 60, at(40)), (4, 60)),
        ((4, 90, at(40)), (4, 60, at(40)), (4, 90)),
        ((-9, 60, at(41)), (4, -60, at(40)), (0, 60)),
        ((4, 60, at(40)), (None, None, at(41)), (0, 0)),
        ((4, 60, None), (9, 60, None), (9, 60)),
    ]
    numbered = [f"d{number:02}" for number, _ in enumerate(reports)]
    for turn in (0, 1):
        for driver_id, told in zip(numbered, reports, strict=True):
            trips, seconds, landed = told[turn]
            work(connection, driver_id, 0, trips, seconds=seconds, landed=landed)
        if apart:
            refresh(connection)
    refresh(connection)
    check(connection)
    assert rows(
        connection,
        "SELECT driver_id, (trip_count, work_seconds)::text FROM ops.driver_days ORDER BY 1",
    ) == [(who, str(told[2]).replace(" ", "")) for who, told in zip(numbered, reports, strict=True)]
