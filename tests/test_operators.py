"""The tasks, executed with Airflow's own contexts on a real warehouse."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from ingestion.loading import CABINET, LIMA, MIGRATIONS, SCOUTING, contents, events, put, rows
from ingestion.shared_database import empty, shared_database
from leads.settings import REPOSITORY, settings
from leads.sources import load_registry
from leads.warehouse import airflow_uri, warehouse_conninfo
from task_context import START, execute

CANARY = "+51 987 654 321"
WINDOW_END = START + timedelta(hours=6)
#: Inside of the window, local and naive as raw rows are.
IN_WINDOW = datetime(2026, 11, 20, 3)
COUNTS = ("read", "inserted", "updated", "unchanged", "rejected")


@pytest.fixture(scope="module")
def dag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(REPOSITORY / "dags"))
    assert bag.import_errors == {}
    return bag.dags["identity_ingestion"]


@pytest.fixture(scope="module")
def conninfo(server: Any) -> Iterator[str]:
    with shared_database(server, "leads_operators") as name:
        yield name


@pytest.fixture
def warehouse(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection[Any]]:
    """A session of the warehouse that the operators' connection names."""
    with psycopg.connect(conninfo) as session:
        empty(session)
        point_connection_at(session, monkeypatch)
        monkeypatch.setenv("LEADS_TIME_ZONE", "America/Lima")
        monkeypatch.setenv("LEADS_LOCK_TIMEOUT_SECONDS", "0.3")
        settings.cache_clear()
        yield session
    settings.cache_clear()


def point_connection_at(session: Connection[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    info = session.info
    uri = airflow_uri(
        host=info.host, port=info.port, user=info.user, password=info.password, database=info.dbname
    )
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", uri)


def ingest(dag: Any, table: str = CABINET, **run: Any) -> Any:
    """Run a load; what it returned, or else what it wrote into the ledger."""
    returned = execute(dag.get_task(f"ingest.{table}"), **run)
    if returned is not None:
        return returned
    with psycopg.connect(warehouse_conninfo(os.environ)) as session:
        ((stats,),) = rows(
            session,
            "SELECT stats FROM ops.ingestion_runs WHERE source_table = %s ORDER BY id DESC LIMIT 1",
            table,
        )
    return stats


def check(dag: Any, **run: Any) -> Any:
    return execute(dag.get_task("health_check"), **run)


def put_leads(session: Connection[Any], count: int = 3) -> None:
    for number in range(1, count + 1):
        put(
            session,
            CABINET,
            id=number,
            lead_created_at=IN_WINDOW,
            created_at=IN_WINDOW,
            park_phone=CANARY,
        )


def chain_of(error: BaseException) -> list[BaseException]:
    """The exception, and everything that it leads to."""
    found: list[BaseException] = []
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is not None and one not in found:
            found.append(one)
            left += [one.__cause__, one.__context__]
    return found


def check_free_of_personal_data(error: BaseException, session: Connection[Any]) -> None:
    for one in chain_of(error):
        assert not isinstance(one, psycopg.Error), repr(type(one))
        assert "987 654" not in f"{one!r} {one.args}"
    stored = rows(session, "SELECT run::text FROM ops.ingestion_runs AS run")
    assert "987 654" not in str(stored)


def test_a_load_writes_its_ledger_row_tied_to_the_task(
    dag: Any, warehouse: Connection[Any]
) -> None:
    put_leads(warehouse)
    before = datetime.now(timezone.utc)
    stats = ingest(dag, run_id="scheduled__1", try_number=2)
    assert {name: stats[name] for name in COUNTS} == {
        "read": 3,
        "inserted": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
    }
    assert (stats["window_from"], stats["window_to"], stats["dry_run"]) == (
        START.isoformat(),
        WINDOW_END.isoformat(),
        False,
    )
    ((started_at, completed_at, *row),) = rows(
        warehouse,
        "SELECT started_at, completed_at, status, stats, error_message, job_type, source_table, "
        "scope_date_from::text, scope_date_to::text, incremental, dag_id, dag_run_id, task_id, "
        "try_number, data_interval_start, data_interval_end, window_from, window_to "
        "FROM ops.ingestion_runs",
    )
    assert before <= started_at < completed_at
    assert row == [
        "COMPLETED",
        stats,
        None,
        "lead_ingestion",
        CABINET,
        "2026-11-20",
        "2026-11-20",
        True,
        "identity_ingestion",
        "scheduled__1",
        f"ingest.{CABINET}",
        2,
        *(START, WINDOW_END) * 2,
    ]
    assert all(isinstance(value, int | float | str | bool) for value in stats.values())


@pytest.mark.parametrize("kind", ["scheduled", "backfill"])
def test_clearing_a_task_loads_its_window_again_and_changes_nothing(
    dag: Any, warehouse: Connection[Any], kind: str
) -> None:
    put_leads(warehouse)
    ingest(dag, kind=kind, run_id="r")
    before = rows(warehouse, "SELECT id, ctid::text, xmin::text FROM observational.lead_events")
    again = ingest(dag, kind=kind, run_id="r", try_number=2)
    assert (again["inserted"], again["unchanged"]) == (0, 3)
    after = rows(warehouse, "SELECT id, ctid::text, xmin::text FROM observational.lead_events")
    assert after == before
    assert rows(warehouse, "SELECT status, try_number FROM ops.ingestion_runs ORDER BY id") == [
        ("COMPLETED", 1),
        ("COMPLETED", 2),
    ]


def test_a_manual_run_takes_whole_local_days(dag: Any, warehouse: Connection[Any]) -> None:
    put_leads(warehouse)
    stats = ingest(dag, kind="manual", conf={"date_from": "2026-11-19", "date_to": "2026-11-20"})
    assert stats["inserted"] == 3
    assert stats["window_from"] == "2026-11-19T05:00:00+00:00"
    assert stats["window_to"] == "2026-11-21T05:00:00+00:00"


@pytest.mark.parametrize("kind", ["manual", "asset_triggered"])
def test_a_run_without_scope_continues_or_says_how_to_begin(
    dag: Any, warehouse: Connection[Any], kind: str
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="date_from and date_to"):
        ingest(dag, kind=kind)
    assert rows(warehouse, "SELECT count(*) FROM ops.ingestion_runs") == [(0,)]
    # Before today, so that there is something to continue to.
    start = datetime.now(timezone.utc) - timedelta(days=2)
    ingest(dag, start=start)
    stats = ingest(dag, kind=kind)
    assert stats["window_from"] == (start + timedelta(hours=6)).isoformat()


def test_a_dry_run_reports_what_the_run_does_then_and_changes_nothing(
    dag: Any, warehouse: Connection[Any]
) -> None:
    put_leads(warehouse, 4)
    put(warehouse, CABINET, id=9, lead_created_at=None, created_at=IN_WINDOW)
    ingest(dag)
    with warehouse.transaction():
        warehouse.execute("DELETE FROM module_ct_cabinet_leads WHERE id = 1")
        warehouse.execute("UPDATE module_ct_cabinet_leads SET status = 'x' WHERE id = 2")
        warehouse.execute("UPDATE module_ct_cabinet_leads SET lead_created_at = NULL WHERE id = 3")
        warehouse.execute(
            "UPDATE module_ct_cabinet_leads SET lead_created_at = created_at WHERE id = 9"
        )
    put(warehouse, CABINET, id=10, lead_created_at=IN_WINDOW, created_at=IN_WINDOW)
    before = contents(warehouse)
    rehearsal = ingest(dag, conf={"dry_run": True})
    assert contents(warehouse) == before
    assert rehearsal["dry_run"] is True, "it returned its counts, which are nowhere else"
    stats = ingest(dag)
    counts = {**dict.fromkeys(COUNTS, 0), "newly_rejected": 0, "released": 0, "vanished": 0}
    counts |= {
        "read": 5,
        "inserted": 2,
        "updated": 1,
        "unchanged": 1,
        "rejected": 1,
        "newly_rejected": 1,
        "released": 1,
        "vanished": 1,
    }
    assert {name: rehearsal[name] for name in counts} == counts
    assert {name: stats[name] for name in counts} == counts
    assert contents(warehouse) != before


def test_a_source_that_was_not_asked_for_is_skipped(dag: Any, warehouse: Connection[Any]) -> None:
    from airflow.sdk.exceptions import AirflowSkipException

    conf = {"date_from": "2026-11-20", "date_to": "2026-11-20", "sources": [SCOUTING]}
    with pytest.raises(AirflowSkipException, match=f"{MIGRATIONS} is not among"):
        ingest(dag, MIGRATIONS, kind="manual", conf=conf)
    assert ingest(dag, SCOUTING, kind="manual", conf=conf)["read"] == 0


@pytest.mark.parametrize(
    ("kind", "conf", "message"),
    [
        ("manual", {"date_form": "2026-11-01"}, "Refused: Unknown param 'date_form'"),
        ("manual", {"date_from": "2026-11-01"}, "Refused: date_from is given without date_to"),
        ("manual", {"date_from": "2026-11-02", "date_to": "2026-11-01"}, "Refused: .* is after"),
        ("scheduled", {"date_from": "2026-11-01", "date_to": "2026-11-01"}, "for manual runs"),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_once(
    dag: Any, warehouse: Connection[Any], kind: str, conf: dict[str, Any], message: str
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match=message):
        ingest(dag, kind=kind, conf=conf)
    assert rows(warehouse, "SELECT count(*) FROM ops.ingestion_runs") == [(0,)]


def test_what_a_retry_cannot_mend_is_not_tried_again(dag: Any, warehouse: Connection[Any]) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    with warehouse.transaction():
        warehouse.execute("DROP TABLE module_ct_cabinet_leads")
    with pytest.raises(AirflowFailException, match=r"Restore the table.* Then clear this task\.$"):
        ingest(dag)
    ((status, message),) = rows(warehouse, "SELECT status, error_message FROM ops.ingestion_runs")
    assert status == "FAILED"
    # The ledger is read at a prompt as well, where nobody has a task.
    assert "task" not in message


def test_what_may_pass_is_tried_again(
    dag: Any, warehouse: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    warehouse.execute("LOCK TABLE module_ct_cabinet_leads")
    with pytest.raises(AirflowException, match="still locked") as locked:
        ingest(dag)
    warehouse.rollback()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv(
            "AIRFLOW_CONN_WAREHOUSE", f"postgresql://w:w@127.0.0.1:{probe.getsockname()[1]}/w"
        )
    with pytest.raises(AirflowException, match="lost or refused") as refused:
        ingest(dag)
    for caught in (locked, refused):
        assert str(caught.value).endswith("after the last try, clear this task.")
        assert str(caught.value.__cause__) == str(caught.value), "the mail tells the cause"
        assert not isinstance(caught.value, AirflowFailException)
        check_free_of_personal_data(caught.value, warehouse)


def test_no_personal_data_leaves_with_the_error_of_a_load(
    dag: Any, warehouse: Connection[Any]
) -> None:
    """A number column turned to text, with a value in it that breaks the cast."""
    from airflow.sdk.exceptions import AirflowFailException

    with warehouse.transaction():
        warehouse.execute("ALTER TABLE module_ct_scouting_daily ALTER scout_id TYPE varchar")
    put(warehouse, SCOUTING, id=1, registration_date=IN_WINDOW, scout_id=CANARY)
    with pytest.raises(AirflowFailException, match="InvalidTextRepresentation") as caught:
        ingest(dag, SCOUTING)
    check_free_of_personal_data(caught.value, warehouse)
    ((message,),) = rows(warehouse, "SELECT error_message FROM ops.ingestion_runs")
    assert f"public.{SCOUTING}" in message


def test_no_personal_data_leaves_with_the_error_of_the_check(
    dag: Any, warehouse: Connection[Any]
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    put(warehouse, SCOUTING, id=1, registration_date=IN_WINDOW, driver_phone=CANARY)
    ingest(dag, SCOUTING, run_id="r")
    with warehouse.transaction():
        warehouse.execute(
            "ALTER TABLE module_ct_scouting_daily RENAME TO real_rows;"
            "CREATE VIEW module_ct_scouting_daily AS SELECT id, driver_phone::date AS "
            "registration_date, created_at, scout_id, xmin FROM real_rows"
        )
    with pytest.raises(AirflowFailException, match=r"\(22009\)") as caught:
        check(dag, run_id="r")
    check_free_of_personal_data(caught.value, warehouse)


def test_a_healthy_run_passes_the_check(dag: Any, warehouse: Connection[Any]) -> None:
    put_leads(warehouse)
    ingest(dag, run_id="r")
    # It landed after the load: the next run's business.
    put(warehouse, CABINET, id=9, lead_created_at=IN_WINDOW, created_at=IN_WINDOW)
    assert check(dag, run_id="r") == {"vanished": 0, "closed_runs": 0}
    with warehouse.transaction():
        warehouse.execute("DELETE FROM module_ct_cabinet_leads WHERE id = 1")
    assert check(dag, run_id="r")["vanished"] == 1


def test_an_event_deleted_behind_its_back_fails_the_check_and_is_named(
    dag: Any, warehouse: Connection[Any]
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    put_leads(warehouse)
    ingest(dag, run_id="r")
    with warehouse.transaction():
        warehouse.execute("DELETE FROM observational.lead_events WHERE raw_pk = '2'")
    with pytest.raises(AirflowFailException) as caught:
        check(dag, run_id="r")
    assert f"{CABINET}: 1 MISSING (keys 2)" in str(caught.value)
    assert "./leads run --from" in str(caught.value)
    # The days of another run are that run's business.
    assert check(dag, run_id="another")["vanished"] == 0


def test_a_failed_load_fails_the_check_after_the_others_were_checked(
    dag: Any, warehouse: Connection[Any]
) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from leads.errors import UpstreamFailed

    with pytest.raises(AirflowFailException, match=f"failed in ingest.{CABINET};") as caught:
        check(dag, states={f"ingest.{CABINET}": "failed", f"ingest.{SCOUTING}": "success"})
    # By which the mail knows that people were told already.
    assert isinstance(caught.value.__cause__, UpstreamFailed)
    states = {f"ingest.{CABINET}": "skipped", f"ingest.{SCOUTING}": "success"}
    assert check(dag, states=states)["vanished"] == 0


def test_the_check_closes_the_ledger_rows_of_dead_workers(
    dag: Any, warehouse: Connection[Any]
) -> None:
    with warehouse.transaction():
        warehouse.execute(
            "INSERT INTO ops.ingestion_runs (status, job_type, backend_pid, backend_started_at) "
            "SELECT 'RUNNING', 'lead_ingestion', pid, backend_start - interval '1 hour' "
            "FROM pg_stat_get_activity(pg_backend_pid()) "
            "UNION ALL SELECT 'RUNNING', 'lead_ingestion', pid, backend_start "
            "FROM pg_stat_get_activity(pg_backend_pid())"
        )
    assert check(dag)["closed_runs"] == 1
    found = rows(warehouse, "SELECT status, error_message FROM ops.ingestion_runs ORDER BY id")
    assert [status for status, _ in found] == ["FAILED", "RUNNING"]
    assert "worker died" in found[0][1]


def test_all_sources_land_side_by_side(dag: Any, warehouse: Connection[Any]) -> None:
    put_leads(warehouse, 1)
    put(warehouse, SCOUTING, id=1, registration_date=IN_WINDOW)
    put(warehouse, MIGRATIONS, id=1, hire_date=IN_WINDOW)
    for table in load_registry().sources:
        assert ingest(dag, table, run_id="r")["inserted"] == 1
        ((event),) = events(warehouse, table).values()
        assert event.event_date == IN_WINDOW.date()
    assert check(dag, run_id="r")["vanished"] == 0
    assert START.astimezone(LIMA).date() == IN_WINDOW.date()
