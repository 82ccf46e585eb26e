"""Accounts, leads and decisions in, runs, and what came of them: the words of these tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from ingestion.loading import (
    CABINET,
    MIGRATIONS,
    NOW,
    PATIENT,
    REGISTRY,
    SCOUTING,
    day,
    rows,
)
from ingestion.shared_database import empty as empty_of_raw_rows
from leads.attribution import run_attribution
from leads.identity.keys import person_key
from leads.identity.resolution import run_resolution
from leads.statements import name_of

HOME = "lima-home-park"
OTHER_PARK = "callao-park"
ORIGIN = {CABINET: "cabinet", SCOUTING: "cabinet", MIGRATIONS: "fleet_migration"}
#: Whatever a test may fill, but for the model; those that others refer to come last.
_FILLED = [
    "public.drivers",
    "public.module_ct_cabinet_leads",
    "public.module_ct_migrations",
    "public.module_ct_scouting_daily",
    "canon.account_edges",
    "canon.account_name_keys",
    "canon.drivers_index",
    "canon.identity_decisions",
    "canon.identity_link_history",
    "canon.identity_links",
    "canon.identity_merges",
    "canon.identity_unmatched",
    "canon.lead_keys",
    "canon.lead_name_keys",
    "canon.phone_readings",
    "canon.stale_people",
    "observational.lead_ledger",
    "observational.lead_events",
    "canon.departed_leads",
    "canon.identity_registry",
    "ops.ingestion_rejects",
    "ops.source_coverage",
    "ops.source_state",
    "ops.ingestion_runs",
]


class _Cursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, *arguments: Any, **options: Any) -> _Cursor:
        super().execute(query, *arguments, **options)
        session = self.connection
        if isinstance(session, Session) and session.happening and name_of(query) == session.awaited:
            happening, session.happening = session.happening, None
            happening()
        return self


class Session(psycopg.Connection[Any]):
    """A connection on which something happens right after a chosen statement was answered."""

    awaited: str | None = None
    happening: Callable[[], None] | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cursor_factory = _Cursor

    def after(self, name: str, happening: Callable[[], None]) -> None:
        """Let something happen, once, after `include/sql/<name>.sql` was answered."""
        self.awaited, self.happening = name, happening


def write(connection: Connection[Any], query: Any, *binds: Any) -> int:
    with connection.transaction():
        return connection.execute(query, binds or None).rowcount


def furnish(connection: Connection[Any]) -> None:
    """Make the raw tables."""
    empty_of_raw_rows(connection)


def empty(connection: Connection[Any]) -> None:
    """Leave nobody and nothing, but for models and the one in use."""
    with connection.transaction():
        # Not TRUNCATE, which costs more than most tests.
        for table in _FILLED:
            name = sql.Identifier(*table.split("."))
            connection.execute(sql.SQL("DELETE FROM {}").format(name))
        connection.execute("DROP SCHEMA IF EXISTS truth CASCADE")
        connection.execute(
            "UPDATE canon.identity_state SET drivers_snapshot = NULL, resolved_at = NULL, "
            "run_id = NULL"
        )


def forget_models(connection: Connection[Any]) -> None:
    """As before the first run."""
    write(connection, "UPDATE canon.identity_state SET model_version = NULL")
    write(connection, "DELETE FROM canon.identity_models")


# The model ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Model:
    """The rows of a model in use, by table."""

    rows: dict[str, list[tuple[Any, ...]]]


_MODEL_TABLES = ("identity_models", "identity_model_parameters", "identity_model_terms")


def read_model(connection: Connection[Any]) -> Model:
    return Model(
        {
            table: rows(
                connection,
                sql.SQL("SELECT * FROM {} AS kept ORDER BY kept").format(
                    sql.Identifier("canon", table)
                ),
            )
            for table in _MODEL_TABLES
        }
    )


def use_model(connection: Connection[Any], model: Model) -> None:
    """Put a model into use, and have no other."""
    if read_model(connection) != model:
        forget_models(connection)
        _write_model(connection, model)
    write(
        connection,
        "UPDATE canon.identity_state SET model_version = "
        "(SELECT max(version) FROM canon.identity_models)",
    )


def _write_model(connection: Connection[Any], model: Model) -> None:
    with connection.transaction():
        for table, copied in model.rows.items():
            command = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier("canon", table))
            with connection.cursor() as cursor, cursor.copy(command) as copy:
                for row in copied:
                    copy.write_row(row)


# What there is ------------------------------------------------------------------------------


def account(connection: Connection[Any], driver_id: str, **fields: Any) -> UUID:
    """Open an account, hired today unless told; gives the key of the person it would anchor."""
    row = {"driver_id": driver_id, "park_id": HOME, "hire_date": day(0)} | fields
    hired = row["hire_date"] or day(0)
    row.setdefault("created_at", datetime.combine(hired, datetime.min.time()))
    with connection.transaction():
        _insert(connection, "drivers", row)
    return person_key(driver_id)


def correct(connection: Connection[Any], driver_id: str, **fields: Any) -> None:
    """Change an account."""
    changes = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in fields)
    write(
        connection,
        sql.SQL("UPDATE public.drivers SET {} WHERE driver_id = %s").format(changes),
        *fields.values(),
        driver_id,
    )


def lead(
    connection: Connection[Any],
    pk: str,
    *,
    source: str = CABINET,
    on: date | None = None,
    scout: int | None = None,
    **payload: Any,
) -> str:
    """A lead's event as a load would write it, or its next version; gives the key."""
    write(
        connection,
        "INSERT INTO observational.lead_events "
        "(source_table, source_pk, event_date, scout_id, payload_json) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (source_table, source_pk) DO UPDATE SET "
        "event_date = excluded.event_date, scout_id = excluded.scout_id, "
        "payload_json = excluded.payload_json, identity_pending = true",
        *(source, pk, on or day(0), scout, Jsonb({"origin_tag": ORIGIN[source]} | payload)),
    )
    return pk


def scouted(connection: Connection[Any], pk: str, **payload: Any) -> str:
    return lead(connection, pk, source=SCOUTING, **{"scout": 7} | payload)


def migration(connection: Connection[Any], pk: str, driver_id: str | None, **payload: Any) -> str:
    carried = {} if driver_id is None else {"driver_id": driver_id}
    return lead(connection, pk, source=MIGRATIONS, **{"scout": 7} | carried | payload)


def remove_event(connection: Connection[Any], pk: str, source: str = CABINET) -> None:
    write(
        connection,
        "DELETE FROM observational.lead_events WHERE source_table = %s AND source_pk = %s",
        *(source, pk),
    )


def decide(connection: Connection[Any], decision: str, **about: Any) -> int:
    """Enter a decision: driver_a, driver_b, source_table, source_pk as they apply."""
    row = {"decision": decision, "decided_by": "rosa", "decided_at": NOW} | about
    with connection.transaction():
        cursor = _insert(connection, "canon.identity_decisions", row, sql.SQL(" RETURNING id"))
        return int(cursor.fetchone()[0])


def decide_lead(
    connection: Connection[Any], decision: str, pk: str, source: str = CABINET, **about: Any
) -> int:
    return decide(connection, decision, source_table=source, source_pk=pk, **about)


def undo(connection: Connection[Any], decision_id: int) -> None:
    write(
        connection,
        "UPDATE canon.identity_decisions SET undone_at = %s, undone_by = 'rosa' WHERE id = %s",
        *(NOW, decision_id),
    )


def _insert(
    connection: Connection[Any],
    table: str,
    row: dict[str, Any],
    ending: sql.SQL = sql.SQL(""),  # noqa: B008 - immutable
) -> Any:
    return connection.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({}){}").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ending,
        ),
        list(row.values()),
    )


# Runs ---------------------------------------------------------------------------------------


def resolve_only(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Run identity resolution as of `NOW`."""
    defaults: dict[str, Any] = {"limits": PATIENT, "clock": lambda: NOW, "home_park_id": HOME}
    return run_resolution(connection, REGISTRY, **(defaults | options))


def resolve(connection: Connection[Any], **options: Any) -> dict[str, Any]:
    """Run identity resolution, then attribution."""
    stats = resolve_only(connection, **options)
    run_attribution(connection, limits=PATIENT, clock=lambda: NOW)
    return stats


# What came of it ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A row of `canon.identity_links`."""

    person: UUID
    rule: str
    score: int
    level: str
    evidence: dict[str, Any]


def link(connection: Connection[Any], pk: str, source: str = CABINET) -> Link | None:
    """The lead's link; events and unmatched rows must say the same."""
    found = rows(
        connection,
        "SELECT person_key, match_rule, match_score, confidence_level, evidence "
        "FROM canon.identity_links WHERE source_table = %s AND source_pk = %s",
        *(source, pk),
    )
    link = Link(*found[0]) if found else None
    events = rows(
        connection,
        "SELECT person_key, identity_pending FROM observational.lead_events "
        "WHERE source_table = %s AND source_pk = %s",
        *(source, pk),
    )
    if events:
        assert events == [(link and link.person, False)], "event and link disagree"
        assert (reason(connection, pk, source) is None) == (link is not None)
    return link


def linked(connection: Connection[Any], pk: str, source: str = CABINET) -> UUID | None:
    """The lead's person."""
    found = link(connection, pk, source)
    return found and found.person


def reason(connection: Connection[Any], pk: str, source: str = CABINET) -> str | None:
    """Why the lead has nobody; None when it has somebody, or no row."""
    found = rows(
        connection,
        "SELECT reason_code FROM canon.identity_unmatched "
        "WHERE source_table = %s AND source_pk = %s AND status != 'RESOLVED'",
        *(source, pk),
    )
    return found[0][0] if found else None


def status(connection: Connection[Any], pk: str, source: str = CABINET) -> str | None:
    """Status of the lead's row among the unmatched."""
    found = rows(
        connection,
        "SELECT status FROM canon.identity_unmatched WHERE source_table = %s AND source_pk = %s",
        *(source, pk),
    )
    return found[0][0] if found else None


def person_of(connection: Connection[Any], driver_id: str) -> UUID:
    """The account's person; index and links must say the same."""
    ((indexed, listed),) = rows(
        connection,
        "SELECT account.person_key, link.person_key FROM canon.drivers_index AS account "
        "INNER JOIN canon.identity_links AS link "
        "ON link.source_table = 'drivers' AND link.source_pk = account.driver_id "
        "WHERE account.driver_id = %s",
        driver_id,
    )
    assert indexed == listed
    return UUID(str(indexed))


def registry(connection: Connection[Any]) -> dict[UUID, str]:
    """Confidence by person; exactly the people that accounts belong to."""
    found = dict(
        rows(connection, "SELECT person_key, confidence_level FROM canon.identity_registry")
    )
    assert set(found) == {
        person for (person,) in rows(connection, "SELECT person_key FROM canon.drivers_index")
    }
    return found


def orphans(connection: Connection[Any]) -> list[tuple[Any, ...]]:
    """Links and unmatched leads that name a person, or a run, that is not there."""
    return rows(
        connection,
        "SELECT 'person', link.source_table, link.source_pk FROM canon.identity_links AS link "
        "WHERE link.person_key NOT IN (SELECT person_key FROM canon.identity_registry) "
        "UNION ALL "
        "SELECT 'run', lead.source_table, lead.source_pk FROM canon.identity_unmatched AS lead "
        "WHERE lead.run_id NOT IN (SELECT id FROM ops.ingestion_runs)",
    )


def ledger(connection: Connection[Any]) -> dict[UUID, str]:
    """Attribution rule by person."""
    return dict(
        rows(connection, "SELECT person_key, attribution_rule FROM observational.lead_ledger")
    )


def history(connection: Connection[Any], pk: str, source: str = CABINET) -> list[UUID]:
    """People that the lead was linked to in closed versions, in their order."""
    return [
        person
        for (person,) in rows(
            connection,
            "SELECT person_key FROM canon.identity_link_history "
            "WHERE source_table = %s AND source_pk = %s ORDER BY id",
            *(source, pk),
        )
    ]


def row_versions(connection: Connection[Any]) -> dict[str, list[tuple[str, str]]]:
    """Where each row of each of our tables lies and who wrote it; but for the run ledger."""
    tables = rows(
        connection,
        "SELECT schemaname, tablename FROM pg_tables "
        "WHERE schemaname IN ('observational', 'canon', 'ops') AND tablename != 'ingestion_runs' "
        "ORDER BY 1, 2",
    )
    return {
        f"{schema}.{table}": rows(
            connection,
            sql.SQL("SELECT ctid::text, xmin::text FROM {} ORDER BY ctid").format(
                sql.Identifier(schema, table)
            ),
        )
        for schema, table in tables
    }


@contextmanager
def writing_nothing(connection: Connection[Any]) -> Any:
    """Whatever happens inside leaves every row of ours, but for the run ledger, as it is."""
    before = row_versions(connection)
    yield
    after = row_versions(connection)
    changed = [table for table in before if before[table] != after[table]]
    assert changed == [], "rows were written"


def days(count: int) -> timedelta:
    return timedelta(days=count)
