"""From an empty home, a real scheduler loads the past, window by window, and nothing is missing."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
import pytest

from e2e.house import FirstUp, House
from leads.completeness import check_all
from leads.sources import load_registry

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SOURCES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")
# Written anew here, and not taken from include/sql: raw key, event time, landing time.
RAW_ROWS = {
    "module_ct_cabinet_leads": b"""
        SELECT id::text, lead_created_at::timestamp, created_at FROM module_ct_cabinet_leads""",
    "module_ct_scouting_daily": b"""
        SELECT id::text, registration_date::timestamp, created_at FROM module_ct_scouting_daily""",
    "module_ct_migrations": b"""
        SELECT id::text, coalesce(hire_date::timestamp, created_at), created_at
        FROM module_ct_migrations""",
}
EVENTS = b"SELECT raw_pk, event_date FROM observational.lead_events WHERE source_table = %s"
REJECTS = b"""
    SELECT raw_pk, slot_on FROM ops.ingestion_rejects
    WHERE source_table = %s AND resolved_at IS NULL"""
LEDGER = b"""
    SELECT dag_run_id, task_id, source_table, try_number, status, window_from, window_to,
        data_interval_start, data_interval_end, stats, dag_id
    FROM ops.ingestion_runs ORDER BY id"""


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.fixture
def scheduled(stack: House) -> list[dict[str, Any]]:
    return stack.runs(run_type="scheduled")


def summary(said: str) -> dict[str, list[float]]:
    """Source -> raw, events, rejects, runs, seconds of the table that `./leads up` prints."""
    rows = re.findall(r"│ (module_\w+) +│" + r" +([\d,.]+) │" * 5, said)
    return {name: [float(n.replace(",", "")) for n in numbers] for name, *numbers in rows}


def test_up_once_catches_up_and_says_how_much_it_loaded(first_up: FirstUp, stack: House) -> None:
    assert first_up.status == 0, first_up.said
    table = summary(first_up.said)
    assert set(table) == set(SOURCES)
    for raw, events, rejects, runs, _ in table.values():
        assert raw == events + rejects > 0
        assert runs >= 13


def test_a_second_up_continues_on_the_same_data(first_up: FirstUp, stack: House) -> None:
    before, again = summary(first_up.said), summary(stack.said())
    assert {name: row[:3] for name, row in again.items()} == {
        name: row[:3] for name, row in before.items()
    }
    assert "First load" not in stack.said()
    assert stack.up_seconds < first_up.seconds


def test_at_least_twelve_scheduled_runs_succeeded(scheduled: list[dict[str, Any]]) -> None:
    assert len(scheduled) >= 12
    assert {run["state"] for run in scheduled} == {"success"}


def test_data_intervals_are_six_hours_of_the_local_grid_without_a_hole(
    stack: House, scheduled: list[dict[str, Any]]
) -> None:
    start = date.fromisoformat(stack.home.recall()["start_date"])
    edge = datetime.combine(start, time.min, tzinfo=stack.zone)
    for run in scheduled:
        begin, end = (moment(run[f"data_interval_{name}"]) for name in ("start", "end"))
        assert begin == edge
        assert end - begin == timedelta(hours=6)
        assert begin.astimezone(stack.zone).hour in (0, 6, 12, 18)
        edge = end
    assert edge > datetime.now(stack.zone) - timedelta(hours=7)


def test_one_manual_run_first_loads_everything_before_the_schedule(stack: House) -> None:
    first = stack.runs(run_type="manual")[0]
    start = date.fromisoformat(stack.home.recall()["start_date"])
    assert first["state"] == "success"
    assert first["conf"]["date_to"] == str(start - timedelta(days=1))
    rows = stack.sql(
        b"""SELECT count(*), min(covered_on) FROM ops.source_coverage
        WHERE covered_on < %s GROUP BY source_table""",
        start,
    )
    assert len(rows) == 3
    assert {str(day) for _, day in rows} == {first["conf"]["date_from"]}


@pytest.mark.parametrize("source", SOURCES)
def test_every_raw_row_of_a_past_day_is_one_event_or_one_open_reject(
    stack: House, source: str
) -> None:
    today = datetime.now(stack.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    usable = datetime(2015, 1, 1), today + timedelta(days=2)
    expected: Counter[date | None] = Counter()
    for _, event_at, landed_at in stack.sql(RAW_ROWS[source]):
        is_usable = event_at is not None and usable[0] <= event_at < usable[1]
        slot = event_at if is_usable else landed_at
        if slot is None or slot < today:
            expected[slot.date() if slot else None] += 1
    found: Counter[date | None] = Counter()
    for query in (EVENTS, REJECTS):
        found.update(day for _, day in stack.sql(query, source) if not day or day < today.date())
    assert len(expected) > 10
    assert found == expected


def test_no_raw_row_is_both_event_and_reject_and_no_event_is_without_one(stack: House) -> None:
    for source in SOURCES:
        raw = {key for key, *_ in stack.sql(RAW_ROWS[source])}
        events, rejects = ([key for key, _ in stack.sql(q, source)] for q in (EVENTS, REJECTS))
        assert len(events + rejects) == len({*events, *rejects})
        assert {*events, *rejects} <= raw


def test_the_completeness_check_finds_nothing(stack: House) -> None:
    with psycopg.connect(stack.server.conninfo("warehouse", "warehouse")) as connection:
        now = datetime.now(stack.zone)
        assert check_all(connection, load_registry(), stack.zone, now=now) == []


def test_each_run_has_its_completed_ledger_rows_and_none_is_left_running(
    stack: House, scheduled: list[dict[str, Any]]
) -> None:
    rows = stack.sql(LEDGER)
    assert {row[4] for row in rows} <= {"COMPLETED", "FAILED"}
    for run in scheduled:
        tries = {task["task_id"]: task["try_number"] for task in stack.api.tasks(run["dag_run_id"])}
        mine = [row for row in rows if row[0] == run["dag_run_id"]]
        interval = moment(run["data_interval_start"]), moment(run["data_interval_end"])
        for source in SOURCES:
            task_id = f"ingest.{source}"
            of_task = [row for row in mine if row[1] == task_id]
            assert [row[3] for row in of_task] == list(range(1, tries[task_id] + 1))
            last = of_task[-1]
            assert (last[2], last[4], last[10]) == (source, "COMPLETED", "identity_ingestion")
            assert (last[5], last[6]) == (last[7], last[8]) == interval
            stats = last[9]
            parts = ("inserted", "updated", "unchanged", "rejected")
            assert stats["read"] == sum(stats[name] for name in parts)
