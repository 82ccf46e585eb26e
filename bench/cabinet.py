"""Invented cabinet leads, and loading them the way a task does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg import Connection

from bench.server import Database
from leads.ingestion import run_load
from leads.settings import settings
from leads.sources import load_registry
from leads.staging import Load
from leads.windows import UTC, Window, WindowKind

TABLE = "module_ct_cabinet_leads"
ROWS_A_DAY = 1_200
ROWS_A_WINDOW = ROWS_A_DAY // 4
SIX_HOURS = timedelta(hours=6)
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class History:
    """Evenly spaced leads up to a moment, numbered from 1.

    Attributes:
        ends_at: aware; a local edge of the six-hour grid.
        row_count: a multiple of `ROWS_A_WINDOW` fills whole windows.
        random_keys: whether external_id jumps about like a UUID or grows with the id.
    """

    ends_at: datetime
    row_count: int
    random_keys: bool = False

    @property
    def starts_at(self) -> datetime:
        """The first row's event time, aware."""
        return self.ends_at - self.row_count * timedelta(days=1) / ROWS_A_DAY

    def fill(self, database: Database, first: int = 1, count: int | None = None) -> None:
        """Insert some of its rows, by number; all of them by default."""
        zone = settings().zone
        day = timedelta(days=1)
        binds = {
            "first_id": first,
            "row_count": self.row_count if count is None else count,
            "first_at": (self.starts_at + (first - 1) * day / ROWS_A_DAY)
            .astimezone(zone)
            .replace(tzinfo=None),
            "rows_a_day": ROWS_A_DAY,
            "random_keys": self.random_keys,
        }
        with database.connect() as connection:
            connection.execute(statement("fill_cabinet"), binds)


def statement(name: str) -> Any:
    """The text of `bench/sql/<name>.sql`."""
    return (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def last_edge(now: datetime) -> datetime:
    """The last local edge of the six-hour grid, aware."""
    local = now.astimezone(settings().zone)
    return local.replace(hour=local.hour // 6 * 6, minute=0, second=0, microsecond=0)


def load_cabinet(
    connection: Connection[Any], start: datetime, end: datetime, *, read_at: datetime | None = None
) -> dict[str, Any]:
    """Load a window as a task of the DAG does.

    Args:
        connection: idle session.
        start: aware.
        end: aware.
        read_at: what the load takes for now, aware; a minute after the end by default.

    Returns:
        The load's counts.
    """
    load = Load(
        source=load_registry()[TABLE], incremental=True, dry_run=False, zone=settings().zone
    )
    window = Window(start.astimezone(UTC), end.astimezone(UTC), WindowKind.INTERVAL)
    clock = read_at or end + timedelta(minutes=1)
    return run_load(connection, load, lambda _: window, clock=lambda: clock)
