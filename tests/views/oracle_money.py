"""What SPEC section 7 says of money: payments under each rule, what is due, and totals."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from views.facts import Inputs, Row, name_key
from views.oracle import Origin, reaching

_PREFIX = {
    ("partner", "cabinet"): "yango",
    ("partner", "fleet_migration"): "yango_migration",
    ("scout", "cabinet"): "cabinet",
    ("scout", "fleet_migration"): "migration",
}
_NOTHING = Decimal("0.00")


def payments(inputs: Inputs, origins: dict[tuple[UUID, str], Origin]) -> list[Row]:
    found = []
    for (person, origin), one in origins.items():
        if _is_quarantined(inputs, person):
            continue
        proved = one.named_by is not None and inputs.links.get(one.named_by) == (person, "HIGH")
        for rule in inputs.rules:
            if not rule.applies(origin, one.row["lead_date"]):
                continue
            on, trips = reaching(one.within(rule.window), rule.milestone)
            is_owed = rule.scope == "partner" or (one.row["scout_id"] is not None and proved)
            scheme = f"{_PREFIX[rule.scope, origin]}_{rule.window}d_{rule.milestone}trips"
            found.append(
                {name: one.row[name] for name in ("person_key", "origin_tag", "scout_id")}
                | {
                    "driver_id": one.row["driver_id"],
                    "lead_date": one.row["lead_date"],
                    "rule_id": rule.id,
                    "rule_scope": rule.scope,
                    "milestone_trips": rule.milestone,
                    "window_days": rule.window,
                    "currency": rule.currency,
                    "amount": rule.amount,
                    "rule_valid_from": rule.first,
                    "rule_valid_to": rule.last,
                    "milestone_achieved": on is not None,
                    "achieved_date": on,
                    "achieved_trips_in_window": trips,
                    "is_payable": on is not None and is_owed,
                    "payable_date": on and on + timedelta(days=rule.offset),
                    "payment_scheme": scheme,
                }
            )
    return found


def _is_quarantined(inputs: Inputs, person: UUID) -> bool:
    return any(one.driver_id in inputs.quarantined for one in inputs.accounts_of[person])


def paid_milestones(inputs: Inputs) -> dict[UUID, set[int]]:
    """Milestones that any payment of a person says were paid."""
    owners = {one.driver_id: one.person for one in inputs.accounts}
    named: dict[str | None, set[UUID]] = defaultdict(set)
    for account in inputs.accounts:
        named[name_key(account.name)].add(account.person)
    paid: dict[UUID, set[int]] = defaultdict(set)
    for name, driver_id, *flags in inputs.payments:
        person = owners.get((driver_id or "").strip(" "))
        key = name_key(name)
        if person is None and key is not None and len(named[key]) == 1:
            (person,) = named[key]
        if person is not None:
            paid[person] |= {n for n, flag in zip((1, 5, 25), flags, strict=True) if flag}
    return paid


def financial(inputs: Inputs, origins: dict[tuple[UUID, str], Origin]) -> list[Row]:
    paid = paid_milestones(inputs)
    found = []
    for (person, origin), one in origins.items():
        if origin != "cabinet" or _is_quarantined(inputs, person):
            continue
        lead_date, trips = one.row["lead_date"], one.trips(14)
        iso = lead_date.isocalendar()
        row: Row = {
            "driver_id": one.row["driver_id"],
            "lead_date": lead_date,
            "driver_name": one.name,
            "iso_week": f"{iso.year}-{iso.week:02}",
            "week_start": lead_date - timedelta(days=lead_date.weekday()),
            "connected_flag": one.row["first_connection_date"] is not None,
            "connected_date": one.row["first_connection_date"],
            "total_trips_14d": trips,
            "person_key": person,
        }
        for number in (1, 5, 25):
            reached = trips >= number
            is_paid = reached and number in paid[person]
            worth = sum(
                (
                    rule.amount
                    for rule in inputs.rules
                    if (rule.scope, rule.window, rule.milestone) == ("partner", 14, number)
                    and rule.applies("cabinet", lead_date)
                ),
                _NOTHING,
            )
            row[f"reached_m{number}_14d"] = row[f"claim_m{number}_exists"] = reached
            row[f"claim_m{number}_paid"] = is_paid
            row[f"expected_amount_m{number}"] = worth if reached else _NOTHING
            row[f"paid_amount_m{number}"] = worth if is_paid else _NOTHING
        row["expected_total_yango"] = sum(row[f"expected_amount_m{n}"] for n in (1, 5, 25))
        row["total_paid_yango"] = sum(row[f"paid_amount_m{n}"] for n in (1, 5, 25))
        row["amount_due_yango"] = row["expected_total_yango"] - row["total_paid_yango"]
        found.append(row)
    return found


def totals(paid: list[Row], money: list[Row]) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """How many rows make up each total, and their sum; those of nothing aside."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = {}

    def add(figure: str, currency: str, amount: Decimal) -> None:
        count, total = found.get((figure, currency), (0, _NOTHING))
        found[figure, currency] = count + 1, total + amount

    for row in paid:
        if row["is_payable"]:
            add(f"payable {row['payment_scheme']}", row["currency"], row["amount"])
    for row in money:
        for figure, column in (
            ("expected_yango", "expected_total_yango"),
            ("paid_yango", "total_paid_yango"),
            ("due_yango", "amount_due_yango"),
        ):
            if row[column]:
                add(figure, "PEN", row[column])
    return found
