"""Faults for each check, and what a run kept of what its checks found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from psycopg import Connection, sql

from leads.views.checks import Check, checks
from views.outcome import refresh
from views.reading import check
from views.world import ANA, CABINET, NOW, SCOUTING, account, day, lead, rows, work, write

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
    "financial_complete": (FINANCIAL, "NEW.lead_date := NEW.lead_date - 1;"),
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


def six_trips(connection: Connection[Any]) -> None:
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
