"""The work inside a load's transaction: stage raw rows, judge them, write and prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg import Connection
from psycopg.rows import dict_row

from leads.errors import LeadsError
from leads.relations import FLOOR, create_views, day_limits, drop_views
from leads.sources import Source
from leads.statements import statement
from leads.windows import Window

if TYPE_CHECKING:
    from leads.settings import Settings

#: Writers in flight hold keys just below the greatest one: every run looks at these again.
KEY_OVERLAP = 1_000
#: From so many staged rows on, the planner needs statistics of them even where nothing changed.
LARGE_SCAN = 2_000
#: From so many new events on, it needs fresh ones of them, before autovacuum comes round.
LARGE_LOAD = 500

_TABLES = ("staged", "unsettled", "wanted")
_JUDGE = ("judge_duplicates", "take_over_events")
#: In an order in which no statement breaks a unique key that a later one frees.
_WRITE = (
    "delete_events",
    "displace_events",
    "park_source_pks",
    "update_events",
    "insert_events",
    "mark_vanished",
    "resolve_rejects",
    "update_rejects",
    "insert_rejects",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a load or a job waits, in seconds.

    Attributes:
        lock_seconds: for a locked table.
        queue_seconds: for its turn: another load of the same source, another run.
        idle_seconds: how long the server lets a frozen worker hold its transaction.
    """

    lock_seconds: float = 30
    queue_seconds: float = 1800
    idle_seconds: float = 60

    @classmethod
    def of(cls, chosen: Settings) -> Limits:
        """Those of the settings."""
        return cls(
            lock_seconds=chosen.lock_timeout_seconds,
            queue_seconds=chosen.queue_timeout_seconds,
            idle_seconds=chosen.idle_timeout_seconds,
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What to load.

    Attributes:
        source: the lead source.
        incremental: whether late and corrected rows outside the window are taken too.
        dry_run: whether to run everything and roll it back, leaving no trace in the ledger.
        zone: local time zone of the raw timestamps and of days.
        limits: how long to wait for locks.
    """

    source: Source
    incremental: bool
    dry_run: bool
    zone: ZoneInfo
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source was read before this load.

    Attributes:
        high_water: greatest raw key seen; None before the first read or for keys without order.
        snapshot: transactions the last completed load could see, as a pg_snapshot literal; None
            before the first.
        covered: covered time as a tstzmultirange literal; None when nothing is covered.
    """

    high_water: int | None
    snapshot: str | None
    covered: str | None


class IncompleteError(LeadsError):
    """After the load some raw rows had neither event nor reject; it was rolled back."""


def load_staged(
    connection: Connection[Any],
    load: Load,
    window: Window,
    run_id: int | None,
    read_at: datetime,
    state: SourceState,
) -> dict[str, Any]:
    """Do the load's work on a connection that is in its transaction.

    Args:
        connection: in a REPEATABLE READ transaction that holds the source's turn.
        load: what to load.
        window: the window.
        run_id: ledger row of the run; None in a dry run.
        read_at: time of reading, aware; event dates more than a day later are in the future.
        state: how far the source was read before.

    Returns:
        Counts of rows: read, inserted, updated, unchanged, rejected, newly_rejected, released,
        vanished.

    Raises:
        IncompleteError: a covered day does not add up after the load.
    """
    binds = _binds(load, window, run_id, read_at, state)
    create_views(connection, load.source, binds)
    connection.execute(";\n".join(statement(f"load/create_{name}") for name in _TABLES))
    binds |= _rotation(connection, load, binds)
    stats = _stage(connection, binds)
    if stats["unsettled"]:
        _find_rivals(connection, binds)
        judged = [connection.execute(statement(f"load/{name}"), binds).rowcount for name in _JUDGE]
        if any(judged) or not binds["is_first_read"]:
            stats = _outcomes(connection)
        for name in _WRITE:
            connection.execute(statement(f"load/{name}"), binds)
        if stats["inserted"] >= LARGE_LOAD:
            connection.execute(statement("load/analyze_events"))
    elif stats["rejected"]:
        connection.execute(statement("load/update_rejects"), binds)
    _cover(connection, load, binds)
    drop_views(connection)
    return {name: count for name, count in stats.items() if name != "unsettled"}


def _binds(
    load: Load, window: Window, run_id: int | None, read_at: datetime, state: SourceState
) -> dict[str, Any]:
    """Everything the statements bind; times without a zone are local."""
    first, last = window.dates(load.zone)
    lookback = timedelta(days=load.source.lookback_days if load.incremental else 0)
    return {
        "source_table": load.source.source_table,
        "origin_tag": load.source.origin_tag,
        "incremental": load.incremental,
        "run_id": run_id,
        "read_at": read_at,
        "time_zone": str(load.zone),
        "window_from": window.start.astimezone(load.zone).replace(tzinfo=None),
        "window_to": window.end.astimezone(load.zone).replace(tzinfo=None),
        "covered_from": window.start,
        "covered_to": min(window.end, read_at),
        "scan_from": datetime.combine(max(first - lookback, FLOOR), time.min),
        "scan_to": datetime.combine(last + timedelta(days=1), time.min),
        **day_limits(read_at, load.zone),
        "covered": state.covered or "{}",
        "snapshot": state.snapshot,
        "is_first_read": state.snapshot is None,
        # As text without a type, so that they compare in the key's own type.
        "high_water": _text(state.high_water),
        "high_water_floor": _text(
            None if state.high_water is None else state.high_water - KEY_OVERLAP
        ),
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _rotation(
    connection: Connection[Any], load: Load, binds: Mapping[str, Any]
) -> dict[str, datetime]:
    """The stretch of older days to prove again in this run; empty when none is due."""
    row = None
    if load.incremental:
        row = connection.execute(statement("load/pick_rotation"), binds).fetchone()
    day_from, day_to = row if row and row[0] else (FLOOR, FLOOR)
    return {
        "rotation_from": datetime.combine(day_from, time.min),
        "rotation_to": datetime.combine(day_to, time.min),
    }


def _stage(connection: Connection[Any], binds: Mapping[str, Any]) -> dict[str, int]:
    connection.execute(statement("load/prefer_lookups"), binds)
    staged = connection.execute(statement("load/stage_scanned"), binds).rowcount
    connection.execute(statement("load/prefer_anything"))
    is_large = staged >= LARGE_SCAN
    if is_large:
        connection.execute(statement("load/analyze_staged"))
    _stage_wanted(connection, "want_unscanned", binds)
    outcomes = _outcomes(connection)
    if outcomes["unsettled"] and not is_large:
        connection.execute(statement("load/analyze_staged"))
    return outcomes


def _stage_wanted(connection: Connection[Any], want: str, binds: Mapping[str, Any]) -> int:
    """Fetch known rows by key; returns how many were asked for."""
    wanted = connection.execute(statement(f"load/{want}"), binds).rowcount
    if wanted:
        connection.execute(statement("load/analyze_wanted"))
        connection.execute(statement("load/stage_wanted"), binds)
        connection.execute(statement("load/stage_vanished"), binds)
        connection.execute(statement("load/empty_wanted"))
    return wanted


def _find_rivals(connection: Connection[Any], binds: Mapping[str, Any]) -> None:
    """Stage what must be judged with a changed row, until nothing new turns up.

    That is whatever shares its lead key, and the rest of a day beyond the scan that it touches.
    """
    if binds["is_first_read"]:
        return  # nothing is known yet that could be a rival
    connection.execute(statement("load/create_contested"))
    while True:
        while connection.execute(statement("load/contest"), binds).rowcount:
            connection.execute(statement("load/analyze_contested"))
            connection.execute(statement("load/reopen_contested"), binds)
            if not _stage_wanted(connection, "want_rivals", binds):
                break
            connection.execute(statement("load/reopen_contested"), binds)
        if not _stage_wanted(connection, "want_day_mates", binds):
            return


def _outcomes(connection: Connection[Any]) -> dict[str, int]:
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement("load/count_outcomes")).fetchone()
    if row is None:  # an aggregate without GROUP BY returns one row
        raise LeadsError("pg_temp.staged: no counts came back.")
    return row


def _cover(connection: Connection[Any], load: Load, binds: Mapping[str, Any]) -> None:
    connection.execute(statement("load/cover_window"), binds)
    if load.incremental:
        connection.execute(statement("load/verify_days"), binds)
    touched = connection.execute(statement("load/touched_days"), binds).fetchall()
    off = [
        f"{day}: {raw} raw rows, {events} events, {rejects} open rejects"
        for day_from, day_to, days in touched
        for day, raw, events, rejects in connection.execute(
            statement("load/count_days"),
            {**binds, "day_from": day_from, "day_to": day_to, "days": days},
        ).fetchall()
        if raw != events + rejects
    ]
    if off:
        raise IncompleteError(
            f"{load.source.qualified_name}: {len(off)} days do not add up after the load, "
            f"which was rolled back ({'; '.join(off[:3])}). Name the keys with "
            "./leads status --check; this is a fault of the pipeline, so report it."
        )
    high_water = int(binds["high_water"]) if binds["high_water"] is not None else None
    if load.source.ascending_key:
        row = connection.execute(statement("load/read_high_water")).fetchone()
        if row and row[0] is not None:
            high_water = max(int(row[0]), high_water if high_water is not None else int(row[0]))
    connection.execute(
        statement("load/close_state"),
        {
            "source_table": binds["source_table"],
            "read_at": binds["read_at"],
            "run_id": binds["run_id"],
            "high_water": _text(high_water),
        },
    )
