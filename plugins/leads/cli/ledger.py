"""What the command line reads from the warehouse: totals per source, runs, failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from leads.sources import Registry, Source

Connection = psycopg.Connection[Any]

EVENTS_OF_SOURCE = b"""
    SELECT count(*), max(event_date) FROM observational.lead_events WHERE source_table = %s"""
OPEN_REJECTS_OF_SOURCE = b"""
    SELECT count(*) FROM ops.ingestion_rejects WHERE source_table = %s AND resolved_at IS NULL"""
LOADS_OF_SOURCE = b"""
    SELECT count(*), coalesce(sum(extract(epoch FROM completed_at - started_at)), 0)::float8
    FROM ops.ingestion_runs
    WHERE source_table = %s AND job_type = 'lead_ingestion' AND status = 'COMPLETED'"""
STATS_OF_RUN = b"""
    SELECT DISTINCT ON (task_id) task_id, stats
    FROM ops.ingestion_runs
    WHERE dag_run_id = %s AND stats IS NOT NULL
    ORDER BY task_id, id DESC"""
LAST_LOADS = b"""
    SELECT id, started_at, status, job_type, source_table, window_from, window_to, stats,
        error_message, dag_run_id
    FROM ops.ingestion_runs
    WHERE %(dag_run_ids)s::text[] IS NULL
        OR (status = 'FAILED' AND dag_run_id = ANY(%(dag_run_ids)s::text[]))
    ORDER BY started_at DESC, id DESC
    LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True)
class Totals:
    """One source in numbers.

    Attributes:
        raw: rows of the raw table; None when it cannot be read.
        last_event_on: local date of the newest event; None without events.
        seconds: time that completed loads took together.
    """

    source_table: str
    raw: int | None
    events: int
    rejects: int
    last_event_on: date | None
    runs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """One row of `ops.ingestion_runs`."""

    id: int
    started_at: datetime
    status: str
    job_type: str
    source_table: str | None
    window_from: datetime | None
    window_to: datetime | None
    stats: dict[str, Any] | None
    error_message: str | None
    dag_run_id: str | None


def totals(connection: Connection, registry: Registry) -> list[Totals]:
    """Count every source, in the registry's order."""
    return [_total(connection, source) for source in registry.sources.values()]


def _total(connection: Connection, source: Source) -> Totals:
    name = source.source_table
    rows: list[tuple[Any, ...]] = [
        connection.execute(query, (name,)).fetchone() or ()
        for query in (EVENTS_OF_SOURCE, OPEN_REJECTS_OF_SOURCE, LOADS_OF_SOURCE)
    ]
    # An aggregate without GROUP BY always returns one row.
    (events, last_event_on), (rejects,), (runs, seconds) = rows
    return Totals(name, _raw(connection, source), events, rejects, last_event_on, runs, seconds)


def _raw(connection: Connection, source: Source) -> int | None:
    query = sql.SQL("SELECT count(*) FROM {}").format(
        sql.Identifier(source.schema_name, source.source_table)
    )
    try:
        with connection.transaction():
            row = connection.execute(query).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
    return int(row[0]) if row else None


def last_loads(connection: Connection, limit: int) -> list[Load]:
    """The newest rows of the ledger, newest first."""
    return _loads(connection, None, limit)


def failed_loads(connection: Connection, dag_run_ids: list[str]) -> list[Load]:
    """The failed rows of some DAG runs, newest first."""
    return _loads(connection, dag_run_ids, 1000)


def stats_of_run(connection: Connection, dag_run_id: str) -> dict[str, dict[str, Any]]:
    """What the completed tasks of a DAG run counted, by task id."""
    return dict(connection.execute(STATS_OF_RUN, (dag_run_id,)).fetchall())


def rows_loaded(connection: Connection, since: datetime) -> int:
    """Events that were inserted by the loads that began after a moment."""
    row = connection.execute(
        "SELECT coalesce(sum((stats ->> 'inserted')::bigint), 0)::bigint FROM ops.ingestion_runs"
        " WHERE started_at >= %s AND status = 'COMPLETED' AND job_type = 'lead_ingestion'",
        (since,),
    ).fetchone()
    return int(row[0]) if row else 0


def _loads(connection: Connection, dag_run_ids: list[str] | None, limit: int) -> list[Load]:
    with connection.cursor(row_factory=class_row(Load)) as cursor:
        cursor.execute(LAST_LOADS, {"dag_run_ids": dag_run_ids, "limit": limit})
        return cursor.fetchall()
