"""A worker that was frozen and wakes when another has done its work changes nothing.

SIGSTOP is what a paused virtual machine or a starved container looks like: the process and its
database session are there, but nothing moves. Airflow then starts the task's next try.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from faults.conftest import Warehouse
from faults.holdings import assert_same, check_health, holdings, runs_of, versions
from faults.nursery import Nursery, Worker
from faults.raw_life import SOURCES, arrive, change
from faults.worker import Job

WINDOW = ("2026-10-15T00:00:00+00:00", "2026-11-20T15:00:00+00:00")
NOW = WINDOW[1]
LOCAL_NOW = "2026-11-20T10:00:00"
CABINET = SOURCES[0]
ROWS = 2_000

#: Where a load may be when its worker freezes, and does not hold its source's turn yet.
BEFORE_ITS_TURN = ("load/set_limits", "load/queue")
#: The same, holding the turn: reading, writing, covering, and about to close its ledger row.
IN_ITS_TURN = (
    "load/read_state",
    "load/stage_scanned",
    "load/insert_events",
    "load/cover_window",
    "load/close_state",
    "ledger/complete_run",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A database where the cabinet has been loaded once, and has changed since."""

    conninfo: str
    superuser: str
    nursery: Nursery
    observer: Connection[Any]

    def job(self, dag_run_id: str, try_number: int = 1, **freeze: Any) -> Job:
        return Job(self.conninfo, CABINET, *WINDOW, NOW, dag_run_id, try_number, **freeze)

    def load(self, dag_run_id: str, try_number: int = 1) -> dict[str, Any]:
        return self.nursery.start(self.job(dag_run_id, try_number)).stats()

    def frozen(self, dag_run_id: str, **freeze: Any) -> Worker:
        worker = self.nursery.start(self.job(dag_run_id, **freeze))
        worker.wait_until_frozen()
        return worker

    def change(self, number: int) -> None:
        arrive(self.observer, CABINET, 50, LOCAL_NOW)
        change(self.observer, CABINET, number, LOCAL_NOW)

    def wait_for(self, worker: Worker, state: str) -> None:
        """Wait until a worker's session is `active`, or until it is `gone`."""
        deadline = time.monotonic() + 30
        while True:
            row = self.observer.execute(
                "SELECT CASE WHEN wait_event_type = 'Lock' THEN 'blocked' ELSE state END "
                "FROM pg_stat_activity WHERE pid = %s",
                (worker.backend_pid,),
            ).fetchone()
            if (row[0] if row else "gone") == state:
                return
            assert time.monotonic() < deadline, f"the session is {row}, not {state}"
            time.sleep(0.01)

    def check_health(self) -> None:
        check_health(self.observer, datetime.fromisoformat(NOW))


@pytest.fixture
def stage(warehouse: Warehouse, nursery: Nursery) -> Iterator[Stage]:
    with psycopg.connect(warehouse.superuser, autocommit=True) as observer:
        new = Stage(warehouse.conninfo, warehouse.superuser, nursery, observer)
        arrive(observer, CABINET, ROWS, LOCAL_NOW)
        new.load("first")
        new.change(1)
        yield new
        for worker in nursery.workers:
            worker.kill()


@contextmanager
def changing_nothing(stage: Stage) -> Iterator[None]:
    """Whatever happens inside changes no row, and no version of a row, in any of our tables.

    Raw rows change before, so that a late worker would find something to write.
    """
    before, rows = versions(stage.observer), holdings(stage.observer)
    stage.change(2)
    yield
    assert versions(stage.observer) == before
    assert_same(holdings(stage.observer), rows)


@pytest.mark.parametrize("point", BEFORE_ITS_TURN)
def test_frozen_before_its_turn_the_late_try_is_superseded(stage: Stage, point: str) -> None:
    late = stage.frozen("run", freeze_before=point, idle_seconds=60)
    won = stage.load("run", try_number=2)
    assert won["inserted"] > 0
    (status, message), winner = runs_of(stage.observer, "run")
    assert (status, winner) == ("FAILED", ("COMPLETED", ""))
    assert "Try 2 of this task took over" in message
    with changing_nothing(stage):
        late.thaw()
        outcome = late.outcome()
    assert outcome["outcome"] == "SupersededError", outcome
    stage.check_health()


@pytest.mark.parametrize("point", IN_ITS_TURN)
def test_frozen_in_its_turn_the_server_frees_the_source(stage: Stage, point: str) -> None:
    late = stage.frozen("run", freeze_before=point, idle_seconds=1)
    won = stage.load("run", try_number=2)  # waits for its turn until the server's limit
    assert won["inserted"] > 0
    (status, message), winner = runs_of(stage.observer, "run")
    assert (status, winner) == ("FAILED", ("COMPLETED", ""))
    assert "Try 2 of this task took over" in message
    with changing_nothing(stage):
        late.thaw()
        late.check_lost()
    stage.check_health()


def test_frozen_with_its_row_closed_but_not_committed(stage: Stage) -> None:
    """The last moment: all is written, only COMMIT is missing."""
    late = stage.frozen("run", freeze_after="ledger/complete_run", idle_seconds=1)
    assert stage.load("run", try_number=2)["inserted"] > 0
    with changing_nothing(stage):
        late.thaw()
        late.check_lost()
    stage.check_health()
    statuses = [status for status, _ in runs_of(stage.observer, "run")]
    assert statuses == ["FAILED", "COMPLETED"]


def test_frozen_while_its_statement_runs(stage: Stage) -> None:
    """The server finishes the statement, finds nobody to tell, and ends the session."""
    with psycopg.connect(stage.superuser) as blocker:
        blocker.execute("LOCK TABLE observational.lead_events IN SHARE ROW EXCLUSIVE MODE")
        late = stage.nursery.start(stage.job("run", idle_seconds=1))
        stage.wait_for(late, "blocked")
        late.freeze()
        second = stage.nursery.start(stage.job("run", 2))
        stage.wait_for(second, "blocked")
    assert second.stats()["inserted"] > 0
    with changing_nothing(stage):
        late.thaw()
        late.check_lost()
    stage.check_health()
    statuses = [status for status, _ in runs_of(stage.observer, "run")]
    assert statuses == ["FAILED", "COMPLETED"]


@pytest.mark.parametrize("point", [*IN_ITS_TURN[1:4], "ledger/complete_run"])
def test_thawed_while_its_successor_waits_the_first_gives_way(stage: Stage, point: str) -> None:
    """Within the server's limit the frozen try still has the turn, but not the right to commit."""
    late = stage.frozen("run", freeze_before=point, idle_seconds=60)
    second = stage.nursery.start(stage.job("run", 2))
    stage.wait_for(second, "blocked")
    late.thaw()
    outcome = late.outcome()
    assert outcome["outcome"] == "SupersededError", outcome
    assert second.stats()["inserted"] > 0
    statuses = [status for status, _ in runs_of(stage.observer, "run")]
    assert statuses == ["FAILED", "COMPLETED"]
    stage.check_health()


@pytest.mark.parametrize(
    "freeze",
    [
        {"freeze_before": "ledger/reap_runs"},
        {"freeze_after": "ledger/reap_runs"},
        {"freeze_after": "ledger/open_run"},
    ],
    ids=lambda freeze: "-".join(*freeze.items()),
)
def test_one_that_wakes_before_its_row_was_open_finds_nothing_to_do(
    stage: Stage, freeze: dict[str, str]
) -> None:
    """Its successor could not know of it: it loads what there is left to load, which is none."""
    late = stage.frozen("run", **freeze)
    stage.load("run", try_number=2)
    rows = holdings(stage.observer)
    late.thaw()
    stats = late.stats()
    assert (stats["inserted"], stats["updated"], stats["vanished"]) == (0, 0, 0)
    assert_same(holdings(stage.observer), rows)
    stage.check_health()


@pytest.mark.parametrize("point", ["load/queue", "load/insert_events", "ledger/complete_run"])
def test_a_frozen_worker_of_another_task_delays_but_corrupts_nothing(
    stage: Stage, point: str
) -> None:
    late = stage.frozen("one", freeze_before=point, idle_seconds=1)
    began = time.monotonic()
    won = stage.load("other")
    assert time.monotonic() - began < 20
    assert won["inserted"] > 0
    rows = holdings(stage.observer)
    if point == "load/queue":  # idle in its transaction without a turn: the server ended that, too
        stage.wait_for(late, "gone")
    late.thaw()
    late.check_lost()
    assert_same(holdings(stage.observer), rows)
    stage.check_health()
    assert [status for status, _ in runs_of(stage.observer, "one")] == ["FAILED"]
    assert [status for status, _ in runs_of(stage.observer, "other")] == ["COMPLETED"]
    # Its own next try, as Airflow would start it, has nothing left to do.
    again = stage.load("one", try_number=2)
    assert (again["inserted"], again["updated"]) == (0, 0)


def test_a_worker_frozen_for_a_moment_goes_on(stage: Stage) -> None:
    late = stage.frozen("run", freeze_before="load/insert_events", idle_seconds=60)
    late.thaw()
    assert late.stats()["inserted"] > 0
    stage.check_health()
