"""Claims about the optional indexes on the raw tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import psycopg
import pytest

from leads.local import demo
from leads.settings import SQL

LEAD_TABLES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")


class Database(Protocol):
    """What the `database` fixture gives: an empty warehouse database."""

    conninfo: str


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        yield connection


def value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_raw_indexes_can_be_made_twice_and_without_the_tables(
    database: Database, connection: psycopg.Connection[Any]
) -> None:
    script = (SQL / "raw_indexes.sql").read_bytes()
    count = "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'leads\\_raw\\_%'"
    connection.execute(script)
    assert value(connection, count) == 0
    connection.execute((SQL / "demo" / "raw_tables.sql").read_bytes())
    connection.execute("DROP TABLE public.module_ct_scouting_daily")
    connection.execute(script)
    connection.execute(script)
    assert value(connection, count) == 12


@pytest.mark.parametrize("source", LEAD_TABLES)
def test_raw_indexes_serve_the_ingestion_reads(
    source: str, database: Database, connection: psycopg.Connection[Any]
) -> None:
    demo.load(
        database.conninfo,
        now=datetime(2026, 11, 22, 20, 30, tzinfo=timezone.utc),
        days=30,
        scale=1.0,
        seed=7,
        time_zone=ZoneInfo("America/Lima"),
        home_park_id="lima-home-park",
    )
    connection.execute((SQL / "raw_indexes.sql").read_bytes())
    shaped = (SQL / "ingest" / f"{source}.sql").read_text()
    # Small tables are read whole whatever the index; this asks whether an index could serve.
    connection.execute("SET enable_seqscan = off")
    for column in ("event_at", "landed_at"):
        plan = connection.execute(
            f"EXPLAIN SELECT * FROM ({shaped}) AS source WHERE source.{column}"  # noqa: S608 - ours
            " >= timestamp '2026-11-21 12:00' AND"
            f" source.{column} < timestamp '2026-11-21 18:00'"
        ).fetchall()
        assert any("leads_raw_" in line for (line,) in plan), plan
