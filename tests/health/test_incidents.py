"""Incidents: opened once, updated, closed when over; one opening and one recovery mail each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql

from health.world import CABINET, DRIVERS, LEAD_SOURCES, MIGRATIONS, NOW, World
from leads.health import incidents
from leads.health.failed_task import Cause, Failure
from leads.health.incidents import COMMAND, Watched
from leads.health.judging import Incident
from leads.settings import Settings, load_settings
from leads.windows import UTC

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CANARY = "+51 987 654 321"


def settings(**overrides: str) -> Settings:
    chosen = {"ALERT_TO": "ops@example.com", "LANGUAGE": "en", **overrides}
    return load_settings({f"LEADS_{name}": value for name, value in chosen.items()})


def look(world: World, at: datetime, by: str = "watch", **overrides: str) -> Watched:
    return incidents.watch(world.session, settings(**overrides), at=at, by=by)


def failure(task_id: str, error: str = "", **changes: object) -> Failure:
    is_load = task_id.startswith("ingest.")
    whole = Failure(
        dag_id="identity_ingestion",
        task_id=task_id,
        source_table=task_id.removeprefix("ingest.") if is_load else None,
        run_id="scheduled__x",
        run_type="scheduled",
        window=None,
        days=None,
        zone=ZoneInfo("America/Lima"),
        try_number=3,
        tries=3,
        cause=Cause.TEXT if error else Cause.CLASS,
        error_class="LeadsError" if error else "ValueError",
        error_text=error,
        log_url="http://airflow.example/log",
        clear_command="airflow dags clear",
        run_command="./leads run",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def fail(world: World, task_id: str, error: str = "", at: datetime = NOW) -> Incident:
    return incidents.record_failure(world.session, failure(task_id, error), settings(), at=at)


def succeed(world: World, *task_ids: str, at: datetime) -> list[str]:
    closed = incidents.record_success(world.session, task_ids, settings(), at=at)
    return [one.cause_key for one in closed]


def keys(found: tuple[Incident, ...]) -> list[str]:
    return [one.cause_key for one in found]


def opened(world: World) -> list[str]:
    rows = world.run("SELECT cause_key FROM ops.incidents WHERE closed_at IS NULL ORDER BY id")
    return [row.cause_key for row in rows]


def mails(world: World) -> list[str]:
    written = world.run("SELECT kind, subject FROM ops.mails ORDER BY id")
    return [f"{row.kind}: {row.subject}" for row in written]


@contextmanager
def missing(world: World, table: str) -> Iterator[None]:
    world.run(f"ALTER TABLE public.{table} RENAME TO elsewhere")
    yield
    world.run(f"ALTER TABLE public.elsewhere RENAME TO {table}")


# The look at health -------------------------------------------------------------------------------


def test_a_world_that_is_well_has_no_incident(world: World) -> None:
    world.all_well()
    found = look(world, NOW)
    assert (found.opened, found.still_open, found.mail_count) == ((), (), 0)
    assert {row.level for row in found.rows} == {"GREEN"}


def test_one_problem_is_opened_once_updated_and_closed_with_one_mail_each(world: World) -> None:
    world.all_well()
    with missing(world, DRIVERS):
        assert keys(look(world, NOW).opened) == [f"source:{DRIVERS}"]
        again = look(world, NOW + 15 * MINUTE)
        assert (again.opened, again.mail_count) == ((), 0)
        assert again.still_open[0].seen_count == 2
    looks_well = look(world, NOW + 30 * MINUTE)
    assert (looks_well.closed, keys(looks_well.still_open)) == ((), [f"source:{DRIVERS}"])
    assert keys(look(world, NOW + 60 * MINUTE).closed) == [f"source:{DRIVERS}"]
    assert mails(world) == [
        f"opening: [leads] The table is missing: {DRIVERS}",
        f"recovery: [leads] Well again after 30 min: {DRIVERS}",
    ]
    assert look(world, NOW + 75 * MINUTE).mail_count == 0


def test_what_flickers_within_half_an_hour_is_one_incident_and_one_mail(world: World) -> None:
    world.all_well()
    for step in range(6):
        with missing(world, DRIVERS):
            look(world, NOW + 2 * step * 15 * MINUTE)
        look(world, NOW + (2 * step + 1) * 15 * MINUTE)
    assert opened(world) == [f"source:{DRIVERS}"]
    assert mails(world) == [f"opening: [leads] The table is missing: {DRIVERS}"]


def test_leads_that_end_because_a_source_does_are_the_sources_problem(world: World) -> None:
    world.all_well(NOW - 3 * DAY)
    for table in LEAD_SOURCES:
        world.ledger(table, NOW - HOUR)
    found = look(world, NOW)
    assert "source:lead_events" not in keys(found.opened)
    (cabinet,) = [one for one in found.opened if one.table == CABINET]
    assert (cabinet.verdict, list(cabinet.impact)) == ("UPSTREAM_STALE", [CABINET, "lead_events"])
    assert cabinet.since_at == NOW - 3 * DAY - 2 * HOUR


def test_a_table_that_somebody_has_locked_is_no_problem_and_holds_an_open_one(
    world: World, health_conninfo: str
) -> None:
    world.all_well()
    with missing(world, DRIVERS):
        look(world, NOW)
    with psycopg.connect(health_conninfo) as other:
        other.execute(f"LOCK TABLE public.{DRIVERS}, public.{MIGRATIONS}".encode())
        for minutes in (15, 60):
            found = look(world, NOW + minutes * MINUTE)
            assert (keys(found.opened), keys(found.closed)) == ([], [])
    assert opened(world) == [f"source:{DRIVERS}"]


def test_yellow_and_a_backlog_open_nothing(world: World) -> None:
    world.all_well(NOW - 20 * HOUR)
    world.ledger(None, None, job="identity_run", started=NOW - MINUTE)
    world.lead(CABINET, NOW - HOUR)
    found = look(world, NOW)
    assert {row.level for row in found.rows} > {"YELLOW"}
    assert found.opened == ()


def test_the_pipeline_is_a_problem_only_once_a_run_is_overdue(world: World) -> None:
    world.all_well(NOW - 3 * DAY)
    for table in LEAD_SOURCES:
        world.lead(table, NOW - 2 * HOUR)
    world.ledger(None, NOW - 8 * HOUR, job="view_validation")
    early = look(world, NOW)
    assert "PIPELINE_NOT_RUN" in {row.diagnosis for row in early.rows if row.level == "RED"}
    assert "pipeline" not in keys(early.opened)
    (pipeline,) = look(world, NOW + 2 * HOUR).opened
    assert pipeline.cause_key == "pipeline"
    assert "lead_events" in pipeline.impact
    world.ledger(None, NOW + 3 * HOUR, job="view_validation")
    over = look(world, NOW + 3 * HOUR + MINUTE)
    assert "pipeline" in keys(over.closed), "a run that ended well proves it at once"


def test_new_rows_that_are_all_rejected_are_told_though_nothing_is_red(world: World) -> None:
    world.all_well(NOW)
    for table in ("module_ct_cabinet_leads", "observational.lead_events"):
        world.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(*table.split("."))))
    world.put(CABINET, id=50, created_at=NOW - 3 * HOUR)
    world.reject(CABINET, 50, NOW - 2 * HOUR)
    assert world.health(NOW)[CABINET].level == "YELLOW"
    assert keys(look(world, NOW).opened) == [f"source:{CABINET}"]
    assert "REJECTED" in {row.verdict for row in world.run("SELECT verdict FROM ops.incidents")}


def test_without_recipients_incidents_are_kept_and_no_mail_is_written(world: World) -> None:
    world.all_well()
    with missing(world, DRIVERS):
        assert look(world, NOW, ALERT_TO=" , ").mail_count == 0
    look(world, NOW + HOUR)
    assert keys(look(world, NOW + 2 * HOUR).closed) == [f"source:{DRIVERS}"]
    assert mails(world) == [], "who was not told of the beginning is not told of the end"


def test_what_is_open_for_a_day_comes_once_a_day_from_eight_on(world: World) -> None:
    world.all_well()
    with missing(world, DRIVERS):
        look(world, NOW)
        tomorrow = NOW + DAY
        for at, count in (
            (tomorrow.replace(hour=8), 0),  # open for 22 hours
            (tomorrow.replace(hour=11), 1),
            (tomorrow.replace(hour=12), 0),
            ((tomorrow + DAY).replace(hour=7, minute=45), 0),
            ((tomorrow + DAY).replace(hour=8), 1),
            ((tomorrow + DAY).replace(hour=8, minute=15), 0),
        ):
            world.run("DELETE FROM ops.mails WHERE kind = 'digest'")
            look(world, at)
            digests = [mail for mail in mails(world) if mail.startswith("digest")]
            assert len(digests) == count, at


def test_two_who_look_at_once_open_one_incident(world: World, health_conninfo: str) -> None:
    world.all_well()
    with missing(world, DRIVERS), psycopg.connect(health_conninfo) as other:
        look(world, NOW)
        found = incidents.watch(other, settings(), at=NOW, by="other")
    assert found.opened == ()
    assert len(mails(world)) == 1


# Failed tasks -------------------------------------------------------------------------------------


def test_a_load_that_fails_five_times_is_one_incident_and_the_next_one_ends_it(
    world: World,
) -> None:
    world.all_well()
    for number in range(5):
        at = NOW + number * HOUR
        world.ledger(CABINET, at, "FAILED", error="column gone")
        fail(world, f"ingest.{CABINET}", "column gone", at)
    assert opened(world) == [f"source:{CABINET}"]
    later = NOW + 5 * HOUR
    world.ledger(CABINET, later)
    assert succeed(world, f"ingest.{CABINET}", at=later + MINUTE) == [f"source:{CABINET}"]
    assert mails(world) == [
        f"opening: [leads] identity_ingestion: ingest.{CABINET} failed",
        f"recovery: [leads] Well again after 5 h 1 min: {CABINET}",
    ]


def test_the_ledger_proves_that_a_failed_load_is_mended_without_anybody_saying_so(
    world: World,
) -> None:
    world.all_well()
    world.ledger(CABINET, NOW, "FAILED", error="column gone")
    fail(world, f"ingest.{CABINET}", "column gone")
    assert look(world, NOW + 2 * HOUR).closed == (), "the last load of it failed"
    world.ledger(CABINET, NOW + 3 * HOUR)
    assert keys(look(world, NOW + 3 * HOUR + MINUTE).closed) == [f"source:{CABINET}"]


def test_an_earlier_success_of_a_run_that_ends_later_ends_nothing(world: World) -> None:
    world.all_well()
    world.ledger(CABINET, NOW - MINUTE)
    world.ledger(CABINET, NOW, "FAILED", error="column gone")
    fail(world, f"ingest.{CABINET}", "column gone")
    assert succeed(world, f"ingest.{CABINET}", at=NOW + MINUTE) == []
    assert opened(world) == [f"source:{CABINET}"]


def test_a_missing_table_that_fails_three_tasks_is_one_incident(world: World) -> None:
    world.all_well()
    error = f'public.{DRIVERS}: relation "public.{DRIVERS}" does not exist (42P01).'
    with missing(world, DRIVERS):
        for task_id in ("resolve_identities", "refresh_views", "validate_views"):
            fail(world, task_id, error)
        assert look(world, NOW + MINUTE).opened == ()
    assert opened(world) == [f"source:{DRIVERS}"]
    ended = NOW + HOUR
    assert succeed(world, "resolve_identities", "refresh_views", at=ended) == []
    assert succeed(world, "validate_views", at=ended) == [f"source:{DRIVERS}"]
    assert len(mails(world)) == 2


def test_what_the_look_found_first_the_failed_load_adds_to(world: World) -> None:
    world.all_well()
    with missing(world, MIGRATIONS):
        assert keys(look(world, NOW).opened) == [f"source:{MIGRATIONS}"]
        world.ledger(MIGRATIONS, NOW + MINUTE, "FAILED", error="gone")
        incident = fail(world, f"ingest.{MIGRATIONS}", "gone", NOW + MINUTE)
        assert (incident.seen_count, incident.verdict) == (2, "RUN_FAILED")
        assert look(world, NOW + 2 * MINUTE).opened == ()
    assert len(mails(world)) == 1


def test_a_source_that_is_still_bad_stays_open_when_its_load_succeeds(world: World) -> None:
    world.all_well(NOW - 3 * DAY)
    world.ledger(CABINET, NOW, "FAILED", error="column gone")
    fail(world, f"ingest.{CABINET}", "column gone")
    world.ledger(CABINET, NOW + HOUR)
    assert succeed(world, f"ingest.{CABINET}", at=NOW + HOUR) == []
    (stale,) = [one for one in look(world, NOW + HOUR).still_open if one.table == CABINET]
    assert stale.verdict == "UPSTREAM_STALE"


def test_a_task_of_no_source_is_closed_by_its_own_success_only(world: World) -> None:
    world.all_well()
    fail(world, "health_check", "3 keys are missing")
    fail(world, "attribute_leads", "deadlock")
    look(world, NOW + 2 * HOUR)
    assert opened(world) == ["task:health_check", "task:attribute_leads"]
    assert succeed(world, "health_check", at=NOW + 3 * HOUR) == ["task:health_check"]
    world.ledger(None, NOW + 4 * HOUR, job="lead_attribution", task_id="attribute_leads")
    assert keys(look(world, NOW + 5 * HOUR).closed) == ["task:attribute_leads"]


def test_no_foreign_error_text_is_kept(world: World) -> None:
    world.all_well()
    fail(world, "attribute_leads", at=NOW)
    told = failure("resolve_identities", cause=Cause.CLASS, error_class="ValueError")
    incidents.record_failure(world.session, told, settings(), at=NOW)
    kept = world.run("SELECT concat(facts::text, impact::text) AS text FROM ops.incidents")
    kept += world.run("SELECT concat(subject, body_text, body_html) AS text FROM ops.mails")
    assert len(kept) == 4
    for row in kept:
        assert "ValueError" in row.text or "attribute_leads" in row.text
        assert CANARY not in row.text


def test_a_session_in_a_transaction_is_committed_first(world: World) -> None:
    world.all_well()
    world.session.execute("SELECT 1")
    with missing(world, DRIVERS):
        world.session.execute("SELECT 1")
        look(world, NOW)
        world.session.rollback()
    assert opened(world) == [f"source:{DRIVERS}"]


# The deadline, and the dead man -------------------------------------------------------------------


def late(world: World, run_id: str, at: datetime) -> Incident:
    return incidents.record_deadline(
        world.session, settings(), at=at, dag_run_id=run_id, deadline=at - MINUTE
    )


def test_runs_that_are_late_are_one_incident_until_a_run_is_done(world: World) -> None:
    world.all_well()
    first = late(world, "scheduled__1", NOW)
    assert late(world, "scheduled__2", NOW + HOUR).incident_id == first.incident_id
    assert mails(world) == ["opening: [leads] A run is not done in time: scheduled__1"]
    world.ledger(CABINET, NOW + HOUR)
    assert look(world, NOW + 2 * HOUR).closed == (), "a run that is half done is not done"
    world.ledger(None, NOW + 2 * HOUR, job="view_validation")
    assert keys(look(world, NOW + 3 * HOUR).closed) == ["deadline"]


def test_the_dead_mans_check_tells_that_nobody_looks_and_airflow_ends_it(world: World) -> None:
    world.all_well()
    look(world, NOW, by="lead_health.watch")
    assert look(world, NOW + 59 * MINUTE, by=COMMAND).opened == ()
    assert keys(look(world, NOW + 61 * MINUTE, by=COMMAND).opened) == ["watch"]
    again = look(world, NOW + 90 * MINUTE, by=COMMAND)
    assert (again.opened, keys(again.still_open)) == ((), ["watch"]), "its own look is none"
    assert keys(look(world, NOW + 2 * HOUR, by="lead_health.watch").closed) == ["watch"]
    assert mails(world) == [
        "opening: [leads] Nobody looked",
        "recovery: [leads] Well again after 59 min: Nobody looked",
    ]


def test_a_look_costs_little(world: World) -> None:
    world.all_well()
    began = datetime.now(UTC)
    for number in range(10):
        look(world, NOW + number * MINUTE)
    assert (datetime.now(UTC) - began) / 10 < timedelta(milliseconds=300)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_verdict_has_its_mails(world: World, language: str) -> None:
    from leads.health import letters
    from leads.health.verdicts import verdicts

    chosen = settings(LANGUAGE=language)
    for code in verdicts(language):
        open_one = Incident(1, f"source:{CABINET}", code, NOW, None, NOW, 1, None, None)
        for written in (
            letters.opening(open_one, chosen, NOW),
            letters.opening(open_one, chosen, NOW, failure("ingest.x", "{{ 7 * 7 }} <b>")),
            letters.recovery(open_one.closed(NOW + HOUR), chosen, NOW + HOUR),
            letters.digest([open_one], chosen, NOW + DAY),
        ):
            assert written.subject.startswith("[leads] ")
            assert "\n" not in written.subject
            assert "{" not in written.body_text.replace("{{ 7 * 7 }}", "")
            assert "<b>" not in written.body_html or "&lt;b&gt;" in written.body_html
