"""Runs that people ask for: by REST, by command, by backfill, by clearing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from e2e.house import House, ended, stopwatch
from e2e.raw_rows import (
    CABINET,
    EVENT_OF,
    LEDGER_OF,
    NEW_SCOUTING,
    SCOUTING,
    SOURCES,
    WRITTEN,
    Corrected,
    correct,
    insert,
    local_midnight,
)
from leads.local.api import ApiError

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

#: Tasks that wait for the one before them.
AFTER = ("attribute_leads", "refresh_views", "validate_views")
TASKS = (*SOURCES, "resolve_identities", *AFTER, "health_check")


# A dry run and refused runs, side by side: none of them may change anything --------------------


@dataclass(frozen=True)
class Harmless:
    corrected: Corrected
    late: str  # raw key of a new row
    dry: str  # dag run id
    refused: dict[str, str]  # what is wrong -> dag run id
    before: list[Any]
    after: list[Any]


@pytest.fixture(scope="module")
def harmless(house: House) -> Harmless:
    house.up()
    with stopwatch("dry run and three refused runs, side by side"):
        return _do_harmless(house)


def _do_harmless(house: House) -> Harmless:
    today = local_midnight(house, datetime.now(house.zone).date())
    corrected = correct(house, today - timedelta(days=9), today - timedelta(days=2), "corrected")
    late = insert(house, NEW_SCOUTING, corrected.day, datetime.now(house.zone).replace(tzinfo=None))
    day = str(corrected.day)
    before = house.sql(WRITTEN)
    dry = house.api.trigger({"date_from": day, "date_to": day, "dry_run": True})
    refused = {
        "unknown key": house.api.trigger({"date_form": day, "date_to": day}),
        "wrong order": house.api.trigger({"date_from": day, "date_to": "2026-01-31"}),
        "one date": house.api.trigger({"date_from": day}),
    }
    house.finished(dry, *refused.values())
    return Harmless(corrected, late, dry, refused, before, house.sql(WRITTEN))


def test_a_dry_run_reports_what_would_change(stack: House, harmless: Harmless) -> None:
    assert stack.api.run(harmless.dry)["state"] == "success"
    cabinet, scouting = (
        stack.api.returned(harmless.dry, f"ingest.{source}") or {} for source in (CABINET, SCOUTING)
    )
    assert (cabinet["updated"], cabinet["inserted"], cabinet["dry_run"]) == (1, 0, True)
    assert (scouting["updated"], scouting["inserted"], scouting["dry_run"]) == (0, 1, True)


def test_neither_a_dry_run_nor_a_refused_one_changes_a_row(harmless: Harmless) -> None:
    assert len(harmless.before) > 100
    assert harmless.after == harmless.before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("unknown key", "Unknown param 'date_form'. Known: date_from, date_to, sources"),
        ("wrong order", "is after date_to 2026-01-31. Swap them: both are inclusive."),
        ("one date", "date_from is given without date_to. Give both dates or neither."),
    ],
)
def test_a_scope_that_cannot_be_is_refused_with_a_message(
    stack: House, harmless: Harmless, wrong: str, message: str
) -> None:
    run_id = harmless.refused[wrong]
    assert stack.states(run_id) == dict.fromkeys(TASKS, "failed") | dict.fromkeys(
        AFTER, "upstream_failed"
    )
    for task in stack.api.tasks(run_id):
        assert task["try_number"] == (0 if task["task_id"] in AFTER else 1)
    for source in SOURCES:
        assert message in stack.log(run_id, f"ingest.{source}")


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ({"date_from": "2026-02-30", "date_to": "2026-03-01"}, "param date_from: '2026-02-30'"),
        ({"sources": ["module_ct_nothing"]}, "param sources: 'module_ct_nothing' is not one of"),
        ({"dry_run": "yes"}, "param dry_run: 'yes' is not of type 'boolean'"),
    ],
)
def test_rest_answers_400_to_a_value_that_cannot_be(
    stack: House, conf: dict[str, Any], message: str
) -> None:
    with pytest.raises(ApiError, match=message) as refusal:
        stack.api.trigger(conf)
    assert refusal.value.status == 400


# A run for chosen days --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chosen_days(house: House, harmless: Harmless) -> str:
    day = str(harmless.corrected.day)
    run_id: str = house.api.trigger({"date_from": day, "date_to": day})
    with stopwatch("one run of chosen days"):
        assert house.finished(run_id) == ["success"]
    return run_id


def test_chosen_dates_are_whole_local_days_both_included(
    stack: House, harmless: Harmless, chosen_days: str
) -> None:
    day = harmless.corrected.day
    window = local_midnight(stack, day), local_midnight(stack, day + timedelta(days=1))
    rows = stack.sql(LEDGER_OF, chosen_days)
    assert sorted(row[0] for row in rows) == sorted(f"ingest.{source}" for source in SOURCES)
    for row in rows:
        assert row[1:8] == (1, "COMPLETED", *window, day, day, True)
    run = stack.api.run(chosen_days)
    assert (run["logical_date"], run["data_interval_start"]) == (None, None)


def test_a_corrected_row_changes_its_event_and_a_late_row_gets_one(
    stack: House, harmless: Harmless, chosen_days: str
) -> None:
    corrected = harmless.corrected
    assert corrected.event_now(stack) == (*corrected.event[:3], "corrected")
    ((_, _, day, _),) = stack.sql(EVENT_OF, SCOUTING, harmless.late)
    assert day == corrected.day


# ./leads run -------------------------------------------------------------------------------------


def test_leads_run_uses_the_stack_that_is_up_and_shows_a_table(
    stack: House, harmless: Harmless
) -> None:
    day = str(harmless.corrected.day)
    before = stack.sql(WRITTEN)
    with stopwatch("./leads run --dry-run"):
        status, said = stack.leads("run", "--from", day, "--to", day, "--dry-run")
    assert status == 0, said
    for source in SOURCES:
        assert f"│ {source} │ success │" in said
    assert stack.sql(WRITTEN) == before


def test_wrong_usage_ends_with_status_2_and_says_why(stack: House) -> None:
    cases = {
        ("--from", "2026-11-01"): "--from and --to belong together",
        ("--from", "2026-11-03", "--to", "2026-11-01"): "is after --to 2026-11-01",
        ("--source", "module_ct_nothing"): "module_ct_nothing is unknown",
        ("--from", "yesterday", "--to", "2026-11-01"): "yesterday",
    }
    commands = [(stack.start("run", *arguments), words) for arguments, words in cases.items()]
    for command, words in commands:
        status, said = ended(command)
        assert status == 2
        assert words in said
