"""The run ledger, `ops.ingestion_runs`: open a row, close it, and close those of dead runs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection, errors
from psycopg.types.json import Jsonb

from leads.errors import LeadsError
from leads.statements import statement


class SupersededError(LeadsError):
    """The run's ledger row was closed by somebody else: a later try took over."""


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What ties a ledger row to Airflow; every field may be None outside of it.

    Attributes:
        dag_id: DAG.
        dag_run_id: DAG run.
        task_id: task, with its group.
        try_number: try of the task, from 1.
        data_interval_start: start of the DAG run's data interval, aware.
        data_interval_end: end of it, aware.
    """

    dag_id: str | None = None
    dag_run_id: str | None = None
    task_id: str | None = None
    try_number: int | None = None
    data_interval_start: datetime | None = None
    data_interval_end: datetime | None = None


def open_run(
    connection: Connection[Any],
    *,
    job_type: str,
    identity: RunIdentity,
    source_table: str | None,
    scope: tuple[date, date] | None,
    window: tuple[datetime, datetime] | None,
    incremental: bool,
) -> int:
    """Open a ledger row in a transaction of its own, and close those of dead runs.

    Args:
        connection: idle session of the worker; it must stay open for the whole run, because a
            run whose session is gone counts as dead.
        job_type: one of the ledger's job types.
        identity: the Airflow task instance.
        source_table: raw table of a lead_ingestion, else None.
        scope: first and last local date of the window, inclusive.
        window: the window `[start, end)`, aware.
        incremental: whether late and corrected rows are taken too.

    Returns:
        The number of the new row.
    """
    with connection.transaction():
        reap(connection, superseded_by=identity)
        row = connection.execute(
            statement("ledger/open_run"),
            {
                "job_type": job_type,
                "source_table": source_table,
                "scope_date_from": scope[0] if scope else None,
                "scope_date_to": scope[1] if scope else None,
                "window_from": window[0] if window else None,
                "window_to": window[1] if window else None,
                "incremental": incremental,
                "dag_id": identity.dag_id,
                "dag_run_id": identity.dag_run_id,
                "task_id": identity.task_id,
                "try_number": identity.try_number,
                "data_interval_start": identity.data_interval_start,
                "data_interval_end": identity.data_interval_end,
                "worker": f"{platform.node()}:{os.getpid()}",
            },
        ).fetchone()
    if row is None:  # an INSERT … RETURNING of one row returns one row
        raise LeadsError("ops.ingestion_runs: the new row was not returned.")
    return int(row[0])


def reap(connection: Connection[Any], superseded_by: RunIdentity | None = None) -> list[int]:
    """Close RUNNING rows whose session is gone, and earlier tries of the same task.

    Args:
        connection: a session of the same database; runs in its current transaction.
        superseded_by: the task instance that is about to run.

    Returns:
        Numbers of the rows that were closed as FAILED.
    """
    by = superseded_by or RunIdentity()
    rows = connection.execute(
        statement("ledger/reap_runs"),
        {
            "dag_id": by.dag_id,
            "dag_run_id": by.dag_run_id,
            "task_id": by.task_id,
            "try_number": by.try_number,
        },
    ).fetchall()
    return [int(row[0]) for row in rows]


def complete_run(connection: Connection[Any], run_id: int, stats: Mapping[str, Any]) -> None:
    """Close a row as COMPLETED, in the transaction of the work itself.

    Raises:
        SupersededError: the row is no longer RUNNING, so this worker is not the one that counts;
            the caller must roll back.
    """
    try:
        closed = connection.execute(
            statement("ledger/complete_run"), {"run_id": run_id, "stats": Jsonb(dict(stats))}
        )
        is_superseded = closed.rowcount != 1
    except errors.SerializationFailure:  # closed by somebody else since our snapshot was taken
        is_superseded = True
    if is_superseded:
        raise SupersededError(
            f"Ledger run {run_id} was closed while this worker was away: a later try took over. "
            "This one changed nothing."
        )


def fail_run(connection: Connection[Any], run_id: int, message: str) -> None:
    """Close a row as FAILED, in a transaction of its own; a row closed already stays as it is.

    Args:
        connection: idle session.
        run_id: number of the row.
        message: why and how to mend it, free of personal data.
    """
    with connection.transaction():
        connection.execute(statement("ledger/fail_run"), {"run_id": run_id, "message": message})
