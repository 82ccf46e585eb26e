"""Generated worlds, and their leads as events."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

from identity.people import ORIGIN
from ingestion.loading import CABINET, MIGRATIONS, SCOUTING, TODAY
from leads.evaluation import USUAL, Noise, build

#: Enough for sane frequencies, few enough for a test.
DRIVERS, LEADS = 1_500, 900
SEED = 20_261_120


def fill(
    connection: Connection[Any],
    *,
    drivers: int = DRIVERS,
    leads: int = LEADS,
    seed: int = SEED,
    noise: Noise = USUAL,
) -> None:
    """Fill the raw tables, and make each lead an event as a load would."""
    with connection.transaction():
        build(connection, drivers=drivers, leads=leads, seed=seed, noise=noise, end=TODAY)
        for source, origin in ORIGIN.items():
            connection.execute(_EVENTS[source], {"source": source, "origin": origin})


_EVENTS = {
    source: sql.SQL(
        "INSERT INTO observational.lead_events "
        "(source_table, source_pk, event_date, scout_id, payload_json) "
        "SELECT %(source)s, {}, {}, {}, jsonb_strip_nulls(to_jsonb(raw)) "
        "|| jsonb_build_object('origin_tag', %(origin)s::text) FROM {} AS raw ORDER BY raw.id"
    ).format(*map(sql.SQL, columns), sql.Identifier("public", source))
    for source, columns in {
        CABINET: (
            "coalesce(nullif(btrim(raw.external_id), ''), raw.id::text)",
            "raw.lead_created_at::date",
            "NULL::integer",
        ),
        SCOUTING: ("raw.id::text", "raw.registration_date", "raw.scout_id"),
        MIGRATIONS: (
            "raw.id::text",
            "coalesce(raw.hire_date, raw.created_at::date)",
            "raw.scout_id",
        ),
    }.items()
}
