"""What waits for a person's word."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from leads.statements import statement


def review_counts(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Rows of `canon.review_counts`: per reason, how many wait and for how long."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement("identity/decisions/review_counts")).fetchall()


def review_queue(connection: Connection[Any], limit: int) -> list[dict[str, Any]]:
    """Rows of `canon.review_queue`, oldest first, at most `limit`."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement("identity/decisions/review_queue"), {"limit": limit})
        return rows.fetchall()
