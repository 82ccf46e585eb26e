"""A warehouse in which people, leads and marks are made by hand, and only the views are real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.conninfo import make_conninfo

from identity.people import Session, furnish
from ingestion.shared_database import shared_database
from views.emptying import empty


@pytest.fixture(scope="session")
def views_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_views") as conninfo:
        with Session.connect(conninfo) as session:
            furnish(session)
        yield conninfo


@pytest.fixture
def connection(views_conninfo: str) -> Iterator[Session]:
    with Session.connect(views_conninfo, prepare_threshold=None) as session:
        empty(session)
        yield session


@pytest.fixture
def second(views_conninfo: str, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """Another session of the same warehouse."""
    with psycopg.connect(views_conninfo, prepare_threshold=None) as session:
        yield session


@pytest.fixture
def open_session(
    views_conninfo: str, connection: Connection[Any]
) -> Callable[..., Connection[Any]]:
    """Opens further sessions of the same warehouse."""
    return lambda **options: psycopg.connect(views_conninfo, **options)


@pytest.fixture
def owner(server: Any, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """The server's superuser, in the same warehouse."""
    conninfo = make_conninfo(server.superuser, dbname=connection.info.dbname)
    with psycopg.connect(conninfo) as session:
        yield session
