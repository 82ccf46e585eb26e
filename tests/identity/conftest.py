"""A warehouse with a matching model in use, learnt from a generated world, and nobody in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from psycopg import Connection

from identity.people import Model, Session, empty, furnish, read_model, resolve, use_model
from identity.worlds import fill
from ingestion.shared_database import shared_database


@pytest.fixture(scope="session")
def identity_conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_identity") as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def model(identity_conninfo: str) -> Model:
    """The model that a first run makes of the generated world."""
    with Session.connect(identity_conninfo, prepare_threshold=None) as session:
        furnish(session)
        fill(session)
        resolve(session)
        return read_model(session)


@pytest.fixture
def connection(identity_conninfo: str, model: Model) -> Iterator[Session]:
    with Session.connect(identity_conninfo, prepare_threshold=None) as session:
        empty(session)
        use_model(session, model)
        yield session


@pytest.fixture(scope="session")
def functions(identity_conninfo: str) -> Iterator[Session]:
    """A session to ask the server's functions with; it changes nothing."""
    with Session.connect(identity_conninfo, autocommit=True) as session:
        session.read_only = True
        yield session


@pytest.fixture
def open_session(identity_conninfo: str, connection: Connection[Any]) -> Callable[[], Session]:
    """Opens further sessions of the same warehouse."""
    return lambda: Session.connect(identity_conninfo, prepare_threshold=None)


@pytest.fixture
def second(identity_conninfo: str, connection: Connection[Any]) -> Iterator[Session]:
    """Another session of the same warehouse."""
    with Session.connect(identity_conninfo, prepare_threshold=None) as session:
        yield session
