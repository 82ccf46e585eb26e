"""`./leads identity train` and `models`: new versions of the matching model, and all there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from leads.identity.training import Model, Training


def train() -> None:
    """Make a new version of the matching model, and show what it would change.

    It learns from all accounts and leads as the last run left them. Runs go on with the model in
    use until `./leads identity rescore` puts the new one into use: nothing is linked otherwise
    before that. It speaks English only.

    For example:

      ./leads identity train
    """
    import psycopg

    from leads.cli.progress import Display
    from leads.identity.training import train_model
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.settings import settings
    from leads.sources import registry
    from leads.staging import Limits

    chosen = settings()
    with Display() as display, open_warehouse(Home(chosen.home), chosen) as warehouse:
        with (
            psycopg.connect(warehouse.conninfo, prepare_threshold=None) as connection,
            display.step("Training, and judging all leads with the new model"),
        ):
            training = train_model(
                connection,
                registry(),
                home_park_id=chosen.home_park_id,
                limits=Limits.of(chosen),
            )
        display.end_live()
        display.print(_parameters(training))
        if training.changes:
            display.print(_changes(training))
        display.print(
            f"Model {training.version} is trained; model {training.old_version} stays in use. "
            f"Put the new one into use with: ./leads identity rescore --model {training.version}"
        )


def models() -> None:
    """List the versions of the matching model, and which one is in use.

    When and on how much each was trained. It speaks English only.

    For example:

      ./leads identity models
    """
    import psycopg

    from leads.cli.progress import standard_output
    from leads.identity import training
    from leads.local.database import open_warehouse
    from leads.local.home import Home
    from leads.settings import settings

    chosen, console = settings(), standard_output()
    with (
        open_warehouse(Home(chosen.home), chosen) as warehouse,
        psycopg.connect(warehouse.conninfo) as connection,
    ):
        found = training.models(connection)
    if not found:
        console.print("There is no matching model yet: the first run makes one.")
        return
    console.print(_models(found, str(chosen.zone)))


def _models(found: list[Model], zone: str) -> Table:
    from zoneinfo import ZoneInfo

    from rich.table import Table

    table = Table("model", "in use", "trained", title="Matching models", title_justify="left")
    for heading in ("accounts", "people", "leads", "rescored"):
        table.add_column(heading, justify="right")
    for one in found:
        table.add_row(
            str(one.version),
            "yes" if one.is_in_use else "",
            f"{one.trained_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
            *(f"{count:,}" for count in (one.accounts, one.people, one.leads)),
            f"{one.rescored:,}" if one.rescored else "",
        )
    return table


def _parameters(training: Training) -> Table:
    from rich.table import Table

    table = Table("parameter", title="Parameters", title_justify="left")
    for heading in (
        f"model {training.old_version}",
        f"model {training.version}",
        "default",
        "observations",
    ):
        table.add_column(heading, justify="right")
    for one in training.parameters:
        values = (one.old_value, one.new_value, one.shipped)
        table.add_row(
            one.parameter,
            *("" if value is None else f"{value:.4g}" for value in values),
            f"{one.support:,}" if one.support else "",
        )
    return table


def _changes(training: Training) -> Table:
    from rich.table import Table

    from leads.identity.training import CHANGES

    table = Table(
        "source",
        "rule",
        title=f"What model {training.version} would do to the links of model "
        f"{training.old_version}: leads",
        title_justify="left",
        show_footer=True,
    )
    table.columns[0].footer = "all"
    for change in CHANGES:
        total = sum(one.leads for one in training.changes if one.change == change)
        table.add_column(change, justify="right", footer=f"{total:,}")
    counts = {(c.source_table, c.match_rule, c.change): c.leads for c in training.changes}
    for source, rule in sorted({(one.source_table, one.match_rule) for one in training.changes}):
        found = [counts.get((source, rule, change), 0) for change in CHANGES]
        table.add_row(source, rule, *(f"{count:,}" if count else "" for count in found))
    return table
