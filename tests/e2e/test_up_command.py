"""`./leads up` as the one command: what it shows, what it survives, what it leaves behind."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from e2e.house import House, stopwatch, wait_for
from leads.local.api import DAG_ID, MONITOR_DAG_ID

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def test_the_dag_is_unpaused_and_documented(stack: House) -> None:
    dag = stack.api.get(f"/api/v2/dags/{DAG_ID}/details")
    assert dag["is_paused"] is False
    assert dag["catchup"] is True
    assert dag["owners"] == ["lead-data"]
    assert {tag["name"] for tag in dag["tags"]} == {"leads", "ingestion"}
    for word in ("**Reads**", "**Writes**", "**Grain**", "**Safe to clear**"):
        assert word in dag["doc_md"]
    assert stack.api.get("/api/v2/importErrors")["import_errors"] == []


def test_the_monitor_looks_and_the_command_agrees(stack: House) -> None:
    assert stack.api.get(f"/api/v2/dags/{MONITOR_DAG_ID}")["is_paused"] is False
    assert stack.look() == "success"
    ((paused, running),) = stack.sql(b"SELECT is_paused, running_count FROM ops.airflow_state")
    assert (paused, running) == (False, 0)
    status, said = stack.leads("health", "--exit-code")
    assert status == 0, said
    assert "(lead_health.watch)" in said or ", lead_health.watch)" in said
    assert "Airflow is up: scheduler well, DAG active" in said


def test_every_param_is_explained_in_the_trigger_form(stack: House) -> None:
    params = stack.api.get(f"/api/v2/dags/{DAG_ID}/details")["params"]
    assert set(params) == {"date_from", "date_to", "sources", "incremental", "dry_run"}
    assert all(param["description"] for param in params.values())


def test_status_tells_the_last_loads_the_totals_and_the_address(stack: House) -> None:
    with stopwatch("./leads status"):
        status, said = stack.leads("status", "--runs", "3")
    assert status == 0
    jobs = (
        "lead_ingestion",
        "identity_run",
        "lead_attribution",
        "view_refresh",
        "view_validation",
    )
    assert sum(said.count(job) for job in jobs) == 3
    totals = stack.sql(
        b"""SELECT source_table, count(*), max(event_date)
        FROM observational.lead_events GROUP BY source_table"""
    )
    assert len(totals) == 3
    for source, events, last in totals:
        row = said.rpartition(f"│ {source} │")[2].partition("│ m")[0].split("│")
        assert (row[1].strip(), row[3].strip()) == (f"{events:,}", str(last))
    assert f"Airflow is up at {stack.api.base_url}" in said


def test_a_second_up_at_the_same_time_is_refused_with_the_address(stack: House) -> None:
    status, said = stack.leads("up")
    assert status == 1
    assert f"is already running at {stack.api.base_url}" in said
    assert "./leads down" in said


def test_the_stack_outlives_its_postgresql(stack: House) -> None:
    pid_file = stack.server.data / "postmaster.pid"
    with stopwatch("kill -9 of PostgreSQL, until a run has succeeded"):
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        wait_for("the server", lambda: "PostgreSQL ended; starting it again" in stack.said())
        wait_for("a scheduler", lambda: set(stack.api.health().values()) == {"healthy"})
        status, said = stack.leads("run", "--source", "module_ct_migrations")
    assert status == 0, said


def test_ctrl_c_stops_everything_and_leaves_no_process(stack: House) -> None:
    assert stack.process is not None
    family = psutil.Process(stack.process.pid).children(recursive=True)
    assert len(stack.processes()) > len(family) > 8  # PostgreSQL is no child: it became a daemon
    with stopwatch("Ctrl-C, until the last process is gone"):
        assert stack.stop() == 0
    assert stack.processes() == []
    assert not [process for process in family if process.is_running()]
    assert not stack.server.is_running()
    assert stack.said().rstrip().endswith("Stopping …")
