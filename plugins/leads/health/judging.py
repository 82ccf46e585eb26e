"""What is wrong, and what is over: incidents from the health of the watched tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

#: How long a problem must be gone before it counts as over: less would close and open again what
#: only flickers. A job that ended well proves it at once.
WELL_AFTER = timedelta(minutes=30)
#: How old the last look of Airflow at health may be.
WATCH_LIMIT = timedelta(hours=1)

PIPELINE, DEADLINE, WAREHOUSE, WATCH = "pipeline", "deadline", "warehouse", "watch"
_OF_SOURCE, _OF_TASK = "source:", "task:"
_RUNS = "ingestion_runs"
#: SQLSTATEs of a table that somebody has locked: nobody can say how it is, so nothing changes.
_LOCKED = ("55P03", "57014")


@dataclass(frozen=True, slots=True)
class Health:
    """One watched table at a moment: a row of `ops.data_health`, whose columns these are."""

    source_name: str
    source_type: str
    health_status: str
    level: str
    diagnosis: str | None
    action: str | None
    since_at: datetime | None
    max_business_date: date | None
    max_ingestion_ts: datetime | None
    is_lead_source: bool
    is_critical: bool
    is_overdue: bool
    cause_key: str | None
    evidence: Mapping[str, Any]

    @property
    def is_locked(self) -> bool:
        """Whether it could not be looked at because somebody has locked it."""
        return self.evidence.get("probe_error") in _LOCKED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong now, however many tables show it.

    Attributes:
        cause_key: what is broken.
        verdict: what is wrong with it.
        since_at: since when, as far as the data tells; None when it does not.
        facts: for the texts; no personal data.
        impact: the tables that are not well because of it.
    """

    cause_key: str
    verdict: str
    since_at: datetime | None
    facts: Mapping[str, Any]
    impact: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """What the run ledger has on an incident.

    Attributes:
        last_status: how the last of the jobs that it is about ended; None without any.
        last_ended_at: when.
        has_completed: whether any job has completed since.
        has_completed_last_job: whether the last job of a run has.
    """

    last_status: str | None = None
    last_ended_at: datetime | None = None
    has_completed: bool = False
    has_completed_last_job: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """One row of `ops.incidents`; `is_told` says whether its opening mail was written."""

    incident_id: int
    cause_key: str
    verdict: str
    opened_at: datetime
    since_at: datetime | None
    seen_at: datetime
    seen_count: int
    well_since_at: datetime | None
    closed_at: datetime | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    impact: Sequence[str] = ()
    digested_on: date | None = None
    is_told: bool = False

    @property
    def table(self) -> str | None:
        """The watched table that it is about; None for one about something else."""
        return _rest(self.cause_key, _OF_SOURCE)

    @property
    def tasks(self) -> list[str]:
        """The tasks that failed because of it and have not succeeded since."""
        task = _rest(self.cause_key, _OF_TASK)
        return sorted({*self.facts.get("tasks", ()), *([task] if task else ())})

    @property
    def failed_at(self) -> datetime:
        """When a task last failed because of it; when it was opened, without one."""
        told = self.facts.get("failed_at")
        return datetime.fromisoformat(told) if told else self.opened_at

    @property
    def is_about_jobs(self) -> bool:
        """Whether a job failed, so that only a job that ends well shows that it is over."""
        return bool(self.tasks) or (self.table is not None and self.verdict == "RUN_FAILED")

    @property
    def over_at(self) -> datetime | None:
        """Since when it is over; None while it is open."""
        return None if self.closed_at is None else self.well_since_at or self.closed_at

    def seen(self, problem: Problem, at: datetime) -> Incident:
        """The incident, seen once more."""
        return replace(
            self,
            verdict=problem.verdict,
            since_at=self.since_at or problem.since_at,
            seen_at=max(self.seen_at, at),
            seen_count=self.seen_count + 1,
            well_since_at=None,
            facts={**self.facts, **problem.facts},
            impact=problem.impact or self.impact,
        )

    def closed(self, at: datetime) -> Incident:
        """The incident, over."""
        ended = max(at, self.opened_at)
        return replace(self, closed_at=ended, well_since_at=self.well_since_at or ended)


def source_key(table: str) -> str:
    """The cause of what is wrong with a table."""
    return _OF_SOURCE + table


def task_key(task_id: str) -> str:
    """The cause of what is wrong with a task."""
    return _OF_TASK + task_id


def problems(rows: Iterable[Health]) -> dict[str, Problem]:
    """What is wrong now, by cause.

    RED makes a problem, YELLOW only shows in the impact; but a source whose rows land and are all
    rejected gets no redder than that, so it makes one too. A backlog is none, and the pipeline that
    has not run is none before a run is overdue.
    """
    rows = list(rows)
    found: dict[str, Problem] = {}
    for row in rows:
        if row.level == "GREEN" or row.cause_key is None or row.diagnosis in (None, "BACKLOG"):
            continue
        is_rejected = (row.health_status, row.diagnosis) == ("YELLOW_BUSINESS_LAG", "REJECTED")
        if row.level != "RED" and not is_rejected:
            continue
        if row.is_locked and row.diagnosis == "SOURCE_UNREADABLE":
            continue
        if row.cause_key == PIPELINE and not row.is_overdue:
            continue
        known = found.get(row.cause_key)
        # The table that a cause is named after tells most; else the first one in the catalogue.
        if known is None or source_key(row.source_name) == row.cause_key:
            found[row.cause_key] = Problem(
                cause_key=row.cause_key,
                verdict=str(row.diagnosis),
                since_at=row.since_at,
                facts={**row.evidence, "health_status": row.health_status},
                impact=impact(rows, row.cause_key),
            )
    return found


def impact(rows: Iterable[Health], cause_key: str) -> list[str]:
    """The tables that are not well because of a cause."""
    return [row.source_name for row in rows if row.cause_key == cause_key and row.level != "GREEN"]


def settle(
    incident: Incident,
    found: Mapping[str, Problem],
    rows: Sequence[Health],
    proof: Proof,
    at: datetime,
) -> Incident:
    """What an open incident has become.

    Args:
        incident: open.
        found: what is wrong now, by cause.
        rows: how the tables are now.
        proof: what the ledger has on it.
        at: now, aware.

    Returns:
        The incident: seen again, looking well, over, or as it was.
    """
    if problem := found.get(incident.cause_key):
        return incident.seen(problem, at)
    if _is_proved_over(incident, rows, proof):
        return incident.closed(at)
    if _is_held(incident, rows):
        return replace(incident, well_since_at=None)
    if incident.is_about_jobs or incident.cause_key in (DEADLINE, WATCH):
        return incident
    well_since = incident.well_since_at or max(at, incident.opened_at)
    well = replace(incident, well_since_at=well_since)
    return well.closed(at) if at - well_since >= WELL_AFTER else well


def _is_proved_over(incident: Incident, rows: Sequence[Health], proof: Proof) -> bool:
    """Whether a job that ended well shows that the incident is over."""
    if incident.cause_key == PIPELINE:
        return proof.has_completed
    if incident.cause_key == DEADLINE:
        is_green = any(row.source_name == _RUNS and row.level == "GREEN" for row in rows)
        return is_green and proof.has_completed_last_job
    return (
        incident.is_about_jobs
        and not _is_red(incident.table, rows)
        and proof.last_status == "COMPLETED"
        and proof.last_ended_at is not None
        and proof.last_ended_at > incident.failed_at
    )


def _is_held(incident: Incident, rows: Sequence[Health]) -> bool:
    """Whether it is too early to tell: the table is RED still, for a reason of somebody else's.

    So it is while runs catch up, and when one problem takes over from another.
    """
    if incident.cause_key == PIPELINE:
        return any(row.level == "RED" and row.diagnosis == "BACKLOG" for row in rows)
    return _is_red(incident.table, rows)


def _is_red(table: str | None, rows: Iterable[Health]) -> bool:
    return any(row.source_name == table and row.level == "RED" for row in rows)


def _rest(key: str, start: str) -> str | None:
    return key[len(start) :] if key.startswith(start) else None
