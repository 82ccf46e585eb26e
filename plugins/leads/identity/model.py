"""Train a matching model on what is there: without labels, from pairs that leave no doubt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import Connection

from leads.errors import LeadsError
from leads.statements import statement

#: Rounds in which the priors settle.
ROUNDS = 8


def train(connection: Connection[Any], binds: Mapping[str, Any]) -> int:
    """Make a new model version from the comparisons of this transaction; it is not put into use.

    Args:
        connection: in a run's transaction, with its comparisons made.
        binds: read_at and run_id.

    Returns:
        The new version. Its weights and scores stay, as bits do not depend on the priors.
    """
    row = connection.execute(statement("identity/model/insert_model"), binds).fetchone()
    if row is None:  # an INSERT … RETURNING of one row returns one row
        raise LeadsError("canon.identity_models: the new version was not returned.")
    ours = {**binds, "model_version": int(row[0])}
    for name in (
        "model/insert_terms",
        "model/insert_parameters",
        "score/weights",
        "score/bits",
        "model/lead_odds",
    ):
        connection.execute(statement(f"identity/{name}"), ours)
    for _ in range(ROUNDS):
        connection.execute(statement("identity/model/upsert_priors"), ours)
    connection.execute("DROP TABLE lead_odds")
    return int(row[0])


def outgrown(connection: Connection[Any]) -> str | None:
    """What to say when there are twice the accounts or leads that the model in use learnt from.

    Args:
        connection: idle session.

    Returns:
        A warning with the command to run; None while the model fits, or without one.
    """
    with connection.transaction():
        row = connection.execute(statement("identity/model/outgrown")).fetchone()
    if row is None:
        return None
    version, accounts, leads, accounts_now, leads_now = row
    # A model that learnt from none is outgrown by the second.
    if accounts_now < 2 * max(accounts, 1) and leads_now < 2 * max(leads, 1):
        return None
    return (
        f"Matching model {version} learnt from {accounts:,} accounts and {leads:,} leads; by now "
        f"there are about {accounts_now:,} and {leads_now:,}. Make a new one with ./leads identity "
        "train; it shows what would change before anything does."
    )
