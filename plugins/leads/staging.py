"""The work inside a load's transaction: stage raw rows, judge them, write and prove."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from leads.errors import LeadsError
from leads.relations import FLOOR, about, day_limits
from leads.sources import Source
from leads.windows import Window

if TYPE_CHECKING:
    from leads.settings import Settings

#: Writers in flight hold keys just below the greatest one: every run looks at these again.
KEY_OVERLAP = 1_000
#: From so many staged rows on, the planner needs statistics of them even where nothing changed.
LARGE_SCAN = 2_000
#: From so many new events on, it needs fresh ones of them, before autovacuum comes round.
LARGE_LOAD = 500

_TABLES = ("staged", "wanted")
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
    return _Staging(connection, load, _binds(load, window, run_id, read_at, state)).run()


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


class _Staging:
    """One load's work, in its transaction."""

    def __init__(self, connection: Connection[Any], load: Load, binds: dict[str, Any]) -> None:
        self.connection = connection
        self.load = load
        self.binds = binds

    def run(self) -> dict[str, int]:
        """All of it; returns the counts."""
        for name in _TABLES:
            self.execute(f"create_{name}")
        self.binds |= self.rotation()
        stats = self.stage()
        if stats["unsettled"]:
            self.find_rivals()
            judged = [self.execute(name).rowcount for name in _JUDGE]
            if any(judged) or not self.binds["is_first_read"]:
                stats = self.outcomes()
            for name in _WRITE:
                self.execute(name)
            if stats["inserted"] >= LARGE_LOAD:
                self.execute("analyze_events")
        elif stats["rejected"]:
            self.execute("update_rejects")
        self.cover()
        return {name: count for name, count in stats.items() if name != "unsettled"}

    def execute(self, name: str, **binds: Any) -> Cursor[Any]:
        """Run `include/sql/load/<name>.sql`."""
        text = about(self.load.source, f"load/{name}")
        return self.connection.execute(text, self.binds | binds)

    def rotation(self) -> dict[str, datetime]:
        """The stretch of older days to prove again in this run; empty when none is due."""
        row = self.execute("pick_rotation").fetchone() if self.load.incremental else None
        day_from, day_to = row if row and row[0] else (FLOOR, FLOOR)
        return {
            "rotation_from": datetime.combine(day_from, time.min),
            "rotation_to": datetime.combine(day_to, time.min),
        }

    def stage(self) -> dict[str, int]:
        """Stage what the load takes by time and key, and known rows that were not met."""
        self.execute("prefer_lookups")
        is_large = self.execute("stage_scanned").rowcount >= LARGE_SCAN
        self.execute("prefer_anything")
        if is_large:
            self.execute("analyze_staged")
        self.stage_wanted("want_unscanned")
        outcomes = self.outcomes()
        if outcomes["unsettled"] and not is_large:
            self.execute("analyze_staged")
        return outcomes

    def stage_wanted(self, want: str) -> int:
        """Fetch known rows by key; returns how many were asked for."""
        wanted = self.execute(want).rowcount
        if wanted:
            for name in ("analyze_wanted", "stage_wanted", "stage_vanished", "empty_wanted"):
                self.execute(name)
        return wanted

    def find_rivals(self) -> None:
        """Stage what must be judged with a changed row, until nothing new turns up.

        That is whatever shares its lead key, and the rest of a day beyond the scan that it touches.
        """
        if self.binds["is_first_read"]:
            return  # nothing is known yet that could be a rival
        self.execute("create_contested")
        while True:
            while self.execute("contest").rowcount:
                self.execute("analyze_contested")
                self.execute("reopen_contested")
                if not self.stage_wanted("want_rivals"):
                    break
                self.execute("reopen_contested")
            if not self.stage_wanted("want_day_mates"):
                return

    def outcomes(self) -> dict[str, int]:
        """How many staged rows end in which way."""
        cursor = self.execute("count_outcomes")
        cursor.row_factory = dict_row
        row: dict[str, int] | None = cursor.fetchone()
        if row is None:  # an aggregate without GROUP BY returns one row
            raise LeadsError("pg_temp.staged: no counts came back.")
        return row

    def cover(self) -> None:
        """Note what is covered now, and prove that its days add up."""
        self.execute("cover_window")
        if self.load.incremental:
            self.execute("verify_days")
        off = [
            f"{day}: {raw} raw rows, {events} events, {rejects} open rejects"
            for day_from, day_to, days in self.execute("touched_days").fetchall()
            for day, raw, events, rejects in self.execute(
                "count_days", day_from=day_from, day_to=day_to, days=days
            ).fetchall()
            if raw != events + rejects
        ]
        if off:
            raise IncompleteError(
                f"{self.load.source.qualified_name}: {len(off)} days do not add up after the load, "
                f"which was rolled back ({'; '.join(off[:3])}). Name the keys with "
                "./leads status --check; this is a fault of the pipeline, so report it."
            )
        self.execute("close_state", high_water=_text(self.high_water()))

    def high_water(self) -> int | None:
        """The greatest raw key seen so far, this load's included."""
        known = self.binds["high_water"]
        keys = [] if known is None else [int(known)]
        if self.load.source.ascending_key:
            row = self.execute("read_high_water").fetchone()
            if row and row[0] is not None:
                keys.append(int(row[0]))
        return max(keys, default=None)
