"""Airflow's side of looking after health: the monitor's task, and the deadline of a run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from leads.settings import settings
from leads.windows import UTC

if TYPE_CHECKING:
    from airflow.sdk import Context

    from leads.health.airflow_state import AirflowState

#: How long the monitor tries to reach the warehouse.
CONNECT_SECONDS = 10
#: States of a run that has ended. Airflow keeps the deadline of one that failed in time.
_ENDED = ("success", "failed")


class HealthWatchOperator(BaseOperator):
    """Look at all sources, open and close incidents, and send the mails that wait.

    It fails only when it cannot look: what it sees is told by incidents, not by its state. Nothing
    is left as XCom.
    """

    ui_color = "#fff2cc"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(do_xcom_push=False, **kwargs)

    def execute(self, context: Context) -> None:
        """Look once.

        Raises:
            AirflowFailException: the warehouse cannot be reached or asked.
        """
        import psycopg
        from airflow.sdk.exceptions import AirflowFailException

        from leads.errors import LeadsError, explain
        from leads.warehouse import WarehouseConnectionError

        failure: LeadsError | WarehouseConnectionError
        try:
            self._look(context)
            return
        except psycopg.Error as error:
            failure = explain(error, "connection warehouse")
        except (LeadsError, WarehouseConnectionError) as error:
            failure = error
        # Outside of the except blocks, so that no chain leads to the database's own text.
        raise AirflowFailException(str(failure)) from failure

    def _look(self, context: Context) -> None:
        from leads.alerts import open_warehouse, tell_that_warehouse_is_back
        from leads.health.airflow_state import note_airflow
        from leads.health.catalogue import sync_catalogue
        from leads.health.incidents import record_success, watch
        from leads.health.mails import deliver
        from leads.sources import registry

        chosen, at, own_name = settings(), datetime.now(UTC), f"{self.dag_id}.{self.task_id}"
        with open_warehouse(connect_seconds=CONNECT_SECONDS) as connection:
            with connection.transaction():
                sync_catalogue(connection, registry(), chosen)
            if state := self._ask_airflow(context):
                note_airflow(connection, state, at=at)
            found = watch(connection, chosen, at=at, by=own_name)
            record_success(connection, [own_name], chosen, at=at)
            tell_that_warehouse_is_back(connection, chosen, at=at)
            delivered = deliver(connection, chosen, seconds=chosen.mail_seconds, is_monitor=True)
        reds = [row.source_name for row in found.rows if row.level == "RED"]
        self.log.info(
            "%d tables, RED: %s; incidents: %d new, %d over, %d open; mails: %d sent, %d wait%s",
            *(len(found.rows), ", ".join(reds) or "none", len(found.opened), len(found.closed)),
            *(len(found.still_open), delivered.sent_count, delivered.waiting_count),
            f" ({delivered.trouble})" if delivered.trouble else "",
        )

    def _ask_airflow(self, context: Context) -> AirflowState | None:
        """What the API server says of the pipeline's DAG; None when it does not."""
        from airflow.sdk.execution_time import task_runner
        from airflow.sdk.execution_time.comms import GetDag

        from leads.health.airflow_state import AirflowState
        from leads.health.catalogue import SCHEDULE_HOURS
        from leads.health.letters import PIPELINE_DAG

        count = context["ti"].get_dr_count
        try:
            dag = task_runner.SUPERVISOR_COMMS.send(GetDag(dag_id=PIPELINE_DAG))
            begins = dag.next_dagrun
            return AirflowState(
                is_paused=dag.is_paused,
                is_scheduler_alive=True,  # this task was begun just now
                running_count=count(dag_id=PIPELINE_DAG, states=["running"]),
                queued_count=count(dag_id=PIPELINE_DAG, states=["queued"]),
                next_run_at=begins + timedelta(hours=SCHEDULE_HOURS) if begins else None,
            )
        except Exception as error:  # noqa: BLE001 - the verdicts get along without it
            self.log.warning("Airflow does not tell how the DAG is: %s", type(error).__name__)
            return None


async def deadline_missed(context: Mapping[str, Any]) -> None:
    """Open an incident for a run that is not done in time; Airflow calls it in the triggerer.

    The mail goes out with the monitor's next look: nothing here may hold up the other triggers.

    Args:
        context: `dag_run` and `deadline` as the REST API shows them, nothing else.
    """
    import logging

    import psycopg

    from leads.errors import explain

    log = logging.getLogger(__name__)
    dag_run = context["dag_run"]
    run_id = str(dag_run.get("dag_run_id") or dag_run.get("run_id"))
    if dag_run.get("state") in _ENDED:
        log.info("The run %s has ended; its own failure tells people.", run_id)
        return
    told = context["deadline"]["deadline_time"]
    deadline = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    try:
        uri = await _warehouse_uri()
        await asyncio.to_thread(_record_deadline, uri, run_id, deadline)
    except psycopg.Error as error:
        log.warning("The deadline of %s is not recorded: %s", run_id, explain(error, "warehouse"))


async def _warehouse_uri() -> str:
    from airflow.sdk import BaseHook

    from leads.alerts import WAREHOUSE_CONNECTION

    # The sync way would hold up every other trigger of this process.
    found = await BaseHook.aget_connection(WAREHOUSE_CONNECTION)
    return str(found.get_uri())


def _record_deadline(uri: str, run_id: str, deadline: datetime) -> None:
    import psycopg

    from leads.health.incidents import record_deadline
    from leads.warehouse import conninfo_from_airflow

    conninfo = conninfo_from_airflow(uri)
    with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS) as connection:
        record_deadline(
            connection,
            settings(),
            at=datetime.now(UTC),
            dag_run_id=run_id,
            deadline=deadline if deadline.tzinfo else deadline.replace(tzinfo=UTC),
        )
