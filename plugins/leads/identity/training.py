"""A new version of the matching model, and what putting it into use would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from leads.errors import LeadsError
from leads.identity.resolution import Resolution, identity_job
from leads.sources import Registry
from leads.staging import Limits
from leads.statements import statement
from leads.windows import UTC

MODELS = "canon.identity_models"
#: What may become of a lead's link, in the order to tell it.
CHANGES = ("linked", "unlinked", "moved", "raised", "lowered", "unchanged")


@dataclass(frozen=True, slots=True)
class Model:
    """A trained version.

    Attributes:
        version: its number.
        trained_at: aware.
        accounts: driver accounts it learnt from.
        people: people among them.
        leads: leads it learnt from.
        is_in_use: whether runs judge with it.
        rescored: leads that a re-score which is not finished has judged with it.
    """

    version: int
    trained_at: datetime
    accounts: int
    people: int
    leads: int
    is_in_use: bool
    rescored: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter in two models.

    Attributes:
        parameter: its name.
        old_value: in the model in use; None when that does not have it.
        new_value: in the other one; None when that does not have it.
        shipped: the default.
        support: how many observations the new value was estimated on; 0 for a default.
    """

    parameter: str
    old_value: float | None
    new_value: float | None
    shipped: float
    support: int


@dataclass(frozen=True, slots=True)
class Change:
    """How many leads of one source and rule a re-score would change in one way.

    Attributes:
        source_table: raw table of the leads.
        match_rule: of the new link; of the old one where there is no new one.
        change: one of `CHANGES`.
        leads: how many.
    """

    source_table: str
    match_rule: str
    change: str
    leads: int


@dataclass(frozen=True, slots=True)
class Training:
    """A new model beside the one in use.

    Attributes:
        version: the new model.
        old_version: the model in use.
        stats: of the ledger row.
        parameters: all parameters of both.
        changes: what a re-score would change.
    """

    version: int
    old_version: int
    stats: dict[str, Any]
    parameters: list[Parameter]
    changes: list[Change]


def train_model(
    connection: Connection[Any],
    registry: Registry,
    *,
    home_park_id: str,
    limits: Limits | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Training:
    """Make a new model version of everything there is; runs go on with the old one.

    It learns from accounts, people and leads as the last run left them, so what it would change
    is due to the model alone. All leads are judged with it for that, and nothing of it is kept.

    Args:
        connection: idle session, not in autocommit.
        registry: the lead sources.
        home_park_id: the fleet's own park; its account wins a tie.
        limits: how long to wait.
        clock: the time of training, aware.

    Returns:
        The new version beside the old one.

    Raises:
        LeadsError: nothing was resolved yet, or it failed and changed nothing.
    """
    made: list[tuple[int, int, list[Parameter], list[Change]]] = []

    def work(run: Resolution) -> dict[str, Any]:
        old_version = hold_still(run)
        run.execute("candidates/all_leads")
        run.analyze("dirty_leads")
        run.compare_candidates()
        version = run.train()
        run.judge(version)
        run.binds["old_version"] = old_version
        parameters = _read(run, Parameter, "compare_parameters")
        changes = _read(run, Change, "compare_decisions")
        made.append((version, old_version, parameters, changes))
        return {"trained": version, "model": old_version} | {
            f"would_be_{change}": sum(one.leads for one in changes if one.change == change)
            for change in CHANGES
        }

    stats = identity_job(
        connection,
        registry,
        work,
        home_park_id=home_park_id,
        subject=MODELS,
        limits=limits,
        clock=clock,
    )
    version, old_version, parameters, changes = made[0]
    return Training(version, old_version, stats, parameters, changes)


def models(connection: Connection[Any]) -> list[Model]:
    """All versions, the newest first.

    Args:
        connection: idle session.
    """
    with connection.transaction(), connection.cursor(row_factory=class_row(Model)) as cursor:
        return cursor.execute(statement("identity/model/list_models")).fetchall()


def hold_still(run: Resolution) -> int:
    """Wait until no other run moves accounts, people or leads; loads may go on.

    Returns:
        The model in use.

    Raises:
        LeadsError: nothing was resolved yet.
    """
    # Keys are written by runs alone, and those queue for the same lock.
    run.binds["source_tables"] = []
    run.take_turn()
    version = run.binds["model_version"]
    if version is None:
        raise LeadsError(
            "There is no matching model yet: the first run makes one. Load and resolve leads "
            "first, with ./leads up or ./leads run."
        )
    return int(version)


def _read(run: Resolution, kind: Any, name: str) -> list[Any]:
    with run.connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(statement(f"identity/model/{name}"), run.binds).fetchall()
