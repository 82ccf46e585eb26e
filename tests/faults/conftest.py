"""Worker processes to kill and freeze, and a server of our own to kill."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from faults.nursery import Nursery
from leads.local.postgres import EmbeddedPostgres
from leads.migrations import upgrade
from leads.settings import SQL


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A database of the tests' common server, with the three raw tables.

    Attributes:
        conninfo: of the warehouse role.
        superuser: of one who sees and may end all sessions.
    """

    conninfo: str = field(repr=False)
    superuser: str = field(repr=False)


@contextmanager
def new_warehouse(server: EmbeddedPostgres, name: str) -> Iterator[Warehouse]:
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE leads_template OWNER warehouse").format(
                sql.Identifier(name)
            )
        )
    try:
        made = Warehouse(
            server.conninfo(name, "warehouse"),
            make_conninfo(server.superuser, dbname=name),
        )
        make_raw_tables(made.conninfo)
        yield made
    finally:
        with psycopg.connect(server.superuser, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def used_warehouse(server: EmbeddedPostgres) -> Iterator[Warehouse]:
    with new_warehouse(server, "leads_faults") as made:
        yield made


@pytest.fixture
def warehouse(used_warehouse: Warehouse) -> Warehouse:
    """Empty: made once, and emptied for each test."""
    with psycopg.connect(used_warehouse.conninfo) as connection:
        connection.execute(
            "TRUNCATE module_ct_cabinet_leads, module_ct_scouting_daily, module_ct_migrations, "
            "observational.lead_events, ops.ingestion_rejects, ops.source_coverage, "
            "ops.source_state, ops.ingestion_runs CASCADE"
        )
    return used_warehouse


@pytest.fixture
def twin(server: EmbeddedPostgres) -> Iterator[Warehouse]:
    """A second warehouse, in which nothing is killed."""
    with new_warehouse(server, "leads_twin") as made:
        yield made


@pytest.fixture
def mortal() -> Iterator[EmbeddedPostgres]:
    """A server that no other test depends on; its database `warehouse` has empty raw tables."""
    with (
        tempfile.TemporaryDirectory(prefix="leads-mortal-") as folder,
        socket.socket() as probe,
    ):
        Path(folder).chmod(0o755)  # the unprivileged server user must get in
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        running = EmbeddedPostgres(Path(folder), port, throwaway=True)
        running.start()
        try:
            conninfo = running.conninfo("warehouse", "warehouse")
            upgrade(conninfo)
            make_raw_tables(conninfo)
            yield running
        finally:
            running.stop()


def make_raw_tables(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        for name in ("demo/raw_tables.sql", "raw_indexes.sql"):
            text: Any = (SQL / name).read_text(encoding="utf-8")
            connection.execute(text)
