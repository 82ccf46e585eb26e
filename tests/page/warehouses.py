"""What the warehouses of these tests hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql

LIMA = ZoneInfo("America/Lima")
CABINET = "module_ct_cabinet_leads"
MIGRATIONS = "module_ct_migrations"
SCOUTING = "module_ct_scouting_daily"
SOURCES = (CABINET, SCOUTING, MIGRATIONS)
RUN = "manual__2026-11-20T10:00:00+00:00"


def today() -> date:
    return datetime.now(LIMA).date()


def put(connection: Connection[Any], schema: str, table: str, **row: Any) -> None:
    """Insert a row."""
    connection.execute(
        sql.SQL("INSERT INTO {}.{} ({}) VALUES ({})").format(
            sql.Identifier(schema),
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def cover(
    connection: Connection[Any], source: str, day: date, *, hours: float = 24, verified: bool = True
) -> None:
    """Have a run cover a day, or only its first hours."""
    starts = datetime.combine(day, datetime.min.time(), LIMA)
    ends = starts + timedelta(days=1)
    connection.execute(
        """
        INSERT INTO ops.source_coverage (
            source_table, covered_on, covered, verified_at, raw_count, event_count, reject_count
        )
        VALUES (%s, %s, tstzmultirange(tstzrange(%s, %s)), %s, 40, 40, 0)
        """,
        (
            source,
            day,
            starts,
            starts + timedelta(hours=hours),
            ends + timedelta(hours=1) if verified else starts + timedelta(hours=1),
        ),
    )


def ledger(connection: Connection[Any], **row: Any) -> None:
    """Write a row of the ledger."""
    now = datetime.now(timezone.utc)
    stats = '{"read": 7, "inserted": 3, "updated": 0, "unchanged": 4, "rejected": 0}'
    given = {
        "job_type": "lead_ingestion",
        "status": "COMPLETED",
        "started_at": now - timedelta(seconds=4),
        "completed_at": now,
        "source_table": CABINET,
        "stats": stats,
        "scope_date_from": today() - timedelta(days=1),
        "scope_date_to": today(),
        "dag_id": "identity_ingestion",
        "dag_run_id": RUN,
        "task_id": f"ingest.{CABINET}",
        "try_number": 1,
    }
    put(connection, "ops", "ingestion_runs", **{**given, **row})
