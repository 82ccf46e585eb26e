"""What is watched, as the health views see it: the registry and the texts, written to `ops`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from leads.health.verdicts import LANGUAGES, verdicts
from leads.settings import Settings
from leads.sources import Registry, SourceType, Watch
from leads.statements import statement

#: Hours between two scheduled runs of the DAG.
SCHEDULE_HOURS = 6
#: RED when the last row landed more hours ago, where the registry does not say.
STALE_HOURS = {SourceType.PIPELINE: 18.0}
STALE_HOURS_ELSE = 26.0


def sync_catalogue(connection: Connection[Any], registry: Registry, settings: Settings) -> None:
    """Bring catalogue, calendars and texts up to the registry and the settings.

    Writes only what differs; in the connection's current transaction.

    Args:
        connection: a session of the warehouse, migrated.
        registry: what is watched.
        settings: time zone and language.
    """
    connection.execute(
        statement("health/sync_sources"), {"sources": Jsonb(list(_sources(registry)))}
    )
    connection.execute(
        statement("health/sync_calendars"),
        {
            "calendars": Jsonb(
                [
                    {
                        "calendar": name,
                        "idle_weekdays": [day.isodow for day in one.idle_weekdays],
                        "idle_dates": [day.isoformat() for day in one.idle_dates],
                    }
                    for name, one in registry.calendars.items()
                ]
            )
        },
    )
    connection.execute(
        statement("health/sync_verdicts"),
        {
            "texts": Jsonb(
                [
                    {
                        "verdict": one.code,
                        "language": language,
                        "sentence": one.sentence,
                        "action": one.action,
                    }
                    for language in LANGUAGES
                    for one in verdicts(language).values()
                ]
            )
        },
    )
    connection.execute(
        statement("health/sync_settings"),
        {
            "time_zone": settings.time_zone,
            "language": settings.language,
            "schedule_hours": SCHEDULE_HOURS,
        },
    )


def _sources(registry: Registry) -> Iterator[dict[str, Any]]:
    """The rows of `ops.data_sources`: lead sources first, then the others."""
    position = 0
    for name, source in registry.sources.items():
        position += 1
        yield {
            "source_name": name,
            "schema_name": source.schema_name,
            "object_name": name,
            "source_type": SourceType.CT_INGEST.value,
            "description": source.description,
            "position_no": position,
            "shape_sql": source.sql,
            "is_lead_source": True,
            **_watch(source.health, SourceType.CT_INGEST),
        }
    for name, one in registry.monitored.items():
        position += 1
        yield {
            "source_name": name,
            "schema_name": one.schema_name,
            "object_name": name,
            "source_type": one.type.value,
            "description": one.description,
            "position_no": position,
            "shape_sql": None,
            "is_lead_source": False,
            **_watch(one, one.type),
        }


def _watch(watch: Watch, kind: SourceType) -> dict[str, Any]:
    return {
        "business_at_expr": watch.business_at or "event_at",
        "ingestion_at_expr": watch.ingestion_at or "landed_at",
        "row_condition": watch.only,
        "is_shape_read": watch.business_at is None,
        "is_critical": watch.critical,
        "calendar": watch.calendar,
        "quiet_days": watch.quiet_days,
        "stale_hours": watch.stale_hours or STALE_HOURS.get(kind, STALE_HOURS_ELSE),
        "quiet_hours": watch.quiet_hours,
        "business_lag_days": watch.business_lag_days,
    }
