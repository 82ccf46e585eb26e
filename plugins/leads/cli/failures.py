"""Why runs failed, in the words of the ledger."""

from __future__ import annotations

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
        failed = sorted(task["task_id"] for task in api.tasks(run_id) if task["state"] == "failed")
        known = [task_id for task_id in failed if (run_id, _source(task_id)) in reasons]
        # A task that the ledger does not know mostly failed because of one that it does.
        for task_id in known or failed:
            reason = reasons.get((run_id, _source(task_id))) or UNKNOWN
            runs_by_failure.setdefault((task_id, reason), []).append(run_id)
    return [
        f"{_runs(run_ids)}, {task_id}: {reason}"
        for (task_id, reason), run_ids in runs_by_failure.items()
    ]


def _source(task_id: str) -> str:
    return task_id.removeprefix("ingest.")


def _runs(run_ids: list[str]) -> str:
    if len(run_ids) == 1:
        return run_ids[0]
    return f"{len(run_ids)} runs from {run_ids[0]} to {run_ids[-1]}"
