"""Playing the raw tables' owner, and looking at what the runs make of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from e2e.house import House

SOURCES = CABINET, SCOUTING, MIGRATIONS = (
    "module_ct_cabinet_leads",
    "module_ct_scouting_daily",
    "module_ct_migrations",
)
# Everything that a run may write, with the row versions: an unchanged row is not even rewritten.
WRITTEN = b"""
    SELECT 'event', xmin::text, ctid::text, e::text FROM observational.lead_events AS e
    UNION ALL SELECT 'reject', xmin::text, ctid::text, r::text FROM ops.ingestion_rejects AS r
    UNION ALL SELECT 'run', xmin::text, ctid::text, i::text FROM ops.ingestion_runs AS i
    UNION ALL SELECT 'state', xmin::text, ctid::text, s::text FROM ops.source_state AS s
    UNION ALL SELECT 'day', xmin::text, ctid::text, c::text FROM ops.source_coverage AS c
    ORDER BY 1, 2, 3, 4"""
EVENT_OF = b"""
    SELECT id, created_at, event_date, payload_json ->> 'status'
    FROM observational.lead_events WHERE source_table = %s AND raw_pk = %s"""
# An event of the cabinet on a covered day, whose raw row shares its key with no other.
CABINET_ROWS = b"""
    SELECT event.raw_pk, event.event_date
    FROM observational.lead_events AS event
    INNER JOIN module_ct_cabinet_leads AS raw ON event.raw_pk = raw.id::text
    WHERE event.source_table = 'module_ct_cabinet_leads'
        AND raw.lead_created_at >= %s::timestamp AND raw.lead_created_at < %s::timestamp
        AND NOT EXISTS (
            SELECT 1 FROM module_ct_cabinet_leads AS other
            WHERE btrim(other.external_id) = btrim(raw.external_id) AND other.id != raw.id
        )
    ORDER BY raw.id"""
CORRECT = b"UPDATE module_ct_cabinet_leads SET status = %s WHERE id = %s"
NEW_SCOUTING = b"""
    INSERT INTO module_ct_scouting_daily (registration_date, created_at, scout_id)
    VALUES (%s, %s, 7) RETURNING id"""
NEW_MIGRATION = b"""
    INSERT INTO module_ct_migrations (hire_date, created_at, scout_id)
    VALUES (%s, %s, 7) RETURNING id"""
LEDGER_OF = b"""
    SELECT task_id, try_number, status, window_from, window_to, scope_date_from, scope_date_to,
        incremental, stats, run.id
    FROM ops.ingestion_runs AS run
    WHERE dag_run_id = %s AND job_type = 'lead_ingestion' ORDER BY run.id"""


def insert(house: House, query: bytes, *values: object) -> str:
    ((key,),) = house.sql(query, *values)
    return str(key)


@dataclass(frozen=True)
class Corrected:
    """A raw row of the cabinet that was changed after its event had been written."""

    raw_pk: str
    day: date
    event: tuple[Any, ...]

    def event_now(self, house: House) -> tuple[Any, ...]:
        (event,) = house.sql(EVENT_OF, CABINET, self.raw_pk)
        return tuple(event)


def correct(house: House, since: datetime, until: datetime, status: str) -> Corrected:
    """Change one raw row whose event time lies in a stretch of local time."""
    zone = house.zone
    local = (edge.astimezone(zone).replace(tzinfo=None) for edge in (since, until))
    raw_pk, day = house.sql(CABINET_ROWS, *local)[0]
    (event,) = house.sql(EVENT_OF, CABINET, raw_pk)
    house.sql(CORRECT, status, raw_pk)
    return Corrected(raw_pk, day, tuple(event))


def local_midnight(house: House, day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=house.zone)
