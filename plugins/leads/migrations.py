"""The warehouse schema, brought to a revision of `include/migrations`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from leads.health.catalogue import sync_catalogue
from leads.settings import INCLUDE, settings
from leads.sources import registry

MIGRATIONS = INCLUDE / "migrations"
#: One migration at a time per database; any number will do, as long as it is ours.
_MIGRATION_LOCK = 7_210_061_105


def upgrade(conninfo: str, revision: str = "head", migrations: Path = MIGRATIONS) -> None:
    """Bring the schema up to a revision, in one transaction.

    Args:
        conninfo: libpq connection string of the warehouse; its role must own or may create
            the schemas observational, canon and ops.
        revision: Alembic revision, `head` for the newest.
        migrations: folder with `env.py` and `versions/`.

    Raises:
        psycopg.Error: the database refused; nothing was changed.
    """
    _run(conninfo, migrations, up=True, revision=revision)
    if revision == "head":
        with psycopg.connect(conninfo, application_name="leads migrate") as connection:
            sync_catalogue(connection, registry(), settings())


def downgrade(conninfo: str, revision: str, migrations: Path = MIGRATIONS) -> None:
    """Take the schema back to a revision, in one transaction.

    Args:
        conninfo: libpq connection string of the warehouse.
        revision: Alembic revision, `base` for before the first.
        migrations: folder with `env.py` and `versions/`.

    Raises:
        psycopg.Error: the database refused; nothing was changed.
    """
    _run(conninfo, migrations, up=False, revision=revision)


def statements_beside(file: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """Give a revision its two directions, from the SQL files beside it.

    Args:
        file: `__file__` of the revision; `.up.sql` and `.down.sql` have the same stem. They
            reach the driver with bind markers, so a `%` in them is written `%%`.

    Returns:
        What Alembic calls `upgrade` and `downgrade`.
    """

    def direction(suffix: str) -> Callable[[], None]:
        def run() -> None:
            statements = Path(file).with_suffix(suffix).read_text(encoding="utf-8")
            op.get_bind().exec_driver_sql(statements)

        return run

    return direction(".up.sql"), direction(".down.sql")


def _run(conninfo: str, migrations: Path, *, up: bool, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    # psycopg opens the connection, so that any libpq string works; SQLAlchemy only carries it.
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(conninfo, application_name="leads migrate"),
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS ops")
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, revision)
