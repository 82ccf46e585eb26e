"""A raw table that lacks something is named, and readers keep the last figures."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection, sql

from leads.errors import LeadsError
from leads.views import raw_reads
from views.grown_table import PAYMENTS, WORK, grow, settle, trips
from views.outcome import refresh
from views.reading import check
from views.world import rows, work, write


@pytest.fixture(autouse=True)
def grown(connection: Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of some blocks that was read; every table counts as large."""
    monkeypatch.setattr(raw_reads, "SMALL_BLOCKS", 0)
    grow(connection)


@pytest.mark.parametrize("table", [WORK, PAYMENTS])
def test_a_missing_table_is_named_and_the_figures_stay(
    connection: Connection[Any], table: str
) -> None:
    name = sql.Identifier(*table.split("."))
    write(connection, sql.SQL("ALTER TABLE {} RENAME TO elsewhere").format(name))
    try:
        with pytest.raises(LeadsError, match=f"{table}: the table is missing"):
            refresh(connection)
    finally:
        renamed = sql.SQL("ALTER TABLE public.elsewhere RENAME TO {}")
        write(connection, renamed.format(sql.Identifier(table.split(".")[1])))
    assert trips(connection) == 3
    assert rows(connection, "SELECT status FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1") == [
        ("FAILED",)
    ]
    refresh(connection)
    check(connection)


@pytest.mark.parametrize(
    ("table", "column"), [(WORK, "count_orders_completed"), (PAYMENTS, "trip_25")]
)
def test_a_missing_column_is_named_and_so_is_its_table(
    connection: Connection[Any], table: str, column: str
) -> None:
    names = sql.Identifier(*table.split(".")), sql.Identifier(column)
    write(connection, "UPDATE summary_daily SET sum_work_time_seconds = 1")
    write(connection, sql.SQL("ALTER TABLE {} RENAME COLUMN {} TO other").format(*names))
    settle(connection)
    try:
        with pytest.raises(LeadsError, match=column) as caught:
            refresh(connection)
    finally:
        write(connection, sql.SQL("ALTER TABLE {} RENAME COLUMN other TO {}").format(*names))
    assert table.split(".")[1] in str(caught.value)
    assert "ingest/" not in str(caught.value), "that file is about loads"
    refresh(connection)
    check(connection)


@pytest.mark.parametrize("table", [WORK, PAYMENTS])
def test_a_missing_right_is_named_with_the_grant_that_mends_it(
    connection: Connection[Any], owner: Connection[Any], table: str
) -> None:
    name = sql.Identifier(*table.split("."))
    write(owner, sql.SQL("ALTER TABLE {} OWNER TO postgres").format(name))
    try:
        work(owner, "d1", 0, 9)
        settle(owner)
        with pytest.raises(LeadsError, match=f"GRANT SELECT ON {table} TO warehouse"):
            refresh(connection)
    finally:
        write(owner, sql.SQL("ALTER TABLE {} OWNER TO warehouse").format(name))
    refresh(connection)
    check(connection)
