"""What Airflow says of itself, written where the health views can read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from leads.statements import statement


@dataclass(frozen=True, slots=True)
class AirflowState:
    """Of the pipeline's DAG; None is unknown.

    Attributes:
        is_paused: whether the DAG is.
        is_scheduler_alive: whether runs are made and begun at all.
        running_count: runs at work.
        queued_count: runs that wait for their turn.
        next_run_at: when the next scheduled run is due, aware.
    """

    is_paused: bool | None
    is_scheduler_alive: bool | None
    running_count: int | None
    queued_count: int | None
    next_run_at: datetime | None


def note_airflow(connection: Connection[Any], state: AirflowState, *, at: datetime) -> None:
    """Keep what Airflow says, in a transaction of its own.

    Args:
        connection: idle session of the warehouse.
        state: what it says.
        at: when it said so, aware.
    """
    with connection.transaction():
        connection.execute(statement("health/note_airflow"), {**asdict(state), "at": at})
