"""One warehouse with empty tables for each test here, made once and emptied in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from leads.settings import SQL

DATABASE = "leads_ingestion"
# Not the schema itself: extensions live there.
DROP_RAW_TABLES = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', name);
    END LOOP;
END
$$
"""


@pytest.fixture(scope="session")
def ingestion_conninfo(server: Any) -> Iterator[str]:
    name = sql.Identifier(DATABASE)
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE leads_template OWNER warehouse").format(name)
        )
    yield server.conninfo(DATABASE, "warehouse")
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def connection(ingestion_conninfo: str) -> Iterator[Connection[Any]]:
    """A session of a warehouse with the raw tables and ours, all empty."""
    with psycopg.connect(ingestion_conninfo, prepare_threshold=None) as session:
        with session.transaction():
            session.execute(DROP_RAW_TABLES)
            session.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
            session.execute(
                "TRUNCATE observational.lead_events, ops.ingestion_rejects, ops.source_coverage, "
                "ops.source_state, ops.ingestion_runs, canon.identity_registry "
                "RESTART IDENTITY CASCADE"
            )
        yield session


@pytest.fixture
def second(ingestion_conninfo: str, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Another session of the same warehouse."""
    with psycopg.connect(ingestion_conninfo, prepare_threshold=None) as session:
        yield session
