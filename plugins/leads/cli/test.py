"""`./leads test`: pytest on this repository."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

#: Processes that run tests side by side at most: each has a database server of its own.
MOST_WORKERS = 4


def test(
    context: typer.Context,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="The long versions: more examples, more kills.")
    ] = False,
) -> None:
    """Run the tests; they bring their own database server and network nothing.

    Those in a browser need Chromium or Chrome (LEADS_CHROMIUM names one). As root on Debian it is
    installed by apt-get when there is none.

    All of them run side by side on the processors that there are; chosen ones in one process.

    Anything else is passed on to pytest.

    For example:

      ./leads test

      ./leads test --nightly

      ./leads test tests/local -k port -x
    """
    from leads.cli.progress import Display
    from leads.local.browser import ensure_browser
    from leads.settings import REPOSITORY

    if nightly:
        os.environ["LEADS_NIGHTLY"] = "1"
    given = list(context.args)
    if all(word.startswith("-") for word in given):
        # Side by side, unless the person says how many; a file's tests stay together.
        workers = min(os.cpu_count() or 1, MOST_WORKERS)
        side_by_side = ["-n", str(workers), "--dist", "loadscope", "--no-loadscope-reorder"]
        given = [*side_by_side, *given, str(REPOSITORY / "tests")]
        is_browser_needed = True
    else:
        is_browser_needed = any("e2e" in word for word in given)
    if is_browser_needed:
        with Display() as display:
            ensure_browser(display.print)
    arguments = ["--rootdir", str(REPOSITORY), "--durations=10", *given]
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
