"""What the oracle is given, and the comparison of what it says with what the views say."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from views import oracle_money
from views.facts import Account, Inputs, Lead, Rule
from views.oracle import conversion
from views.outcome import CONVERSION, FINANCIAL, PAYMENT, VIEWS, Figures, figures
from views.world import HOME, rows

_RULES = (
    "SELECT '{0}', id, origin_tag, window_days, milestone_trips, amount, currency, valid_from, "
    "valid_to, payable_offset_days FROM ops.{0}_payment_rules WHERE is_active"
)
#: What a refresh keeps that another one, with nothing changed in between, may not write again.
_KEPT = (
    "observational.conversion_metrics",
    "ops.payment_calculation",
    "ops.cabinet_financial_14d",
    "ops.driver_days",
    "ops.unread_work",
    "ops.cabinet_payments",
    "ops.published_rules",
    "ops.published_quarantine",
    "ops.view_totals",
    "ops.view_totals_daily",
)


def read_inputs(connection: Connection[Any], home: str = HOME) -> Inputs:
    def read(query: Any) -> list[tuple[Any, ...]]:
        return rows(connection, query)

    return Inputs(
        people={one for (one,) in read("SELECT person_key FROM canon.identity_registry")},
        accounts=[
            Account(*row)
            for row in read(
                "SELECT driver_id, person_key, park_id, hire_date, full_name "
                "FROM canon.drivers_index"
            )
        ],
        leads=[
            Lead(*row)
            for row in read(
                "SELECT source_table, source_pk, event_date, person_key, scout_id, "
                "payload_json ->> 'origin_tag' FROM observational.lead_events "
                "WHERE person_key IS NOT NULL"
            )
        ],
        ledger={
            person: tuple(rest)
            for person, *rest in read(
                "SELECT person_key, attributed_source, attributed_scout_id, evidence_json "
                "FROM observational.lead_ledger"
            )
        },
        links={
            (source, pk): (person, level)
            for source, pk, person, level in read(
                "SELECT source_table, source_pk, person_key, confidence_level "
                "FROM canon.identity_links"
            )
        },
        rules=[Rule(*row) for scope in ("partner", "scout") for row in read(_RULES.format(scope))],
        quarantined={
            one
            for (one,) in read(
                "SELECT driver_id FROM canon.driver_orphan_quarantine WHERE status = 'quarantined'"
            )
        },
        work=read(
            "SELECT driver_id, date_file, count_orders_completed, sum_work_time_seconds, "
            "created_at FROM public.summary_daily"
        ),
        payments=read(
            "SELECT driver, driver_id, trip_1, trip_5, trip_25 "
            "FROM public.module_ct_cabinet_payments"
        ),
        home=home,
    )


def wanted(inputs: Inputs) -> tuple[Figures, dict[tuple[str, str], Any]]:
    """The three views as they are to be, and the totals."""
    origins = conversion(inputs)
    paid, money = oracle_money.payments(inputs, origins), oracle_money.financial(inputs, origins)
    lines = {
        CONVERSION: [one.row for one in origins.values()],
        PAYMENT: paid,
        FINANCIAL: money,
    }
    return {
        view: {tuple(line[key] for key in keys): line for line in lines[view]}
        for view, keys in VIEWS.items()
    }, oracle_money.totals(paid, money)


def differences(found: Figures, right: Figures) -> list[str]:
    """What differs, a line each; a failed comparison of whole views would be unreadable."""
    said = []
    for view in VIEWS:
        for key in sorted(found[view].keys() | right[view].keys(), key=str):
            mine, theirs = found[view].get(key), right[view].get(key)
            if mine is None or theirs is None:
                said.append(f"{view} {key}: {'missing' if mine is None else 'too many'}")
            elif mine != theirs:
                named = {n: (mine.get(n), theirs.get(n)) for n in mine.keys() | theirs.keys()}
                other = {n: pair for n, pair in named.items() if pair[0] != pair[1]}
                said.append(f"{view} {key}: (found, right) {other}")
    return said


def check(connection: Connection[Any], home: str = HOME) -> Figures:
    """The views and their totals are what the oracle says; gives the views."""
    right, right_totals = wanted(read_inputs(connection, home))
    found = figures(connection)
    assert differences(found, right) == []
    kept = {
        (figure, currency): (count, amount)
        for figure, currency, count, amount in rows(
            connection, "SELECT figure, currency, row_count, amount FROM ops.view_totals"
        )
        if count or amount
    }
    assert kept == right_totals
    return found


def versions(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Where each row of the refresh's own lies and who wrote it: changes with any rewrite."""
    each = " UNION ALL ".join(
        f"SELECT '{table}', ctid::text, xmin::text FROM {table}"  # noqa: S608 - our own names
        for table in _KEPT
    )
    query: Any = f"{each} ORDER BY 1, 2"
    return rows(connection, query)
