"""kill -9 of the worker, of its database backend and of the whole server loses and doubles nothing.

Every round changes raw rows, lets the twin load them in peace, then starts loads that are killed at
random moments of the time that the twin took, and at last one that is left alone. In the end both
databases hold the same.
"""

from __future__ import annotations

import logging
import math
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from faults.conftest import Warehouse
from faults.holdings import assert_same, changes_by_run, check_health, holdings, runs_of
from faults.nursery import Nursery, Worker
from faults.raw_life import SOURCES, arrive, change
from faults.worker import Job
from leads import runs
from leads.local import programs
from leads.local.postgres import EmbeddedPostgres

WINDOW = ("2026-10-15T00:00:00+00:00", "2026-11-20T15:00:00+00:00")
NOW = WINDOW[1]
LOCAL_NOW = "2026-11-20T10:00:00"
FIRST_ROWS, MORE_ROWS = 12_000, 150  # so that a load takes some tenths of a second
KILLS_A_ROUND = 3
SEED = 20_261_120


LOGGER = logging.getLogger(__name__)
Strike = Callable[[Worker, Connection[Any]], None]


@dataclass(slots=True)
class Victim:
    """A database whose loads are killed, and the tally.

    Attributes:
        conninfo: of the warehouse role.
        superuser: of one who sees and may end other sessions.
        kills: strikes so far.
        hits: strikes at a load in progress.
        states: what the sessions were at when struck.
        statements: first lines of their statements.
    """

    conninfo: str = field(repr=False)
    superuser: str = field(repr=False)
    kills: int = 0
    hits: int = 0
    states: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)

    def observer(self) -> Connection[Any]:
        """A session of the superuser; a server that recovers from a kill is waited for."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(self.superuser, autocommit=True)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def strike(self, worker: Worker, delay: float, patience: float, strike: Strike) -> None:
        """Let the load run for the delay, note what its session is at, and strike.

        Which statement that is depends on how busy the machine is, so one that was struck before is
        let pass for as long as the patience lasts, in seconds.
        """
        self.kills += 1
        with self.observer() as observer:
            self._wait_for_the_start_of(worker, observer)
            time.sleep(delay)
            until = time.monotonic() + patience
            while (seen := _activity(worker, observer)) and seen[2] in self.statements:
                if time.monotonic() > until:
                    break
            strike(worker, observer)
        self.observer().close()  # the server is back
        if seen is not None:
            state, in_transaction, query = seen
            self.states["in a transaction" if in_transaction else state] += 1
            self.statements[query] += 1

    def _wait_for_the_start_of(self, worker: Worker, observer: Connection[Any]) -> None:
        """A busy machine may need longer for the first statement than a short delay lasts."""
        while not observer.execute(
            "SELECT id FROM ops.ingestion_runs WHERE dag_run_id = %s AND try_number = %s",
            (worker.job.dag_run_id, worker.job.try_number),
        ).fetchone():
            assert not worker.has_ended(), worker.outcome()
            time.sleep(0.002)

    def wait_for_the_end_of(self, worker: Worker) -> None:
        """A backend sees within 2 s that its worker is gone (client_connection_check_interval)."""
        deadline = time.monotonic() + 30
        with self.observer() as observer:
            while observer.execute(
                "SELECT pid FROM pg_stat_activity WHERE pid = %s", (worker.backend_pid,)
            ).fetchone():
                assert time.monotonic() < deadline, "the backend of a dead worker lives on"
                time.sleep(0.01)

    def close_round(self, dag_run_id: str) -> None:
        """Count the hits: a struck load was in progress when it was begun and never completed."""
        with psycopg.connect(self.conninfo) as connection:
            runs.reap(connection)  # as the health task does at the end of each run
            connection.commit()
            running = connection.execute(
                "SELECT count(*) FROM ops.ingestion_runs WHERE status = 'RUNNING'"
            ).fetchone()
            assert running == (0,), "the next run left a dead one RUNNING"
            for status, message in runs_of(connection, dag_run_id):
                if status == "FAILED":
                    assert "worker died" in message or "took over" in message, message
                    self.hits += 1

    def check_vacuity(self, kills: int) -> None:
        """The kills hit work in progress, and all over it."""
        assert self.hits >= kills, self
        assert self.hits >= 0.95 * self.kills, self
        assert self.states["in a transaction"] >= 0.9 * self.kills, self
        assert len(self.statements) >= 8, self


def _activity(worker: Worker, observer: Connection[Any]) -> tuple[str, bool, str] | None:
    """State of the load's session, whether in a transaction, first line of its statement."""
    return observer.execute(
        "SELECT state, xact_start IS NOT NULL, split_part(query, E'\\n', 1) "
        "FROM pg_stat_activity WHERE pid = %s",
        (worker.backend_pid,),
    ).fetchone()


def live_through_kills(
    victim: Victim,
    twin_conninfo: str,
    nursery: Nursery,
    strikes: list[Strike],
    kills: int,
    seed: int,
) -> None:
    """Rounds of changes and kills; in the end the victim holds what the twin holds."""
    LOGGER.warning("seed %d", seed)  # shown when the test fails
    rng = random.Random(seed)
    number, quickest = 0, math.inf
    while victim.hits < kills and victim.kills < 1.2 * kills:
        source_table = SOURCES[number % len(SOURCES)]
        dag_run_id = f"round-{number}"
        for conninfo in (victim.conninfo, twin_conninfo):
            with psycopg.connect(conninfo) as connection:
                rows = FIRST_ROWS if number < len(SOURCES) else MORE_ROWS
                arrive(connection, source_table, rows, LOCAL_NOW)
                change(connection, source_table, number, LOCAL_NOW)
        peaceful = nursery.start(Job(twin_conninfo, source_table, *WINDOW, NOW, dag_run_id))
        seconds = peaceful.stats()["seconds"]
        if number < len(SOURCES):
            seconds *= 0.7  # a first load has a length of its own, measured just once
        else:
            seconds = quickest = min(seconds, quickest)
        for try_number in range(1, KILLS_A_ROUND + 1):
            job = Job(victim.conninfo, source_table, *WINDOW, NOW, dag_run_id, try_number)
            worker = nursery.start(job)
            strike = strikes[victim.kills % len(strikes)]
            victim.strike(worker, rng.uniform(0, 0.7 * seconds), 0.1 * seconds, strike)
            if try_number < KILLS_A_ROUND:  # so that the next one does not only queue
                victim.wait_for_the_end_of(worker)
        # The next try of the same task, or another run: both must find nothing in their way.
        last = Job(victim.conninfo, source_table, *WINDOW, NOW, dag_run_id, KILLS_A_ROUND + 1)
        if rng.random() < 0.5:
            last = Job(victim.conninfo, source_table, *WINDOW, NOW, f"after-{dag_run_id}")
        nursery.start(last).stats()
        victim.close_round(dag_run_id)
        number += 1
    with psycopg.connect(victim.conninfo) as mine, psycopg.connect(twin_conninfo) as twin:
        check_health(mine, datetime.fromisoformat(NOW))
        assert_same(holdings(mine), holdings(twin))
        assert changes_by_run(mine) == changes_by_run(twin)


def kill_worker(worker: Worker, _: Connection[Any]) -> None:
    worker.kill()


def terminate_backend(worker: Worker, observer: Connection[Any]) -> None:
    observer.execute("SELECT pg_terminate_backend(%s)", (worker.backend_pid,))
    worker.check_lost()


def kill_backend(worker: Worker, observer: Connection[Any]) -> None:
    """The server ends all its sessions then, and recovers."""
    with suppress(ProcessLookupError):
        os.kill(worker.backend_pid, signal.SIGKILL)
        with suppress(psycopg.OperationalError):
            while True:  # until the server has noticed
                observer.execute("SELECT 1")
    worker.check_lost()


def server_killer(server: EmbeddedPostgres) -> Strike:
    """Kill every process of a server, as a power cut would, and start it again."""

    def kill_server(worker: Worker, _: Connection[Any]) -> None:
        for pid in programs.working_in(server.data):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.check_lost()
        server.start()

    return kill_server


@pytest.mark.timeout(7200)
def test_killed_workers_lose_and_double_nothing(
    warehouse: Warehouse, twin: Warehouse, nursery: Nursery, nightly: bool
) -> None:
    victim = Victim(warehouse.conninfo, warehouse.superuser)
    kills = 500 if nightly else 30
    live_through_kills(victim, twin.conninfo, nursery, [kill_worker], kills, SEED)
    victim.check_vacuity(kills)


@pytest.mark.timeout(7200)
def test_a_lost_database_loses_and_doubles_nothing(
    mortal: EmbeddedPostgres, twin: Warehouse, nursery: Nursery, nightly: bool
) -> None:
    victim = Victim(mortal.conninfo("warehouse", "warehouse"), mortal.superuser)
    kills = 100 if nightly else 30
    strikes: list[Strike] = [terminate_backend, terminate_backend, kill_backend] * 5
    strikes[-1] = server_killer(mortal)
    live_through_kills(victim, twin.conninfo, nursery, strikes, kills, SEED)
    victim.check_vacuity(kills)
