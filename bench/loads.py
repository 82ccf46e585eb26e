"""First load against its floor, and the replay of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from psycopg import Connection

from bench.cabinet import TABLE, History, last_edge, load_cabinet, statement
from bench.figures import Figure, MeasurementError, Result, median_ratio, spread
from bench.server import Database
from bench.stopwatch import Stopwatch, processor_seconds
from leads.cli.progress import Display, Line
from leads.relations import reading
from leads.sources import Source, load_registry
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
class Samples:
    """What one kind of work cost, once per pair.

    Attributes:
        seconds: wall time.
        processor: processor time of the session's server process, in seconds.
        wal: bytes of WAL that the server wrote meanwhile.
    """

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    wal: list[float] = field(default_factory=list)


@dataclass
class Found:
    """Everything that was measured."""

    floor: Samples = field(default_factory=Samples)
    first: Samples = field(default_factory=Samples)
    early: Samples = field(default_factory=Samples)
    replay: Samples = field(default_factory=Samples)


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
    found, watch = Found(), Stopwatch()
    statements: dict[str, dict[str, float]] = {}
    with display.step("First load against its floor", total=1 + PAIRS) as line:
        line.show("warming up with a plain insert")
        _empty_floor(database, Samples())
        for pair in range(1, PAIRS + 1):
            _one_pair(database, history, found, watch, statements, line, pair)
        _expect_equal(database)
    return _result(row_count, found, statements)


def _one_pair(
    database: Database,
    history: History,
    found: Found,
    watch: Stopwatch,
    statements: dict[str, dict[str, float]],
    line: Line,
    pair: int,
) -> None:
    line.show("plain insert", pair)
    _empty_floor(database, found.floor)
    with database.connect(cursor_factory=watch.cursor_factory()) as connection:
        line.show("first load", pair)
        database.checkpoint()
        with timed(database, connection, found.first):
            stats = load_cabinet(connection, history.starts_at, history.ends_at)
        _expect(stats, inserted=history.row_count)
        statements["first load"] = watch.take()
        for samples, phase in ((found.early, "replay at once"), (found.replay, "replay")):
            line.show(phase, pair)
            if phase == "replay":
                database.vacuum()
                database.checkpoint()
            with timed(database, connection, samples):
                stats = load_cabinet(connection, history.starts_at, history.ends_at)
            _expect(stats, unchanged=history.row_count)
            statements[phase] = watch.take()


def _empty_floor(database: Database, samples: Samples) -> None:
    database.administer(RESET)
    floor(database, samples, [load_registry()[TABLE]])


def floor(database: Database, samples: Samples, sources: Iterable[Source]) -> None:
    """The plain insert of these sources' leads, its commit included.

    Args:
        database: with an empty `public.plain_events`.
        samples: where to note what it costs.
        sources: the lead sources.
    """
    database.checkpoint()
    with database.connect() as connection, timed(database, connection, samples):
        # The same memory and planner figures as the pipeline's.
        limits = {"lock_timeout": "30s", "idle_timeout": "60s"}
        connection.execute(load_statement("load/set_limits"), limits)
        for source in sources:
            plain_insert(connection, source)
        connection.commit()


def plain_insert(connection: Connection[Any], source: Source) -> None:
    """Write a source's leads to `public.plain_events`, in the connection's transaction."""
    binds = {"source_table": source.source_table, "origin_tag": source.origin_tag}
    connection.execute(reading(statement("plain_insert"), source.sql), binds)


@contextmanager
def timed(database: Database, connection: Connection[Any], samples: Samples) -> Iterator[None]:
    """Note what the block costs; the work is done by the connection."""
    with database.connect(autocommit=True) as observer:
        before, used = _wal_position(observer), processor_seconds(connection)
        started = time.perf_counter()
        yield
        samples.seconds.append(time.perf_counter() - started)
        samples.processor.append(processor_seconds(connection) - used)
        samples.wal.append(_wal_position(observer) - before)


def _wal_position(connection: Connection[Any]) -> float:
    row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return float(row[0]) if row else 0.0


def _expect(stats: dict[str, Any], **expected: int) -> None:
    """A measurement of the wrong work is worth nothing."""
    for name, count in expected.items():
        if stats[name] != count:
            raise MeasurementError(f"{name}: {stats[name]:,} rows instead of {count:,}: {stats}")


def _expect_equal(database: Database) -> None:
    """The floor wrote the same events, else it would be no floor."""
    with database.connect() as connection:
        plain_insert(connection, load_registry()[TABLE])
        row = connection.execute(statement("differences")).fetchone()
    if row is None or row[0]:
        raise MeasurementError(f"{row and row[0]} events differ from the plain insert's")


def _result(row_count: int, found: Found, statements: dict[str, dict[str, float]]) -> Result:
    figures = [
        Figure(
            "first load / plain insert",
            _ratio(found.first.seconds, found.floor.seconds),
            "×",
            FIRST_LOAD_BAR,
            f"{row_count:,} rows; {spread(found.first.seconds)} against "
            f"{spread(found.floor.seconds)}",
        ),
        Figure(
            "the same in processor time",
            _ratio(found.first.processor, found.floor.processor),
            "×",
            None,
            f"{spread(found.first.processor)} against {spread(found.floor.processor)}",
        ),
        Figure(
            "replay / first load",
            _ratio(found.replay.seconds, found.first.seconds),
            "×",
            REPLAY_BAR,
            f"{spread(found.replay.seconds)}; after the vacuum that follows any large load",
        ),
        Figure(
            "WAL of the replay",
            median(found.replay.wal) * 1_000 / row_count,
            "B per 1,000 rows",
            WAL_BAR,
            "after a vacuum and a checkpoint; full page images are in it",
        ),
        Figure(
            "replay at once / first load",
            _ratio(found.early.seconds, found.first.seconds),
            "×",
            None,
            f"{spread(found.early.seconds)}; no vacuum and no checkpoint between",
        ),
        Figure(
            "WAL of the replay at once",
            median(found.early.wal) * 1_000 / row_count,
            "B per 1,000 rows",
            None,
            "the first reader of new rows marks their pages, once, whoever it is",
        ),
    ]
    samples = {
        "plain insert": found.floor.seconds,
        "first load": found.first.seconds,
        "replay": found.replay.seconds,
        "replay at once": found.early.seconds,
    }
    return Result("First load and replay", figures, statements, samples=samples)


def _ratio(ours: list[float], floor: list[float]) -> float:
    return median_ratio(list(zip(ours, floor, strict=True)))
