"""Identity resolution against its floor, and for the little that is new; beside it, Splink."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from psycopg import Connection

from bench import growth, peer
from bench.cabinet import statement
from bench.figures import Figure, Grid, MeasurementError, Result, median_ratio, spread
from bench.identity_world import World, attribute, change_accounts, land, resolve
from bench.loads import Samples, floor, timed
from bench.memory import Memory, watched
from bench.server import Database
from bench.stopwatch import Stopwatch, whole_processor_seconds
from leads.cli.progress import Display, Line
from leads.evaluation.measures import Quality, measure_generated
from leads.local.postgres import EmbeddedPostgres
from leads.sources import load_registry

COLD_BAR = 20.0
NEW_LEADS_BAR = 3.0  # per cent of the cold run
PEER_BAR = 1.0
#: What the peer does as well: it is given normalised keys and people, and writes no evidence.
MATCHING = (
    "analyze",
    "identity/model/",
    "identity/candidates/",
    "identity/score/",
    "identity/decide/",
)
PAIRS = 2
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """How much is resolved.

    Attributes:
        accounts: rows of `drivers`.
        leads: leads of the cold run.
        few: new leads, and changed accounts, of the small runs.
        registries: rows of `drivers` to which a registry grows, ascending.
    """

    accounts: int
    leads: int
    few: int
    registries: list[int]


@dataclass
class Found:
    """Everything that was measured on one world.

    Attributes:
        floor: the plain insert.
        memory: of the last cold run.
        runs: kind of run -> what it cost.
        processors: kind of run -> processor seconds of the server as a whole and of this process.
        matching: seconds of each cold run that went into what the peer does as well.
        judged: kind of small run -> how many leads were judged, once per round.
        statements: kind of run -> SQL file -> seconds.
        quality: how good the links of the cold run are.
        peer: what Splink made of the same leads; None when it could not be installed.
        quick_peer: the same with its default of random pairs.
        remark: why not.
    """

    floor: Samples = field(default_factory=Samples)
    memory: Memory = field(default_factory=Memory)
    runs: dict[str, Samples] = field(default_factory=lambda: defaultdict(Samples))
    processors: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    matching: list[float] = field(default_factory=list)
    judged: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, dict[str, float]] = field(default_factory=dict)
    quality: Quality = field(default_factory=lambda: Quality([], None, [], []))
    peer: peer.Peer | None = None
    quick_peer: peer.Peer | None = None
    remark: str = ""


def measure(server: EmbeddedPostgres, size: Size, display: Display) -> list[Result]:
    """Resolution of one world, Splink on the same leads, and a growing registry.

    Args:
        server: running.
        size: how much.
        display: shows how far it is.
    """
    found = Found()
    world = World(size.accounts, size.leads, size.few, 1 + ROUNDS)
    with display.step(f"Invent {size.accounts:,} accounts and {size.leads:,} leads"):
        pristine = world.make(server, "bench_identity")
    with display.step("Cold run against its floor", total=PAIRS) as line:
        resolved = _cold_runs(pristine, size, found, line)
    pristine.drop()
    with display.step("The same leads with Splink"):
        _compare(resolved, found)
    with display.step("Small runs", total=1 + ROUNDS) as line:
        with _session(resolved, found, "cold attribution") as connection:
            attribute(connection)
        resolved.vacuum()
        resolved.checkpoint()
        for number in range(1 + ROUNDS):
            line.show("warming up" if number == 0 else "measuring", number)
            _small_runs(resolved, size, Found() if number == 0 else found, number)
    resolved.drop()
    grown = growth.measure(server, size.registries, size.leads, size.few, display)
    return [_resolution(size, found), _beside_splink(found), grown]


def _cold_runs(pristine: Database, size: Size, found: Found, line: Line) -> Database:
    """Plain insert and cold run in turn, each pair on a copy of its own; returns the last."""
    sources = list(load_registry().sources.values())
    database = pristine
    for pair in range(1, PAIRS + 1):
        if pair > 1:
            database.drop()
        database = pristine.copy(f"bench_identity_{pair}")
        line.show("plain insert", pair)
        floor(database, Samples(), sources)  # to warm up
        database.administer("TRUNCATE public.plain_events")
        floor(database, found.floor, sources)
        _expect_as_many(database, size.leads)
        line.show("cold run", pair)
        database.checkpoint()
        with (
            _session(database, found, "cold run") as connection,
            watched(connection) as found.memory,
        ):
            stats = resolve(connection)
        _expect(stats, leads=size.leads, accounts=size.accounts)
        spent = found.statements["cold run"].items()
        found.matching.append(sum(took for name, took in spent if name.startswith(MATCHING)))
    database.vacuum()
    database.checkpoint()
    return database


def _small_runs(database: Database, size: Size, found: Found, number: int) -> None:
    """What a run costs after a few leads landed, after nothing, and after accounts changed."""
    few, kind = size.few, f"{size.few:,} new leads"
    land(database, number + 1)
    with _session(database, found, kind) as connection:
        stats = resolve(connection)
    _expect(stats, leads=few, accounts=0)
    found.judged[kind].append(stats["leads"])
    with _session(database, found, f"attribution after {kind}") as connection:
        attribute(connection)
    with _session(database, found, "nothing new") as connection:
        stats = resolve(connection)
    if stats["leads"] or stats["accounts"]:
        raise MeasurementError(f"something was new: {stats}")
    kind = f"{few:,} changed accounts"
    change_accounts(database, number, few)
    with _session(database, found, kind) as connection:
        stats = resolve(connection)
    _expect(stats, leads=0, accounts=few)
    found.judged[kind].append(stats["leads"])
    with _session(database, found, f"attribution after {kind}") as connection:
        attribute(connection)


@contextmanager
def _session(database: Database, found: Found, kind: str) -> Iterator[Connection[Any]]:
    """A session of its own for one run, as a task has; its cost is noted."""
    watch = Stopwatch()
    with (
        database.connect(cursor_factory=watch.cursor_factory()) as connection,
        timed(database, connection, found.runs[kind]),
    ):
        used = whole_processor_seconds(connection)
        yield connection
        found.processors[kind].append(whole_processor_seconds(connection) - used)
    seconds = watch.take()
    rest = found.runs[kind].seconds[-1] - sum(seconds.values())
    found.statements[kind] = seconds | {"between statements": rest}


def _expect(stats: dict[str, Any], **least: int) -> None:
    """A measurement of the wrong work is worth nothing."""
    for name, count in least.items():
        if stats[name] < count:
            raise MeasurementError(f"{name}: {stats[name]:,} instead of {count:,}: {stats}")


def _expect_as_many(database: Database, leads: int) -> None:
    """The floor wrote the same leads, else it would be no floor."""
    with database.connect() as connection:
        row = connection.execute(statement("differences")).fetchone()
        written = connection.execute("SELECT count(*) FROM public.plain_events").fetchone()
    if row is None or row[0] or written is None or written[0] != leads:
        raise MeasurementError(f"the plain insert wrote {written} of {leads}; {row} differ")


def _compare(database: Database, found: Found) -> None:
    with database.connect() as connection:
        found.quality = measure_generated(connection)
        linkable = found.quality.group().linkable
        try:
            found.peer = peer.run(connection, peer.python(), linkable)
            found.quick_peer = peer.run(
                connection, peer.python(), linkable, peer.DEFAULT_PAIRS_SAMPLED
            )
        except peer.PeerMissingError as error:
            found.remark = f"Splink was left out: {error}."


def _resolution(size: Size, found: Found) -> Result:
    cold, least = found.runs["cold run"], found.floor
    new, changed = f"{size.few:,} new leads", f"{size.few:,} changed accounts"
    seconds = median(cold.seconds)
    figures = [
        Figure(
            "cold run / plain insert",
            _ratio(cold.seconds, least.seconds),
            "×",
            COLD_BAR,
            f"{size.leads:,} leads, {size.accounts:,} accounts; {spread(cold.seconds)} against "
            f"{spread(least.seconds)}",
        ),
        Figure(
            "the same in processor time",
            _ratio(cold.processor, least.processor),
            "×",
            None,
            f"{spread(cold.processor)} against {spread(least.processor)}; with the server's other "
            f"processes and Python: {spread(found.processors['cold run'])}",
        ),
        Figure("leads per second of the cold run", size.leads / seconds, "leads/s"),
        Figure(
            "memory of the Python process in the cold run",
            found.memory.here / 1e6,
            "MB",
            None,
            f"{found.memory.before / 1e6:,.0f} MB before it; its server process "
            f"{found.memory.server / 1e6:,.0f} MB beside what all share",
        ),
        Figure(
            f"{new} / cold run",
            100 * median(found.runs[new].seconds) / seconds,
            "%",
            NEW_LEADS_BAR,
            f"{spread(found.runs[new].seconds)}",
        ),
        _shown(found, changed, f"{_span(found.judged[changed])} leads judged anew"),
        _shown(found, "nothing new"),
        _shown(found, "cold attribution"),
        _shown(found, f"attribution after {new}"),
        _shown(found, f"attribution after {changed}"),
    ]
    samples = {"plain insert": least.seconds}
    samples |= {kind: run.seconds for kind, run in found.runs.items()}
    return Result("Identity resolution", figures, found.statements, samples=samples)


def _shown(found: Found, kind: str, note: str = "") -> Figure:
    seconds = found.runs[kind].seconds
    return Figure(
        kind, median(seconds), "s", None, "; ".join(filter(None, [spread(seconds), note]))
    )


def _span(counts: list[int]) -> str:
    return f"{min(counts):,} to {max(counts):,}"


def _ratio(ours: list[float], other: list[float]) -> float:
    return median_ratio(list(zip(ours, other, strict=True)))


def _beside_splink(found: Found) -> Result:
    title = "The same leads with Splink"
    ours = {level: _ours(found.quality, level) for level in ("HIGH", "accepted")}
    rules = found.quality.group("rules")
    cold = found.runs["cold run"]
    rows = [
        _row("resolution, HIGH", ours["HIGH"]),
        _row(
            "resolution, accepted",
            ours["accepted"],
            median(found.matching),
        ),
        _row(
            "the predecessor's rules on the same keys",
            peer.Links(rules.linked, rules.rightly, rules.linkable),
        ),
    ]
    headings = ["who links", "links", "wrong", "precision", "recall", "seconds", "processor s"]
    grid = Grid(headings, rows)
    if found.peer is None or found.quick_peer is None:
        return Result(title, [], grid=grid, remark=found.remark)
    splink, figures = found.peer, []
    for name, least, ahead in (
        ("p ≥ .90 and 3 bits ahead", 0.90, 3.0),
        ("p ≥ .99", 0.99, 0.0),
        ("p ≥ .999", 0.999, 0.0),
    ):
        links = splink.links(least, ahead)
        cost = splink.seconds, splink.cost["processor_seconds"]
        rows.append(_row(f"Splink, {name}", links, *cost))
    for level, mine in ours.items():
        weight, links = splink.most_links(mine.precision)
        rows.append(_row(f"Splink, as precise as {level} ({weight:.1f} bits)", links))
        quick, links_of_quick = found.quick_peer, found.quick_peer.most_links(mine.precision)[1]
        name = f"Splink, as precise as {level}, u from its default of random pairs"
        rows.append(_row(name, links_of_quick, quick.seconds, quick.cost["processor_seconds"]))
        figures.append(
            Figure(
                f"Splink's recall at the precision of {level} / ours",
                links.recall / max(mine.recall, 1e-9),
                "×",
                PEER_BAR,
                f"{links.recall:.2%} against {mine.recall:.2%}",
            )
        )
    theirs = (
        f"{splink.cost['training_seconds']:.2f} s of training and "
        f"{splink.cost['prediction_seconds']:.2f} s of prediction on our keys and people"
    )
    figures[:0] = [
        Figure(
            "training, candidates, scores and decisions / Splink",
            median(found.matching) / splink.seconds,
            "×",
            PEER_BAR,
            f"{spread(found.matching)}, evidence included, against {theirs}",
        ),
        Figure(
            "cold run / Splink",
            median(cold.seconds) / splink.seconds,
            "×",
            None,
            f"{median(cold.seconds):.2f} s, from raw rows to links written",
        ),
    ]
    figures.append(
        Figure(
            "memory of Splink",
            splink.cost["peak_bytes"] / 1e6,
            "MB",
            None,
            f"{splink.cost['pairs']:,} pairs; {splink.cost['versions']}",
        )
    )
    return Result(title, figures, grid=grid)


def _ours(quality: Quality, level: str) -> peer.Links:
    everything = quality.group()
    group = everything if level == "accepted" else quality.group("resolution", "level", level)
    return peer.Links(group.linked, group.rightly, everything.linkable)


def _row(
    name: str, links: peer.Links, seconds: float | None = None, processor: float | None = None
) -> list[str]:
    return [
        name,
        f"{links.linked:,}",
        f"{links.wrong:,}",
        f"{links.precision:.5f}",
        f"{links.recall:.4f}",
        "" if seconds is None else f"{seconds:.2f}",
        "" if processor is None else f"{processor:.2f}",
    ]
