"""What SPEC section 6 says the lead ledger must hold, worked out person by person.

It knows nothing of runs, marks or SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from attribution.people import SCOUTING, Row


@dataclass(frozen=True, slots=True)
class Event:
    """One row of `observational.lead_events`."""

    source_table: str
    source_pk: str
    event_date: date
    person_key: UUID | None
    scout_id: int | None
    origin_tag: str | None

    @property
    def names_scout(self) -> bool:
        return self.source_table == SCOUTING and self.scout_id is not None


def latest(events: Iterable[Event]) -> Event:
    """Python compares text by code points, which is the order of UTF-8 bytes."""
    return max(events, key=lambda one: (one.event_date, one.source_pk, one.source_table))


def attribute(events: list[Event]) -> Row:
    """The ledger row of a person with these events, as `people.ledger` returns it."""
    counts = dict(Counter(one.source_table for one in events))
    migrations = [one for one in events if one.origin_tag == "fleet_migration"]
    scouted = [one for one in events if one.names_scout]
    cabinet = [one for one in events if one.origin_tag == "cabinet"]
    evidence: dict[str, Any] = {"events_by_source": counts}
    if migrations:
        winner = latest(migrations)
        verdict = ("fleet_migration", winner.scout_id, "A_FLEET", "0.95", "high", "assigned")
    elif scouted:
        winner = latest(scouted)
        scouts = _by_scout(scouted)
        days = [one.event_date for one in scouted]
        if len(scouts) >= 2 and (max(days) - min(days)).days <= 7:
            verdict = ("scouting", None, "C", "0.50", "low", "conflict")
            evidence["scouts"] = scouts
        else:
            verdict = ("scouting", winner.scout_id, "A", "0.95", "high", "assigned")
    elif cabinet:
        winner = latest(cabinet)
        verdict = ("cabinet", None, "B", "0.80", "medium", "assigned")
    else:
        winner = latest(events)
        verdict = (None, None, "U", "0.00", "low", "unassigned")
    evidence["winning_event"] = {
        "source_table": winner.source_table,
        "source_pk": winner.source_pk,
        "event_date": winner.event_date.isoformat(),
        "scout_id": winner.scout_id,
    }
    return (*verdict, evidence)


def _by_scout(events: list[Event]) -> list[dict[str, Any]]:
    days: dict[int, list[date]] = {}
    for one in events:
        if one.scout_id is not None:
            days.setdefault(one.scout_id, []).append(one.event_date)
    return [
        {
            "scout_id": scout,
            "first_on": min(on).isoformat(),
            "last_on": max(on).isoformat(),
            "event_count": len(on),
        }
        for scout, on in sorted(days.items())
    ]


def clean_ledger(events: Iterable[Event], people: Iterable[UUID]) -> dict[UUID, Row]:
    """The whole ledger, for these events and current people."""
    by_person: dict[UUID, list[Event]] = {}
    for one in events:
        if one.person_key is not None:
            by_person.setdefault(one.person_key, []).append(one)
    return {person: attribute(by_person[person]) for person in people if person in by_person}
