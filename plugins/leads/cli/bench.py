"""`./leads bench`: the measurements."""

from __future__ import annotations

import os
import sys

import typer


def bench(context: typer.Context) -> None:
    """Measure orchestration, loads, windows and identity; saves a table and a plot.

    Anything else is passed on; `./leads bench -- --help` lists what there is.

    For example:

      ./leads bench

      ./leads bench --only identity
    """
    from leads.settings import REPOSITORY

    script = REPOSITORY / "bench" / "__main__.py"
    os.execv(sys.executable, [sys.executable, str(script), *context.args])
