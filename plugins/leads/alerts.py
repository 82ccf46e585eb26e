"""What a failed task tells people, and what it does when the warehouse cannot be told.

Failures become incidents in the warehouse, which know what people were told already; their mails
wait in its outbox. So no task sends a mail of its own, but for the last one of a run, when the
warehouse is what is down.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leads.errors import LeadsError, UnhealthyData, UpstreamFailed
from leads.failure import describe, safe_error
from leads.settings import Settings, settings
from leads.windows import UTC

if TYPE_CHECKING:
    from airflow.sdk import Context
    from psycopg import Connection

    from leads.health.failed_task import Failure
    from leads.health.letters import Mail
    from leads.health.mails import Delivered

# DAG files import this module and are parsed often: what is heavy is imported on failure only.

log = logging.getLogger(__name__)

WAREHOUSE_CONNECTION = "warehouse"
#: The task that speaks when the warehouse cannot: the last of every run.
LAST_TASK = "health_check"
#: It fails when a worker is stopped, say; that matters only once nobody has looked for long.
MONITOR_DAG = "lead_health"
#: Airflow's variable that holds since when people know that the warehouse is down.
OUTAGE_VARIABLE = "leads_warehouse_down_since"

# Airflow kills a task process that lives on 20 s after its end (`core.task_success_overtime`) and
# then may set the failed task up for retry: nothing here may get that far.
ALL_SECONDS = 14.0
CONNECT_SECONDS = 4
#: What a task spends on a mail server that does not answer: once, and then not for minutes.
SEND_SECONDS = 5.0


def mail_failure(context: Context) -> None:
    """Tell people that a task failed, unless they know; the task's `on_failure_callback`.

    Airflow calls it once, after the last try: in the task's process, or in the DAG processor
    when that process is gone. Whatever goes wrong here ends as one line in the log.

    Args:
        context: Airflow's context; only `dag` or `ti` has to be there.
    """
    try:
        _mail_failure(context)
    except Exception as error:  # noqa: BLE001 - the task has failed; its mail must not add to that
        log.error("Failure mail not sent: %s. The task's state is not affected.", _harmless(error))


def tell_that_warehouse_is_back(
    connection: Connection[Any], chosen: Settings, *, at: datetime
) -> bool:
    """Note the end of an outage that people were told of, with its mail.

    Args:
        connection: session of the warehouse, which therefore is back.
        chosen: the settings.
        at: now, aware.

    Returns:
        Whether there was one.
    """
    from airflow.sdk import Variable

    from leads.health.incidents import record_outage

    since = _outage_since()
    if since is None:
        return False
    record_outage(connection, chosen, since=since, at=at)
    # Last: told twice of the same outage, the warehouse keeps one.
    Variable.delete(OUTAGE_VARIABLE)
    return True


def open_warehouse(*, connect_seconds: int) -> Connection[Any]:
    """A session of the warehouse, or soon an error: Airflow's hook would wait for minutes.

    Raises:
        WarehouseConnectionError: there is no such connection, or it cannot be read.
        psycopg.OperationalError: it cannot be reached.
    """
    import psycopg
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    from leads.warehouse import WarehouseConnectionError, conninfo_from_airflow

    uri = ""
    with suppress(AirflowNotFoundException):
        uri = BaseHook.get_connection(WAREHOUSE_CONNECTION).get_uri()
    if not uri:
        raise WarehouseConnectionError(f"Airflow has no connection {WAREHOUSE_CONNECTION}.")
    return psycopg.connect(
        conninfo_from_airflow(uri), connect_timeout=connect_seconds, prepare_threshold=None
    )


def _mail_failure(context: Mapping[str, Any]) -> None:
    import psycopg

    from leads.health.incidents import is_unwatched, last_watch, record_failure, watch
    from leads.health.mails import deliver
    from leads.warehouse import WarehouseConnectionError

    chosen, at, began = settings(), datetime.now(UTC), time.monotonic()
    error = safe_error(context.get("exception"))
    if isinstance(error, UpstreamFailed):
        log.info("No failure mail: the tasks that failed upstream have told people.")
        return
    failure = describe(context, chosen.zone)
    trouble: Exception | None = None
    try:
        with open_warehouse(connect_seconds=CONNECT_SECONDS) as connection:
            if failure.dag_id == MONITOR_DAG and not is_unwatched(last_watch(connection)[0], at):
                log.info("No failure mail: the next look at health comes soon.")
                return
            if isinstance(error, UnhealthyData):
                watch(connection, chosen, at=at, by=failure.task_id)
            else:
                record_failure(connection, failure, chosen, at=at)
            left = ALL_SECONDS - (time.monotonic() - began)
            delivered = deliver(connection, chosen, seconds=max(1.0, min(SEND_SECONDS, left)))
    except (psycopg.Error, WarehouseConnectionError) as found:
        trouble = found
    # Outside of the except block, so that no chain leads to the database's own text.
    if trouble is not None:
        _tell_without_warehouse(failure, trouble, chosen, at)
    else:
        _log_delivery(delivered, chosen)


def _log_delivery(delivered: Delivered, chosen: Settings) -> None:
    if not chosen.alert_recipients:
        log.info("No failure mail: setting alert_to (LEADS_ALERT_TO) names no one.")
    elif delivered.waiting_count:
        log.warning(
            "Failure mail not sent: %s. %d mails wait in ops.mails and go out when the server "
            "takes them. The task's state is not affected.",
            delivered.trouble or "it was refused",
            delivered.waiting_count,
        )
    else:
        log.info("%d mails sent; an incident that people know of gets none.", delivered.sent_count)


def _tell_without_warehouse(
    failure: Failure, error: Exception, chosen: Settings, at: datetime
) -> None:
    """Tell people of a failure that could not be recorded.

    One mail for all tasks that an outage of the warehouse stops, and none for the next run: the
    last task sends it, and a variable of Airflow's holds that it did.
    """
    from airflow.sdk import Variable
    from psycopg import errors

    if not chosen.alert_recipients:
        log.info("No failure mail: setting alert_to (LEADS_ALERT_TO) names no one.")
        return
    if isinstance(error, errors.LockNotAvailable | errors.QueryCanceled):
        # It is there, and only busy: no other task will tell of this one.
        _send(_mail_past_warehouse(failure, error, chosen, at), chosen)
        return
    if failure.task_id != LAST_TASK:
        log.warning("Not recorded: %s The task %s tells people.", _told(error), LAST_TASK)
        return
    if _outage_since() is not None:
        log.info("No failure mail: people know that the warehouse is down.")
        return
    _send(_mail_past_warehouse(failure, error, chosen, at), chosen)
    try:
        Variable.set(OUTAGE_VARIABLE, at.isoformat())
    except Exception as problem:  # noqa: BLE001 - then the next run tells again: better than nobody
        log.warning("Airflow's variable %s not set: %s", OUTAGE_VARIABLE, type(problem).__name__)


def _mail_past_warehouse(
    failure: Failure, error: Exception, chosen: Settings, at: datetime
) -> Mail:
    """The mail of a failure that no incident stands behind."""
    from leads.health import letters
    from leads.health.judging import WAREHOUSE, Incident, task_key

    state = getattr(error, "sqlstate", None)
    is_down = state is None or state.startswith(("08", "57"))
    incident = Incident(
        incident_id=0,
        cause_key=WAREHOUSE if is_down else task_key(failure.task_id),
        verdict="WAREHOUSE_UNREACHABLE" if is_down else "TASK_FAILED",
        opened_at=at,
        since_at=at,
        seen_at=at,
        seen_count=1,
        well_since_at=None,
        closed_at=None,
        facts={
            "task_id": failure.task_id,
            "dag_run_id": failure.run_id,
            "error": _told(error),
            "log_url": failure.log_url or None,
        },
    )
    # An outage is no one task's.
    return letters.opening(incident, chosen, at, None if is_down else failure)


def _told(error: Exception) -> str:
    """An error of the warehouse, safe to show."""
    import psycopg

    from leads.errors import explain

    if isinstance(error, psycopg.Error):
        return str(explain(error, f"connection {WAREHOUSE_CONNECTION}"))
    return str(error)


def _outage_since() -> datetime | None:
    """Since when people know that the warehouse is down; None when they do not know."""
    from airflow.sdk import Variable

    try:
        text = Variable.get(OUTAGE_VARIABLE, default=None)
        return datetime.fromisoformat(text) if text else None
    except Exception as problem:  # noqa: BLE001 - then people are told, perhaps again
        log.warning("Airflow's variable %s not read: %s", OUTAGE_VARIABLE, type(problem).__name__)
        return None


def _send(mail: Mail, chosen: Settings) -> None:
    """Send one mail past the outbox."""
    from leads.health.letters import message_id
    from leads.health.postbox import compose, mail_server, open_postbox

    message = compose(
        sender=chosen.alert_from,
        recipients=chosen.alert_recipients,
        subject=mail.subject,
        text=mail.body_text,
        html=mail.body_html,
        message_id=message_id(chosen),
    )
    with open_postbox(mail_server(), seconds=SEND_SECONDS) as postbox:
        postbox.send(message)
    log.info("Failure mail sent to %d recipients.", len(chosen.alert_recipients))


def _harmless(error: Exception) -> str:
    """An error, with nothing of the mail in it."""
    from leads.health.postbox import kind_of

    return str(error) if isinstance(error, LeadsError) else kind_of(error)
