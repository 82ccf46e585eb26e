"""`./leads screenshots`: the pictures of the documentation, taken again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def screenshots(
    folder: Annotated[
        Path | None,
        typer.Option(help="Where they go; docs/images of this repository without it."),
    ] = None,
) -> None:
    """Take docs/images anew: Data health light and dark, and the DAG's grid.

    Uses the stack that is up in LEADS_HOME, or brings one up, lets it catch up and stops it again.
    Needs Chromium or Chrome; LEADS_CHROMIUM names one that is not on the PATH.

    For example:

      ./leads screenshots

      ./leads screenshots --folder /tmp/pictures
    """
    from leads.cli.catch_up import catch_up
    from leads.cli.progress import Display
    from leads.cli.session import ready_stack
    from leads.local.api import DAG_ID, AirflowApi
    from leads.local.browser import ensure_browser
    from leads.local.home import Home
    from leads.local.pictures import take
    from leads.local.running import running_api
    from leads.settings import REPOSITORY, settings

    where = folder or REPOSITORY / "docs" / "images"
    with Display() as display:
        program = ensure_browser(display.print)

        def take_all(api: AirflowApi) -> None:
            url = api.base_url.rstrip("/")
            for picture in take(program, url, api.user, api.password, where, DAG_ID):
                display.print(str(picture))

        if up := running_api(Home(settings().home)):
            take_all(up)
            return
        with ready_stack(display, settings()) as stack:
            catch_up(stack, display, history=True)
            display.end_live()
            ours = running_api(stack.home)
            if ours is None:
                raise RuntimeError("The stack that was just started does not answer.")
            take_all(ours)
