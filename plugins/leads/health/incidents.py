"""Incidents: one row per problem from when it was noticed until it is over, and the mails of it.

Whoever notices first opens the incident: the look at health (`watch`), or a task that failed
(`record_failure`). Everybody else who meets the same cause adds to it, so a source that takes five
tasks down makes one mail. Every function takes the turn of `health/take_turn` first and writes in
one transaction: what is read is still so when it is written, and no mail is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from leads.health import judging, letters
from leads.health.failed_task import Cause, Failure
from leads.health.judging import Health, Incident, Problem, Proof
from leads.settings import Settings
from leads.statements import statement

#: What the dead man's check calls itself. Its looks are not noted: they prove nothing of Airflow.
COMMAND = "./leads health"
#: How long to wait for one's turn, and for a statement. Whoever has the turn needs a fraction of a
#: second; a task that has failed has little time left.
WATCH_SECONDS, TASK_SECONDS = 30.0, 5.0
#: How long to wait for a table that somebody has locked: it is then judged the next time.
LOCK_SECONDS = 1.0
#: A digest names what has been open for longer.
DIGEST_AFTER = timedelta(hours=24)

_UNREADABLE = {"RED_MISSING_TABLE": "SOURCE_MISSING", "RED_UNREADABLE": "SOURCE_UNREADABLE"}


@dataclass(frozen=True, slots=True)
class Watched:
    """What a look at health found.

    Attributes:
        rows: how each watched table is.
        opened: incidents that are new.
        closed: incidents that are over.
        still_open: all that are open now, oldest first.
        last_watched_at: when Airflow looked before; None for never.
        last_watched_by: by which task; None for never.
        mail_count: how many mails were written.
    """

    rows: tuple[Health, ...]
    opened: tuple[Incident, ...]
    closed: tuple[Incident, ...]
    still_open: tuple[Incident, ...]
    last_watched_at: datetime | None
    last_watched_by: str | None
    mail_count: int


def watch(connection: Connection[Any], settings: Settings, *, at: datetime, by: str) -> Watched:
    """Look at health once: open, update and close incidents, and write their mails.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        settings: recipients, language, zone.
        at: now, aware.
        by: task or command that looks.
    """
    with _turn(connection, WATCH_SECONDS):
        rows = read_health(connection, at)
        last_at, last_by = last_watch(connection)
        before = open_incidents(connection)
        proofs = _proofs(connection, before, at)
        found = judging.problems(rows)
        is_dead_mans = by == COMMAND
        if is_dead_mans and is_unwatched(last_at, at):
            found[judging.WATCH] = _not_watched(last_at, settings)
        after = [
            one.closed(at)
            if one.cause_key == judging.WATCH and judging.WATCH not in found
            else judging.settle(one, found, rows, proofs[one.incident_id], at)
            for one in before
        ]
        _update(connection, [new for old, new in zip(before, after, strict=True) if new != old])
        known = {one.cause_key for one in before}
        opened = _open(
            connection, [one for key, one in found.items() if key not in known], settings, at
        )
        closed = [one for one in after if one.closed_at is not None]
        mails = [letters.opening(one, settings, at) for one in opened]
        mails += [letters.recovery(one, settings, at) for one in closed if one.is_told]
        still_open = [*(one for one in after if one.closed_at is None), *opened]
        mails += _digest(connection, still_open, settings, at)
        mail_count = _post(connection, mails, settings, at)
        if not is_dead_mans:
            connection.execute(statement("health/note_watch"), {"at": at, "watched_by": by})
    return Watched(
        rows=tuple(rows),
        opened=tuple(opened),
        closed=tuple(closed),
        still_open=tuple(still_open),
        last_watched_at=last_at,
        last_watched_by=last_by,
        mail_count=mail_count,
    )


def record_failure(
    connection: Connection[Any], failure: Failure, settings: Settings, *, at: datetime
) -> Incident:
    """Note that a task failed after its last try; a cause that is known already gets no mail.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        failure: the task.
        settings: recipients, language, zone.
        at: now, aware.

    Returns:
        The incident that it belongs to.
    """
    with _turn(connection):
        problem = _problem_of(connection, failure, read_health(connection, at), at)
        known = [one for one in open_incidents(connection) if one.cause_key == problem.cause_key]
        tasks = sorted({*(known[0].tasks if known else ()), failed_task_id(failure)})
        problem = replace(problem, facts={**problem.facts, "tasks": tasks})
        if known:
            incident = known[0].seen(problem, at)
            _update(connection, [incident])
            return incident
        (incident,) = _open(connection, [problem], settings, at)
        _post(connection, [letters.opening(incident, settings, at, failure)], settings, at)
    return incident


def record_success(
    connection: Connection[Any], task_ids: Iterable[str], settings: Settings, *, at: datetime
) -> list[Incident]:
    """Close the incidents of tasks that failed and have now succeeded.

    A source's incident stays open while the source itself is RED, and while the load that ended
    last failed: of two runs side by side the one that ends later need not be the one that is right.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        task_ids: tasks that succeeded, with their groups.
        settings: recipients, language, zone.
        at: now, aware.

    Returns:
        The incidents that are over.
    """
    done = set(task_ids)
    with _turn(connection):
        concerned = [one for one in open_incidents(connection) if done & set(_awaited(one))]
        if not concerned:
            return []
        found = judging.problems(read_health(connection, at))
        proofs = _proofs(connection, concerned, at)
        after = []
        for one in concerned:
            left = [task for task in one.tasks if task not in done]
            freed = replace(one, facts={**one.facts, "tasks": left})
            if proofs[one.incident_id].last_status == "FAILED":
                after.append(one)
            elif left or (one.table is not None and one.cause_key in found):
                after.append(freed)
            else:
                after.append(freed.closed(at))
        _update(connection, after)
        closed = [one for one in after if one.closed_at is not None]
        mails = [letters.recovery(one, settings, at) for one in closed if one.is_told]
        _post(connection, mails, settings, at)
    return closed


def record_deadline(
    connection: Connection[Any],
    settings: Settings,
    *,
    at: datetime,
    dag_run_id: str,
    deadline: datetime,
) -> Incident:
    """Note that a run was not done in time; one incident, however many runs wait.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        settings: recipients, language, zone.
        at: now, aware.
        dag_run_id: the run.
        deadline: when it should have been done, aware.
    """
    facts = {"dag_run_id": dag_run_id, "deadline": letters.local(deadline, settings)}
    problem = Problem(judging.DEADLINE, "DEADLINE_MISSED", deadline, facts)
    with _turn(connection):
        for one in open_incidents(connection):
            if one.cause_key == judging.DEADLINE:
                # The first run is the one that people were told of.
                incident = one.seen(replace(problem, facts={"last_dag_run_id": dag_run_id}), at)
                _update(connection, [incident])
                return incident
        (incident,) = _open(connection, [problem], settings, at)
        _post(connection, [letters.opening(incident, settings, at)], settings, at)
    return incident


def record_outage(
    connection: Connection[Any], settings: Settings, *, since: datetime, at: datetime
) -> bool:
    """Note, once the warehouse is back, that it could not be reached, and mail that it is over.

    Args:
        connection: session of the warehouse; a transaction that it is in is committed first.
        settings: recipients, language, zone.
        since: when people were told, aware.
        at: now, aware.

    Returns:
        Whether it was new: told twice of the same outage it does nothing.
    """
    with _turn(connection):
        row = connection.execute(
            statement("health/insert_outage"),
            {"cause_key": judging.WAREHOUSE, "opened_at": since, "at": max(at, since)},
        ).fetchone()
        if row is None:
            return False
        incident = Incident(
            incident_id=int(row[0]),
            cause_key=judging.WAREHOUSE,
            verdict="WAREHOUSE_UNREACHABLE",
            opened_at=since,
            since_at=since,
            seen_at=since,
            seen_count=1,
            well_since_at=None,
            closed_at=None,
        ).closed(at)
        _post(connection, [letters.recovery(incident, settings, at)], settings, at)
    return True


def look(connection: Connection[Any], at: datetime) -> tuple[list[Health], list[Incident]]:
    """How each watched table is, and which incidents are open; nothing is written.

    Args:
        connection: session of the warehouse, in a transaction.
        at: now, aware.
    """
    _set_patience(connection, LOCK_SECONDS, WATCH_SECONDS)
    return read_health(connection, at), open_incidents(connection)


def read_health(connection: Connection[Any], at: datetime) -> list[Health]:
    """How each watched table is at a moment, in the order of the catalogue."""
    with connection.cursor(row_factory=class_row(Health)) as cursor:
        return cursor.execute(statement("health/read_health"), {"at": at}).fetchall()


def open_incidents(connection: Connection[Any]) -> list[Incident]:
    """The incidents that are open, oldest first."""
    with connection.cursor(row_factory=class_row(Incident)) as cursor:
        return cursor.execute(statement("health/read_incidents")).fetchall()


def last_watch(connection: Connection[Any]) -> tuple[datetime | None, str | None]:
    """When Airflow last looked at health, and which task; None for never."""
    row = connection.execute(statement("health/read_watch")).fetchone()
    return (row[0], str(row[1])) if row else (None, None)


def is_unwatched(watched_at: datetime | None, at: datetime) -> bool:
    """Whether Airflow should have looked at health since."""
    return watched_at is None or at - watched_at > judging.WATCH_LIMIT


def failed_task_id(failure: Failure) -> str:
    """What the incident calls the task: its id, with the DAG's where that is not the pipeline's."""
    own = failure.dag_id in (letters.PIPELINE_DAG, "n/a")
    return failure.task_id if own else f"{failure.dag_id}.{failure.task_id}"


@contextmanager
def _turn(connection: Connection[Any], seconds: float = TASK_SECONDS) -> Iterator[None]:
    """One transaction, in which nobody else looks after incidents."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        # Else all of this would be a part of that transaction, and lost if that is rolled back
        # after the mails went out.
        connection.commit()
    with connection.transaction():
        _set_patience(connection, seconds, seconds)
        connection.execute(statement("health/take_turn"))
        _set_patience(connection, LOCK_SECONDS, 2 * seconds)
        yield


def _set_patience(connection: Connection[Any], lock_seconds: float, seconds: float) -> None:
    connection.execute(
        statement("health/set_patience"),
        {"lock_timeout": f"{lock_seconds:g}s", "statement_timeout": f"{seconds:g}s"},
    )


def _problem_of(
    connection: Connection[Any], failure: Failure, rows: Sequence[Health], at: datetime
) -> Problem:
    """What is wrong when a task has failed: a source, or the task itself."""
    blamed = _blamed(failure, rows)
    error = failure.error_text if failure.cause is Cause.TEXT else failure.error_class
    facts: dict[str, Any] = {
        "dag_id": failure.dag_id,
        "dag_run_id": failure.run_id,
        "task_id": failure.task_id,
        "error": error[:600] or None,
        "failed_at": at.isoformat(),
        "log_url": failure.log_url or None,
        **_scope(connection, failure),
    }
    if blamed is None and failure.source_table is None:
        return Problem(judging.task_key(failed_task_id(failure)), "TASK_FAILED", at, facts)
    table = str(failure.source_table or (blamed and blamed.source_name))
    key = judging.source_key(table)
    is_unreadable = blamed is not None and blamed.health_status in _UNREADABLE
    is_load = failure.source_table is not None
    # What the ledger has on an earlier run is not about this one.
    about_runs = ("run_id", "task_id", "dag_run_id", "error")
    evidence = blamed.evidence if blamed else {}
    evidence = {name: fact for name, fact in evidence.items() if name not in about_runs}
    return Problem(
        cause_key=key,
        verdict=_UNREADABLE[blamed.health_status]
        if blamed is not None and is_unreadable and not is_load
        else "RUN_FAILED",
        since_at=blamed.since_at if blamed and blamed.diagnosis == "RUN_FAILED" else at,
        facts={**evidence, "cause_source": table, **facts},
        impact=judging.impact(rows, key),
    )


def _blamed(failure: Failure, rows: Iterable[Health]) -> Health | None:
    """The watched table that the failure is about; None when it names none that is broken."""
    for row in rows:
        if row.source_name == failure.source_table:
            return row
        is_broken = row.health_status in _UNREADABLE
        if is_broken and re.search(rf"\b{re.escape(row.source_name)}\b", failure.error_text):
            return row
    return None


def _scope(connection: Connection[Any], failure: Failure) -> dict[str, Any]:
    """The ledger's number of a failed run, and its days."""
    row = connection.execute(
        statement("health/last_failed_run"),
        {"dag_id": failure.dag_id, "dag_run_id": failure.run_id, "task_id": failure.task_id},
    ).fetchone()
    run_id, *days = row or (None, *(failure.days or (None, None)))
    facts = {"run_id": run_id, "date_from": days[0], "date_to": days[1]}
    return {
        name: fact if isinstance(fact, int) else str(fact)
        for name, fact in facts.items()
        if fact is not None
    }


def _awaited(incident: Incident) -> list[str]:
    """The tasks whose success says that an incident is over."""
    if incident.is_about_jobs and incident.table is not None:
        return [*incident.tasks, f"ingest.{incident.table}"]
    return incident.tasks


def _not_watched(last_at: datetime | None, settings: Settings) -> Problem:
    facts = {"watched_at": letters.local(last_at, settings)} if last_at else {}
    return Problem(judging.WATCH, "NOT_WATCHED", last_at, facts)


def _proofs(
    connection: Connection[Any], incidents: Sequence[Incident], at: datetime
) -> dict[int, Proof]:
    """What the ledger has on each incident."""
    asked = [
        {
            "incident_id": one.incident_id,
            "source_table": one.table,
            "tasks": one.tasks,
            "after_at": one.opened_at.isoformat(),
        }
        for one in incidents
    ]
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            statement("health/read_proofs"), {"at": at, "incidents": Jsonb(asked)}
        ).fetchall()
    return {row.pop("incident_id"): Proof(**row) for row in rows}


def _open(
    connection: Connection[Any], found: Sequence[Problem], settings: Settings, at: datetime
) -> list[Incident]:
    """Open an incident for each problem."""
    if not found:
        return []
    rows = connection.execute(
        statement("health/insert_incidents"),
        {"at": at, "incidents": Jsonb([_plain(asdict(one)) for one in found])},
    ).fetchall()
    keys = {key for _, key in rows}
    return [one for one in open_incidents(connection) if one.cause_key in keys]


def _update(connection: Connection[Any], incidents: Sequence[Incident]) -> None:
    """Write what is known of some incidents now."""
    if incidents:
        connection.execute(
            statement("health/update_incidents"),
            {"incidents": Jsonb([_plain(_row(one)) for one in incidents])},
        )


def _row(incident: Incident) -> dict[str, Any]:
    return {one.name: getattr(incident, one.name) for one in fields(incident)}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON has it."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }


def _digest(
    connection: Connection[Any], still_open: Sequence[Incident], settings: Settings, at: datetime
) -> list[letters.Mail]:
    """The mail of the day about what stays open, once a day and only while something does."""
    now = at.astimezone(settings.zone)
    is_long = any(at - one.opened_at > DIGEST_AFTER for one in still_open)
    if not is_long or now.hour < settings.digest_hour or not settings.alert_recipients:
        return []
    row = connection.execute(statement("health/last_digest")).fetchone()
    if row is not None and row[0] is not None and row[0] >= now.date():
        return []
    _update(connection, [replace(one, digested_on=now.date()) for one in still_open])
    return [letters.digest(still_open, settings, at)]


def _post(
    connection: Connection[Any], mails: Sequence[letters.Mail], settings: Settings, at: datetime
) -> int:
    """Put mails into the outbox; none without recipients."""
    if not mails or not settings.alert_recipients:
        return 0
    written = [
        {
            **asdict(mail),
            "recipients": settings.alert_recipients,
            "message_id": letters.message_id(settings),
        }
        for mail in mails
    ]
    return connection.execute(
        statement("health/insert_mails"), {"at": at, "mails": Jsonb(written)}
    ).rowcount
