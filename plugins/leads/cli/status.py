"""`./leads status`: the ledger and the totals, whether or not the stack is up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    import psycopg
    from rich.console import Console

    from leads.completeness import Finding
    from leads.sources import Registry

COUNTS = ("inserted", "updated", "rejected")


def status(
    runs: Annotated[int, typer.Option(min=1, help="How many loads to list.")] = 12,
    check: Annotated[
        bool, typer.Option("--check", help="Compare every covered raw row; 1 if one is missing.")
    ] = False,
) -> None:
    """Show the last loads and, per source: raw rows, events, open rejects, last event date.

    For example:

      ./leads status

      ./leads status --runs 50

      ./leads status --check            compare every covered raw row, key by key
    """
    import psycopg
    from rich.table import Table

    from leads.cli import ledger
    from leads.cli.progress import standard_output
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.local.running import running_api
    from leads.settings import settings
    from leads.sources import load_registry

    chosen, console = settings(), standard_output()
    home = Home(chosen.home)
    registry = load_registry()
    with (
        open_warehouse(home, chosen) as warehouse,
        psycopg.connect(warehouse.conninfo) as connection,
    ):
        try:
            loads = ledger.last_loads(connection, runs)
            totals = ledger.totals(connection, registry)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            console.print("Nothing is here yet. Start with: ./leads up")
            raise typer.Exit(1) from None
        connection.rollback()
        findings = _findings(connection, registry, chosen.zone) if check else None
    table = Table("started", "what", "source", "window", "status", *COUNTS)
    for load in loads:
        stats = load.stats or {}
        window = ""
        if load.window_from and load.window_to:
            first, last = (t.astimezone(chosen.zone) for t in (load.window_from, load.window_to))
            window = f"{first:%m-%d %H:%M} – {last:%m-%d %H:%M}"
        table.add_row(
            f"{load.started_at.astimezone(chosen.zone):%m-%d %H:%M:%S}",
            load.job_type,
            load.source_table or "",
            window,
            load.status,
            *(str(stats.get(name, "")) for name in COUNTS),
        )
    console.print(table)
    for load in loads:
        if load.error_message:
            console.print(f"{load.source_table}: {load.error_message}", markup=False)
    sources = Table("source", "raw", "events", "open rejects", "last event")
    for one in totals:
        raw = "missing" if one.raw is None else f"{one.raw:,}"
        day = one.last_event_on.isoformat() if one.last_event_on else "none"
        sources.add_row(one.source_table, raw, f"{one.events:,}", f"{one.rejects:,}", day)
    console.print(sources)
    api = running_api(home)
    console.print(f"Airflow is up at {api.base_url}" if api else "Airflow is not up: ./leads up")

    if findings is not None and not _show(findings, console):
        raise typer.Exit(1)


def _findings(
    connection: psycopg.Connection[Any], registry: Registry, zone: ZoneInfo
) -> list[Finding]:
    from datetime import datetime

    from leads.completeness import check_all

    return check_all(connection, registry, zone, now=datetime.now(zone))


def _show(findings: list[Finding], console: Console) -> bool:
    """List every raw row that does not add up; True when there is none, or only vanished ones."""
    from rich.table import Table

    if not findings:
        console.print("Every covered raw row has its event or its open reject.")
        return True
    table = Table("what", "source", "raw key", "day")
    for finding in findings:
        day = finding.slot_on.isoformat() if finding.slot_on else ""
        table.add_row(finding.kind.value, finding.source_table, finding.raw_pk, day)
    console.print(table)
    return not any(finding.kind.is_error for finding in findings)
