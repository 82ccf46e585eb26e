"""People, their events and the marks on them: the words the attribution tests are written in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from leads.attribution import run_attribution
from leads.staging import Limits
from leads.statements import name_of
from leads.windows import UTC

CABINET = "module_ct_cabinet_leads"
SCOUTING = "module_ct_scouting_daily"
MIGRATIONS = "module_ct_migrations"
#: A source that no rule knows.
WALK_IN = "module_ct_walk_in"
#: A second fleet that drivers come from: its leads count as migrations, too.
OTHER_FLEET = "module_ct_other_fleet"
ORIGIN = {
    CABINET: "cabinet",
    SCOUTING: "cabinet",
    MIGRATIONS: "fleet_migration",
    OTHER_FLEET: "fleet_migration",
    WALK_IN: "walk_in",
}
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
#: A busy machine may be slow, but a test that waits longer has hung.
PATIENT = Limits(lock_seconds=20, queue_seconds=30)

ANA, BRUNO, CARLA = (UUID(int=number) for number in (1, 2, 3))


def day(number: int) -> date:
    """A date, in days from the first of October."""
    return date(2026, 10, 1) + timedelta(days=number)


class Session(psycopg.Connection[Any]):
    """A connection on which something happens right after a chosen statement was answered."""

    after: str | None = None
    happening: Callable[[], None] | None = None

    def execute(self, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:
        cursor = super().execute(query, *arguments, **options)
        if self.after and self.happening and name_of(query) == self.after:
            self.after = None
            self.happening()
        return cursor


def rows(connection: Connection[Any], query: Any, *binds: Any) -> list[tuple[Any, ...]]:
    with connection.transaction():
        return connection.execute(query, binds or None).fetchall()


def write(connection: Connection[Any], query: Any, *binds: Any) -> int:
    with connection.transaction():
        return connection.execute(query, binds or None).rowcount


def empty(connection: Connection[Any]) -> None:
    write(
        connection,
        "TRUNCATE canon.stale_people, canon.departed_leads, canon.identity_registry, "
        "observational.lead_events, ops.ingestion_runs RESTART IDENTITY CASCADE",
    )


def know(connection: Connection[Any], *people: UUID) -> None:
    """Enter people in the registry, as identity resolution does."""
    for person in people:
        write(
            connection,
            "INSERT INTO canon.identity_registry (person_key, confidence_level) "
            "VALUES (%s, 'HIGH') ON CONFLICT (person_key) DO NOTHING",
            person,
        )


def mark(connection: Connection[Any], *people: UUID | None, consumer: str = "attribution") -> None:
    """Mark people whose events changed."""
    for person in people:
        if person is not None:
            write(
                connection,
                "INSERT INTO canon.stale_people (consumer, person_key) VALUES (%s, %s) "
                "ON CONFLICT (consumer, person_key) DO NOTHING",
                consumer,
                person,
            )


def put(
    connection: Connection[Any],
    person: UUID | None,
    source: str,
    pk: str,
    on: int,
    scout: int | None = None,
    **payload: Any,
) -> None:
    """An event of a person, or its next version; marks nobody."""
    write(
        connection,
        "INSERT INTO observational.lead_events "
        "(source_table, source_pk, event_date, person_key, scout_id, payload_json) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (source_table, source_pk) DO UPDATE SET "
        "event_date = excluded.event_date, person_key = excluded.person_key, "
        "scout_id = excluded.scout_id, payload_json = excluded.payload_json",
        source,
        pk,
        day(on),
        person,
        scout,
        Jsonb({"origin_tag": ORIGIN[source]} | payload),
    )


def remove(connection: Connection[Any], source: str, pk: str) -> None:
    """Delete an event; marks nobody."""
    write(
        connection,
        "DELETE FROM observational.lead_events WHERE source_table = %s AND source_pk = %s",
        source,
        pk,
    )


def move(connection: Connection[Any], loser: UUID, survivor: UUID) -> None:
    """Give one person's events to another, and mark both."""
    write(
        connection,
        "UPDATE observational.lead_events SET person_key = %s WHERE person_key = %s",
        survivor,
        loser,
    )
    mark(connection, loser, survivor)


def forget(owner: Connection[Any], person: UUID) -> None:
    """Take a person out of the registry, though the ledger still has a row.

    That is a ledger without the foreign key, as an earlier system may have left behind.
    """
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM canon.identity_registry WHERE person_key = %s", (person,))


def attribute(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Run attribution as of `NOW`."""
    return run_attribution(connection, **({"limits": PATIENT, "clock": lambda: NOW} | options))


Row = tuple[Any, ...]


def ledger(connection: Connection[Any]) -> dict[UUID, Row]:
    """Source, scout, rule, score, confidence, status and evidence by person."""
    found = rows(
        connection,
        "SELECT person_key, attributed_source, attributed_scout_id, attribution_rule, "
        "attribution_score::text, confidence_level, decision_status, evidence_json "
        "FROM observational.lead_ledger",
    )
    return {person: tuple(rest) for person, *rest in found}


def marked(connection: Connection[Any]) -> list[Row]:
    """Marks for anybody but the views, which attribution itself makes."""
    return rows(
        connection,
        "SELECT consumer, person_key FROM canon.stale_people "
        "WHERE consumer <> 'views' ORDER BY 1, 2",
    )


def told_to_views(connection: Connection[Any]) -> set[UUID]:
    """Who is marked for the views; the marks are gone then."""
    found = "DELETE FROM canon.stale_people WHERE consumer = 'views' RETURNING person_key"
    return {person for (person,) in rows(connection, found)}


def versions(connection: Connection[Any]) -> list[Row]:
    """Where each ledger row lies and which transaction wrote it: changes with any rewrite."""
    return rows(
        connection,
        "SELECT person_key, ctid::text, xmin::text, updated_at FROM observational.lead_ledger "
        "ORDER BY 1",
    )


def runs_of(connection: Connection[Any]) -> list[Row]:
    """Status, message and stats of every run, in their order."""
    return rows(
        connection, "SELECT status, error_message, stats FROM ops.ingestion_runs ORDER BY id"
    )


@contextmanager
def changing_nothing(connection: Connection[Any]) -> Any:
    """Whatever happens inside leaves every row of the lead ledger, and every mark, as it is."""
    before = versions(connection), marked(connection)
    yield
    assert (versions(connection), marked(connection)) == before
