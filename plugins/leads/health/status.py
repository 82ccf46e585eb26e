"""Which critical sources are not well, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from leads.statements import statement


@dataclass(frozen=True, slots=True)
class Red:
    """One critical source that is RED.

    Attributes:
        source_name: the watched table.
        health_status: which rule made it so.
        diagnosis: whose fault it is.
        told: all of it and what to do, in the language of the settings; no personal data.
    """

    source_name: str
    health_status: str
    diagnosis: str
    told: str


def critical_reds(connection: Connection[Any], *, at: datetime) -> list[Red]:
    """The critical sources that are RED at a moment.

    Args:
        connection: a session of the warehouse.
        at: the moment, aware.
    """
    rows = connection.execute(statement("health/critical_reds"), {"at": at}).fetchall()
    return told_reds(rows)


def told_reds(rows: Iterable[Sequence[Any]]) -> list[Red]:
    """The rows of `health/critical_reds`, in words."""
    return [
        Red(name, status, diagnosis, f"{name} {status}, {diagnosis}: {sentence} {action}")
        for name, status, diagnosis, sentence, action in rows
    ]
