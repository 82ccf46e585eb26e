"""`./leads bench`: measure, show, save, and say by the exit status whether the bars are met."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, NamedTuple

REPOSITORY = Path(__file__).resolve().parents[1]
# Started as a file, so neither the repository nor its one import root is on the path by itself.
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "plugins")]

import typer  # noqa: E402

from bench import (  # noqa: E402
    health,
    identity,
    loads,
    money,
    orchestration,
    plot,
    report,
    windows,
)
from bench.figures import MeasurementError, Result  # noqa: E402
from bench.server import new_database, running_server  # noqa: E402
from leads.cli.progress import Display  # noqa: E402
from leads.settings import settings  # noqa: E402
from leads.windows import UTC  # noqa: E402


class Measurement(str, Enum):
    """What can be measured by itself."""

    LOADS = "loads"
    WINDOWS = "windows"
    ORCHESTRATION = "orchestration"
    IDENTITY = "identity"
    MONEY = "money"
    HEALTH = "health"


class Sizes(NamedTuple):
    """How much is measured.

    Attributes:
        first_load: rows.
        histories: rows of each history that windows are loaded on, ascending.
        catch_up: runs.
        identity: accounts and leads.
        money: leads and driver-days, ascending.
        health: rows of each watched table, ascending.
        needed_bytes: disk that it takes.
    """

    first_load: int
    histories: list[int]
    catch_up: int
    identity: identity.Size
    money: list[money.Size]
    health: list[int]
    needed_bytes: int


FULL = Sizes(
    1_000_000,
    [100_000, 1_000_000, 5_000_000],
    20,
    identity.Size(200_000, 100_000, 1_000, [100_000, 300_000, 1_000_000]),
    [
        money.Size(100_000, 1_000_000),
        money.Size(300_000, 3_000_000),
        money.Size(1_000_000, 10_000_000),
    ],
    [100_000, 1_000_000, 10_000_000],
    15_000_000_000,
)
QUICK = Sizes(
    100_000,
    [60_000, 100_000, 300_000],
    8,
    identity.Size(20_000, 10_000, 100, [10_000, 30_000, 100_000]),
    [money.Size(leads, 10 * leads) for leads in (10_000, 30_000)],
    [50_000, 100_000, 500_000],
    3_000_000_000,
)


def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="A tenth of the rows, for trying; proves nothing.")
    ] = False,
    only: Annotated[
        list[Measurement] | None,
        typer.Option(help="Only this measurement; may be given more than once."),
    ] = None,
    random_keys: Annotated[
        bool,
        typer.Option(
            "--random-keys",
            help="First load with lead keys in no order, like UUIDs. It makes the plain insert "
            "slower, so the ratio is kinder; the default is the harder case.",
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for results.json, results.md and results.png; what others measured there "
            "stays. Default: docs/bench in full size, else bench in LEADS_HOME."
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the throwaway server keeps its data (15 GB; with --quick 3)."),
    ] = None,
) -> None:
    """Measure what a load costs beside the least it could cost.

    Every bar is a ratio of two things measured in turn on one server, so it
    means the same on any machine that nothing else is using. Exit status 1: a
    bar is missed. How to read the figures: bench/README.md.

    loads: the first load of 1,000,000 rows against a plain INSERT; its replay.

    windows: one six-hour window on histories of 100,000, 1 and 5 million rows.

    orchestration: 20 runs of the DAG by a real scheduler, against empty tasks,
    three times in turn.

    identity: 100,000 leads and 200,000 accounts resolved, against a plain
    INSERT and beside Splink; 1,000 new leads; a registry that grows.

    money: a refresh of the views after 1 % of the people worked, against a full
    REFRESH MATERIALIZED VIEW of the same queries; and with ten times the history.

    health: level and verdict of every table, with 100,000 to 10 million rows in each.

    For example:

      ./leads bench                                  everything, an hour and a half

      ./leads bench --quick                          everything, small

      ./leads bench --only loads --only windows
    """
    chosen = list(only or Measurement)
    target = out or _default_folder(is_full=not quick)
    target.mkdir(parents=True, exist_ok=True)
    surroundings = report.Surroundings.now(datetime.now(UTC), is_quick=quick)
    with Display() as display:
        try:
            found = _measure(chosen, QUICK if quick else FULL, folder, random_keys, display)
        except (MeasurementError, OSError) as error:
            display.end_live()
            sys.exit(f"leads bench: {error}")
        display.end_live()
        entries = [
            report.Entry(section.value, surroundings, result)
            for section, results in found.items()
            for result in results
        ]
        report.show(entries, display)
        saved = report.save(entries, target)
        plot.save_plot([entry.result for entry in saved], target / "results.png")
        display.print(f"Saved in {target}.")
    if not all(entry.result.is_met for entry in entries):
        sys.exit(1)


def _default_folder(*, is_full: bool) -> Path:
    return REPOSITORY / "docs" / "bench" if is_full else settings().home / "bench"


def _measure(
    chosen: list[Measurement],
    sizes: Sizes,
    folder: Path | None,
    random_keys: bool,
    display: Display,
) -> dict[Measurement, list[Result]]:
    results: dict[Measurement, list[Result]] = {}
    # First: after the others the disk is busy for minutes with what they wrote and deleted.
    if Measurement.ORCHESTRATION in chosen:
        found = orchestration.measure(folder, sizes.catch_up, display)
        results[Measurement.ORCHESTRATION] = [found]
    if set(chosen) - {Measurement.ORCHESTRATION}:
        with running_server(folder, sizes.needed_bytes) as server:
            if Measurement.LOADS in chosen:
                database = new_database(server, "bench_loads")
                found = loads.measure(database, sizes.first_load, display, random_keys=random_keys)
                results[Measurement.LOADS] = [found]
                database.drop()
            if Measurement.IDENTITY in chosen:
                results[Measurement.IDENTITY] = identity.measure(server, sizes.identity, display)
            if Measurement.MONEY in chosen:
                results[Measurement.MONEY] = [money.measure(server, sizes.money, display)]
            if Measurement.HEALTH in chosen:
                results[Measurement.HEALTH] = [health.measure(server, sizes.health, display)]
            if Measurement.WINDOWS in chosen:
                found = windows.measure(server, sizes.histories, display)
                results[Measurement.WINDOWS] = [found]
    return results


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app(prog_name="./leads bench")
