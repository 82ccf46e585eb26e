"""What SPEC section 4 says the tables must hold, worked out row by row in plain Python.

It knows nothing of windows, runs or SQL: the one clean run that every history must end like.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Lead:
    """One raw cabinet row; times are local and naive."""

    id: int
    external_id: str | None
    lead_created_at: datetime | None
    created_at: datetime | None
    status: str | None = None

    @property
    def key(self) -> str:
        return (self.external_id or "").strip() or str(self.id)

    def payload(self) -> dict[str, Any]:
        columns = {
            "id": self.id,
            "external_id": self.external_id,
            "lead_created_at": self.lead_created_at and self.lead_created_at.isoformat(),
            "created_at": self.created_at and self.created_at.isoformat(),
            "status": self.status,
        }
        return {name: value for name, value in columns.items() if value is not None}

    def reason(self, today: date) -> str | None:
        if self.lead_created_at is None:
            return "MISSING_EVENT_DATE"
        if self.lead_created_at.date() > today + timedelta(days=1):
            return "EVENT_DATE_IN_FUTURE"
        if self.lead_created_at.year < 2015:
            return "EVENT_DATE_TOO_OLD"
        return None


Events = dict[str, tuple[date, dict[str, Any]]]
Rejects = dict[int, str]


def clean_run(leads: list[Lead], today: date) -> tuple[Events, Rejects]:
    """Events by source_pk (event date, payload) and rejects by raw id (reason)."""
    rejects: Rejects = {}
    winners: dict[str, Lead] = {}
    for lead in leads:
        if reason := lead.reason(today):
            rejects[lead.id] = reason
            continue
        rival = winners.get(lead.key)
        if rival is None:
            winners[lead.key] = lead
            continue
        better = max(lead, rival, key=lambda one: (one.created_at or datetime.min, one.id))
        worse = rival if better is lead else lead
        winners[lead.key] = better
        rejects[worse.id] = "DUPLICATE_SOURCE_PK"
    events = {
        key: (
            lead.lead_created_at.date(),
            {**lead.payload(), "origin_tag": "cabinet"},
        )
        for key, lead in winners.items()
        if lead.lead_created_at is not None
    }
    return events, rejects
