"""A job that changes the warehouse: its work in one transaction, with its row in the run ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel

from leads import runs
from leads.errors import LeadsError, PassingError, explain
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
        work: given the number of the ledger row (None in a dry run), inside the transaction, which
            is READ COMMITTED; it takes its turn first, and returns flat counts.
        job_type: one of the ledger's job types.
        subject: what the job reads or writes, to name in errors.
        limits: how long to wait for its turn and for locks, and how long the server waits for a
            frozen worker.
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
    # What others did is to be seen once it is our turn, though the transaction began before.
    with isolated(connection, IsolationLevel.READ_COMMITTED):
        try:
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
            with connection.transaction(force_rollback=dry_run):
                set_limits(connection, limits, lock_seconds=limits.queue_seconds)
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
            failure = explain(error, subject, role, lock_seconds=limits.lock_seconds)
        # Raised outside of the except blocks, so that no chain leads to the database's own text.
        if run_id is not None:
            record_failure(connection, run_id, str(failure))
        raise failure


@contextmanager
def isolated(connection: Connection[Any], level: IsolationLevel) -> Iterator[None]:
    """Begin transactions at this level for as long as the block lasts, then as before.

    Args:
        connection: idle session.
        level: of the transactions that begin in the block.
    """
    before = connection.isolation_level
    connection.isolation_level = level
    try:
        yield
    finally:
        if not connection.closed:
            connection.isolation_level = before


def set_limits(connection: Connection[Any], limits: Limits, *, lock_seconds: float) -> None:
    """Set how long this transaction waits, and what its plans are made for.

    Args:
        connection: in a transaction.
        limits: how long the server lets a frozen worker hold it.
        lock_seconds: how long it waits for each lock from now on.
    """
    connection.execute(
        statement("load/set_limits"),
        {
            "lock_timeout": f"{int(lock_seconds * 1000)}ms",
            "idle_timeout": f"{int(limits.idle_seconds * 1000)}ms",
        },
    )


def take_turn(
    connection: Connection[Any],
    queues: Sequence[str],
    binds: Mapping[str, Any],
    limits: Limits,
    *,
    busy: str,
) -> None:
    """Wait until others are done, and hold them off until the end of the transaction.

    The wait for a turn may be long, that for a lock on a table afterwards may not: it holds up
    whoever waits for us.

    Args:
        connection: in a transaction whose lock timeout is that of the queue.
        queues: statements of `include/sql` that wait, in their order, without the suffix.
        binds: of all of them.
        limits: how long to wait.
        busy: what the error says was at work; it ends before "after 30 s".

    Raises:
        PassingError: the turn did not come in time.
    """
    try:
        for queue in queues:
            connection.execute(statement(queue), binds)
        has_turn = True
    except psycopg.errors.LockNotAvailable:
        has_turn = False
    if not has_turn:  # not raised above: no chain leads to the database's own text
        raise still_busy(busy, limits)
    set_limits(connection, limits, lock_seconds=limits.lock_seconds)


def still_busy(busy: str, limits: Limits) -> PassingError:
    """The error of a turn that did not come in time."""
    return PassingError(
        f"{busy} after {limits.queue_seconds:g} s. See ./leads status for what runs, and try again."
    )


def record_failure(connection: Connection[Any], run_id: int, message: str) -> None:
    """Close the ledger row; a lost session cannot, and then the next run does it.

    Args:
        connection: a session without an open transaction, if it is still one.
        run_id: number of the row.
        message: why and how to mend it, free of personal data.
    """
    if connection.closed or connection.broken:
        return
    try:
        runs.fail_run(connection, run_id, message)
    except psycopg.OperationalError:
        connection.close()
