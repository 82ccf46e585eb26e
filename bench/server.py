"""A database server of the benchmark's own, as durable as the one `./leads up` runs."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from leads.local.postgres import EmbeddedPostgres
from leads.migrations import upgrade
from leads.settings import SQL


@dataclass(frozen=True, slots=True)
class Database:
    """One warehouse on the benchmark's server, with empty raw tables and their indexes."""

    server: EmbeddedPostgres
    name: str

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """A session as the ordinary role, like the pipeline's."""
        connection = psycopg.connect(self.server.conninfo(self.name, "warehouse"), **options)
        connection.prepare_threshold = None  # as the operator does
        return connection

    def administer(self, statement: str) -> None:
        """Run one statement outside of any transaction, as the superuser."""
        conninfo = make_conninfo(self.server.superuser, dbname=self.name)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(sql.SQL(statement))

    def checkpoint(self) -> None:
        """Write all dirty pages now, so that the next statement does not pay for earlier ones."""
        self.administer("CHECKPOINT")

    def vacuum(self) -> None:
        """What autovacuum would do within a minute or so: hint bits and statistics."""
        self.administer("VACUUM (ANALYZE)")

    def copy(self, name: str) -> Database:
        """Another database with the same content; nobody may be connected to this one."""
        server = make_conninfo(self.server.superuser, dbname="postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER warehouse").format(
                    sql.Identifier(name), sql.Identifier(self.name)
                )
            )
        return Database(self.server, name)

    def drop(self) -> None:
        """Give the disk back."""
        server = make_conninfo(self.server.superuser, dbname="postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            name = sql.Identifier(self.name)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def new_database(server: EmbeddedPostgres, name: str) -> Database:
    """A migrated warehouse with empty raw tables and the optional raw indexes."""
    server.ensure_database(name, "warehouse")
    database = Database(server, name)
    upgrade(server.conninfo(name, "warehouse"))
    with database.connect() as connection:
        for file in ("demo/raw_tables.sql", "raw_indexes.sql"):
            connection.execute((SQL / file).read_bytes())
    return database


@contextmanager
def open_folder(parent: Path | None) -> Iterator[Path]:
    """A temporary folder that the server's unprivileged user can enter.

    Args:
        parent: where to make it; None for the system's own place.
    """
    with tempfile.TemporaryDirectory(prefix="leads-bench-", dir=parent) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def running_server(parent: Path | None, needed_bytes: int) -> Iterator[EmbeddedPostgres]:
    """A fresh server, gone with its data at the end.

    Raises:
        OSError: the disk is too small.
    """
    with open_folder(parent) as folder:
        free = shutil.disk_usage(folder).free
        if free < needed_bytes:
            raise OSError(
                f"The disk of {folder.parent} has {free / 1e9:.0f} GB free, "
                f"{needed_bytes / 1e9:.0f} GB are needed. Name another with --folder, "
                "or measure less with --quick."
            )
        server = EmbeddedPostgres(folder, free_port())
        server.start()
        try:
            # Autovacuum would come at moments of its own; the measurements vacuum at fixed ones.
            with psycopg.connect(server.superuser, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET autovacuum = off")
                connection.execute("SELECT pg_reload_conf()")
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
