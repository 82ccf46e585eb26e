"""Rows are written where they were read, and somebody else's hand in them is noticed."""

from __future__ import annotations

from leads.errors import PassingError


def expect_written(table: str, changed: int, written: int) -> None:
    """Check that every row that was to be written was met.

    A row that another session wrote since we read it lies elsewhere by now.

    Args:
        table: with its schema.
        changed: rows that were to be inserted, updated or deleted.
        written: rows that were.

    Raises:
        PassingError: some were not met; nothing of the refresh may stay.
    """
    if changed != written:
        raise PassingError(
            f"{table}: {changed - written:,} of {changed:,} rows were written by another session "
            "while the refresh was at work. Nothing was published; the next try reads them anew. "
            "Only refresh_views may write this table: find who else does."
        )
