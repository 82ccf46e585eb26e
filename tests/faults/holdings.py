"""What a warehouse holds, for comparing one with another or with itself at another time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import Connection

from faults.worker import LIMA
from leads import runs
from leads.completeness import check_all
from leads.sources import load_registry

_CHANGES = ("inserted", "updated", "newly_rejected", "released", "vanished")
_COUNTS = ("read", "unchanged", "rejected", *_CHANGES)


def holdings(connection: Connection[Any]) -> list[Any]:
    """All events and rejects, open and resolved, without numbers, times and runs."""
    with connection.transaction():
        return connection.execute(
            "SELECT 'event', source_table, source_pk, raw_pk, event_date::text, scout_id, "
            "payload_json::text, raw_hash::text, vanished_at IS NULL AS is_open "
            "FROM observational.lead_events "
            "UNION ALL "
            "SELECT 'reject', source_table, source_pk, raw_pk, slot_on::text, NULL, "
            "raw::text, reason_code, resolved_at IS NULL FROM ops.ingestion_rejects "
            "ORDER BY 1, 2, 4, 9, 8, 7, 3"
        ).fetchall()


def assert_same(mine: list[Any], twin: list[Any]) -> None:
    """Fail with a few of the rows that one has and the other has not, or has twice."""
    if mine != twin:
        only_mine, only_twin = set(mine) - set(twin), set(twin) - set(mine)
        raise AssertionError(
            f"{len(mine)} rows, and {len(twin)} in the twin. Only here ({len(only_mine)}): "
            f"{sorted(only_mine, key=str)[:4]}. Only in the twin ({len(only_twin)}): "
            f"{sorted(only_twin, key=str)[:4]}."
        )


def versions(connection: Connection[Any]) -> list[Any]:
    """The version of every row that a load writes, ledger included."""
    with connection.transaction():
        return connection.execute(
            "SELECT 'event', id::text, ctid::text, xmin::text FROM observational.lead_events "
            "UNION ALL SELECT 'reject', id::text, ctid::text, xmin::text "
            "FROM ops.ingestion_rejects "
            "UNION ALL SELECT 'state', source_table, ctid::text, xmin::text FROM ops.source_state "
            "UNION ALL SELECT 'coverage', source_table || covered_on, ctid::text, xmin::text "
            "FROM ops.source_coverage "
            "UNION ALL SELECT 'run', id::text, ctid::text, xmin::text FROM ops.ingestion_runs "
            "ORDER BY 1, 2"
        ).fetchall()


def changes_by_run(connection: Connection[Any]) -> list[Any]:
    """Source and counts of the completed runs that changed something, in their order."""
    with connection.transaction():
        rows = connection.execute(
            "SELECT source_table, stats FROM ops.ingestion_runs "
            "WHERE status = 'COMPLETED' ORDER BY id"
        ).fetchall()
    return [
        (source_table, {name: stats[name] for name in _COUNTS})
        for source_table, stats in rows
        if any(stats[name] for name in _CHANGES)
    ]


def runs_of(connection: Connection[Any], dag_run_id: str) -> list[Any]:
    """Status and message of a task's tries, in their order."""
    with connection.transaction():
        return connection.execute(
            "SELECT status, coalesce(error_message, '') FROM ops.ingestion_runs "
            "WHERE dag_run_id = %s ORDER BY try_number",
            (dag_run_id,),
        ).fetchall()


def check_health(connection: Connection[Any], now: datetime) -> None:
    """What must hold after any run: the end of the DAG run closes what is left, all adds up."""
    with connection.transaction():
        runs.reap(connection)
    with connection.transaction():
        off = connection.execute(
            "SELECT id, status, error_message FROM ops.ingestion_runs WHERE NOT CASE status "
            "WHEN 'COMPLETED' THEN error_message IS NULL AND (stats ->> 'read')::int "
            "= (stats ->> 'inserted')::int + (stats ->> 'updated')::int "
            "+ (stats ->> 'unchanged')::int + (stats ->> 'rejected')::int "
            "WHEN 'FAILED' THEN error_message > '' AND completed_at IS NOT NULL AND stats IS NULL "
            "ELSE false END"
        ).fetchall()
    assert off == [], "left RUNNING, failed without a reason, or completed out of balance"
    findings = check_all(connection, load_registry(), LIMA, now=now)
    assert [one for one in findings if one.kind.is_error] == []
