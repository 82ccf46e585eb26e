"""A job that changes the warehouse: its work in one transaction, with its row in the run ledger."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import Connection

from leads import runs
from leads.errors import LeadsError, explain
from leads.staging import Limits
from leads.statements import statement


def run_job(
    connection: Connection[Any],
    work: Callable[[int | None], dict[str, Any]],
    *,
    job_type: str,
    subject: str,
    limits: Limits,
    identity: runs.RunIdentity | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Do the work in one transaction that also closes the job's ledger row.

    Args:
        connection: idle session, not in autocommit; used for nothing else until the job ended.
        work: given the number of the ledger row (None in a dry run), inside the transaction;
            returns flat counts.
        job_type: one of the ledger's job types.
        subject: what the job reads or writes, to name in errors.
        limits: how long to wait for its turn, and how long the server waits for a frozen worker.
        identity: the Airflow task instance, for the ledger.
        dry_run: do everything, roll it back and leave no row in the ledger.

    Returns:
        The counts, with `seconds` and `dry_run`.

    Raises:
        LeadsError: the work failed, was rolled back, and its ledger row is FAILED.
    """
    started = time.monotonic()
    role = connection.info.user
    run_id = None
    if not dry_run:
        run_id = runs.open_run(
            connection,
            job_type=job_type,
            identity=identity or runs.RunIdentity(),
            source_table=None,
            scope=None,
            window=None,
            incremental=True,
        )
    try:
        with connection.transaction(force_rollback=dry_run):
            connection.execute(
                statement("load/set_limits"),
                {
                    "lock_timeout": f"{int(limits.queue_seconds * 1000)}ms",
                    "idle_timeout": f"{int(limits.idle_seconds * 1000)}ms",
                },
            )
            stats = work(run_id) | {
                "dry_run": dry_run,
                "seconds": round(time.monotonic() - started, 3),
            }
            if run_id is not None:
                runs.complete_run(connection, run_id, stats)
        return stats
    except LeadsError as error:
        failure = error
    except psycopg.Error as error:
        failure = explain(error, subject, role)
    # Raised outside of the except blocks, so that no chain leads to the database's own text.
    if run_id is not None:
        _record_failure(connection, run_id, str(failure))
    raise failure


def _record_failure(connection: Connection[Any], run_id: int, message: str) -> None:
    """Close the ledger row; a lost session cannot, and then the next run does it."""
    if connection.closed or connection.broken:
        return
    try:
        runs.fail_run(connection, run_id, message)
    except psycopg.OperationalError:
        connection.close()
