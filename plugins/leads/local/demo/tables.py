"""The six raw tables: made, checked to be empty, filled by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from random import Random
from typing import Any

from psycopg import Connection, Cursor, sql

from leads.errors import LeadsError
from leads.local.demo.rows import CabinetLead, Driver, Migration, Payment, ScoutingLead
from leads.local.demo.work import DRIVER_DAY_COLUMNS, Diary
from leads.local.demo.world import Period, World
from leads.settings import SQL

TABLES: dict[type, str] = {
    CabinetLead: "module_ct_cabinet_leads",
    ScoutingLead: "module_ct_scouting_daily",
    Migration: "module_ct_migrations",
    Driver: "drivers",
    Payment: "module_ct_cabinet_payments",
}
WORK_TABLE = "summary_daily"
LEAD_ROWS: tuple[type, ...] = (CabinetLead, ScoutingLead, Migration)
NUMBERED_ROWS: tuple[type, ...] = (*LEAD_ROWS, Payment)


class DemoDataError(LeadsError):
    """The demo data cannot be written here; the message says why and the fix."""


def create(connection: Connection[Any]) -> None:
    """Make the raw tables that are not there, and keep other writers out until the commit."""
    connection.execute((SQL / "demo" / "raw_tables.sql").read_bytes())
    for table in (*TABLES.values(), WORK_TABLE):
        connection.execute(
            sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(_qualified(table))
        )


def refuse_rows(connection: Connection[Any]) -> None:
    """Make sure that nobody's rows get mixed with invented ones.

    Raises:
        DemoDataError: a raw table has a row.
    """
    filled = []
    for table in (*TABLES.values(), WORK_TABLE):
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(_qualified(table))
        row = connection.execute(query).fetchone()
        if row and row[0]:
            filled.append(f"public.{table}")
    if filled:
        raise DemoDataError(
            f"Demo data goes into empty raw tables only, but {', '.join(filled)} "
            f"{'has' if len(filled) == 1 else 'have'} rows. Use another database, or if those are "
            "old demo rows, TRUNCATE the table first."
        )


def first_ids(connection: Connection[Any]) -> dict[type, int]:
    """The least free `id` of every numbered table."""
    free = {}
    for kind in NUMBERED_ROWS:
        query = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(_qualified(TABLES[kind]))
        row = connection.execute(query).fetchone()
        free[kind] = row[0] if row else 1
    return free


def write(connection: Connection[Any], rng: Random, world: World, period: Period) -> dict[str, int]:
    """Copy a world into the raw tables.

    Args:
        connection: in a transaction, which stays open.
        rng: source of chance for the work done.
        world: what to write.
        period: the stretch of life the world was made for.

    Returns:
        Rows written per table.
    """
    diary = Diary(rng, period.now)
    counts = {}
    with connection.cursor() as cursor:
        leads: Sequence[tuple[type, Sequence[Any]]] = (
            (CabinetLead, world.cabinet),
            (ScoutingLead, world.scouting),
            (Migration, world.migrations),
            (Driver, list(world.drivers)),
        )
        for kind, rows in leads:
            counts[TABLES[kind]] = _copy_objects(cursor, kind, rows)
        # Streamed: at scale 20 these are millions.
        counts[WORK_TABLE] = _copy(
            cursor, WORK_TABLE, DRIVER_DAY_COLUMNS, diary.driver_days(world.workers)
        )
        diary.payments.sort(key=lambda payment: payment.created_at)
        for place, payment in enumerate(diary.payments):
            payment.id = period.first_ids.get(Payment, 1) + place
        counts[TABLES[Payment]] = _copy_objects(cursor, Payment, diary.payments)
    return counts


def finish(connection: Connection[Any]) -> None:
    """Let rows that others insert be numbered after ours, and tell the planner what is there."""
    for kind in NUMBERED_ROWS:
        table = TABLES[kind]
        connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({name}, 'id'), max(id)) FROM {table}"
                " HAVING max(id) IS NOT NULL"
            ).format(name=sql.Literal(f"public.{table}"), table=_qualified(table))
        )
    for table in (*TABLES.values(), WORK_TABLE):
        connection.execute(sql.SQL("ANALYZE {}").format(_qualified(table)))


def _qualified(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)


def _copy_objects(cursor: Cursor[Any], kind: type, rows: Iterable[Any]) -> int:
    columns = tuple(field.name for field in fields(kind))
    return _copy(cursor, TABLES[kind], columns, map(attrgetter(*columns), rows))


def _copy(
    cursor: Cursor[Any], table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        _qualified(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    return cursor.rowcount
