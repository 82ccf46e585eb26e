"""`./leads rules …`: what is paid for which milestone, and what a change of that would do."""

from __future__ import annotations

import typer

from leads.cli.rules import change, listing

app = typer.Typer(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
app.callback()(listing.rules)
app.command()(listing.history)
app.command()(change.add)
app.command()(change.end)
app.command()(change.withdraw)
