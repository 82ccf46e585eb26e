"""One real API server for all tests of the page; each test names the warehouse it looks at."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import Database, free_port
from leads.local.postgres import EmbeddedPostgres
from page.airflow_house import Page


@pytest.fixture(scope="session")
def served(server: EmbeddedPostgres) -> Iterator[Page]:
    with _serving(server) as page:
        yield page


@pytest.fixture(scope="session")
def served_at_a_path(server: EmbeddedPostgres, served: Page) -> Iterator[Page]:
    """Airflow as it is behind a proxy that has other things at its root."""
    with _serving(server, root="/tools/airflow") as page:
        yield page


@contextmanager
def _serving(server: EmbeddedPostgres, root: str = "") -> Iterator[Page]:
    folder = Path(tempfile.mkdtemp(prefix="leads-page-"))
    server.ensure_database("leads_page_airflow", "airflow")
    password = server.password("airflow")
    uri = f"airflow:{password}@127.0.0.1:{server.port}/leads_page_airflow"
    page = Page(folder, free_port(), f"postgresql+psycopg2://{uri}", root)
    try:
        page.start()
        yield page
    finally:
        page.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(served: Page, raw_database: Database) -> Page:
    """The page, looking at a migrated warehouse with empty raw tables."""
    served.look_at(raw_database.conninfo)
    return served
