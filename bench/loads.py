"""First load against its floor, and the replay of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from psycopg import Connection

from bench.cabinet import TABLE, History, last_edge, load_cabinet, statement
from bench.figures import Figure, Result, median_ratio, spread
from bench.server import Database
from bench.stopwatch import Stopwatch
from leads.cli.progress import Display, Line
from leads.sources import load_registry
from leads.relations import create_views
from leads.statements import statement as load_statement
from leads.windows import UTC

PAIRS = 2
FIRST_LOAD_BAR = 1.3
REPLAY_BAR = 0.35
WAL_BAR = 1_000.0  # bytes per 1,000 rows
RESET = (
    "TRUNCATE public.plain_events, observational.lead_events, ops.ingestion_rejects, "
    "ops.source_coverage, ops.source_state"
)


@dataclass
class Seconds:
    """What was measured; one entry per pair."""

    floor: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    early: list[float] = field(default_factory=list)
    replay: list[float] = field(default_factory=list)
    early_wal: list[float] = field(default_factory=list)
    replay_wal: list[float] = field(default_factory=list)


def measure(
    database: Database, row_count: int, display: Display, *, random_keys: bool = False
) -> Result:
    """First load and replay, in alternation with the plain insert of the same rows.

    Args:
        database: fresh; left full.
        row_count: how many raw rows.
        display: shows how far it is.
        random_keys: whether lead keys jump about like UUIDs.
    """
    history = History(last_edge(datetime.now(UTC)), row_count, random_keys)
    with display.step(f"Invent {row_count:,} raw rows"):
        history.fill(database)
        with database.connect() as connection:
            connection.execute(
                "CREATE TABLE public.plain_events (LIKE observational.lead_events INCLUDING ALL)"
            )
        database.vacuum()
    found, watch = Seconds(), Stopwatch()
    statements: dict[str, dict[str, float]] = {}
    with display.step("First load against its floor", total=1 + PAIRS) as line:
        line.show("warming up with a plain insert")
        _floor(database)
        for pair in range(1, PAIRS + 1):
            _one_pair(database, history, found, watch, statements, line, pair)
        _expect_equal(database)
    return _result(row_count, found, statements)


def _one_pair(
    database: Database,
    history: History,
    found: Seconds,
    watch: Stopwatch,
    statements: dict[str, dict[str, float]],
    line: Line,
    pair: int,
) -> None:
    line.show("plain insert", pair)
    found.floor.append(_floor(database))
    with database.connect(cursor_factory=watch.cursor_factory()) as connection:
        line.show("first load", pair)
        database.checkpoint()
        with _timed(database, found.first, []):
            stats = load_cabinet(connection, history.starts_at, history.ends_at)
        _expect(stats, inserted=history.row_count)
        statements["first load"] = watch.take()
        for seconds, wal, phase in (
            (found.early, found.early_wal, "replay at once"),
            (found.replay, found.replay_wal, "replay"),
        ):
            line.show(phase, pair)
            if phase == "replay":
                database.vacuum()
            database.checkpoint()
            with _timed(database, seconds, wal):
                stats = load_cabinet(connection, history.starts_at, history.ends_at)
            _expect(stats, unchanged=history.row_count)
            statements[phase] = watch.take()


def _floor(database: Database) -> float:
    """Seconds of the plain insert, its commit included, into empty tables."""
    database.administer(RESET)
    database.checkpoint()
    seconds: list[float] = []
    with database.connect() as connection, _timed(database, seconds, []):
        # The same memory and planner figures as the pipeline's.
        limits = {"lock_timeout": "30s", "idle_timeout": "60s"}
        connection.execute(load_statement("load/set_limits"), limits)
        create_views(connection, load_registry()[TABLE], None)
        connection.execute(statement("plain_insert"))
        connection.execute("DROP VIEW raw_source")
        connection.commit()
    return seconds[0]


@contextmanager
def _timed(database: Database, seconds: list[float], wal: list[float]) -> Iterator[None]:
    """Note the wall time of the block, and the bytes of WAL that the server wrote in it."""
    with database.connect(autocommit=True) as observer:
        before, started = _wal_position(observer), time.perf_counter()
        yield
        seconds.append(time.perf_counter() - started)
        wal.append(_wal_position(observer) - before)


def _wal_position(connection: Connection[Any]) -> float:
    row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return float(row[0]) if row else 0.0


def _expect(stats: dict[str, Any], **expected: int) -> None:
    """A measurement of the wrong work is worth nothing."""
    for name, count in expected.items():
        if stats[name] != count:
            raise AssertionError(f"{name}: {stats[name]:,} rows instead of {count:,}: {stats}")


def _expect_equal(database: Database) -> None:
    """The floor wrote the same events, else it would be no floor."""
    _floor_rows = "plain_insert"
    with database.connect() as connection:
        create_views(connection, load_registry()[TABLE], None)
        connection.execute(statement(_floor_rows))
        row = connection.execute(statement("differences")).fetchone()
    if row is None or row[0]:
        raise AssertionError(f"{row and row[0]} events differ from the plain insert's")


def _result(
    row_count: int, found: Seconds, statements: dict[str, dict[str, float]]
) -> Result:
    per_thousand = 1_000 / row_count
    rows = f"{row_count:,} rows"
    first = f"{rows}; {spread(found.first)} against {spread(found.floor)}"
    pairs = list(zip(found.first, found.floor, strict=True))
    replays = list(zip(found.replay, found.first, strict=True))
    early = list(zip(found.early, found.first, strict=True))
    return Result(
        "First load and replay",
        [
            Figure("first load / plain insert", median_ratio(pairs), "×", FIRST_LOAD_BAR, first),
            Figure(
                "replay / first load", median_ratio(replays), "×", REPLAY_BAR, spread(found.replay)
            ),
            Figure(
                "WAL of the replay",
                median(found.replay_wal) * per_thousand,
                "B per 1,000 rows",
                WAL_BAR,
                "after a checkpoint, so full page images are in it",
            ),
            Figure(
                "replay at once / first load",
                median_ratio(early),
                "×",
                None,
                f"{spread(found.early)}; before any vacuum",
            ),
            Figure(
                "WAL of the replay at once",
                median(found.early_wal) * per_thousand,
                "B per 1,000 rows",
                None,
                "the first reader marks the new rows' pages as committed, once",
            ),
        ],
        statements,
        samples={
            "plain insert": found.floor,
            "first load": found.first,
            "replay": found.replay,
            "replay at once": found.early,
        },
    )
