"""Validate the views after a refresh: some people each time, and the whole where that is cheap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from leads import runs
from leads.jobs import run_job
from leads.staging import Limits
from leads.views.checks import Check, ChecksFailed, Result, keep_results, run_checks
from leads.windows import UTC

DEFAULT_LIMITS = Limits()

_JOB = "view_validation"


def run_validation(
    connection: Connection[Any],
    *,
    limits: Limits = DEFAULT_LIMITS,
    extent: str = "sample",
    identity: runs.RunIdentity | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    dry_run: bool = False,
) -> dict[str, Any]:
    """Run all checks, keep what they find, and fail when one of severity `error` does not hold.

    Args:
        connection: idle session, not in autocommit; used for nothing else until the run ended.
        limits: how long to wait.
        extent: `sample` for some people and days, others each time; `everything` for all.
        identity: the Airflow task instance, for the ledger.
        clock: the time of checking, aware.
        dry_run: check, and keep nothing.

    Returns:
        Flat counts: checks, warnings, `violations_<check>` of checks that do not hold, seconds.

    Raises:
        ChecksFailed: published figures are not as they claim to be.
        LeadsError: the checks could not run.
    """
    opened: list[int | None] = []

    def work(run_id: int | None) -> dict[str, Any]:
        opened.append(run_id)
        results = run_checks(connection, extent)
        if any(result.is_failed for result in results):
            raise ChecksFailed(
                results,
                consequence="Readers see these figures. Once the cause is mended, "
                "./leads refresh --full reckons them anew.",
            )
        keep_results(connection, results, run_id, clock())
        failed = [result for result in results if not result.is_passed]
        return {
            "checks": len(results),
            "warnings": len(failed),
            **{f"violations_{result.check.name}": result.count for result in failed},
        }

    try:
        return run_job(
            connection,
            work,
            job_type=_JOB,
            subject=_JOB,
            limits=limits,
            identity=identity,
            dry_run=dry_run,
        )
    except ChecksFailed as failure:
        if not dry_run:
            with connection.transaction():
                keep_results(connection, failure.results, opened[0], clock())
        raise


def check_now(
    connection: Connection[Any], chosen: Sequence[Check] | None, *, extent: str
) -> list[Result]:
    """Run checks for a person who asks, and keep nothing.

    Args:
        connection: idle session, not in autocommit.
        chosen: these only; None for all.
        extent: `sample` or `everything`.

    Returns:
        What each found.
    """
    with connection.transaction(force_rollback=True):
        return run_checks(connection, extent, chosen)
