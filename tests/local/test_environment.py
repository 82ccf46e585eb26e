"""What Airflow's processes find in their environment."""

from __future__ import annotations

from pathlib import Path

from leads.local.environment import airflow_environment
from leads.local.home import Home
from leads.settings import load_settings

PORTS = {"api_port": 1, "worker_log_port": 2, "trigger_log_port": 3}


def environment(folder: Path, **base: str) -> dict[str, str]:
    home = Home(folder)
    home.path.mkdir(exist_ok=True)
    return airflow_environment(
        base,
        home=home,
        settings=load_settings({}),
        ports=PORTS,
        metadata_uri="postgresql://metadata",
        warehouse_uri="postgresql://warehouse",
        start_date="2026-11-01",
        schedule=True,
    )


def test_the_caller_may_tune_airflow_but_not_point_it_elsewhere(tmp_path: Path) -> None:
    ours = environment(tmp_path)
    theirs = environment(
        tmp_path,
        AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL="600",
        AIRFLOW__CORE__EXECUTOR="CeleryExecutor",
        AIRFLOW__EMAIL__FROM_EMAIL="a@example.com",
    )
    assert ours["AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL"] == "10"
    assert theirs["AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL"] == "600"
    assert theirs["AIRFLOW__CORE__EXECUTOR"] == ours["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert theirs["AIRFLOW__EMAIL__FROM_EMAIL"] == "a@example.com"
