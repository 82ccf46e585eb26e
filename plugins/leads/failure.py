"""One failed task, collected from whatever Airflow still knows of it, free of personal data."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from leads.errors import LeadsError
from leads.health.failed_task import Cause, Failure
from leads.windows import UTC, Window, WindowError, resolve_window

ERROR_CHARACTERS = 2000

#: Errors whose text holds names, dates and advice, and never a value of a row.
SAFE_ERRORS = (LeadsError, WindowError)

INGEST_PREFIX = "ingest."


def describe(context: Mapping[str, Any], zone: ZoneInfo) -> Failure:
    """Collect what the mail tells.

    Args:
        context: Airflow's context of any kind of run, complete or reduced.
        zone: zone of the times in the mail.

    Returns:
        The failure; what the context lacks is None or empty.
    """
    dag, ti, dag_run = (context.get(name) for name in ("dag", "ti", "dag_run"))
    dag_id = str(getattr(ti, "dag_id", None) or getattr(dag, "dag_id", None) or "n/a")
    run_id = str(getattr(ti, "run_id", None) or context.get("run_id") or "n/a")
    task_id = str(getattr(ti, "task_id", None) or "n/a")
    source_table = task_id.removeprefix(INGEST_PREFIX) if INGEST_PREFIX in task_id else None
    run_type = getattr(dag_run, "run_type", None)
    # Not `params`: in the DAG processor they keep the values of the callback before (Airflow 3.3).
    chosen = getattr(dag_run, "conf", None) or {}
    window = _window(chosen, dag_run, zone)
    days = window.dates(zone) if window else None
    try_number, max_tries = (
        getattr(ti, "try_number", None) or 0,
        getattr(ti, "max_tries", None) or 0,
    )
    cause, error_class, error_text = _cause(context.get("exception"))
    return Failure(
        dag_id=dag_id,
        task_id=task_id,
        source_table=source_table,
        run_id=run_id,
        run_type=str(getattr(run_type, "value", run_type)) if run_type else None,
        window=window,
        days=days,
        zone=zone,
        try_number=try_number or None,
        tries=max_tries + 1 if 0 < try_number <= max_tries + 1 else None,
        cause=cause,
        error_class=error_class,
        error_text=error_text,
        log_url=_log_url(ti),
        clear_command=(
            f"airflow dags clear {shlex.quote(dag_id)} --run-id {shlex.quote(run_id)}"
            " --only-failed --yes"
        ),
        run_command=_run_command(days, source_table, is_dry=chosen.get("dry_run") is True),
    )


def safe_error(error: BaseException | None) -> LeadsError | WindowError | None:
    """The error whose text may be shown: the given one, or what Airflow's exceptions wrap.

    Args:
        error: what ended the task; None when nothing is known.

    Returns:
        The first of `SAFE_ERRORS`; None when a foreign exception, which may quote a row, is nearer.
    """
    from airflow.sdk.exceptions import AirflowException

    while error is not None:
        if isinstance(error, SAFE_ERRORS):
            return error
        if not isinstance(error, AirflowException):
            return None
        error = error.__cause__ or error.__context__
    return None


def _cause(error: BaseException | None) -> tuple[Cause, str, str]:
    """What may be said of an exception: (cause, class name, text).

    An `AirflowFailException` with nothing behind it is our own words as well; one that was raised
    while another error was handled may repeat that one's.
    """
    from airflow.sdk.exceptions import (
        AirflowFailException,
        AirflowSensorTimeout,
        AirflowTaskTimeout,
        TaskDeferralTimeout,
    )

    if error is None:
        return Cause.LOST, "", ""
    name = type(error).__name__
    if isinstance(error, AirflowTaskTimeout | AirflowSensorTimeout | TaskDeferralTimeout):
        return Cause.TIMEOUT, name, ""
    safe = safe_error(error)
    if safe is not None:
        return Cause.TEXT, type(safe).__name__, str(safe)[:ERROR_CHARACTERS]
    is_alone = error.__cause__ is None and error.__context__ is None
    if isinstance(error, AirflowFailException) and is_alone and str(error):
        return Cause.TEXT, name, str(error)[:ERROR_CHARACTERS]
    return Cause.CLASS, name, ""


def _window(chosen: Mapping[str, Any], dag_run: object, zone: ZoneInfo) -> Window | None:
    """What the run was to load; None when that cannot be told from the run alone."""
    start, end = (getattr(dag_run, f"data_interval_{edge}", None) for edge in ("start", "end"))
    with suppress(WindowError, TypeError, ValueError):
        return resolve_window(
            has_own_interval=getattr(dag_run, "run_type", None) in ("scheduled", "backfill"),
            interval=(start, end) if start and end else None,
            date_from=_date(chosen.get("date_from")),
            date_to=_date(chosen.get("date_to")),
            last_covered=None,  # known to the warehouse only, and that may be what is down
            now=datetime.now(UTC),
            zone=zone,
        )
    return None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _run_command(days: tuple[date, date] | None, source_table: str | None, *, is_dry: bool) -> str:
    words = ["./leads", "run"]
    if days is not None:
        words += ["--from", str(days[0]), "--to", str(days[1])]
    if source_table is not None:
        words += ["--source", source_table]
    return shlex.join([*words, "--dry-run"] if is_dry else words)


def _log_url(ti: object) -> str:
    # A property that computes, and a reduced task instance lacks what it needs.
    with suppress(AttributeError, TypeError):
        return str(getattr(ti, "log_url", ""))
    return ""
