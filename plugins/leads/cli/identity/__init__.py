"""`./leads identity …`: what people decide about identities, and the model for the rest."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Say who is who, and look after the matching model.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
