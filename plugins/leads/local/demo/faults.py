"""What goes wrong in the lead tables: duplicates, blanks, dates that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from random import Random
from typing import Generic, TypeVar

from leads.local.demo.rows import CabinetLead, Migration, ScoutingLead

Row = TypeVar("Row", CabinetLead, ScoutingLead, Migration)

BLANK_EXTERNAL_ID = 0.08
PADDED_EXTERNAL_ID = 0.01
SENT_TWICE = 0.01
BAD_DATE = 0.003  # of each kind: missing, in the future, too old
NO_LANDING_TIME = 0.005
NO_TIME_AT_ALL = 0.0005

_BLANKS = (None, "", " ", None, "   ", "\t", None, "\N{NO-BREAK SPACE}")
_PADDINGS = (" {}", "{} ", "  {}  ", "{}\n", "\t{}", "{}\N{NO-BREAK SPACE}")
_TOO_OLD = (date(1900, 1, 1), date(1970, 1, 1), date(2001, 1, 1), date(2012, 5, 14))


class Lottery(Generic[Row]):
    """Draws rows to spoil, none twice, and leaves at least half of them alone."""

    def __init__(self, rng: Random, rows: list[Row], every_kind: bool) -> None:
        """Put all rows in.

        Args:
            rng: source of chance.
            rows: all of them.
            every_kind: draw at least one row each time, so that no kind of fault is missing.
        """
        self._total = len(rows)
        self._rest: list[Row] = rng.sample(rows, len(rows))
        self._at_least = 1 if every_kind else 0

    def draw(self, share: float) -> list[Row]:
        """Take out rows; `share` is of all rows that were put in."""
        count = max(self._at_least, round(share * self._total))
        spared = self._total // 2
        drawn = self._rest[max(spared, len(self._rest) - count) :]
        del self._rest[len(self._rest) - len(drawn) :]
        return drawn


def send_twice(rng: Random, lottery: Lottery[CabinetLead], now: datetime) -> list[CabinetLead]:
    """Cabinet rows that came again under the same key, later and a little different."""
    copies = []
    for row in lottery.draw(SENT_TWICE):
        if row.created_at is None or row.created_at >= now:
            continue
        until_now = (now - row.created_at).total_seconds()
        seconds = min(rng.expovariate(1 / 200_000) + 60, rng.uniform(0.5, 1.0) * until_now)
        later = row.created_at + timedelta(seconds=int(seconds) or 1)
        key = f"{row.external_id} " if rng.random() < 0.2 else row.external_id
        copies.append(replace(row, external_id=key, created_at=min(later, now), status="approved"))
    return copies


def number(rows: list[Row], first_id: int) -> None:
    """Sort rows by landing and number them, as their tables would have."""
    # Before `spoil_…`, so every row still has its landing time.
    rows.sort(key=attrgetter("created_at"))
    for place, row in enumerate(rows):
        row.id = first_id + place


def spoil_cabinet(rng: Random, lottery: Lottery[CabinetLead], now: datetime) -> None:
    """Blank and padded keys, impossible times; `now` is naive local time."""
    for place, row in enumerate(lottery.draw(BLANK_EXTERNAL_ID)):
        row.external_id = _BLANKS[place % len(_BLANKS)]
    for place, row in enumerate(lottery.draw(PADDED_EXTERNAL_ID)):
        row.external_id = _PADDINGS[place % len(_PADDINGS)].format(row.external_id)

    def set_date(row: CabinetLead, day: date | None) -> None:
        at = row.lead_created_at or now
        row.lead_created_at = datetime.combine(day, at.time()) if day else None

    _spoil_dates(rng, lottery, now, set_date)


def spoil_scouting(rng: Random, lottery: Lottery[ScoutingLead], now: datetime) -> None:
    """Impossible registration dates; `now` is naive local time."""

    def set_date(row: ScoutingLead, day: date | None) -> None:
        row.registration_date = day

    _spoil_dates(rng, lottery, now, set_date)


def spoil_migrations(rng: Random, lottery: Lottery[Migration], now: datetime) -> None:
    """Impossible hire dates; without one the landing time counts. `now` is naive local time."""

    def set_date(row: Migration, day: date | None) -> None:
        row.hire_date = day

    _spoil_dates(rng, lottery, now, set_date)


def _spoil_dates(
    rng: Random, lottery: Lottery[Row], now: datetime, set_date: Callable[[Row, date | None], None]
) -> None:
    for row in lottery.draw(NO_LANDING_TIME):
        row.created_at = None
    for row in lottery.draw(NO_TIME_AT_ALL):
        row.created_at = None
        set_date(row, None)
    for row in lottery.draw(BAD_DATE):
        set_date(row, None)
    for row in lottery.draw(BAD_DATE):
        days = rng.randrange(3, 90) if rng.random() < 0.6 else rng.randrange(300, 2_000)
        set_date(row, now.date() + timedelta(days=days))
    for row in lottery.draw(BAD_DATE):
        set_date(row, rng.choice(_TOO_OLD))
