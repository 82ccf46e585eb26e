"""A warehouse whose raw tables, events and ledger are made by hand, at any moment of any day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from health.world import World, empty
from ingestion.shared_database import shared_database


@pytest.fixture(scope="session")
def health_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_health") as conninfo:
        yield conninfo


@pytest.fixture
def world(health_conninfo: str) -> Iterator[World]:
    with psycopg.connect(health_conninfo, prepare_threshold=None) as session:
        empty(session)
        yield World(session)
