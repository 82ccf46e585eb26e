"""What people decided about identities, as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from leads.statements import statement


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of `canon.identity_decisions`.

    Attributes:
        number: its number, for `./leads identity undo`.
        decision: same or different (two accounts), confirm or ignore (a lead).
        driver_a: first account of same or different; the account of a confirmed lead.
        driver_b: second account of same or different.
        source_table: source of the lead.
        source_pk: key of the lead.
        decided_by: who.
        reason: why, in their words, which may hold personal data; None in an earlier system's.
        decided_at: when, aware.
        undone_at: when it was withdrawn, aware; None while it holds.
        undone_by: who withdrew it.
        undone_reason: why it was withdrawn, in their words.
        applied_run_id: ledger row of the run that first reckoned with it; None until then.
    """

    number: int
    decision: str
    driver_a: str | None
    driver_b: str | None
    source_table: str | None
    source_pk: str | None
    decided_by: str
    reason: str | None
    decided_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    undone_reason: str | None
    applied_run_id: int | None


def read_decisions(
    connection: Connection[Any],
    *,
    numbers: Sequence[int] | None = None,
    with_undone: bool = True,
    limit: int | None = None,
) -> list[Decision]:
    """The decisions, newest first.

    Args:
        connection: any session.
        numbers: only these; None for all.
        with_undone: whether those that were withdrawn are wanted, too.
        limit: how many at most; None for all.
    """
    with connection.cursor(row_factory=class_row(Decision)) as cursor:
        return cursor.execute(
            statement("identity/decisions/read_decisions"),
            {
                "numbers": None if numbers is None else list(numbers),
                "with_undone": with_undone,
                "limit": limit,
            },
        ).fetchall()
