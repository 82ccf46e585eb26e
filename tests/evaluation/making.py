"""Small worlds for the tests of the generator."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

from psycopg import Connection

from leads.evaluation import USUAL, Noise, Truth, build

END = date(2026, 11, 22)
LEAD_TABLES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")
SPOTLESS = Noise(**{rate.name: 0.0 for rate in fields(Noise)})


def make(
    connection: Connection[Any], noise: Noise = USUAL, *, seed: int = 7, size: int = 4_000
) -> Truth:
    return build(connection, drivers=size * 2, leads=size, seed=seed, noise=noise, end=END)


def value(connection: Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
