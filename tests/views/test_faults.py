"""Figures that are not as they claim to be are never published: each check catches its fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection, sql

from leads.staging import Limits
from leads.views.checks import Check, ChecksFailed, checks, run_checks
from leads.views.validation import run_validation
from views.reading import check, versions
from views.world import (
    ANA,
    BRUNO,
    CABINET,
    NOW,
    SCOUTING,
    account,
    day,
    figures,
    lead,
    mark,
    pay,
    quarantine,
    refresh,
    refresh_only,
    rows,
    rule,
    work,
    write,
)

METRICS = "observational.conversion_metrics"
PAYMENTS = "ops.payment_calculation"
FINANCIAL = "ops.cabinet_financial_14d"
#: By check, the table that a trigger falsifies and what it does to a new row.
FALSIFIED = {
    "conversion_complete": (METRICS, "NEW.lead_date := NEW.lead_date - 1;"),
    "conversion_in_order": (METRICS, "NEW.time_to_1_days := 3;"),
    "conversion_keys": (METRICS, "NEW.driver_id := 'nobody';"),
    # A day of work that counts twice.
    "conversion_recomputed": (
        METRICS,
        "NEW.trips_7d := 2 * NEW.trips_7d; NEW.trips_14d := 2 * NEW.trips_14d; "
        "NEW.trips_30d := 2 * NEW.trips_30d;",
    ),
    "financial_complete": (FINANCIAL, "RETURN NULL;"),
    "financial_equals_payments": (
        FINANCIAL,
        "NEW.expected_amount_m1 := 90; NEW.expected_total_yango := 90 + NEW.expected_amount_m5; "
        "NEW.amount_due_yango := NEW.expected_total_yango;",
    ),
    "financial_identities": (FINANCIAL, "NEW.amount_due_yango := -5;"),
    "one_primary_account": (FINANCIAL, "NEW.driver_id := 'd2';"),
    "payment_complete": (PAYMENTS, "NEW.amount := NEW.amount + 1;"),
    "payment_identities": (PAYMENTS, "NEW.amount := -1;"),
    "payment_scouts_proved": (PAYMENTS, "NEW.is_payable := NEW.milestone_achieved;"),
    "payment_trips_once": (
        PAYMENTS,
        "NEW.achieved_trips_in_window := 2 * NEW.achieved_trips_in_window;",
    ),
}


@contextmanager
def falsified(connection: Connection[Any], table: str, what: str) -> Iterator[None]:
    """Whatever is written to the table is written wrongly meanwhile."""
    name = sql.Identifier(*table.split("."))
    write(
        connection,
        "CREATE FUNCTION public.falsify() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN {what} RETURN NEW; END$$",
    )
    write(
        connection,
        sql.SQL(
            "CREATE TRIGGER falsify BEFORE INSERT OR UPDATE ON {} "
            "FOR EACH ROW EXECUTE FUNCTION public.falsify()"
        ).format(name),
    )
    try:
        yield
    finally:
        write(connection, "DROP FUNCTION public.falsify() CASCADE")


def named(name: str) -> Check:
    (found,) = (one for one in checks() if one.name == name)
    return found


def ledger(connection: Connection[Any]) -> tuple[Any, ...]:
    """The last run: kind, status, message."""
    query = "SELECT id, job_type, status, error_message FROM ops.ingestion_runs"
    return max(rows(connection, query))[1:]


def kept(connection: Connection[Any], name: str) -> tuple[Any, ...]:
    """The last result of a check: job and status of its run, whether it passed, the rows."""
    return rows(
        connection,
        "SELECT run.job_type, run.status, result.is_passed, result.violations "
        "FROM ops.check_results AS result "
        "INNER JOIN ops.ingestion_runs AS run ON result.run_id = run.id "
        "WHERE result.check_name = %s ORDER BY result.id DESC LIMIT 1",
        name,
    )[0]


@pytest.fixture(autouse=True)
def settled(connection: Connection[Any]) -> None:
    """Ana with two accounts, two leads and no trips, published; then six trips came in."""
    account(connection, "d1", ANA)
    account(connection, "d2", ANA)
    lead(connection, ANA, "1", 0)
    lead(connection, ANA, "2", 0, source=SCOUTING, scout=7, level="MEDIUM")
    write(
        connection,
        "INSERT INTO ops.source_coverage "
        "(source_table, covered_on, covered, verified_at, event_count) "
        "VALUES (%s, %s, tstzmultirange(tstzrange(NULL, NULL)), %s, 1)",
        *(CABINET, day(0), NOW),
    )
    refresh(connection, clock=lambda: NOW - timedelta(days=1))
    check(connection)
    work(connection, "d1", 1, 6)


def expect_refusal(connection: Connection[Any], name: str) -> list[dict[str, Any]]:
    """A refresh is refused for this check and publishes nothing; gives the offending rows' keys."""
    before, published = versions(connection), figures(connection)
    claim = named(name).claim
    with pytest.raises(ChecksFailed) as caught:
        refresh(connection)
    assert name in [result.check.name for result in caught.value.failed]
    assert claim in str(caught.value)
    assert figures(connection) == published
    assert versions(connection) == before
    job, status, message = ledger(connection)
    assert (job, status) == ("view_refresh", "FAILED")
    assert claim in message
    assert f"./leads check {name}" in message
    assert kept(connection, name)[:3] == ("view_refresh", "FAILED", False)
    found: list[dict[str, Any]] = kept(connection, name)[3]
    return found


@pytest.mark.parametrize("name", FALSIFIED)
def test_a_falsified_figure_is_not_published(connection: Connection[Any], name: str) -> None:
    with falsified(connection, *FALSIFIED[name]):
        violations = expect_refusal(connection, name)
        assert {one["person_key"] for one in violations} == {str(ANA)}
    refresh(connection)
    found = check(connection)
    assert sum(map(len, found.values())) == 8
    assert kept(connection, name)[2:] == (True, None)


def test_a_lost_event_stops_publication_until_it_is_back(connection: Connection[Any]) -> None:
    write(connection, "DELETE FROM observational.lead_events WHERE source_table = %s", CABINET)
    mark(connection, ANA)
    assert expect_refusal(connection, "events_kept") == [
        {"source_table": CABINET, "covered_on": str(day(0)), "counted": 1, "present": 0}
    ]
    lead(connection, ANA, "1", 0)
    refresh(connection)
    check(connection)


def test_a_refusal_gives_the_marks_and_news_back(connection: Connection[Any]) -> None:
    account(connection, "d3", BRUNO, name="Bruno Paz")
    lead(connection, BRUNO, "9", 0)
    pay(connection, 1, name="Bruno Paz")
    work(connection, "d3", 0, 1)
    with falsified(connection, METRICS, "NEW.trips_30d := -1;"):
        expect_refusal(connection, "conversion_in_order")
    assert refresh_only(connection)["people"] == 2
    check(connection)


def test_a_dry_run_is_refused_too_and_keeps_nothing(connection: Connection[Any]) -> None:
    before = rows(connection, "SELECT count(*) FROM ops.check_results")
    with (
        falsified(connection, METRICS, "NEW.trips_30d := -1;"),
        pytest.raises(ChecksFailed, match="windows hold no fewer trips"),
    ):
        refresh(connection, dry_run=True)
    assert rows(connection, "SELECT count(*) FROM ops.check_results") == before
    assert ledger(connection)[1] == "COMPLETED"


# Checks of the whole, which come with validation -------------------------------------------------


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


WARNED: dict[str, tuple[Callable[[Connection[Any]], None], dict[str, Any]]] = {
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
    assert validate(connection)["warnings"] == 0
    write(connection, "UPDATE ops.partner_payment_rules SET amount = 1 WHERE currency = 'USD'")
    refresh(connection)
    assert validate(connection)["violations_totals_hold"] == 1
    assert [one["currency"] for one in kept(connection, "totals_hold")[3]] == ["USD"]


def test_every_check_has_a_fault_that_it_catches() -> None:
    known = {*FALSIFIED, *WARNED, "events_kept", "driver_days_reported", "totals_hold"}
    assert {one.name for one in checks()} == known
    assert {one.name for one in checks() if one.severity == "warn"} == {*WARNED, "totals_hold"}
