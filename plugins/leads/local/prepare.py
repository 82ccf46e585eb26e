"""Both databases made ready: the warehouse's schema and demo data, Airflow's own tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import psycopg
from psycopg.conninfo import conninfo_to_dict

from leads.local.home import Home
from leads.local.stack import Stack
from leads.settings import SQL, Settings

FIRST_METADATA = "airflow"


def prepare_databases(stack: Stack, show: Callable[[str], None]) -> str:
    """Migrate the warehouse and Airflow's database, side by side when nothing is known yet.

    Airflow remembers which windows ran. That memory belongs to one warehouse: for another one, or
    for the same one made anew, it would claim windows that were never loaded there. So each
    warehouse has an Airflow database of its own on the embedded server.

    Args:
        stack: with its embedded server running.
        show: told what is being done.

    Returns:
        The name of Airflow's database for this warehouse.
    """
    known: dict[str, str] = stack.home.recall().get("metadata", {})
    if known or not stack.warehouse.embedded:
        show("migrating the warehouse")
        prepare_warehouse(stack)
        identity = _identity(stack.warehouse.conninfo)
        fresh = f"{FIRST_METADATA}_{identity}" if known else FIRST_METADATA
        database = known.get(identity, fresh)
        show("migrating Airflow's database")
        stack.migrate_metadata(database)
    else:
        database = FIRST_METADATA
        show("migrating both databases, making demo data")
        with ThreadPoolExecutor(max_workers=2) as pool:
            both = (
                pool.submit(stack.migrate_metadata, database),
                pool.submit(prepare_warehouse, stack),
            )
            for one in both:
                one.result()
        identity = _identity(stack.warehouse.conninfo)
    stack.home.remember(metadata=known | {identity: database})
    return database


def prepare_warehouse(stack: Stack) -> None:
    """Migrate the warehouse; the embedded one also gets its demo data, once."""
    from leads import migrations

    migrations.upgrade(stack.warehouse.conninfo)
    if stack.warehouse.embedded:
        make_demo_data(stack.home, stack.settings, stack.warehouse.conninfo)


def make_demo_data(home: Home, settings: Settings, conninfo: str) -> None:
    """Fill the embedded warehouse's raw tables, once in the life of this home."""
    if home.recall().get("demo_made_at"):
        return
    from leads.local import demo

    now = datetime.now(settings.zone)
    # Rows that are there already came from a start that was cut short, or from their owner.
    with suppress(demo.DemoDataError):
        demo.load(
            conninfo,
            now=now,
            days=settings.demo_days,
            scale=settings.demo_scale,
            seed=settings.demo_seed,
            time_zone=settings.zone,
            home_park_id=settings.home_park_id,
        )
    create_raw_indexes(conninfo)
    home.remember(demo_made_at=now.isoformat(timespec="seconds"))


def create_raw_indexes(conninfo: str) -> None:
    """Create the optional indexes of the raw tables; those that exist are left alone."""
    statements = (SQL / "raw_indexes.sql").read_bytes()
    with psycopg.connect(conninfo) as connection:
        connection.execute(statements)


def _identity(conninfo: str) -> str:
    """Short fingerprint of one warehouse: which server, which database, which making of it."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        making = connection.execute(
            "SELECT oid, 'ops.ingestion_runs'::regclass::oid FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone()
        try:
            server = connection.execute("SELECT system_identifier FROM pg_control_system()")
            place: object = server.fetchone()
        except psycopg.errors.InsufficientPrivilege:
            parts = conninfo_to_dict(conninfo)
            place = [str(parts.get(key, "")) for key in ("host", "port", "dbname")]
    return hashlib.sha256(repr((place, making)).encode()).hexdigest()[:12]
