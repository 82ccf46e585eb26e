"""`./leads explain …`: a figure from the amount down to the rows it was made of."""

from __future__ import annotations

import typer

from leads.cli.explain import due, payment

app = typer.Typer(
    help="Explain a figure: from the amount down to rule, lead, link, trips per day and payments.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(payment.payment)
app.command()(due.due)
