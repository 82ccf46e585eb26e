"""The commands, and how an error looks to a person: one sentence, never a traceback."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

import typer

from leads.cli import (
    airflow,
    bench,
    check,
    down,
    explain,
    health,
    identity,
    lint,
    migrate,
    person,
    psql,
    refresh,
    rules,
    run,
    screenshots,
    status,
    test,
    up,
    why,
)
from leads.cli.errors import sentence

PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    name="./leads",
    help="The lead pipeline on this machine: raw tables in; lead events, people and "
    "who brought them out, every six hours.\n\n"
    "Start with  ./leads up  and open the address that it prints.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(up.up)
app.command()(run.run)
app.command()(status.status)
app.command()(health.health)
app.command()(why.why)
app.command()(person.person)
app.add_typer(identity.app, name="identity")
app.command()(refresh.refresh)
app.command()(check.check)
app.add_typer(rules.app, name="rules")
app.add_typer(explain.app, name="explain")
app.command()(psql.psql)
app.command()(migrate.migrate)
app.command(context_settings=PASS_THROUGH)(test.test)
app.command(context_settings=PASS_THROUGH | {"help_option_names": []})(airflow.airflow)
app.command()(lint.lint)
app.command()(screenshots.screenshots)
app.command(context_settings=PASS_THROUGH)(bench.bench)
app.command()(down.down)


def main() -> None:
    """Run the command line; exit status 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _interrupt)
    try:
        app(prog_name=os.environ.get("LEADS_INVOKED_AS", "leads"))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("LEADS_TRACEBACK"):
            raise
        sys.exit(f"leads: {sentence(error)}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once: everything is being stopped then, and a second signal must not cut that short.
    for again in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt
