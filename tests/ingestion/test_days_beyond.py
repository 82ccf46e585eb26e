"""A load that changes a day beyond those it compares brings that whole day up to date.

New raw rows may have come there that no arm of its scan would meet; without them the day would not
add up, and the load would fail for as long as they are not looked for.
"""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    SCOUTING,
    at,
    change,
    day,
    events,
    findings,
    load_between,
    load_days,
    open_rejects,
    put,
)
from leads.staging import KEY_OVERLAP
from leads.statements import name_of

LAST = KEY_OVERLAP + 10


@pytest.fixture
def loaded(connection: Connection[Any]) -> Connection[Any]:
    """Covered from 60 days ago: one row long ago, and a recent one with a far greater key."""
    put(connection, CABINET, id=1, external_id="old", lead_created_at=at(-60), created_at=at(-60))
    put(connection, CABINET, id=LAST, external_id="new", lead_created_at=at(-5), created_at=at(-5))
    load_days(connection, CABINET, -60, 0)
    return connection


@pytest.mark.parametrize("number", [2, LAST + 1])
@pytest.mark.parametrize("landed", [at(-60), at(-5), None])
def test_an_old_window_is_loaded_while_a_later_day_changes(
    loaded: Connection[Any], number: int, landed: Any
) -> None:
    change(loaded, CABINET, LAST, status="corrected")  # its key says: look again
    put(loaded, CABINET, id=number, lead_created_at=at(-5), created_at=landed)
    load_days(loaded, CABINET, -40, -40)
    assert events(loaded)["new"].payload["status"] == "corrected"
    assert str(number) in events(loaded)
    assert findings(loaded) == []


def test_a_rival_long_ago_is_displaced_where_a_new_row_has_come(loaded: Connection[Any]) -> None:
    put(loaded, CABINET, id=2, lead_created_at=at(-60), created_at=at(-60))
    change(loaded, CABINET, LAST, external_id="old")
    load_days(loaded, CABINET, 0, 0)
    assert set(events(loaded)) == {"old", "2"}
    assert open_rejects(loaded) == {"1": "DUPLICATE_SOURCE_PK"}
    assert findings(loaded) == []


def test_a_row_moves_to_a_later_day_where_a_new_row_has_come(loaded: Connection[Any]) -> None:
    change(loaded, CABINET, 1, lead_created_at=at(-3))
    put(loaded, CABINET, id=2, lead_created_at=at(-3), created_at=at(-3))
    load_days(loaded, CABINET, -60, -60, incremental=False)
    assert set(events(loaded)) == {"old", "new", "2"}
    assert findings(loaded) == []


def test_a_rest_of_the_day_that_is_covered_counts_with_the_window(
    connection: Connection[Any],
) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-5, 13), created_at=at(-5, 13))
    load_days(connection, CABINET, -5, -5)
    put(connection, CABINET, id=2, lead_created_at=at(-5, 1), created_at=at(-5, 1))
    change(connection, CABINET, 1, status="corrected")
    load_between(connection, CABINET, at(-5, 12), at(-5, 18), incremental=False)
    assert set(events(connection)) == {"1", "2"}
    assert findings(connection) == []


def test_many_scattered_days_are_counted_in_a_few_statements(connection: Connection[Any]) -> None:
    """And only those that changed: a row that nobody has looked at yet may lie between them."""
    for age in range(0, 400, 2):
        put(connection, SCOUTING, id=2_000_000 - age * 2000, registration_date=day(-age))
    load_days(connection, SCOUTING, -400, 0)
    for age in range(100, 400, 10):  # new keys on covered days long ago
        put(connection, SCOUTING, id=3_000_000 + age, registration_date=day(-age))
    put(connection, SCOUTING, id=5, registration_date=day(-104))  # an old key: later runs find it
    counted: list[list[Any]] = []

    class Recorder(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **options: Any) -> Recorder:
            if name_of(query) == "load/count_days":
                counted.append(params["days"])
            return super().execute(query, params, **options)

    connection.cursor_factory = Recorder
    stats = load_days(connection, SCOUTING, 0, 0)
    connection.cursor_factory = psycopg.Cursor
    assert stats["inserted"] == 30
    assert 1 < len(counted) <= 12
    counted_days = sorted(one for days in counted for one in days)
    assert counted_days == [day(-age) for age in range(390, 90, -10)]
    assert "5" not in events(connection, SCOUTING)
    load_days(connection, SCOUTING, -104, -104)
    assert "5" in events(connection, SCOUTING)
    assert findings(connection, SCOUTING) == []
