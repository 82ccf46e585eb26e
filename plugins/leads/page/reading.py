"""What the page reads from the warehouse: one short transaction that may only read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from leads.settings import settings
from leads.statements import statement

Row = dict[str, Any]

STATEMENT_SECONDS = 8
CONNECT_SECONDS = 3
BAR_DAYS = 30
CALENDAR_WEEKS = 8
MOST_RUNS = 15
MOST_ROWS = 40
#: What tells of long stretches changes slowly and costs most: it is read at most this often.
REMEMBERED_SECONDS = 60.0
REMEMBERED = ("daily", "unmatched", "review")


class WarehouseDownError(RuntimeError):
    """The warehouse does not answer; says nothing of where it is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the warehouse said.

    Attributes:
        rows: section -> its rows; a section that could not be read has none.
        faults: section -> SQLSTATE, for those.
    """

    rows: Mapping[str, Sequence[Row]]
    faults: Mapping[str, str]


@dataclass
class Memory:
    """Rows of costly sections, for a minute."""

    kept: dict[tuple[str, str], tuple[float, Sequence[Row]]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: tuple[str, str]) -> Sequence[Row] | None:
        """Rows that are young enough."""
        with self.lock:
            until, rows = self.kept.get(key, (0.0, ()))
        return rows if time.monotonic() < until else None

    def keep(self, key: tuple[str, str], rows: Sequence[Row]) -> None:
        """Keep rows; and forget what is too old."""
        now = time.monotonic()
        with self.lock:
            self.kept = {name: one for name, one in self.kept.items() if now < one[0]}
            self.kept[key] = (now + REMEMBERED_SECONDS, rows)


@contextmanager
def session(conninfo: str, *, read_only: bool = True) -> Iterator[psycopg.Connection[Row]]:
    """A session for one request.

    Args:
        conninfo: libpq's connection string.
        read_only: whether the database itself refuses to write.

    Raises:
        WarehouseDownError: it cannot be reached, or the connection was lost.
    """
    try:
        with psycopg.connect(
            conninfo,
            row_factory=dict_row,
            connect_timeout=CONNECT_SECONDS,
            application_name="data-health",
            options=f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=2s -c jit=off",
        ) as connection:
            connection.read_only = read_only
            connection.prepare_threshold = None
            yield connection
    except psycopg.OperationalError as error:
        # The database's own text may name host and user: no chain leads to it.
        raise WarehouseDownError(error.sqlstate or "") from None


def read_facts(
    conninfo: str, now: datetime, memory: Memory, *, run: str | None, task: str | None
) -> Facts:
    """Read every section; one that fails keeps no other from being read.

    Args:
        conninfo: libpq's connection string.
        now: the moment that is asked about.
        memory: what was read lately.
        run: a DAG run or ledger row to show as well; None for none.
        task: its task; None for all of them.

    Raises:
        WarehouseDownError: it cannot be reached.
    """
    wanted = _sections(now, run, task)
    rows: dict[str, Sequence[Row]] = {}
    faults: dict[str, str] = {}
    with session(conninfo) as connection:
        for name, binds in wanted.items():
            key = (conninfo, name)
            known = memory.get(key) if name in REMEMBERED else None
            if known is not None:
                rows[name] = known
                continue
            try:
                with connection.transaction():
                    rows[name] = connection.execute(statement(f"page/{name}"), binds).fetchall()
            except psycopg.Error as error:
                if connection.broken or connection.closed:
                    raise
                rows[name], faults[name] = (), error.sqlstate or "?"
            else:
                if name in REMEMBERED:
                    memory.keep(key, rows[name])
    return Facts(rows, faults)


def first_day(today: date) -> date:
    """The Monday on which the calendar begins."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=CALENDAR_WEEKS - 1)


def _sections(now: datetime, run: str | None, task: str | None) -> dict[str, Row]:
    chosen = settings()
    today = now.astimezone(chosen.zone).date()
    return {
        "sources": {"now": now},
        "daily": {"now": now, "day_count": BAR_DAYS},
        "incidents": {"limit": MOST_ROWS},
        "calendar": {
            "today": today,
            "day_from": first_day(today),
            "start_at": chosen.start_date,
            "time_zone": chosen.time_zone,
        },
        "runs": {"dag_run_id": run, "task_id": task, "limit": MOST_RUNS},
        "rejects": {"limit": MOST_ROWS},
        "unmatched": {"limit": MOST_ROWS},
        "review": {},
        "checks": {},
        "totals": {},
    }


def is_well(conninfo: str, now: datetime) -> bool:
    """Whether no critical table is RED, and anything is watched at all.

    Raises:
        WarehouseDownError: it cannot be reached.
    """
    with session(conninfo) as connection:
        try:
            row = connection.execute(statement("page/red_count"), {"now": now}).fetchone()
        except psycopg.Error:
            if connection.broken or connection.closed:
                raise
            return False
    return bool(row and row["watched_count"] and not row["red_count"])


def read_started(conninfo: str, numbers: Sequence[int]) -> list[Row]:
    """The runs that attempts of these numbers started.

    Raises:
        WarehouseDownError: it cannot be reached.
    """
    with session(conninfo) as connection:
        return connection.execute(statement("page/started"), {"numbers": list(numbers)}).fetchall()
