"""Validation finds what became wrong after it was published, and records what is odd."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection, sql

from leads.staging import Limits
from leads.views.checks import ChecksFailed, checks, run_checks
from leads.views.validation import run_validation
from views.faults import FALSIFIED, falsified, kept, ledger, named, six_trips
from views.outcome import refresh
from views.reading import check
from views.world import ANA, BRUNO, NOW, account, day, lead, pay, quarantine, rule, work, write


@pytest.fixture(autouse=True)
def settled(connection: Connection[Any]) -> None:
    six_trips(connection)


def validate(connection: Connection[Any], extent: str = "everything") -> dict[str, Any]:
    return run_validation(connection, limits=Limits(), extent=extent, clock=lambda: NOW)


@pytest.mark.parametrize("extent", ["sample", "everything"])
def test_validation_finds_work_that_was_reported_and_does_not_count(
    connection: Connection[Any], extent: str
) -> None:
    refresh(connection)
    assert validate(connection, extent)["checks"] == len(checks())
    write(connection, "UPDATE ops.driver_days SET trip_count = trip_count - 1")
    with pytest.raises(ChecksFailed, match=named("driver_days_reported").claim):
        validate(connection, extent)
    assert ledger(connection)[:2] == ("view_validation", "FAILED")
    assert "refresh --full" in ledger(connection)[2]
    assert kept(connection, "driver_days_reported")[3] == [
        {"driver_id": "d1", "work_date": str(day(1))}
    ]
    write(connection, "DELETE FROM ops.driver_days")
    with pytest.raises(ChecksFailed, match=named("driver_days_reported").claim):
        validate(connection, extent)
    refresh(connection, full=True)
    validate(connection, extent)
    check(connection)


@pytest.mark.parametrize("extent", ["sample", "everything"])
def test_validation_finds_what_became_wrong_after_it_was_published(
    connection: Connection[Any], extent: str
) -> None:
    refresh(connection)
    for name in [*FALSIFIED, "events_kept"]:
        with connection.transaction(force_rollback=True):
            spoil(connection, name)
            failed = {one.check.name for one in run_checks(connection, extent) if one.is_failed}
        # A sample is drawn from the conversion rows themselves.
        if (name, extent) != ("conversion_complete", "sample"):
            assert name in failed
    validate(connection, extent)


def spoil(connection: Connection[Any], name: str) -> None:
    """Let published figures be wrong."""
    if name == "events_kept":
        write(connection, "DELETE FROM observational.lead_events WHERE source_pk = '1'")
        return
    table, what = FALSIFIED[name]
    form = "DELETE FROM {}" if what == "RETURN NULL;" else "UPDATE {} SET lead_date = lead_date"
    with falsified(connection, table, what):
        write(connection, sql.SQL(form).format(sql.Identifier(*table.split("."))))


def _unmatched(connection: Connection[Any]) -> None:
    pay(connection, 1, name="Nobody Known")


def _unreached(connection: Connection[Any]) -> None:
    pay(connection, 25, driver_id="d1")


def _gap(connection: Connection[Any]) -> None:
    write(connection, "UPDATE ops.scout_payment_rules SET valid_to = %s WHERE id = 1", day(10))
    rule(connection, "scout", 1, 20, window=7, valid_from=day(12))


def _unreadable(connection: Connection[Any]) -> None:
    work(connection, "d1", "31-02-2026", 5)


def _dollars(connection: Connection[Any]) -> None:
    write(connection, "UPDATE ops.partner_payment_rules SET currency = 'USD' WHERE id = 1")


WARNED: dict[str, tuple[Callable[[Connection[Any]], None], dict[str, Any]]] = {
    "financial_in_one_currency": (
        _dollars,
        {"rule_scope": "partner", "rule_id": 1, "currency": "USD"},
    ),
    "payments_matched": (
        _unmatched,
        {"paid_on": str(day(20)), "reason_code": "UNKNOWN_NAME", "candidate_count": 0},
    ),
    "payments_reached": (_unreached, {"person_key": str(ANA)}),
    "rules_without_gaps": (
        _gap,
        {"rule_scope": "scout", "rule_id": 1, "gap_from": str(day(11)), "gap_to": str(day(11))},
    ),
    "work_readable": (
        _unreadable,
        {
            "driver_id": "d1",
            "reason_code": "IMPOSSIBLE_DATE",
            "date_shape": "99-99-9999",
            "raw_count": 1,
        },
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_odd_but_not_wrong_is_recorded_and_published(
    connection: Connection[Any], name: str
) -> None:
    refresh(connection)
    assert validate(connection)["warnings"] == 0
    cause, wanted = WARNED[name]
    cause(connection)
    refresh(connection)
    check(connection)
    stats = validate(connection)
    assert (stats["warnings"], stats[f"violations_{name}"]) == (1, 1)
    job, status, is_passed, (violation,) = kept(connection, name)
    assert (job, status, is_passed) == ("view_validation", "COMPLETED", False)
    violation.pop("payment_id", None)
    assert violation == wanted


@pytest.mark.parametrize("full", [False, True])
def test_a_total_that_fell_since_yesterday_is_told(connection: Connection[Any], full: bool) -> None:
    refresh(connection, clock=lambda: NOW - timedelta(days=1))
    assert validate(connection)["warnings"] == 0
    quarantine(connection, "d2")
    refresh(connection, full=full)
    stats = validate(connection)
    assert (stats["warnings"], stats["violations_totals_hold"]) == (1, 3)
    found = {
        one["figure"]: (one["amount_before"], one["amount"])
        for one in kept(connection, "totals_hold")[3]
    }
    assert found == {
        "due_yango": (60, 0),
        "payable yango_14d_1trips": (25, 0),
        "payable yango_14d_5trips": (35, 0),
    }


def test_totals_of_two_currencies_are_held_apart(connection: Connection[Any]) -> None:
    write(
        connection,
        "UPDATE ops.partner_payment_rules SET valid_to = %s, amount = 900 "
        "WHERE milestone_trips = 1",
        day(0),
    )
    rule(connection, "partner", 1, 25, valid_from=day(1), currency="USD")
    account(connection, "d3", BRUNO)
    lead(connection, BRUNO, "9", 1)
    work(connection, "d3", 1, 1)
    refresh(connection, clock=lambda: NOW - timedelta(days=1))
    refresh(connection)
    stats = validate(connection)
    assert (stats["warnings"], stats["violations_financial_in_one_currency"]) == (1, 1)
    write(connection, "UPDATE ops.partner_payment_rules SET amount = 1 WHERE currency = 'USD'")
    refresh(connection)
    assert validate(connection)["violations_totals_hold"] == 1
    assert [one["currency"] for one in kept(connection, "totals_hold")[3]] == ["USD"]


def test_every_check_has_a_fault_that_it_catches() -> None:
    known = {*FALSIFIED, *WARNED, "events_kept", "driver_days_reported", "totals_hold"}
    assert {one.name for one in checks()} == known
    assert {one.name for one in checks() if one.severity == "warn"} == {*WARNED, "totals_hold"}
