"""What people asked for on the page, refused or not: `ops.page_actions`; and what Airflow said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from leads.health.airflow_state import AirflowState
from leads.health.airflow_state import note_airflow as note
from leads.page.airflow_facts import AirflowFacts
from leads.page.reading import WarehouseDownError, session
from leads.statements import statement

LOAD_DAYS = "load_days"


class UnauditedError(RuntimeError):
    """The attempt could not be written down, so nothing is done."""


def open_action(conninfo: str, user: str, request: dict[str, Any], outcome: str) -> int:
    """Write an attempt down, in a transaction of its own.

    Returns:
        Its number.

    Raises:
        UnauditedError: it cannot be written.
    """
    binds = {
        "decided_by": user[:200],
        "action": LOAD_DAYS,
        "request": Jsonb(request),
        "outcome": outcome,
    }
    try:
        with session(conninfo, read_only=False) as connection:
            row = connection.execute(statement("page/open_action"), binds).fetchone()
    except (psycopg.Error, WarehouseDownError):
        raise UnauditedError from None
    if row is None:
        raise UnauditedError
    return int(row["id"])


def close_action(conninfo: str, number: int, outcome: str, dag_run_id: str | None = None) -> None:
    """Write down what came of an attempt.

    Raises:
        UnauditedError: it cannot be written; the attempt itself stays written.
    """
    binds = {"number": number, "outcome": outcome[:200], "dag_run_id": dag_run_id}
    try:
        with session(conninfo, read_only=False) as connection:
            connection.execute(statement("page/close_action"), binds)
    except (psycopg.Error, WarehouseDownError):
        raise UnauditedError from None


def note_airflow(conninfo: str, facts: AirflowFacts, now: datetime) -> None:
    """Let the views know what Airflow said; a warehouse that cannot keep it is no error here."""
    if facts.is_paused is None and facts.is_scheduler_alive is None:
        return
    state = AirflowState(
        is_paused=facts.is_paused,
        is_scheduler_alive=facts.is_scheduler_alive,
        running_count=facts.running_count,
        queued_count=facts.queued_count,
        next_run_at=facts.next_run_at,
    )
    try:
        with session(conninfo, read_only=False) as connection:
            note(connection, state, at=now)
    except (psycopg.Error, WarehouseDownError):
        return
