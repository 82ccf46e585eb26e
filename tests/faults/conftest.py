"""Worker processes to kill and freeze, and a server of our own to kill."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from faults.nursery import Nursery
from leads.local.postgres import EmbeddedPostgres
from leads.migrations import upgrade
from leads.settings import SQL


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


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
