"""A refresh of the money views against a full `REFRESH MATERIALIZED VIEW` of the same queries."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median
from zoneinfo import ZoneInfo

from bench import money_peers
from bench.cabinet import statement
from bench.figures import Figure, Grid, MeasurementError, Result, spread
from bench.memory import Memory, watched
from bench.server import Database, new_database
from bench.stopwatch import Stopwatch
from leads.attribution import run_attribution
from leads.cli.progress import Display, Line
from leads.local.postgres import EmbeddedPostgres
from leads.sources import load_registry
from leads.views.refresh import run_refresh

#: A touched hundredth costs at most a fiftieth of refreshing everything, in per cent.
TOUCHED_BAR = 2.0
GROWTH_BAR = 1.3
ROUNDS = 3
#: Beyond, refreshing three materialized views that share nothing takes half an hour.
PLAIN_MOST_PEOPLE = 300_000
FILLS = ("people", "accounts", "leads", "links", "work", "payments")
HEADINGS = ["leads", "driver-days", "all, s", "people touched", "refresh, s", "least to greatest"]


@dataclass(frozen=True, slots=True)
class Size:
    """How much money there is.

    Attributes:
        people: people, each with one lead.
        days: driver-days.
    """

    people: int
    days: int


@dataclass
class Track:
    """One size, and what refreshes on it cost, in seconds."""

    size: Size
    full: float = 0.0
    memory: Memory = field(default_factory=Memory)
    hundredth: list[float] = field(default_factory=list)
    few: list[float] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)
    chained: float = 0.0
    plain: float | None = None
    watch: Stopwatch = field(default_factory=Stopwatch)
    statements: dict[str, dict[str, float]] = field(default_factory=dict)


def measure(server: EmbeddedPostgres, sizes: list[Size], display: Display) -> Result:
    """Refreshes of all, of a hundredth, of the same few and of nothing, on each size.

    Args:
        server: running.
        sizes: ascending.
        display: shows how far it is.
    """
    tracks = []
    few = sizes[0].people // 100
    with display.step("Money views", total=len(sizes)) as line:
        for place, size in enumerate(sizes):
            line.show(f"fill {size.people:,} leads, {size.days:,} driver-days", place)
            database = new_database(server, f"bench_money_{size.people}")
            # As a refresh has it, and as is PostgreSQL's default: the peers, too.
            _configure(database, "SET wal_compression = off")
            _fill(database, size)
            tracks.append(_track(database, size, few, line, place))
            _configure(database, "RESET wal_compression")
            database.drop()
    return _result(tracks, few)


def _configure(database: Database, change: str) -> None:
    """Change a setting of the whole server."""
    database.administer(f"ALTER SYSTEM {change}")
    database.administer("SELECT pg_reload_conf()")


def _fill(database: Database, size: Size) -> None:
    binds = {"people": size.people, "days": size.days}
    with database.connect() as connection:
        for name in FILLS:
            connection.execute(statement(f"views/fill_{name}"), binds)
        connection.execute(statement("views/mark_everybody"))
        connection.commit()
        run_attribution(connection)
    database.vacuum()
    database.checkpoint()


def _track(database: Database, size: Size, few: int, line: Line, place: int) -> Track:
    track = Track(size)
    line.show(f"everything, {size.people:,} leads", place)
    track.full = _refresh(database, track, "everything", people=size.people)
    database.vacuum()
    database.checkpoint()
    for number in range(1 + ROUNDS):
        line.show(f"small runs, {size.people:,} leads", place)
        kinds = ((size.people // 100, track.hundredth), (few, track.few))
        for kind, (people, seconds) in enumerate(kinds):
            _land(database, size, people, 2 * number + kind)
            took = _refresh(database, track, f"{people:,} people", people=people)
            if number:  # the first one warms up
                seconds.append(took)
        track.nothing.append(_refresh(database, track, "nothing new", people=0))
        database.vacuum()
        database.checkpoint()
    line.show(f"a chain of materialized views, {size.people:,} leads", place)
    track.chained = money_peers.chained(database)
    if size.people <= PLAIN_MOST_PEOPLE:
        line.show(f"three materialized views, {size.people:,} leads", place)
        track.plain = money_peers.plain(database)
    return track


def _land(database: Database, size: Size, people: int, number: int) -> None:
    """One more day of work of so many people, and what the server does about it in a minute."""
    binds = {"people": size.people, "every": size.people // people, "shift": number}
    with database.connect() as connection:
        connection.execute(statement("views/work_one_more_day"), binds)
    database.administer("ANALYZE public.summary_daily")


def _refresh(database: Database, track: Track, kind: str, *, people: int) -> float:
    """Seconds of a refresh that touches this many people, in a session of its own as a task has."""
    with (
        database.connect(cursor_factory=track.watch.cursor_factory()) as connection,
        watched(connection) as memory,
    ):
        started = time.perf_counter()
        stats = run_refresh(
            connection,
            load_registry(),
            home_park_id=money_peers.HOME_PARK_ID,
            zone=ZoneInfo("America/Lima"),
        )
        seconds = time.perf_counter() - started
    if kind == "everything":
        track.memory = memory
    track.statements[f"{kind} of {track.size.people:,}"] = track.watch.take()
    if stats["people"] != people:
        raise MeasurementError(f"{stats['people']:,} people instead of {people:,}: {stats}")
    return seconds


def _against(track: Track, peer: str, seconds: float, bar: float | None) -> Figure:
    return Figure(
        f"1 % of {track.size.people:,} touched / {peer}",
        100 * median(track.hundredth) / seconds,
        "%",
        bar,
        f"{spread(track.hundredth)} against {seconds:.1f} s; "
        f"{seconds / median(track.hundredth):.0f}× faster",
    )


def _result(tracks: list[Track], few: int) -> Result:
    first, last = tracks[0], tracks[-1]
    figures = [
        *(
            _against(track, "three REFRESH MATERIALIZED VIEW", track.plain, TOUCHED_BAR)
            for track in tracks
            if track.plain is not None
        ),
        *(
            _against(
                track, "a chain of nine", track.chained, TOUCHED_BAR if track is last else None
            )
            for track in tracks
        ),
        Figure(
            f"{few:,} people touched, {last.size.people:,} / {first.size.people:,} leads",
            median(last.few) / median(first.few),
            "×",
            GROWTH_BAR,
            f"{spread(last.few)} against {spread(first.few)}",
        ),
        Figure(
            f"nothing new, {last.size.people:,} / {first.size.people:,} leads",
            median(last.nothing) / median(first.nothing),
            "×",
            None,
            f"{spread(last.nothing)} against {spread(first.nothing)}",
        ),
        Figure(
            f"all of {first.size.people:,} leads",
            first.full,
            "s",
            None,
            f"{first.size.days:,} driver-days; memory of the server's process "
            f"{first.memory.server / 1e6:,.0f} MB, here {first.memory.here / 1e6:,.0f} MB",
        ),
        Figure(
            f"all of {last.size.people:,} leads",
            last.full,
            "s",
            None,
            f"{last.size.days:,} driver-days; memory of the server's process "
            f"{last.memory.server / 1e6:,.0f} MB, here {last.memory.here / 1e6:,.0f} MB",
        ),
    ]
    rows = [
        [
            f"{track.size.people:,}",
            f"{track.size.days:,}",
            f"{track.full:.1f}",
            f"{people:,}",
            f"{median(seconds):.2f}",
            spread(seconds),
        ]
        for track in tracks
        for people, seconds in (
            (track.size.people // 100, track.hundredth),
            (few, track.few),
            (0, track.nothing),
        )
    ]
    return Result(
        "Refreshing the money views",
        figures,
        {kind: seconds for track in tracks for kind, seconds in track.statements.items()},
        series={
            f"{few:,} people touched": [(track.size.people, median(track.few)) for track in tracks],
            "nothing new": [(track.size.people, median(track.nothing)) for track in tracks],
        },
        samples={f"{track.size.people:,} leads": track.few for track in tracks},
        curves=("A refresh (median)", "leads; ten driver-days each"),
        grid=Grid(HEADINGS, rows),
    )
