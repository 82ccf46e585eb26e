"""One six-hour window on histories of different length."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from bench.cabinet import ROWS_A_DAY, ROWS_A_WINDOW, SIX_HOURS, History, last_edge, load_cabinet
from bench.figures import Figure, MeasurementError, Result, median_ratio, spread
from bench.server import Database, new_database
from bench.stopwatch import Stopwatch, processor_seconds
from leads.cli.progress import Display, Line
from leads.local.postgres import EmbeddedPostgres
from leads.windows import UTC

WARMING_WINDOWS = 2
MEASURED_WINDOWS = 9
ROTATION_WINDOWS = 3
ALL_WINDOWS = WARMING_WINDOWS + MEASURED_WINDOWS + ROTATION_WINDOWS
BAR = 1.3
# Days older than the lookback fall due a few days after their last proof, and press near a week.
LAST_PROOF = timedelta(days=4)
MAKE_DUE = "UPDATE ops.source_coverage SET verified_at = %s"


@dataclass
class Track:
    """One history and what its windows cost."""

    database: Database
    history: History
    loaded_rows: int
    watch: Stopwatch = field(default_factory=Stopwatch)
    plain: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    rotating: list[float] = field(default_factory=list)
    statements: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def prepare(self) -> None:
        """Load all of the history but the windows to measure, in one go."""
        self.history.fill(self.database, count=self.loaded_rows)
        self.database.vacuum()
        with self.database.connect() as connection:
            stats = load_cabinet(connection, self.history.starts_at, self._edge(0))
        if stats["inserted"] != self.loaded_rows:
            raise MeasurementError(f"the history was not loaded: {stats}")
        self.database.vacuum()

    def make_due(self) -> None:
        """Let the comparison of older days fall due, as if all were proved some days ago."""
        with self.database.connect() as connection:
            proved_at = self._edge(WARMING_WINDOWS + MEASURED_WINDOWS) - LAST_PROOF
            connection.execute(MAKE_DUE, (proved_at,))
        self.database.vacuum()

    def run(self, number: int, kind: str, seconds: list[float] | None) -> int:
        """Let a window's rows land, and load it.

        Args:
            number: which window, from 0.
            kind: what the statements' times are kept under.
            seconds: where to note the wall time; None to forget it.

        Returns:
            Rows looked at.
        """
        self.history.fill(
            self.database, self.loaded_rows + number * ROWS_A_WINDOW + 1, ROWS_A_WINDOW
        )
        # A new session each time, as a task has.
        with self.database.connect(cursor_factory=self.watch.cursor_factory()) as connection:
            used, started = processor_seconds(connection), time.perf_counter()
            stats = load_cabinet(connection, self._edge(number), self._edge(number + 1))
            elapsed = time.perf_counter() - started
            used = processor_seconds(connection) - used
        if stats["inserted"] != ROWS_A_WINDOW:
            raise MeasurementError(f"window {number} was not loaded: {stats}")
        self.statements[kind] = self.watch.take()
        if seconds is not None:
            seconds.append(elapsed)
        if seconds is self.plain:
            self.processor.append(used)
        return int(stats["read"])

    def _edge(self, number: int) -> datetime:
        return self.history.ends_at - (ALL_WINDOWS - number) * SIX_HOURS


def measure(server: EmbeddedPostgres, row_counts: list[int], display: Display) -> Result:
    """The cost of a window on each history, window by window in turn.

    Args:
        server: running.
        row_counts: rows of each history, ascending; each longer than the lookback.
        display: shows how far it is.
    """
    ends_at = last_edge(datetime.now(UTC))
    tracks = []
    for row_count in row_counts:
        with display.step(f"Load a history of {row_count:,} rows"):
            history = History(ends_at, row_count + ALL_WINDOWS * ROWS_A_WINDOW)
            track = Track(new_database(server, f"bench_window_{row_count}"), history, row_count)
            track.prepare()
            tracks.append(track)
    read: dict[int, int] = {}
    with display.step("Windows", total=ALL_WINDOWS) as line:
        _run_windows(tracks, read, line)
    return _result(tracks, read)


def _run_windows(tracks: list[Track], read: dict[int, int], line: Line) -> None:
    tracks[-1].database.checkpoint()
    for number in range(ALL_WINDOWS):
        is_rotating = number >= WARMING_WINDOWS + MEASURED_WINDOWS
        if number == WARMING_WINDOWS + MEASURED_WINDOWS:
            for track in tracks:
                track.make_due()
            tracks[-1].database.checkpoint()
        for track in tracks:
            kind = "window with rotation" if is_rotating else "window"
            line.show(f"{kind} on {track.loaded_rows:,} rows", number)
            seconds = track.rotating if is_rotating else track.plain
            warming = number < WARMING_WINDOWS
            read[track.loaded_rows] = track.run(number, kind, None if warming else seconds)


def _result(tracks: list[Track], read: dict[int, int]) -> Result:
    least, figures = tracks[0], []
    for track in tracks[1:]:
        pairs = list(zip(track.plain, least.plain, strict=True))
        figures.append(
            Figure(
                f"window on {track.loaded_rows:,} / on {least.loaded_rows:,} rows",
                median_ratio(pairs),
                "×",
                BAR,
                f"{spread(track.plain)} against {spread(least.plain)}",
            )
        )
        pairs = list(zip(track.processor, least.processor, strict=True))
        figures.append(
            Figure(
                "the same in processor time",
                median_ratio(pairs),
                "×",
                None,
                f"{spread(track.processor)} against {spread(least.processor)}",
            )
        )
    for track in tracks:
        figures.append(
            Figure(
                f"window with its share of rotation, {track.loaded_rows:,} rows",
                median(track.rotating),
                "s",
                None,
                f"{median(track.plain):.2f} s without; {read[track.loaded_rows]:,} rows compared",
            )
        )
    return Result(
        f"One window of {ROWS_A_WINDOW} rows, {ROWS_A_DAY:,} rows a day",
        figures,
        {
            f"{kind}, {track.loaded_rows:,} rows": seconds
            for track in tracks
            for kind, seconds in track.statements.items()
        },
        series={
            name: [(float(t.loaded_rows), median(getattr(t, key))) for t in tracks]
            for name, key in (("window", "plain"), ("window with rotation", "rotating"))
        },
        samples={f"{track.loaded_rows:,} rows": track.plain for track in tracks},
        curves=(f"One six-hour window of {ROWS_A_WINDOW} rows (median)", "rows of history"),
    )
