"""Invented people for identity resolution: who is who is known, and some leads land later."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from typing import Any

import psycopg

from bench.cabinet import statement
from bench.server import Database, new_database
from leads.attribution import run_attribution
from leads.evaluation import USUAL, build
from leads.identity.resolution import run_resolution
from leads.ingestion import run_load
from leads.local.postgres import EmbeddedPostgres
from leads.settings import settings
from leads.sources import load_registry
from leads.staging import Load
from leads.windows import Window, WindowKind, local_midnight

SEED = 2026
#: Local day after the last lead; fixed, so that every measurement has the same people.
END = date(2026, 7, 1)
#: How far back leads may reach, with room to spare.
HISTORY = timedelta(days=1_000)


@dataclass(frozen=True, slots=True)
class World:
    """How much there is.

    Attributes:
        accounts: rows of `drivers`.
        leads: leads that are there from the beginning.
        batch_size: leads of each batch that lands later; they are the last ones in time.
        batches: how many batches there are.
    """

    accounts: int
    leads: int
    batch_size: int
    batches: int

    def make(self, server: EmbeddedPostgres, name: str, *, is_ranked: bool = False) -> Database:
        """A warehouse with the raw rows in it, and the leads loaded.

        Args:
            server: running.
            name: of the database.
            is_ranked: whether `drivers` is left empty, for `fill_registry` to fill.
        """
        database = new_database(server, name)
        # A process of its own, so that the memory of everybody invented does not count here.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(
                _invent,
                server.conninfo(name, "warehouse"),
                self.accounts,
                self.leads + self.batches * self.batch_size,
            ).result()
        with database.connect() as connection:
            if is_ranked:
                connection.execute(statement("rank_accounts"))
                connection.execute("TRUNCATE public.drivers")
            binds = {"batches": self.batches, "batch_size": self.batch_size}
            connection.execute(statement("hold_leads"), binds)
            connection.execute(statement("take_held_leads"))
            connection.execute(
                "CREATE TABLE public.plain_events (LIKE observational.lead_events INCLUDING ALL)"
            )
        database.vacuum()
        load(database)
        database.vacuum()
        return database


def _invent(conninfo: str, accounts: int, leads: int) -> None:
    with psycopg.connect(conninfo) as connection:
        build(
            connection,
            drivers=accounts,
            leads=leads,
            seed=SEED,
            noise=USUAL,
            end=END,
            home_park_id=settings().home_park_id,
        )


def load(database: Database) -> None:
    """Load what has landed in all sources, as the pipeline does."""
    window = Window(local_midnight(END - HISTORY, settings().zone), now(), WindowKind.DATES)
    for source in load_registry().sources.values():
        work = Load(source=source, incremental=False, dry_run=False, zone=settings().zone)
        with database.connect() as connection:
            run_load(connection, work, lambda _: window, clock=now)


def land(database: Database, batch: int) -> None:
    """Let a batch of leads land, and load it."""
    with database.connect() as connection:
        connection.execute(statement("land_leads"), {"batch": batch})
    load(database)


def resolve(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Resolve as a task does; returns the counts."""
    park = settings().home_park_id
    return run_resolution(connection, load_registry(), home_park_id=park, clock=now)


def attribute(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Attribute as a task does; returns the counts."""
    return run_attribution(connection, clock=now)


def change_accounts(database: Database, number: int, accounts: int) -> None:
    """Give some accounts, picked by a number, another phone."""
    with database.connect() as connection:
        binds = {"number": number, "accounts": accounts}
        connection.execute(statement("change_accounts"), binds)


def fill_registry(database: Database, accounts: int) -> None:
    """Fill `drivers` of a ranked world: the same people at first, and ever more others."""
    with database.connect() as connection:
        connection.execute(statement("fill_registry"), {"accounts": accounts})
    database.vacuum()


def now() -> datetime:
    """What counts as the present, aware."""
    return local_midnight(END, settings().zone)
