"""An event follows its raw row; an unchanged one is not touched."""

from __future__ import annotations

import uuid
from datetime import timedelta
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
LATER = NOW + timedelta(hours=6)


def runs_of(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    return rows(connection, "SELECT status, stats FROM ops.ingestion_runs ORDER BY id")


def version_of(connection: Connection[Any], event_id: int) -> tuple[Any, ...]:
    """Where one event lies; a load promises no order, so no place in a list names an event."""
    (version,) = (
        version for version in row_versions(connection) if version[:2] == ("event", event_id)
    )
    return version


def test_each_source_shapes_its_rows_as_specified(connection: Connection[Any]) -> None:
    put(
        connection,
        CABINET,
        id=1,
        external_id=" X1 ",
        lead_created_at=at(-1, 23, 59),
        created_at=at(0),
        first_name="Ana",
        park_phone=None,
    )
    put(connection, SCOUTING, id=2, registration_date=day(-1), created_at=at(0), scout_id=31)
    put(connection, MIGRATIONS, id=3, hire_date=day(-2), created_at=at(-1), scout_id=None)
    for table in SOURCES:
        load_days(connection, table, -2, 0)
    (cabinet,), (scouting,), (migration,) = (
        list(events(connection, table).items()) for table in SOURCES
    )
    assert cabinet[0] == "X1"
    assert (cabinet[1].event_date, cabinet[1].scout_id) == (day(-1), None)
    assert cabinet[1].payload == {
        "id": 1,
        "external_id": " X1 ",
        "lead_created_at": "2026-11-19T23:59:00",
        "created_at": "2026-11-20T09:00:00",
        "first_name": "Ana",
        "origin_tag": "cabinet",
    }
    assert scouting[0] == "2"
    assert (scouting[1].event_date, scouting[1].scout_id) == (day(-1), 31)
    assert scouting[1].payload == {
        "id": 2,
        "registration_date": "2026-11-19",
        "created_at": "2026-11-20T09:00:00",
        "scout_id": 31,
        "origin_tag": "cabinet",
    }
    assert migration[0] == "3"
    assert (migration[1].event_date, migration[1].scout_id) == (day(-2), None)
    assert migration[1].payload["origin_tag"] == "fleet_migration"


def test_a_column_called_like_the_tag_does_not_hide_it(connection: Connection[Any]) -> None:
    with connection.transaction():
        connection.execute("ALTER TABLE module_ct_migrations ADD origin_tag varchar")
    put(connection, MIGRATIONS, id=1, hire_date=day(-1), origin_tag="other")
    load_days(connection, MIGRATIONS, -1, -1)
    assert events(connection, MIGRATIONS)["1"].payload["origin_tag"] == "fleet_migration"


@pytest.mark.parametrize("table", SOURCES)
def test_unchanged_rows_are_not_rewritten_and_the_run_is_still_in_the_ledger(
    connection: Connection[Any], table: str
) -> None:
    for number in range(1, 6):
        put(connection, table, **{"id": number, EVENT_TIME[table]: day(-number)})
    put(connection, table, **{"id": 6, EVENT_TIME[table]: None, "created_at": None})
    first = load_days(connection, table, -9, 0)
    versions = row_versions(connection)
    again = load_days(connection, table, -9, 0, now=LATER)
    assert row_versions(connection) == versions
    assert (first["inserted"], first["rejected"]) == (5, 1)
    assert {name: again[name] for name in ("read", "inserted", "updated", "unchanged")} == {
        "read": 6,
        "inserted": 0,
        "updated": 0,
        "unchanged": 5,
    }
    assert runs_of(connection) == [("COMPLETED", first), ("COMPLETED", again)]


@pytest.mark.parametrize("table", SOURCES)
def test_a_correction_changes_the_event_but_neither_its_id_nor_its_birth(
    connection: Connection[Any], table: str
) -> None:
    put(connection, table, **{"id": 2, EVENT_TIME[table]: day(-3), "created_at": at(-3)})
    put(connection, table, **{"id": 1, EVENT_TIME[table]: day(-3), "created_at": at(-3)})
    load_days(connection, table, -3, 0)
    before = events(connection, table)
    person = uuid.uuid4()
    with connection.transaction():
        connection.execute(
            "INSERT INTO canon.identity_registry (person_key, confidence_level) VALUES (%s, 'LOW')",
            (person,),
        )
        connection.execute("UPDATE observational.lead_events SET person_key = %s", (person,))
    untouched = version_of(connection, before["2"].id)
    change(connection, table, 1, **{EVENT_TIME[table]: day(-2)})
    stats = load_days(connection, table, 0, 0, now=LATER)
    after = events(connection, table)
    assert (stats["updated"], stats["unchanged"]) == (1, 1)
    assert after["1"].event_date == day(-2)
    assert (after["1"].id, after["1"].created_at) == (before["1"].id, before["1"].created_at)
    assert version_of(connection, before["2"].id) == untouched
    assert rows(
        connection,
        "SELECT person_key, updated_at FROM observational.lead_events WHERE source_pk = '1'",
    ) == [(person, LATER)]
    assert findings(connection, table) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("driver_name", "Ana"), ("driver_name", None), ("scout_id", 8), ("scout_id", None)],
)
def test_any_column_counts_as_a_correction(
    connection: Connection[Any], column: str, value: Any
) -> None:
    put(connection, SCOUTING, id=1, registration_date=day(-3), scout_id=7, driver_name="Anna")
    load_days(connection, SCOUTING, -3, 0)
    change(connection, SCOUTING, 1, **{column: value})
    stats = load_days(connection, SCOUTING, 0, 0)
    assert stats["updated"] == 1
    event = events(connection, SCOUTING)["1"]
    assert event.payload.get(column) == value
    assert event.scout_id == event.payload.get("scout_id")


@pytest.mark.parametrize(
    ("age", "incremental", "is_found"),
    [(35, True, True), (36, True, False), (1, False, False), (0, False, True)],
)
def test_corrections_are_looked_for_within_the_lookback_of_an_incremental_run(
    connection: Connection[Any], age: int, incremental: bool, is_found: bool
) -> None:
    put(connection, SCOUTING, id=1, registration_date=day(-age), scout_id=7)
    # Rows near the greatest key are looked at whatever their age; this one is far below it.
    put(connection, SCOUTING, id=5000, registration_date=day(0))
    load_days(connection, SCOUTING, -40, 0)
    change(connection, SCOUTING, 1, scout_id=8)
    load_days(connection, SCOUTING, 0, 0, incremental=incremental)
    assert events(connection, SCOUTING)["1"].scout_id == (8 if is_found else 7)


@pytest.mark.parametrize("incremental", [True, False])
def test_a_manual_window_finds_a_correction_however_old(
    connection: Connection[Any], incremental: bool
) -> None:
    put(connection, SCOUTING, id=1, registration_date=day(-400), scout_id=7)
    load_days(connection, SCOUTING, -400, 0)
    change(connection, SCOUTING, 1, scout_id=8)
    stats = load_days(connection, SCOUTING, -400, -400, incremental=incremental)
    assert stats["updated"] == 1
    assert events(connection, SCOUTING)["1"].scout_id == 8


def test_a_row_that_moves_out_of_the_lookback_is_followed(connection: Connection[Any]) -> None:
    put(connection, SCOUTING, id=1, registration_date=day(-3))
    load_days(connection, SCOUTING, -3, 0)
    change(connection, SCOUTING, 1, registration_date=day(-900))
    load_days(connection, SCOUTING, 0, 0)
    assert events(connection, SCOUTING)["1"].event_date == day(-900)
    assert findings(connection, SCOUTING) == []


@pytest.mark.parametrize("table", SOURCES)
def test_a_row_that_disappears_leaves_its_event_and_closes_its_reject(
    connection: Connection[Any], table: str
) -> None:
    put(connection, table, **{"id": 1, EVENT_TIME[table]: day(-1)})
    put(connection, table, **{"id": 2, EVENT_TIME[table]: "2010-01-01", "created_at": at(-1)})
    load_days(connection, table, -1, 0)
    before = events(connection, table)["1"]
    remove(connection, table, 1)
    remove(connection, table, 2)
    stats = load_days(connection, table, 0, 0, now=LATER)
    assert (stats["read"], stats["vanished"]) == (0, 1)
    after = events(connection, table)["1"]
    assert (after.id, after.payload, after.is_vanished) == (before.id, before.payload, True)
    assert open_rejects(connection, table) == {}
    versions = row_versions(connection)
    assert load_days(connection, table, 0, 0, now=LATER)["vanished"] == 0
    assert row_versions(connection) == versions


def test_a_row_that_comes_back_takes_its_event_again(connection: Connection[Any]) -> None:
    put(connection, SCOUTING, id=1, registration_date=day(-1))
    load_days(connection, SCOUTING, -1, 0)
    before = events(connection, SCOUTING)["1"]
    remove(connection, SCOUTING, 1)
    load_days(connection, SCOUTING, -1, 0)
    put(connection, SCOUTING, id=1, registration_date=day(-1))
    load_days(connection, SCOUTING, -1, 0)
    after = events(connection, SCOUTING)["1"]
    assert (after.id, after.is_vanished) == (before.id, False)
    assert findings(connection, SCOUTING) == []
