"""`./leads identity …`: what people decide about identities, and the model for the rest."""

from __future__ import annotations

import typer

from leads.cli.identity import decide, evaluate, rescore, review, train

app = typer.Typer(
    help="Say who is who, and look after the matching model.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(train.train)
app.command()(train.models)
app.command()(rescore.rescore)
app.command()(evaluate.evaluate)
app.command()(review.review)
app.command()(decide.confirm)
app.command()(decide.ignore)
app.command()(decide.same)
app.command()(decide.different)
app.command()(decide.undo)
app.command()(review.decisions)
