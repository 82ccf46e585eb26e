"""`./leads migrate`: the warehouse's schema."""

from __future__ import annotations

from typing import Annotated

import typer


def migrate(
    raw_indexes: Annotated[
        bool,
        typer.Option("--raw-indexes", help="Also index the raw tables; needs to own them."),
    ] = False,
    down: Annotated[
        str | None,
        typer.Option(
            "--down", metavar="REVISION", help="Go back to a revision; base is before all."
        ),
    ] = None,
) -> None:
    """Bring the warehouse's schema up to date. Repeating it changes nothing.

    It works on AIRFLOW_CONN_WAREHOUSE, or on the embedded server. `up` does it by itself.

    For example:

      ./leads migrate

      ./leads migrate --raw-indexes     the optional indexes of include/sql/raw_indexes.sql, too

      ./leads migrate --down base       drops our tables with all they hold
    """
    if down is not None and raw_indexes:
        raise typer.BadParameter("--down and --raw-indexes exclude each other.")

    from leads import migrations
    from leads.cli.progress import standard_output
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.local.prepare import create_raw_indexes
    from leads.settings import settings

    chosen, console = settings(), standard_output()
    with open_warehouse(Home(chosen.home), chosen) as warehouse:
        if down is not None:
            migrations.downgrade(warehouse.conninfo, down)
            console.print(f"The warehouse is back at revision {down}.")
            return
        migrations.upgrade(warehouse.conninfo)
        console.print("The warehouse is up to date.")
        if raw_indexes:
            create_raw_indexes(warehouse.conninfo)
            console.print("The raw tables have their indexes.")
