"""The temporary views through which every statement sees a source, whatever its raw table is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import ClientCursor, Connection, sql

from leads.sources import Source
from leads.statements import statement

#: Event dates before this are too old to be real.
FLOOR = date(2015, 1, 1)


def day_limits(now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """The local times between which an event date is usable: `floor_at` to before `ceiling_at`."""
    today = now.astimezone(zone).date()
    return {
        "floor_at": datetime.combine(FLOOR, time.min),
        # Tomorrow is usable, the day after is not.
        "ceiling_at": datetime.combine(today + timedelta(days=2), time.min),
    }


def create_views(
    connection: Connection[Any], source: Source, binds: Mapping[str, Any] | None
) -> None:
    """Make the temporary views that all statements about a source read.

    The source's own SELECT, a file of this repository, becomes the view `raw_source`: thanks to it
    the statements are the same text for every source.

    Args:
        connection: in a transaction.
        source: the lead source.
        binds: source_table, origin_tag, floor_at, ceiling_at and snapshot for the view that
            compares raw rows with what is stored; None makes `raw_source` alone.
    """
    views = [sql.SQL("CREATE TEMPORARY VIEW raw_source AS {}").format(sql.SQL(source.sql))]
    if binds is not None:
        # A view takes no server-side binds: the client puts them in as literals.
        compared = ClientCursor(connection).mogrify(statement("load/create_compared"), binds)
        views.append(sql.Composed([sql.SQL(compared)]))
    # One message, as every one counts in a small load. No pipeline: while one is open, the server
    # would not notice that the worker stands still.
    connection.execute(sql.SQL(";\n").join(views))


def drop_views(connection: Connection[Any]) -> None:
    """Drop what `create_views` made; a rollback does it too."""
    connection.execute(statement("load/drop_views"))
