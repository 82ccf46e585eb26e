"""Only a refresh writes the tables behind the views; another hand in them is noticed."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection, sql

from leads.errors import PassingError
from views.faults import FINANCIAL, METRICS, PAYMENTS, falsified, ledger, six_trips
from views.outcome import figures, refresh
from views.reading import check, versions
from views.world import Session, work, write

#: Table -> the statement after which somebody else writes into it, and what they write.
HANDS = {
    METRICS: ("figures/changed_conversion", "trips_30d = 99"),
    PAYMENTS: ("figures/changed_payment", "amount = 99"),
    FINANCIAL: ("figures/changed_financial", "driver_name = 'Nobody'"),
    "ops.driver_days": ("work/changed_days", "raw_count = raw_count + 1"),
}


@pytest.mark.parametrize("table", HANDS)
def test_rows_that_another_session_writes_meanwhile_stop_the_refresh(
    connection: Session, second: Connection[Any], table: str
) -> None:
    six_trips(connection)
    refresh(connection)
    work(connection, "d1", 1, 40)
    step, change = HANDS[table]
    name = sql.Identifier(*table.split("."))
    query = sql.SQL("UPDATE {table} SET {change}").format(table=name, change=sql.SQL(change))
    connection.after(f"views/{step}", lambda: write(second, query))
    with pytest.raises(PassingError, match=f"{table}: [0-9] of [0-9] rows were written by another"):
        refresh(connection)
    assert connection.happening is None, f"{step} was not reached"
    job, status, message = ledger(connection)
    assert (job, status) == ("view_refresh", "FAILED")
    assert "Only refresh_views may write this table" in message
    refresh(connection, full=True)
    check(connection)


def test_a_row_that_a_trigger_swallows_stops_the_refresh(connection: Connection[Any]) -> None:
    six_trips(connection)
    before, published = versions(connection), figures(connection)
    work(connection, "d1", 0, 40)
    with (
        falsified(connection, METRICS, "RETURN NULL;"),
        pytest.raises(PassingError, match=f"{METRICS}: [0-9] of [0-9] rows"),
    ):
        refresh(connection)
    assert figures(connection) == published
    assert versions(connection) == before
    refresh(connection)
    check(connection)
