"""Whose fault it is: every verdict, which of two comes first, and that the action can be done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from health.world import (
    CABINET,
    DRIVERS,
    EVENTS,
    LEAD_SOURCES,
    MIGRATIONS,
    NOW,
    RUNS,
    SCOUTING,
    WORK,
    World,
    ago,
)
from leads.health.verdicts import LANGUAGES, verdicts


def stale_events(world: World, days: float = 3) -> None:
    """Everything was well until some days ago: each source has a row, taken by a run then."""
    world.all_well(ago(days=days))


def test_a_source_that_sends_nothing_is_to_blame_not_the_pipeline(world: World) -> None:
    stale_events(world)
    for source in LEAD_SOURCES:
        world.ledger(source, ago(hours=1))
    found = world.health()
    for name in (*LEAD_SOURCES, EVENTS):
        assert found[name].health_status == "RED_NO_INGESTION_2D"
        assert found[name].diagnosis == "UPSTREAM_STALE"
        assert found[name].since_at == found[name].max_ingestion_ts
    assert f"public.{CABINET}" in found[CABINET].action
    # What is made of them is not a problem of its own.
    assert found[EVENTS].cause_key == f"source:{CABINET}"
    assert found[RUNS].level == "GREEN"


def test_newer_rows_that_no_run_took_blame_the_pipeline(world: World) -> None:
    stale_events(world)
    for hours in (50, 30, 1):
        world.lead(CABINET, ago(hours=hours))
    found = world.health()
    assert found[CABINET].level == "GREEN"
    events = found[EVENTS]
    assert (events.health_status, events.diagnosis) == ("RED_NO_INGESTION_2D", "PIPELINE_NOT_RUN")
    assert events.evidence["waiting"] == 3
    assert events.is_overdue
    assert events.since_at == ago(days=3, hours=1)
    assert "--from 2026-11-17 --to 2026-11-19" in events.action
    assert (found[RUNS].diagnosis, found[RUNS].cause_key) == ("PIPELINE_NOT_RUN", "pipeline")
    assert events.cause_key == "pipeline"


def test_rows_of_a_warehouse_that_never_ran_wait_for_the_pipeline(world: World) -> None:
    world.lead(CABINET, ago(hours=5))
    found = world.health()
    assert found[EVENTS].diagnosis == "PIPELINE_NOT_RUN"
    assert found[RUNS].health_status == "RED_NO_DATA"
    assert "--from 2026-11-19 --to 2026-11-19" in found[EVENTS].action


def test_a_failed_last_run_comes_first_and_says_which_and_why(world: World) -> None:
    stale_events(world)
    world.lead(CABINET, ago(hours=1))
    number = world.ledger(CABINET, ago(hours=0.5), "FAILED", error="x: still locked after 30 s.")
    found = world.health()[EVENTS]
    assert found.diagnosis == "RUN_FAILED"
    assert found.evidence["run_id"] == number
    assert "still locked after 30 s" in found.action
    assert "./leads run --from" in found.action
    assert found.since_at == ago(hours=0.5)
    assert found.cause_key == f"source:{CABINET}"
    # A later run that went through takes the blame away.
    world.ledger(CABINET, ago(hours=0.1))
    world.taken(CABINET, ago(hours=0.1))
    assert world.health()[EVENTS].level == "GREEN"


def test_a_run_at_work_is_a_backlog_not_a_stopped_pipeline(world: World) -> None:
    stale_events(world)
    world.lead(CABINET, ago(hours=20))
    world.ledger(CABINET, None)
    assert world.health()[EVENTS].diagnosis == "BACKLOG"
    assert world.health()[RUNS].diagnosis == "BACKLOG"
    assert world.health()[EVENTS].cause_key is None


def test_a_running_row_whose_worker_is_gone_is_no_run_at_work(world: World) -> None:
    stale_events(world)
    world.lead(CABINET, ago(hours=20))
    world.ledger(CABINET, None, session_alive=False)
    assert world.health()[EVENTS].diagnosis == "PIPELINE_NOT_RUN"


def test_a_catch_up_between_two_of_its_runs_is_a_backlog(world: World) -> None:
    stale_events(world)
    world.lead(CABINET, ago(hours=20))
    world.ledger(CABINET, ago(hours=0.1), window_to=ago(days=2))
    world.ledger(SCOUTING, ago(hours=0.1), window_to=ago(days=2))
    world.ledger(MIGRATIONS, ago(hours=0.1), window_to=ago(days=2))
    # Landed in the raw table after that window's run had read it.
    world.run("UPDATE ops.source_state SET read_at = %s", ago(days=3))
    assert world.health()[EVENTS].diagnosis == "BACKLOG"
    assert world.health(NOW + timedelta(hours=1))[EVENTS].diagnosis == "PIPELINE_NOT_RUN"


def test_runs_that_airflow_says_are_queued_are_a_backlog(world: World) -> None:
    stale_events(world)
    world.lead(CABINET, ago(hours=20))
    world.run(
        "INSERT INTO ops.airflow_state (observed_at, is_paused, is_scheduler_alive, "
        "running_count, queued_count) VALUES (%s, false, true, 0, 4)",
        ago(hours=0.1),
    )
    assert world.health()[EVENTS].diagnosis == "BACKLOG"
    # Queued runs of a paused DAG go nowhere, and what was seen long ago says nothing.
    world.run("UPDATE ops.airflow_state SET is_paused = true")
    assert world.health()[EVENTS].diagnosis == "PIPELINE_NOT_RUN"
    assert world.health()[EVENTS].evidence["is_paused"] is True
    world.run("UPDATE ops.airflow_state SET is_paused = false, observed_at = %s", ago(hours=2))
    assert world.health()[EVENTS].diagnosis == "PIPELINE_NOT_RUN"


def test_newer_rows_that_were_rejected_blame_the_rows(world: World) -> None:
    stale_events(world)
    for number in (11, 12):
        world.put(CABINET, id=number, created_at=ago(hours=4))
        world.reject(CABINET, number, ago(hours=3))
    for source in LEAD_SOURCES:
        world.ledger(source, ago(hours=3))
    found = world.health()
    assert (found[EVENTS].diagnosis, found[EVENTS].evidence["rejected"]) == ("REJECTED", 2)
    assert found[EVENTS].evidence["reject_reason"] == "MISSING_EVENT_DATE"
    # The raw table has new rows, but of no day: that is not health.
    assert found[CABINET].health_status == "YELLOW_BUSINESS_LAG"
    assert found[CABINET].diagnosis == "REJECTED"
    assert found[EVENTS].cause_key == f"source:{CABINET}"


def test_old_rejects_are_not_why_nothing_comes_now(world: World) -> None:
    stale_events(world)
    world.reject(CABINET, 77, ago(days=9))
    for source in LEAD_SOURCES:
        world.ledger(source, ago(hours=1))
    assert world.health()[CABINET].diagnosis == "UPSTREAM_STALE"


def test_a_failure_of_another_job_is_told_by_its_task(world: World) -> None:
    world.all_well()
    world.ledger(
        None, ago(hours=0.2), "FAILED", job="view_refresh", task_id="refresh_views", error="e."
    )
    found = world.health()[RUNS]
    assert (found.health_status, found.diagnosis) == ("YELLOW_LAST_RUN_FAILED", "RUN_FAILED")
    assert found.cause_key == "task:refresh_views"
    assert found.evidence["task_id"] == "refresh_views"


def test_tables_that_are_no_lead_sources_blame_whoever_writes_them(world: World) -> None:
    world.all_well()
    world.run("DELETE FROM public.summary_daily")
    world.run("DELETE FROM public.drivers")
    found = world.not_green()
    assert found[WORK] == ("RED_NO_INGESTION_2D", "UPSTREAM_STALE")
    assert found[DRIVERS] == ("RED_NO_DATA", "UPSTREAM_STALE")


def test_a_missing_lead_source_whose_run_failed_is_the_failed_run(world: World) -> None:
    world.all_well()
    world.run(f"DROP TABLE public.{CABINET}")
    assert world.health()[CABINET].diagnosis == "SOURCE_MISSING"
    world.ledger(CABINET, ago(hours=0.1), "FAILED", error=f"public.{CABINET} does not exist.")
    found = world.health()[CABINET]
    assert (found.health_status, found.diagnosis) == ("RED_MISSING_TABLE", "RUN_FAILED")
    # One problem, whichever way it shows.
    assert found.cause_key == f"source:{CABINET}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_of_the_views_is_said_in_words(world: World, language: str) -> None:
    source = " ".join(
        row.prosrc for row in world.run("SELECT prosrc FROM pg_proc WHERE proname = 'data_health'")
    )
    said = set(re.findall(r"'([A-Z]+_[A-Z_]+|BACKLOG|REJECTED)'", source))
    codes = {c for c in said if not c.startswith(("RED_", "YELLOW_", "GREEN_"))} - {"FAILED"}
    assert codes <= set(verdicts(language))
    assert set(verdicts("es")) == set(verdicts("en"))


@pytest.mark.parametrize("code", list(verdicts("en")))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    es, en = verdicts("es")[code], verdicts("en")[code]

    def facts(verdict: Any) -> set[str]:
        told = f"{verdict.sentence} {verdict.action}"
        return set(re.findall(r"[{]([a-z_]+)[}]", told))

    assert facts(es) == facts(en)
