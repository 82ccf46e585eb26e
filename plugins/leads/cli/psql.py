"""`./leads psql`: a prompt on the warehouse."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import Annotated

import typer


def psql(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Passed on to psql.", show_default=False)
    ] = None,
) -> None:
    """Open psql on the warehouse.

    The program comes with the embedded server, so nothing needs to be installed.

    For example:

      ./leads psql

      ./leads psql -- -c "SELECT source_table, count(*) FROM observational.lead_events GROUP BY 1"

      ./leads psql -- -f query.sql
    """
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.local.reach import packaged_programs
    from leads.settings import settings

    chosen = settings()
    program = packaged_programs() / "bin" / "psql"
    with open_warehouse(Home(chosen.home), chosen) as warehouse:
        # By environment, not by argument: arguments are visible to every user of the machine.
        environment = os.environ | _libpq_environment(warehouse.conninfo)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it cancels the query
        done = subprocess.run([str(program), *(arguments or [])], env=environment, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


def _libpq_environment(conninfo: str) -> dict[str, str]:
    from psycopg.pq import Conninfo

    options = Conninfo.parse(conninfo.encode())
    return {
        option.envvar.decode(): option.val.decode()
        for option in options
        if option.envvar and option.val is not None
    }
