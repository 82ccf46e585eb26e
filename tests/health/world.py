"""Raw rows, events, rejects and runs at chosen moments, and what the health views make of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql
from psycopg.rows import namedtuple_row

from ingestion.shared_database import empty as empty_ingestion
from leads.health.catalogue import sync_catalogue
from leads.settings import load_settings
from leads.sources import Registry, load_registry

LIMA = ZoneInfo("America/Lima")
CABINET = "module_ct_cabinet_leads"
SCOUTING = "module_ct_scouting_daily"
MIGRATIONS = "module_ct_migrations"
DRIVERS, WORK, PAYMENTS = "drivers", "summary_daily", "module_ct_cabinet_payments"
EVENTS, RUNS = "lead_events", "ingestion_runs"
LEAD_SOURCES = (CABINET, SCOUTING, MIGRATIONS)
#: A Thursday, ten in the morning in Lima.
NOW = datetime(2026, 11, 19, 10, tzinfo=LIMA)


def empty(session: Connection[Any]) -> None:
    """As new: no rows anywhere, the catalogue of the repository."""
    empty_ingestion(session)
    with session.transaction():
        session.execute("TRUNCATE ops.airflow_state, ops.health_watches, ops.mails, ops.incidents")
        sync_catalogue(session, load_registry(), load_settings({}))


def ago(*, days: float = 0, hours: float = 0) -> datetime:
    """A local moment before NOW."""
    return NOW - timedelta(days=days, hours=hours)


@dataclass
class World:
    """One warehouse; every moment is aware, raw rows get it as naive local time."""

    session: Connection[Any]

    def run(self, statement: Any, *binds: Any) -> list[Any]:
        with self.session.transaction():
            cursor = self.session.cursor(row_factory=namedtuple_row)
            cursor.execute(statement, binds or None)
            return cursor.fetchall() if cursor.description else []

    def declare(self, registry: Registry, **settings: str) -> None:
        """Watch what this registry says."""
        with self.session.transaction():
            sync_catalogue(self.session, registry, load_settings(settings))

    def put(self, table: str, **row: Any) -> None:
        self.run(
            sql.SQL("INSERT INTO public.{} ({}) VALUES ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() * len(row)),
            ),
            *(_naive(value) for value in row.values()),
        )

    def lead(self, table: str, landed: datetime, happened: date | None = None, **row: Any) -> None:
        """A raw lead; what it tells of happened on the day it landed, unless said otherwise."""
        local = landed.astimezone(LIMA)
        on = happened or local.date()
        times: dict[str, Any] = {
            CABINET: {"lead_created_at": datetime.combine(on, local.timetz())},
            SCOUTING: {"registration_date": on},
            MIGRATIONS: {"hire_date": on},
        }[table]
        self.put(table, created_at=landed, **{**times, **row})

    def taken(self, table: str, at: datetime) -> None:
        """What a run would have made of every raw row of a lead source by then: events."""
        shape = load_registry()[table].sql
        self.run(
            sql.SQL(
                """
                INSERT INTO observational.lead_events
                (source_table, source_pk, raw_pk, event_date, created_at)
                SELECT {table}, shaped.source_pk, shaped.raw_id::text, shaped.event_at::date, {at}
                FROM ({shape}) AS shaped
                WHERE shaped.landed_at <= {naive}
                AND NOT EXISTS (
                    SELECT 1 FROM ops.ingestion_rejects AS reject
                    WHERE reject.source_table = {table} AND reject.raw_pk = shaped.raw_id::text
                )
                ON CONFLICT DO NOTHING
                """
            ).format(
                table=sql.Literal(table),
                at=sql.Literal(at),
                naive=sql.Literal(_naive(at)),
                shape=sql.SQL(shape),
            )
        )

    def reject(
        self, table: str, raw_pk: int, at: datetime, reason: str = "MISSING_EVENT_DATE"
    ) -> None:
        self.run(
            "INSERT INTO ops.ingestion_rejects (source_table, source_pk, raw_pk, reason_code, "
            "first_seen_at, last_seen_at) VALUES (%s, %s, %s, %s, %s, %s)",
            *(table, str(raw_pk), str(raw_pk), reason, at, at),
        )

    def ledger(
        self,
        source: str | None,
        ended: datetime | None,
        status: str = "COMPLETED",
        *,
        started: datetime | None = None,
        job: str = "lead_ingestion",
        error: str | None = None,
        window_to: datetime | None = None,
        task_id: str | None = None,
        session_alive: bool = True,
    ) -> int:
        """One row of the run ledger; `ended` None: still running."""
        began = started or (ended or NOW) - timedelta(minutes=1)
        until = window_to or began
        stats = '{"read": 0, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 0}'
        pid = "pg_backend_pid()" if session_alive else "999999999"
        rows = self.run(
            sql.SQL(
                "INSERT INTO ops.ingestion_runs (job_type, source_table, status, started_at, "
                "completed_at, error_message, window_from, window_to, scope_date_from, "
                "scope_date_to, dag_id, dag_run_id, task_id, try_number, stats, backend_pid) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'identity_ingestion', "
                "'scheduled__x', %s, 1, %s, " + pid + ") RETURNING id"
            ),
            job,
            source,
            "RUNNING" if ended is None else status,
            began,
            ended,
            error,
            until - timedelta(hours=6),
            until,
            (until - timedelta(hours=6)).astimezone(LIMA).date(),
            (until - timedelta(seconds=1)).astimezone(LIMA).date(),
            task_id or (f"ingest.{source}" if source else job),
            stats,
        )
        if source and ended is not None and status == "COMPLETED":
            self.run(
                "INSERT INTO ops.source_state (source_table, read_at) VALUES (%s, %s) "
                "ON CONFLICT (source_table) DO UPDATE SET read_at = "
                "greatest(source_state.read_at, excluded.read_at)",
                *(source, began),
            )
        return int(rows[0].id)

    def all_well(self, at: datetime = NOW) -> None:
        """Every source brought something two hours ago, and a run took it one hour ago."""
        landed, taken = at - timedelta(hours=2), at - timedelta(hours=1)
        day = landed.astimezone(LIMA).date()
        for table in LEAD_SOURCES:
            self.lead(table, landed)
            self.taken(table, taken)
            self.ledger(table, taken)
        self.put(DRIVERS, driver_id="d1", hire_date=day, created_at=landed)
        self.put(WORK, driver_id="d1", date_file=f"{day:%d-%m-%Y}", created_at=landed)
        self.put(PAYMENTS, date=day, created_at=landed)

    def health(self, at: datetime = NOW) -> dict[str, Any]:
        """The health rows at a moment, by source."""
        return {row.source_name: row for row in self.run("SELECT * FROM ops.data_health(%s)", at)}

    def statuses(self, at: datetime = NOW) -> dict[str, str]:
        return {name: row.health_status for name, row in self.health(at).items()}

    def not_green(self, at: datetime = NOW) -> dict[str, tuple[str, str]]:
        """Status and diagnosis of what is not GREEN, by source."""
        return {
            name: (row.health_status, row.diagnosis)
            for name, row in self.health(at).items()
            if row.level != "GREEN"
        }


def _naive(value: Any) -> Any:
    return value.astimezone(LIMA).replace(tzinfo=None) if _is_aware(value) else value


def _is_aware(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None
