"""One failed task as mails and incidents see it; `leads.failure` collects it from Airflow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from leads.windows import Window


class Cause(str, Enum):
    """What the mail can say about the error."""

    TEXT = "text"  # the message itself: it is known to hold no personal data
    CLASS = "class"  # only the exception's class: the message may quote a row
    TIMEOUT = "timeout"  # the task ran longer than it may
    LOST = "lost"  # no exception: the worker process was killed or its machine was lost


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed task, as the templates see it.

    Args:
        source_table: raw table that the task loads; None for a task that loads none.
        run_type: Airflow's kind of run, such as `backfill`; None when unknown.
        window: None when the run has neither dates nor a data interval of its own.
        days: first and last local date that cover the window, inclusive; None without one.
        try_number: the try that failed, from 1; None when unknown.
        tries: how many tries there are; None when unknown.
        error_class: class name of the exception; empty with `Cause.LOST`.
        error_text: message of the exception; empty unless `Cause.TEXT`.
        log_url: page of the task's log; empty when unknown.
        clear_command: repeats the failed tasks of the run.
        run_command: loads the same days again, in a run of its own.
    """

    dag_id: str
    task_id: str
    source_table: str | None
    run_id: str
    run_type: str | None
    window: Window | None
    days: tuple[date, date] | None
    zone: ZoneInfo
    try_number: int | None
    tries: int | None
    cause: Cause
    error_class: str
    error_text: str
    log_url: str
    clear_command: str
    run_command: str

    def local(self, instant: datetime) -> str:
        """An instant as people here read it."""
        return f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M}"
