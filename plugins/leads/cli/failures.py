"""Why runs failed, in the words of the ledger or of the task's log."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from leads.cli import ledger
from leads.local.api import AirflowApi

UNKNOWN = "see its log in the Airflow UI"


def describe(api: AirflowApi, conninfo: str, run_ids: list[str]) -> list[str]:
    """One line for each task and reason, however many runs share it.

    Args:
        api: knows which tasks failed.
        conninfo: the warehouse, whose ledger knows why.
        run_ids: dag run ids, in the order to report.
    """
    with psycopg.connect(conninfo) as connection:
        loads = ledger.failed_loads(connection, run_ids)
    # Newest first: of several tries, the last one's words count.
    reasons = {(load.dag_run_id, load.source_table): load.error_message for load in reversed(loads)}
    runs_by_failure: dict[tuple[str, str], list[str]] = {}
    for run_id in run_ids:
        tries = {t["task_id"]: t["try_number"] for t in api.tasks(run_id) if t["state"] == "failed"}
        # Any other task mostly failed because of a load that did.
        for task_id in sorted(_loads(tries) or tries):
            # A run that was refused, or has no window, never got as far as the ledger.
            reason = (
                reasons.get((run_id, _source(task_id)))
                or api.failure(run_id, task_id, tries[task_id])
                or UNKNOWN
            )
            runs_by_failure.setdefault((task_id, reason), []).append(run_id)
    return [
        f"{_runs(run_ids)}, {task_id}: {reason}"
        for (task_id, reason), run_ids in runs_by_failure.items()
    ]


def _loads(task_ids: Iterable[str]) -> list[str]:
    return [task_id for task_id in task_ids if _source(task_id) != task_id]


def _source(task_id: str) -> str:
    return task_id.removeprefix("ingest.")


def _runs(run_ids: list[str]) -> str:
    if len(run_ids) == 1:
        return run_ids[0]
    return f"{len(run_ids)} runs from {run_ids[0]} to {run_ids[-1]}"
