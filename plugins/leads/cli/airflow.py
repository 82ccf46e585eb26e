"""`./leads airflow`: Airflow's own command line, on the stack that is up."""

from __future__ import annotations

import os
import sys

import typer


def airflow(context: typer.Context) -> None:
    """Run Airflow's own command line against the stack that is up.

    Everything after it is Airflow's.

    For example:

      ./leads airflow dags list-runs identity_ingestion

      ./leads airflow backfill create --dag-id identity_ingestion --from-date 2026-10-01
      --to-date 2026-10-31

      ./leads airflow dags clear identity_ingestion --only-failed --yes
    """
    from leads.local.home import Home
    from leads.local.running import running_environment
    from leads.settings import settings

    environment = running_environment(Home(settings().home))
    if environment is None:
        typer.echo("leads: no stack is up, so there is no Airflow to talk to. Start: ./leads up")
        raise typer.Exit(1)
    arguments = context.args or ["--help"]
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *arguments], environment)
