"""Runs, and what came of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import Connection, sql

from identity.people import HOME
from ingestion.loading import LIMA, NOW, PATIENT, REGISTRY
from leads.attribution import run_attribution
from leads.views.refresh import run_refresh
from views.world import ANA

#: Where the figures are, and what of them names a row.
VIEWS = {
    "observational.v_conversion_metrics": ("person_key", "origin_tag"),
    "ops.v_payment_calculation": ("person_key", "origin_tag", "rule_scope", "rule_id"),
    "ops.v_cabinet_financial_14d": ("person_key",),
}
CONVERSION, PAYMENT, FINANCIAL = VIEWS


def refresh_only(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Refresh the views as of `NOW`."""
    defaults: dict[str, Any] = {
        "home_park_id": HOME,
        "zone": LIMA,
        "limits": PATIENT,
        "clock": lambda: NOW,
    }
    return run_refresh(connection, REGISTRY, **(defaults | options))


def refresh(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Run attribution, then refresh the views."""
    run_attribution(connection, limits=PATIENT, clock=lambda: NOW)
    return refresh_only(connection, **options)


Figures = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


def figures(connection: Connection[Any]) -> Figures:
    """Every row of the three views, by its key."""
    found: Figures = {}
    with connection.transaction():
        for view, keys in VIEWS.items():
            cursor = connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(*view.split(".")))
            )
            names = [column.name for column in cursor.description or ()]
            lines = [dict(zip(names, line, strict=True)) for line in cursor]
            found[view] = {tuple(line[key] for key in keys): line for line in lines}
            assert len(found[view]) == len(lines), f"{view} has a key twice"
    return found


def conversion(
    connection: Connection[Any], person: UUID = ANA, origin: str = "cabinet"
) -> dict[str, Any] | None:
    return figures(connection)[CONVERSION].get((person, origin))


def payments(connection: Connection[Any], person: UUID = ANA) -> dict[str, dict[str, Any]]:
    """A person's payment rows, by scheme."""
    lines = [line for key, line in figures(connection)[PAYMENT].items() if key[0] == person]
    assert len({line["payment_scheme"] for line in lines}) == len(lines)
    return {line["payment_scheme"]: line for line in lines}


def financial(connection: Connection[Any], person: UUID = ANA) -> dict[str, Any] | None:
    return figures(connection)[FINANCIAL].get((person,))
