"""What fails, fails alone, says so once, and tells nobody's phone number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from e2e.house import House, stopwatch, wait_for
from e2e.post_office import PostOffice
from e2e.raw_rows import CABINET, MIGRATIONS, SCOUTING

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# Raw rows that nobody may see again outside of the tables they belong in.
CANARY = "Zacarias Canario"
CANARY_PHONE = "+51 913 572 468"
PLANTED = b"""
    INSERT INTO module_ct_migrations (driver_id, driver_name, scout_id, hire_date, created_at)
    VALUES (%s, %s, 4242, %s, %s)"""
LOADS_OF = b"""
    SELECT task_id, try_number, status, error_message
    FROM ops.ingestion_runs WHERE dag_run_id = %s AND job_type = 'lead_ingestion' ORDER BY id"""
RUNNING_WORKER = b"""
    SELECT worker, id FROM ops.ingestion_runs WHERE dag_run_id = %s AND status = 'RUNNING'"""
PERSONAL = b"""
    SELECT park_phone FROM module_ct_cabinet_leads
    UNION SELECT asset_plate_number FROM module_ct_cabinet_leads
    UNION SELECT driver_phone FROM module_ct_scouting_daily
    UNION SELECT driver_license FROM module_ct_scouting_daily
    UNION SELECT driver_name FROM module_ct_scouting_daily
    UNION SELECT driver_name FROM module_ct_migrations
    UNION SELECT unnest(array[phone, license_number, full_name, car_number]) FROM drivers"""
KEPT_BY_AIRFLOW = b"""
    SELECT value::text FROM xcom UNION ALL SELECT rendered_fields::text
    FROM rendered_task_instance_fields UNION ALL SELECT extra FROM log
    UNION ALL SELECT conf::text FROM dag_run"""
KEPT_BY_US = b"""
    SELECT concat_ws(' ', error_message, stats) FROM ops.ingestion_runs
    UNION ALL SELECT concat_ws(' ', facts, impact) FROM ops.incidents
    UNION ALL SELECT concat_ws(' ', subject, body_text, body_html, last_error) FROM ops.mails"""


OPEN = b"SELECT cause_key FROM ops.incidents WHERE closed_at IS NULL ORDER BY id"


@dataclass(frozen=True)
class Dropped:
    run_id: str
    states: dict[str, str]
    tries: set[int]
    mails_meanwhile: int
    mails: list[str]
    states_after_clear: dict[str, str]
    mails_after_clear: list[str]
    open_at_last: list[str]


@pytest.fixture(scope="module")
def dropped(well_house: House, post_office: PostOffice) -> Dropped:
    """Two runs while a raw table and the mail server are away, then both back and a run cleared."""
    well_house.up()
    day = str(datetime.now(well_house.zone).date() - timedelta(days=3))
    with stopwatch("dropped table and mail server: failed, mailed, mended"):
        return _drop_and_mend(well_house, post_office, day)


def _drop_and_mend(house: House, post_office: PostOffice, day: str) -> Dropped:
    sent = len(post_office.mails)
    earlier = len(post_office.texts(MIGRATIONS))

    def mails_about_it() -> list[str]:
        return post_office.texts(MIGRATIONS)[earlier:]

    house.sql(b"ALTER TABLE module_ct_migrations RENAME TO module_ct_elsewhere")
    try:
        with post_office.closed():
            conf = {"date_from": day, "date_to": day}
            run_id, other = house.api.trigger(conf), house.api.trigger(conf)
            assert house.finished(run_id, other) == ["failed", "failed"]
            mails_meanwhile = len(post_office.mails) - sent
    finally:
        house.sql(b"ALTER TABLE module_ct_elsewhere RENAME TO module_ct_migrations")
    tasks = house.api.tasks(run_id)
    states, tries = house.states(run_id), {task["try_number"] for task in tasks}
    assert house.look() == "success"
    mails = wait_for("the mail", mails_about_it)
    house.clear(run_id, only_failed=True)
    house.finished(run_id)
    house.clear(other, only_failed=True)
    house.finished(other)
    return Dropped(
        run_id,
        states,
        tries,
        mails_meanwhile,
        mails,
        house.states(run_id),
        mails_about_it()[len(mails) :],
        [key for (key,) in house.sql(OPEN)],
    )


def test_a_dropped_table_fails_its_own_task_without_a_retry(dropped: Dropped) -> None:
    assert dropped.states == {
        MIGRATIONS: "failed",
        CABINET: "success",
        SCOUTING: "success",
        "resolve_identities": "success",
        "attribute_leads": "success",
        "refresh_views": "success",
        "validate_views": "success",
        "health_check": "failed",
    }
    assert dropped.tries == {1}


def test_two_runs_that_it_fails_make_one_mail_that_names_the_table_and_the_fix(
    dropped: Dropped,
) -> None:
    (mail,) = dropped.mails
    assert mail.startswith("[leads] identity_ingestion: ingest.module_ct_migrations failed")
    assert f"public.{MIGRATIONS}" in mail
    assert "Restore the table" in mail
    assert "clear this task" in mail
    assert "/plugin/data-health" in mail


def test_a_mail_server_that_was_away_gets_its_mail_when_it_is_back(dropped: Dropped) -> None:
    assert dropped.mails_meanwhile == 0


def test_one_mail_says_that_it_is_over_and_how_long_it_took(dropped: Dropped) -> None:
    (mail,) = dropped.mails_after_clear
    assert re.match(rf"\[leads\] Well again after \d+ min: {MIGRATIONS}\n", mail)
    assert dropped.open_at_last == []


def test_the_restored_table_is_loaded_by_clearing_the_failures(
    stack: House, dropped: Dropped
) -> None:
    assert set(dropped.states_after_clear.values()) == {"success"}
    rows = stack.sql(LOADS_OF, dropped.run_id)
    mine = [row[1:3] for row in rows if row[0] == f"ingest.{MIGRATIONS}"]
    assert mine == [(1, "FAILED"), (2, "COMPLETED")]
    assert len(rows) == 4  # what had landed was not done again


def waiting_load(house: House, run_id: str) -> tuple[psutil.Process, int]:
    """The task's process, and the ledger row, of a load that waits for its raw table."""
    ((worker, row),) = wait_for("a load that waits", lambda: house.sql(RUNNING_WORKER, run_id))
    return psutil.Process(int(worker.rpartition(":")[2])), row


@dataclass(frozen=True)
class Troubles:
    """Three runs at once, each in trouble of its own with a source of its own."""

    locked: str
    killed: str
    quoted: str
    killed_row: int


@pytest.fixture(scope="module")
def troubles(house: House, dropped: Dropped, post_office: PostOffice) -> Troubles:
    with stopwatch("locked table, killed worker and quoting error, side by side"):
        return _make_trouble(house, post_office)


def _make_trouble(house: House, post_office: PostOffice) -> Troubles:
    today = datetime.now(house.zone).replace(tzinfo=None)
    day = str(today.date() - timedelta(days=3))

    def trigger(source: str) -> str:
        conf = {"date_from": day, "date_to": day, "sources": [source]}
        run_id: str = house.api.trigger(conf)
        return run_id

    house.sql(
        b"""ALTER TABLE observational.lead_events
        ADD CONSTRAINT canary_ck CHECK (scout_id != 4242) NOT VALID"""
    )
    house.sql(PLANTED, CANARY, f"{CANARY} {CANARY_PHONE}", day, today)
    try:
        with house.locked(b"module_ct_scouting_daily"):
            with house.locked(b"module_ct_cabinet_leads"):
                killed = trigger(CABINET)
                locked, quoted = trigger(SCOUTING), trigger(MIGRATIONS)
                worker, row = waiting_load(house, killed)
                worker.kill()
            house.finished(killed, locked, quoted)
    finally:
        house.sql(b"ALTER TABLE observational.lead_events DROP CONSTRAINT canary_ck")
    wait_for("two mails", lambda: post_office.texts(locked) and post_office.texts(quoted))
    return Troubles(locked, killed, quoted, row)


def test_a_locked_table_is_tried_again_and_then_mailed_once(
    stack: House, troubles: Troubles, post_office: PostOffice
) -> None:
    rows = stack.sql(LOADS_OF, troubles.locked)
    assert [row[:3] for row in rows] == [
        (f"ingest.{SCOUTING}", 1, "FAILED"),
        (f"ingest.{SCOUTING}", 2, "FAILED"),
    ]
    (mail,) = post_office.texts(troubles.locked)
    for text in (mail, *(row[3] for row in rows)):
        assert f"public.{SCOUTING}: still locked by another session" in text
    assert "2 of 2" in mail
    assert stack.states(troubles.locked)["health_check"] == "failed"


def test_a_killed_worker_is_tried_again_and_its_ledger_row_ends_failed(
    stack: House, troubles: Troubles, post_office: PostOffice
) -> None:
    rows = stack.sql(LOADS_OF, troubles.killed)
    assert [row[:3] for row in rows] == [
        (f"ingest.{CABINET}", 1, "FAILED"),
        (f"ingest.{CABINET}", 2, "COMPLETED"),
    ]
    ((killed_row,),) = stack.sql(
        b"SELECT id FROM ops.ingestion_runs WHERE dag_run_id = %s AND try_number = 1"
        b" AND job_type = 'lead_ingestion'",
        troubles.killed,
    )
    assert killed_row == troubles.killed_row
    assert "Nothing of this" in rows[0][3]
    assert stack.api.run(troubles.killed)["state"] == "success"
    assert post_office.texts(troubles.killed) == []


def test_a_lost_machine_is_missed_and_its_load_done_again(
    stack: House, dropped: Dropped, nightly: bool
) -> None:
    if not nightly:
        pytest.skip("Airflow misses a worker after a minute; --nightly waits for it")
    with stopwatch("kill -9 of a worker with its supervisor, until the run has succeeded"):
        with stack.locked(b"module_ct_cabinet_leads"):
            run_id = stack.api.trigger({"sources": [CABINET]})
            worker, _ = waiting_load(stack, run_id)
            for process in (worker.parent(), worker):
                assert process is not None
                process.kill()
        assert stack.finished(run_id) == ["success"]
    assert [row[1:3] for row in stack.sql(LOADS_OF, run_id)] == [(1, "FAILED"), (2, "COMPLETED")]


def test_an_error_that_quotes_a_row_is_told_without_the_row(
    stack: House, troubles: Troubles, post_office: PostOffice
) -> None:
    assert CANARY in stack.server.log.read_text()  # PostgreSQL did quote it
    ((task_id, try_number, status, message),) = stack.sql(LOADS_OF, troubles.quoted)
    assert (task_id, try_number, status) == (f"ingest.{MIGRATIONS}", 1, "FAILED")
    assert "CheckViolation (23514) at table lead_events, constraint canary_ck" in message
    (mail,) = post_office.texts(troubles.quoted)
    assert "canary_ck" in mail


def is_telling(value: str | None) -> bool:
    """Whether a raw value could only be one person's: junk such as `N/A` or `000000000` is not."""
    text = (value or "").strip()
    return len(text) >= 6 and len(set(text)) >= 5 and (" " in text or any(map(str.isdigit, text)))


def written_by_the_stack(folders: Iterable[Path]) -> dict[str, str]:
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return {str(file): file.read_text(errors="replace") for file in files}


def test_no_personal_data_in_logs_mails_xcom_or_ledger(
    stack: House, troubles: Troubles, post_office: PostOffice
) -> None:
    personal = {str(value).strip() for (value,) in stack.sql(PERSONAL) if is_telling(value)}
    personal |= {CANARY, CANARY_PHONE}
    assert len(personal) > 500
    places = written_by_the_stack([stack.home.logs, stack.home.airflow / "logs"])
    assert len(places) > 60
    places["mails"] = "\n".join(post_office.texts())
    places["Airflow's tables"] = "\n".join(
        text or "" for (text,) in stack.sql(KEPT_BY_AIRFLOW, database="airflow")
    )
    places["the ledger, incidents and mails"] = "\n".join(text for (text,) in stack.sql(KEPT_BY_US))
    found = [
        f"{place}: {value}" for place, text in places.items() for value in personal if value in text
    ]
    assert found == []
