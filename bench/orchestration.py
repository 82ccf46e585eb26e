"""Catch-ups of the DAG against the same DAG with empty tasks, on a real scheduler."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean, median

import psycopg

from bench.figures import Figure, MeasurementError, Result, median_ratio
from bench.server import free_port, open_folder
from bench.twin import write_twin
from leads.attribution import run_attribution
from leads.cli.progress import Display, Line
from leads.completeness import history_before
from leads.identity.resolution import run_resolution
from leads.ingestion import run_load
from leads.local.api import DAG_ID, ApiError
from leads.local.home import Home
from leads.local.prepare import prepare_databases
from leads.local.schedule import due_windows
from leads.local.stack import Stack, open_stack
from leads.settings import REPOSITORY, Settings, load_settings
from leads.sources import load_registry
from leads.staging import Load
from leads.views.refresh import run_refresh
from leads.windows import UTC, Window, WindowKind, local_midnight

BAR = 1.25
# Warms processes and caches up, and is forgotten.
WARM_UP = "empty_to_warm_up"
# Side by side and in turn, so that neither kind has the quieter machine.
PAIRS = (("empty_1", "loads_1"), ("empty_2", "loads_2"), ("empty_3", "loads_3"))
ORDER = ("empty_1", "loads_1", "loads_2", "empty_2", "empty_3", "loads_3")
PARSED_SECONDS = 120.0
CAUGHT_UP_SECONDS = 1800.0
BENCH_SQL = Path(__file__).parent / "sql"
LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"
PORTS = ("api_port", "postgres_port", "worker_log_port", "trigger_log_port")


def measure(parent: Path | None, run_count: int, display: Display) -> Result:
    """Wall time of catching up, from unpausing to the end of the last run.

    Args:
        parent: where to make the temporary folder; None for the system's own place.
        run_count: how many scheduled runs count; a multiple of 4.
        display: shows how far it is.
    """
    seconds: dict[str, float] = {}
    tasks: dict[str, dict[str, float]] = {}
    with _stack(parent, run_count, display) as stack:
        for dag_id in (WARM_UP, *ORDER):
            if dag_id.startswith("loads"):
                _load_history(stack)
            with display.step(f"Catch up {dag_id}", total=run_count) as line:
                seconds[dag_id] = _catch_up(stack, dag_id, run_count, line)
            tasks[f"a task of {dag_id}"] = _task_seconds(stack, dag_id)
            if dag_id.startswith("loads"):
                _expect_loads(stack, dag_id, run_count)
    pairs = [(seconds[loads], seconds[empty]) for empty, loads in PAIRS]
    return Result(
        "Orchestration",
        [
            Figure(
                f"catch-up of {run_count} runs / with empty tasks",
                median_ratio(pairs),
                "×",
                BAR,
                ", ".join(f"{loads:.1f} s / {empty:.1f} s" for loads, empty in pairs),
            ),
            Figure("a run of the catch-up", median(first for first, _ in pairs) / run_count, "s"),
        ],
        statements=tasks,
        samples={dag_id: [value] for dag_id, value in seconds.items()},
    )


@contextmanager
def _stack(parent: Path | None, run_count: int, display: Display) -> Iterator[Stack]:
    """A whole stack with demo data, and the twins beside the DAG."""
    with open_folder(parent) as folder:
        dags = folder / "twins"
        dags.mkdir()
        for dag_id in (WARM_UP, *ORDER):
            write_twin(
                REPOSITORY / "dags" / f"{DAG_ID}.py",
                dags / f"{dag_id}.py",
                is_empty=dag_id.startswith("empty"),
            )
        environment = _environment(folder, dags, run_count)
        settings = load_settings(environment)
        opened = open_stack(Home(settings.home), settings, display.print, environment=environment)
        with opened as stack:
            with display.step("Databases") as line:
                database = prepare_databases(stack, line.show)
            with display.step("Airflow") as line:
                stack.start_airflow(database)
                stack.wait_until_ready(line.show)
                _wait_for_twins(stack, line)
            yield stack


def _environment(folder: Path, dags: Path, run_count: int) -> Mapping[str, str]:
    """The caller's, with a home, ports, a start date and a second folder of DAGs of its own."""
    ours = {f"LEADS_{port.upper()}": str(free_port()) for port in PORTS}
    zone = load_settings().zone
    start = datetime.now(zone).date() - timedelta(days=run_count // 4)
    bundles = [
        {"name": "dags-folder", "classpath": LOCAL_BUNDLE, "kwargs": {}},
        {"name": "twins", "classpath": LOCAL_BUNDLE, "kwargs": {"path": str(dags)}},
    ]
    ours |= {
        "LEADS_HOME": str(folder / "home"),
        "LEADS_START_DATE": start.isoformat(),
        "LEADS_DEMO_DAYS": "45",
        "LEADS_DEMO_SCALE": "1.0",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
        # Users have one file, not one for each twin: once read, they are left alone.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
    }
    theirs = {k: v for k, v in os.environ.items() if k != "AIRFLOW_CONN_WAREHOUSE"}
    return theirs | ours


def _load_history(stack: Stack) -> None:
    """Begin anew with what `./leads up` does first: everything before the schedule."""
    zone = stack.settings.zone
    with psycopg.connect(stack.warehouse.conninfo) as connection:
        connection.prepare_threshold = None
        with connection.transaction():
            connection.execute((BENCH_SQL / "forget_loads.sql").read_bytes())
        first = history_before(connection, stack.start_date)
        if first is None:
            return
        for source in load_registry().sources.values():
            run_load(
                connection,
                Load(source=source, incremental=True, dry_run=False, zone=zone),
                lambda _, first=first: Window(  # type: ignore[misc]
                    local_midnight(first, zone),
                    local_midnight(stack.start_date, zone),
                    WindowKind.DATES,
                ),
            )
        park = stack.settings.home_park_id
        run_resolution(connection, load_registry(), home_park_id=park)
        run_attribution(connection)
        run_refresh(connection, load_registry(), home_park_id=park, zone=zone)


def _expect_loads(stack: Stack, dag_id: str, run_count: int) -> None:
    """The DAG loaded every source in every run, and new rows came in."""
    with psycopg.connect(stack.warehouse.conninfo) as connection:
        row = connection.execute(
            "SELECT count(*), sum((stats ->> 'inserted')::bigint) FROM ops.ingestion_runs"
            " WHERE dag_id = %s AND status = 'COMPLETED' AND job_type = 'lead_ingestion'",
            (dag_id,),
        ).fetchone()
    least = run_count * len(load_registry().sources)
    if row is None or row[0] < least or not row[1]:
        raise MeasurementError(f"{dag_id}: {least} loads were due, the ledger says {row}")


def _wait_for_twins(stack: Stack, line: Line) -> None:
    line.show("waiting for the twins to be read")
    deadline = datetime.now(UTC) + timedelta(seconds=PARSED_SECONDS)
    missing = [WARM_UP, *ORDER]
    while missing:
        try:
            stack.api.get(f"/api/v2/dags/{missing[0]}")
            missing.pop(0)
        except ApiError as error:
            if error.status != 404 or datetime.now(UTC) > deadline:
                raise
            stack.pause(0.5)


def _catch_up(stack: Stack, dag_id: str, run_count: int, line: Line) -> float:
    """Unpause, wait for all that is due, pause again; seconds until run `run_count` had ended."""
    settings: Settings = stack.settings
    start: date = stack.start_date
    due = len(due_windows(start, datetime.now(UTC), settings.zone))
    began = datetime.now(UTC)
    stack.api.patch(f"/api/v2/dags/{dag_id}", {"is_paused": False})
    path = f"/api/v2/dags/{dag_id}/dagRuns"
    while True:
        runs = stack.api.get(path, order_by="logical_date", limit=100)["dag_runs"]
        ended = [run for run in runs if run["state"] in ("success", "failed")]
        line.show(f"{len(ended)} of {due} due", min(len(ended), run_count))
        if len(ended) >= due:
            break
        if (datetime.now(UTC) - began).total_seconds() > CAUGHT_UP_SECONDS:
            raise TimeoutError(f"{dag_id}: {len(ended)} of {due} runs in {CAUGHT_UP_SECONDS} s")
        # Seldom: each question costs the machine that is being measured.
        stack.pause(2)
    stack.api.patch(f"/api/v2/dags/{dag_id}", {"is_paused": True})
    if failed := [run["dag_run_id"] for run in runs if run["state"] != "success"]:
        raise MeasurementError(f"{dag_id}: runs failed: {failed}; see {stack.home.logs}")
    last = max(datetime.fromisoformat(run["end_date"]) for run in runs[:run_count])
    return (last - began).total_seconds()


def _task_seconds(stack: Stack, dag_id: str) -> dict[str, float]:
    """Mean seconds of each task, from its process's start to its end."""
    path = f"/api/v2/dags/{dag_id}/dagRuns/~/taskInstances"
    durations: dict[str, list[float]] = {}
    for task in stack.api.get(path, limit=100)["task_instances"]:
        durations.setdefault(task["task_id"], []).append(float(task["duration"]))
    return {task_id: mean(values) for task_id, values in durations.items()}
