"""The DAG's last task: it waits without a worker, fails with the verdicts, keeps out of history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from health.world import CABINET, LEAD_SOURCES, World
from leads.errors import UnhealthyData
from leads.health.triggers import HealthTrigger
from leads.params import Request
from leads.sensors import is_historical
from leads.settings import REPOSITORY, settings
from leads.warehouse import airflow_uri
from leads.windows import UTC
from task_context import execute

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def task() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(REPOSITORY / "dags"))
    return bag.dags["identity_ingestion"].get_task("health_check")


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world, as the connection `warehouse`."""
    info = world.session.info
    uri = airflow_uri(
        host=info.host,
        port=info.port,
        user=info.user,
        password=info.password,
        database=info.dbname,
    )
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", uri)
    monkeypatch.setenv("LEADS_LANGUAGE", "en")
    monkeypatch.setenv("LEADS_ALERT_TO", "")
    settings.cache_clear()
    yield world
    settings.cache_clear()


def current(task: Any, **options: Any) -> Any:
    """Execute it in the scheduled run whose interval has just ended."""
    return execute(task, start=datetime.now(UTC) - 6 * HOUR, **options)


def make_red(world: World) -> None:
    """No lead for three days, though runs went well."""
    now = datetime.now(UTC)
    world.all_well(now - timedelta(days=3))
    for source in LEAD_SOURCES:
        world.ledger(source, now - HOUR)


def looked(trigger: HealthTrigger) -> list[dict[str, Any]]:
    """The events of a trigger."""

    async def collect() -> list[dict[str, Any]]:
        return [event.payload async for event in trigger.run()]

    return asyncio.run(collect())


def trigger_of(deferred: Any) -> HealthTrigger:
    """The trigger, made anew from what Airflow stores of it."""
    path, values = deferred.trigger.serialize()
    assert path == "leads.health.triggers.HealthTrigger"
    return HealthTrigger(**values)


def test_a_healthy_warehouse_passes_at_once(task: Any, here: World) -> None:
    here.all_well(datetime.now(UTC))
    assert current(task) == {"vanished": 0, "closed_runs": 0}


def test_a_red_critical_source_is_waited_for_and_then_fails_with_the_verdict(
    task: Any, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

    monkeypatch.setenv("LEADS_HEALTH_WAIT_SECONDS", "0")
    settings.cache_clear()
    make_red(here)
    with pytest.raises(TaskDeferred) as deferred:
        current(task)
    (event,) = looked(trigger_of(deferred.value))
    assert event["status"] == "unwell"
    with pytest.raises(AirflowFailException) as caught:
        task.execute_complete({}, event)
    assert isinstance(caught.value.__cause__, UnhealthyData)
    told = str(caught.value)
    assert "lead_events RED_NO_INGESTION_2D, UPSTREAM_STALE" in told
    assert "The pipeline is well." in told
    assert f"Ask whoever writes public.{CABINET}" in told


def test_a_source_that_recovers_while_it_waits_lets_the_run_succeed(task: Any, here: World) -> None:
    make_red(here)
    trigger = HealthTrigger("warehouse", poll_seconds=0.2, wait_seconds=20)

    async def recover() -> list[dict[str, Any]]:
        async def mend() -> None:
            await asyncio.sleep(0.5)
            here.lead(CABINET, datetime.now(UTC) - HOUR)
            here.taken(CABINET, datetime.now(UTC))

        mending = asyncio.create_task(mend())
        events = [event.payload async for event in trigger.run()]
        await mending
        return events

    started = time.monotonic()
    events = asyncio.run(recover())
    assert events == [{"status": "well"}]
    assert time.monotonic() - started < 10
    task.execute_complete({}, events[0])


def test_a_lost_warehouse_ends_the_wait_in_words(
    task: Any, here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgresql://u:secretpw@127.0.0.1:1/none")
    (event,) = looked(HealthTrigger("warehouse", 0.1, 0))
    assert event["status"] == "failed"
    with pytest.raises(AirflowFailException) as caught:
        task.execute_complete({}, event)
    assert "secretpw" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "scheduled", "start": datetime(2026, 11, 1, 5, tzinfo=UTC)},
        {"kind": "backfill", "start": datetime(2026, 11, 1, 5, tzinfo=UTC)},
        {"kind": "manual", "conf": {"date_from": "2026-11-01", "date_to": "2026-11-02"}},
        {"kind": "manual", "conf": {"dry_run": True}},
    ],
    ids=["catch-up", "backfill", "past dates", "dry run"],
)
def test_days_gone_by_never_wait(task: Any, here: World, options: dict[str, Any]) -> None:
    make_red(here)
    started = time.monotonic()
    assert execute(task, **options) == {"vanished": 0, "closed_runs": 0}
    assert time.monotonic() - started < 5


def test_a_manual_run_up_to_now_does_ask(task: Any, here: World) -> None:
    from airflow.sdk.exceptions import TaskDeferred

    make_red(here)
    with pytest.raises(TaskDeferred):
        execute(task, kind="manual")
    with pytest.raises(TaskDeferred):
        execute(task, kind="asset_triggered")


def run_over(end: datetime, kind: str = "scheduled") -> Any:
    return SimpleNamespace(run_type=kind, data_interval_start=end - 6 * HOUR, data_interval_end=end)


def test_only_the_latest_interval_that_ended_is_current() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert not is_historical(run_over(now), Request(), now)
    assert not is_historical(run_over(now - 5.9 * HOUR), Request(), now)
    assert is_historical(run_over(now - 6 * HOUR), Request(), now)
    assert is_historical(run_over(now - 6 * HOUR, "backfill"), Request(), now)
    # What Airflow pre-fills for a manual run says nothing.
    assert not is_historical(run_over(now - 60 * HOUR, "manual"), Request(), now)


def test_chosen_dates_are_current_when_they_reach_today() -> None:
    now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # still the 21st in Lima
    for day, is_past in ((20, True), (21, False), (22, False)):
        asked = Request(datetime(2026, 11, 1).date(), datetime(2026, 11, day).date())
        assert is_historical(run_over(now, "manual"), asked, now) is is_past
