"""`./leads identity evaluate`: how often links are right, where it is known who is who."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from leads.cli.progress import Display
    from leads.evaluation import Noise
    from leads.evaluation.measures import Quality
    from leads.evaluation.quality_report import Grid
    from leads.settings import Settings

#: Fixed, so that a seed gives the same world on any day.
END = date(2026, 11, 22)
PAGE, PICTURE = "identity-quality.md", "images/identity-quality.svg"


class Untidiness(str, Enum):
    """How untidy the generated data is."""

    USUAL = "usual"
    QUIET = "quiet"
    HARSH = "harsh"
    VARIED = "varied"

    def noise(self, seed: int) -> Noise:
        """Its rates."""
        from leads.evaluation import HARSH, QUIET, USUAL, varied

        if self is Untidiness.VARIED:
            return varied(seed)
        return {"usual": USUAL, "quiet": QUIET, "harsh": HARSH}[self.value]


def evaluate(
    drivers: Annotated[int, typer.Option(min=0, help="Accounts to generate.")] = 20_000,
    leads: Annotated[int, typer.Option(min=0, help="Leads to generate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Same seed, same data.")] = 1,
    noise: Annotated[
        Untidiness, typer.Option(help="How untidy; varied draws all rates by the seed.")
    ] = Untidiness.USUAL,
    truth: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Measure the warehouse's links instead, by a CSV with the columns source_table, "
            "source_pk, driver_id (blank: nobody).",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="SVG of the threshold curve. Default: identity-quality.svg in the home."),
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Write docs/identity-quality.md and its picture.")
    ] = False,
) -> None:
    """Measure precision, recall and calibration, beside the predecessor's rules.

    By itself it makes a throwaway database with generated drivers and leads, resolves them, and
    compares with who they are. With --truth it compares the links that the warehouse has. It
    speaks English only.

    For example:

      ./leads identity evaluate

      ./leads identity evaluate --drivers 200000 --leads 100000 --seed 7 --noise varied

      ./leads identity evaluate --truth checked-by-hand.csv
    """
    if save and truth is not None:
        raise typer.BadParameter("--save is for generated data; leave out --truth.")

    from leads.cli.progress import Display
    from leads.evaluation.picture import curve
    from leads.evaluation.quality_report import grids, markdown
    from leads.settings import REPOSITORY, settings

    chosen = settings()
    with Display() as display:
        if truth is not None:
            quality = _told(truth, chosen, display)
            about = f"leads of {truth.name}"
        else:
            quality = _generated(drivers, leads, seed, noise, chosen, display)
            about = (
                f"{drivers:,} accounts and {leads:,} leads, generated with seed {seed} and "
                f"{noise.value} noise"
            )
        display.end_live()
        for grid in grids(quality):
            display.print(_table(grid))
        drawing = curve(quality.thresholds, about)
        file = picture or chosen.home / "identity-quality.svg"
        if save:
            file = picture or REPOSITORY / "docs" / PICTURE
            command = (
                f"./leads identity evaluate --drivers {drivers} --leads {leads} --seed {seed} "
                f"--noise {noise.value} --save"
            )
            page = REPOSITORY / "docs" / PAGE
            page.write_text(
                markdown(quality, f"Measured on {about}.", command, PICTURE), encoding="utf-8"
            )
            display.print(f"Written: {page}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(drawing, encoding="utf-8")
        display.print(f"Threshold curve: {file}")


def _told(truth: Path, chosen: Settings, display: Display) -> Quality:
    import psycopg

    from leads.evaluation.measures import measure_told
    from leads.local.database import open_warehouse
    from leads.local.home import Home

    with (
        open_warehouse(Home(chosen.home), chosen) as warehouse,
        psycopg.connect(warehouse.conninfo, prepare_threshold=None) as connection,
        display.step("Measuring"),
    ):
        return measure_told(connection, truth)


def _generated(
    drivers: int, leads: int, seed: int, noise: Untidiness, chosen: Settings, display: Display
) -> Quality:
    import psycopg

    from leads import migrations
    from leads.evaluation import build
    from leads.evaluation.measures import measure_generated, resolve_everything
    from leads.sources import registry

    with _throwaway_database(chosen) as conninfo:
        with display.step("Schema"):
            migrations.upgrade(conninfo)
        with psycopg.connect(conninfo, prepare_threshold=None) as connection:
            with display.step(f"Inventing {drivers:,} accounts and {leads:,} leads"):
                build(
                    connection,
                    drivers=drivers,
                    leads=leads,
                    seed=seed,
                    noise=noise.noise(seed),
                    end=END,
                    home_park_id=chosen.home_park_id,
                )
                connection.commit()
            with display.step("Loading and resolving"):
                resolve_everything(
                    connection,
                    registry(),
                    end=END,
                    zone=chosen.zone,
                    home_park_id=chosen.home_park_id,
                )
            with display.step("Measuring"):
                return measure_generated(connection)


@contextmanager
def _throwaway_database(chosen: Settings) -> Iterator[str]:
    """A new database beside the warehouse, gone at the end; gives its conninfo."""
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    from leads.errors import LeadsError
    from leads.local.database import embedded_server, named_warehouse
    from leads.local.home import Home

    name = f"leads_evaluation_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    if named := named_warehouse(os.environ):
        with psycopg.connect(named.conninfo, autocommit=True) as connection:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
                is_allowed = True
            except psycopg.errors.InsufficientPrivilege:
                is_allowed = False
            if not is_allowed:
                raise LeadsError(
                    f"Role {connection.info.user} may not create a database beside the warehouse. "
                    "Let it (ALTER ROLE … CREATEDB), unset AIRFLOW_CONN_WAREHOUSE to use the "
                    "embedded server, or measure your own links with --truth FILE.csv."
                )
            try:
                yield make_conninfo(named.conninfo, dbname=name)
            finally:
                connection.execute(drop)
        return
    with embedded_server(Home(chosen.home), chosen) as server:
        server.ensure_database(name, "warehouse")
        try:
            yield server.conninfo(name, "warehouse")
        finally:
            with psycopg.connect(server.superuser, autocommit=True) as connection:
                connection.execute(drop)


def _table(grid: Grid) -> Table:
    from rich.table import Table

    table = Table(grid.headings[0], title=grid.title, caption=grid.note, title_justify="left")
    for heading in grid.headings[1:]:
        table.add_column(heading, justify="right")
    for row in grid.rows:
        table.add_row(*row)
    return table
