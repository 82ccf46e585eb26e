"""What the figures are made of, and what raw rows of it mean.

Nothing here knows of marks, tables in between or SQL.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

Row = dict[str, Any]

_DAY_FIRST = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_STOPWORDS = {"DE", "DEL", "LA", "LOS", "LAS", "EL", "Y", "E"}


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
