"""Runs of every other kind: cleared, continued, backfilled, and one with nothing to go on from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from e2e.house import House, ended, stopwatch
from e2e.raw_rows import (
    CABINET,
    CABINET_ROWS,
    EVENT_OF,
    LEDGER_OF,
    MIGRATIONS,
    NEW_MIGRATION,
    NEW_SCOUTING,
    SCOUTING,
    SOURCES,
    correct,
    insert,
    local_midnight,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

COVERED_UNTIL = b"SELECT max(upper(covered)) FROM ops.source_coverage WHERE source_table = %s"


@contextmanager
def without_coverage(house: House, source: str) -> Iterator[None]:
    """A warehouse in which nothing of a source has been loaded, as far as a run can tell."""
    house.sql(b"CREATE TABLE kept (LIKE ops.source_coverage)")
    house.sql(b"INSERT INTO kept SELECT * FROM ops.source_coverage WHERE source_table = %s", source)
    house.sql(b"DELETE FROM ops.source_coverage WHERE source_table = %s", source)
    try:
        yield
    finally:
        house.sql(b"INSERT INTO ops.source_coverage SELECT * FROM kept")
        house.sql(b"DROP TABLE kept")


def test_a_cleared_scheduled_run_follows_a_row_corrected_meanwhile(stack: House) -> None:
    for run in reversed(stack.runs(run_type="scheduled")):
        edges = [
            datetime.fromisoformat(run[f"data_interval_{edge}"].replace("Z", "+00:00"))
            for edge in ("start", "end")
        ]
        local = [edge.astimezone(stack.zone).replace(tzinfo=None) for edge in edges]
        if stack.sql(CABINET_ROWS, *local):
            break
    run_id = run["dag_run_id"]
    corrected = correct(stack, edges[0], edges[1], "corrected in the past")
    stack.clear(run_id)
    assert stack.finished(run_id) == ["success"]
    assert corrected.event_now(stack) == (*corrected.event[:3], "corrected in the past")
    rows = stack.sql(LEDGER_OF, run_id)
    for source in SOURCES:
        mine = [row for row in rows if row[0] == f"ingest.{source}"]
        assert [row[1:3] for row in mine] == [(1, "COMPLETED"), (2, "COMPLETED")]
        assert {row[3:5] for row in mine} == {tuple(edges)}
        if source == CABINET:
            assert (mine[1][8]["inserted"], mine[1][8]["updated"]) == (0, 1)


# Three sources, three kinds of run, side by side -------------------------------------------------


@dataclass(frozen=True)
class Kinds:
    covered_until: datetime
    arrived: str  # raw key of a row of this minute
    unscoped: str  # dag run id, of the scouting source alone
    began: datetime
    backfilled: str  # raw key of a row in the backfill's second window
    backfill: tuple[int, str]
    backfill_runs: list[str]
    uncovered: tuple[int, str]


@pytest.fixture(scope="module")
def kinds(house: House) -> Kinds:
    house.up()
    with stopwatch("continued run, backfill and run without coverage, side by side"):
        return _do_kinds(house)


def _do_kinds(house: House) -> Kinds:
    now = datetime.now(house.zone)
    start = date.fromisoformat(house.home.recall()["start_date"])
    before = start - timedelta(days=2)
    arrived = insert(house, NEW_SCOUTING, now.date(), now.replace(tzinfo=None))
    ((covered_until,),) = house.sql(COVERED_UNTIL, SCOUTING)
    hired = datetime.combine(before, datetime.min.time())
    backfilled = insert(house, NEW_MIGRATION, hired.date(), hired + timedelta(days=1))
    edge = local_midnight(house, before)
    creation = house.airflow(
        *("backfill", "create", "--dag-id", "identity_ingestion", "--max-active-runs", "2"),
        *("--from-date", edge.isoformat(), "--to-date", (edge + timedelta(hours=6)).isoformat()),
        *("--dag-run-conf", f'{{"incremental": false, "sources": ["{MIGRATIONS}"]}}'),
    )
    unscoped = house.api.trigger({"sources": [SCOUTING]})
    with without_coverage(house, CABINET):
        uncovered = house.leads("run", "--source", CABINET)
    backfill = ended(creation)
    runs = [run["dag_run_id"] for run in house.runs(run_type="backfill")]
    house.finished(unscoped, *runs)
    return Kinds(covered_until, arrived, unscoped, now, backfilled, backfill, runs, uncovered)


def test_a_run_without_scope_continues_from_the_last_covered_window_to_now(
    stack: House, kinds: Kinds
) -> None:
    assert stack.api.run(kinds.unscoped)["state"] == "success"
    (row,) = stack.sql(LEDGER_OF, kinds.unscoped)
    assert row[0] == f"ingest.{SCOUTING}"
    assert row[3] == kinds.covered_until
    assert kinds.began <= row[4] <= datetime.now(stack.zone)
    ((_, _, day, _),) = stack.sql(EVENT_OF, SCOUTING, kinds.arrived)
    assert day == kinds.began.date()


def test_a_run_for_one_source_skips_the_others_and_succeeds(stack: House, kinds: Kinds) -> None:
    assert stack.states(kinds.unscoped) == {
        SCOUTING: "success",
        CABINET: "skipped",
        MIGRATIONS: "skipped",
        "resolve_identities": "success",
        "attribute_leads": "success",
        "refresh_views": "success",
        "validate_views": "success",
        "health_check": "success",
    }


def test_a_backfill_by_command_loads_windows_before_the_schedule(
    stack: House, kinds: Kinds
) -> None:
    assert kinds.backfill[0] == 0, kinds.backfill[1]
    assert len(kinds.backfill_runs) == 2
    assert stack.finished(*kinds.backfill_runs) == ["success", "success"]
    inserted = {}
    for run_id in kinds.backfill_runs:
        run = stack.api.run(run_id)
        (row,) = stack.sql(LEDGER_OF, run_id)
        assert (row[1], row[2], row[7]) == (1, "COMPLETED", False)
        assert row[4] - row[3] == timedelta(hours=6)
        assert row[3] == datetime.fromisoformat(run["data_interval_start"].replace("Z", "+00:00"))
        assert row[8]["updated"] == 0
        inserted[row[9]] = row[8]["inserted"]
    assert sorted(inserted.values()) == [0, 1]  # the rest of its windows was there already
    (event,) = stack.sql(
        b"SELECT run_id FROM observational.lead_events WHERE source_table = %s AND raw_pk = %s",
        *(MIGRATIONS, kinds.backfilled),
    )
    assert inserted[event[0]] == 1


def test_a_run_without_scope_where_nothing_is_covered_says_how_to_give_one(
    stack: House, kinds: Kinds
) -> None:
    status, said = kinds.uncovered
    assert status == 1
    assert "Nothing is covered yet, so there is nothing to continue from" in said
    assert '{"date_from": "2026-01-01", "date_to": "2026-01-31"}' in said
