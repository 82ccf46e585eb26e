"""Rows that cannot become events: each with its reason, none lost, and back once corrected."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    EVENT_TIME,
    MIGRATIONS,
    NOW,
    SCOUTING,
    at,
    change,
    day,
    events,
    findings,
    load_days,
    open_rejects,
    put,
    remove,
    row_versions,
    rows,
)

SOURCES = [CABINET, SCOUTING, MIGRATIONS]
TOO_OLD = date(2014, 12, 31)
FLOOR = date(2015, 1, 1)


def put_lead(connection: Connection[Any], table: str, number: int, event: Any, **more: Any) -> None:
    landed = {"created_at": at(-1)}
    put(connection, table, **({"id": number, EVENT_TIME[table]: event} | landed | more))


BAD_DATES = {
    "1": (TOO_OLD, "EVENT_DATE_TOO_OLD"),
    "2": (day(2), "EVENT_DATE_IN_FUTURE"),
    "3": (date(9999, 12, 31), "EVENT_DATE_IN_FUTURE"),
    "4": ("infinity", "EVENT_DATE_IN_FUTURE"),
    "5": ("-infinity", "EVENT_DATE_TOO_OLD"),
    "6": ("0044-03-15 BC", "EVENT_DATE_TOO_OLD"),
}


@pytest.mark.parametrize("table", SOURCES)
def test_a_date_that_cannot_be_is_rejected_and_the_run_goes_on(
    connection: Connection[Any], table: str
) -> None:
    for number, (event, _) in BAD_DATES.items():
        put_lead(connection, table, int(number), event)
    put_lead(connection, table, 7, day(-1))
    stats = load_days(connection, table, -1, -1)
    assert (stats["read"], stats["inserted"], stats["rejected"]) == (7, 1, 6)
    assert set(events(connection, table)) == {"7"}
    assert open_rejects(connection, table) == {pk: why for pk, (_, why) in BAD_DATES.items()}
    assert findings(connection, table) == []


@pytest.mark.parametrize("table", [CABINET, SCOUTING])
def test_a_missing_date_is_rejected(connection: Connection[Any], table: str) -> None:
    put_lead(connection, table, 1, None)
    load_days(connection, table, -1, -1)
    assert events(connection, table) == {}
    assert open_rejects(connection, table) == {"1": "MISSING_EVENT_DATE"}


def test_a_migration_without_hire_date_counts_from_when_it_was_created(
    connection: Connection[Any],
) -> None:
    put_lead(connection, MIGRATIONS, 1, None, created_at=at(-1, 23, 59))
    put_lead(connection, MIGRATIONS, 2, None, created_at=None)
    load_days(connection, MIGRATIONS, -1, -1)
    assert events(connection, MIGRATIONS)["1"].event_date == day(-1)
    assert open_rejects(connection, MIGRATIONS) == {"2": "MISSING_EVENT_DATE"}


@pytest.mark.parametrize("table", SOURCES)
def test_the_first_and_the_last_date_that_can_be_are_events(
    connection: Connection[Any], table: str
) -> None:
    dates = {"1": FLOOR, "2": day(0), "3": day(1)}
    for number, event in dates.items():
        put_lead(connection, table, int(number), event)
    load_days(connection, table, (FLOOR - day(0)).days, 1)
    assert {pk: event.event_date for pk, event in events(connection, table).items()} == dates
    assert open_rejects(connection, table) == {}


def test_tomorrow_is_a_local_day(connection: Connection[Any]) -> None:
    """At 23:00 in Lima it is tomorrow already in UTC."""
    late = datetime.fromisoformat("2026-11-21T04:00:00+00:00")
    put_lead(connection, SCOUTING, 1, day(1))
    put_lead(connection, SCOUTING, 2, day(2))
    load_days(connection, SCOUTING, -1, 0, now=late)
    assert open_rejects(connection, SCOUTING) == {"2": "EVENT_DATE_IN_FUTURE"}


def test_the_reject_keeps_the_raw_row(connection: Connection[Any]) -> None:
    put_lead(connection, SCOUTING, 1, None, driver_name="Ana", scout_id=7)
    load_days(connection, SCOUTING, -1, -1)
    found = rows(
        connection,
        "SELECT source_pk, raw, run_id IS NOT NULL, first_seen_at, last_seen_at, resolved_at "
        "FROM ops.ingestion_rejects",
    )
    raw = {"id": 1, "created_at": "2026-11-19T09:00:00", "driver_name": "Ana", "scout_id": 7}
    assert found == [("1", raw, True, NOW, NOW, None)]


@pytest.mark.parametrize("table", SOURCES)
def test_a_corrected_row_is_released_by_the_same_run(
    connection: Connection[Any], table: str
) -> None:
    put_lead(connection, table, 1, TOO_OLD)
    load_days(connection, table, -1, -1)
    change(connection, table, 1, **{EVENT_TIME[table]: day(-3)})
    later = NOW + timedelta(hours=6)
    stats = load_days(connection, table, -1, -1, now=later)
    assert (stats["inserted"], stats["rejected"], stats["released"]) == (1, 0, 1)
    assert events(connection, table)["1"].event_date == day(-3)
    assert rows(
        connection,
        "SELECT reason_code, resolved_at, run_id = (SELECT max(id) FROM ops.ingestion_runs) "
        "FROM ops.ingestion_rejects",
    ) == [("EVENT_DATE_TOO_OLD", later, True)]


@pytest.mark.parametrize("table", SOURCES)
def test_a_row_that_turns_bad_loses_its_event_and_gains_a_reject(
    connection: Connection[Any], table: str
) -> None:
    put_lead(connection, table, 1, day(-1), created_at=at(-1))
    load_days(connection, table, -1, -1)
    assert set(events(connection, table)) == {"1"}
    change(connection, table, 1, **{EVENT_TIME[table]: TOO_OLD})
    stats = load_days(connection, table, 0, 0)
    assert (stats["rejected"], stats["newly_rejected"]) == (1, 1)
    assert events(connection, table) == {}
    assert open_rejects(connection, table) == {"1": "EVENT_DATE_TOO_OLD"}
    ((raw,),) = rows(connection, "SELECT raw FROM ops.ingestion_rejects")
    assert raw["id"] == 1
    assert findings(connection, table) == []


def test_a_reject_that_is_bad_for_another_reason_now_says_so(connection: Connection[Any]) -> None:
    put_lead(connection, SCOUTING, 1, TOO_OLD)
    load_days(connection, SCOUTING, -1, -1)
    change(connection, SCOUTING, 1, registration_date=None)
    load_days(connection, SCOUTING, -1, -1)
    assert open_rejects(connection, SCOUTING) == {"1": "MISSING_EVENT_DATE"}
    assert rows(connection, "SELECT count(*) FROM ops.ingestion_rejects") == [(1,)]


def test_bad_again_after_its_release_is_a_new_reject(connection: Connection[Any]) -> None:
    put_lead(connection, SCOUTING, 1, TOO_OLD)
    for date_now in (TOO_OLD, day(-1), TOO_OLD):
        change(connection, SCOUTING, 1, registration_date=date_now)
        load_days(connection, SCOUTING, -1, -1)
    assert open_rejects(connection, SCOUTING) == {"1": "EVENT_DATE_TOO_OLD"}
    assert rows(connection, "SELECT count(*), count(resolved_at) FROM ops.ingestion_rejects") == [
        (2, 1)
    ]


@pytest.mark.parametrize("landed", [at(-1), None], ids=["landed yesterday", "no landing time"])
def test_a_future_date_becomes_good_when_its_time_comes(
    connection: Connection[Any], landed: datetime | None
) -> None:
    put_lead(connection, CABINET, 1, at(3), created_at=landed)
    load_days(connection, CABINET, -1, 0)
    assert open_rejects(connection) == {"1": "EVENT_DATE_IN_FUTURE"}
    stats = load_days(connection, CABINET, 1, 1, now=NOW + timedelta(days=1))
    assert stats["released"] == 0
    # On the day before, its date is near enough to be believed, whatever the run's window.
    stats = load_days(connection, CABINET, 0, 0, now=NOW + timedelta(days=2))
    assert (stats["inserted"], stats["released"]) == (1, 1)
    assert events(connection)["1"].event_date == day(3)
    assert open_rejects(connection) == {}


@pytest.mark.parametrize("incremental", [True, False])
def test_a_row_without_any_date_is_looked_at_by_every_run(
    connection: Connection[Any], incremental: bool
) -> None:
    put_lead(connection, CABINET, 1, None, created_at=None)
    put_lead(connection, CABINET, 2, TOO_OLD, created_at="infinity")
    stats = load_days(connection, CABINET, -300, -300, incremental=incremental)
    assert stats["rejected"] == 2
    assert open_rejects(connection) == {"1": "MISSING_EVENT_DATE", "2": "EVENT_DATE_TOO_OLD"}
    versions = row_versions(connection)
    stats = load_days(connection, CABINET, -200, -200, incremental=incremental)
    assert stats["rejected"] == 2
    assert row_versions(connection) == versions
    remove(connection, CABINET, 1)
    load_days(connection, CABINET, -100, -100, incremental=incremental)
    assert open_rejects(connection) == {"2": "EVENT_DATE_TOO_OLD"}


def test_a_row_without_date_belongs_to_the_window_it_landed_in(
    connection: Connection[Any],
) -> None:
    put_lead(connection, CABINET, 1, None, created_at=at(-60))
    load_days(connection, CABINET, -50, -40)
    assert open_rejects(connection) == {}
    load_days(connection, CABINET, -60, -60, incremental=False)
    assert open_rejects(connection) == {"1": "MISSING_EVENT_DATE"}


def test_the_first_reason_counts(connection: Connection[Any]) -> None:
    """Two rows of one key, of which the later to land is bad for its date: no duplicate at all."""
    put(connection, CABINET, id=1, external_id="A", lead_created_at=at(-1), created_at=at(-1))
    put(connection, CABINET, id=2, external_id="A", lead_created_at=None, created_at=at(0))
    load_days(connection, CABINET, -1, 0)
    assert open_rejects(connection) == {"2": "MISSING_EVENT_DATE"}
    assert events(connection)["A"].raw_pk == "1"
