"""Driver-days: `public.summary_daily` becomes `ops.driver_days`, one row per account and day."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from leads.statements import statement
from leads.views.raw_reads import Facts, Way, note_read, read_facts
from leads.views.writing import expect_written

RAW_TABLE = "public.summary_daily"

_COMPARE = ("create_dates", "wanted_days", "wanted_unread", "changed_days", "changed_unread")
_WRITE = ("delete_days", "update_days", "insert_days")
#: From so many rows on, a temporary table needs statistics.
_LARGE = 200


def read_work(connection: Connection[Any], binds: dict[str, Any], *, full: bool) -> int:
    """Bring driver-days up to date; what changed is left in `pg_temp.changed_days`.

    Args:
        connection: in the refresh's transaction.
        binds: `transaction_id`, `snapshot`, `read_at`, `run_id`.
        full: whether everything is compared.

    Returns:
        How many days changed.
    """
    facts = read_facts(connection, RAW_TABLE)
    way = Way.EVERYTHING if full else facts.way
    row_count, is_overtaken = None, False
    while row_count is None:
        if _stage(connection, binds, facts, way):
            row_count, is_overtaken = _compare(connection, binds, facts, way)
        if row_count is None:
            _forget(connection, way)
            way = Way.WRITTEN if way is Way.APPENDED else Way.EVERYTHING
    (changed,) = _fetch(connection, "work/count_changed")
    written = sum(_execute(connection, f"work/{name}", binds) for name in _WRITE)
    expect_written("ops.driver_days", changed, written)
    for name in ("delete_unread", "upsert_unread"):
        _execute(connection, f"work/{name}", binds)
    note_read(
        connection,
        RAW_TABLE,
        facts,
        row_count=row_count,
        has_looked=way is not Way.APPENDED,
        is_overtaken=is_overtaken,
        binds=binds,
    )
    _drop_source(connection, way)
    return int(changed)


def _stage(connection: Connection[Any], binds: dict[str, Any], facts: Facts, way: Way) -> bool:
    """The raw rows to read, into `pg_temp.work_rows`; False when this way does not do."""
    binds |= {
        "is_appended": way is Way.APPENDED,
        "is_everything": way is Way.EVERYTHING,
        "from_block": facts.from_block,
        "old_age": facts.old_age if way is Way.APPENDED else facts.old_looked_age,
        "old_snapshot": facts.old_snapshot,
    }
    _execute(connection, "work/create_drivers", binds)
    if way is Way.APPENDED:
        # Else some lie in gaps before, or their counting came late.
        return _execute(connection, "work/stage_appended", binds) == facts.inserted
    if way is Way.WRITTEN:
        _execute(connection, "work/find_drivers", binds)
        _execute(connection, "work/stage_drivers", binds)
    else:
        _execute(connection, "work/stage_everything", binds)
    return True


def _compare(
    connection: Connection[Any], binds: dict[str, Any], facts: Facts, way: Way
) -> tuple[int | None, bool]:
    """What is to change, into temporary tables.

    Returns:
        Rows of the raw table that are accounted for then, None when this way does not do; and
        whether rows were written meanwhile.
    """
    for name in _COMPARE:
        count = _execute(connection, f"work/{name}", binds)
        if name == "wanted_days" and count > _LARGE:
            connection.execute("ANALYZE pg_temp.wanted_days (driver_id, work_date)")
    gain, total = _fetch(connection, "work/sum_changes")
    row_count = (facts.old_row_count or 0) + int(gain)
    if way is Way.APPENDED:
        return row_count, False
    present, newer = _fetch(connection, "work/count_rows", binds)
    if way is Way.EVERYTHING:
        return int(total), newer > 0
    # Else rows are gone, or went to another account.
    return (row_count if row_count == present else None), newer > 0


def _forget(connection: Connection[Any], way: Way) -> None:
    """Drop what a way that did not do has made."""
    connection.execute(
        "DROP TABLE IF EXISTS pg_temp.work_drivers, pg_temp.work_dates, pg_temp.wanted_days, "
        "pg_temp.wanted_unread, pg_temp.changed_days, pg_temp.changed_unread"
    )
    _drop_source(connection, way)


def _drop_source(connection: Connection[Any], way: Way) -> None:
    """A temporary view would outlive the transaction."""
    if way is Way.EVERYTHING:
        connection.execute("DROP VIEW pg_temp.work_rows")
    else:
        connection.execute("DROP TABLE pg_temp.work_rows")


def _execute(connection: Connection[Any], name: str, binds: dict[str, Any]) -> int:
    return connection.execute(statement(f"views/{name}"), binds).rowcount


def _fetch(
    connection: Connection[Any], name: str, binds: dict[str, Any] | None = None
) -> tuple[Any, ...]:
    row = connection.execute(statement(f"views/{name}"), binds).fetchone()
    return row or ()
