"""A session of a warehouse in which only people, events and marks are made, all by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from attribution.people import Session, empty
from ingestion.shared_database import shared_database


@pytest.fixture(scope="session")
def attribution_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_attribution") as conninfo:
        yield conninfo


@pytest.fixture
def connection(attribution_conninfo: str) -> Iterator[Session]:
    with Session.connect(attribution_conninfo, prepare_threshold=None) as session:
        empty(session)
        yield session


@pytest.fixture
def second(attribution_conninfo: str, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Another session of the same warehouse."""
    with psycopg.connect(attribution_conninfo, prepare_threshold=None) as session:
        yield session


@pytest.fixture
def owner(server: Any, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """The server's superuser, in the same warehouse."""
    conninfo = make_conninfo(server.superuser, dbname=connection.info.dbname)
    with psycopg.connect(conninfo) as session:
        yield session
