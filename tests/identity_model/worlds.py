"""Warehouses with generated leads, and what identity resolution made of them, whatever the ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection, sql

from leads.evaluation import USUAL, Noise, build
from leads.evaluation.measures import resolve_everything
from leads.identity.resolution import run_resolution
from leads.sources import load_registry
from leads.staging import Limits
from leads.windows import local_midnight

END = date(2026, 11, 22)
LIMA = ZoneInfo("America/Lima")
HOME = "lima-home-park"
REGISTRY = load_registry()
NOW = local_midnight(END, LIMA)
#: A busy machine may be slow, but a test that waits longer has hung.
OPTIONS: dict[str, Any] = {
    "home_park_id": HOME,
    "limits": Limits(lock_seconds=20, queue_seconds=30),
    "clock": lambda: NOW,
}


@contextmanager
def warehouse(server: Any, name: str, template: str = "leads_template") -> Iterator[str]:
    """A database like another one, gone at the end; gives its conninfo."""
    identifier = sql.Identifier(name)
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER warehouse").format(
                identifier, sql.Identifier(template)
            )
        )
    try:
        yield server.conninfo(name, "warehouse")
    finally:
        with psycopg.connect(server.superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def connect(conninfo: str) -> Connection[Any]:
    return psycopg.connect(conninfo, prepare_threshold=None)


def make(
    connection: Connection[Any], *, drivers: int, leads: int, seed: int, noise: Noise = USUAL
) -> None:
    """Fill the raw tables, load and resolve them."""
    with connection.transaction():
        build(connection, drivers=drivers, leads=leads, seed=seed, noise=noise, end=END)
    load_and_resolve(connection)


def load_and_resolve(connection: Connection[Any]) -> dict[str, Any]:
    return resolve_everything(connection, REGISTRY, end=END, zone=LIMA, home_park_id=HOME)


#: The raw tables and their keys.
_RAW = {
    "drivers": "driver_id",
    "module_ct_cabinet_leads": "id",
    "module_ct_scouting_daily": "id",
    "module_ct_migrations": "id",
}


def make_in_parts(connection: Connection[Any], *, drivers: int, leads: int, seed: int) -> None:
    """Fill the raw tables, and put half of their rows aside, in two parts."""
    with connection.transaction():
        build(connection, drivers=drivers, leads=leads, seed=seed, noise=USUAL, end=END)
        connection.execute("CREATE SCHEMA later")
        for table, key in _RAW.items():
            names = {"table": sql.Identifier(table), "key": sql.Identifier(key)}
            connection.execute(
                sql.SQL(
                    "CREATE TABLE later.{table} AS SELECT * FROM public.{table} "
                    "WHERE hashtext({key}::text) & 3 IN (2, 3)"
                ).format(**names)
            )
            connection.execute(
                sql.SQL(
                    "DELETE FROM public.{table} USING later.{table} AS later "
                    "WHERE {table}.{key} = later.{key}"
                ).format(**names)
            )


def arrive(connection: Connection[Any], part: int) -> dict[str, Any]:
    """Let a part of what was put aside come, 2 or 3; loads and resolves it."""
    with connection.transaction():
        for table, key in _RAW.items():
            connection.execute(
                sql.SQL(
                    "INSERT INTO public.{table} SELECT * FROM later.{table} "
                    "WHERE hashtext({key}::text) & 3 = %s"
                ).format(table=sql.Identifier(table), key=sql.Identifier(key)),
                (part,),
            )
    return load_and_resolve(connection)


def begin_anew(connection: Connection[Any], model_version: int) -> None:
    """Forget all but the raw rows, the decisions and the models; resolve with one of these."""
    with connection.transaction():
        kept = ("identity_models", "identity_model_parameters", "identity_model_terms")
        kept += ("identity_decisions", "identity_state")
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE tablename != ALL(%s) "
            "AND schemaname IN ('canon', 'observational')",
            (list(kept),),
        ).fetchall()
        connection.execute(
            sql.SQL("TRUNCATE {}, ops.source_coverage, ops.source_state").format(
                sql.SQL(", ").join(sql.Identifier(*table) for table in tables)
            )
        )
        connection.execute(
            "UPDATE canon.identity_state SET model_version = %s, drivers_snapshot = NULL, "
            "resolved_at = NULL, run_id = NULL",
            (model_version,),
        )
        connection.execute("UPDATE canon.identity_decisions SET applied_run_id = NULL")
    load_and_resolve(connection)


def resolve(connection: Connection[Any]) -> dict[str, Any]:
    return run_resolution(connection, REGISTRY, **OPTIONS)


def rows(connection: Connection[Any], query: Any, *binds: Any) -> list[tuple[Any, ...]]:
    with connection.transaction():
        return connection.execute(query, binds or None).fetchall()


def write(connection: Connection[Any], query: Any, *binds: Any) -> int:
    with connection.transaction():
        return connection.execute(query, binds or None).rowcount


def value(connection: Connection[Any], query: Any, *binds: Any) -> Any:
    return rows(connection, query, *binds)[0][0]


#: What resolution says, without numbers and times that depend on when it said so.
_SAID = {
    "links": (
        "SELECT source_table, source_pk, person_key, snapshot_date, match_rule, match_score, "
        "confidence_level, evidence::text FROM canon.identity_links"
    ),
    "unmatched": (
        "SELECT source_table, source_pk, snapshot_date, reason_code, status, details::text, "
        "candidates_preview::text FROM canon.identity_unmatched WHERE status != 'RESOLVED'"
    ),
    "events": "SELECT source_table, source_pk, person_key FROM observational.lead_events",
    "people": (
        "SELECT person_key, confidence_level, primary_phone, primary_license, primary_full_name, "
        "flags::text FROM canon.identity_registry"
    ),
}


Said = dict[str, list[tuple[Any, ...]]]


def said(connection: Connection[Any]) -> Said:
    """Links, unmatched leads, events and people, in an order of their own."""
    return {
        name: sorted(rows(connection, query), key=repr)  # type: ignore[arg-type]
        for name, query in _SAID.items()
    }


def model_in_use(connection: Connection[Any]) -> int:
    return int(value(connection, "SELECT model_version FROM canon.identity_state"))


def row_versions(connection: Connection[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Where each row of each of our tables lies and which transaction wrote it."""
    tables = rows(
        connection,
        "SELECT schemaname, tablename FROM pg_tables "
        "WHERE schemaname IN ('observational', 'canon', 'ops') ORDER BY 1, 2",
    )
    return {
        f"{schema}.{table}": rows(
            connection,
            sql.SQL("SELECT ctid::text, xmin::text FROM {} ORDER BY ctid").format(
                sql.Identifier(schema, table)
            ),
        )
        for schema, table in tables
    }
