"""`./leads health`: how the data is, whose fault it is, and whether anybody watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads.cli.texts import Language

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import Connection

    from leads.cli.identity_session import Session
    from leads.health.airflow_state import AirflowState
    from leads.health.judging import Health, Incident
    from leads.health.mails import Delivered
    from leads.local.home import Home
    from leads.settings import Settings

#: How long `--send` may take with the mail server.
SEND_SECONDS = 30.0
UNWELL, UNREACHABLE = 1, 3


@dataclass(frozen=True, slots=True)
class Report:
    """All that the command tells."""

    at: datetime
    rows: Sequence[Health]
    incidents: Sequence[Incident]
    watched_at: datetime | None
    watched_by: str | None
    waiting: dict[str, Any]
    airflow: AirflowState | None
    opened_count: int = 0
    closed_count: int = 0
    delivered: Delivered | None = None

    @property
    def is_watched(self) -> bool:
        """Whether Airflow has looked in the last hour."""
        from leads.health.incidents import is_unwatched

        return not is_unwatched(self.watched_at, self.at)

    @property
    def critical_reds(self) -> list[str]:
        """The critical sources that are not well."""
        return [row.source_name for row in self.rows if row.is_critical and row.level == "RED"]


def health(
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="For cron: 1 when something is wrong.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    send: Annotated[
        bool,
        typer.Option("--send", help="Open and close incidents, and send their mails."),
    ] = False,
    language: Annotated[
        Language | None,
        typer.Option(
            "--language", "--lang", help="es or en; otherwise LEADS_LANGUAGE.", show_default=False
        ),
    ] = None,
) -> None:
    """Show how each source is, whose fault it is and what to do; and whether anybody watches.

    It works without Airflow: with --send it is the dead man's check, which tells people when the
    task that tells people does not run. Exit status with --exit-code: 0 all critical sources are
    well and watched, 1 one is RED or Airflow has not looked for an hour; always: 2 wrong usage,
    3 the warehouse cannot be reached.

    For example:

      ./leads health

      ./leads health --json

      */10 * * * *  cd /opt/leads && ./leads health --exit-code --send >/dev/null || logger leads
                                        the line for cron, on another machine if you have one
    """
    import psycopg
    from psycopg import errors

    from leads.cli.errors import sentence
    from leads.cli.identity_session import identity_session
    from leads.local.postgres import PostgresError

    not_migrated = (errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName)
    try:
        with identity_session(language) as session:
            try:
                report = _look(session.connection, session.settings, send=send)
            except not_migrated:
                session.print(session.say("health.empty"))
                raise typer.Exit(UNWELL) from None
            if as_json:
                session.console.print_json(data=_plain(report))
            else:
                _show(session, report)
    except (psycopg.OperationalError, PostgresError) as error:
        typer.echo(f"leads: {sentence(error)}", err=True)
        raise typer.Exit(UNREACHABLE) from None
    if exit_code and (report.critical_reds or not report.is_watched):
        raise typer.Exit(UNWELL)


def _look(connection: Connection[Any], settings: Settings, *, send: bool) -> Report:
    """Ask Airflow, then the warehouse; with `send`, do what Airflow's monitor does."""
    from datetime import datetime

    from psycopg.rows import dict_row

    from leads.health import incidents
    from leads.health.mails import deliver
    from leads.local.home import Home
    from leads.statements import statement
    from leads.windows import UTC

    at = datetime.now(UTC)
    airflow = _ask_airflow(Home(settings.home), connection, at)
    opened_count = closed_count = 0
    delivered = None
    if send:
        found = incidents.watch(connection, settings, at=at, by=incidents.COMMAND)
        opened_count, closed_count = len(found.opened), len(found.closed)
        delivered = deliver(connection, settings, seconds=SEND_SECONDS, is_monitor=True)
    with connection.transaction():
        rows, still_open = incidents.look(connection, at)
        watched_at, watched_by = incidents.last_watch(connection)
        with connection.cursor(row_factory=dict_row) as cursor:
            waiting = cursor.execute(statement("health/waiting_mails")).fetchone()
    return Report(
        at=at,
        rows=rows,
        incidents=still_open,
        watched_at=watched_at,
        watched_by=watched_by,
        waiting=dict(waiting or {}),
        airflow=airflow,
        opened_count=opened_count,
        closed_count=closed_count,
        delivered=delivered,
    )


def _ask_airflow(home: Home, connection: Connection[Any], at: datetime) -> AirflowState | None:
    """What Airflow says of itself, kept for the verdicts; None when it is not up."""
    import os
    from datetime import datetime

    from leads.health.airflow_state import AirflowState, note_airflow
    from leads.local.api import DAG_ID, DAG_RUNS, ApiError
    from leads.local.running import running_api

    api = running_api(home)
    if api is None:
        return None
    # For the links in the mails.
    os.environ.setdefault("AIRFLOW__API__BASE_URL", api.base_url)
    try:
        dag = api.get(f"/api/v2/dags/{DAG_ID}")
        due = dag.get("next_dagrun_run_after")
        state = AirflowState(
            is_paused=bool(dag["is_paused"]),
            is_scheduler_alive=api.health()["scheduler"] == "healthy",
            running_count=int(api.get(DAG_RUNS, state="running", limit=1)["total_entries"]),
            queued_count=int(api.get(DAG_RUNS, state="queued", limit=1)["total_entries"]),
            next_run_at=datetime.fromisoformat(due) if due else None,
        )
    except ApiError:
        return None
    note_airflow(connection, state, at=at)
    return state


def _show(session: Session, report: Report) -> None:
    """The report for people."""
    say = session.say
    session.console.print(_sources_table(session, report))
    if report.incidents:
        session.console.print(_incidents_table(session, report))
    else:
        session.print(say("health.no_incidents"))
    if report.delivered is not None:
        session.print(
            say("health.opened", count=report.opened_count, closed=report.closed_count)
            + " "
            + say(
                "health.sent",
                sent=report.delivered.sent_count,
                waiting=report.delivered.waiting_count,
            )
        )
    session.print(_mails_line(session, report))
    session.print(_airflow_line(session, report))
    session.print(_watched_line(session, report))
    reds = report.critical_reds
    session.print(say("health.unwell", names=", ".join(reds)) if reds else say("health.well"))


def _sources_table(session: Session, report: Report) -> Any:
    from rich.text import Text

    from leads.cli.identity_session import cells, table
    from leads.health.letters import fill
    from leads.health.verdicts import verdicts

    say, words = session.say, verdicts(session.language)
    columns = ("level", "source", "verdict", "last", "since", "action")
    shown = table(say("health.title"), *(say(f"health.col.{name}") for name in columns))
    styles = {"RED": "bold red", "YELLOW": "yellow", "GREEN": "green"}
    for row in report.rows:
        verdict = words.get(row.diagnosis or "")
        title = verdict.title if verdict else say("health.ok")
        shown.add_row(
            Text(row.level, style=styles[row.level]),
            *cells(row.source_name, say("health.locked") if row.is_locked else title),
            *cells(row.max_business_date),
            *cells(session.local(row.since_at) if row.since_at else None),
            *cells(fill(verdict.action, row.evidence) if verdict else None),
        )
    return shown


def _incidents_table(session: Session, report: Report) -> Any:
    from leads.cli.identity_session import cells, table
    from leads.health.letters import span
    from leads.health.verdicts import verdicts

    say, words = session.say, verdicts(session.language)
    columns = ("about", "verdict", "opened", "open_for")
    shown = table(say("health.incidents"), *(say(f"health.col.{name}") for name in columns))
    for one in report.incidents:
        shown.add_row(
            *cells(one.cause_key, words[one.verdict].title),
            *cells(session.local(one.opened_at), span(report.at - one.opened_at)),
        )
    return shown


def _mails_line(session: Session, report: Report) -> str:
    say, waiting = session.say, report.waiting
    if not waiting["waiting_count"]:
        return say("health.mails_none")
    return say(
        "health.mails_waiting",
        count=waiting["waiting_count"],
        since=session.local(waiting["waiting_since"]),
        error=waiting["last_error"] or say("health.mails_untried"),
    )


def _airflow_line(session: Session, report: Report) -> str:
    say, state = session.say, report.airflow
    if state is None:
        return say("health.airflow_down")
    return say(
        "health.airflow",
        scheduler=say("health.ok") if state.is_scheduler_alive else "–",
        dag=say("health.dag_paused" if state.is_paused else "health.dag_active"),
        running=state.running_count,
        queued=state.queued_count,
    )


def _watched_line(session: Session, report: Report) -> str:
    from leads.health.letters import span

    if report.watched_at is None:
        return session.say("health.watched_never")
    return session.say(
        "health.watched" if report.is_watched else "health.watched_late",
        ago=span(report.at - report.watched_at),
        at=session.local(report.watched_at),
        by=report.watched_by,
    )


def _plain(report: Report) -> dict[str, Any]:
    """The report for programs: names of columns, times in UTC."""
    from dataclasses import asdict

    plain = {
        "at": report.at,
        "is_well": not report.critical_reds,
        "is_watched": report.is_watched,
        "watched_at": report.watched_at,
        "watched_by": report.watched_by,
        "sources": [asdict(row) for row in report.rows],
        "incidents": [asdict(one) for one in report.incidents],
        "mails": report.waiting,
        "airflow": asdict(report.airflow) if report.airflow else None,
        "delivered": asdict(report.delivered) if report.delivered else None,
    }
    return dict(_as_json(plain))


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
