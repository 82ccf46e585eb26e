"""Why runs failed, in the words of the ledger."""

from __future__ import annotations

import psycopg

from leads.cli import ledger
from leads.local.api import AirflowApi


def describe(api: AirflowApi, conninfo: str, run_ids: list[str]) -> list[str]:
    """One line for each failed task of some runs.

    Args:
        api: knows which tasks failed.
        conninfo: the warehouse, whose ledger knows why.
        run_ids: dag run ids, in the order to report.
    """
    with psycopg.connect(conninfo) as connection:
        loads = ledger.failed_loads(connection, run_ids)
    reasons = {(load.dag_run_id, load.source_table): load.error_message for load in reversed(loads)}
    lines = []
    for run_id in run_ids:
        for task in api.tasks(run_id):
            if task["state"] != "failed":
                continue
            task_id = task["task_id"]
            reason = reasons.get((run_id, task_id.removeprefix("ingest.")))
            lines.append(f"{run_id}  {task_id}: {reason or 'see its log in the Airflow UI'}")
    return lines
