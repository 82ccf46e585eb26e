"""The DAG file as Airflow reads it: what it declares, how it is scheduled, what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from leads.settings import REPOSITORY, settings
from leads.sources import load_registry

DAGS = REPOSITORY / "dags"
UTC = timezone.utc


@pytest.fixture(scope="module")
def bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS))


@pytest.fixture(scope="module")
def dag(bag: Any) -> Any:
    return bag.dags["identity_ingestion"]


def test_every_dag_file_loads_and_its_name_is_its_dags(bag: Any) -> None:
    assert bag.import_errors == {}
    files = sorted(file.stem for file in DAGS.glob("*.py"))
    assert files == ["identity_ingestion", "lead_health"]
    assert sorted(bag.dags) == files


def test_each_source_has_its_task_and_the_check_comes_last(dag: Any) -> None:
    loads = {f"ingest.{source_table}" for source_table in load_registry().sources}
    steps = ["resolve_identities", "attribute_leads", "refresh_views", "validate_views"]
    assert set(dag.task_ids) == {*loads, *steps, "health_check"}
    check = dag.get_task("health_check")
    assert check.upstream_task_ids == {*loads, *steps}
    assert dag.get_task("resolve_identities").upstream_task_ids == loads
    for before, after in pairwise(steps):
        assert dag.get_task(after).upstream_task_ids == {before}
    assert check.downstream_task_ids == set()
    # One failed source keeps neither the others nor the check from running.
    assert check.trigger_rule == "all_done"
    for task_id in loads:
        assert dag.get_task(task_id).upstream_task_ids == set()
        assert dag.get_task(task_id).source_table == task_id.removeprefix("ingest.")


def test_the_tasks_say_which_table_they_write(dag: Any) -> None:
    written = {
        "resolve_identities": ["canon.identity_links"],
        "attribute_leads": ["observational.lead_ledger"],
        "refresh_views": [
            "observational.v_conversion_metrics",
            "ops.v_payment_calculation",
            "ops.v_cabinet_financial_14d",
        ],
        "validate_views": [],
        "health_check": [],
    }
    for task in dag.tasks:
        names = [asset.name for asset in task.outlets]
        assert names == written.get(task.task_id, ["observational.lead_events"])


def test_every_task_retries_with_backoff_and_tells_about_its_failure(dag: Any) -> None:
    from leads.alerts import mail_failure

    for task in dag.tasks:
        assert task.retries == settings().retries
        assert task.retry_delay == timedelta(seconds=settings().retry_delay_seconds)
        assert task.retry_exponential_backoff
        assert task.max_retry_delay == timedelta(minutes=15)
        assert task.execution_timeout == timedelta(hours=6)
        assert task.on_failure_callback == [mail_failure]
        assert task.owner == "lead-data"
        assert task.doc_md


def test_people_find_out_what_it_does_and_whether_it_is_safe_to_clear(dag: Any) -> None:
    for word in ("**Reads**", "**Writes**", "**Grain**", "**Safe to clear** yes"):
        assert word in dag.doc_md
    assert dag.description
    assert {"leads", "ingestion"} <= set(dag.tags)


def test_it_catches_up_with_a_bound_on_runs_at_once(dag: Any) -> None:
    assert dag.catchup is True
    assert dag.max_active_runs == settings().max_active_runs
    local = dag.start_date.astimezone(settings().zone)
    assert local.date() == settings().start_date
    assert (local.hour, local.minute) == (0, 0)


def test_airflow_itself_has_no_deadline_for_it(dag: Any) -> None:
    """With one, Airflow 3.3 answers 500 when a run is cleared, which is our remedy for failures."""
    assert not dag.deadline


def test_the_monitor_looks_every_few_minutes_and_never_at_the_past(bag: Any) -> None:
    from leads.alerts import mail_failure

    monitor = bag.dags["lead_health"]
    assert monitor.schedule == timedelta(minutes=settings().health_every_minutes)
    assert (monitor.catchup, monitor.max_active_runs) == (False, 1)
    for word in ("**Reads**", "**Writes**", "**Grain**", "**Safe to clear** yes"):
        assert word in monitor.doc_md
    assert monitor.description
    assert {"leads", "health"} <= set(monitor.tags)
    (task,) = monitor.tasks
    assert (task.task_id, task.retries, task.owner) == ("watch", 0, "lead-data")
    assert task.execution_timeout <= timedelta(minutes=settings().health_every_minutes)
    assert task.on_failure_callback == [mail_failure]
    assert task.doc_md


def scheduled_intervals(zone: str, start: datetime, count: int) -> list[tuple[datetime, datetime]]:
    """The data intervals that the scheduler's own timetable makes."""
    from airflow.timetables.base import TimeRestriction
    from airflow.timetables.interval import CronDataIntervalTimetable
    from pendulum import instance

    timetable = CronDataIntervalTimetable("0 */6 * * *", timezone=zone)
    restriction = TimeRestriction(earliest=instance(start), latest=None, catchup=True)
    intervals = []
    last = None
    for _ in range(count):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=last, restriction=restriction
        )
        assert info is not None
        last = info.data_interval
        assert info.run_after == last.end
        intervals.append((last.start, last.end))
    return intervals


def test_its_runs_cover_six_local_hours_each_without_gap_or_overlap(dag: Any) -> None:
    from airflow.sdk import CronDataIntervalTimetable

    assert isinstance(dag.timetable, CronDataIntervalTimetable)
    assert dag.timetable.expression == "0 */6 * * *"
    zone = settings().time_zone
    assert str(dag.timetable.timezone) in (zone, f"Timezone('{zone}')")
    intervals = scheduled_intervals(zone, dag.start_date, 12)
    assert intervals[0][0] == dag.start_date
    for number, (start, end) in enumerate(intervals):
        assert start < end
        assert end - start == timedelta(hours=6)
        assert start.astimezone(settings().zone).hour == number % 4 * 6
        if number:
            assert start == intervals[number - 1][1]


def test_the_runs_of_a_zone_with_summer_time_have_no_gap_either() -> None:
    start = datetime(2026, 3, 7, 5, tzinfo=UTC)
    intervals = scheduled_intervals("America/New_York", start, 12)
    for (_, end), (following, after) in pairwise(intervals):
        assert end == following < after


def test_the_params_are_valid_as_they_stand(dag: Any) -> None:
    dag.params.validate()
    assert dag.params.dump() == {
        "date_from": None,
        "date_to": None,
        "sources": None,
        "incremental": True,
        "dry_run": False,
    }
    for name in dag.params:
        param = dag.params.get_param(name)
        assert param.description
        assert param.schema["title"]


@pytest.mark.parametrize(
    ("name", "value", "is_valid"),
    [
        ("date_from", "2026-11-01", True),
        ("date_from", "yesterday", False),
        ("date_to", "01-11-2026", False),
        ("date_to", 20261101, False),
        ("sources", ["module_ct_migrations"], True),
        ("sources", ["drivers"], False),
        ("sources", "module_ct_migrations", False),
        ("incremental", False, True),
        ("incremental", "no", False),
        ("dry_run", 1, False),
    ],
)
def test_airflow_itself_refuses_values_that_cannot_be(
    dag: Any, name: str, value: Any, is_valid: bool
) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    param = dag.params.get_param(name)
    if is_valid:
        assert param.resolve(value=value) == value
    else:
        with pytest.raises(ParamValidationError):
            param.resolve(value=value)


PROGRAM = """
import json, sys, time
import airflow.sdk
before = set(sys.modules)
from airflow.plugins_manager import AirflowPlugin
started = time.process_time()
import identity_ingestion
seconds = time.process_time() - started
print("RESULT " + json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""


def test_the_file_is_light_to_import_and_opens_nothing(tmp_path: Path) -> None:
    """Parsed as often as it is, it may load neither driver nor hook, nor wait for a database."""
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path),
        # Nobody listens here, and a connection would fail the import.
        "AIRFLOW_CONN_WAREHOUSE": "postgresql://nobody:nothing@127.0.0.1:1/nowhere",
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY / "plugins"), str(DAGS))),
    }
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    (line,) = (line for line in process.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    assert result["seconds"] < 1.0, result["seconds"]
    heavy = ("psycopg", "sqlalchemy", "airflow.providers.postgres.hooks", "airflow.providers.smtp")
    assert [name for name in result["modules"] if name.startswith(heavy)] == []
