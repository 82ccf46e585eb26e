"""What every test may use: a throwaway PostgreSQL server, and a fresh warehouse on it."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from leads.local.postgres import EmbeddedPostgres
from leads.migrations import upgrade
from leads.settings import SQL

# Airflow reads its home at its first import, in whichever test file that comes: an empty one of the
# tests' own, never the developer's.
_AIRFLOW_HOME = tempfile.mkdtemp(prefix="leads-tests-airflow-")
atexit.register(shutil.rmtree, _AIRFLOW_HOME, ignore_errors=True)
os.environ["AIRFLOW_HOME"] = _AIRFLOW_HOME
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

_NUMBER = itertools.count(1)
_HANDED_OVER: list[tuple[str, float]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--nightly",
        action="store_true",
        default=os.environ.get("LEADS_NIGHTLY") == "1",
        help="the long versions: more examples, more kills",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side, a file's tests stay together, and so do all that share the one Airflow."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "e2e" if "/e2e/" in file else file

    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that share the one Airflow take longest, so they begin first."""
    items.sort(key=lambda item: item.path.parent.name != "e2e")


def _timings() -> list[tuple[str, float]]:
    """What the end-to-end tests of this process timed: what, seconds."""
    house = sys.modules.get("e2e.house")
    return list(house.TIMINGS) if house else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Side by side, the process that ran the end-to-end tests hands over what took how long."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["timings"] = _timings()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _HANDED_OVER.extend(getattr(node, "workeroutput", {}).get("timings", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """End the report with what took how long."""
    for what, seconds in [*_timings(), *_HANDED_OVER]:
        terminalreporter.write_line(f"{seconds:7.1f} s  {what}")


@pytest.fixture(scope="session")
def nightly(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--nightly"))


@dataclass(frozen=True, slots=True)
class Database:
    """One database of the throwaway server, owned by the ordinary role `warehouse`."""

    name: str
    server: EmbeddedPostgres

    @property
    def conninfo(self) -> str:
        return self.server.conninfo(self.name, "warehouse")

    @property
    def superuser(self) -> str:
        """The same database as the server's superuser, to play the raw tables' owner."""
        return psycopg.conninfo.make_conninfo(self.server.superuser, dbname=self.name)

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        return psycopg.connect(self.conninfo, **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    # Not below pytest's own folder: the unprivileged server user may not enter that one.
    with tempfile.TemporaryDirectory(prefix="leads-tests-") as folder:
        Path(folder).chmod(0o755)
        running = EmbeddedPostgres(Path(folder), free_port(), throwaway=True)
        running.start()
        try:
            running.ensure_database("leads_template", "warehouse")
            upgrade(running.conninfo("leads_template", "warehouse"))
            yield running
        finally:
            running.stop()


@pytest.fixture
def database(server: EmbeddedPostgres) -> Iterator[Database]:
    """A migrated warehouse without raw tables."""
    name = f"leads_{next(_NUMBER)}"
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE leads_template OWNER warehouse").format(
                sql.Identifier(name)
            )
        )
    yield Database(name, server)
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def raw_database(database: Database) -> Database:
    """A migrated warehouse with the six raw tables, empty."""
    with database.connect() as connection:
        connection.execute((SQL / "demo" / "raw_tables.sql").read_text(encoding="utf-8"))
        connection.execute((SQL / "raw_indexes.sql").read_text(encoding="utf-8"))
    return database
