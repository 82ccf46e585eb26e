"""`./leads up`: the whole stack, followed until it has caught up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leads.cli.catch_up import CatchUp
    from leads.cli.progress import Display
    from leads.local.stack import Stack


def up(
    once: Annotated[
        bool, typer.Option("--once", help="End after the summary; exit status 1 if a run failed.")
    ] = False,
    scale: Annotated[
        float | None,
        typer.Option(min=0.001, help="Size of new demo data; 1.0 is about 60 leads a day."),
    ] = None,
    no_history: Annotated[
        bool,
        typer.Option("--no-history", help="Leave out the rows from before the schedule's start."),
    ] = False,
) -> None:
    """Start everything, catch up, and stay until Ctrl-C.

    The first time this makes a database, demo data and Airflow's tables; later it continues on
    them. With AIRFLOW_CONN_WAREHOUSE set it works on that database and makes no demo data.

    For example:

      ./leads up                        then open the address that it prints

      ./leads up --once                 for scripts: catch up, report, stop

      LEADS_HOME=/tmp/two ./leads up    a second stack beside the first

      AIRFLOW_CONN_WAREHOUSE=postgresql://USER:PASSWORD@HOST/DB ./leads up
    """
    from leads.cli.catch_up import catch_up
    from leads.cli.progress import Display
    from leads.cli.session import ready_stack
    from leads.settings import settings

    chosen = settings()
    if scale is not None:
        chosen = chosen.model_copy(update={"demo_scale": scale})
    with Display() as display, ready_stack(display, chosen) as stack:
        result = catch_up(stack, display, history=not no_history)
        display.end_live()
        _summarise(stack, display)
        _report_failures(stack, result, display)
        if not once:
            _stay(stack, display)
        display.print("Stopping …")
    if result.failed:
        raise typer.Exit(1)


def _summarise(stack: Stack, display: Display) -> None:
    import psycopg
    from rich.table import Table

    from leads.cli import ledger
    from leads.sources import load_registry

    table = Table("source")
    for heading in ("raw", "events", "rejects", "runs", "seconds"):
        table.add_column(heading, justify="right")
    with psycopg.connect(stack.warehouse.conninfo) as connection:
        for one in ledger.totals(connection, load_registry()):
            table.add_row(
                one.source_table,
                "missing" if one.raw is None else f"{one.raw:,}",
                f"{one.events:,}",
                f"{one.rejects:,}",
                f"{one.runs:,}",
                f"{one.seconds:.1f}",
            )
    display.print(table)


def _report_failures(stack: Stack, result: CatchUp, display: Display) -> None:
    from leads.cli.failures import describe

    if not result.failed:
        return
    display.print(f"{len(result.failed)} runs failed:")
    for line in describe(stack.api, stack.warehouse.conninfo, result.failed):
        display.print(f"  {line}")
    display.print("Mend the cause, then try these runs again with: ./leads up --once")


def _stay(stack: Stack, display: Display) -> None:
    from leads.local.api import MONITOR_DAG_ID

    # Only now: it would call what is still being caught up a problem, and take its share of time.
    stack.api.unpause(MONITOR_DAG_ID)
    display.print(f"Airflow    {stack.url}")
    display.print(f"Login      admin / {stack.passwords['admin']}")
    display.print(f"Others     viewer and op, in {stack.home.passwords}")
    display.print("Ctrl-C stops everything.")
    try:
        while True:
            stack.pause(1)
    except KeyboardInterrupt:
        return
