"""Following the scheduler until every due window is loaded, or has failed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg

from leads.cli import ledger
from leads.cli.progress import Display, Line
from leads.completeness import history_before
from leads.ingestion import last_covered
from leads.local.api import DAG_RUNS, ApiError
from leads.local.schedule import due_windows
from leads.local.stack import Stack
from leads.sources import load_registry

ENDED = ("success", "failed")
POLL_SECONDS = 1.0


@dataclass
class CatchUp:
    """What a catch-up has to wait for, and what came of it."""

    windows: list[tuple[datetime, datetime]]
    first_load: str | None = None  # dag run id
    latest: str | None = None  # dag run id
    failed: list[str] = field(default_factory=list)  # dag run ids


def catch_up(stack: Stack, display: Display, *, history: bool) -> CatchUp:
    """Let the scheduler work until all that is due now is done.

    Args:
        stack: up and healthy.
        display: shows how far it is.
        history: also load what is older than the schedule, with one run of its own.

    Returns:
        What was waited for, with the runs that failed.
    """
    began = datetime.now(timezone.utc)
    todo = CatchUp(due_windows(stack.start_date, began, stack.settings.zone))
    with psycopg.connect(stack.warehouse.conninfo, autocommit=True) as connection:
        if history:
            todo.first_load = _start_first_load(stack, connection)
        _leave_out_the_unscheduled(stack, todo, display)
        if again := _try_again(stack, todo):
            display.print(f"{again} runs failed before; they are tried again.")
        stack.api.unpause()
        if todo.first_load:
            with display.step("First load") as line:
                _follow_one(stack, todo.first_load, connection, began, line)
        with display.step("Runs", total=len(todo.windows)) as line:
            _follow_windows(stack, todo, connection, began, line)
        todo.latest = _start_latest(stack, connection)
        if todo.latest:
            with display.step("Up to now") as line:
                _follow_one(stack, todo.latest, connection, began, line)
    todo.failed = [run["dag_run_id"] for run in _runs(stack, todo, "failed")]
    todo.failed += [
        run_id
        for run_id in (todo.first_load, todo.latest)
        if run_id and stack.api.run(run_id)["state"] == "failed"
    ]
    return todo


def _start_latest(stack: Stack, connection: psycopg.Connection[Any]) -> str | None:
    """One manual run from the last covered window to now, for the sources that have one."""
    covered = [
        source_table
        for source_table in load_registry().sources
        if last_covered(connection, source_table) is not None
    ]
    if not covered:
        return None
    return stack.api.trigger({"sources": covered}, note="From the last window to now")


def _start_first_load(stack: Stack, connection: psycopg.Connection[Any]) -> str | None:
    """One manual run over everything before the schedule, unless one is under way."""
    remembered = stack.home.recall().get("first_load")
    if remembered and _state(stack, remembered) in ("queued", "running"):
        return str(remembered)
    first = history_before(connection, stack.start_date, load_registry().sources.values())
    if first is None:
        return None
    last = stack.start_date - timedelta(days=1)
    conf = {"date_from": first.isoformat(), "date_to": last.isoformat()}
    run_id = stack.api.trigger(conf, note="First load: everything before the schedule")
    stack.home.remember(first_load=run_id)
    return run_id


def _state(stack: Stack, run_id: str) -> str | None:
    try:
        return str(stack.api.run(run_id)["state"])
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _leave_out_the_unscheduled(stack: Stack, todo: CatchUp, display: Display) -> None:
    """Airflow never goes back: a start date moved to the past makes no runs."""
    answer = stack.api.get(DAG_RUNS, run_type="scheduled", order_by="logical_date", limit=1)
    if not answer["dag_runs"]:
        return
    earliest = datetime.fromisoformat(answer["dag_runs"][0]["logical_date"])
    skipped = [window for window in todo.windows if window[0] < earliest]
    if skipped:
        todo.windows = [window for window in todo.windows if window[0] >= earliest]
        zone = stack.settings.zone
        last = (skipped[-1][1] - timedelta(seconds=1)).astimezone(zone).date()
        display.print(
            f"{len(skipped)} windows are older than the first one that Airflow scheduled. Load "
            f"them with: ./leads run --from {stack.start_date} --to {last}"
        )


def _try_again(stack: Stack, todo: CatchUp) -> int:
    failed = _runs(stack, todo, "failed")
    for run in failed:
        path = f"{DAG_RUNS}/{run['dag_run_id']}/clear"
        stack.api.post(path, {"dry_run": False, "only_failed": True})
    return len(failed)


def _follow_one(
    stack: Stack, run_id: str, connection: psycopg.Connection[Any], began: datetime, line: Line
) -> None:
    while (state := _state(stack, run_id)) not in (*ENDED, None):
        line.show(f"{state}, {ledger.rows_loaded(connection, began):,} rows loaded")
        stack.pause(POLL_SECONDS)
    line.show(f"{state}, {ledger.rows_loaded(connection, began):,} rows loaded")


def _follow_windows(
    stack: Stack,
    todo: CatchUp,
    connection: psycopg.Connection[Any],
    began: datetime,
    line: Line,
) -> None:
    while True:
        ended = {state: _count(stack, todo, state) for state in ENDED}
        note = f"{ledger.rows_loaded(connection, began):,} rows loaded"
        if ended["failed"]:
            note += f", {ended['failed']} failed"
        line.show(note, sum(ended.values()))
        if sum(ended.values()) >= len(todo.windows):
            return
        stack.pause(POLL_SECONDS)


def _filter(todo: CatchUp, state: str) -> dict[str, object]:
    return {
        "state": state,
        "logical_date_gte": todo.windows[0][0].isoformat(),
        "logical_date_lte": todo.windows[-1][0].isoformat(),
    }


def _count(stack: Stack, todo: CatchUp, state: str) -> int:
    if not todo.windows:
        return 0
    # Counting is one small query; listing hundreds of runs every second would cost the scheduler.
    answer = stack.api.get(DAG_RUNS, limit=1, **_filter(todo, state))
    return int(answer["total_entries"])


def _runs(stack: Stack, todo: CatchUp, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while todo.windows:
        answer = stack.api.get(
            DAG_RUNS, limit=100, offset=len(found), order_by="logical_date", **_filter(todo, state)
        )
        found += answer["dag_runs"]
        if not answer["dag_runs"] or len(found) >= answer["total_entries"]:
            break
    return found
