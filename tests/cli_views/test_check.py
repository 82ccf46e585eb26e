"""`./leads check`: what the figures claim, whether it holds, which rows are against it."""

from __future__ import annotations

import pytest

from cli_views.fleet import Fleet, cells
from cli_views.test_refresh import add_work, break_a_claim
from cli_views.world import NORA
from leads.views.checks import checks

NAMES = [check.name for check in checks()]


def test_without_a_name_all_are_listed_with_what_they_last_found(still: Fleet) -> None:
    said = still.ok("check")
    assert all(name in said for name in NAMES)
    row = cells(said, "payments_reached")
    assert row[2:6] == ["warning", "DOES NOT HOLD", "who changed", "1"]
    assert row[6] == "2 d" or row[6].split()[1] in ("h", "d", "min", "s")
    assert cells(said, "one_primary_account")[2:6] == ["error", "holds", "who changed", "0"]
    assert cells(said, "totals_hold")[3] == "never ran"


def test_the_last_result_counts_not_the_first(fleet: Fleet) -> None:
    fleet.write("DELETE FROM module_ct_cabinet_payments WHERE driver_id = %s", NORA)
    fleet.ok("refresh")
    assert cells(fleet.ok("check"), "payments_reached")[3:6] == ["holds", "who changed", "0"]


def test_a_check_by_name_looks_at_everybody_and_lists_keys(still: Fleet) -> None:
    said = still.ok("check", "payments_matched")
    assert "payments_matched (warning), over everybody" in said
    assert "Every payment belongs to exactly one person" in said
    assert cells(said, "2026-09-30")[1:] == ["3", "AMBIGUOUS_NAME", "2"]
    assert "What to do: Amounts are in ops.v_unmatched_payments." in said


def test_a_check_that_holds_says_so(still: Fleet) -> None:
    said = still.ok("check", "one_primary_account")
    assert "“Nobody has two primary accounts”: none." in said
    assert "What to do" not in said


def test_a_check_writes_nothing(still: Fleet) -> None:
    before = still.everything()
    still.ok("check", "payments_matched")
    still.ok("check", "--all")
    assert still.everything() == before


def test_an_error_fails_the_command(fleet: Fleet) -> None:
    fleet.write(
        "UPDATE ops.cabinet_financial_14d SET amount_due_yango = 1 WHERE driver_id = %s", NORA
    )
    said = fleet.refused("check", "financial_identities")
    assert str(fleet.person_of(NORA)) in said
    assert "./leads explain due DRIVER shows the amounts" in said
    said = fleet.refused("check", "--all")
    assert cells(said, "financial_identities")[2:5] == ["error", "DOES NOT HOLD", "1"]
    assert cells(said, "one_primary_account")[3:5] == ["holds", "0"]
    assert str(fleet.person_of(NORA)) in said


def test_rows_that_stopped_a_refresh_are_shown_though_never_published(fleet: Fleet) -> None:
    fleet.ok("refresh")
    fleet.write("UPDATE ops.check_results SET is_passed = true")
    break_a_claim(fleet)
    add_work(fleet, NORA, 4)
    fleet.refused("refresh")
    fleet.write("DELETE FROM ops.source_coverage")
    said = fleet.ok("check", "events_kept")
    assert "counted on its day”: none." in said
    assert "A run on " in said
    assert "module_ct_scouting_daily" in said
    assert "99" in said


def test_more_rows_than_fit_are_counted(fleet: Fleet) -> None:
    fleet.write(
        "INSERT INTO summary_daily (driver_id, date_file, count_orders_completed)"
        " SELECT 'X-' || number, 'junk', 1 FROM generate_series(1, 130) AS number"
    )
    fleet.ok("refresh")
    said = fleet.ok("check", "work_readable")
    assert "day that the calendar has”: 130;" in said
    assert said.count("X-") == 40
    assert "… and 90 more." in said


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_unknown_name_is_refused_with_those_that_there_are(still: Fleet, language: str) -> None:
    said = still.refused("check", "no_such", "--language", language, status=2)
    plain = " ".join(said.replace("│", " ").split())
    assert "There is no check 'no_such'. Known: conversion_complete" in plain
    assert all(name in plain for name in NAMES)


def test_a_name_and_all_exclude_each_other(still: Fleet) -> None:
    assert "not both" in still.refused("check", "totals_hold", "--all", status=2)


def test_it_speaks_spanish(still: Fleet) -> None:
    assert "Cada pago pertenece a exactamente una persona" in still.ok(
        "check", "payments_matched", "--language", "es"
    )
    said = still.ok("check", "--language", "es")
    assert "NO SE CUMPLE" in said
    assert "nunca se ejecutó" in said
