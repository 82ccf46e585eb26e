"""Warehouses to copy that have grown since their model was trained; one has a newer model, too."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg import Connection

from identity_model.worlds import (
    OPTIONS,
    REGISTRY,
    Said,
    arrive,
    begin_anew,
    connect,
    load_and_resolve,
    make_in_parts,
    said,
    warehouse,
)
from leads.identity.training import train_model

_NUMBER = itertools.count(1)


@pytest.fixture(scope="session")
def grown(server: Any) -> Iterator[str]:
    """A database: its model learnt from half of the world, and some more has come since."""
    with warehouse(server, "leads_model") as conninfo:
        with connect(conninfo) as connection:
            make_in_parts(connection, drivers=1_000, leads=700, seed=11)
            load_and_resolve(connection)
            arrive(connection, 2)
        yield "leads_model"


@dataclass(frozen=True, slots=True)
class Trained:
    """A database with a model 2 that is not in use, and what it says before and after it is."""

    name: str
    before: Said
    after: Said


@pytest.fixture(scope="session")
def trained(server: Any, grown: str) -> Iterator[Trained]:
    """What comes after is taken from a warehouse made anew with that model."""
    with warehouse(server, "leads_model_trained", template=grown) as conninfo:
        with connect(conninfo) as connection:
            train_model(connection, REGISTRY, **OPTIONS)
            before = said(connection)
        with (
            warehouse(server, "leads_model_anew", template="leads_model_trained") as anew,
            connect(anew) as connection,
        ):
            begin_anew(connection, 2)
            after = said(connection)
        assert before != after
        yield Trained("leads_model_trained", before, after)


@pytest.fixture
def untrained(server: Any, grown: str) -> Iterator[Connection[Any]]:
    """A session of a warehouse with model 1 alone."""
    name = f"leads_model_{next(_NUMBER)}"
    with warehouse(server, name, template=grown) as conninfo, connect(conninfo) as session:
        yield session


@pytest.fixture
def conninfo(server: Any, trained: Trained) -> Iterator[str]:
    name = f"leads_model_{next(_NUMBER)}"
    with warehouse(server, name, template=trained.name) as conninfo:
        yield conninfo


@pytest.fixture
def connection(conninfo: str) -> Iterator[Connection[Any]]:
    """A session of a warehouse with model 1 in use, and model 2."""
    with connect(conninfo) as session:
        yield session


@pytest.fixture
def second(conninfo: str) -> Iterator[Connection[Any]]:
    """Another session of the same warehouse."""
    with connect(conninfo) as session:
        yield session
