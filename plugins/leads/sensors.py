"""The DAG's last task: does everything add up, and are the critical sources well?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowFailException

from leads.operators import (
    KINDS_WITH_INTERVAL,
    WarehouseOperator,
    data_interval,
    kind_of_run,
)
from leads.settings import settings
from leads.windows import UTC

if TYPE_CHECKING:
    from airflow.sdk import Context
    from psycopg import Connection

    from leads.params import Request


class HealthSensor(WarehouseOperator, BaseSensorOperator):
    """Wait, without a worker's slot, until no critical source is RED; fail with the verdicts.

    Before that it closes ledger rows whose worker died, fails when a task of the same run failed
    (so the run ends failed although everything else landed), and proves that for every day this run
    touched raw rows = events + open rejects. A run over days gone by is done then: how fresh the
    data is now says nothing of it.

    What it finds is in its log and in the incidents; nothing is left as XCom.

    Args:
        poll_seconds: between two looks at the critical sources.
    """

    ui_color = "#fff2cc"

    def __init__(self, *, poll_seconds: float = 15.0, **kwargs: Any) -> None:
        super().__init__(do_xcom_push=False, mode="reschedule", **kwargs)
        self.poll_seconds = poll_seconds

    def execute(self, context: Context) -> dict[str, int]:
        """Check the run, then the sources; returns how many rows are gone, and runs were dead.

        Raises:
            AirflowFailException: something is missing, or an earlier task failed.
            TaskDeferred: a critical source is RED; the triggerer looks again.
        """
        from leads.health.catalogue import sync_catalogue
        from leads.health.incidents import record_success, watch
        from leads.health.mails import deliver
        from leads.health.status import critical_reds
        from leads.sources import registry

        chosen, now = settings(), datetime.now(UTC)
        states = self._states_upstream(context)
        with self.warehouse() as connection:
            counts = self._check_run(connection, context, states)
            request = self.request(context)
            if request.dry_run:
                return counts
            is_past = is_historical(context["dag_run"], request, now)
            done = [task_id for task_id, state in states.items() if state == "success"]
            record_success(connection, [*done, self.task_id], chosen, at=now)
            if not is_past:
                with connection.transaction():
                    sync_catalogue(connection, registry(), chosen)
                watch(connection, chosen, at=now, by=self.task_id)
            deliver(connection, chosen, seconds=chosen.mail_seconds)
            if is_past:
                self.log.info("Days gone by: how fresh the sources are now is not asked.")
                return counts
            reds = critical_reds(connection, at=now)
            connection.rollback()
        if reds:
            from leads.health.triggers import HealthTrigger

            self.log.warning("Not well yet: %s", "; ".join(red.told for red in reds))
            self.defer(
                trigger=HealthTrigger(
                    conn_id=self.conn_id,
                    poll_seconds=self.poll_seconds,
                    wait_seconds=chosen.health_wait_seconds,
                ),
                method_name="execute_complete",
                # The trigger ends by itself; this is for a triggerer that hangs.
                timeout=timedelta(seconds=chosen.health_wait_seconds + 300),
            )
        return counts

    def execute_complete(self, context: Context, event: dict[str, Any]) -> None:
        """What the triggerer found.

        Raises:
            AirflowFailException: critical sources are still RED; the text has the verdicts.
        """
        from leads.errors import LeadsError, UnhealthyData

        if event["status"] == "well":
            return
        failure: LeadsError
        if event["status"] == "unwell":
            failure = UnhealthyData(
                "Data is not well, and this run cannot change that. " + " ".join(event["told"])
            )
        else:
            failure = LeadsError(str(event["told"]))
        raise AirflowFailException(str(failure)) from failure

    def _check_run(
        self, connection: Connection[Any], context: Context, states: Mapping[str, str]
    ) -> dict[str, int]:
        """The ledger is tidy, no task of the run failed, and its days add up."""
        from leads import runs
        from leads.completeness import check_source, summarise, touched_days
        from leads.errors import LeadsError, UpstreamFailed
        from leads.sources import registry

        with connection.transaction():
            dead = runs.reap(connection)
        if dead:
            self.log.warning("Closed the ledger rows of dead runs: %s", dead)
        if failed := sorted(t for t, state in states.items() if state in _FAILED):
            raise UpstreamFailed(
                f"This run failed in {', '.join(failed)}; see there. Everything else landed."
            )
        findings = []
        for source_table, day_from, day_to in touched_days(connection, context["ti"].run_id):
            if source_table in registry().sources:
                findings += check_source(
                    connection,
                    registry()[source_table],
                    settings().zone,
                    now=datetime.now(UTC),
                    day_from=day_from,
                    day_to=day_to,
                )
        if errors := [finding for finding in findings if finding.kind.is_error]:
            raise LeadsError(
                f"Raw rows, events and open rejects do not add up: {summarise(errors)}. Load "
                "the days again with ./leads run --from DAY --to DAY; ./leads status --check "
                "lists every key."
            )
        if findings:
            self.log.warning("Raw rows that are gone; their events stay: %s", summarise(findings))
        return {"vanished": len(findings), "closed_runs": len(dead)}

    def _states_upstream(self, context: Context) -> dict[str, str]:
        """State by id of the upstream tasks of this run."""
        ti = context["ti"]
        states = ti.get_task_states(
            dag_id=ti.dag_id, task_ids=sorted(self.upstream_task_ids), run_ids=[ti.run_id]
        )
        return dict(states.get(ti.run_id, {}))


_FAILED = ("failed", "upstream_failed")


def is_historical(dag_run: Any, request: Request, now: datetime) -> bool:
    """Whether a run is over days gone by, so that today's freshness is not its business.

    Args:
        dag_run: Airflow's.
        request: its params.
        now: the clock, aware.

    Returns:
        True for chosen dates before today, and for a data interval that is not the latest one that
        has ended.
    """
    if request.date_to is not None:
        today: date = now.astimezone(settings().zone).date()
        return request.date_to < today
    interval = data_interval(dag_run)
    if interval is None or kind_of_run(dag_run) not in KINDS_WITH_INTERVAL:
        return False  # without a scope it runs up to now
    start, end = interval
    return end + (end - start) <= now
