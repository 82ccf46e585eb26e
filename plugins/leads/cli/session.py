"""A stack that is ready to be asked, for the commands that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from leads.cli.progress import Display
from leads.local.home import Home
from leads.local.prepare import prepare_databases
from leads.local.stack import Stack, open_stack
from leads.settings import Settings


@contextmanager
def ready_stack(display: Display, settings: Settings, *, schedule: bool = True) -> Iterator[Stack]:
    """Bring the stack up, show how, and take it down when the block ends.

    Args:
        display: shows the steps.
        settings: the settings.
        schedule: False keeps the scheduler from making scheduled runs.
    """
    opened = open_stack(Home(settings.home), settings, display.print, schedule=schedule)
    with opened as stack:
        with display.step("Database") as line:
            database = prepare_databases(stack, line.show)
        with display.step("Airflow") as line:
            stack.start_airflow(database)
            stack.wait_until_ready(line.show)
        stack.home.remember(url=stack.url)
        yield stack
