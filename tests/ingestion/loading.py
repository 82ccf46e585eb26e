"""Raw rows in, loads, and what came of them: the words the ingestion tests are written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql

from leads import runs
from leads.completeness import Finding, check_source
from leads.ingestion import run_load
from leads.sources import Source, load_registry
from leads.staging import Limits, Load
from leads.windows import UTC, Window, WindowKind, local_midnight

LIMA = ZoneInfo("America/Lima")
#: Ten in the morning in Lima.
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TODAY = date(2026, 11, 20)
REGISTRY = load_registry()
CABINET = "module_ct_cabinet_leads"
SCOUTING = "module_ct_scouting_daily"
MIGRATIONS = "module_ct_migrations"
#: What each source's event time is called.
EVENT_TIME = {
    CABINET: "lead_created_at",
    SCOUTING: "registration_date",
    MIGRATIONS: "hire_date",
}
#: A busy machine may be slow, but a test that waits longer has hung.
PATIENT = Limits(lock_seconds=20, queue_seconds=30)
COUNTS = ("read", "inserted", "updated", "unchanged", "rejected")


def day(offset: int) -> date:
    """A local date, in days from today."""
    return TODAY + timedelta(days=offset)


def at(offset: int, hour: int = 9, minute: int = 0) -> datetime:
    """A naive local time, as raw rows have it, in days from today."""
    return datetime.combine(day(offset), time(hour, minute))


def put(connection: Connection[Any], table: str, **row: Any) -> None:
    """Insert a raw row."""
    with connection.transaction():
        connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ),
            list(row.values()),
        )


def change(connection: Connection[Any], table: str, number: Any, **values: Any) -> None:
    """Correct the raw row with this id."""
    with connection.transaction():
        connection.execute(
            sql.SQL("UPDATE {} SET {} WHERE id = %s").format(
                sql.Identifier(table),
                sql.SQL(", ").join(
                    sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values
                ),
            ),
            [*values.values(), number],
        )


def remove(connection: Connection[Any], table: str, number: Any) -> None:
    """Delete the raw row with this id."""
    with connection.transaction():
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE id = %s").format(sql.Identifier(table)), (number,)
        )


def rows(connection: Connection[Any], query: Any, *binds: Any) -> list[tuple[Any, ...]]:
    with connection.transaction():
        return connection.execute(query, binds or None).fetchall()


def load_window(
    connection: Connection[Any],
    source: str | Source,
    resolve: Callable[[Callable[[], datetime | None]], Window],
    *,
    now: datetime = NOW,
    incremental: bool = True,
    dry_run: bool = False,
    limits: Limits = PATIENT,
    identity: runs.RunIdentity | None = None,
) -> dict[str, Any]:
    """Load the window that `resolve` names, as of `now`."""
    return run_load(
        connection,
        Load(
            source=REGISTRY[source] if isinstance(source, str) else source,
            incremental=incremental,
            dry_run=dry_run,
            zone=LIMA,
            limits=limits,
        ),
        resolve,
        identity=identity,
        clock=lambda: now,
    )


def load_between(
    connection: Connection[Any],
    source: str | Source,
    start: datetime,
    end: datetime,
    **options: Any,
) -> dict[str, Any]:
    """Load `[start, end)`, naive local times."""
    window = Window(
        start.replace(tzinfo=LIMA).astimezone(UTC),
        end.replace(tzinfo=LIMA).astimezone(UTC),
        WindowKind.INTERVAL,
    )
    return load_window(connection, source, lambda _: window, **options)


def load_days(
    connection: Connection[Any],
    source: str | Source,
    first: int,
    last: int,
    **options: Any,
) -> dict[str, Any]:
    """Load whole local days, both included, given in days from today."""
    window = Window(
        local_midnight(day(first), LIMA), local_midnight(day(last + 1), LIMA), WindowKind.DATES
    )
    return load_window(connection, source, lambda _: window, **options)


@dataclass(frozen=True, slots=True)
class Event:
    """What `observational.lead_events` holds of one lead."""

    id: int
    event_date: date
    scout_id: int | None
    payload: dict[str, Any]
    created_at: datetime
    raw_pk: str | None
    is_vanished: bool


def events(connection: Connection[Any], table: str = CABINET) -> dict[str, Event]:
    """Events by lead key."""
    found = rows(
        connection,
        "SELECT source_pk, id, event_date, scout_id, payload_json, created_at, raw_pk, "
        "vanished_at IS NOT NULL FROM observational.lead_events WHERE source_table = %s",
        table,
    )
    return {pk: Event(*rest) for pk, *rest in found}


def open_rejects(connection: Connection[Any], table: str = CABINET) -> dict[str, str]:
    """Reasons of the open rejects, by key of the raw row."""
    found = rows(
        connection,
        "SELECT raw_pk, reason_code FROM ops.ingestion_rejects "
        "WHERE source_table = %s AND resolved_at IS NULL",
        table,
    )
    assert len({raw_pk for raw_pk, _ in found}) == len(found), "a row has two open rejects"
    return dict(found)


def row_versions(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Where each event and reject lies and which transaction wrote it: changes with any rewrite."""
    return rows(
        connection,
        "SELECT 'event', id, ctid::text, xmin::text FROM observational.lead_events UNION ALL "
        "SELECT 'reject', id, ctid::text, xmin::text FROM ops.ingestion_rejects ORDER BY 1, 2",
    )


def findings(
    connection: Connection[Any], source: str | Source = CABINET, *, now: datetime = NOW
) -> list[Finding]:
    """What the completeness check finds over everything that is covered."""
    source = REGISTRY[source] if isinstance(source, str) else source
    return check_source(connection, source, LIMA, now=now)


def contents(connection: Connection[Any]) -> dict[str, str]:
    """A fingerprint of every row of each of our tables."""
    with connection.transaction():
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname IN ('observational', 'canon', 'ops') ORDER BY 1, 2"
        ).fetchall()
        fingerprints = {}
        for schema, table in tables:
            row = connection.execute(
                sql.SQL(
                    "SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {} AS t"
                ).format(sql.Identifier(schema, table))
            ).fetchone()
            fingerprints[f"{schema}.{table}"] = str(row and row[0])
    return fingerprints
