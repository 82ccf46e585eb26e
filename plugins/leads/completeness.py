"""Is anything missing? Raw keys against events and open rejects, by day or over everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection

from leads.relations import FLOOR, about, day_limits
from leads.sources import Registry, Source, load_registry
from leads.statements import statement

#: The day after the last that any date can name here: no upper limit.
END_OF_TIME = date(9999, 12, 31)


class Kind(str, Enum):
    """What is wrong with one raw row."""

    MISSING = "MISSING"  # it has neither event nor open reject, though the last load saw it
    DOUBLE = "DOUBLE"  # it has both
    MISPLACED = "MISPLACED"  # its event is on another day
    VANISHED = "VANISHED"  # its event is in place, but the raw row is gone: a warning

    @property
    def is_error(self) -> bool:
        """Whether it breaks the invariant raw rows = events + open rejects."""
        return self is not Kind.VANISHED


@dataclass(frozen=True, slots=True)
class Finding:
    """One raw row that does not add up.

    Attributes:
        kind: what is wrong.
        source_table: raw table.
        raw_pk: primary key of the raw row.
        slot_on: local day the row counts on; None when it has none.
    """

    kind: Kind
    source_table: str
    raw_pk: str
    slot_on: date | None


def check_source(
    connection: Connection[Any],
    source: Source,
    zone: ZoneInfo,
    *,
    now: datetime,
    day_from: date = FLOOR,
    day_to: date = END_OF_TIME,
) -> list[Finding]:
    """Compare the covered raw rows of some days, key by key, with events and open rejects.

    Rows that came after the last completed load are not missing yet: they are told apart by the
    transactions that load could see, not by any clock.

    Args:
        connection: idle session; nothing is changed.
        source: the lead source.
        zone: local time zone.
        now: the clock, aware.
        day_from: first local day.
        day_to: first local day after the last.

    Returns:
        The findings, errors first.

    Raises:
        psycopg.Error: the source cannot be read.
    """
    with connection.transaction(force_rollback=True):
        state = connection.execute(
            statement("checks/source_state"), {"source_table": source.source_table}
        ).fetchone()
        binds: dict[str, Any] = {
            "source_table": source.source_table,
            "origin_tag": source.origin_tag,
            "time_zone": str(zone),
            "day_from": datetime.combine(day_from, time.min),
            "day_to": datetime.combine(day_to, time.min),
            "snapshot": state[0] if state else None,
            **day_limits(now, zone),
        }
        connection.execute(about(source, "load/create_wanted"), binds)
        rows = connection.execute(about(source, "checks/completeness"), binds).fetchall()
    return [Finding(Kind(kind), source.source_table, raw_pk, slot) for kind, raw_pk, slot in rows]


def touched_days(connection: Connection[Any], dag_run_id: str) -> list[tuple[str, date, date]]:
    """Source, first day and first day after the last, of what a DAG run covered or changed."""
    with connection.transaction():
        return connection.execute(
            statement("checks/touched_days"), {"dag_run_id": dag_run_id}
        ).fetchall()


def history_before(
    connection: Connection[Any], start_date: date, sources: Iterable[Source] | None = None
) -> date | None:
    """Earliest usable event date before the schedule's start that no run has covered.

    Args:
        connection: idle session.
        start_date: local date of the first scheduled window.
        sources: sources to look at, all of the registry by default; one whose table cannot be
            read counts as empty, as its own task will say so.

    Returns:
        The date to begin the first load with, or None when there is nothing before the start.
    """
    firsts = []
    for source in load_registry().sources.values() if sources is None else sources:
        try:
            with connection.transaction(force_rollback=True):
                row = connection.execute(
                    about(source, "checks/history_before"),
                    {
                        "source_table": source.source_table,
                        "floor_at": datetime.combine(FLOOR, time.min),
                        "start_at": datetime.combine(start_date, time.min),
                    },
                ).fetchone()
        except psycopg.errors.ProgrammingError:
            continue
        if row and row[0]:
            firsts.append(row[0])
    return min(firsts, default=None)


def summarise(findings: Iterable[Finding], most: int = 5) -> str:
    """Findings in one line: counts by kind, with the first few keys. No personal data."""
    by_kind: dict[tuple[str, Kind], list[str]] = {}
    for finding in findings:
        by_kind.setdefault((finding.source_table, finding.kind), []).append(finding.raw_pk)
    return "; ".join(
        f"{source_table}: {len(keys)} {kind.value} (keys {', '.join(keys[:most])}"
        f"{', …' if len(keys) > most else ''})"
        for (source_table, kind), keys in by_kind.items()
    )


def check_all(
    connection: Connection[Any], registry: Registry, zone: ZoneInfo, *, now: datetime
) -> list[Finding]:
    """Every covered day of every source: see `check_source`."""
    return [
        finding
        for source in registry.sources.values()
        for finding in check_source(connection, source, zone, now=now)
    ]
