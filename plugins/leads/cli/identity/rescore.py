"""`./leads identity rescore`: another matching model, for all leads at once."""

from __future__ import annotations

from typing import Annotated

import typer


def rescore(
    model: Annotated[
        int | None, typer.Option("--model", metavar="N", help="Which version; the newest if left.")
    ] = None,
) -> None:
    """Judge all leads with a matching model and put it into use.

    All links change in one moment, at the end; until then they are the old model's, and runs may
    come in between. Interrupted, the same command goes on where it stopped. Attribution follows
    with the next run. It speaks English only.

    For example:

      ./leads identity rescore

      ./leads identity rescore --model 2     also the way back to an older version
    """
    import psycopg

    from leads.cli.progress import Display
    from leads.identity import rescore as work
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.settings import settings
    from leads.sources import registry
    from leads.staging import Limits

    chosen = settings()
    with Display() as display, open_warehouse(Home(chosen.home), chosen) as warehouse:
        with psycopg.connect(warehouse.conninfo, prepare_threshold=None) as connection:
            leads = work.leads_to_judge(connection)
            with display.step("Judging leads", total=leads) as line:
                stats = work.rescore(
                    connection,
                    registry(),
                    home_park_id=chosen.home_park_id,
                    model_version=model,
                    limits=Limits.of(chosen),
                    show=lambda judged, of: line.show(
                        "publishing" if judged >= of else "", done=judged
                    ),
                )
        display.end_live()
        if stats is None:
            display.print("That model is in use already; there is nothing left to do.")
            return
        display.print(
            f"Model {stats['put_into_use']} is in use. Newly linked: {stats['linked']:,}; "
            f"changed: {stats['relinked']:,}; unlinked: {stats['unlinked']:,}."
        )
