"""`./leads refresh`: the figures that people read, brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads.cli.identity_session import LanguageOption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leads.cli.identity_session import Session

VIEWS = {
    "conversion": "observational.v_conversion_metrics",
    "payment": "ops.v_payment_calculation",
    "financial": "ops.v_cabinet_financial_14d",
}


def refresh(
    full: Annotated[
        bool,
        typer.Option("--full", help="Read and reckon everything anew; it ends the same."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do the same work, report it, change nothing.")
    ] = False,
    language: LanguageOption = None,
) -> None:
    """Bring the conversion, payment and 14-day money views up to date.

    Only the people whose data changed are reckoned anew, and all of it is published at once: when
    a check does not hold, readers keep the last good figures and the exit status is 1.

    For example:

      ./leads refresh

      ./leads refresh --dry-run         what would change

      ./leads refresh --full            everything, as after a repair by hand
    """
    from leads.cli.identity_session import identity_session
    from leads.cli.views_session import show_failed
    from leads.staging import Limits
    from leads.views.checks import ChecksFailed
    from leads.views.refresh import run_refresh

    with identity_session(language) as session:
        chosen, say = session.settings, session.say
        session.connection.prepare_threshold = None
        try:
            with session.console.status(say("refresh.running_full" if full else "refresh.running")):
                stats = run_refresh(
                    session.connection,
                    session.registry,
                    home_park_id=chosen.home_park_id,
                    zone=chosen.zone,
                    limits=Limits.of(chosen),
                    full=full,
                    dry_run=dry_run,
                )
        except ChecksFailed as failure:
            failed = failure.failed
        else:
            _show(session, stats)
            return
        show_failed(session, failed)
        session.print(say("refresh.kept"))
        session.print(say("refresh.next", command=f"./leads check {failed[0].check.name}"))
        raise typer.Exit(1)


def _show(session: Session, stats: Mapping[str, Any]) -> None:
    from leads.cli.identity_session import cells, table

    say = session.say
    session.print(
        say(
            "refresh.tried" if stats["dry_run"] else "refresh.done",
            people=f"{stats['people']:,}",
            days=f"{stats['driver_days']:,}",
            payments=f"{stats['payments']:,}",
            seconds=f"{stats['seconds']:.1f}",
        )
    )
    columns = ("view", "written", "deleted")
    views = table(None, *(say(f"col.{name}") for name in columns), right=(1, 2))
    for name, view in VIEWS.items():
        counts = (stats[f"{name}_{done}"] for done in ("written", "deleted"))
        views.add_row(*cells(view, *(f"{count:,}" for count in counts)))
    session.console.print(views)
    session.print(say("refresh.checks", checks=stats["checks"], warnings=stats["warnings"]))
    if stats["warnings"]:
        session.print(say("refresh.see"))
