"""One warehouse with the small fleet, and the command line on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from cli_identity.world import PATIENT
from leads.cli.app import app
from leads.cli.errors import sentence
from leads.identity.decisions import Decisions
from leads.settings import settings
from leads.sources import load_registry
from leads.warehouse import airflow_uri

REGISTRY = load_registry()


@dataclass(frozen=True, slots=True)
class Fleet:
    """The warehouse of one test."""

    conninfo: str

    @property
    def environment(self) -> dict[str, str]:
        """What names it to a command; English unless a test says otherwise."""
        options = {key: str(value) for key, value in conninfo_to_dict(self.conninfo).items()}
        uri = airflow_uri(
            host=options["host"],
            port=int(options["port"]),
            user=options["user"],
            password=options.get("password", ""),
            database=options["dbname"],
            extras={"sslmode": "disable"},
        )
        return {"AIRFLOW_CONN_WAREHOUSE": uri, "LEADS_LANGUAGE": "en"}

    def connect(self) -> Connection[Any]:
        return psycopg.connect(self.conninfo)

    def leads(self, *words: str, answer: str | None = None, **extra: str) -> tuple[int, str]:
        """Run `./leads` in this process; returns exit status and all that it said."""
        settings.cache_clear()
        try:
            done = CliRunner().invoke(
                app, list(words), input=answer, env=self.environment | extra, prog_name="leads"
            )
        finally:
            settings.cache_clear()
        said = done.output
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            # As leads.cli.app.main shows it; whatever hangs on it may be logged.
            chain: BaseException | None = done.exception
            said += sentence(done.exception)  # type: ignore[arg-type]
            while chain is not None:
                said += repr(chain)
                hidden = chain.__cause__ is not None or chain.__suppress_context__
                chain = chain.__cause__ if hidden else chain.__context__
            return 1, said
        return done.exit_code, said

    def ok(self, *words: str, **extra: str) -> str:
        status, said = self.leads(*words, **extra)
        assert status == 0, said
        return said

    def refused(self, *words: str, status: int = 1, **extra: str) -> str:
        """What a command says that fails."""
        got, said = self.leads(*words, **extra)
        assert got == status, said
        assert "Traceback" not in said
        return said

    @contextmanager
    def decisions(self) -> Iterator[Decisions]:
        with self.connect() as connection:
            yield Decisions(
                connection, REGISTRY, home_park_id=settings().home_park_id, limits=PATIENT
            )

    def rows(self, query: Any, *binds: Any) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query, binds).fetchall()

    def person_of(self, driver_id: str) -> UUID:
        found = self.rows(
            "SELECT person_key FROM canon.drivers_index WHERE driver_id = %s", driver_id
        )
        return UUID(str(found[0][0]))

    def everything(self) -> dict[str, list[str]]:
        """Every row of every table, as text."""
        with self.connect() as connection:
            names = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname IN ('public', 'observational', 'canon', 'ops')"
            ).fetchall()
            return {
                f"{schema}.{table}": sorted(
                    row[0]
                    for row in connection.execute(
                        sql.SQL("SELECT row::text FROM {} AS row").format(
                            sql.Identifier(schema, table)
                        )
                    )
                )
                for schema, table in names
            }


def fork(server: Any, template: str, name: str) -> Iterator[str]:
    """A copy of a database, dropped at the end; gives its conninfo."""
    target = sql.Identifier(name)
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER warehouse").format(
                target, sql.Identifier(template)
            )
        )
    yield server.conninfo(name, "warehouse")
    with psycopg.connect(server.superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(target))


def subprocess_environment(fleet: Fleet) -> dict[str, str]:
    return os.environ | fleet.environment
