"""What a run costs while the registry of drivers grows: the same leads, ever more accounts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from statistics import median

from bench.figures import Grid, MeasurementError, Result, spread
from bench.identity_world import World, fill_registry, land, resolve
from bench.server import Database
from bench.stopwatch import Stopwatch
from leads.cli.progress import Display, Line
from leads.local.postgres import EmbeddedPostgres

ROUNDS = 3
HEADINGS = [
    "accounts",
    "cold run, s",
    "s per 100,000 accounts",
    "new leads, s",
    "least to greatest",
    "nothing new, s",
]


@dataclass
class Track:
    """One registry, and what runs on it cost, in seconds."""

    accounts: int
    cold: float = 0.0
    new: list[float] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)
    watch: Stopwatch = field(default_factory=Stopwatch)
    statements: dict[str, dict[str, float]] = field(default_factory=dict)


def measure(
    server: EmbeddedPostgres, registries: list[int], leads: int, few: int, display: Display
) -> Result:
    """A cold run, runs of a few new leads, and runs of nothing new on each registry.

    The registries are parts of one world: the smallest holds everybody who is a lead, larger ones
    ever more people who are not.

    Args:
        server: running.
        registries: accounts in each, ascending.
        leads: leads of the cold runs.
        few: new leads of each small run.
        display: shows how far it is.
    """
    with display.step(f"Invent {registries[-1]:,} accounts"):
        world = World(registries[-1], leads, few, 1 + ROUNDS)
        pristine = world.make(server, "bench_growth", is_ranked=True)
    tracks = []
    with display.step("Growing registry", total=len(registries)) as line:
        for place, accounts in enumerate(registries):
            database = pristine.copy(f"bench_growth_{accounts}")
            tracks.append(_track(database, accounts, few, line, place))
            database.drop()
    pristine.drop()
    return _result(tracks, leads, few)


def _track(database: Database, accounts: int, few: int, line: Line, place: int) -> Track:
    track = Track(accounts)
    line.show(f"cold run, {accounts:,} accounts", place)
    fill_registry(database, accounts)
    database.checkpoint()
    track.cold = _run(track, database, "cold run", accounts=accounts)
    database.vacuum()
    database.checkpoint()
    line.show(f"small runs, {accounts:,} accounts", place)
    for number in range(1 + ROUNDS):
        land(database, number + 1)
        new = _run(track, database, "new leads", leads=few)
        nothing = _run(track, database, "nothing new")
        if number:  # the first one warms up
            track.new.append(new)
            track.nothing.append(nothing)
    return track


def _run(
    track: Track, database: Database, kind: str, *, accounts: int = 0, leads: int = 0
) -> float:
    """Seconds of a run that finds at least this much new; nothing at all when it is 0."""
    with database.connect(cursor_factory=track.watch.cursor_factory()) as connection:
        started = time.perf_counter()
        stats = resolve(connection)
        seconds = time.perf_counter() - started
    track.statements[f"{kind}, {track.accounts:,} accounts"] = track.watch.take()
    for name, least in (("accounts", accounts), ("leads", leads)):
        is_right = stats[name] >= least if accounts or leads else stats[name] == 0
        if not is_right:
            raise MeasurementError(f"{name}: {stats[name]:,} instead of {least:,}: {stats}")
    return seconds


def _result(tracks: list[Track], leads: int, few: int) -> Result:
    rows = [
        [
            f"{track.accounts:,}",
            f"{track.cold:.2f}",
            f"{track.cold * 100_000 / track.accounts:.2f}",
            f"{median(track.new):.2f}",
            spread(track.new),
            f"{median(track.nothing):.2f}",
        ]
        for track in tracks
    ]
    return Result(
        f"Growing registry, {leads:,} leads and {few:,} new ones",
        [],
        {kind: seconds for track in tracks for kind, seconds in track.statements.items()},
        series={
            f"{few:,} new leads": [(track.accounts, median(track.new)) for track in tracks],
            "nothing new": [(track.accounts, median(track.nothing)) for track in tracks],
        },
        samples={f"{track.accounts:,} accounts": track.new for track in tracks},
        curves=(f"Resolving {few:,} new leads (median)", "accounts in the registry"),
        grid=Grid(HEADINGS, rows),
    )
