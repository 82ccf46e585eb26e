"""A task, run as Airflow runs it but without a scheduler: real contexts of every kind of run."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

START = datetime(2026, 11, 20, 5, tzinfo=timezone.utc)  # midnight in Lima
KINDS_WITH_INTERVAL = ("scheduled", "backfill")


class ApiServer:
    """Answers what a task asks Airflow's API server: the states of the run's tasks."""

    def __init__(self, run_id: str, states: Mapping[str, str]) -> None:
        self.answer = {run_id: dict(states)}

    def send(self, message: Any) -> Any:
        from airflow.sdk.execution_time.comms import TaskStatesResult

        return TaskStatesResult(task_states=self.answer)


def execute(
    task: Any,
    *,
    kind: str = "scheduled",
    start: datetime = START,
    hours: float = 6,
    conf: dict[str, Any] | None = None,
    run_id: str | None = None,
    try_number: int = 1,
    states: Mapping[str, str] | None = None,
) -> Any:
    """Execute a task in a DAG run.

    Args:
        task: task of a DAG.
        kind: `scheduled`, `backfill`, `manual` or `asset_triggered`; the first two have a data
            interval.
        start: start of the data interval, aware.
        hours: length of the data interval.
        conf: params of the run.
        run_id: name of the DAG run; None makes one.
        try_number: try of the task, from 1.
        states: states of the run's other tasks, by task id.
    """
    from airflow.sdk.api.datamodels._generated import DagRun, DagRunState, DagRunType, TIRunContext
    from airflow.sdk.execution_time import task_runner

    run_id = run_id or f"{kind}__{uuid.uuid4()}"
    has_interval = kind in KINDS_WITH_INTERVAL
    run = DagRun(
        dag_id=task.dag.dag_id,
        run_id=run_id,
        logical_date=start if has_interval else None,
        data_interval_start=start if has_interval else None,
        data_interval_end=start + timedelta(hours=hours) if has_interval else None,
        run_after=start + timedelta(hours=hours),
        start_date=start,
        end_date=None,
        run_type=DagRunType(kind),
        state=DagRunState.RUNNING,
        conf=conf,
        consumed_asset_events=[],
        partition_key=None,
    )
    instance = task_runner.RuntimeTaskInstance.model_construct(
        id=uuid.uuid4(),
        task_id=task.task_id,
        dag_id=task.dag.dag_id,
        run_id=run_id,
        try_number=try_number,
        map_index=-1,
        start_date=start,
        end_date=None,
        max_tries=2,
        task=task,
        _ti_context_from_server=TIRunContext(dag_run=run, max_tries=2),
    )
    context = instance.get_template_context()
    # The variable that the task process sets to its line to the supervisor.
    missing = object()
    before = getattr(task_runner, "SUPERVISOR_COMMS", missing)
    task_runner.SUPERVISOR_COMMS = ApiServer(run_id, states or {})
    try:
        return task.execute(context)
    finally:
        if before is missing:
            del task_runner.SUPERVISOR_COMMS
        else:
            task_runner.SUPERVISOR_COMMS = before
