"""What SPEC section 7 says the three views must hold, worked out row by row, slowly.

It starts from raw rows, events, accounts, links, ledger, rules and quarantine, and knows nothing of
marks, tables in between or SQL.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

Row = dict[str, Any]
Days = list[tuple[date, int, int]]

_DAY_FIRST = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_STOPWORDS = {"DE", "DEL", "LA", "LOS", "LAS", "EL", "Y", "E"}
_PREFIX = {
    ("partner", "cabinet"): "yango",
    ("partner", "fleet_migration"): "yango_migration",
    ("scout", "cabinet"): "cabinet",
    ("scout", "fleet_migration"): "migration",
}
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Account:
    driver_id: str
    person: UUID
    park: str | None
    hired: date | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Lead:
    source: str
    pk: str
    on: date
    person: UUID
    scout: int | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    scope: str
    id: int
    origin: str
    window: int
    milestone: int
    amount: Decimal
    currency: str
    first: date
    last: date | None
    offset: int

    def applies(self, origin: str, lead_date: date) -> bool:
        has_ended = self.last is not None and lead_date > self.last
        return origin == self.origin and lead_date >= self.first and not has_ended


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the figures are made of.

    Attributes:
        people: the registry.
        accounts: of `canon.drivers_index`.
        leads: those of somebody.
        ledger: source, scout and evidence by person.
        links: person and confidence by source and key.
        rules: active ones of both scopes.
        quarantined: accounts.
        work: raw rows: driver, date, trips, seconds, when they landed.
        payments: raw rows: driver's name, driver, and the three milestones.
        home: the home park.
    """

    people: set[UUID]
    accounts: list[Account]
    leads: list[Lead]
    ledger: dict[UUID, tuple[str | None, int | None, Row]]
    links: dict[tuple[str, str], tuple[UUID, str]]
    rules: list[Rule]
    quarantined: set[str]
    work: list[tuple[Any, ...]]
    payments: list[tuple[Any, ...]]
    home: str
    accounts_of: dict[UUID, list[Account]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for account in self.accounts:
            self.accounts_of[account.person].append(account)


def read_day(text: str | None) -> date | None:
    """The day a report is of; None for junk and days that no calendar has."""
    plain = (text or "").strip(" \t\r\n")
    if found := _DAY_FIRST.fullmatch(plain):
        parts = [found[3], found[2], found[1]]
    elif found := _YEAR_FIRST.fullmatch(plain):
        parts = [found[1], found[2], found[3]]
    else:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def driver_days(work: Iterable[tuple[Any, ...]]) -> dict[str, dict[date, tuple[int, int]]]:
    """Trips and seconds by account and day: of several reports the one that landed last."""
    best: dict[tuple[str, date], tuple[datetime, int, int]] = {}
    for driver_id, text, trips, seconds, landed in work:
        on = read_day(text)
        if on is None or not (driver_id or "").strip(" "):
            continue
        report = (landed or datetime.min, max(trips or 0, 0), max(seconds or 0, 0))
        best[driver_id, on] = max(report, best.get((driver_id, on), report))
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for (driver_id, on), (_, trips, seconds) in best.items():
        found[driver_id][on] = trips, seconds
    return found


def name_key(name: str | None) -> str | None:
    """Sorted words without stopwords, repeated ones kept; None with fewer than two."""
    text = unicodedata.normalize("NFKD", name or "")
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = re.sub("['´`’]", "", text).upper()
    words = sorted(word for word in re.split("[^A-Z]+", text) if word and word not in _STOPWORDS)
    return " ".join(words) if len(words) >= 2 else None


def primary(accounts: list[Account], home: str) -> Account:
    """The home park's first, then the one hired first, NULL last, then the least id."""
    return min(accounts, key=lambda one: (one.park != home, one.hired or date.max, one.driver_id))


def scout_of(
    inputs: Inputs, person: UUID, origin: str, leads: list[Lead]
) -> tuple[int | None, tuple[str, str] | None]:
    """A person's scout for an origin, and the lead that names them."""
    if origin == "fleet_migration":
        latest = max(leads, key=lambda one: (one.on, one.pk, one.source))
        return latest.scout, (latest.source, latest.pk)
    if origin != "cabinet" or person not in inputs.ledger:
        return None, None
    source, scout, evidence = inputs.ledger[person]
    won = (evidence or {}).get("winning_event")
    if source != "scouting" or scout is None or not won:
        return None, None
    gap = date.fromisoformat(won["event_date"]) - min(one.on for one in leads)
    if gap.days > 7:
        return None, None
    return scout, (won["source_table"], won["source_pk"])


def reaching(days: Days, milestone: int) -> tuple[date | None, int]:
    """The day on which trips reach a milestone, and how many they are then."""
    trips = 0
    for on, count, _ in days:
        trips += count
        if trips >= milestone:
            return on, trips
    return None, 0


@dataclass(frozen=True, slots=True)
class Origin:
    """A person's leads of one origin.

    Attributes:
        row: the conversion view's.
        days: day, trips and seconds over all accounts, from the lead date on, in order.
        named_by: the lead that names the scout.
        name: on the primary account.
    """

    row: Row
    days: Days
    named_by: tuple[str, str] | None
    name: str | None

    def within(self, window: int) -> Days:
        end = self.row["lead_date"] + timedelta(days=window)
        return [one for one in self.days if one[0] < end]

    def trips(self, window: int) -> int:
        return sum(trips for _, trips, _ in self.within(window))


def conversion(inputs: Inputs) -> dict[tuple[UUID, str], Origin]:
    worked = driver_days(inputs.work)
    leads: dict[tuple[UUID, str], list[Lead]] = defaultdict(list)
    for one in inputs.leads:
        if one.person in inputs.people and one.origin and inputs.accounts_of[one.person]:
            leads[one.person, one.origin].append(one)
    return {key: _origin(inputs, worked, *key, those) for key, those in leads.items()}


def _origin(
    inputs: Inputs,
    worked: dict[str, dict[date, tuple[int, int]]],
    person: UUID,
    origin: str,
    leads: list[Lead],
) -> Origin:
    lead_date = min(one.on for one in leads)
    total: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for account in inputs.accounts_of[person]:
        for on, (trips, seconds) in worked.get(account.driver_id, {}).items():
            if on >= lead_date:
                total[on][0] += trips
                total[on][1] += seconds
    days: Days = [(on, *total[on]) for on in sorted(total)]  # type: ignore[misc]
    main = primary(inputs.accounts_of[person], inputs.home)
    scout, named_by = scout_of(inputs, person, origin, leads)
    connected = next((on for on, _, seconds in days if seconds > 0), None)
    reached = {number: reaching(days, number)[0] for number in (1, 5, 25)}
    row = {
        "person_key": person,
        "origin_tag": origin,
        "lead_date": lead_date,
        "scout_id": scout,
        "driver_id": main.driver_id,
        "hire_date": main.hired,
        "first_connection_date": connected,
        "first_trip_date": next((on for on, trips, _ in days if trips > 0), None),
        **{f"trip_{number}_date": on for number, on in reached.items()},
        "time_to_connection_days": connected and (connected - lead_date).days,
        **{
            f"time_to_{number}_days": on and (on - lead_date).days for number, on in reached.items()
        },
    }
    found = Origin(row, days, named_by, main.name)
    row |= {f"trips_{window}d": found.trips(window) for window in (7, 14, 30)}
    return found


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
