"""Loads of all sources at once, of overlapping windows, while the raw tables change under them."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from faults.conftest import Warehouse
from faults.holdings import assert_same, check_health, holdings
from faults.nursery import Nursery, Worker
from faults.raw_life import SOURCES, arrive, change
from faults.worker import Job
from leads.staging import LARGE_LOAD

FIRST_DAY = "2026-10-15T00:00:00+00:00"
NOW = "2026-11-20T15:00:00+00:00"
LOCAL_NOW = "2026-11-20T10:00:00"
ROWS = 2_500
SEED = 20_261_121
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A database with three filled raw tables, and the workers that load it."""

    conninfo: str
    nursery: Nursery

    def start(self, source_table: str, name: str, **how: Any) -> Worker:
        how = {"window_from": FIRST_DAY, "window_to": NOW, **how}
        job = Job(self.conninfo, source_table, clock=NOW, dag_run_id=name, **how)
        return self.nursery.start(job)

    def load_windows(self, source_table: str, name: str, count: int, rng: random.Random) -> None:
        """Load random windows one after another; none may fail in any way."""
        for number in range(count):
            end = datetime.fromisoformat(NOW) - timedelta(hours=rng.randrange(0, 400))
            begin = end - timedelta(hours=rng.randrange(6, 400))
            self.start(
                source_table,
                f"{name}-{number}",
                window_from=begin.isoformat(),
                window_to=end.isoformat(),
            ).stats()

    def write_raw(self, source_table: str, count: int, rng: random.Random) -> None:
        """Transactions of a writer of its own, each open for a while before it commits."""
        with psycopg.connect(self.conninfo) as connection:
            for number in range(count):
                with connection.transaction():
                    arrive(connection, source_table, 40, LOCAL_NOW)
                    change(connection, source_table, number, LOCAL_NOW)
                    time.sleep(rng.uniform(0, 0.15))

    def write_slowly(self, seconds: float) -> None:
        """One writer whose rows have older times and lower keys, and become visible much later."""
        with psycopg.connect(self.conninfo) as connection:
            connection.execute(
                "INSERT INTO module_ct_cabinet_leads (id, external_id, lead_created_at, created_at)"
                " SELECT -n, 'slow-' || n, at, at FROM generate_series(1, 60) AS n, "
                "LATERAL (SELECT timestamp '2026-10-20' + n * interval '9 hours' AS at) AS at"
            )
            time.sleep(seconds)

    def holdings(self) -> list[Any]:
        """Events of rows that exist, and open rejects: what one clean run leaves."""
        with psycopg.connect(self.conninfo) as connection:
            return [row for row in holdings(connection) if row[-1]]

    def load_once(self, name: str) -> None:
        for source_table in SOURCES:
            self.start(source_table, name).stats()


@pytest.fixture
def crowd(warehouse: Warehouse, nursery: Nursery) -> Iterator[Crowd]:
    with psycopg.connect(warehouse.conninfo) as connection:
        for source_table in SOURCES:
            arrive(connection, source_table, ROWS, LOCAL_NOW)
    yield Crowd(warehouse.conninfo, nursery)
    for worker in nursery.workers:
        worker.kill()


@pytest.mark.timeout(1800)
def test_a_crowd_of_loads_and_writers_ends_like_one_clean_run(crowd: Crowd, nightly: bool) -> None:
    LOGGER.warning("seed %d", SEED)  # shown when the test fails
    rng = random.Random(SEED)
    loads, writes = (60, 150) if nightly else (6, 12)
    with ThreadPoolExecutor(16) as pool:
        tasks = [pool.submit(crowd.write_slowly, 20 if nightly else 2.0)]
        for source_table in SOURCES:
            for loader in range(3):
                name = f"{source_table}-{loader}"
                chance = random.Random(rng.random())
                tasks.append(pool.submit(crowd.load_windows, source_table, name, loads, chance))
            chance = random.Random(rng.random())
            tasks.append(pool.submit(crowd.write_raw, source_table, writes, chance))
        for task in tasks:
            task.result()
    crowd.load_once("last")
    crowded = crowd.holdings()
    with psycopg.connect(crowd.conninfo) as connection:
        check_health(connection, datetime.fromisoformat(NOW))
        statuses = connection.execute(
            "SELECT status, count(*) FROM ops.ingestion_runs GROUP BY status"
        ).fetchall()
        assert statuses == [("COMPLETED", 3 * 3 * loads + 3)]
        connection.execute(
            "TRUNCATE observational.lead_events, ops.ingestion_rejects, ops.source_coverage, "
            "ops.source_state, ops.ingestion_runs CASCADE"
        )
    crowd.load_once("clean")
    assert len(crowded) > 3 * ROWS
    assert_same(crowded, crowd.holdings())


def test_a_locked_source_delays_no_other(crowd: Crowd) -> None:
    with psycopg.connect(crowd.conninfo) as blocker:
        blocker.execute("LOCK TABLE module_ct_cabinet_leads IN ACCESS EXCLUSIVE MODE")
        blocked = crowd.start(SOURCES[0], "blocked")
        for source_table in SOURCES[1:]:
            stats = crowd.start(source_table, "free").stats()
            assert stats["inserted"] > 0
        assert not blocked.has_ended()
    assert blocked.stats()["inserted"] > 0


@pytest.mark.parametrize("point", ["load/insert_events", "load/close_state", "ledger/complete_run"])
def test_a_source_in_the_middle_of_its_load_delays_no_other(crowd: Crowd, point: str) -> None:
    half_done = crowd.start(SOURCES[0], "half", freeze_after=point)
    half_done.wait_until_frozen()
    for source_table in SOURCES[1:]:
        assert crowd.start(source_table, "free").stats()["inserted"] > 0
    half_done.thaw()
    assert half_done.stats()["inserted"] > 0


def test_two_first_loads_of_long_histories_do_not_wait_for_each_other(crowd: Crowd) -> None:
    """Large loads renew the planner's statistics of the one table that they share."""
    with psycopg.connect(crowd.conninfo) as connection:
        for source_table in SOURCES[:2]:
            arrive(connection, source_table, LARGE_LOAD, LOCAL_NOW)
    half_done = crowd.start(SOURCES[0], "half", freeze_before="ledger/complete_run")
    half_done.wait_until_frozen()
    assert crowd.start(SOURCES[1], "free").stats()["inserted"] > LARGE_LOAD
    half_done.thaw()
    assert half_done.stats()["inserted"] > LARGE_LOAD
