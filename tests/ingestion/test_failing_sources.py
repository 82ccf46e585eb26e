"""A source that fails: told by table and fix, kept in the ledger, and nobody else's trouble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ingestion.loading import (
    CABINET,
    NOW,
    PATIENT,
    REGISTRY,
    SCOUTING,
    at,
    contents,
    day,
    events,
    findings,
    load_days,
    put,
    rows,
)
from leads.errors import LeadsError
from leads.runs import RunIdentity
from leads.staging import IncompleteError

CANARY = "+51 987 654 321"
IMPATIENT = replace(PATIENT, lock_seconds=0.3)


@pytest.fixture
def owner(server: Any, connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """The raw tables' owner, as the server's superuser."""
    conninfo = psycopg.conninfo.make_conninfo(server.superuser, dbname=connection.info.dbname)
    with psycopg.connect(conninfo) as session:
        yield session


@pytest.fixture(autouse=True)
def loaded(connection: Connection[Any]) -> None:
    put(connection, CABINET, id=1, lead_created_at=at(-1), created_at=at(-1), park_phone=CANARY)
    put(connection, CABINET, id=2, lead_created_at=None, created_at=at(-1))
    load_days(connection, CABINET, -1, -1)
    put(connection, CABINET, id=3, lead_created_at=at(-1), created_at=at(0), park_phone=CANARY)
    put(connection, SCOUTING, id=1, registration_date=day(-1))


def without_ledger(connection: Connection[Any]) -> dict[str, str]:
    found = contents(connection)
    assert found.pop("ops.ingestion_runs")
    return found


def last_run(connection: Connection[Any]) -> tuple[Any, ...]:
    (row,) = rows(
        connection,
        "SELECT status, error_message, completed_at IS NOT NULL, stats, source_table "
        "FROM ops.ingestion_runs ORDER BY id DESC LIMIT 1",
    )
    return row


def check_that_it_fails(connection: Connection[Any], **options: Any) -> str:
    """Load the broken source; whatever is wrong, these hold."""
    before = without_ledger(connection)
    with pytest.raises(LeadsError) as caught:
        load_days(connection, CABINET, -1, 0, **options)
    message = str(caught.value)
    assert message.startswith(f"public.{CABINET}: ")
    assert without_ledger(connection) == before
    assert last_run(connection) == ("FAILED", message, True, None, CABINET)
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE

    error: BaseException | None = caught.value
    while error is not None:
        assert not isinstance(error, psycopg.Error)
        assert "987 654" not in str(error)
        error = error.__cause__ or error.__context__

    stats = load_days(connection, SCOUTING, -1, 0, **options)
    assert stats["inserted"] == 1
    return message


@pytest.mark.parametrize(
    ("damage", "repair", "parts"),
    [
        (
            "ALTER TABLE module_ct_cabinet_leads RENAME TO moved",
            "ALTER TABLE moved RENAME TO module_ct_cabinet_leads",
            [f'"public.{CABINET}" does not exist', "Restore the table", "include/sources.yml"],
        ),
        (
            "ALTER TABLE module_ct_cabinet_leads RENAME lead_created_at TO signed_up_at",
            "ALTER TABLE module_ct_cabinet_leads RENAME signed_up_at TO lead_created_at",
            ["raw.lead_created_at does not exist", f"include/sql/ingest/{CABINET}.sql"],
        ),
        (
            "ALTER TABLE module_ct_cabinet_leads OWNER TO postgres;"
            "REVOKE ALL ON module_ct_cabinet_leads FROM warehouse",
            "GRANT SELECT ON module_ct_cabinet_leads TO warehouse",
            ["permission denied", f"GRANT SELECT ON public.{CABINET} TO warehouse"],
        ),
        (
            "ALTER TABLE module_ct_cabinet_leads ALTER lead_created_at TYPE varchar",
            "ALTER TABLE module_ct_cabinet_leads ALTER lead_created_at TYPE timestamp "
            "USING lead_created_at::timestamp",
            ["operator does not exist"],
        ),
    ],
    ids=["dropped table", "renamed column", "revoked permission", "retyped column"],
)
def test_a_broken_table_is_named_with_the_fix_and_loads_once_repaired(
    connection: Connection[Any],
    owner: Connection[Any],
    damage: str,
    repair: str,
    parts: list[str],
) -> None:
    with owner.transaction():
        owner.execute(damage)
    message = check_that_it_fails(connection)
    for part in parts:
        assert part in message
    with owner.transaction():
        owner.execute(repair)
    assert load_days(connection, CABINET, -1, 0)["inserted"] == 1
    assert set(events(connection)) == {"1", "3"}
    assert findings(connection) == []


def test_a_right_that_is_missing_on_one_of_our_tables_is_not_asked_for_on_the_raw_one(
    connection: Connection[Any], owner: Connection[Any]
) -> None:
    with owner.transaction():
        owner.execute("ALTER TABLE observational.lead_events OWNER TO postgres")
        owner.execute("REVOKE ALL ON observational.lead_events FROM warehouse")
    with pytest.raises(LeadsError, match="owner of table lead_events give warehouse its rights"):
        load_days(connection, CABINET, -1, 0)
    with owner.transaction():
        owner.execute("ALTER TABLE observational.lead_events OWNER TO warehouse")
    assert load_days(connection, CABINET, -1, 0)["inserted"] == 1


def test_a_locked_table_is_given_up_in_time(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    second.execute("LOCK TABLE module_ct_cabinet_leads IN ACCESS EXCLUSIVE MODE")
    message = check_that_it_fails(connection, limits=IMPATIENT)
    assert "still locked by another session" in message
    assert "pg_stat_activity" in message
    second.rollback()
    assert load_days(connection, CABINET, -1, 0, limits=IMPATIENT)["inserted"] == 1


def test_a_column_that_nobody_reads_may_come_go_and_change(
    connection: Connection[Any], owner: Connection[Any]
) -> None:
    with owner.transaction():
        owner.execute("ALTER TABLE module_ct_cabinet_leads ADD colour varchar DEFAULT 'red'")
        owner.execute("ALTER TABLE module_ct_cabinet_leads DROP tariff")
    load_days(connection, CABINET, -1, 0)
    assert {event.payload["colour"] for event in events(connection).values()} == {"red"}


def test_a_value_that_breaks_the_load_stays_out_of_error_and_ledger(
    connection: Connection[Any],
) -> None:
    source = REGISTRY[CABINET]
    broken = source.model_copy(
        update={"sql": source.sql.replace("NULL::integer", "raw.park_phone::integer")}
    )
    assert broken.sql != source.sql
    before = without_ledger(connection)
    with pytest.raises(LeadsError) as caught:
        load_days(connection, broken, -1, 0)
    assert "InvalidTextRepresentation (22P02)" in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "987 654" not in str(last_run(connection))
    assert without_ledger(connection) == before


def test_a_load_that_does_not_add_up_is_rolled_back(
    connection: Connection[Any], owner: Connection[Any]
) -> None:
    """Something between us and our table loses a row: the counts of the day give it away."""
    with owner.transaction():
        owner.execute(
            "CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN CASE WHEN new.raw_pk != '3' THEN new END; END $$"
        )
        owner.execute(
            "CREATE TRIGGER lose BEFORE INSERT ON observational.lead_events "
            "FOR EACH ROW EXECUTE FUNCTION public.lose()"
        )
    before = without_ledger(connection)
    try:
        with pytest.raises(IncompleteError, match="2026-11-19: 3 raw rows, 1 events, 1 open rej"):
            load_days(connection, CABINET, -1, 0)
    finally:
        with owner.transaction():
            owner.execute("DROP FUNCTION public.lose() CASCADE")
    assert without_ledger(connection) == before
    assert last_run(connection)[0] == "FAILED"
    assert load_days(connection, CABINET, -1, 0)["inserted"] == 1


def test_the_run_of_a_session_that_died_is_closed_by_the_next(
    connection: Connection[Any], second: Connection[Any], owner: Connection[Any]
) -> None:
    with second.transaction():
        second.execute(
            "INSERT INTO ops.ingestion_runs (status, job_type, backend_pid, backend_started_at) "
            "SELECT 'RUNNING', 'lead_ingestion', pid, backend_start "
            "FROM pg_stat_get_activity(pg_backend_pid())"
        )
    load_days(connection, SCOUTING, -1, 0)
    running = "SELECT count(*) FROM ops.ingestion_runs WHERE status = 'RUNNING'"
    assert rows(connection, running) == [(1,)], "its session is alive"
    owner.execute("SELECT pg_terminate_backend(%s, 5000)", (second.info.backend_pid,))
    owner.commit()
    load_days(connection, SCOUTING, -1, 0)
    assert rows(connection, running) == [(0,)]
    assert rows(
        connection,
        "SELECT error_message LIKE 'The worker died%%' FROM ops.ingestion_runs "
        "WHERE status = 'FAILED'",
    ) == [(True,)]


def test_an_earlier_try_of_the_same_task_is_superseded(
    connection: Connection[Any], second: Connection[Any]
) -> None:
    who = RunIdentity(dag_id="d", dag_run_id="r", task_id="t", try_number=1)
    with second.transaction():
        second.execute(
            "INSERT INTO ops.ingestion_runs (status, job_type, dag_id, dag_run_id, task_id, "
            "try_number, backend_pid, backend_started_at) "
            "SELECT 'RUNNING', 'lead_ingestion', 'd', 'r', 't', 1, pid, backend_start "
            "FROM pg_stat_get_activity(pg_backend_pid())"
        )
    later = NOW + timedelta(minutes=1)
    load_days(connection, SCOUTING, -1, 0, now=later, identity=replace(who, try_number=2))
    assert rows(
        connection,
        "SELECT status, error_message LIKE 'Try 2 of this task took over%%' "
        "FROM ops.ingestion_runs WHERE try_number = 1",
    ) == [("FAILED", True)]
