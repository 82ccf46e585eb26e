"""A raw table of some blocks that was read, every table counting as large."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from views.outcome import refresh
from views.world import ANA, account, lead, rows, work, write

WORK = "public.summary_daily"
PAYMENTS = "public.module_ct_cabinet_payments"


def grow(connection: Connection[Any]) -> None:
    """Ana, her lead, and a table of some blocks that was read."""
    account(connection, "d1", ANA)
    lead(connection, ANA, "1", 0)
    write(
        connection,
        "INSERT INTO public.summary_daily SELECT 'other' || n % 7, '2026-09-' || 1 + n % 28, 1, 1, "
        "'2026-09-30' FROM generate_series(1, 400) AS n",
    )
    work(connection, "d1", 0, 3)
    settle(connection)
    refresh(connection)


def settle(connection: Connection[Any]) -> None:
    """Let the server count what was just written."""
    rows(connection, "SELECT pg_stat_force_next_flush()")


def trips(connection: Connection[Any]) -> int:
    ((found,),) = rows(connection, "SELECT trips_30d FROM observational.v_conversion_metrics")
    return int(found)
