"""One warehouse for the tests of a file, emptied in between: much cheaper than one for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection, sql

from leads.settings import SQL

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


@contextmanager
def shared_database(server: Any, name: str) -> Iterator[str]:
    """A migrated warehouse of this name; gives its conninfo and drops it at the end."""
    identifier = sql.Identifier(name)
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE leads_template OWNER warehouse").format(identifier)
        )
    yield server.conninfo(name, "warehouse")
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def empty(session: Connection[Any]) -> None:
    """Leave the raw tables as they are when new, and nothing in ours but the payment rules."""
    with session.transaction():
        session.execute(DROP_RAW_TABLES)
        session.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
        session.execute(
            "TRUNCATE observational.lead_events, ops.ingestion_rejects, ops.source_coverage, "
            "ops.source_state, ops.ingestion_runs, canon.identity_registry, canon.departed_leads "
            "RESTART IDENTITY CASCADE"
        )
