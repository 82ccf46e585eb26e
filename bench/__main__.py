"""`./leads bench`: measure, show, save, and say by the exit status whether the bars are met."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

REPOSITORY = Path(__file__).resolve().parents[1]
# Started as a file, so neither the repository nor its one import root is on the path by itself.
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "plugins")]

import typer  # noqa: E402

from bench import loads, orchestration, plot, report, windows  # noqa: E402
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


# First load, histories of the windows, runs of the catch-up, and the disk that it takes.
FULL = (1_000_000, [100_000, 1_000_000, 5_000_000], 20, 15_000_000_000)
QUICK = (100_000, [60_000, 100_000, 300_000], 8, 3_000_000_000)


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
            help="Folder for results.json, results.md and results.png. Default: docs/bench for a "
            "full measurement, else bench in LEADS_HOME."
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

    For example:

      ./leads bench                                  everything, a quarter of an hour

      ./leads bench --quick                          everything, small

      ./leads bench --only loads --only windows
    """
    chosen = list(only or Measurement)
    target = out or _default_folder(is_full=not quick and not only)
    target.mkdir(parents=True, exist_ok=True)
    surroundings = report.Surroundings.now(datetime.now(UTC), is_quick=quick)
    with Display() as display:
        try:
            results = _measure(chosen, QUICK if quick else FULL, folder, random_keys, display)
        except (MeasurementError, OSError) as error:
            display.end_live()
            sys.exit(f"leads bench: {error}")
        display.end_live()
        report.show(results, surroundings, display)
        report.save(results, surroundings, target)
        plot.save_plot(results, target / "results.png")
        display.print(f"Saved in {target}.")
    if not all(result.is_met for result in results):
        sys.exit(1)


def _default_folder(*, is_full: bool) -> Path:
    return REPOSITORY / "docs" / "bench" if is_full else settings().home / "bench"


def _measure(
    chosen: list[Measurement],
    sizes: tuple[int, list[int], int, int],
    folder: Path | None,
    random_keys: bool,
    display: Display,
) -> list[Result]:
    row_count, histories, run_count, needed_bytes = sizes
    results = []
    # First: after the others the disk is busy for minutes with what they wrote and deleted.
    if Measurement.ORCHESTRATION in chosen:
        results.append(orchestration.measure(folder, run_count, display))
    if Measurement.LOADS in chosen or Measurement.WINDOWS in chosen:
        with running_server(folder, needed_bytes) as server:
            if Measurement.LOADS in chosen:
                database = new_database(server, "bench_loads")
                found = loads.measure(database, row_count, display, random_keys=random_keys)
                results.append(found)
                database.drop()
            if Measurement.WINDOWS in chosen:
                results.append(windows.measure(server, histories, display))
    return results


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app(prog_name="./leads bench")
