"""`./leads run`: one DAG run, followed to its end."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leads.cli.progress import Display
    from leads.local.api import AirflowApi
    from leads.local.stack import Stack

COLUMNS = ("read", "inserted", "updated", "unchanged", "rejected")


def run(
    date_from: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First local day to load."),
    ] = None,
    date_to: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last local day to load, included."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do the same work, report it, change nothing.")
    ] = False,
    no_incremental: Annotated[
        bool, typer.Option("--no-incremental", help="Only the window: no late, no corrected rows.")
    ] = False,
) -> None:
    """Load a range of days with one run and follow it.

    Without dates it continues from the last covered window to now. It uses the stack that is up;
    when none is, it starts one of its own for this run, without scheduled runs, and stops it.

    For example:

      ./leads run --from 2026-11-01 --to 2026-11-03

      ./leads run --from 2026-11-01 --to 2026-11-03 --dry-run

      ./leads run --source module_ct_migrations
    """
    from leads.cli.progress import Display

    conf = _conf(date_from, date_to, source or [])
    conf |= {"dry_run": dry_run, "incremental": not no_incremental}
    with Display() as display, _api(display) as (api, conninfo, stack):
        run_id = _trigger(api, conf)
        with display.step(f"Run {run_id}") as line:
            state = _follow(api, run_id, stack, line)
        display.end_live()
        _report(api, conninfo, run_id, display)
        if state != "success":
            from leads.cli.failures import describe

            for text in describe(api, conninfo, [run_id]):
                display.print(text)
            display.print(f"The run ended {state}.")
    if state != "success":
        raise typer.Exit(1)


def _conf(
    date_from: datetime | None, date_to: datetime | None, sources: list[str]
) -> dict[str, Any]:
    from leads.sources import load_registry

    if (date_from is None) != (date_to is None):
        raise typer.BadParameter("--from and --to belong together: give both, or neither.")
    conf: dict[str, Any] = {}
    if date_from is not None and date_to is not None:
        if date_from > date_to:
            raise typer.BadParameter(
                f"--from {date_from:%Y-%m-%d} is after --to {date_to:%Y-%m-%d}; both days are "
                "included, so they may be equal."
            )
        conf |= {"date_from": f"{date_from:%Y-%m-%d}", "date_to": f"{date_to:%Y-%m-%d}"}
    known = load_registry().sources
    for name in sources:
        if name not in known:
            raise typer.BadParameter(f"--source {name} is unknown. Known: {', '.join(known)}.")
    if sources:
        conf["sources"] = sources
    return conf


@contextmanager
def _api(display: Display) -> Iterator[tuple[AirflowApi, str, Stack | None]]:
    """The API of the running stack, or of one that lives as long as the block."""
    from leads.cli.session import ready_stack
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.local.running import running_api
    from leads.settings import settings

    chosen = settings()
    if api := running_api(Home(chosen.home)):
        with open_warehouse(Home(chosen.home), chosen) as warehouse:
            yield api, warehouse.conninfo, None
        return
    with ready_stack(display, chosen, schedule=False) as stack:
        stack.api.unpause()
        yield stack.api, stack.warehouse.conninfo, stack


def _trigger(api: AirflowApi, conf: dict[str, Any]) -> str:
    from leads.local.api import ApiError

    try:
        return api.trigger(conf)
    except ApiError as error:
        if error.status == 400:
            raise typer.BadParameter(str(error)) from None
        raise


def _follow(api: AirflowApi, run_id: str, stack: Stack | None, line: Any) -> str:
    import time
    from collections import Counter

    while True:
        state = str(api.run(run_id)["state"])
        states = Counter(task["state"] or "waiting" for task in api.tasks(run_id))
        tasks = ", ".join(f"{count} {name}" for name, count in sorted(states.items()))
        line.show(f"{state}: {tasks}")
        if state in ("success", "failed"):
            return state
        if stack is None:
            time.sleep(0.5)
        else:
            stack.pause(0.5)


def _report(api: AirflowApi, conninfo: str, run_id: str, display: Display) -> None:
    import psycopg
    from rich.table import Table

    from leads.cli.ledger import stats_of_run

    table = Table("source", "state")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    with psycopg.connect(conninfo) as connection:
        recorded = stats_of_run(connection, run_id)
    for task in sorted(api.tasks(run_id), key=lambda task: task["task_id"]):
        if not task["task_id"].startswith("ingest."):
            continue
        # A dry run leaves nothing in the ledger: its tasks return their counts.
        stats = recorded.get(task["task_id"]) or api.returned(run_id, task["task_id"]) or {}
        counts = [f"{stats[name]:,}" if name in stats else "" for name in COLUMNS]
        table.add_row(task["task_id"].removeprefix("ingest."), task["state"] or "", *counts)
    display.print(table)
