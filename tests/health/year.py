"""A year of a warehouse: ten sources, a pipeline every six hours, things that break, a watcher.

Only the world is made up here: rows that land, runs that take them, faults. Levels, verdicts,
incidents and mails are what the product makes of them, moment by moment.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql

from leads.health import incidents
from leads.health.catalogue import sync_catalogue
from leads.health.failed_task import Cause, Failure
from leads.settings import Settings, load_settings
from leads.sources import Calendar, Monitored, Registry, Source, SourceType, Watch, Weekday

LIMA = ZoneInfo("America/Lima")
START = date(2025, 11, 1)
DAYS = 365
HOUR = timedelta(hours=1)
RUN_HOURS = 6
TASK = "refresh_views"

#: Lead sources; the second and the last rest on Sundays and holidays.
LEADS = ("lead_a", "lead_b", "lead_c", "lead_d", "lead_e")
OTHERS = {
    "work_a": SourceType.ACTIVITY,
    "work_b": SourceType.ACTIVITY,
    "paid_a": SourceType.LEDGER,
    "paid_b": SourceType.LEDGER,
    "people": SourceType.MASTER,
}
SOURCES = (*LEADS, *OTHERS)
RESTING = ("lead_b", "lead_e", "paid_b")
REST = Calendar(
    idle_weekdays=(Weekday.SUNDAY,),
    idle_dates=(date(2025, 12, 25), date(2026, 1, 1), date(2026, 7, 28), date(2026, 7, 29)),
)
SHAPE = """
SELECT raw.id AS raw_id, raw.id::text AS source_pk, raw.happened_on AS event_at,
       raw.created_at AS landed_at, NULL::integer AS scout_id, raw, raw.xmin AS written_by
FROM public.{} AS raw
"""


class Kind(str, Enum):
    """What breaks."""

    SILENT = "silent"  # whoever writes the table has stopped
    DROPPED = "dropped"  # the table is gone
    RENAMED = "renamed"  # one of its columns is called something else
    REJECTED = "rejected"  # its rows have no date any more
    LOAD_FAILS = "load fails"  # each run of the source fails
    EMPTIED = "emptied"  # a master table without rows
    PAUSED = "paused"  # no run for days
    DEAD = "scheduler dead"  # the same, and Airflow says why
    TASK_FAILS = "task fails"  # a task after the loads fails in each run


#: Which verdicts are right: several where one fault is rightly seen from two sides.
RIGHT = {
    Kind.SILENT: {"UPSTREAM_STALE"},
    Kind.DROPPED: {"SOURCE_MISSING", "RUN_FAILED"},
    Kind.RENAMED: {"SOURCE_UNREADABLE", "RUN_FAILED"},
    Kind.REJECTED: {"REJECTED"},
    Kind.LOAD_FAILS: {"RUN_FAILED"},
    Kind.EMPTIED: {"UPSTREAM_STALE"},
    Kind.PAUSED: {"PIPELINE_NOT_RUN"},
    Kind.DEAD: {"PIPELINE_NOT_RUN"},
    Kind.TASK_FAILS: {"TASK_FAILED"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that breaks from one moment to another."""

    kind: Kind
    target: str
    begins: datetime
    ends: datetime

    @property
    def cause_key(self) -> str:
        if self.kind in (Kind.PAUSED, Kind.DEAD):
            return "pipeline"
        return f"task:{TASK}" if self.kind is Kind.TASK_FAILS else f"source:{self.target}"

    def is_on(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


def faults(dice: random.Random) -> list[Fault]:
    """Some fifty faults: several of each source, far enough apart to be told from each other."""
    made: list[Fault] = []

    def add(kind: Kind, target: str, day: int, days: float) -> None:
        begins = midnight(START + timedelta(days=day)) + dice.randrange(24) * HOUR
        made.append(Fault(kind, target, begins, begins + timedelta(days=days)))

    # Nothing else breaks while the pipeline stands still: weeks 9, 18, 27, … are its own.
    for place, day in enumerate((60, 123, 186, 249, 312)):
        add(Kind.DEAD if place % 2 else Kind.PAUSED, "", day, dice.uniform(2, 4))
    quarters = [(6, 50), (72, 113), (135, 176), (198, 239), (261, 302), (324, 352)]
    for source in SOURCES:
        if source in LEADS:
            kinds = [Kind.SILENT, Kind.DROPPED, Kind.RENAMED, Kind.REJECTED, Kind.LOAD_FAILS]
        elif source == "people":
            kinds = [Kind.EMPTIED, Kind.DROPPED, Kind.EMPTIED]
        else:
            kinds = [Kind.SILENT, Kind.DROPPED, Kind.RENAMED, Kind.SILENT]
        dice.shuffle(kinds)
        for kind, (first, last) in zip(kinds, dice.sample(quarters, len(kinds)), strict=True):
            add(kind, source, dice.randint(first, last), dice.uniform(3.5, 6))
    for first, last in dice.sample(quarters, 3):
        add(Kind.TASK_FAILS, TASK, dice.randint(first, last), dice.uniform(1, 3))
    return made


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LIMA)


def registry() -> Registry:
    """What is watched in this world."""

    def calendar(name: str) -> str | None:
        return "rest" if name in RESTING else None

    return Registry(
        sources={
            name: Source(
                source_table=name,
                description=name,
                origin_tag="cabinet",
                sql=SHAPE.format(name),
                # One of them is watched by its shape alone, as an entry without `health` is.
                health=Watch(calendar=calendar(name))
                if name == "lead_c"
                else Watch(
                    business_at="happened_on", ingestion_at="created_at", calendar=calendar(name)
                ),
            )
            for name in LEADS
        },
        monitored={
            **{
                name: Monitored(
                    source_name=name,
                    description=name,
                    type=kind,
                    business_at="happened_on",
                    ingestion_at="created_at",
                    calendar=calendar(name),
                )
                for name, kind in OTHERS.items()
            },
            "lead_events": Monitored(
                source_name="lead_events",
                description="events",
                schema_name="observational",
                type=SourceType.CT_INGEST,
                business_at="event_date",
                ingestion_at="created_at",
                critical=True,
            ),
            "ingestion_runs": Monitored(
                source_name="ingestion_runs",
                description="runs",
                schema_name="ops",
                type=SourceType.PIPELINE,
                business_at="coalesce(scope_date_to, completed_at)",
                ingestion_at="completed_at",
                only="status = 'COMPLETED'",
                critical=True,
            ),
        },
        calendars={"rest": REST},
    )


@dataclass
class Year:
    """The world while it goes through its year."""

    session: Connection[Any]
    dice: random.Random
    settings: Settings = field(
        default_factory=lambda: load_settings(
            {"LEADS_ALERT_TO": "ops@example.com", "LEADS_LANGUAGE": "en"}
        )
    )
    faults: list[Fault] = field(default_factory=list)
    #: Verdict with which each incident was opened, by its number.
    verdicts: dict[int, str] = field(default_factory=dict)
    broken: set[Fault] = field(default_factory=set)

    def begin(self) -> None:
        with self.session.transaction():
            for name in SOURCES:
                self.session.execute(
                    sql.SQL(
                        "CREATE TABLE public.{0} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY "
                        "KEY, happened_on date, created_at timestamp); "
                        "CREATE INDEX ON public.{0} (happened_on); "
                        "CREATE INDEX ON public.{0} (created_at)"
                    ).format(sql.Identifier(name))
                )
            sync_catalogue(self.session, registry(), self.settings)
            for name in SOURCES:
                self._land(name, midnight(START) - 2 * HOUR, hours=3)
            self._run(midnight(START))
        self.faults = faults(self.dice)

    def moments(self, hours: int) -> Iterator[datetime]:
        at = midnight(START)
        while at < midnight(START + timedelta(days=DAYS)):
            at += hours * HOUR
            yield at

    def live(self, at: datetime, hours: int) -> None:
        """What happens in the hours up to a moment; a run and a look at its end."""
        with self.session.transaction():
            self._break_and_mend(at)
            for name in SOURCES:
                self._land(name, at, hours)
        failed: list[Failure] = []
        done: list[str] = []
        if at.hour % RUN_HOURS == 0 and not self._on(at, Kind.PAUSED, Kind.DEAD):
            with self.session.transaction():
                failed, done = self._run(at)
        for failure in failed:
            one = incidents.record_failure(self.session, failure, self.settings, at=at)
            self.verdicts.setdefault(one.incident_id, one.verdict)
        if done:
            incidents.record_success(self.session, done, self.settings, at=at)
        for one in incidents.watch(self.session, self.settings, at=at, by="watch").opened:
            self.verdicts.setdefault(one.incident_id, one.verdict)

    def _on(self, at: datetime, *kinds: Kind, target: str | None = None) -> bool:
        return any(
            fault.is_on(at) and fault.kind in kinds and target in (None, fault.target)
            for fault in self.faults
        )

    def _break_and_mend(self, at: datetime) -> None:
        """Tables that go and come back, columns too; what Airflow says of itself."""
        for fault in self.faults:
            if fault.is_on(at) == (fault in self.broken):
                continue
            is_on = fault.is_on(at)
            (self.broken.add if is_on else self.broken.remove)(fault)
            if fault.kind is Kind.DROPPED:
                names = (fault.target, f"gone_{fault.target}")
                old, new = names if is_on else names[::-1]
                self._do("ALTER TABLE public.{} RENAME TO {}", old, new)
            elif fault.kind is Kind.RENAMED:
                old, new = ("created_at", "made_at") if is_on else ("made_at", "created_at")
                self._do("ALTER TABLE public.{} RENAME COLUMN {} TO {}", fault.target, old, new)
            elif fault.kind is Kind.EMPTIED and is_on:
                self._do("TRUNCATE public.{}", fault.target)
        is_dead = self._on(at, Kind.DEAD)
        self.session.execute(
            "INSERT INTO ops.airflow_state (observed_at, is_paused, is_scheduler_alive, "
            "running_count, queued_count) VALUES (%s, %s, %s, 0, 0) ON CONFLICT (is_only) DO "
            "UPDATE SET observed_at = excluded.observed_at, is_paused = excluded.is_paused, "
            "is_scheduler_alive = excluded.is_scheduler_alive",
            (at, self._on(at, Kind.PAUSED), not is_dead),
        )

    def _do(self, statement: str, *names: str) -> None:
        self.session.execute(
            sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
        )

    def _land(self, name: str, at: datetime, hours: int) -> None:
        """Rows of the hours gone by, at work; some days little comes, and some of it late."""
        is_gone = self._on(at, Kind.SILENT, Kind.DROPPED, Kind.RENAMED, Kind.EMPTIED, target=name)
        day = (at - timedelta(minutes=1)).astimezone(LIMA).date()
        is_resting = name in RESTING and (day.isoweekday() == 7 or day in REST.idle_dates)
        is_at_work = 8 <= at.hour <= 22 or (at.hour == 0 and name not in RESTING)
        # Now and then nobody comes for half a day: nothing is wrong with that.
        is_lull = random.Random(f"{name}{day}{at.hour // 12}").random() < 0.04
        if is_gone or is_resting or not is_at_work or is_lull:
            return
        is_bad = self._on(at, Kind.REJECTED, target=name)
        self.session.execute(
            sql.SQL(
                "INSERT INTO public.{} (happened_on, created_at) "
                "SELECT CASE WHEN %s THEN NULL ELSE %s::date - (number %% 7 = 0)::integer END, "
                "%s::timestamp - number * interval '1 minute' * %s "
                "FROM generate_series(1, %s) AS number"
            ).format(sql.Identifier(name)),
            (
                is_bad,
                day,
                at.astimezone(LIMA).replace(tzinfo=None),
                hours * 60 / 12,
                self.dice.randint(1, 10),
            ),
        )

    def _run(self, at: datetime) -> tuple[list[Failure], list[str]]:
        """A run of the pipeline: failed tasks, and those that went through."""
        failed, done = [], []
        for name in LEADS:
            error = None
            if self._on(at, Kind.DROPPED, target=name):
                error = f"public.{name} does not exist. Restore it."
            elif self._on(at, Kind.RENAMED, target=name):
                error = f"public.{name}: column raw.created_at does not exist."
            elif self._on(at, Kind.LOAD_FAILS, target=name):
                error = f"public.{name}: still locked by another session after 30 s."
            self._note(name, f"ingest.{name}", "lead_ingestion", at, error)
            if error is not None:
                failed.append(_failure(f"ingest.{name}", name, error))
                continue
            done.append(f"ingest.{name}")
            self.session.execute(
                sql.SQL(_TAKE).format(table=sql.Identifier(name), name=sql.Literal(name)),
                {"at": at},
            )
        error = (
            "The check due_is_expected does not hold." if self._on(at, Kind.TASK_FAILS) else None
        )
        self._note(None, TASK, "view_refresh", at, error)
        if error is not None:
            failed.append(_failure(TASK, None, error))
        else:
            done.append(TASK)
        if not failed:
            done.append("health_check")
        return failed, done

    def _note(
        self, source: str | None, task: str, job: str, at: datetime, error: str | None
    ) -> None:
        """The run's row in the ledger."""
        self.session.execute(
            "INSERT INTO ops.ingestion_runs (job_type, source_table, status, started_at, "
            "completed_at, error_message, window_from, window_to, dag_id, dag_run_id, task_id, "
            "try_number, stats) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'identity_ingestion', %s, "
            '%s, 1, \'{"read": 0, "inserted": 0, "updated": 0, "unchanged": 0, "rejected": 0}\')',
            (
                *(job, source, "FAILED" if error else "COMPLETED", at - timedelta(minutes=2)),
                *(at - timedelta(minutes=1), error, at - RUN_HOURS * HOUR, at),
                *(f"scheduled__{at:%Y-%m-%dT%H}", task),
            ),
        )


#: What a load does, without its proofs: events, rejects, how far it read.
_TAKE = """
WITH
untaken AS (
    SELECT raw.* FROM public.{table} AS raw
    LEFT JOIN ops.source_state AS state ON state.source_table = {name}
    WHERE raw.id > coalesce(state.high_water::bigint, 0)
),
events AS (
    INSERT INTO observational.lead_events
    (source_table, source_pk, raw_pk, event_date, created_at)
    SELECT {name}, untaken.id::text, untaken.id::text, untaken.happened_on, %(at)s
    FROM untaken WHERE untaken.happened_on IS NOT NULL
),
rejects AS (
    INSERT INTO ops.ingestion_rejects
    (source_table, source_pk, raw_pk, reason_code, first_seen_at, last_seen_at)
    SELECT {name}, untaken.id::text, untaken.id::text, 'MISSING_EVENT_DATE', %(at)s, %(at)s
    FROM untaken WHERE untaken.happened_on IS NULL
),
covered AS (
    INSERT INTO ops.source_coverage (source_table, covered_on, covered, verified_at)
    SELECT
        {name},
        (%(at)s::timestamptz - interval '6 hours')::date,
        tstzmultirange(tstzrange(%(at)s::timestamptz - interval '6 hours', %(at)s)),
        %(at)s
    ON CONFLICT (source_table, covered_on)
    DO UPDATE SET covered = source_coverage.covered + excluded.covered
)
INSERT INTO ops.source_state (source_table, read_at, high_water)
SELECT {name}, %(at)s, coalesce(max(untaken.id), 0)::text FROM untaken
ON CONFLICT (source_table) DO UPDATE SET
    read_at = excluded.read_at,
    high_water = greatest(source_state.high_water::bigint, excluded.high_water::bigint)::text
"""


def _failure(task: str, source: str | None, error: str) -> Failure:
    return Failure(
        dag_id="identity_ingestion",
        task_id=task,
        source_table=source,
        run_id="scheduled__x",
        run_type="scheduled",
        window=None,
        days=None,
        zone=LIMA,
        try_number=3,
        tries=3,
        cause=Cause.TEXT,
        error_class="LeadsError",
        error_text=error,
        log_url="",
        clear_command="",
        run_command="",
    )
