"""Load one window of one source: raw rows become events or rejects, in one transaction.

The order of a load, each step one or a few statements of `include/sql/load/`:

1. *queue*: one load per source at a time; a snapshot that is stale by then is taken again;
2. *stage*: the raw rows of the window, and those that came late or may have changed;
3. *rivals*: whatever shares a lead key with a changed row is judged with it;
4. *write*: events, rejects, and marks of vanished rows, only where something changed;
5. *cover*: the window counts as covered, and the touched days are counted from the raw table;
6. *close*: the ledger row, in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel

from leads import runs
from leads.errors import LeadsError, PassingError, explain
from leads.jobs import isolated, record_failure, set_limits, still_busy
from leads.staging import Load, SourceState, load_staged
from leads.statements import statement
from leads.windows import UTC, Window


def last_covered(connection: Connection[Any], source_table: str) -> datetime | None:
    """End of the latest covered window of a source, aware; None when nothing is covered."""
    with connection.transaction():
        row = connection.execute(
            statement("ledger/last_covered"), {"source_table": source_table}
        ).fetchone()
    return row[0] if row else None


def run_load(
    connection: Connection[Any],
    load: Load,
    resolve: Callable[[Callable[[], datetime | None]], Window],
    *,
    identity: runs.RunIdentity | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """Load a window, with its row in the run ledger.

    Args:
        connection: idle session, not in autocommit; used for nothing else until the load ended.
        load: what to load.
        resolve: gives the window; it may ask for the end of what is covered already.
        identity: the Airflow task instance, for the ledger.
        clock: the time of reading, aware.

    Returns:
        Flat counts: read = inserted + updated + unchanged + rejected, and newly_rejected,
        released, vanished; the window, the seconds it took, and whether it was a dry run.

    Raises:
        WindowError: there is no window to load; nothing was opened.
        LeadsError: the load failed, its transaction is rolled back and its ledger row FAILED.
    """
    started = time.monotonic()
    role = connection.info.user
    window = resolve(lambda: last_covered(connection, load.source.source_table))
    run_id = None
    if not load.dry_run:
        run_id = runs.open_run(
            connection,
            job_type="lead_ingestion",
            identity=identity or runs.RunIdentity(),
            source_table=load.source.source_table,
            scope=window.dates(load.zone),
            window=(window.start, window.end),
            incremental=load.incremental,
        )
    try:
        return _in_one_transaction(connection, load, window, run_id, clock, started)
    except LeadsError as error:
        failure = error
    except psycopg.Error as error:
        failure = explain(
            error, load.source.qualified_name, role, lock_seconds=load.limits.lock_seconds
        )
    # Raised outside of the except blocks, so that no chain leads to the database's own text.
    if run_id is not None:
        record_failure(connection, run_id, str(failure))
    raise failure


def _in_one_transaction(
    connection: Connection[Any],
    load: Load,
    window: Window,
    run_id: int | None,
    clock: Callable[[], datetime],
    started: float,
) -> dict[str, Any]:
    """Queue, load, and close the ledger row; taken anew while the snapshot is stale."""
    with isolated(connection, IsolationLevel.REPEATABLE_READ):
        while True:
            try:
                with connection.transaction(force_rollback=load.dry_run):
                    state = _take_turn(connection, load)
                    stats = load_staged(connection, load, window, run_id, clock(), state)
                    stats |= {
                        "window_from": window.start.isoformat(),
                        "window_to": window.end.isoformat(),
                        "dry_run": load.dry_run,
                        "seconds": round(time.monotonic() - started, 3),
                    }
                    if run_id is not None:
                        runs.complete_run(connection, run_id, stats)
                return stats
            except _StaleSnapshotError:
                if time.monotonic() - started > load.limits.queue_seconds:
                    raise _still_queued(load) from None


class _StaleSnapshotError(Exception):
    """Another load of the source ended between our snapshot and our turn."""


def _take_turn(connection: Connection[Any], load: Load) -> SourceState:
    """Wait for other loads of the source, then make sure that the snapshot sees what they did.

    The snapshot is taken when the wait begins. Every load ends by writing the source's state row,
    so locking that row fails when it was written since: PostgreSQL's own check for it.
    """
    source = {"source_table": load.source.source_table}
    set_limits(connection, load.limits, lock_seconds=load.limits.queue_seconds)
    try:
        connection.execute(statement("load/queue"), source)
        connection.execute(statement("load/open_state"), source)
        row = connection.execute(statement("load/read_state"), source).fetchone()
    except psycopg.errors.SerializationFailure:
        raise _StaleSnapshotError from None
    except psycopg.errors.LockNotAvailable:
        raise _still_queued(load) from None
    set_limits(connection, load.limits, lock_seconds=load.limits.lock_seconds)
    high_water, snapshot, covered = row if row else (None, None, None)
    return SourceState(int(high_water) if high_water is not None else None, snapshot, covered)


def _still_queued(load: Load) -> PassingError:
    what = f"{load.source.qualified_name}: another load of this source was still at work"
    return still_busy(what, load.limits)
