"""The tasks of the DAG that change the warehouse: loading, resolving, attributing, publishing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from leads.settings import settings
from leads.windows import UTC, Window, WindowError, resolve_window

if TYPE_CHECKING:
    from airflow.sdk import Context
    from psycopg import Connection

    from leads.errors import LeadsError
    from leads.params import Request
    from leads.runs import RunIdentity
    from leads.staging import Limits

#: Kinds of run that exist for their data interval; others may carry one that says nothing.
KINDS_WITH_INTERVAL = ("scheduled", "backfill")


class WarehouseOperator(BaseOperator):
    """A task that works in the warehouse.

    Args:
        conn_id: Airflow connection of the warehouse; opened in `execute`, never before.
    """

    def __init__(self, *, conn_id: str = "warehouse", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id

    @contextmanager
    def warehouse(self) -> Iterator[Connection[Any]]:
        """A session of the warehouse, closed at the end.

        Raises:
            AirflowFailException, AirflowException: the work failed, with a text that is free of
                personal data; the first kind when trying again cannot help.
        """
        # Imported here: DAG files are parsed often, and hooks are heavy.
        import psycopg
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        from leads.errors import LeadsError, explain

        failure: LeadsError | WindowError
        try:
            connection = PostgresHook(postgres_conn_id=self.conn_id).get_conn()
            # Each load plans for its own values, and runs once.
            connection.prepare_threshold = None
            with connection:
                yield connection
            return
        except (LeadsError, WindowError) as error:
            failure = error
        except psycopg.Error as error:
            failure = explain(error, f"connection {self.conn_id}")
        failure = _in_a_task(failure)
        may_pass = getattr(failure, "may_pass", False)
        told = (AirflowException if may_pass else AirflowFailException)(str(failure))
        try:
            raise told from failure
        finally:
            # The `with` block that failed is still being left, and Python noted what it failed
            # with: no chain may lead to the database's own text.
            told.__context__ = None

    def request(self, context: Context) -> Request:
        """The checked params of the run.

        Raises:
            AirflowFailException: they are refused; the text says which and why.
        """
        from leads.params import ParamsError, parse_request
        from leads.sources import registry

        try:
            return parse_request(context["dag_run"].conf, registry().sources)
        except ParamsError as error:
            raise AirflowFailException(f"Refused: {error}") from None


class LeadIngestOperator(WarehouseOperator):
    """Load the run's window of one source, with its row in `ops.ingestion_runs`.

    Its counts are in the ledger. A dry run leaves no row there: it returns its counts, and Airflow
    keeps them as the task's `return_value`.

    Args:
        source_table: entry of the source registry.
    """

    ui_color = "#d9ead3"

    def __init__(self, *, source_table: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source_table = source_table

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Resolve the window and load it."""
        from leads.ingestion import run_load
        from leads.sources import registry
        from leads.staging import Limits, Load

        request = self.request(context)
        if not request.asks_for(self.source_table):
            raise AirflowSkipException(f"{self.source_table} is not among the run's sources.")

        chosen = settings()
        dag_run = context["dag_run"]
        interval = data_interval(dag_run)

        def resolve(last_covered: Callable[[], datetime | None]) -> Window:
            has_own_interval = kind_of_run(dag_run) in KINDS_WITH_INTERVAL
            has_scope = has_own_interval or request.date_from or request.date_to
            return resolve_window(
                has_own_interval=has_own_interval,
                interval=interval,
                date_from=request.date_from,
                date_to=request.date_to,
                last_covered=None if has_scope else last_covered(),
                now=datetime.now(UTC),
                zone=chosen.zone,
            )

        load = Load(
            source=registry()[self.source_table],
            incremental=request.incremental,
            dry_run=request.dry_run,
            zone=chosen.zone,
            limits=Limits.of(chosen),
        )
        with self.warehouse() as connection:
            stats = run_load(connection, load, resolve, identity=_identity(context))
        self.log.info(
            "%s: window %s to %s, %d rows read, %d inserted, %d updated, %d unchanged, "
            "%d rejected, in %.2f s%s",
            *(self.source_table, stats["window_from"], stats["window_to"], stats["read"]),
            *(stats["inserted"], stats["updated"], stats["unchanged"], stats["rejected"]),
            *(stats["seconds"], " (dry run: rolled back)" if request.dry_run else ""),
        )
        return stats if request.dry_run else None


class JobOperator(WarehouseOperator):
    """A task after the loads that changes the warehouse, with its row in `ops.ingestion_runs`.

    It looks at what changed, whoever changed it: a failed source does not keep it from the others.
    A dry run of the DAG changes nothing before it, so here it reports what waits already.
    """

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Do the job; its counts are in the ledger, those of a dry run are returned."""
        from leads.staging import Limits

        request, limits = self.request(context), Limits.of(settings())
        with self.warehouse() as connection:
            stats = self.work(connection, limits, _identity(context), dry_run=request.dry_run)
        self.log.info("%s", ", ".join(f"{name} {count}" for name, count in stats.items()))
        return stats if request.dry_run else None

    @abstractmethod
    def work(
        self,
        connection: Connection[Any],
        limits: Limits,
        identity: RunIdentity,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Do it on an open session; returns flat counts."""


class ResolveIdentitiesOperator(JobOperator):
    """Link new and changed leads to people, or to nobody, with reasons."""

    ui_color = "#d0e0e3"

    def work(
        self,
        connection: Connection[Any],
        limits: Limits,
        identity: RunIdentity,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Resolve what changed."""
        from leads.identity.model import outgrown
        from leads.identity.resolution import run_resolution
        from leads.sources import registry

        stats = run_resolution(
            connection,
            registry(),
            home_park_id=settings().home_park_id,
            limits=limits,
            identity=identity,
            dry_run=dry_run,
        )
        if warning := outgrown(connection):
            self.log.warning("%s", warning)
        return stats


class AttributeLeadsOperator(JobOperator):
    """Say which scout or channel brought each person whose events changed."""

    ui_color = "#d9d2e9"

    def work(
        self,
        connection: Connection[Any],
        limits: Limits,
        identity: RunIdentity,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Attribute who changed."""
        from leads.attribution import run_attribution

        return run_attribution(connection, limits=limits, identity=identity, dry_run=dry_run)


class RefreshViewsOperator(JobOperator):
    """Bring the conversion, payment and financial views up to date, or leave them as they are."""

    ui_color = "#fce5cd"

    def work(
        self,
        connection: Connection[Any],
        limits: Limits,
        identity: RunIdentity,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Refresh the figures of who changed."""
        from leads.sources import registry
        from leads.views.refresh import run_refresh

        chosen = settings()
        return run_refresh(
            connection,
            registry(),
            home_park_id=chosen.home_park_id,
            zone=chosen.zone,
            limits=limits,
            identity=identity,
            dry_run=dry_run,
        )


class ValidateViewsOperator(JobOperator):
    """Check what the views claim, over some people and the whole where that is cheap."""

    ui_color = "#ead1dc"

    def work(
        self,
        connection: Connection[Any],
        limits: Limits,
        identity: RunIdentity,
        *,
        dry_run: bool,
    ) -> dict[str, Any]:
        """Run the checks."""
        from leads.views.validation import run_validation

        return run_validation(connection, limits=limits, identity=identity, dry_run=dry_run)


def kind_of_run(dag_run: Any) -> str:
    """`scheduled`, `backfill`, `manual` or `asset_triggered`."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type))


def data_interval(dag_run: Any) -> tuple[datetime, datetime] | None:
    """Start and end, aware; None for a run without one."""
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    return None if start is None or end is None else (start, end)


def _in_a_task(failure: LeadsError | WindowError) -> LeadsError | WindowError:
    """The same error, with what is left to do in Airflow once its cause is mended."""
    from leads.errors import MendableError

    if not isinstance(failure, MendableError):
        return failure
    then = "Airflow tries again; after the last try," if failure.may_pass else "Then"
    told = type(failure)(f"{failure} {then} clear this task.")
    return told.with_traceback(failure.__traceback__)


def _identity(context: Context) -> RunIdentity:
    """What ties the task's ledger row to Airflow."""
    from leads.runs import RunIdentity

    ti, interval = context["ti"], data_interval(context["dag_run"])
    return RunIdentity(
        dag_id=ti.dag_id,
        dag_run_id=ti.run_id,
        task_id=ti.task_id,
        try_number=ti.try_number,
        data_interval_start=interval[0] if interval else None,
        data_interval_end=interval[1] if interval else None,
    )
