"""The fleet with its figures, made once; each test has a copy."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from cli_identity.fleet import fork
from cli_views.fleet import Fleet
from cli_views.world import build

TEMPLATE = "leads_cli_views"
_NUMBER = itertools.count(1)


@pytest.fixture(scope="session")
def template(server: Any) -> Iterator[str]:
    for conninfo in fork(server, "leads_template", TEMPLATE):
        with psycopg.connect(conninfo) as connection:
            build(connection)
        yield conninfo


@pytest.fixture
def fleet(server: Any, template: str) -> Iterator[Fleet]:
    """A copy of the fleet that the test may change."""
    for conninfo in fork(server, TEMPLATE, f"{TEMPLATE}_{next(_NUMBER)}"):
        yield Fleet(conninfo)


@pytest.fixture(scope="session")
def still(template: str) -> Fleet:
    """The fleet itself, for tests that only look."""
    return Fleet(template)
