"""A session of a warehouse with the raw tables and ours, all empty."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ingestion.shared_database import empty, shared_database


@pytest.fixture(scope="session")
def ingestion_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_ingestion") as conninfo:
        yield conninfo


@pytest.fixture
def connection(ingestion_conninfo: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(ingestion_conninfo, prepare_threshold=None) as session:
        empty(session)
        yield session


@pytest.fixture
def second(ingestion_conninfo: str, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Another session of the same warehouse."""
    with psycopg.connect(ingestion_conninfo, prepare_threshold=None) as session:
        yield session
